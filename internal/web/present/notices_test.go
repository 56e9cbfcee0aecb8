package present

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// ten is when a running visit of these tests was started.
func ten() time.Time { return time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC) }

func at(minutes int) time.Time { return ten().Add(time.Duration(minutes) * time.Minute) }

// visit is a visit in a phase, as seen at an instant.
func visit(p session.Phase, now time.Time) app.Visit {
	return app.Visit{Zone: time.UTC, State: session.State{Phase: p, Chair: 3, Nurse: "okafor"}, Env: session.Env{Now: now, Zone: time.UTC}}
}

// notice is the first that says something.
func notice(v app.Visit, says string) (view.Notice, bool) {
	for _, n := range Notices(v) {
		if strings.Contains(n.Text, says) {
			return n, true
		}
	}
	return view.Notice{}, false
}

// TestNotices_OffTheMonitorStaysUntilSettled: overdue, it turns amber, keeps
// its button, and the board asks for someone.
func TestNotices_OffTheMonitorStaysUntilSettled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		now   time.Time
		phase session.Phase
		tone  view.Tone // empty: no notice
		needs bool
	}{
		{"within its time", at(5), session.PhaseInfusing, view.Plain, false},
		{"overdue", at(12), session.PhaseInfusing, view.Amber, true},
		{"overdue while paused", at(12), session.PhasePaused, view.Amber, true},
		{"after going home", at(12), session.PhaseDischarged, "", false},
	} {
		v := visit(c.phase, c.now)
		v.State.OffTill, v.State.OffWhy, v.State.Link.Monitor = at(10), session.OffToilet, "m"
		v.State.Link.Confirmed = true
		n, ok := notice(v, "Off the monitor")
		if ok != (c.tone != "") || n.Tone != c.tone || (ok && (n.Act == nil || n.Act.Act != string(session.ActBackOnMonitor))) {
			t.Errorf("%s: notice %v %+v", c.name, ok, n)
		}
		if r := boardRow(v, false); (r.Next == "Back on the monitor?") != c.needs {
			t.Errorf("%s: the board says %q %q", c.name, r.Next, r.NextSub)
		}
		if got := Device(v); got != nil {
			t.Errorf("%s: a monitor that is off offers %v", c.name, got)
		}
	}
}

func TestActs_OffTheMonitorOffersTheWayBack(t *testing.T) {
	t.Parallel()
	has := func(v app.Visit, what string) bool {
		for _, a := range Acts(v) {
			if a.Act == what {
				return true
			}
		}
		return false
	}
	v := visit(session.PhaseInfusing, at(5))
	if !has(v, string(session.ActOffMonitor)) || has(v, string(session.ActBackOnMonitor)) {
		t.Error("on the monitor, the acts do not offer just going off it")
	}
	v.State.OffTill = at(3)
	if has(v, string(session.ActOffMonitor)) || !has(v, string(session.ActBackOnMonitor)) {
		t.Error("off the monitor, the acts do not offer just the way back")
	}
}

func TestNotices_AStopBeforeTheStartOffersItsCorrection(t *testing.T) {
	t.Parallel()
	v := visit(session.PhasePrepared, at(0))
	v.State.Stops = []session.StopFact{{Stamp: session.Stamp{Position: 7, At: at(-5)}, Phase: session.PhasePrepared}}
	v.State.StoppedAt = at(-5)
	n, ok := notice(v, "before any start")
	if !ok || n.Act == nil || n.Act.Act != string(session.ActAmend) || string(n.Act.Body) != `{"entry":7}` {
		t.Errorf("notice %v %+v", ok, n)
	}
	if n, ok := notice(v, "pump not confirmed"); !ok || n.Act.Act != string(session.ActConfirmStop) {
		t.Errorf("the pump is not asked to be read: %v %+v", ok, n)
	}
	v.State.Stops[0].Struck, v.State.StoppedAt = true, time.Time{}
	if n, ok := notice(v, "top"); ok {
		t.Errorf("a struck stop still says %q", n.Text)
	}
}

// TestFollowUp_IsSaidUntilSomebodyCalled: of who left early it cannot wait, of
// who went home not before it is late.
func TestFollowUp_IsSaidUntilSomebodyCalled(t *testing.T) {
	t.Parallel()
	v := visit(session.PhaseLeft, at(60))
	v.Env.Rules = shippedRules(t)
	if text, _ := FollowUp(v); text != "" {
		t.Error("nobody left, and a call is owed")
	}
	v.State.Left = &session.LeftEarly{}
	for due, says := range map[time.Time]string{
		{}:      "The patient left before being ready: no follow-up is set: call now.",
		at(120): "The patient left before being ready: call by today 12:00.",
		at(30):  "The patient left before being ready: the follow-up call was due today 10:30.",
	} {
		v.State.Left.FollowUpDue = due
		if got, pressing := FollowUp(v); got != says || !pressing {
			t.Errorf("due %v reads %q, pressing %v", due, got, pressing)
		}
	}
	v.State.Left = nil
	v.State.StartedAt, v.State.DischargedAt = at(0), at(60)
	for now, c := range map[int]struct {
		says     string
		pressing bool
	}{
		60 + 24*60: {"Call by today 11:00.", false}, 61 + 24*60: {"The follow-up call was due today 11:00.", true},
	} {
		v.Env.Now = at(now)
		if got, pressing := FollowUp(v); got != c.says || pressing != c.pressing {
			t.Errorf("at %d min it reads %q, pressing %v", now, got, pressing)
		}
	}
	v.State.FollowUps = []session.FollowUpFact{{Stamp: session.Stamp{At: at(24 * 60)}, Outcome: session.FollowUpAgain}}
	if got, _ := FollowUp(v); !strings.HasSuffix(got, "Not reached today 10:00.") {
		t.Errorf("not reached it reads %q", got)
	}
	v.State.FollowUps[0].Outcome = session.FollowUpReached
	if got, _ := FollowUp(v); got != "" {
		t.Errorf("reached it reads %q", got)
	}
}

// running is a visit with a pump running since ten, observed every 15 minutes
// and asked for all side effects at 40.
func running(t *testing.T, now time.Time) app.Visit {
	t.Helper()
	v := visit(session.PhaseInfusing, now)
	v.Env.Rules = shippedRules(t)
	v.State.StartedAt = ten()
	v.State.Pump = []session.PumpFact{{At: ten(), Kind: session.PumpStart, Rate: unit.MLPerH("16"), Conc: unit.MgPerML("1")}}
	v.State.Order = &drug.Order{Steps: []drug.Step{{Minutes: 240}}, Watch: drug.Watch{Observation: 15, Peak: 40}}
	return v
}

func TestPurpose_IsThePeakWhileThatIsDue(t *testing.T) {
	t.Parallel()
	for minute, want := range map[int]session.Purpose{16: session.ForRound, 39: session.ForRound, 41: session.ForPeak, 60: session.ForPeak} {
		if got := purpose(running(t, at(minute))); got != want {
			t.Errorf("at %d min an observation is for %q, want %q", minute, got, want)
		}
	}
	asked := running(t, at(45))
	asked.State.Observations = []session.ObservationFact{{Stamp: session.Stamp{At: at(41)}, Observation: session.Observation{SE12NotAsked: session.Asleep}}}
	if got := purpose(asked); got != session.ForRound {
		t.Errorf("asked at the peak, the next observation is for %q", got)
	}
}

// TestNotices_AHeadacheStaysWithItsAct: first the stop, then the call.
func TestNotices_AHeadacheStaysWithItsAct(t *testing.T) {
	t.Parallel()
	v := running(t, at(20))
	v.State.Observations = []session.ObservationFact{{Stamp: session.Stamp{At: at(10)}, Observation: session.Observation{WorstHeadache: true}}}
	if n, ok := notice(v, "Sudden worst headache"); !ok || n.Tone != view.Amber || n.Act == nil || n.Act.Act != string(session.ActStop) {
		t.Errorf("while it runs: %v %+v", ok, n)
	}
	if r := boardRow(v, false); !r.Needs || r.Next != "Stop" {
		t.Errorf("the board says %q %q", r.Next, r.NextSub)
	}
	v.State.Phase, v.State.StoppedAt = session.PhaseStopped, at(21)
	if n, ok := notice(v, "Sudden worst headache"); !ok || n.Act == nil || n.Act.Act != string(session.ActHelp) {
		t.Errorf("stopped: %v %+v", ok, n)
	}
	v.State.HelpCalls = []session.HelpCall{{Stamp: session.Stamp{At: at(22)}}}
	if n, ok := notice(v, "Sudden worst headache"); ok {
		t.Errorf("help was called, and still %q", n.Text)
	}
}

// TestUrgent_NamesWhatEndsTheInfusion, and lets no late round hide it.
func TestUrgent_NamesWhatEndsTheInfusion(t *testing.T) {
	t.Parallel()
	v := running(t, at(241))
	v.State.Order.Maxima.Minutes = 200
	if r := boardRow(v, false); !strings.Contains(r.NextSub, "session maximum") {
		t.Errorf("past the session's maximum the board says %q", r.NextSub)
	}
	v = running(t, at(232))
	if r := boardRow(v, false); !r.Needs || !strings.Contains(r.NextSub, "ends 14:00") {
		t.Errorf("8 minutes before the end, with a late round, the board says %q %q", r.Next, r.NextSub)
	}
}

func TestClockText_SaysThatTheZoneIsNotKnown(t *testing.T) {
	t.Parallel()
	if got := ClockText(app.Feed{ZoneUnknown: "Mars/Olympus"}, library.Session{}); !strings.Contains(got, "zone Mars/Olympus is not known") {
		t.Errorf("said of the clock: %q", got)
	}
}

// TestNotices_ARateFoundStaysUntilItIsChosen, on the chair and on the board.
func TestNotices_ARateFoundStaysUntilItIsChosen(t *testing.T) {
	t.Parallel()
	v := running(t, at(20))
	read := session.PumpReading{Rate: unit.MLPerH("30"), Concentration: unit.MgPerML("1")}
	v.State.ToSet = unit.MLPerH("16")
	v.State.Pump = append(v.State.Pump, session.PumpFact{At: at(19), Kind: session.PumpRate, Rate: read.Rate, Conc: read.Concentration, Read: &read})
	n, ok := notice(v, "The pump showed 30 mL/h at 10:19; to set is 16 mL/h.")
	if !ok || n.Tone != view.Amber || n.Act == nil || n.Act.Act != string(session.ActRate) {
		t.Errorf("the chair says %v %+v", ok, n)
	}
	if r := boardRow(v, false); !r.Pressing || r.Next != "Set the rate" || r.NextSub != "pump showed 30 mL/h, to set 16 mL/h" {
		t.Errorf("the board says %q %q", r.Next, r.NextSub)
	}
	v.State.ToSet = unit.PumpRate{}
	if _, ok := notice(v, "and nobody chose a rate"); !ok {
		t.Error("a pump that runs at a rate never chosen is not said")
	}
}

// TestNotices_ReadingsThatDisagree stay on chair, board and desk until a person
// has said what the pump ran at; the pump's own word stands beside them.
func TestNotices_ReadingsThatDisagree(t *testing.T) {
	t.Parallel()
	v := running(t, at(20))
	for i, rate := range []string{"16", "28"} {
		read := session.PumpReading{Rate: unit.MLPerH(rate), Concentration: unit.MgPerML("1")}
		v.State.Pump = append(v.State.Pump, session.PumpFact{
			At: at(12 + i), Position: int64(40 + i), Kind: session.PumpCheck, Rate: read.Rate, Conc: read.Concentration, Read: &read,
			By: ident.Person(fmt.Sprint("nurse ", i)), Via: ident.Device(fmt.Sprint("tablet ", i)), RecordedAt: at(18),
		})
	}
	n, ok := notice(v, "Unresolved: the pump was read as 16 mL/h at 10:12")
	if !ok || !strings.Contains(n.Text, "28 mL/h counts") || n.Act == nil || n.Act.Act != string(session.ActSettleRate) || string(n.Act.Body) != `{"entries":[40,41]}` {
		t.Fatalf("the chair says %v %+v", ok, n)
	}
	if got := strings.Join(n.Act.Beside, " "); !strings.Contains(got, "read 16 mL/h") || !strings.Contains(got, "read 28 mL/h") || !strings.Contains(got, "No pump is linked") {
		t.Errorf("beside the question stands %q", got)
	}
	if r := boardRow(v, false); !r.Pressing || r.Next != "Settle the rate" || r.NextSub != "two readings disagree, 28 mL/h counts" || !strings.HasSuffix(r.Phase, "rate unresolved") {
		t.Errorf("the board says %q %q", r.Next, r.NextSub)
	}
	nurse := act.Actor{Kind: act.Person, Person: "okafor", Roles: []act.Role{act.Nurse}}
	v.State.Alarms.Alarms = []alarm.Alarm{{Condition: alarm.RatesApart, Priority: alarm.Medium, Announcement: 1, Stage: alarm.ToNurse, Consider: []word.Message{word.M("alarm.do.read_pump"), word.M("alarm.do.settle_rate")}}}
	if a := Alarms(v, Acts(v)).List; len(a) != 1 || a[0].Advice[0].Act == nil || a[0].Advice[1].Act == nil || string(a[0].Advice[1].Act.Body) != `{"entries":[40,41]}` {
		t.Errorf("the alarm does not lead to the answer: %+v", a)
	}
	desk := func(v app.Visit, who act.Actor) (view.DeskLink, bool) {
		links := DeskActs(v, who)
		i := slices.IndexFunc(links, func(l view.DeskLink) bool { return l.Label == "Say what the pump ran at" })
		if i < 0 {
			return view.DeskLink{}, false
		}
		return links[i], true
	}
	if l, ok := desk(v, nurse); !ok || !strings.HasSuffix(l.Href, "/acts/session.settle-rate?of=40") {
		t.Errorf("the record offers %v %+v", ok, l)
	}
	if l, ok := desk(v, act.Actor{Kind: act.Person, Person: "quinn", Roles: []act.Role{act.FrontDesk}}); !ok || l.Href != "" || l.Whose == "" {
		t.Errorf("the front desk is offered %v %+v", ok, l)
	}
	if body, ok := Known(v, session.ActSettleRate, "40"); !ok || !slices.Equal(body["entries"].([]int64), []int64{40, 41}) || !AtDesk(v, session.ActSettleRate) {
		t.Errorf("at the desk it is about %v %v", body, ok)
	}
	rate := unit.MLPerH("28")
	v.State.Says = &session.PumpSays{Said: session.PumpSaid{State: session.PumpRuns, Rate: &rate, At: at(19)}, Heard: at(19)}
	if n, _ := notice(v, "Unresolved"); !strings.Contains(strings.Join(n.Act.Beside, " "), "Pump says") || !strings.HasSuffix(n.Text, "counts. Pump says 28 mL/h, 10:19:00.") {
		t.Errorf("the pump's word is not beside it: %q", n.Act.Beside)
	}
	v.State.Pump = append(v.State.Pump, session.PumpFact{At: at(12), Position: 50, Kind: session.PumpRate, Rate: unit.MLPerH("16"), Read: &session.PumpReading{Rate: unit.MLPerH("16")}, Settles: []int64{40, 41}})
	if _, ok := notice(v, "Unresolved"); ok {
		t.Error("settled, and still said to be unresolved")
	}
	if _, ok := desk(v, nurse); ok {
		t.Error("settled, and still asked at the desk")
	}
}
