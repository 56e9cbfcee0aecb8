package library_test

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/vital"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// stands plays one value, held, to a machine with the shipped rows and returns
// the alarm of a condition that stands after some time.
func stands(t *testing.T, id alarm.ID, in alarm.Input, after time.Duration) (alarm.Alarm, bool) {
	t.Helper()
	limits := alarms(t).For(nil, []alarm.Rest{{Kind: vital.NIBPSys, Value: 120}, {Kind: vital.EtCO2, Value: 30}})
	s, _ := alarm.Step(alarm.State{}, limits, alarm.FactsChanged{Told: alarm.Told(nine), Facts: alarm.Facts{Watching: true, Since: nine}})
	s, _ = alarm.Step(s, limits, in)
	s, _ = alarm.Step(s, limits, alarm.Tick{Told: alarm.Told(nine.Add(after))})
	return s.Announced.Alarm(id)
}

func value(k vital.Kind, v vital.Value) alarm.Sample {
	return alarm.Sample{Told: alarm.Told(nine), Kind: k, Value: v, At: nine, Quality: vital.Good}
}

// TestRows_OfTheDefaultTable holds each row of the default alarm table
// (clinical reference 4.3) at its threshold and one step inside it, and its
// delay to the second.
func TestRows_OfTheDefaultTable(t *testing.T) {
	t.Parallel()
	const y, r = alarm.Medium, alarm.High
	for _, c := range []struct {
		id       alarm.ID
		kind     vital.Kind
		in, out  vital.Value // the first value beyond, the last inside
		priority alarm.Priority
		delay    time.Duration
	}{
		{alarm.SBPHigh, vital.NIBPSys, 160, 144, y, 0},                // absolutely; 1.2 × 120 is 144
		{alarm.SBPHigh, vital.NIBPSys, 145, 144, y, 0},                // and at least 140
		{alarm.SBPHigh, vital.ARTSys, 180, 159, r, 15 * time.Second},  // an arterial line has its delay
		{alarm.SBPHigh, vital.NIBPSys, 220, 144, r, 0},                // emergency
		{alarm.SBPLow, vital.NIBPSys, 80, 91, r, 0},                   // emergency
		{alarm.SBPLow, vital.ARTSys, 90, 91, r, 15 * time.Second},     // absolutely
		{alarm.DBPHigh, vital.NIBPDia, 100, 99, y, 0},                 //
		{alarm.DBPHigh, vital.ARTDia, 110, 99, r, 15 * time.Second},   //
		{alarm.MAPLow, vital.NIBPMean, 64, 65, y, 0},                  //
		{alarm.MAPLow, vital.ARTMean, 59, 65, r, 15 * time.Second},    //
		{alarm.MAPHigh, vital.NIBPMean, 121, 120, y, 0},               //
		{alarm.MAPHigh, vital.ARTMean, 131, 120, r, 15 * time.Second}, //
		{alarm.HRHigh, vital.HR, 111, 110, y, 15 * time.Second},       //
		{alarm.HRHigh, vital.Pulse, 131, 110, r, 15 * time.Second},    //
		{alarm.HRLow, vital.HR, 49, 50, y, 15 * time.Second},          //
		{alarm.HRLow, vital.Pulse, 39, 50, r, 15 * time.Second},       //
		{alarm.SpO2Low, vital.SpO2, 93, 94, y, 30 * time.Second},      //
		{alarm.SpO2Low, vital.SpO2, 89, 94, r, 15 * time.Second},      //
		{alarm.SpO2Low, vital.SpO2, 84, 94, r, 0},                     //
		{alarm.RRLow, vital.RR, 11, 12, y, 15 * time.Second},          //
		{alarm.RRLow, vital.RR, 8, 12, r, 15 * time.Second},           //
		{alarm.RRHigh, vital.RR, 21, 20, y, 15 * time.Second},         //
		{alarm.RRHigh, vital.RR, 25, 20, r, 15 * time.Second},         //
		{alarm.EtCO2High, vital.EtCO2, 46, 39, y, 15 * time.Second},   //
		{alarm.EtCO2High, vital.EtCO2, 40, 39, y, 15 * time.Second},   // 10 over the baseline of 30
		{alarm.EtCO2High, vital.EtCO2, 51, 39, r, 15 * time.Second},   //
		{alarm.EtCO2Low, vital.EtCO2, 24, 25, r, 15 * time.Second},    //
	} {
		if a, ok := stands(t, c.id, value(c.kind, c.in), c.delay); !ok || a.Priority != c.priority {
			t.Errorf("%s: %s %v for %v: %v %v, want %v", c.id, c.kind, c.in, c.delay, ok, a.Priority, c.priority)
		}
		if _, ok := stands(t, c.id, value(c.kind, c.in), c.delay-time.Second); ok && c.delay > 0 {
			t.Errorf("%s: %s %v is raised a second early", c.id, c.kind, c.in)
		}
		if _, ok := stands(t, c.id, value(c.kind, c.out), 115*time.Second); ok {
			t.Errorf("%s: %s %v is raised inside the limit", c.id, c.kind, c.out)
		}
	}
}

// TestRows_CuffInTheRedRange: yellow at once, red after two minutes.
func TestRows_CuffInTheRedRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id   alarm.ID
		kind vital.Kind
		v    vital.Value
	}{
		{alarm.SBPHigh, vital.NIBPSys, 180},
		{alarm.SBPHigh, vital.NIBPSys, 169},
		{alarm.SBPLow, vital.NIBPSys, 90},
		{alarm.SBPLow, vital.NIBPSys, 83},
		{alarm.DBPHigh, vital.NIBPDia, 110},
		{alarm.MAPLow, vital.NIBPMean, 59},
		{alarm.MAPHigh, vital.NIBPMean, 131},
	} {
		if a, ok := stands(t, c.id, value(c.kind, c.v), 119*time.Second); !ok || a.Priority != alarm.Medium || !a.Recheck {
			t.Errorf("%s %v: %+v", c.kind, c.v, a)
		}
		if a, _ := stands(t, c.id, value(c.kind, c.v), 120*time.Second); a.Priority != alarm.High {
			t.Errorf("%s %v after two minutes: %s", c.kind, c.v, a.Priority)
		}
	}
	// Relative to a baseline of 140 mmHg, 98 is 0.7 of it.
	limits := alarms(t).For(nil, []alarm.Rest{{Kind: vital.NIBPSys, Value: 140}})
	for v, want := range map[vital.Value]alarm.Priority{97: alarm.High, 98: alarm.Calm} {
		s, _ := alarm.Step(alarm.State{}, limits, alarm.FactsChanged{Told: alarm.Told(nine), Facts: alarm.Facts{Watching: true, Since: nine}})
		s, _ = alarm.Step(s, limits, value(vital.NIBPSys, v))
		s, _ = alarm.Step(s, limits, alarm.Tick{Told: alarm.Told(nine.Add(2 * time.Minute))})
		if a, _ := s.Announced.Alarm(alarm.SBPLow); a.Priority != want {
			t.Errorf("%v of 140: %s, want %s", v, a.Priority, want)
		}
	}
}

func TestRows_Scores(t *testing.T) {
	t.Parallel()
	score := func(moaas scale.Sedation) alarm.Score {
		return alarm.Score{Told: alarm.Told(nine), At: nine, Sedation: &moaas}
	}
	upset := func(n scale.NRS) alarm.Score { return alarm.Score{Told: alarm.Told(nine), At: nine, Distress: &n} }
	for _, c := range []struct {
		id    alarm.ID
		in    alarm.Score
		want  alarm.Priority
		stage alarm.Stage
	}{
		{alarm.SedationDeep, score(4), alarm.Calm, ""},
		{alarm.SedationDeep, score(3), alarm.High, alarm.AtBedside},
		{alarm.SedationDeep, score(2), alarm.High, alarm.ToEveryone},
		{alarm.DistressHigh, upset(4), alarm.Calm, ""},
		{alarm.DistressHigh, upset(5), alarm.Medium, alarm.AtBedside},
		{alarm.DistressHigh, upset(7), alarm.High, alarm.AtBedside},
	} {
		if a, _ := stands(t, c.id, c.in, time.Second); a.Priority != c.want || a.Stage != c.stage {
			t.Errorf("%s: %s to %s, want %s to %s", c.id, a.Priority, a.Stage, c.want, c.stage)
		}
	}
}

// TestRows_SayWhatToConsider: each row's advice at each of its priorities reads
// as words, and is that of the table for those that matter most.
func TestRows_SayWhatToConsider(t *testing.T) {
	t.Parallel()
	a, _ := stands(t, alarm.SpO2Low, value(vital.SpO2, 84), 0)
	if len(a.Consider) == 0 || a.Consider[0].English() != "everyone to the chair" {
		t.Errorf("%v", a.Consider)
	}
	a, _ = stands(t, alarm.SBPHigh, value(vital.NIBPSys, 220), 0)
	got := ""
	for _, m := range a.Consider {
		got += m.English() + "; "
	}
	if want := "pause the infusion; recheck every 2 to 3 minutes; call the prescriber; with headache, chest pain, neurological signs or loss of vision: stop and call for help; "; got != want {
		t.Errorf("%q", got)
	}
}
