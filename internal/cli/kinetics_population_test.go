package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/kinetics/crowd"
)

const infusion = "0.5 mg/kg over 40 min"

func populationSays(t *testing.T, args ...string) populationAnswer {
	t.Helper()
	status, out, errOut := say(t, append([]string{"kinetics", "population", "--regimen", infusion, "--json"}, args...)...)
	var got populationAnswer
	if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil {
		t.Fatal(status, err, errOut)
	}
	return got
}

// The median of many patients is near to the typical patient, whose concentration
// at the end is known; and the numbers depend on the seed alone.
func TestKineticsPopulation(t *testing.T) {
	t.Parallel()
	args := []string{"--model", "otto-2021", "--n", "4000", "--age", "25", "--times", "5,40,120", "--above", "100", "--metabolites"}
	got := populationSays(t, append(args, "--workers", "1")...)
	if m := got.Plasma.Quantiles[2][1]; m < 155 || m > 161 {
		t.Errorf("median %g ng/mL at the end of the infusion, the typical patient has 158", m)
	}
	if m := got.Metabolites["norketamine"].Quantiles[2][2]; m < 69 || m > 75 {
		t.Errorf("median %g ng/mL of norketamine at 2 h, the typical patient has 71.7", m)
	}
	for i := 1; i < len(got.Quantiles); i++ {
		if got.Plasma.Quantiles[i][1] <= got.Plasma.Quantiles[i-1][1] {
			t.Errorf("the bands are %v", got.Plasma.Quantiles)
		}
	}
	if a := got.Plasma.Above[0]; a[0] > 0.01 || a[1] < 0.9 {
		t.Errorf("parts above 100 ng/mL: %v", a)
	}
	if again := populationSays(t, append(args, "--workers", "3")...); !reflect.DeepEqual(again, got) {
		t.Error("three workers give other numbers")
	}
	if other := populationSays(t, append(args, "--seed", "2")...); other.Plasma.Quantiles[2][1] == got.Plasma.Quantiles[2][1] {
		t.Error("another seed gives the same patients")
	}
}

func TestKineticsPopulation_OfSeveralModelsSaysTheirLimits(t *testing.T) {
	t.Parallel()
	got := populationSays(t, "--model", "otto-2021", "--model", "kamp-2020=3", "--n", "500", "--weight-sd", "10", "--times", "40")
	all := strings.Join(got.Warnings, "\n")
	for _, want := range []string{"kamp-2020: no variability between patients was found", "ages of 40 to 40 years go outside", "weights of 45 to 150 kg go outside", "kamp-2020 is of racemic", "sampling arterial"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not said in\n%s", want, all)
		}
	}
	if got.Plasma.Quantiles[4][0] < 240 || got.Plasma.Quantiles[0][0] > 180 {
		t.Errorf("the ensemble spans %v", got.Plasma.Quantiles)
	}
}

// What is known of a ke0 is said with the band of its effect site.
func TestKineticsPopulation_SaysTheErrorOfKe0(t *testing.T) {
	t.Parallel()
	got := populationSays(t, "--model", "domino", "--model", "kamp-2020", "--endpoint", "antinociception", "--n", "500", "--times", "5")
	all := strings.Join(got.Warnings, "\n")
	for _, want := range []string{"domino: the ke0 of antinociception is drawn within its own error, 0.2 to 0.28 of 95 %", "kamp-2020: no error of the ke0 of antinociception was found"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not said in\n%s", want, all)
		}
	}
}

func TestKineticsPopulation_Refuses(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"0 patients":               {"--n", "0"},
		"-5 patients":              {"--n=-5"},
		"6000000 patients":         {"--n", "6000000"},
		"each above the one":       {"--quantiles", "0.9,0.5"},
		"one is NaN":               {"--quantiles", "NaN"},
		"one is 1.5":               {"--quantiles", "1.5"},
		"64 bit uint":              {"--seed=-1"},
		"weight in kg of NaN":      {"--weight", "NaN"},
		"weight in kg of 0":        {"--weight", "0"},
		"standard deviation of":    {"--weight-sd=-1"},
		"no such":                  {"--model", "nobody"},
		"asked for twice":          {"--model", "otto-2021"},
		"the share after":          {"--model", "kamp-2020=-1"},
		"no variability":           {"--model", "only-kamp"},
		"no effect site \"sight\"": {"--endpoint", "sight"},
		"minute 99999":             {"--until", "99999"},
		"a level of -3":            {"--above=-3"},
		"needs --times":            {"--csv", "x.csv"},
		"-1 workers":               {"--workers=-1"},
		"position":                 {"--regimen", "0.5 mg"},
	} {
		line := []string{"kinetics", "population", "--model", "otto-2021", "--regimen", infusion}
		switch want {
		case "no such":
			want = "no model is called \"nobody\""
		case "no variability":
			line, args = []string{"kinetics", "population", "--regimen", infusion}, []string{"--model", "kamp-2020"}
		}
		if status, out, errOut := say(t, append(line, args...)...); status == 0 || (out != "" && want != "64 bit uint") || !strings.Contains(errOut, want) {
			t.Errorf("%v: status %d, %q, %q; want %q", args, status, out, errOut, want)
		}
	}
}

func TestKineticsPopulation_ALineForEachPatient(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "patients.csv")
	args := []string{"kinetics", "population", "--model", "otto-2021", "--n", "5000", "--weight-sd", "10", "--regimen", infusion, "--times", "5,40", "--csv", path}
	status, out, errOut := say(t, args...)
	if status != 0 || out != "" || !strings.Contains(errOut, "holds 5000 patients") {
		t.Fatal(status, out, errOut)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if len(lines) != 5001 || lines[0] != "patient,model,weight_kg,age_years,sex,plasma ng/mL at 5 min,plasma ng/mL at 40 min" {
		t.Fatalf("%d lines, the first %q", len(lines), lines[0])
	}
	for i, l := range lines[1:] {
		if f := strings.Split(l, ","); len(f) != 7 || f[0] != itoa(i+1) || f[1] != "otto-2021" {
			t.Fatalf("line %d is %q", i+1, l)
		}
	}
	if status, _, errOut := say(t, args...); status != 2 || !strings.Contains(errOut, "must be a new one") {
		t.Errorf("written over: status %d, %q", status, errOut)
	}
}

func itoa(i int) string { b, _ := json.Marshal(i); return string(b) }

// A run that is stopped keeps the whole lines it wrote, and says how many.
func TestKineticsPopulation_StoppedKeepsWhatIsWritten(t *testing.T) {
	t.Parallel()
	pop, err := populate([]string{"otto-2021"}, infusion, crowd.Setup{
		People: crowd.People{Kg: crowd.Same(70), Years: crowd.Same(25)}, Times: []float64{5, 40}, Seed: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := crowd.NewPlan(pop.setup)
	if err != nil {
		t.Fatal(err)
	}
	batches := 0
	work := crowd.Alone()
	do := work.Run
	work.Run = func(parts int, each func(int, int) error) error {
		if batches++; batches > 2 {
			return context.Canceled
		}
		return do(parts, each)
	}
	path := filepath.Join(t.TempDir(), "patients.csv")
	var errOut bytes.Buffer
	c := kineticsPopulationCmd{N: 1_000_000, CSV: path}
	if err := c.lines(&env{ctx: t.Context(), errOut: &errOut}, plan, work, pop); err == nil || !strings.Contains(errOut.String(), "holds 8192 of 1000000 patients, each whole") {
		t.Errorf("%v, %q", err, errOut.String())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b, []byte("\n")); n != 8193 || !bytes.HasSuffix(b, []byte("\n")) {
		t.Errorf("%d lines", n)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out bytes.Buffer
	errOut.Reset()
	args := []string{"kinetics", "population", "--model", "otto-2021", "--n", "5000", "--regimen", infusion}
	if status := run(ctx, args, &out, &errOut); status != 1 || out.Len() > 0 || !strings.Contains(errOut.String(), "stopped") {
		t.Errorf("status %d, %q, %q", status, out.String(), errOut.String())
	}
}

func TestKineticsWashout_AsADistribution(t *testing.T) {
	t.Parallel()
	args := []string{"kinetics", "washout", "--model", "otto-2021", "--weight", "70", "--age", "25", "--regimen", infusion, "--json"}
	status, out, errOut := say(t, append(args, "--below", "50", "--n", "3000")...)
	var got washoutAnswer
	if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil {
		t.Fatal(status, err, errOut)
	}
	var at []float64
	for _, m := range got.Minutes {
		at = append(at, *m)
	}
	if len(at) != 5 || !slices.IsSorted(at) || at[2] < 90 || at[2] > 98 || got.AtEnd != 0 || got.Never != 0 {
		t.Errorf("%v min; the typical patient takes 94", at)
	}
	status, out, _ = say(t, append(args, "--below", "1000", "--n", "50")...)
	if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil || got.AtEnd < 0.999 || *got.Minutes[4] != 0 {
		t.Errorf("never above the level: %s", out)
	}
	for want, bad := range map[string][]string{"-4 patients": {"--below", "50", "--n=-4"}, "a level of 0": {"--below", "0", "--n", "5"}, "each above": {"--below", "5", "--n", "5", "--quantiles", "1,0"}} {
		if status, _, errOut := say(t, append(args, bad...)...); status != 2 || !strings.Contains(errOut, want) {
			t.Errorf("%v: status %d, %q", bad, status, errOut)
		}
	}
}

func FuzzKineticsPopulation(f *testing.F) {
	f.Add("otto-2021", infusion, 70.0, 10.0, 45.0, 150.0, 0.5, 100, 40)
	f.Add("herd-2007=2", "BOLUS 5 mg then pause 3 min", 30.0, 0.0, 0.0, 0.0, 1.0, 3, 1)
	f.Fuzz(func(t *testing.T, model, regimen string, weight, sd, low, high, quantile float64, n, until int) {
		if n > 300 || until > 60 || len(regimen) > 200 {
			return
		}
		if _, err := os.Stat(regimen); err == nil {
			return
		}
		var out, errOut bytes.Buffer
		c := kineticsPopulationCmd{
			sampled: sampled{Seed: 1, Quantiles: []float64{quantile}, Workers: 1}, Model: []string{model}, N: n, Regimen: regimen,
			Weight: weight, WeightSD: sd, WeightLow: low, WeightHigh: high, Age: 30, Until: until, JSON: true,
		}
		if err := c.Run(&env{ctx: t.Context(), out: &out, errOut: &errOut}); err != nil {
			if out.Len() > 0 {
				t.Fatalf("%v after %q", err, out.String())
			}
			return
		}
		var got populationAnswer
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got.Plasma.Quantiles[0]) != until+1 {
			t.Fatalf("%v: %q", err, out.String())
		}
		for _, x := range got.Plasma.Quantiles[0] {
			if !(x >= 0 && x < 1e12) {
				t.Fatalf("a concentration of %g", x)
			}
		}
	})
}

func TestKineticsBench(t *testing.T) {
	t.Parallel()
	status, out, errOut := say(t, "kinetics", "bench", "--subjects", "100", "--rounds", "1", "--threads", "2", "--json")
	var got benchAnswer
	if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil {
		t.Fatal(status, err, errOut)
	}
	if got.SubjectsPerSecond <= 0 || got.Kept <= 0 || got.Store <= 0 || got.Peak <= 0 || got.BandsMs <= 0 || got.Path != crowd.Path() || got.Threads != 2 {
		t.Errorf("%+v", got)
	}
	for _, bad := range [][]string{{"--subjects", "0"}, {"--subjects", "2000000"}, {"--threads", "0"}, {"--rounds", "0"}} {
		if status, _, errOut := say(t, append([]string{"kinetics", "bench"}, bad...)...); status != 2 || !strings.Contains(errOut, "can be") {
			t.Errorf("%v: status %d, %q", bad, status, errOut)
		}
	}
}
