package server

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web"
	shipped "github.com/stillwatch/stillwatch/library"
)

func asking() url.Values {
	f := opening()
	f.Set("command", "")
	return f
}

// TestExplorer_Opens: the page answers the regimen that was studied most, with what was
// measured beside it, in words that say it is a prediction.
func TestExplorer_Opens(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	doctor := h.hire("weiss", "Dr D. Weiss", act.Prescriber)
	page := strings.ReplaceAll(doctor.get("/kinetics").Body.String(), "&#43;", "+")
	for _, want := range []string{
		"A prediction from published models, not a measurement", "middle 90 % of simulated patients", "Measured after this regimen: 185 ng/mL",
		"+37 % (kamp-2020)", "predicted", "0.5 mg/kg over 40 min", "kamp-2020: 80 min", "seen in 35.6 % of 203", "interval 29 to 42 %",
		"No between-patient variability was found", "of S-ketamine, held here against concentrations of racemic ketamine",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, id := range []string{"kamp-2020", "perez-ruixo-2021", "otto-2021"} {
		if !strings.Contains(page, `<a href="#card-`+id+`">`) || !strings.Contains(page, `<p id="card-`+id+`">`) {
			t.Errorf("the curve of %s does not open its card", id)
		}
	}
	if m := regexp.MustCompile(`(?i)analgesia predicted|predicted relief|pain relief of`).FindString(page); m != "" {
		t.Errorf("the page predicts %q", m)
	}
	for _, who := range []*guest{h.hire("okafor", "A. Okafor RN", act.Nurse), h.hire("moreau", "C. Moreau", act.Pharmacist)} {
		if w := who.get("/kinetics"); w.Code != http.StatusOK {
			t.Errorf("%d", w.Code)
		}
	}
	if w := h.hire("quinn", "P. Quinn", act.FrontDesk).get("/kinetics"); w.Code != http.StatusForbidden {
		t.Errorf("the front desk opens it: %d", w.Code)
	}
}

// TestExplorer_Answers: the part of the page that follows a slider, for two regimens,
// and each mistake in words, with what was typed kept.
func TestExplorer_Answers(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	doctor := h.hire("weiss", "Dr D. Weiss", act.Prescriber)
	f := asking()
	f.Set("two", "yes")
	f.Set("b_text", "BOLUS 10 mg then 0.2 mg/kg/h for 60 min")
	body := doctor.post("/kinetics/answer", f).Body.String()
	if strings.Count(body, `class="side"`) != 2 || strings.Contains(body, "<html") || !strings.Contains(body, "BOLUS 10 mg then 0.2 mg/kg/h for 60 min") {
		t.Fatalf("two regimens side by side:\n%s", body)
	}
	for name, tt := range map[string]struct {
		field, value, says string
	}{
		"a rate that is none":      {"a_rate", "fast", "the rate is a number"},
		"a rate of nothing":        {"a_rate", "0", "above 0"},
		"a weight that is none":    {"kg", "7", "20 to 350 kg"},
		"no weight":                {"kg", "", "the weight is a number"},
		"an age that is none":      {"years", "300", "1 to 120"},
		"levels that are none":     {"levels", "50, high", "levels are numbers"},
		"too many levels":          {"levels", "1,2,3,4,5", "at most 4"},
		"words that are none":      {"a_text", "0.5 mg/kg over", "at letter"},
		"not a number":             {"kg", "NaN", "20 to 350 kg"},
		"for ever":                 {"until", "1e9", "to look ahead"},
		"a model that is none":     {"model", "mine", "no model is called"},
		"no end of a regimen":      {"a_minutes", "999999", "up to"},
		"a weight of many numbers": {"kg", strings.Repeat("7", 40), "the weight is a number"},
	} {
		f := asking()
		f.Set(tt.field, tt.value)
		w := doctor.post("/kinetics/answer", f)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), tt.says) || strings.Contains(w.Body.String(), `class="side"`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if page := doctor.post("/kinetics", f).Body.String(); tt.field != "model" && !strings.Contains(page, `value="`+tt.value+`"`) {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
}

// TestExplorer_Aim: the steps are a table, keep the limits, and are nothing that an
// order takes.
func TestExplorer_Aim(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	doctor := h.hire("weiss", "Dr D. Weiss", act.Prescriber)
	f := asking()
	f.Set("aim", "yes")
	page := doctor.post("/kinetics", f).Body.String()
	if !strings.Contains(page, "It is not an order and none can be made from it") || strings.Count(page, "<td>") < 24 {
		t.Fatalf("six steps:\n%s", page)
	}
	if strings.Contains(page[strings.Index(page, `id="aim"`):], "/order") {
		t.Error("a way leads from the plan to an order")
	}
	// A protocol's limits bind where they are lower: 25 mg/h are 0.25 mg/kg/h at 100 kg.
	f.Set("aim_protocol", "PR-FIRST")
	f.Set("kg", "100")
	rates := regexp.MustCompile(`<td>[0-9]+</td><td>([0-9.]+)</td>`).FindAllStringSubmatch(doctor.post("/kinetics", f).Body.String(), -1)
	if len(rates) != 6 {
		t.Fatalf("%d steps under a protocol", len(rates))
	}
	for _, r := range rates {
		if v, err := strconv.ParseFloat(r[1], 64); err != nil || v > 0.25 {
			t.Errorf("a step of %s mg/kg/h, above the protocol's", r[1])
		}
	}
	f.Set("aim_for", "600")
	if page := doctor.post("/kinetics", f).Body.String(); !strings.Contains(page, "PR-FIRST lasts 240 min at most") {
		t.Error("longer than the protocol lasts, and it is not said")
	}
	// One form: what was typed of the one stays when the other is asked.
	f.Set("aim_for", "60")
	f.Set("years", "61")
	f.Set("levels", "33")
	planned := doctor.post("/kinetics", f).Body.String()
	for _, kept := range []string{`name="years" inputmode="decimal" value="61"`, `name="levels" value="33"`, `name="aim_target" inputmode="decimal" value="100"`} {
		if !strings.Contains(planned, kept) {
			t.Errorf("planning loses %s", kept)
		}
	}
	if strings.Count(planned, "<form id=\"ask\"") != 1 || strings.Count(planned, `form="ask"`) < 8 {
		t.Error("the plan's fields are not those of the page's one form")
	}
	f.Set("aim_target", "none")
	if page := doctor.post("/kinetics", f).Body.String(); !strings.Contains(page, "the target is a number") {
		t.Error("a target that is none is not said")
	}
}

// BenchmarkExplore is one movement of a slider as the server sees it: three models, two
// levels, the page's part written. BenchmarkExploreTwo has a second regimen beside it.
func BenchmarkExplore(b *testing.B) { benchExplore(b, "") }

func BenchmarkExploreTwo(b *testing.B) { benchExplore(b, "yes") }

func benchExplore(b *testing.B, two string) {
	models, err := library.DecodeKinetics(shipped.KineticsYAML())
	if err != nil {
		b.Fatal(err)
	}
	e := newExplorer(models, &app.App{})
	v := web.Visitor{Actor: act.Actor{Kind: act.Person, Roles: []act.Role{act.Prescriber}}}
	for b.Loop() {
		f := asking()
		f.Set("two", two)
		p, err := e.Explore(b.Context(), v, f)
		if err != nil || p.Form.Trouble != "" {
			b.Fatal(err, p.Form.Trouble)
		}
	}
}
