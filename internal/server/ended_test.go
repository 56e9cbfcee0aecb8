package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// chairView is what the chair's page of a guest shows.
func (g *guest) chairView(chair ident.Chair) view.Chair {
	g.t.Helper()
	w := g.get("/v1/chair/" + chair.String())
	var c view.Chair
	if err := json.Unmarshal(w.Body.Bytes(), &c); err != nil || w.Code != http.StatusOK {
		g.t.Fatalf("answered %d %v", w.Code, err)
	}
	return c
}

func offers(c view.Chair, what act.Act) bool {
	return slices.ContainsFunc(c.Acts, func(a view.Act) bool { return a.Act == string(what) && a.Enabled }) ||
		slices.ContainsFunc(c.Notices, func(n view.Notice) bool { return n.Act != nil && n.Act.Act == string(what) })
}

func qty(v, u string) map[string]string { return map[string]string{"v": v, "u": u} }

// runs records that the pump was found running at the chair.
func (g *guest) runs(id ident.Session) {
	g.t.Helper()
	g.say(id, session.ActRate, map[string]any{
		"ordered": qty("0.2", "mg/kg/h"), "found": true, "read": map[string]any{"rate": qty("14", "mL/h"), "concentration": qty("1", "mg/mL")},
	})
}

func private(s string) map[string]string { return map[string]string{"text": s} }

// A transfer in an emergency leaves the emergency and the pump where they
// are: at the chair, until both are settled.
func TestTransfer_LeavesEmergencyAndPumpAtTheChair(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	okafor.runs(id)
	if rec, _ := tablet.send(session.ActHelp, tablet.wire(id)); rec.Code != http.StatusOK {
		t.Fatalf("help answered %d", rec.Code)
	}
	okafor.say(id, session.ActLogHelp, map[string]any{"what": session.HelpOxygen})
	okafor.say(id, session.ActTransfer, map[string]any{"to": private("City Hospital"), "reason": private("chest pain")})

	c := okafor.chairView(3)
	if c.Session != string(id) || c.Phase != string(session.PhaseTransferred) || c.Help == nil {
		t.Fatalf("the chair shows session %q in %q, emergency %v", c.Session, c.Phase, c.Help != nil)
	}
	for _, what := range []act.Act{session.ActStop, session.ActConfirmStop, session.ActEndHelp} {
		if !offers(c, what) {
			t.Errorf("%s is not offered while pump and emergency are open", what)
		}
	}
	okafor.say(id, session.ActEndHelp, map[string]any{"outcome": private("handed over")})
	if c = okafor.chairView(3); c.Session != string(id) || c.Help != nil {
		t.Errorf("with the pump running the chair shows %q", c.Session)
	}
	if rec, _ := tablet.send(session.ActStop, tablet.wire(id)); rec.Code != http.StatusOK {
		t.Fatalf("stop answered %d", rec.Code)
	}
	if c = okafor.chairView(3); c.Session != string(id) || !offers(c, session.ActConfirmStop) || !offers(c, session.ActClaimStop) {
		t.Error("an unconfirmed stop has left the chair, or cannot be confirmed or claimed there")
	}
	okafor.say(id, session.ActConfirmStop, map[string]any{"volume": qty("3", "mL")})
	if c = okafor.chairView(3); c.Session != "" {
		t.Errorf("a settled visit still stands at the chair in %q", c.Phase)
	}
	// An emergency alone keeps it there as well.
	okafor.say(id, session.ActHelp, map[string]any{})
	if c = okafor.chairView(3); c.Session != string(id) || c.Help == nil {
		t.Errorf("an open emergency is not at the chair, which shows %q", c.Session)
	}
	okafor.say(id, session.ActEndHelp, map[string]any{"outcome": private("gone")})
	if c = okafor.chairView(3); c.Session != "" || h.state(id).PumpOpen() {
		t.Errorf("a settled visit still stands at the chair in %q", c.Phase)
	}
}

// The next patient waits for nothing but drug that may still run: their own
// infusion is what the chair shows.
func TestTransfer_NextInfusionIsShownBeforeWhatWasLeftOpen(t *testing.T) {
	t.Parallel()
	_, okafor, _, id := stopPlace(t)
	okafor.runs(id)
	okafor.say(id, session.ActTransfer, map[string]any{"to": private("City Hospital"), "reason": private("chest pain")})
	next := okafor.visit(okafor.patient(okafor, "2", "Haruki", "Sato"), 3)
	if c := okafor.chairView(3); c.Session != string(id) {
		t.Errorf("a planned visit covers an open pump: %q", c.Phase)
	}
	okafor.say(next, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	okafor.runs(next)
	if c := okafor.chairView(3); c.Session != string(next) {
		t.Errorf("the running infusion is not what the chair shows: %q", c.Phase)
	}
}

// What an ended visit has left open can be recorded from its record's page,
// whatever the chair shows by now.
func TestRecord_OffersWhatAnEndedVisitLeftOpen(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	for _, end := range []struct {
		what act.Act
		body map[string]any
	}{
		{session.ActTransfer, map[string]any{"to": private("City Hospital"), "reason": private("chest pain")}},
		{session.ActLeave, map[string]any{"told": private("A. Okafor"), "capacity": session.HasCapacity}},
		{session.ActCancel, map[string]any{"reason": private("ill")}},
	} {
		id := okafor.visit(h.state(id).Patient, 3)
		okafor.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
		if end.what != session.ActCancel {
			okafor.runs(id)
		}
		okafor.say(id, end.what, end.body)
		if end.what == session.ActCancel {
			okafor.runs(id)
		}
		okafor.say(id, session.ActHelp, map[string]any{})
		record := "/sessions/" + string(id)
		page := okafor.get(record).Body.String()
		for _, what := range []act.Act{session.ActStop, session.ActConfirmStop, session.ActEndHelp} {
			if !strings.Contains(page, record+"/acts/"+string(what)+`"`) {
				t.Errorf("after %s the record does not offer %s", end.what, what)
			}
		}
		if rec, _ := tablet.send(session.ActStop, tablet.wire(id)); rec.Code != http.StatusOK {
			t.Fatalf("stop answered %d", rec.Code)
		}
		claim := record + "/acts/session.claim-stop?of=" + strconv.FormatInt(h.stops(id, 1).Position, 10)
		if page = okafor.get(record).Body.String(); !strings.Contains(page, claim) || strings.Contains(page, "/acts/session.stop\"") {
			t.Errorf("after %s and a stop the record offers a second one, or no claim of the first", end.what)
		}
		if w := okafor.fill(claim, url.Values{}); w.Code != http.StatusSeeOther {
			t.Errorf("the claim was answered %d: %s", w.Code, w.Body)
		}
		if w := okafor.fill(record+"/acts/session.confirm-pump-stopped", url.Values{"volume": {"3"}}); w.Code != http.StatusSeeOther {
			t.Errorf("the pump's reading was answered %d: %s", w.Code, w.Body)
		}
		if w := okafor.fill(record+"/acts/session.end-help", url.Values{"outcome": {"well"}}); w.Code != http.StatusSeeOther {
			t.Errorf("the end of the emergency was answered %d: %s", w.Code, w.Body)
		}
		if s := h.state(id); s.PumpOpen() || s.Help != nil || len(s.StopsToClaim()) > 0 {
			t.Errorf("after %s something is still open", end.what)
		}
	}
}

// A cancelled visit whose vials were opened is not closed until the drug is
// accounted for; one without drug is over.
func TestWorklist_HoldsACancelledVisitWithDrug(t *testing.T) {
	t.Parallel()
	h, okafor, _, id := stopPlace(t)
	okafor.say(id, session.ActCancel, map[string]any{"reason": private("ill")})
	if page := okafor.get("/sessions").Body.String(); strings.Contains(page, "unclosed for") {
		t.Error("a visit cancelled before any drug waits to be closed")
	}
	if page := okafor.get("/sessions/" + string(id)).Body.String(); strings.Contains(page, "/acts/session.review") {
		t.Error("there is nothing to review in it")
	}
	okafor.runs(id)
	page := okafor.get("/sessions").Body.String()
	if strings.Count(page, "unclosed for") != 1 || strings.Count(page, "/sessions/"+string(id)) != 1 {
		t.Error("a cancelled visit in which drug ran is not on the worklist once")
	}
	page = okafor.get("/sessions/" + string(id)).Body.String()
	for _, what := range []act.Act{session.ActWaste, session.ActReturn} {
		if !strings.Contains(page, "/acts/"+string(what)) {
			t.Errorf("its record does not offer %s", what)
		}
	}
	if h.state(id).Phase != session.PhaseCancelled {
		t.Errorf("the visit is %s", h.state(id).Phase)
	}
}
