package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// orderAnswers is an order as a prescriber types it: 0.2 mg/kg/h for 20 min,
// then 0.3 for 100, at 70 kg: 4.67 + 35 = 39.67 mg.
func orderAnswers() url.Values {
	f := url.Values{}
	for name, v := range map[string]string{
		"protocol.id": "crps", "protocol.version": "3", "protocol.name": "CRPS", "valid_until": "2026-11-30T10:00", "number": "1", "of": "6",
		"dosing_weight": "70", "weight_basis": "actual", "concentration": "1", "bag_volume": "100", "diluent": "sodium chloride 0.9 %", "pump_step": "0.1",
		"steps.rows": "2", "steps.0.rate": "0.2", "steps.0.minutes": "20", "steps.1.rate": "0,3", "steps.1.minutes": "100",
		"maxima.rate": "0.5", "maxima.mass_rate": "40", "maxima.total": "60", "maxima.dose": "1", "maxima.minutes": "150",
		"watch.cuff_first": "5", "watch.cuff": "15", "watch.observation": "15", "watch.recovery": "15", "watch.peak": "40",
		"watch.recovery_least": "60", "watch.presence": "15", "watch.etco2": "false",
	} {
		f.Set("order."+name, v)
	}
	f.Set("sign.password", password)
	return f
}

func TestDesk_PrescriberAttachesAnOrder(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	patient := h.patient(weiss, "1", "Maria", "Rivera")
	id := weiss.visit(patient, 3)
	page := "/sessions/" + string(id) + "/acts/session.attach-order"

	f := orderAnswers()
	f.Set("order.dosing_weight", "seventy")
	f.Set("order.steps.0.minutes", "")
	f.Set("sign.password", "wrong on purpose")
	w := weiss.fill(page, f)
	for _, text := range []string{"2 answers need another look", "This is not a number.", "“For” is missing.", `value="seventy"`, `value="sodium chloride 0.9 %"`, `value="0,3"`} {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page given back lacks %q", text)
		}
	}
	if w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "wrong on purpose") {
		t.Errorf("answered %d, or gave the password back", w.Code)
	}

	// A rule's refusal stands beside the answer it is about.
	f = orderAnswers()
	f.Set("order.maxima.total", "30")
	w = weiss.fill(page, f)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "The steps give 39.7 mg; the order allows 30 mg.") {
		t.Errorf("answered %d: %s", w.Code, w.Body)
	}
	beside := w.Body.String()[strings.Index(w.Body.String(), `name="order.maxima.total"`):]
	if i := strings.Index(beside, "</p>"); !strings.Contains(beside[:i], "The steps give 39.7 mg") {
		t.Error("the refusal does not stand beside the total")
	}
	if h.state(id).Order != nil {
		t.Error("a refused order was attached")
	}

	if w = weiss.fill(page, orderAnswers()); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	o := h.state(id).Order
	if o == nil || o.Patient != patient || o.Drug != drug.Ketamine || o.Prescriber != weiss.person || len(o.Steps) != 2 ||
		o.Steps[1].Rate != unit.MgPerKgH("0.3") || o.DosingWeight != unit.Kg("70") || !o.SignedAt.Equal(h.now()) {
		t.Errorf("attached %+v", o)
	}
}

// The order of the visit before is a beginning; what belongs to that day is
// asked anew.
func TestDesk_OrderBeginsWithAnEarlierOne(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	patient := h.patient(weiss, "1", "Maria", "Rivera")
	first := weiss.visit(patient, 3)
	if w := weiss.fill("/sessions/"+string(first)+"/acts/session.attach-order", orderAnswers()); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	second := weiss.visit(patient, 2)
	page := weiss.get("/sessions/" + string(second) + "/acts/session.attach-order?like=" + string(first)).Body.String()
	for _, text := range []string{`name="order.steps.1.rate" value="0.3"`, `name="order.protocol.version" value="3"`, `name="order.dosing_weight" value=""`, `name="order.valid_until" value=""`, `name="order.number" value=""`} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %s", text)
		}
	}
	other := weiss.visit(h.patient(weiss, "2", "Haruki", "Sato"), 5)
	if page := weiss.get("/sessions/" + string(other) + "/acts/session.attach-order?like=" + string(first)).Body.String(); strings.Contains(page, `value="0.3"`) {
		t.Error("another patient's order was taken as a beginning")
	}
}

func TestDesk_SpokenOrderReviewAndClose(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss, okafor := h.hire("weiss", "J. Weiss MD", act.Prescriber), h.hire("okafor", "A. Okafor RN", act.Nurse)
	id := okafor.visit(h.patient(okafor, "1", "Maria", "Rivera"), 3)
	record := "/sessions/" + string(id)
	okafor.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	spoken := okafor.say(id, session.ActSpokenOrder, map[string]any{
		"prescriber": weiss.person, "what": session.SpokenDrug, "text": map[string]string{"text": "ondansetron 4 mg IV"}, "read_back": true,
	})
	okafor.say(id, session.ActTransfer, map[string]any{"to": map[string]string{"text": "City Hospital"}, "reason": map[string]string{"text": "chest pain"}})

	sign := record + "/acts/session.sign-spoken-order?of="
	if page := okafor.get(record).Body.String(); strings.Contains(page, sign) || !strings.Contains(page, "for J. Weiss MD") || !strings.Contains(page, "for a prescriber") {
		t.Error("a nurse is not told whose signature is missing")
	}
	if w := okafor.get(record + "/acts/session.review"); w.Code != http.StatusForbidden {
		t.Errorf("a nurse reviews: %d", w.Code)
	}
	page := weiss.get(record).Body.String()
	sign += strconv.FormatInt(spoken, 10)
	if !strings.Contains(page, sign) || !strings.Contains(page, "Spoken orders without signature: 1.") {
		t.Errorf("the record does not offer %s", sign)
	}
	if w := weiss.get(record + "/acts/session.sign-spoken-order?of=1"); w.Code != http.StatusConflict {
		t.Errorf("another entry signed as a spoken order: %d", w.Code)
	}
	if page := weiss.get(sign).Body.String(); !strings.Contains(page, "ondansetron 4 mg IV") {
		t.Error("what is signed is not shown word for word")
	}
	answers := func(pairs ...string) url.Values {
		f := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f
	}
	if w := weiss.fill(sign, answers("sign.password", "not mine")); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "That is not your password.") {
		t.Errorf("signed with a wrong password: %d", w.Code)
	}
	if len(h.state(id).SpokenToSign()) != 1 {
		t.Fatal("a wrong password signed")
	}
	if w := weiss.fill(sign, answers("sign.password", password)); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	if w := weiss.fill(record+"/acts/session.close", answers()); w.Code != http.StatusUnprocessableEntity || h.state(id).Phase == session.PhaseClosed {
		t.Errorf("closed before the review: %d", w.Code)
	}
	w := weiss.fill(record+"/acts/session.review", answers("meaning", "reviewed", "text", "agreed with the transfer", "sign.password", "not mine"))
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "agreed with the transfer</textarea>") {
		t.Errorf("a refused signature loses what was typed: %d", w.Code)
	}
	if w = weiss.fill(record+"/acts/session.review", answers("meaning", "reviewed", "text", "agreed", "sign.password", password)); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	if w = weiss.fill(record+"/acts/session.close", answers()); w.Code != http.StatusSeeOther || h.state(id).Phase != session.PhaseClosed {
		t.Errorf("answered %d: %s", w.Code, w.Body)
	}
}

// The same form sent twice is one entry.
func TestDesk_FormSentTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	okafor := h.hire("okafor", "A. Okafor RN", act.Nurse)
	id := okafor.visit(h.patient(okafor, "1", "Maria", "Rivera"), 3)
	page := "/sessions/" + string(id) + "/acts/session.note"
	f := url.Values{"text": {"rang: comes by bus"}}
	if w := okafor.fill(page, f); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	before := h.state(id).Sequence
	h.later(1_000_000_000)
	if w := okafor.post(page, f); w.Code != http.StatusSeeOther || h.state(id).Sequence != before {
		t.Errorf("answered %d, %d entries became %d", w.Code, before, h.state(id).Sequence)
	}
}
