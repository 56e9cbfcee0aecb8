package project

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/session"
)

// AlarmUse is what alarms asked of people over many visits: which conditions
// alarmed how often, and what was done about it. It names no patient.
type AlarmUse struct {
	Visits  int
	Watched time.Duration // from start to going home, or until now
	Rows    []AlarmUseRow // the most frequent first
	Alarms  int
}

// AlarmUseRow is one condition.
type AlarmUseRow struct {
	Condition alarm.ID
	// Rules are the rows of the library that raised it, with their versions.
	Rules []string
	// Alarms were raised so often; High of them were red at some time.
	Alarms, High int
	// Announced counts every announcement: raised, worse, again, escalated.
	Announced int
	// Acknowledged were at least once; AckMedian is the median time from the
	// first announcement to the first acknowledgement of those.
	Acknowledged int
	AckMedian    time.Duration
	// ActedUpon: while it stood somebody stopped, paused, changed the rate,
	// gave a drug, called for help or charted an observation or side effect.
	ActedUpon int
}

// UsedVisit is one visit for the review: its entries in order, and from when
// to when it was watched.
type UsedVisit struct {
	Entries  []session.Entry
	From, To time.Time
}

// oneAlarm is an alarm from when it was raised to when it was over.
type oneAlarm struct {
	rule     string
	raised   time.Time
	high     bool
	told     int
	acked    time.Time
	acted    bool
	over     bool // the condition is over; it may still wait to be acknowledged
	standing bool
}

// ReviewAlarms counts over visits.
func ReviewAlarms(visits []UsedVisit) AlarmUse {
	out := AlarmUse{Visits: len(visits)}
	all := map[alarm.ID][]oneAlarm{}
	for _, v := range visits {
		if v.To.After(v.From) {
			out.Watched += v.To.Sub(v.From)
		}
		for id, some := range alarmsOf(v.Entries) {
			all[id] = append(all[id], some...)
		}
	}
	for id, some := range all {
		out.Alarms += len(some)
		out.Rows = append(out.Rows, useRow(id, some))
	}
	slices.SortFunc(out.Rows, func(a, b AlarmUseRow) int {
		if a.Alarms != b.Alarms {
			return b.Alarms - a.Alarms
		}
		return slices.Index(alarm.IDs(), a.Condition) - slices.Index(alarm.IDs(), b.Condition)
	})
	return out
}

// PerHour is how many alarms came in each hour that a patient was watched;
// zero when nobody was.
func (u AlarmUse) PerHour(alarms int) float64 {
	if u.Watched <= 0 {
		return 0
	}
	return float64(alarms) / u.Watched.Hours()
}

func useRow(id alarm.ID, some []oneAlarm) AlarmUseRow {
	row := AlarmUseRow{Condition: id, Alarms: len(some)}
	var waits []time.Duration
	for _, x := range some {
		row.Announced += x.told
		if x.high {
			row.High++
		}
		if x.acted {
			row.ActedUpon++
		}
		if !x.acked.IsZero() {
			row.Acknowledged++
			waits = append(waits, x.acked.Sub(x.raised))
		}
		if !slices.Contains(row.Rules, x.rule) {
			row.Rules = append(row.Rules, x.rule)
		}
	}
	slices.Sort(row.Rules)
	if n := len(waits); n > 0 {
		slices.Sort(waits)
		row.AckMedian = (waits[(n-1)/2] + waits[n/2]) / 2
	}
	return row
}

// alarmsOf follows each alarm of one visit. There is at most one of a
// condition at a time.
func alarmsOf(entries []session.Entry) map[alarm.ID][]oneAlarm {
	out := map[alarm.ID][]oneAlarm{}
	last := func(id alarm.ID) *oneAlarm {
		some := out[id]
		if len(some) == 0 || !some[len(some)-1].standing {
			return nil
		}
		return &some[len(some)-1]
	}
	for _, e := range entries {
		if f, kind, ok := session.AlarmSaid(e.Event); ok {
			if kind == alarm.Raised {
				out[f.Condition] = append(out[f.Condition], oneAlarm{rule: f.Rule, raised: e.EffectiveAt, standing: true})
			}
			if x := last(f.Condition); x != nil {
				x.hear(f, kind)
			}
			continue
		}
		if a, ok := e.Event.(session.AlarmAcknowledged); ok {
			if x := last(a.Condition); x != nil && x.acked.IsZero() {
				x.acked = e.EffectiveAt
			}
			continue
		}
		if e.Actor.Kind != act.Job && answers(e.Event) {
			for id := range out {
				if x := last(id); x != nil && !x.over {
					x.acted = true
				}
			}
		}
	}
	return out
}

func (x *oneAlarm) hear(f session.AlarmFact, kind alarm.ChangeKind) {
	x.high = x.high || f.Priority == alarm.High
	switch kind {
	case alarm.Raised, alarm.Worsened, alarm.Escalated, alarm.AnnouncedAgain, alarm.PauseEnded:
		x.told++
	case alarm.Cleared:
		x.over, x.standing = true, false
	case alarm.Ended:
		x.over = true
	case alarm.Answered, alarm.Eased:
	}
}

// answers reports whether an entry is something that a person did about a
// patient.
func answers(e session.Event) bool {
	switch e.(type) {
	case session.RateChanged, session.Paused, session.Stopped, session.DrugGiven, session.HelpCalled,
		session.Observed, session.SideEffectNoted, session.SideEffectGraded:
		return true
	default:
		return false
	}
}
