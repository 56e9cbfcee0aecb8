package alarm

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// inputs makes one input at an instant. Values come near the limits, so that
// something happens.
func anInput(s float64) *rapid.Generator[Input] {
	value := map[vital.Kind][]vital.Value{
		vital.SpO2: {80, 84, 85, 88, 89, 90, 92, 93, 94, 95, 97}, vital.HR: {70, 110, 111, 131}, vital.RR: {7, 8, 9, 11, 12, 14},
		vital.NIBPSys: {75, 85, 92, 120, 145, 160, 179, 180, 221}, vital.ARTSys: {120, 165, 185}, vital.EtCO2: {36, 41, 46},
	}
	return rapid.Custom(func(t *rapid.T) Input {
		at := told(s)
		switch rapid.IntRange(0, 15).Draw(t, "what") {
		case 0:
			level := scale.Sedation(rapid.IntRange(1, 5).Draw(t, "moaas"))
			return Score{Told: at, At: sec(s), By: "okafor", Sedation: &level}
		case 1:
			n := scale.NRS(rapid.IntRange(3, 8).Draw(t, "distress"))
			return Score{Told: at, At: sec(s), By: "okafor", Distress: &n}
		case 2:
			return Symptoms{at, rapid.Bool().Draw(t, "present")}
		case 3:
			return Charted{at, "okafor"}
		case 4:
			return someFacts(t, s)
		case 5:
			return DeviceAlarm{Told: at, Key: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"), Match: rapid.SampledFrom([]ID{Apnoea, "", SpO2Low}).Draw(t, "match"), Priority: High, Active: rapid.Bool().Draw(t, "active")}
		case 6:
			return Acknowledged{at, rapid.SampledFrom(IDs()).Draw(t, "id"), "okafor", rapid.IntRange(0, 3).Draw(t, "seen")}
		case 7:
			return Paused{at, rapid.SampledFrom([]ID{SpO2Low, SBPHigh, HRHigh}).Draw(t, "id"), "okafor", rapid.IntRange(0, 3).Draw(t, "seen"), sec(s + rapid.Float64Range(-10, 900).Draw(t, "until"))}
		case 8:
			return Heard{at}
		}
		k := rapid.SampledFrom([]vital.Kind{vital.SpO2, vital.SpO2, vital.SpO2, vital.NIBPSys, vital.NIBPSys, vital.HR, vital.RR, vital.ARTSys, vital.EtCO2}).Draw(t, "kind")
		return Sample{
			Told: at, Kind: k, Value: rapid.SampledFrom(value[k]).Draw(t, "value"), At: sec(s - rapid.SampledFrom([]float64{0, 0, 0, 1, 60}).Draw(t, "late")),
			Quality: rapid.SampledFrom([]vital.Quality{vital.Good, vital.Good, vital.Good, vital.Artefact}).Draw(t, "quality"),
			Site:    rapid.SampledFrom([]string{"", "", "2"}).Draw(t, "site"), ByHand: rapid.IntRange(0, 9).Draw(t, "hand") == 0,
		}
	})
}

func someFacts(t *rapid.T, s float64) FactsChanged {
	near := func(what string) time.Time {
		if rapid.IntRange(0, 2).Draw(t, what) > 0 {
			return time.Time{}
		}
		return sec(s + rapid.Float64Range(-700, 700).Draw(t, what+" at"))
	}
	f := Facts{
		Watching: rapid.IntRange(0, 9).Draw(t, "watching") > 0, Since: nine, Linked: rapid.Bool().Draw(t, "linked"),
		PlannedEnd: near("end"), PausedSince: near("paused"), StopUnconfirmed: near("stop"), HelpSince: near("help"), LinkDoubt: near("doubt"), OffMonitorTill: near("off"),
		Quarantined: rapid.IntRange(0, 3).Draw(t, "aside"), ClockOffset: time.Duration(rapid.IntRange(-40, 40).Draw(t, "clock")) * time.Second,
	}
	if rapid.Bool().Draw(t, "expects") {
		f.Expected = []Expected{{vital.SpO2, 5 * time.Second, true}, {vital.EtCO2, 5 * time.Second, true}, {vital.NIBPSys, 5 * time.Minute, false}}
		f.Rounds = []Round{{What: ObservationOverdue, DueAt: sec(s), LateAt: sec(s + 60), Every: 5 * time.Minute}}
	}
	return FactsChanged{told(s), f}
}

// story makes inputs in the order of time, the watch first.
func story(t *rapid.T) []Input {
	out := []Input{FactsChanged{told(0), Facts{Watching: true, Since: nine, Linked: true}}}
	s := 0.0
	for range rapid.IntRange(1, 60).Draw(t, "inputs") {
		s += rapid.SampledFrom([]float64{0, 0.5, 1, 1, 5, 14, 16, 31, 121, 400}).Draw(t, "later")
		out = append(out, anInput(s).Draw(t, "input"))
	}
	return out
}

func run(l Limits, s State, in []Input) (State, []Change) {
	var all []Change
	for _, x := range in {
		var changes []Change
		s, changes = Step(s, l, x)
		all = append(all, changes...)
	}
	return s, all
}

// TestProperty_TicksChangeNothing: it does not matter when, or how often, the
// machine is woken between two inputs.
func TestProperty_TicksChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := append(story(t), Tick{told(40_000)})
		var ticked []Input
		for i, x := range in {
			if i > 0 {
				from, to := in[i-1].told(), x.told()
				for range rapid.IntRange(0, 3).Draw(t, "ticks") {
					at := from.Add(time.Duration(rapid.Float64Range(0, 0.999).Draw(t, "between") * float64(to.Sub(from)))).Truncate(instant)
					ticked = append(ticked, Tick{Told(at)})
					from = at
				}
			}
			ticked = append(ticked, x)
		}
		l := testLimits()
		a, said := run(l, State{}, in)
		b, also := run(l, State{}, ticked)
		if !reflect.DeepEqual(lines(said), lines(also)) || !reflect.DeepEqual(a.Announced, b.Announced) {
			t.Fatalf("without ticks\n%v\nwith\n%v", lines(said), lines(also))
		}
	})
}

func lines(changes []Change) []string {
	out := make([]string, len(changes))
	for i, c := range changes {
		out[i] = line(c) + " " + c.Text.English() + " since " + c.Since.Sub(nine).String()
	}
	return out
}

// TestProperty_RestartAnywhere: stopped after any input and started again from
// what was announced and the inputs so far, the machine knows the same and goes
// on to say the same.
func TestProperty_RestartAnywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := story(t)
		cut := rapid.IntRange(1, len(in)).Draw(t, "cut")
		l := testLimits()
		s, _ := run(l, State{}, in[:cut])
		now := s.Building.Now
		again := Rebuild(l, s.Announced, in[:cut], now)
		again, said := Step(again, l, Tick{Told(now)})
		if len(said) > 0 {
			t.Fatalf("a restart said %v", lines(said))
		}
		s, _ = Step(s, l, Tick{Told(now)})
		if !reflect.DeepEqual(s, again) {
			t.Fatalf("before\n%+v\nafter\n%+v", s, again)
		}
		rest := append(slices.Clone(in[cut:]), Tick{told(40_000)})
		_, a := run(l, s, rest)
		_, b := run(l, again, rest)
		if !reflect.DeepEqual(lines(a), lines(b)) {
			t.Fatalf("went on\n%v\nand\n%v", lines(a), lines(b))
		}
	})
}

// TestProperty_Invariants holds after every input.
func TestProperty_Invariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := testLimits()
		s := State{}
		standing := map[ID]bool{}
		for _, in := range append(story(t), Tick{told(40_000)}) {
			before := s
			kept := fmt.Sprintf("%+v", before)
			var said []Change
			s, said = Step(s, l, in)
			if fmt.Sprintf("%+v", before) != kept {
				t.Fatal("the state that went in was changed")
			}
			if why := broken(s, l, said, standing); why != "" {
				t.Fatal(why)
			}
			if _, ok := in.(Acknowledged); ok && in.told().Equal(before.Building.Now) {
				for n := range conditions {
					if before.Building.conds[n].reach != s.Building.conds[n].reach {
						t.Fatalf("an acknowledgement changed %s", conditions[n].id)
					}
				}
			}
			due, ok := s.Due()
			if !ok {
				continue
			}
			if !due.After(s.Building.Now) {
				t.Fatalf("due at %v, now %v", due, s.Building.Now)
			}
			if _, early := Step(s, l, Tick{Told(due.Add(-instant))}); len(early) > 0 {
				t.Fatalf("said before it was due: %v", lines(early))
			}
		}
	})
}

// broken says which promise of the machine does not hold; empty when all do.
func broken(s State, l Limits, said []Change, standing map[ID]bool) string {
	for _, c := range said {
		switch c.Kind {
		case Raised:
			if standing[c.Condition] {
				return "two alarms of " + string(c.Condition)
			}
			standing[c.Condition] = true
		case Cleared:
			if !standing[c.Condition] {
				return "cleared what did not stand: " + string(c.Condition)
			}
			delete(standing, c.Condition)
		case Worsened, Escalated, AnnouncedAgain, PauseEnded, Answered, Eased, Ended:
			if !standing[c.Condition] {
				return string(c.Kind) + " of what does not stand: " + string(c.Condition)
			}
		}
		if c.Text.English() == "" || c.Rule == "" {
			return "a change without words or rule"
		}
	}
	if len(s.Announced.Alarms) != len(standing) || !slices.IsSortedFunc(s.Announced.Alarms, shown) {
		return "the alarms are not those that stand, in order"
	}
	for n, c := range s.Building.conds {
		a, ok := s.Announced.Alarm(conditions[n].id)
		if l.rules[n].ID != "" && c.priority > Calm && (!ok || a.Priority < c.priority || (c.everyone && a.Stage != ToEveryone)) {
			return string(conditions[n].id) + " is there, and nobody was told how bad"
		}
		if ok && !a.PausedUntil.IsZero() && a.PausedUntil.After(s.Building.Now.Add(l.settings.PauseMost)) {
			return "a pause without a near end"
		}
	}
	return ""
}

// TestProperty_NoRedWithoutAnnouncement looks at the values alone: when the
// last ones of the only probe have been in the red range for the delay, a red
// alarm stands that was announced by then.
func TestProperty_NoRedWithoutAnnouncement(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := testLimits()
		s, _ := Step(State{}, l, FactsChanged{told(0), Facts{Watching: true, Since: nine}})
		var since *time.Time
		now := 0.0
		for range rapid.IntRange(1, 80).Draw(t, "samples") {
			now += rapid.SampledFrom([]float64{1, 1, 1, 2, 7, 14.9, 15}).Draw(t, "later")
			v := rapid.SampledFrom([]vital.Value{85, 86, 88, 89, 89, 89, 89, 90, 94, 97}).Draw(t, "value")
			s, _ = Step(s, l, Sample{Told: told(now), Kind: vital.SpO2, Value: v, At: sec(now), Quality: vital.Good})
			switch at := sec(now); {
			case v >= 90:
				since = nil
			case since == nil:
				since = &at
			}
			if rapid.Bool().Draw(t, "ack") {
				a, _ := s.Announced.Alarm(SpO2Low)
				s, _ = Step(s, l, Acknowledged{told(now), SpO2Low, "okafor", a.Announcement})
			}
			if since == nil || sec(now).Sub(*since) < 15*time.Second {
				continue
			}
			if a, ok := s.Announced.Alarm(SpO2Low); !ok || a.Priority != High || !a.EndedAt.IsZero() {
				t.Fatalf("red since %v, now %v: %+v", since.Sub(nine), now, a)
			}
		}
	})
}

// FuzzStep feeds the machine any inputs in any order of time.
func FuzzStep(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"))
	f.Add([]byte{9, 2, 89, 0, 0, 9, 2, 89, 20, 0, 7, 0, 1, 0, 0, 9, 2, 97, 90, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		l := testLimits()
		s, _ := Step(State{}, l, FactsChanged{told(0), Facts{Watching: true, Since: nine, Linked: true}})
		standing := map[ID]bool{}
		now := 0.0
		for n := 0; len(b) >= 5 && n < 400; n++ {
			var in Input
			now += float64(int8(b[3]))
			in, b = fuzzed(b, now), b[5:]
			var said []Change
			s, said = Step(s, l, in)
			if why := broken(s, l, said, standing); why != "" {
				t.Fatal(why)
			}
			if n%50 == 49 {
				Rebuild(l, s.Announced, []Input{in, nil, Tick{}}, s.Building.Now)
			}
		}
	})
}

func fuzzed(b []byte, now float64) Input {
	at := told(now)
	id := conditions[int(b[1])%len(conditions)].id
	switch b[0] % 12 {
	case 0:
		level := scale.Sedation(int8(b[2]))
		distress := scale.NRS(int8(b[4]))
		return Score{Told: at, At: sec(float64(b[2])), Sedation: &level, Distress: &distress}
	case 1:
		return Symptoms{at, b[2]%2 == 0}
	case 2:
		return Charted{Told: at}
	case 3:
		when := sec(now + float64(int8(b[2]))*10)
		return FactsChanged{at, Facts{
			Watching: b[1]%4 > 0, Since: sec(float64(int8(b[4]))), Linked: b[1]%3 == 0, HelpSince: when, PlannedEnd: when, LinkDoubt: when, OffMonitorTill: when,
			Expected:    []Expected{{vital.SpO2, time.Duration(int8(b[4])) * time.Second, b[1]%2 == 0}, {"mood", time.Second, true}},
			ClockOffset: math.MinInt64, Quarantined: int(int8(b[2])), Rounds: []Round{{What: id, DueAt: when, Every: -1}},
		}}
	case 4:
		return DeviceAlarm{Told: at, Key: string(b[2:4]), Match: id, Priority: Priority(int8(b[4])), Text: string(b), Active: b[2]%2 == 0}
	case 5:
		return Acknowledged{at, id, "", int(int8(b[2]))}
	case 6:
		return Paused{at, id, "", int(int8(b[2])), sec(float64(int8(b[4])) * 100)}
	case 7:
		return Tick{at}
	case 8:
		return nil
	}
	v := float64(b[2])
	if b[4]%16 == 15 {
		v = math.Float64frombits(binary.LittleEndian.Uint64(append(slices.Clone(b[:4]), 0, 0, 0xf8, b[4])))
	}
	return Sample{Told: at, Kind: kinds[int(b[1])%len(kinds)], Value: vital.Value(v), At: sec(now - float64(b[4])), Site: string(b[4:5]), ByHand: b[4]%7 == 0}
}
