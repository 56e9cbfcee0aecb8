package project

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
)

func TestReviewAlarms(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return begun.Add(time.Duration(s) * time.Second) }
	said := func(s int, who act.Kind, e session.Event) session.Entry {
		return session.Entry{Event: e, Meta: journal.Meta{EffectiveAt: at(s), Actor: act.Actor{Kind: who}}}
	}
	fact := func(id alarm.ID, p alarm.Priority, rule string) session.AlarmFact {
		return session.AlarmFact{Condition: id, Priority: p, Rule: rule}
	}
	low, lowRed := fact(alarm.SpO2Low, alarm.Medium, "AL-SPO2-LOW"), fact(alarm.SpO2Low, alarm.High, "AL-SPO2-LOW")
	cuff := fact(alarm.CuffOverdue, alarm.Medium, "AL-CUFF")
	got := ReviewAlarms([]UsedVisit{
		{From: at(0), To: at(3600), Entries: []session.Entry{
			said(0, act.Person, session.Observed{}), // before any alarm: answers none
			said(10, act.Job, session.AlarmRaised{AlarmFact: low}),
			said(40, act.Job, session.AlarmWorsened{AlarmFact: lowRed}),
			said(50, act.Person, session.AlarmAcknowledged{Condition: alarm.SpO2Low}),
			said(55, act.Person, session.AlarmAcknowledged{Condition: alarm.SpO2Low}), // the second counts nothing
			said(60, act.Person, session.Paused{}),
			said(90, act.Job, session.AlarmCleared{AlarmFact: lowRed}),
			said(100, act.Job, session.AlarmRaised{AlarmFact: low}),
			said(110, act.Job, session.AlarmCleared{AlarmFact: low}),
			said(115, act.Person, session.DrugGiven{}), // after it was over
			said(120, act.Job, session.AlarmRaised{AlarmFact: cuff}),
			said(125, act.Job, session.PumpRead{}),
		}},
		{From: at(0), To: at(1800), Entries: []session.Entry{
			said(5, act.Job, session.AlarmRaised{AlarmFact: lowRed}),
			said(35, act.Job, session.AlarmEscalated{AlarmFact: lowRed}),
			said(60, act.Job, session.AlarmEnded{AlarmFact: lowRed}),
			said(65, act.Person, session.Observed{}), // the condition is over
			said(85, act.Person, session.AlarmAcknowledged{Condition: alarm.SpO2Low}),
			said(85, act.Job, session.AlarmCleared{AlarmFact: lowRed}),
		}},
		{From: at(100), To: at(50)}, // never watched
	})
	want := AlarmUse{
		Visits: 3, Watched: 90 * time.Minute, Alarms: 4,
		Rows: []AlarmUseRow{
			{Condition: alarm.SpO2Low, Rules: []string{"AL-SPO2-LOW"}, Alarms: 3, High: 2, Announced: 5, Acknowledged: 2, AckMedian: 60 * time.Second, ActedUpon: 1},
			{Condition: alarm.CuffOverdue, Rules: []string{"AL-CUFF"}, Alarms: 1, Announced: 1},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.PerHour(got.Alarms) != 4/1.5 || (AlarmUse{}).PerHour(3) != 0 {
		t.Errorf("%v an hour", got.PerHour(got.Alarms))
	}
}
