package library

import (
	"math"
	"testing"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// shippedCard is a shipped card.
func shippedCard(t *testing.T, id string) kinetics.Card {
	t.Helper()
	lib, err := DecodeKinetics(Shipped().Kinetics)
	if err != nil {
		t.Fatal(err)
	}
	card, ok := lib.Model(id)
	if !ok {
		t.Fatalf("no model %s", id)
	}
	return card.Card()
}

// typical is the typical patient of 70 kg of a shipped card.
func typical(t *testing.T, id string) kinetics.Model {
	t.Helper()
	m, err := shippedCard(t, id).For(70)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// volume is what the drug goes through in 70 kg, the liver aside, in L.
func volume(t *testing.T, id string) float64 {
	t.Helper()
	parent := shippedCard(t, id).Drugs[0]
	sum := parent.Volume.For(70)
	for _, s := range parent.Sides {
		if s.Make.Value == 0 {
			sum += s.Volume.For(70)
		}
	}
	return sum
}

// clearance is the rate of a long infusion over the concentration that it comes to, L/h.
func clearance(t *testing.T, m *kinetics.Model) float64 {
	t.Helper()
	const days = 50 * 24 * 60
	return 60 * kinetics.NanogramPerML / endOf(t, m, []kinetics.Piece{{MgPerMin: 1, Minutes: days}}, days)
}

// slowest is the rate constant of the last phase after a bolus, per minute.
func slowest(t *testing.T, m *kinetics.Model) float64 {
	t.Helper()
	bolus := []kinetics.Piece{{BolusMg: 35}}
	return math.Log(endOf(t, m, bolus, 5000)/endOf(t, m, bolus, 6000)) / 1000
}

// peak is the minute at which the effect site has most of a bolus.
func peak(t *testing.T, m *kinetics.Model) float64 {
	t.Helper()
	best, at := 0.0, 0.0
	var times []float64
	for i := 1; i <= 6000; i++ {
		times = append(times, float64(i)/1000)
	}
	err := kinetics.Solve(m, []kinetics.Piece{{BolusMg: 7}}, times, func(i int, s *kinetics.State) {
		if c := s.NgPerML(m.Effects[0].Output); c > best {
			best, at = c, times[i]
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// What the papers report beside their parameters comes out of their cards. Of otto-2021,
// herd-2007, clements-1981 and hornik-2018 nothing was found but the parameters, so there
// is nothing to come out; of simons-2022 see TestKinetics_ReproducesWhatWasPublished.
func TestKinetics_PublishedResults(t *testing.T) {
	t.Parallel()
	kamp, domino, hijazi, perez := typical(t, "kamp-2020"), typical(t, "domino"), typical(t, "hijazi-2003"), typical(t, "perez-ruixo-2021")
	within := func(what string, got, low, high float64) {
		if !(got >= low && got <= high) {
			t.Errorf("%s: %g, where %g to %g was published", what, got, low, high)
		}
		t.Logf("%s: %.4g", what, got)
	}
	// Kamp 2020, abstract: 79 L/h of 70 kg (95 % confidence 69 to 90), 252 L (200 to 304).
	within("Kamp, clearance in L/h", clearance(t, &kamp), 69, 90)
	within("Kamp, volume in L", volume(t, "kamp-2020"), 200, 304)
	// Hijazi 2003, abstract: 36.0 mL/min/kg, half-life 4.9 h (SD 1.6), volume of the last
	// phase 16.0 L/kg (SD 8.6).
	within("Hijazi, clearance in mL/min/kg", clearance(t, &hijazi)/60*1000/70, 35.9, 36.1)
	within("Hijazi, half-life in h", math.Ln2/slowest(t, &hijazi)/60, 4.8, 5.0)
	within("Hijazi, volume in L/kg", clearance(t, &hijazi)/60/slowest(t, &hijazi)/70, 15, 17)
	// Perez-Ruixo 2021, abstract: 752 L and 114 L/h; the typical patient of the card has
	// 4 % less.
	within("Perez-Ruixo, volume in L", volume(t, "perez-ruixo-2021"), 751.9, 752.1)
	within("Perez-Ruixo, clearance in L/h", clearance(t, &perez), 114*0.95, 114*1.05)
	// Navarrete 2025: the effect was greatest 1.83 min (SD 0.74) after a bolus. The ke0
	// published beside Domino's card puts it to 96 s, within that; the one beside Kamp's
	// was set to keep it there.
	within("Navarrete, seconds to the peak with Domino", 60*peak(t, &domino), 95, 97)
	within("Navarrete, seconds to the peak with Kamp", 60*peak(t, &kamp), 95, 97)
	// Zarate 2006 in Zanos 2018: 185 ng/mL after 0.5 mg/kg over 40 min. The models do not
	// come to it, and the program says by how much: 37 and 30 %.
	infusion := []kinetics.Piece{{MgPerMin: 35.0 / 40, Minutes: 40}}
	within("Kamp, % above what was observed", 100*(endOf(t, &kamp, infusion, 40)/185-1), 36.5, 37.5)
	within("Domino, % above what was observed", 100*(endOf(t, &domino, infusion, 40)/185-1), 29.5, 30.5)
}
