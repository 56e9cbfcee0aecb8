package library

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/kinetics"
)

// The numbers come from testdata/kinetics/reference.py, to 40 digits by another
// method with parameters of its own.
func TestKinetics_Reference(t *testing.T) {
	t.Parallel()
	lib, err := DecodeKinetics(Shipped().Kinetics)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/kinetics/reference.tsv")
	if err != nil {
		t.Fatal(err)
	}
	cases, worst := 0, 0.0
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		id, age, aged := strings.Cut(f[0], "@")
		model, ok := lib.Model(id)
		if !ok {
			t.Fatalf("no model %s", f[0])
		}
		card := model.Card()
		if aged {
			card = card.At(float(t, age))
		}
		kg, minute, want := float(t, f[1]), float(t, f[3]), float(t, f[5])
		m, err := card.For(kg)
		if err != nil {
			t.Fatal(err)
		}
		r, err := kinetics.ParseRegimen(f[2])
		if err != nil {
			t.Fatal(err)
		}
		got := math.NaN()
		err = kinetics.Solve(&m, r.Pieces(kg), []float64{minute}, func(_ int, s *kinetics.State) {
			if f[4] == "plasma" {
				got = s.NgPerML(m.Plasma)
			}
			for _, o := range append(m.Effects, m.Others...) {
				if o.Name == f[4] {
					got = s.NgPerML(o.Output)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		off := math.Abs(got/want - 1)
		if !(off <= 1e-9) {
			t.Errorf("%s: %.15g", line, got)
		}
		worst = math.Max(worst, off)
		cases++
	}
	if cases != 1972 {
		t.Errorf("%d cases", cases)
	}
	t.Logf("worst relative error %.2g", worst)
}

func float(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestKinetics_BadCards(t *testing.T) {
	t.Parallel()
	good := string(Shipped().Kinetics)
	for _, c := range []struct{ old, new, want string }{
		{"weight_kg: {low: 45, high: 150}", "weight_kg: {low: 150, high: 45}", "the weights go from 150 to 45 kg"},
		{"age_years: {low: 18, high: 35}", "age_years: {low: 35, high: 18}", "the ages go from 35 to 18"},
		{"value: 25, unit: L,", "value: .nan, unit: L,", "the value is NaN"},
		{"value: 25, unit: L,", "value: -25, unit: L,", "the value is -25"},
		{"value: 25, unit: L,", "value: 25, unit: mL,", `unit "mL"`},
		{"value: 84, unit: L/h, exponent: 0.75, reference_kg: 70", "value: 84, unit: L/h, exponent: 0.75", "reference weight 0 kg"},
		{"high: 0.28", "high: 0.22", "does not hold 0.238"},
		{"        uncertainty: not_found\n", "", "uncertainty is"},
		{"variability: none_found", "variability: \"\"", "variability"},
		{"variability: none_found", "variability: in_card", "between is missing"},
		{"variability: in_card", "variability: none_found", "stands beside none_found"},
		{"variance: 0.084177", "variance: -0.084177", "variance of volume of ketamine"},
		{"variance: 0.084177", "variance: 0.084177, placeholder: true", "placeholder is marked"},
		{"value: 0.02261", "value: 0.2261", "varies by less than nothing"},
		{"a: volume of ketamine", "a: volume of water", "covariance"},
		{"[ketamine volume]", "[ketamine girth]", "no number of the card"},
		{"[ketamine side 1 volume]", "[ketamine side 2 volume]", "does not have"},
		{"proportional: 0.23609", "proportional: -0.23609", "residual"},
		{"drug: S-ketamine", "drug: esketamin", "drug"},
		{"sampling: arterial", "sampling: blood", "sampling"},
		{"fraction: 1\n", "fraction: 1.5\n", "fraction"},
		{"source: KAMP20, mark: secondary", "source: NOBODY, mark: secondary", `source "NOBODY"`},
		{"source: KAMP20, mark: secondary", "source: KAMP20, mark: true", "mark"},
		{"id: domino", "id: kamp-2020", "twice"},
		{"regimen: 0.5 mg/kg over 40 min", "regimen: 0.5 mg/kg", "regimen"},
		{"placeholder: true, source: PEREZ21, mark: default", "placeholder: true, source: PEREZ21, mark: secondary", "placeholder is marked"},
		{"            loss: {value: 1.11, unit: 1/h", "            loss: {value: 1.11, unit: L/h", `unit "L/h"`},
		{"        volume: {value: 192, unit: L,", "        rate: {value: 1, unit: 1/h, source: PEREZ21, mark: secondary}\n        volume: {value: 192, unit: L,", "one of the three"},
		{"per_year: -2.19, above_years: 60", "per_year: -2.19", "-2.19 for each year above 0 years"},
		{"per_year: -2.19, above_years: 60", "per_year: -6, above_years: 60", "86 years"},
		{"    age_years: {low: 18, high: 86}\n", "", "the card says no ages"},
		{"drug: S-ketamine", "sex: 1\n    drug: S-ketamine", "sex"},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%q is not in the file", c.old)
		}
		if _, err := DecodeKinetics([]byte(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %v", c.new, c.old, err)
		}
	}
}

// 35 mg over 40 min in 70 kg: what independent programs found with these models, ng/mL
// at the end and minutes until plasma is below 50. Simons: 20 mg over 20 min ends at
// 260 (251 to 269) to 273 (259 to 287) ng/mL in the thesis of the author.
func TestKinetics_ReproducesWhatWasPublished(t *testing.T) {
	t.Parallel()
	lib, err := DecodeKinetics(Shipped().Kinetics)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id        string
		end, wash float64
	}{{"kamp-2020", 253, 80}, {"domino", 240, 29}, {"otto-2021", 158, 94}, {"simons-2022", 289, 56}, {"perez-ruixo-2021", 125, 61}} {
		card, _ := lib.Model(c.id)
		m, err := card.Card().For(70)
		if err != nil {
			t.Fatal(err)
		}
		pieces := []kinetics.Piece{{MgPerMin: 35.0 / 40, Minutes: 40}}
		wash, err := kinetics.Washout(&m, pieces, 50)
		if err != nil || math.Abs(wash-c.wash) > 1 {
			t.Errorf("%s: below 50 ng/mL after %g min, want %g (%v)", c.id, wash, c.wash, err)
		}
		if end := endOf(t, &m, pieces, 40); math.Abs(end-c.end) > 0.5 {
			t.Errorf("%s: %g ng/mL at the end, want %g", c.id, end, c.end)
		}
	}
	card, _ := lib.Model("simons-2022")
	m, err := card.Card().For(70)
	if err != nil {
		t.Fatal(err)
	}
	if end := endOf(t, &m, []kinetics.Piece{{MgPerMin: 1, Minutes: 20}}, 20); math.Abs(end-268) > 0.5 || end < 251 || end > 287 {
		t.Errorf("20 mg over 20 min: %g ng/mL", end)
	}
}

func endOf(t *testing.T, m *kinetics.Model, pieces []kinetics.Piece, minute float64) float64 {
	t.Helper()
	got := math.NaN()
	if err := kinetics.Solve(m, pieces, []float64{minute}, func(_ int, s *kinetics.State) { got = s.NgPerML(m.Plasma) }); err != nil {
		t.Fatal(err)
	}
	return got
}
