package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// packOrder is an order for a patient of 72.4 kg at 1 mg/mL.
func packOrder(h *place, patient ident.Patient) drug.Order {
	return drug.Order{
		ID: app.NewID[ident.Order](h.App()), Patient: patient, ValidUntil: h.now().Add(7 * 24 * time.Hour),
		Protocol: drug.Protocol{ID: "crps-4h", Version: "1", Name: "CRPS, 4 h"}, Drug: drug.Ketamine, DosingWeight: unit.Kg("72.4"), WeightBasis: drug.ActualWeight,
		Concentration: unit.MgPerML("1"), BagVolume: unit.ML("100"), Diluent: "0.9 % NaCl", PumpStep: unit.MLPerH("0.1"),
		Steps:  []drug.Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 30}, {Rate: unit.MgPerKgH("0.3"), Minutes: 90}},
		Maxima: drug.Maxima{Rate: unit.MgPerKgH("0.4"), MassRate: unit.MgPerH("40"), Total: unit.Mg("100"), Dose: unit.MgPerKg("1.4"), Minutes: 150},
		Adjuncts: []drug.Adjunct{
			{ID: "ondansetron", Drug: "ondansetron", Amount: "4", Unit: "mg", Route: "IV", Indication: "nausea", MaxDoses: 2, Rescue: true},
		},
		Watch:  drug.Watch{CuffFirst: 5, Cuff: 15, Observation: 15, Recovery: 15, Peak: 40, RecoveryLeast: 60, Presence: 15, EtCO2: true},
		Limits: []drug.Limit{{Kind: vital.SpO2, Side: "low", Yellow: "93", Red: "89"}},
		Number: 2, Of: 6,
	}
}

// paperPlace is a clinic with a prescriber and a nurse, and a visit with an order.
func paperPlace(t *testing.T) (h *place, nurse *guest, id ident.Session) {
	t.Helper()
	h = newPlace(t)
	nurse = h.hire("okafor", "A. Okafor RN", act.Nurse)
	doctor := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	patient := h.patient(nurse, "10021", "Maria", "Rivera")
	id = nurse.visit(patient, 3)
	doctor.say(id, session.ActAttachOrder, map[string]any{"order": packOrder(h, patient)})
	return h, nurse, id
}

func TestPack_HoldsTheOrderAndItsPumpSettings(t *testing.T) {
	t.Parallel()
	h, nurse, id := paperPlace(t)
	reads := len(h.auditLog("read"))
	pages := nurse.download("/sessions/" + string(id) + "/pack.pdf")
	if n := len(h.auditLog("read")); n != reads+1 {
		t.Errorf("one paper is %d reads in the log", n-reads)
	}
	for i, p := range pages {
		for _, w := range []string{"Maria Rivera", "born 4 May 1981", "10021", "valid only for the order signed 23 November 10:12", "by A. Okafor RN", "Signed by J. Weiss MD (ordered)", "Record head: entry "} {
			if !strings.Contains(p, w) {
				t.Errorf("page %d lacks %q", i+1, w)
			}
		}
	}
	said := strings.Join(pages, " ")
	for _, w := range []string{
		"Allergy: morphine (hives)", "ketamine 1 mg/mL, bag of 100 mL in 0.9 % NaCl", "72.4 kg, actual weight",
		"0.2 mg/kg/h 14.5 mL/h", "0.3 mg/kg/h 21.7 mL/h", // 14.48 and 21.72, to the pump's 0.1
		"0.2 14.5 14.5 a step of the order", "0.4 29 29", "Never above 29 mL/h",
		"0.4 mg/kg/h, 40 mg/h, 100 mg in all, 1.4 mg/kg in all, 150 min", "ondansetron 4 mg IV, for nausea, at most 2 doses",
		"below 93 % for 30 s (order)", "below 89 % for 15 s (order)", "above 1.2 times the patient's baseline, and at least 140 mmHg", "EtCO₂ mmHg",
		"0 all 5 cuff 10 cuff 15 all 20 cuff 25 cuff 30 all, step 2", "stop +60 all", "MPADSS", "G-9", "not measured in this visit yet",
		"not reviewed by a clinician", "Use the bedside monitor",
	} {
		if !strings.Contains(said, w) {
			t.Errorf("the paper lacks %q", w)
		}
	}
	if page := nurse.get("/sessions/" + string(id)).Body.String(); !strings.Contains(page, string(id)+"/pack.pdf") {
		t.Error("the record does not lead to its paper")
	}
	if w := nurse.get("/sessions/" + string(id) + "x/pack.pdf"); w.Code != http.StatusNotFound {
		t.Errorf("no visit answered %d", w.Code)
	}
	h.later(8 * 24 * time.Hour)
	nurse.signIn("okafor")
	if said := strings.Join(nurse.download("/sessions/"+string(id)+"/pack.pdf"), " "); !strings.Contains(said, "It is not valid any more") {
		t.Error("an order that is not valid any more is printed as if it were")
	}
}

// Whoever reads a record prints its paper; the front desk and an administrator
// do not, and what is refused says nothing of the patient.
func TestPack_ByRole(t *testing.T) {
	t.Parallel()
	h, _, id := paperPlace(t)
	for _, r := range act.Roles() {
		g := h.hire("one-"+strings.ReplaceAll(string(r), " ", "-"), string(r), r)
		may := act.May(g.actor, "record.read").Allowed
		for _, door := range []string{"/sessions/" + string(id) + "/pack.pdf", "/packs.pdf"} {
			reads := len(h.auditLog("read"))
			w := g.get(door)
			if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[may]; w.Code != want {
				t.Errorf("%s to a %s answered %d, want %d", door, r, w.Code, want)
			}
			if !may && (strings.Contains(w.Body.String(), "Rivera") || len(h.auditLog("read")) != reads) {
				t.Errorf("%s tells a %s whose it is, or counts as read", door, r)
			}
		}
		if has := strings.Contains(g.get("/sessions").Body.String(), "/packs.pdf"); has != may {
			t.Errorf("the list of visits offers paper to a %s: %v", r, has)
		}
	}
	if act.May(act.Actor{Kind: act.Person, Roles: []act.Role{act.FrontDesk}}, "record.read").Allowed {
		t.Error("the front desk reads records")
	}
}

// TestPacks_AllOfToday: each visit that is to come or under way, with or
// without an order, and nobody of another day or gone home.
func TestPacks_AllOfToday(t *testing.T) {
	t.Parallel()
	h, nurse, _ := paperPlace(t)
	nurse.visit(h.patient(nurse, "10022", "Haruki", "佐藤 O’Brien"), 4)
	gone := nurse.visit(h.patient(nurse, "10023", "Gone", "Away"), 5)
	nurse.say(gone, session.ActCancel, map[string]any{"reason": say("rang off")})
	nurse.say(app.NewID[ident.Session](h.App()), session.ActSchedule, map[string]any{
		"patient": h.patient(nurse, "10024", "Later", "Person"), "chair": 6, "planned_start": h.now().Add(24 * time.Hour),
	})

	reads := len(h.auditLog("read"))
	pages := nurse.download("/packs.pdf")
	if n := len(h.auditLog("read")); n != reads+2 {
		t.Errorf("the paper of two visits is %d reads in the log", n-reads)
	}
	said := strings.Join(pages, " ")
	if !strings.Contains(said, "Maria Rivera") || !strings.Contains(said, "Haruki") || strings.Contains(said, "Gone Away") || strings.Contains(said, "Later Person") {
		t.Error("the paper of today is not that of today's visits")
	}
	firsts := 0
	for _, p := range pages {
		if strings.Contains(p, "page 1 of ") {
			firsts++
		}
		if strings.Contains(p, "Haruki") && (!strings.Contains(p, "No order in Stillwatch") || strings.Contains(p, "21.7") || strings.Contains(p, "Rivera")) {
			t.Error("the paper of a visit without an order does not say so, or holds another's")
		}
	}
	if firsts != 2 {
		t.Errorf("%d packs, want 2", firsts)
	}
	h.later(30 * 24 * time.Hour)
	nurse.signIn("okafor")
	if w := nurse.get("/packs.pdf"); w.Code != http.StatusNotFound || strings.Contains(nurse.get("/sessions").Body.String(), "/packs.pdf") {
		t.Errorf("a day without visits answered %d, or is offered", w.Code)
	}
	if w := h.hire("quinn", "P. Quinn", act.FrontDesk).get("/packs.pdf"); w.Code != http.StatusForbidden {
		t.Errorf("a day without visits tells the front desk %d", w.Code)
	}
}
