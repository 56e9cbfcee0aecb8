package server

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// protocolAnswers are what is usual of PR-FIRST, signed.
func protocolAnswers() url.Values {
	f := url.Values{}
	for name, v := range map[string]string{
		"protocol": "PR-FIRST", "do": "sign", "weight": "72", "height": "172", "sex": "female", "rate1": "0.3", "minutes1": "120",
		"concentration": "1", "bag": "100", "diluent": "sodium chloride 0.9 %", "step": "0.1", "adjunct": "nausea", "observe": "15",
		"observation": "60", "driving": "next day", "number": "1", "of": "1", "days": "7", "sign.password": password,
	} {
		f.Set(name, v)
	}
	return f
}

func with(f url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// signProtocols has a pharmacist sign each protocol, beside the director.
func (h *place) signProtocols() {
	h.t.Helper()
	second := act.Actor{Kind: act.Person, Person: app.NewID[ident.Person](h.App()), Roles: []act.Role{act.Pharmacist}}
	for _, r := range h.App().Knows().Library.Rows {
		if !strings.HasPrefix(r.Name, "protocols/") {
			continue
		}
		refusal, err := h.App().DoHouse(h.t.Context(), second, app.NewID[ident.Command](h.App()), house.SignProtocol{Hash: r.Hash}, nil)
		if err != nil || refusal != nil {
			h.t.Fatalf("%s was not signed: %v %v", r.Name, refusal, err)
		}
	}
}

// TestOrder_OfAProtocolThatTwoPeopleSigned: the director's adoption is one signature;
// until another person has given the second, no order comes from the protocol.
func TestOrder_OfAProtocolThatTwoPeopleSigned(t *testing.T) {
	t.Parallel()
	h := barePlace(t, func(*Config) {})
	haas, weiss := h.hire("haas", "M. Haas MD", act.Director, act.Prescriber), h.hire("weiss", "J. Weiss MD", act.Prescriber)
	id := weiss.visit(h.patient(weiss, "1", "Maria", "Rivera"), 3)
	key := func() string { return string(app.NewID[ident.Command](h.App())) }
	var row house.LibraryRow
	for _, r := range h.App().Knows().Library.Rows {
		if r.Name == "protocols/PR-FIRST" {
			row = r
		}
	}
	sign := func(g *guest, hash, pass string) int {
		return g.post("/library/protocols", url.Values{"command": {key()}, "sha256": {hash}, "sign.password": {pass}}).Code
	}
	signed := func() bool {
		lib, err := h.App().FromLibrary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(lib.Signed) > 0
	}
	if got := sign(weiss, row.Hash, password); got == http.StatusSeeOther || signed() {
		t.Errorf("signed before the director: %d", got)
	}
	if w := haas.post("/library", url.Values{"command": {key()}, "sha256": {h.App().Knows().Library.Hash}, "sign.password": {password}}); w.Code != http.StatusSeeOther {
		t.Fatalf("the adoption was answered %d", w.Code)
	}
	f := func() url.Values {
		return with(protocolAnswers(), "weighed", h.now().In(h.App().Zone).Format("2006-01-02"), "reason", "no plan written yet")
	}
	order := "/sessions/" + string(id) + "/order?protocol=PR-FIRST"
	if w := weiss.fill(order, f()); w.Code == http.StatusSeeOther || h.state(id).Order != nil || !strings.Contains(w.Body.String(), "Two people sign a protocol") {
		t.Errorf("ordered by a protocol of one signature: %d", w.Code)
	}
	for name, got := range map[string]int{
		"who adopted it":   sign(haas, row.Hash, password),
		"a wrong password": sign(weiss, row.Hash, "not the password"),
		"what is not here": sign(weiss, strings.Repeat("0", 64), password),
	} {
		if got == http.StatusSeeOther || signed() {
			t.Errorf("%s: answered %d", name, got)
		}
	}
	if page := weiss.get("/library").Body.String(); !strings.Contains(page, "Sign the protocol") || !strings.Contains(page, row.Hash) {
		t.Error("the second signature is not offered")
	}
	if got := sign(weiss, row.Hash, password); got != http.StatusSeeOther || !signed() {
		t.Fatalf("the second signature was answered %d", got)
	}
	if page := weiss.get("/library").Body.String(); !strings.Contains(page, "J. Weiss MD") {
		t.Error("the page does not say who signed")
	}
	if w := weiss.fill(order, f()); w.Code != http.StatusSeeOther {
		t.Errorf("by a protocol of two signatures: %d\n%s", w.Code, w.Body)
	}
	// A newer program brings another text: its signatures do not go over.
	lib := h.App().Knows().Library
	lib.Rows, lib.Hash = nil, strings.Repeat("5b", 32)
	for _, r := range h.App().Knows().Library.Rows {
		if r.Name == row.Name {
			r.Hash = strings.Repeat("5a", 32)
		}
		lib.Rows = append(lib.Rows, r)
	}
	h.App().Shipped.Library = lib
	if signed() {
		t.Error("the signatures went over to another text")
	}
}

// TestOrder_KeepsTheTextItWasDecidedOn: the record of an order shows its rows as they
// were read then, after a newer program says something else.
func TestOrder_KeepsTheTextItWasDecidedOn(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	id := weiss.visit(h.patient(weiss, "1", "Maria", "Rivera"), 3)
	h.signProtocols()
	f := with(protocolAnswers(), "weighed", h.now().In(h.App().Zone).Format("2006-01-02"), "reason", "no plan written yet")
	if w := weiss.fill("/sessions/"+string(id)+"/order?protocol=PR-FIRST", f); w.Code != http.StatusSeeOther {
		t.Fatalf("the order was answered %d\n%s", w.Code, w.Body)
	}
	record := func() string { return weiss.get("/sessions/" + string(id)).Body.String() }
	var text string
	for _, r := range h.App().Knows().Says {
		if r.Name == "session/LIM-RATE" {
			text = html.EscapeString(r.Text)
		}
	}
	page := record()
	if text == "" || !strings.Contains(page, text) || !strings.Contains(page, "<td>the same</td>") || strings.Contains(page, "says something else") {
		t.Errorf("LIM-RATE as it is, %q, is not in the record\n%s", text, page)
	}
	lib := house.Library{Hash: strings.Repeat("5b", 32)}
	for _, r := range h.App().Knows().Library.Rows {
		switch r.Name {
		case "session/LIM-RATE":
			r.Hash = strings.Repeat("5a", 32)
		case "session/LIM-DURATION":
			continue
		}
		lib.Rows = append(lib.Rows, r)
	}
	h.App().Shipped.Library, h.App().Shipped.Says = lib, nil // so what is shown is what was kept
	page = record()
	if !strings.Contains(page, text) || strings.Contains(page, "was not kept") {
		t.Errorf("LIM-RATE as it was is gone from the record\n%s", page)
	}
	for _, says := range []string{"says something else", "is not in the library any more", "the same"} {
		if !strings.Contains(page, "<td>"+says+"</td>") {
			t.Errorf("no row %q", says)
		}
	}
}

// TestOrder_FromAProtocol: the form begins with what the record knows, answers each
// limit, keeps what was typed, and signs only what the protocol gives.
func TestOrder_FromAProtocol(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss, okafor := h.hire("weiss", "J. Weiss MD", act.Prescriber), h.hire("okafor", "A. Okafor RN", act.Nurse)
	patient := h.patient(weiss, "1", "Maria", "Rivera")
	id := weiss.visit(patient, 3)
	page := "/sessions/" + string(id) + "/order?protocol=PR-FIRST"
	h.signProtocols()
	if w := okafor.get(page); w.Code != http.StatusForbidden {
		t.Errorf("a nurse writes an order: %d", w.Code)
	}
	day := h.now().In(h.App().Zone).Format("2006-01-02")

	// Without a plan on record the protocol cannot be held against it: that asks for a reason.
	if w := weiss.fill(page, with(protocolAnswers(), "weighed", day)); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "There is no plan on record") {
		t.Errorf("without a plan: %d\n%s", w.Code, w.Body)
	}

	course := weiss.refers(patient)
	weiss.healthy(course)
	weiss.plans(course)
	if shown := weiss.get(page).Body.String(); !strings.Contains(shown, `name="weight" value="72"`) || !strings.Contains(shown, `name="height" value="172"`) ||
		!strings.Contains(shown, `name="weighed" value="`+day+`"`) || !strings.Contains(shown, "7 days: 0 infusions") {
		t.Errorf("the form does not begin with what the record knows\n%s", shown)
	}
	sci := weiss.fill(strings.Replace(page, "PR-FIRST", "PR-SCI-5H", 1), with(protocolAnswers(), "protocol", "PR-SCI-5H", "weighed", day))
	if sci.Code != http.StatusUnprocessableEntity || !strings.Contains(sci.Body.String(), "not for the indication") {
		t.Errorf("a protocol for another indication: %d", sci.Code)
	}
	for name, c := range map[string]struct {
		change []string
		code   int
		says   []string
	}{
		"beyond the protocol": {
			[]string{"rate1", "0.36", "change", "higher_rate", "reason", "the last one did little"},
			http.StatusUnprocessableEntity,
			[]string{"Above what the protocol gives.", "0.36 mg/kg/h", "allowed: 0.05 to 0.35 mg/kg/h", "protocol PR-FIRST 1: Clinic setting", `value="0.36"`, "the last one did little", "Greatest rate that every limit allows"},
		},
		"beyond the library": {[]string{"rate1", "1.2", "change", "higher_rate", "reason", "x"}, http.StatusUnprocessableEntity, []string{"which nobody releases", "LIM-RATE"}},
		"changed, no reason": {[]string{"rate1", "0.2", "change", "lower_rate"}, http.StatusUnprocessableEntity, []string{"needs a reason"}},
		"not a number":       {[]string{"rate1", "a third", "bag", "-5"}, http.StatusUnprocessableEntity, []string{"Give a number such as 0.35", `value="a third"`}},
		"pounds":             {[]string{"weight", "372"}, http.StatusUnprocessableEntity, []string{"Weight and height do not go together"}},
		"wrong password":     {[]string{"sign.password", "not mine at all"}, http.StatusForbidden, []string{"That is not your password."}},
		"only checked":       {[]string{"do", "check"}, http.StatusOK, []string{"What follows", "The measured weight: the body mass index is 24.3 kg/m².", "As ordered", "At the most that the order allows", "Predicted, not measured: kamp-2020", "middle 90 % of simulated patients"}},
	} {
		w := weiss.fill(page, with(with(protocolAnswers(), "weighed", day), c.change...))
		for _, text := range c.says {
			if !strings.Contains(w.Body.String(), text) {
				t.Errorf("%s: the page lacks %q", name, text)
			}
		}
		if w.Code != c.code || strings.Contains(w.Body.String(), "not mine at all") || strings.Contains(w.Body.String(), password) {
			t.Errorf("%s: answered %d, want %d, or gave the password back", name, w.Code, c.code)
		}
		if h.state(id).Order != nil {
			t.Fatalf("%s: an order was attached", name)
		}
	}

	f := with(protocolAnswers(), "weighed", day, "rate1", "0.2", "change", "lower_rate", "reason", "light, and anxious")
	if w := weiss.fill(page, f); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	o := h.state(id).Order
	if o == nil || o.Basis == nil || o.Protocol.ID != "PR-FIRST" || o.Steps[0].Rate != unit.MgPerKgH("0.2") || o.DosingWeight != unit.Kg("72") ||
		o.Maxima.MassRate != unit.MgPerH("25") || len(o.Adjuncts) != 1 || o.Basis.Library != h.App().Knows().Library.Hash || len(o.Basis.Rows) == 0 || o.Prescriber != weiss.person {
		t.Fatalf("attached %+v", o)
	}
	before := h.state(id).Sequence
	if w := weiss.post("/sessions/"+string(id)+"/order", f); w.Code != http.StatusSeeOther || h.state(id).Sequence != before {
		t.Errorf("sent twice: answered %d, %d entries became %d", w.Code, before, h.state(id).Sequence)
	}
	visit, err := h.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	reasoned := false
	for _, e := range visit.Entries {
		if a, ok := e.Event.(session.OrderAttached); ok {
			reasoned = a.Reason.Given()
		}
	}
	if !reasoned {
		t.Error("the reason is not in the record")
	}
}

// TestOrder_SecondReview: where the protocol asks for it, another person signs the
// order at the desk, once, and the record says so.
func TestOrder_SecondReview(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss, pham := h.hire("weiss", "J. Weiss MD", act.Prescriber), h.hire("pham", "L. Pham PharmD", act.Pharmacist)
	id := weiss.visit(h.patient(weiss, "1", "Maria", "Rivera"), 3)
	record := "/sessions/" + string(id)
	h.signProtocols()
	day := h.now().In(h.App().Zone).Format("2006-01-02")
	f := with(protocolAnswers(), "protocol", "PR-CRPS-4H", "weighed", day, "rate1", "0.3", "minutes1", "240", "observation", "120", "of", "10",
		"change", "lower_rate", "reason", "heavy for the mg/h; no plan written yet")
	if w := weiss.fill(record+"/order?protocol=PR-CRPS-4H", f); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	review := record + "/acts/session.review-order"
	if page := weiss.get(record).Body.String(); strings.Contains(page, review) || !strings.Contains(page, "for another person than who signed it") {
		t.Error("who signed the order is offered its review, or not told whose it is")
	}
	page := pham.get(review)
	for _, text := range []string{"PR-CRPS-4H 1", "0.3 mg/kg/h", "J. Weiss MD", "reasoned"} {
		if !strings.Contains(page.Body.String(), text) {
			t.Errorf("the page of the review lacks %q", text)
		}
	}
	if w := pham.fill(review, url.Values{"sign.password": {"not mine at all"}}); w.Code != http.StatusForbidden || h.state(id).OrderReview != nil {
		t.Errorf("reviewed with a wrong password: %d", w.Code)
	}
	if w := pham.fill(review, url.Values{"sign.password": {password}}); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	if by := h.state(id).OrderReview; by == nil || by.By != pham.person {
		t.Errorf("reviewed by %+v", by)
	}
	if w := pham.get(review); w.Code != http.StatusConflict {
		t.Errorf("a second review is asked for: %d", w.Code)
	}
	haas := h.hire("haas", "M. Haas MD", act.Director)
	if page := haas.get("/library").Body.String(); !strings.Contains(page, "PR-CRPS-4H: PR-CRPS-4H/lower_rate, with a reason in 1 of 1 orders.") {
		t.Error("the director is not told what every order goes beyond")
	}
	if page := weiss.get("/library").Body.String(); strings.Contains(page, "Gone beyond often") {
		t.Error("what goes to the director is shown to another")
	}
	if page := weiss.get(record).Body.String(); !strings.Contains(page, "reviewed the order, as second person") {
		t.Error("the record does not say who reviewed the order")
	}
}

// TestOrder_LoadingDose: the form offers one only where the protocol does; what is signed
// says it in mg, per kilogram and in minutes, and the record too.
func TestOrder_LoadingDose(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	id := weiss.visit(h.patient(weiss, "1", "Maria", "Rivera"), 3)
	h.signProtocols()
	page := "/sessions/" + string(id) + "/order?protocol="
	if shown := weiss.get(page + "PR-FIRST").Body.String(); strings.Contains(shown, "Loading dose") || strings.Contains(shown, "loading_dose") {
		t.Error("a protocol without a loading dose offers one")
	}
	if shown := weiss.get(page + "PR-SCI-5H").Body.String(); !strings.Contains(shown, "left empty: none, as usual; to 0.06") || !strings.Contains(shown, "A loading dose at the start.") {
		t.Errorf("a protocol with one does not offer it\n%s", shown)
	}
	f := with(protocolAnswers(), "protocol", "PR-SCI-5H", "rate1", "0.2", "minutes1", "300", "weighed", h.now().In(h.App().Zone).Format("2006-01-02"), "reason", "no plan written yet",
		"of", "7", "loading", "0.06", "minutes-loading", "5")
	f["change"] = []string{"lower_rate", "loading_dose"}
	if w := weiss.fill(page+"PR-SCI-5H", with(maps.Clone(f), "loading", "0.061")); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "allowed: 0 to 0.06 mg/kg") || !strings.Contains(w.Body.String(), "0.93 mg/kg/h for 5 min then 0.2 mg/kg/h for 295 min") || h.state(id).Order != nil {
		t.Errorf("beyond the protocol: %d\n%s", w.Code, w.Body)
	}
	if w := weiss.fill(page+"PR-SCI-5H", f); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d\n%s", w.Code, w.Body)
	}
	o := h.state(id).Order
	if o == nil || o.Loading == nil || o.Loading.Dose != unit.MgPerKg("0.06") || o.Loading.Minutes != 5 {
		t.Fatalf("%+v", o)
	}
	if record := weiss.get("/sessions/" + string(id)).Body.String(); !strings.Contains(record, "a loading dose of 4.3 mg (0.06 mg/kg) over 5 min, then 0.2 mg/kg/h for 300 min") {
		t.Errorf("the record does not say it\n%s", record)
	}
}

// TestOrder_ByException: beyond the protocol an order waits for the director, who makes
// an exception with a reason on a page of its own and cannot sign the order too. It is
// reported where the library is read.
func TestOrder_ByException(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss, haas := h.hire("weiss", "J. Weiss MD", act.Prescriber), h.hire("vogt", "A. Vogt MD", act.Director, act.Prescriber)
	id := weiss.visit(h.patient(weiss, "1", "Maria", "Rivera"), 3)
	h.signProtocols()
	page := "/sessions/" + string(id) + "/order?protocol=PR-FIRST"
	f := func() url.Values {
		return with(protocolAnswers(), "weighed", h.now().In(h.App().Zone).Format("2006-01-02"), "reason", "no plan written yet", "rate1", "0.34", "weight", "74", "height", "175", "change", "higher_rate")
	}
	if w := weiss.fill(page, f()); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "25.16 mg/h") || h.state(id).Order != nil {
		t.Fatalf("beyond the protocol: %d\n%s", w.Code, w.Body)
	}
	form := "/sessions/" + string(id) + "/acts/session.grant-exception"
	if w := weiss.get(form); w.Code != http.StatusForbidden {
		t.Errorf("a prescriber makes exceptions: %d", w.Code)
	}
	if shown := haas.get(form).Body.String(); !strings.Contains(shown, "never beyond 40 mg/h") || !strings.Contains(haas.get("/sessions/"+string(id)).Body.String(), form) {
		t.Errorf("what a director is shown\n%s", shown)
	}
	ask := func(most string) url.Values {
		return url.Values{"protocol": {"PR-FIRST"}, "number": {"mass_rate"}, "most": {most}, "reason": {"tall, and light for it"}, "sign.password": {password}}
	}
	if w := haas.fill(form, ask("41")); w.Code == http.StatusSeeOther || len(h.state(id).Exceptions) > 0 {
		t.Errorf("beyond the library: %d\n%s", w.Code, w.Body)
	}
	if w := haas.fill(form, with(ask("26"), "sign.password", "not mine at all")); w.Code == http.StatusSeeOther || len(h.state(id).Exceptions) > 0 {
		t.Errorf("without proof: %d", w.Code)
	}
	if w := haas.fill(form, ask("26")); w.Code != http.StatusSeeOther || len(h.state(id).Exceptions) != 1 {
		t.Fatalf("the exception was answered %d\n%s", w.Code, w.Body)
	}
	if w := haas.fill(page, f()); w.Code != http.StatusUnprocessableEntity || h.state(id).Order != nil {
		t.Errorf("who made it signs on it: %d", w.Code)
	}
	if w := weiss.fill(page, with(f(), "do", "check")); !strings.Contains(w.Body.String(), "by exception") {
		t.Errorf("the form does not say that it is by exception\n%s", w.Body)
	}
	if w := weiss.fill(page, f()); w.Code != http.StatusSeeOther {
		t.Fatalf("on the exception: %d\n%s", w.Code, w.Body)
	}
	if o := h.state(id).Order; o == nil || len(o.Basis.Exceptions) != 1 || o.Maxima.MassRate != unit.MgPerH("26") {
		t.Fatalf("%+v", o)
	}
	record := weiss.get("/sessions/" + string(id)).Body.String()
	for _, want := range []string{"Exception from the protocol", "rate in mg/h to 26 mg/h", "tall, and light for it"} {
		if !strings.Contains(record, want) {
			t.Errorf("the record lacks %q", want)
		}
	}
	if lib := haas.get("/library").Body.String(); !strings.Contains(lib, "PR-FIRST, rate in mg/h to 26 mg/h, by A. Vogt MD") || !strings.Contains(lib, "The order in force rests on it.") {
		t.Error("the director is not told of it")
	}
	if lib := weiss.get("/library").Body.String(); strings.Contains(lib, "by A. Vogt MD</a>") {
		t.Error("exceptions of patients stand before everybody")
	}
}
