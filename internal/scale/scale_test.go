package scale

import (
	"slices"
	"testing"
)

func TestSedation(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for s := Sedation(0); s <= 5; s++ {
		if !s.Valid() || s.Text() == "unknown" || seen[s.Text()] {
			t.Errorf("MOAA/S %d: %q", s, s.Text())
		}
		seen[s.Text()] = true
	}
	for _, s := range []Sedation{-1, 6} {
		if s.Valid() || s.Text() != "unknown" {
			t.Errorf("MOAA/S %d is on the scale", s)
		}
	}
}

func TestNRS(t *testing.T) {
	t.Parallel()
	for n, want := range map[NRS]bool{-1: false, 0: true, 5: true, 10: true, 11: false} {
		if n.Valid() != want {
			t.Errorf("NRS %d: %v", n, !want)
		}
	}
}

func TestSE12(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	for _, item := range SE12Items() {
		if item.Text == "" || keys[item.Key] {
			t.Errorf("item %+v", item)
		}
		keys[item.Key] = true
	}
	for i := range (SE12{}) {
		for v, ok := range map[int]bool{-1: false, 0: true, 4: true, 5: false} {
			var s SE12
			s[i] = v
			if (s.Check() == nil) != ok {
				t.Errorf("item %d rated %d: %v", i, v, s.Check())
			}
		}
	}
	item, worst := SE12{0, 1, 0, 3, 0, 3}.Max()
	if item.Key != "anxiety" || worst != 3 {
		t.Errorf("worst is %s at %d", item.Key, worst)
	}
}

func TestDischargeScores_AreTheSumOfTheirItems(t *testing.T) {
	t.Parallel()
	for i := range 5 {
		for v, ok := range map[int]bool{-1: false, 0: true, 2: true, 3: false} {
			items := [5]int{1, 1, 1, 1, 1}
			items[i] = v
			m := MPADSS{items[0], items[1], items[2], items[3], items[4]}
			a := Aldrete{items[0], items[1], items[2], items[3], items[4]}
			if (m.Check() == nil) != ok || (a.Check() == nil) != ok {
				t.Errorf("item %d at %d: %v, %v", i, v, m.Check(), a.Check())
			}
			if m.Total() != 4+v || a.Total() != 4+v {
				t.Errorf("item %d at %d: totals %d, %d", i, v, m.Total(), a.Total())
			}
		}
	}
}

func TestLUTS6_Any(t *testing.T) {
	t.Parallel()
	for _, l := range []LUTS6{{Frequency: true}, {Urgency: true}, {Nocturia: true}, {Dysuria: true}, {Haematuria: true}, {PelvicPain: true}} {
		if !l.Any() {
			t.Errorf("%+v reads as none", l)
		}
	}
	if (LUTS6{}).Any() {
		t.Error("no complaint reads as one")
	}
}

func TestEffects(t *testing.T) {
	t.Parallel()
	all := Effects()
	if len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(all) {
		t.Error("a code stands twice")
	}
	for _, code := range all {
		if !KnownEffect(code) {
			t.Errorf("%q is not known", code)
		}
	}
	all[0] = "changed"
	if KnownEffect("changed") || KnownEffect("") {
		t.Error("what is no code is known")
	}
}
