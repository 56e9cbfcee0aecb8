package server

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/kinetics"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

func (g *guest) expected(chair string) (int, view.Expected) {
	g.t.Helper()
	w := g.get("/v1/chair/" + chair + "/expected")
	var e view.Expected
	if w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
			g.t.Fatal(err)
		}
	}
	return w.Code, e
}

// TestExpected_FollowsThePump: the band is of the rates that were read, says what it is,
// and is another once the pump was changed or stopped.
func TestExpected_FollowsThePump(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	if code, _ := n.expected("2"); code != http.StatusNotFound {
		t.Errorf("of an empty chair: %d", code)
	}
	id, _ := n.orderedAt(h.hire("weiss", "J. Weiss MD", act.Prescriber), 2)
	h.later(30 * time.Minute)
	n.signIn("okafor")
	code, e := n.expected("2")
	if code != http.StatusOK || e.Session != string(id) || !strings.Contains(e.Words, "Predicted, not measured: kamp-2020 and 2 more models") || !strings.Contains(e.Words, present.Middle90) || e.Unit != "ng/mL" {
		t.Fatalf("%d %+v", code, e)
	}
	visit, err := h.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	regimen, kg, from, ok := present.Infused(visit)
	if !ok || kg <= 0 {
		t.Fatal("no regimen of a running infusion")
	}
	// The typical patient's line is the model's own solution of the same rates.
	card, _ := h.models.Model("kamp-2020")
	model, err := card.Card().For(kg)
	if err != nil {
		t.Fatal(err)
	}
	at := e.Points[len(e.Points)/2]
	minutes := (at[0] - float64(from.UnixMilli())) / 60_000
	want := 0.0
	if err := kinetics.Solve(&model, regimen.Pieces(kg), []float64{minutes}, func(_ int, s *kinetics.State) { want = s.NgPerML(model.Plasma) }); err != nil {
		t.Fatal(err)
	}
	if math.Abs(at[3]-want) > 0.002 || at[1] > at[2] || at[2] > e.Top {
		t.Errorf("at %g min: %v, want %g", minutes, at, want)
	}
	planned := visit.State.PlannedEnd(h.now())
	if last := time.UnixMilli(int64(e.Points[len(e.Points)-1][0])); last.Before(planned) {
		t.Errorf("it ends at %s, before the planned end %s", last, planned)
	}
	_, again := n.expected("2")
	if again.Rates != e.Rates || again.Points[10] != e.Points[10] {
		t.Error("asked again, another answer")
	}
	n.say(id, session.ActStop, map[string]any{"reason": "patient"})
	_, stopped := n.expected("2")
	if stopped.Rates == "" || stopped.Top > e.Top {
		t.Errorf("after the stop: %+v", stopped)
	}
	after := func(e view.Expected, at time.Time) float64 {
		for _, p := range e.Points {
			if p[0] >= float64(at.UnixMilli()) {
				return p[3]
			}
		}
		return math.NaN()
	}
	if soon := h.now().Add(20 * time.Minute); !(after(stopped, soon) < after(e, soon)) {
		t.Errorf("20 min after the stop %g, while running %g", after(stopped, soon), after(e, soon))
	}
}

// TestExpected_ForWhoReadsTheRecord: no tablet alone, no closed record, and nothing of
// it in what a chair's page or its stream carries.
func TestExpected_ForWhoReadsTheRecord(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n := h.nurse()
	id, _ := n.orderedAt(h.hire("weiss", "J. Weiss MD", act.Prescriber), 2)
	h.later(10 * time.Minute)
	n.signIn("okafor")
	if code, _ := n.expected("2"); code != http.StatusOK {
		t.Fatalf("%d", code)
	}
	if w := h.tablet(2).get("/v1/chair/2/expected"); w.Code == http.StatusOK {
		t.Errorf("a tablet at which nobody is: %d", w.Code)
	}
	if code, _ := h.hire("quinn", "P. Quinn", act.FrontDesk).expected("2"); code == http.StatusOK {
		t.Error("the front desk sees a prediction of a closed record")
	}
	// No prediction stands where something is started, alarmed on or discharged.
	for _, path := range []string{"/v1/chair/2", "/chair/2", "/board", "/sessions/" + string(id), "/sessions/" + string(id) + "/handover", "/alarms", "/alarms/review"} {
		w := n.get(path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		body := w.Body.String()
		for _, word := range []string{"Predicted", "predicted", present.Middle90, "ng/mL"} {
			if strings.Contains(body, word) {
				t.Errorf("%s says %q", path, word)
			}
		}
	}
}
