package vital

import (
	"math"
	"slices"
	"testing"
)

func ptr[T any](v T) *T { return &v }

// well scores 0 in every parameter.
func well() Warned {
	return Warned{
		RR: ptr(Value(14)), SpO2: ptr(Value(97)), Systolic: ptr(Value(120)), Pulse: ptr(Value(70)), Temp: ptr(Value(37)),
		Oxygen: ptr(false), Consciousness: ptr(Alert), Scale: Scale1,
	}
}

// TestNEWS2_PartsAddUp to both totals, and none is there that was not measured.
func TestNEWS2_PartsAddUp(t *testing.T) {
	t.Parallel()
	in := well()
	in.RR, in.Oxygen, in.Consciousness, in.SpO2 = ptr(Value(22)), ptr(true), ptr(Voice), ptr(Value(94))
	w := NEWS2(in)
	total, without := 0, 0
	for _, p := range w.Parts {
		total += p.Points
		if p.Name != "consciousness" {
			without += p.Points
		}
	}
	if len(w.Parts) != 7 || total != w.Total || without != w.Without || w.Total != 2+2+1+3 {
		t.Errorf("%+v", w)
	}
	in.Temp, in.Consciousness = nil, nil
	w = NEWS2(in)
	for _, p := range w.Parts {
		if p.Name == "temperature" || p.Name == "consciousness" {
			t.Errorf("points for what was not measured: %+v", w.Parts)
		}
	}
	if len(w.Parts) != 5 || w.Total != 0 || w.Without != 0 {
		t.Errorf("%+v", w)
	}
}

// TestNEWS2_EveryBand holds both edges of every band of the published table.
func TestNEWS2_EveryBand(t *testing.T) {
	t.Parallel()
	type edge struct {
		v    Value
		want int
	}
	for name, c := range map[string]struct {
		set   func(*Warned, Value)
		edges []edge
	}{
		"breathing":     {func(w *Warned, v Value) { w.RR = &v }, []edge{{1, 3}, {8, 3}, {9, 1}, {11, 1}, {12, 0}, {20, 0}, {21, 2}, {24, 2}, {25, 3}, {60, 3}}},
		"SpO2, scale 1": {func(w *Warned, v Value) { w.SpO2 = &v }, []edge{{60, 3}, {91, 3}, {92, 2}, {93, 2}, {94, 1}, {95, 1}, {96, 0}, {100, 0}}},
		"SpO2, scale 2, air": {
			func(w *Warned, v Value) { w.SpO2, w.Scale = &v, Scale2 },
			[]edge{{60, 3}, {83, 3}, {84, 2}, {85, 2}, {86, 1}, {87, 1}, {88, 0}, {92, 0}, {93, 0}, {97, 0}, {100, 0}},
		},
		"SpO2, scale 2, oxygen": {
			func(w *Warned, v Value) { w.SpO2, w.Scale, w.Oxygen = &v, Scale2, ptr(true) },
			[]edge{{83, 3 + 2}, {84, 2 + 2}, {85, 2 + 2}, {86, 1 + 2}, {87, 1 + 2}, {88, 0 + 2}, {92, 0 + 2}, {93, 1 + 2}, {94, 1 + 2}, {95, 2 + 2}, {96, 2 + 2}, {97, 3 + 2}, {100, 3 + 2}},
		},
		"SpO2, scale 1, oxygen": {func(w *Warned, v Value) { w.SpO2, w.Oxygen = &v, ptr(true) }, []edge{{91, 3 + 2}, {96, 0 + 2}}},
		"systolic":              {func(w *Warned, v Value) { w.Systolic = &v }, []edge{{50, 3}, {90, 3}, {91, 2}, {100, 2}, {101, 1}, {110, 1}, {111, 0}, {219, 0}, {220, 3}, {260, 3}}},
		"pulse":                 {func(w *Warned, v Value) { w.Pulse = &v }, []edge{{20, 3}, {40, 3}, {41, 1}, {50, 1}, {51, 0}, {90, 0}, {91, 1}, {110, 1}, {111, 2}, {130, 2}, {131, 3}, {200, 3}}},
		"temperature":           {func(w *Warned, v Value) { w.Temp = &v }, []edge{{34, 3}, {35.0, 3}, {35.1, 1}, {36.0, 1}, {36.1, 0}, {38.0, 0}, {38.1, 1}, {39.0, 1}, {39.1, 2}, {41, 2}}},
	} {
		for _, e := range c.edges {
			in := well()
			c.set(&in, e.v)
			got := NEWS2(in)
			if !got.Complete() || got.Total != e.want || got.Without != e.want {
				t.Errorf("%s %v: %+v, want %d", name, e.v, got, e.want)
			}
			single := e.want
			if in.Oxygen != nil && *in.Oxygen {
				single -= 2
			}
			if got.Three != (single == 3) {
				t.Errorf("%s %v: a single 3 is %v", name, e.v, got.Three)
			}
		}
	}
}

// TestNEWS2_Consciousness: with it and without it.
func TestNEWS2_Consciousness(t *testing.T) {
	t.Parallel()
	for _, c := range []Consciousness{Confused, Voice, Pain, Unresponsive} {
		in := well()
		in.Consciousness = &c
		if got := NEWS2(in); got.Total != 3 || !got.Three || got.Without != 0 || got.ThreeWithout {
			t.Errorf("%s: %+v", c, got)
		}
	}
	worst := Warned{
		RR: ptr(Value(30)), SpO2: ptr(Value(80)), Systolic: ptr(Value(80)), Pulse: ptr(Value(140)), Temp: ptr(Value(34)),
		Oxygen: ptr(true), Consciousness: ptr(Unresponsive), Scale: Scale1,
	}
	if got := NEWS2(worst); got.Total != 20 || got.Without != 17 {
		t.Errorf("the worst of all is %+v", got)
	}
}

// TestNEWS2_Missing: a score with something missing is none, and says what.
func TestNEWS2_Missing(t *testing.T) {
	t.Parallel()
	for want, drop := range map[string]func(*Warned){
		"breathing": func(w *Warned) { w.RR = nil }, "SpO₂": func(w *Warned) { w.SpO2 = ptr(Value(7)) }, "air or oxygen": func(w *Warned) { w.Oxygen = nil },
		"SpO₂ scale": func(w *Warned) { w.Scale = 0 }, "systolic pressure": func(w *Warned) { w.Systolic = nil },
		"pulse": func(w *Warned) { w.Pulse = ptr(Value(math.NaN())) }, "temperature": func(w *Warned) { w.Temp = nil },
	} {
		in := well()
		in.Pulse = ptr(Value(131))
		drop(&in)
		if got := NEWS2(in); got.Complete() || got.CompleteWithout() || got.Total != 0 || got.Without != 0 || got.Three || got.ThreeWithout || !slices.Equal(got.Missing, []string{want}) {
			t.Errorf("without %s: %+v", want, got)
		}
	}
	for _, c := range []*Consciousness{nil, ptr(Consciousness("sleepy"))} {
		in := well()
		in.Pulse, in.Consciousness = ptr(Value(131)), c
		if got := NEWS2(in); got.Complete() || !got.CompleteWithout() || got.Total != 0 || got.Without != 3 || !slices.Equal(got.Missing, []string{"consciousness"}) {
			t.Errorf("%+v", got)
		}
	}
	if got := NEWS2(Warned{}); len(got.Missing) < 6 || got.Complete() {
		t.Errorf("of nothing: %+v", got)
	}
}
