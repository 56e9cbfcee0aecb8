package cli

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestKineticsRun(t *testing.T) {
	t.Parallel()
	status, out, errOut := say(t, "kinetics", "run", "--model", "kamp-2020", "--weight", "70", "--regimen", "0.5 mg/kg over 40 min", "--times", "5,40,240", "--json")
	var got kineticsAnswer
	if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil {
		t.Fatal(status, err, errOut)
	}
	for i, want := range []float64{109.324580, 253.051835, 25.620787} {
		if math.Abs(got.Plasma[i]-want) > 1e-6 {
			t.Errorf("%g min: %.9g ng/mL, want %.9g", got.Times[i], got.Plasma[i], want)
		}
	}
	if e := got.Effect["antinociception"]; len(e) != 3 || math.Abs(e[1]-251.359638) > 1e-6 {
		t.Errorf("effect site %v", e)
	}
	if !strings.Contains(strings.Join(got.Warnings, "\n"), "Observed after this regimen: 185 ng/mL") {
		t.Errorf("what was observed is not said: %q", got.Warnings)
	}
}

func TestKinetics_WarnsOutsideAndRefusesNonsense(t *testing.T) {
	t.Parallel()
	args := func(weight, regimen string) []string {
		return []string{"kinetics", "run", "--model", "otto-2021", "--weight", weight, "--age", "70", "--regimen", regimen, "--times", "5"}
	}
	status, out, _ := say(t, args("120", "20 mg/h for 60 min")...)
	if status != 0 || !strings.Contains(out, "weight of 120 kg is outside") || !strings.Contains(out, "age of 70 years is outside") {
		t.Errorf("status %d\n%s", status, out)
	}
	for _, bad := range [][2]string{{"NaN", "20 mg/h for 60 min"}, {"0", "20 mg/h for 60 min"}, {"1e9", "20 mg/h for 60 min"}, {"70", "20 mg/h"}} {
		if status, out, errOut := say(t, args(bad[0], bad[1])...); status != 2 || out != "" || errOut == "" {
			t.Errorf("%v: status %d, %q, %q", bad, status, out, errOut)
		}
	}
}

// Nonsense is refused with words that say what of it, and prints no number.
func TestKinetics_NonsenseIsNamed(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		name, value, want string
	}{
		"no number of kg":     {"--weight", "NaN", "2 to 400 can be"},
		"weight without end":  {"--weight", "+Inf", "2 to 400 can be"},
		"0 kg":                {"--weight", "0", "2 to 400 can be"},
		"1e300 kg":            {"--weight", "1e300", "2 to 400 can be"},
		"no number of years":  {"--age", "NaN", "0 to 120 can be"},
		"1e9 years":           {"--age", "1e9", "0 to 120 can be"},
		"no number of cm":     {"--height", "NaN", "40 to 260 can be"},
		"0 cm":                {"--height", "0", "40 to 260 can be"},
		"no sex":              {"--sex", "1", "female"},
		"a time that is none": {"--times", "NaN", "times are minutes"},
		"time without end":    {"--times", "+Inf", "times are minutes"},
		"times back":          {"--times", "5,4", "each later than the one before"},
		"no regimen":          {"--regimen", "", "position 1"},
		"an endless rate":     {"--regimen", "Inf mg/h for 5 min", "position 1"},
		"a huge dose":         {"--regimen", "999999 mg over 5 min", "position 1"},
		"no time":             {"--regimen", "5 mg over 0 min", "position 11"},
		"20,001 parts":        {"--regimen", strings.Repeat("pause 1 min then ", 20_000) + "pause 1 min", "more than 20000 parts"},
		"another language":    {"--regimen", "0,5 mg/kg über 40 min", "position 1"},
		"no model":            {"--model", "klamp", "no model is called so"},
	} {
		given := map[string]string{"--model": "kamp-2020", "--weight": "70", "--age": "40", "--regimen": "20 mg/h for 60 min", "--times": "5"}
		given[c.name] = c.value
		args := []string{"kinetics", "run", "--json"}
		for name, value := range given {
			args = append(args, name+"="+value)
		}
		if status, out, errOut := say(t, args...); status == 0 || strings.Contains(out, "plasma_ng_ml") || !strings.Contains(errOut, c.want) {
			t.Errorf("%s: status %d, %q, %.300q, want %q", what, status, out, errOut, c.want)
		}
	}
}

// A card that goes with age is solved for the age that is given; without one, as before age
// makes a difference.
func TestKineticsRun_GoesWithAge(t *testing.T) {
	t.Parallel()
	end := func(more ...string) float64 {
		args := append([]string{"kinetics", "run", "--model", "perez-ruixo-2021", "--weight", "70", "--regimen", "0.5 mg/kg over 40 min", "--times", "40", "--json"}, more...)
		status, out, errOut := say(t, args...)
		var got kineticsAnswer
		if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil {
			t.Fatal(status, err, errOut)
		}
		return got.Plasma[0]
	}
	young, old := end(), end("--age", "86")
	if end("--age", "25") != young || end("--age", "60") != young {
		t.Error("age makes a difference below 60 years")
	}
	if math.Abs(young-124.8429721) > 1e-6 || math.Abs(old-132.8367978) > 1e-6 {
		t.Errorf("%.9g ng/mL, at 86 years %.9g", young, old)
	}
}

// TestKinetics_Lists: the models with their limits, by either way of asking.
func TestKinetics_Lists(t *testing.T) {
	t.Parallel()
	_, want, _ := say(t, "kinetics", "list", "--json")
	var got struct {
		Models []struct {
			ID       string
			Problems []string
		}
	}
	if err := json.Unmarshal([]byte(want), &got); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, m := range got.Models {
		listed[m.ID] = len(m.Problems) > 0
	}
	for _, id := range []string{"kamp-2020", "domino", "otto-2021", "simons-2022", "perez-ruixo-2021", "herd-2007"} {
		if !listed[id] {
			t.Errorf("%s is not listed with what is wrong with it", id)
		}
	}
	if status, out, errOut := say(t, "kinetics", "--list", "--json"); status != 0 || out != want {
		t.Errorf("status %d, %q, %q", status, out, errOut)
	}
}
