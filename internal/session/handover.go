package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/schedule"
)

// OpenWork is what somebody takes over with a patient: what stood open at that
// instant, by the entries' positions and the alarms' announcements.
type OpenWork struct {
	Alarms []OpenAlarm `json:"alarms,omitempty"`
	// Readings are the rounds of the monitor that nobody had confirmed.
	Readings []int64 `json:"readings,omitempty"`
	// Spoken are the spoken orders that were not signed.
	Spoken []int64 `json:"spoken,omitempty"`
	// Rounds were late.
	Rounds []OpenRound `json:"rounds,omitempty"`
	// Warning is the early-warning score as it was shown.
	Warning *OpenWarning `json:"warning,omitempty"`
}

// OpenAlarm is an alarm as it was announced last.
type OpenAlarm struct {
	Condition    alarm.ID       `json:"condition"`
	Priority     alarm.Priority `json:"priority"`
	Announcement int            `json:"announcement"`
}

// OpenRound is a round that was late.
type OpenRound struct {
	Round schedule.What `json:"round"`
	Due   time.Time     `json:"due"`
}

// OpenWarning is an early-warning score; a total that is nil could not be
// computed, for what is missing.
type OpenWarning struct {
	Total   *int     `json:"total,omitempty"`
	Without *int     `json:"without,omitempty"`
	Missing []string `json:"missing,omitempty"`
}

// OpenAt is what was open of a visit at an instant; nil when nothing was, and
// there is no score either.
func OpenAt(s State, env Env, at time.Time) *OpenWork {
	env.Now = at
	var o OpenWork
	for _, a := range s.Alarms.Alarms {
		o.Alarms = append(o.Alarms, OpenAlarm{a.Condition, a.Priority, a.Announcement})
	}
	for _, f := range s.Unconfirmed() {
		o.Readings = append(o.Readings, f.Position)
	}
	for _, f := range s.SpokenToSign() {
		o.Spoken = append(o.Spoken, f.Position)
	}
	for _, d := range DueItems(s, env) {
		if d.State == schedule.Late || d.State == schedule.Missed {
			o.Rounds = append(o.Rounds, OpenRound{d.What, d.DueAt})
		}
	}
	if w, ok := EarlyWarning(s, env); ok && Watched(s) {
		o.Warning = &OpenWarning{Missing: w.Missing}
		if w.Complete() {
			o.Warning.Total = &w.Total
		}
		if w.CompleteWithout() {
			o.Warning.Without = &w.Without
		}
	}
	if o.Alarms == nil && o.Readings == nil && o.Spoken == nil && o.Rounds == nil && o.Warning == nil {
		return nil
	}
	return &o
}
