package simmon

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/hl7"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// heard is what a listener makes of a pump's messages, in short.
func heard(t interface {
	Helper()
	Fatalf(string, ...any)
}, messages [][]byte, at time.Time,
) []string {
	t.Helper()
	var out []string
	for _, m := range messages {
		r := hl7.Parse(m, hl7.Options{Received: at, Ahead: 5 * time.Second, AllowSimulated: true})
		if !r.HasAlert && (len(r.Quarantined) > 0 || !r.HasPump) {
			t.Fatalf("not taken: %+v\n%s", r.Quarantined, m)
		}
		if r.HasAlert {
			out = append(out, fmt.Sprintf("alarm %s %s: blocked %v, active %v", r.Alert.Key, r.Alert.Text, r.Alert.Blocked, r.Alert.Active))
			continue
		}
		p := r.Pump
		out = append(out, strings.TrimSpace(p.At.Format("15:04:05")+" "+string(p.State)+" "+p.Why)+" at "+p.Rate.String()+", left "+p.Remaining.String()+", given "+p.Delivered.String()+" "+string(p.Event))
	}
	return out
}

// TestPump_TellsWhatItDoes: rate, volume, stop, end and a blocked line, as the
// listener reads a real pump.
func TestPump_TellsWhatItDoes(t *testing.T) {
	t.Parallel()
	at := func(minutes float64) time.Time { return nine.Add(time.Duration(minutes * float64(time.Minute))) }
	p := NewPump(PumpIdentity{Chair: 6, PatientID: "4711"}, nine)
	var got []string
	key := func(minutes float64, messages [][]byte) { got = append(got, heard(t, messages, at(minutes))...) }
	key(0, p.SwitchOn(at(0)))
	key(1, p.Stop(at(1))) // nothing to stop: nothing to say
	key(1, p.Start(at(1), unit.MLPerH("12"), unit.ML("4")))
	key(6, p.SetRate(at(6), unit.MLPerH("24")))
	key(6, p.SetRate(at(6), unit.MLPerH("24")))
	key(8, p.Block(at(8)))
	key(9, p.Start(at(9), unit.MLPerH("24"), unit.ML("2.2"))) // blocked
	key(10, p.Clear(at(10)))
	key(10, p.Start(at(10), unit.MLPerH("24"), unit.ML("2.2")))
	key(15, p.Step(at(15)))
	key(16, p.Step(at(16))) // the volume was given 30 s before
	key(20.5, p.Step(at(20.5)))
	key(30.5, p.Stop(at(30.5)))
	want := []string{
		"09:00:00 stopped at 0 mL/h, left 0 mL, given 0 mL",
		"09:01:00 running at 12 mL/h, left 4 mL, given 0 mL started",
		"09:06:00 running at 24 mL/h, left 3 mL, given 1 mL",
		"alarm SIMPUMP6-BLOCK-1^SIM^020000FFFE580006^EUI-64 Occlusion: blocked true, active true",
		"09:08:00 stopped it alarms at 0 mL/h, left 2.2 mL, given 1.8 mL",
		"09:09:00 stopped it alarms at 0 mL/h, left 2.2 mL, given 1.8 mL",
		"alarm SIMPUMP6-BLOCK-1^SIM^020000FFFE580006^EUI-64 Occlusion: blocked true, active false",
		"09:10:00 stopped at 0 mL/h, left 2.2 mL, given 1.8 mL",
		"09:10:00 running at 24 mL/h, left 2.2 mL, given 1.8 mL started",
		"09:15:30 keep open at 1 mL/h, left 0 mL, given 4 mL complete",
		"09:30:30 stopped stopped by hand at 0 mL/h, left 0 mL, given 4.25 mL",
	}
	for i := range got {
		got[i] = strings.TrimSpace(got[i])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestPump_AlwaysMarkedAsSimulated: no clinic takes it for a pump's word.
func TestPump_AlwaysMarkedAsSimulated(t *testing.T) {
	t.Parallel()
	p := NewPump(PumpIdentity{Chair: 3}, nine)
	for _, m := range append(append(p.SwitchOn(nine), p.Start(nine, unit.MLPerH("12"), unit.ML("4"))...), p.Block(nine)...) {
		r := hl7.Parse(m, hl7.Options{Received: nine, Ahead: 5 * time.Second})
		if r.HasPump || r.HasAlert || !strings.Contains(string(m), "|T|2.6|") {
			t.Errorf("taken: %s", m)
		}
		for row := range strings.SplitSeq(string(m), "\r") {
			if f := strings.Split(row, "|"); f[0] == "OBX" && f[2] != "" && !strings.Contains(f[8], "DEMO") {
				t.Errorf("a row without DEMO: %s", row)
			}
		}
	}
}

// TestPump_HowOftenItIsAskedChangesNothing: steps in between do not change what
// it has given, and what it gave and what is left add up to what was set.
func TestPump_HowOftenItIsAskedChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := unit.MLPerH(rapid.SampledFrom([]string{"0.1", "14.5", "21.7", "100"}).Draw(t, "rate"))
		end := nine.Add(time.Duration(rapid.IntRange(1, 7200).Draw(t, "seconds")) * time.Second)
		once, often := NewPump(PumpIdentity{Chair: 6}, nine), NewPump(PumpIdentity{Chair: 6}, nine)
		once.Start(nine, rate, unit.ML("29"))
		often.Start(nine, rate, unit.ML("29"))
		said := 0
		for at := nine; at.Before(end); at = at.Add(time.Duration(rapid.IntRange(1, 900).Draw(t, "step")) * time.Second) {
			said += len(often.Step(at))
		}
		said += len(often.Step(end))
		if want := len(once.Step(end)); said != want || once.does != often.does || once.given.Cmp(often.given) != 0 {
			t.Fatalf("asked once it gave %s and said %d, asked often %s and %d", once.given.Text(3), want, often.given.Text(3), said)
		}
		if once.does == delivers && once.given.Add(once.left()).Cmp(unit.ML("29").Exact()) != 0 {
			t.Fatalf("given %s, left %s of 29 mL", once.given.Text(3), once.left().Text(3))
		}
	})
}

// TestPump_GoesOnAsItWasLeft.
func TestPump_GoesOnAsItWasLeft(t *testing.T) {
	t.Parallel()
	p := Left(PumpIdentity{Chair: 6}, nine, unit.ML("3"), unit.MLPerH("12"), unit.ML("2"))
	p.Step(nine.Add(5 * time.Minute))
	if got := p.given.Text(2) + " " + p.left().Text(2); got != "4 mL 1 mL" && got != "4.00 mL 1.00 mL" {
		t.Errorf("after 5 min: %s", got)
	}
	if still := Left(PumpIdentity{Chair: 6}, nine, unit.ML("3"), unit.PumpRate{}, unit.Volume{}); still.does != standsStill || len(still.Step(nine.Add(time.Hour))) != 0 {
		t.Error("a pump that stood still runs")
	}
}
