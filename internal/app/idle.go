package app

import (
	"context"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
)

// monitorWatch is who notes what became of monitors that no visit has.
const monitorWatch = "monitor watch"

// watchMonitors notes what became of the monitors that are linked to no visit.
// One that is linked is alarmed on with its patient.
func (a *App) watchMonitors(ctx context.Context, now time.Time) error {
	by := monitorTimes(a.Knows().AlarmRules)
	if by == (house.MonitorTimes{}) {
		return nil
	}
	s, err := a.house(ctx)
	if err != nil {
		return err
	}
	for _, n := range house.Watch(s, a.seenMonitors(), by, journal.Time(now)) {
		refusal, err := a.DoHouse(ctx, job(monitorWatch), NewID[ident.Command](a), n, nil)
		if err != nil {
			return fmt.Errorf("note trouble of a monitor: %w", err)
		}
		if refusal != nil {
			return fmt.Errorf("note trouble of a monitor: refused to the server: %s", refusal.Message.ID)
		}
	}
	return nil
}

// seenMonitors is what is known now of each monitor. A pump is no monitor: it
// speaks when something changes.
func (a *App) seenMonitors() []house.MonitorSeen {
	linked := map[ident.Device]bool{}
	for _, row := range a.sessions.current() {
		if id := a.sessions.linked(row.ID); id != "" && session.InRoom(row.Phase) {
			linked[id] = true
		}
	}
	var out []house.MonitorSeen
	for _, f := range a.monitors.those(func(m Monitor) bool { return !m.Pump }) {
		out = append(out, house.MonitorSeen{
			Monitor: f.Monitor.ID, Linked: linked[f.Monitor.ID], HeardAt: f.LastAt, Listening: a.started,
			ClockKnown: f.OffsetKnown, ClockOff: f.OffsetKnown && session.ClockOff(a.Knows().Rules, f.Offset), AsideAt: a.alarms.news.asideAt(f.Monitor.ID),
		})
	}
	return out
}

// monitorTimes are those of the alarm library for the same conditions of a visit;
// nothing without a library.
func monitorTimes(rules library.Alarms) house.MonitorTimes {
	var by house.MonitorTimes
	for _, r := range rules.Rules() {
		switch r.Condition {
		case alarm.MonitorOffline:
			for _, l := range r.Levels {
				by.Silent = max(by.Silent, l.After)
			}
		case alarm.QuarantineGrowing:
			by.Calm = r.Clear.For
		default:
			// the others concern a patient
		}
	}
	return by
}

// MonitorTrouble is one trouble that stands.
type MonitorTrouble struct {
	house.TroubleOf
	Name  string
	Since time.Time
}

// MonitorTroubles are the troubles that stand of monitors that no visit has.
func (a *App) MonitorTroubles(ctx context.Context) ([]MonitorTrouble, error) {
	s, err := a.house(ctx)
	if err != nil {
		return nil, err
	}
	var out []MonitorTrouble
	for _, of := range s.Standing() {
		f, ok := a.monitors.feed(of.Monitor)
		if !ok {
			continue // it is in the register no more
		}
		out = append(out, MonitorTrouble{of, f.Monitor.Name, s.Monitors[of].Since})
	}
	return out, nil
}
