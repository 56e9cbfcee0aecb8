package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestKineticsTarget(t *testing.T) {
	t.Parallel()
	args := []string{"kinetics", "target", "--model", "kamp-2020", "--weight", "70", "--at", "antinociception", "--target", "150", "--for", "60", "--max-rate", "1", "--max-dose", "0.6"}
	status, out, errOut := say(t, append(args, "--json")...)
	var got struct {
		Steps    []targetStep `json:"steps"`
		Warnings []string     `json:"warnings"`
	}
	if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil || len(got.Steps) != 6 {
		t.Fatal(status, err, out, errOut)
	}
	dose := 0.0
	for _, s := range got.Steps {
		dose += s.Rate / 6
		if s.Rate > 1+1e-9 || s.AtEnd > 150*1.01 {
			t.Errorf("%+v", s)
		}
	}
	if dose > 0.6+1e-9 || got.Steps[3].AtEnd < 145 {
		t.Errorf("%g mg/kg, %+v", dose, got.Steps)
	}
	if len(got.Warnings) == 0 || got.Warnings[0] != planOnly {
		t.Errorf("not said to be no order: %q", got.Warnings)
	}
	// A plan is not written as a regimen or an order is.
	if status, out, _ := say(t, args...); status != 0 || strings.Contains(out, " then ") || !strings.Contains(out, planOnly) {
		t.Errorf("status %d\n%s", status, out)
	}
	// A protocol's limits bind: 25 mg/h and 0.8 mg/kg at 100 kg.
	status, out, errOut = say(t, "kinetics", "target", "--model", "kamp-2020", "--weight", "100", "--target", "300", "--for", "240", "--every", "20", "--protocol", "PR-FIRST", "--json")
	if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil || len(got.Steps) != 12 {
		t.Fatal(status, err, out, errOut)
	}
	dose = 0
	for _, s := range got.Steps {
		dose += s.Rate / 3
		if s.Rate > 0.25+1e-9 {
			t.Errorf("a step of %g mg/kg/h under PR-FIRST", s.Rate)
		}
	}
	if dose > 0.8+1e-9 || dose < 0.7 {
		t.Errorf("%g mg/kg under PR-FIRST", dose)
	}
	for _, bad := range [][]string{{"--protocol", "PR-NONE"}, {"--protocol", "PR-FIRST", "--for", "300"}} {
		if status, out, errOut := say(t, append(args, bad...)...); status == 0 || out != "" || errOut == "" {
			t.Errorf("%v: status %d, %q, %q", bad, status, out, errOut)
		}
	}
	for _, bad := range [][]string{{"--target", "NaN"}, {"--for", "5"}, {"--every", "0.1"}, {"--at", "mood"}, {"--max-dose", "0"}, {"--max-rate", "0"}} {
		if status, out, errOut := say(t, append(args, bad...)...); status == 0 || out != "" || errOut == "" {
			t.Errorf("%v: status %d, %q, %q", bad, status, out, errOut)
		}
	}
}
