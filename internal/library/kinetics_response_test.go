package library

import (
	"math"
	"strings"
	"testing"

	shipped "github.com/stillwatch/stillwatch/library"
)

// TestKineticResponse_At: nothing at no drug, a half at the half maximum, all at much,
// and rising in between.
func TestKineticResponse_At(t *testing.T) {
	t.Parallel()
	r := KineticResponse{Kind: HalfMaximum, NgPerML: 71, Steepness: &ResponseSteep{Value: 1}}
	for c, want := range map[float64]float64{0: 0, 71: 0.5, 142: 2.0 / 3, 7100: 100.0 / 101} {
		if got := r.At(c); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %g: %g, want %g", c, got, want)
		}
	}
	steep := r
	steep.Steepness = &ResponseSteep{Value: 3}
	if got := steep.At(142); math.Abs(got-8.0/9) > 1e-12 {
		t.Errorf("steepness 3 at twice the half maximum: %g", got)
	}
	if got := (KineticResponse{Kind: Incidence, Percent: 30}).At(100); !math.IsNaN(got) {
		t.Errorf("an incidence follows the concentration: %g", got)
	}
	last := 0.0
	for c := 1.0; c < 1e4; c *= 1.3 {
		if e := r.At(c); e <= last || e >= 1 {
			t.Fatalf("at %g: %g after %g", c, e, last)
		} else {
			last = e
		}
	}
}

// TestKineticResponse_Bounds holds the interval against the equation that it solves: at
// its ends the count as seen is 1.96 standard errors away.
func TestKineticResponse_Bounds(t *testing.T) {
	t.Parallel()
	for _, of := range []int{10, 203, 6630} {
		for _, percent := range []float64{0.5, 13.3, 44.3, 99} {
			r := KineticResponse{Kind: Incidence, Percent: percent, Of: of, Interval: intervalWilson}
			low, high, ok := r.Bounds()
			if !ok || low < 0 || high > 100 || low >= percent || high <= percent {
				t.Errorf("%g %% of %d: %g to %g, %v", percent, of, low, high, ok)
			}
			for _, end := range []float64{low, high} {
				p := end / 100
				if z := math.Abs(percent/100-p) / math.Sqrt(p*(1-p)/float64(of)); math.Abs(z-1.959963984540054) > 1e-6 {
					t.Errorf("%g %% of %d: at %g %% the distance is %g standard errors", percent, of, end, z)
				}
			}
		}
	}
	if low, high, ok := (KineticResponse{Interval: intervalPublished, Low: 4.4, High: 21.2}).Bounds(); !ok || low != 4.4 || high != 21.2 {
		t.Errorf("published: %g to %g, %v", low, high, ok)
	}
	if _, _, ok := (KineticResponse{Interval: intervalNone}).Bounds(); ok {
		t.Error("an interval that was not found has ends")
	}
}

// TestDecodeKinetics_Responses: each mistake in a card of an effect is refused by name.
func TestDecodeKinetics_Responses(t *testing.T) {
	t.Parallel()
	good := string(shipped.KineticsYAML())
	k, err := DecodeKinetics([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Responses()) < 7 {
		t.Errorf("%d cards of effects", len(k.Responses()))
	}
	for _, tt := range []struct{ name, old, with, want string }{
		{"relief of pain", "effect: nausea", "effect: pain relief", "not predicted"},
		{"analgesia", "effect: nausea", "effect: analgesia", "not predicted"},
		{"the same card twice", "id: response-nausea", "id: response-dizziness", "an id of its own"},
		{"in nobody", `population: "741 infusions`, `population: "" #`, "in whom it was seen"},
		{"nothing wrong with it", "    problems:\n      - \"A mean of peaks: single people rise more. No spread was found.\"\n", "    problems: []\n", "what is wrong with it"},
		{"a source that is none", "source: COHORT741\n    mark: verified", "source: COHORT7\n    mark: verified", "COHORT7"},
		{"a steepness of nobody", "steepness: {value: 1, source: OURS", "steepness: {value: 1, source: NOBODY", "NOBODY"},
		{"no steepness", "    steepness: {value: 1, source: OURS, mark: default}\n", "", "a steepness"},
		{"no concentration", "ng_ml: 71\n", "ng_ml: 0\n", "a half maximum has"},
		{"all of them", "percent: 13.3", "percent: 100", "less than 100"},
		{"of nobody", "percent: 13.3\n    of: 203", "percent: 13.3\n    of: 0", "of a number of people"},
		{"two kinds", "percent: 13.3\n", "percent: 13.3\n    ng_ml: 70\n", "nothing else"},
		{"a change of nothing", "change: 1.9", "change: 0", "a number and a unit"},
		{"a kind that is none", "kind: mean_change", "kind: guess", "is not half_maximum"},
		{"an interval that is none", "kind: mean_change\n    change: 1.9\n    unit: /min\n    interval: not_found", "kind: mean_change\n    change: 1.9\n    unit: /min\n    interval: narrow", "is not wilson_95"},
		{"an interval of no count", "unit: /min\n    interval: not_found", "unit: /min\n    interval: wilson_95", "worked out of an incidence"},
		{"an interval beside its number", "unit: /min\n    interval: not_found", "unit: /min\n    interval: published_95\n    low: 2\n    high: 3", "does not hold its number"},
		{"ends of no interval", "unit: /min\n    interval: not_found", "unit: /min\n    interval: not_found\n    low: 1", "has no ends"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, tt.old) {
				t.Fatalf("%q does not stand in the file", tt.old)
			}
			_, err := DecodeKinetics([]byte(strings.Replace(good, tt.old, tt.with, 1)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
