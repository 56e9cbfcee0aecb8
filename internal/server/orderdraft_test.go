package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

var draftField = regexp.MustCompile(`name="draft" value="([0-9a-f.]+)"`)

// orderSheet is the form of an order as one person has it open.
type orderSheet struct {
	*guest
	at, api    string
	key, draft string
}

func (g *guest) opensOrder(id ident.Session, protocol string) orderSheet {
	g.t.Helper()
	o := orderSheet{guest: g, at: "/sessions/" + string(id) + "/order", api: "/v1/orders/" + string(id)}
	return o.read(g.get(o.at + "?protocol=" + protocol))
}

// read takes the page as it came back.
func (o orderSheet) read(w *httptest.ResponseRecorder) orderSheet {
	o.t.Helper()
	key, draft := keyField.FindStringSubmatch(w.Body.String()), draftField.FindStringSubmatch(w.Body.String())
	if key == nil || draft == nil {
		o.t.Fatalf("no form of an order: %d\n%s", w.Code, w.Body)
	}
	o.key, o.draft = key[1], draft[1]
	return o
}

func (o orderSheet) send(f url.Values) *httptest.ResponseRecorder {
	o.t.Helper()
	return o.post(o.at, with(f, "command", o.key, "draft", o.draft, "shown", o.draft))
}

// follow is what the page asks by itself; write what it sends of what is typed.
func (o orderSheet) follow() (view.OrderNews, int) {
	o.t.Helper()
	q := url.Values{"page": {o.key}, "draft": {o.draft}, "shown": {o.draft}, "protocol": {"PR-FIRST"}}
	return o.news(o.get(o.api + "?" + q.Encode()))
}

func (o orderSheet) write(answers map[string][]string) (view.OrderNews, int) {
	o.t.Helper()
	raw, err := json.Marshal(map[string]any{"page": o.key, "draft": o.draft, "shown": o.draft, "protocol": "PR-FIRST", "answers": answers})
	if err != nil {
		o.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, o.api, bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	return o.news(o.do(r))
}

func (o orderSheet) news(w *httptest.ResponseRecorder) (n view.OrderNews, code int) {
	o.t.Helper()
	if w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), &n); err != nil {
			o.t.Fatal(err)
		}
	}
	return n, w.Code
}

// orderRoom is two people, a visit, and what is usual of a protocol.
func orderRoom(t *testing.T) (h *place, weiss, pham *guest, id ident.Session, f func(...string) url.Values) {
	t.Helper()
	h = newPlace(t)
	weiss, pham = h.hire("weiss", "J. Weiss MD", act.Prescriber), h.hire("pham", "L. Pham PharmD", act.Pharmacist)
	id = weiss.visit(h.patient(weiss, "1", "Maria", "Rivera"), 3)
	h.signProtocols()
	day := h.now().In(h.App().Zone).Format(time.DateOnly)
	return h, weiss, pham, id, func(pairs ...string) url.Values {
		return with(with(protocolAnswers(), "weighed", day, "reason", "no plan written yet"), pairs...)
	}
}

func says(t *testing.T, w *httptest.ResponseRecorder, code int, texts ...string) {
	t.Helper()
	if w.Code != code {
		t.Errorf("answered %d, want %d\n%s", w.Code, code, w.Body)
	}
	for _, s := range texts {
		if !strings.Contains(w.Body.String(), s) {
			t.Errorf("the page lacks %q\n%s", s, w.Body)
		}
	}
}

// TestOrderDraft_SignedAsItWasRead: a signature is under what the signer read. What
// another changed since sends it back, says what it was, and keeps what was typed.
func TestOrderDraft_SignedAsItWasRead(t *testing.T) {
	t.Parallel()
	h, weiss, pham, id, f := orderRoom(t)
	mine, hers := weiss.opensOrder(id, "PR-FIRST"), pham.opensOrder(id, "PR-FIRST")
	mine = mine.read(mine.send(f("do", "check")))
	hers = hers.read(hers.send(f("do", "check")))

	w := hers.send(f("do", "check", "rate1", "0.25", "change", "lower_rate"))
	says(t, w, http.StatusOK)
	w = mine.send(f("diluent", "glucose 5 %"))
	says(t, w, http.StatusConflict, "Nothing was signed", "L. Pham PharmD changed “Rate of step 1” from 0.3 mg/kg/h to 0.25 mg/kg/h, 10:12.", `name="rate1" value="0.25"`, `value="glucose 5 %"`)
	if h.state(id).Order != nil {
		t.Fatal("an order was signed that its signer had not read")
	}
	mine = mine.read(w)
	// Both typed the same answer: hers is told, his is kept.
	hers = hers.read(hers.send(f("do", "check", "rate1", "0.25", "change", "lower_rate", "minutes1", "90", "diluent", "glucose 5 %")))
	w = mine.send(f("rate1", "0.25", "change", "lower_rate", "minutes1", "100", "diluent", "glucose 5 %"))
	says(t, w, http.StatusConflict, "changed “Minutes of step 1” from 120 min to 90 min", `name="minutes1" value="100"`)
	mine = mine.read(w)
	last := f("rate1", "0.25", "minutes1", "100", "diluent", "glucose 5 %")
	last["change"] = []string{"lower_rate", "shorter"}
	w = mine.send(last)
	says(t, w, http.StatusSeeOther)
	if to := w.Header().Get("Location"); to != "/sessions/"+string(id)+"?done=ordered" { // there the browser forgets what was typed
		t.Errorf("after the signature: %q", to)
	}
	o := h.state(id).Order
	if o == nil || o.Steps[0].Rate != unit.MgPerKgH("0.25") || o.Steps[0].Minutes != 100 || o.Diluent != "glucose 5 %" {
		t.Fatalf("signed %+v", o)
	}
	before := h.state(id).Sequence
	if says(t, mine.send(last), http.StatusSeeOther); h.state(id).Sequence != before {
		t.Error("the same signature sent twice is two entries")
	}
	// Who has the old draft open is told, and what was typed is kept.
	w = hers.send(f("do", "check", "minutes1", "95"))
	says(t, w, http.StatusOK, "J. Weiss MD signed an order of this visit at 10:12.", `name="minutes1" value="95"`)
	if n, _ := hers.follow(); n.Ended == "" {
		t.Error("the page that follows is not told that an order was signed")
	}
	if page := weiss.get(hers.at).Body.String(); !strings.Contains(page, `name="minutes1" value="95"`) || strings.Contains(page, "glucose") {
		t.Error("the next draft begins with the one that was signed, or lost what was typed since")
	}
}

// TestOrderDraft_ChangedBeforeTheFirstCheck: what another typed counts from the moment
// the page was opened.
func TestOrderDraft_ChangedBeforeTheFirstCheck(t *testing.T) {
	t.Parallel()
	h, weiss, pham, id, f := orderRoom(t)
	mine, hers := weiss.opensOrder(id, "PR-FIRST"), pham.opensOrder(id, "PR-FIRST")
	hers.send(f("do", "check", "observe", "10"))
	w := mine.send(f())
	says(t, w, http.StatusConflict, "from nothing to 10 min")
	if h.state(id).Order != nil {
		t.Fatal("signed")
	}
	says(t, mine.read(w).send(f()), http.StatusSeeOther)
}

// TestOrderDraft_OnePersonTwoPages: a page is held to what was read on it, whoever
// changed the draft elsewhere.
func TestOrderDraft_OnePersonTwoPages(t *testing.T) {
	t.Parallel()
	h, weiss, _, id, f := orderRoom(t)
	one, two := weiss.opensOrder(id, "PR-FIRST"), weiss.opensOrder(id, "PR-FIRST")
	two.send(f("do", "check", "rate1", "0.2"))
	says(t, one.send(f()), http.StatusConflict, "You, on another page, changed “Rate of step 1”")
	if h.state(id).Order != nil {
		t.Fatal("signed")
	}
}

// TestOrderDraft_Live: who else is here, and each answer as it is typed, seen by the
// other page and by the next that opens.
func TestOrderDraft_Live(t *testing.T) {
	t.Parallel()
	h, weiss, pham, id, f := orderRoom(t)
	mine, hers := weiss.opensOrder(id, "PR-FIRST"), pham.opensOrder(id, "PR-FIRST")
	if n, _ := hers.follow(); len(n.Here) != 1 || n.Here[0] != "J. Weiss MD opened this form at 10:12." {
		t.Errorf("here: %q", n.Here)
	}
	if n, code := mine.write(map[string][]string{"rate1": {"0.2"}, "adjunct": {"nausea"}}); code != http.StatusOK || len(n.Since) != 0 {
		t.Errorf("own answers: %d %+v", code, n)
	}
	n, _ := hers.follow()
	if len(n.Here) != 1 || n.Here[0] != "J. Weiss MD has this form open now." {
		t.Errorf("here: %q", n.Here)
	}
	if len(n.Answers["rate1"]) != 1 || n.Answers["rate1"][0] != "0.2" || n.Last["rate1"] != "J. Weiss MD, 10:12" || len(n.Since) != 2 {
		t.Errorf("the other page is told %+v", n)
	}
	if page := pham.get(hers.at + "?protocol=PR-FIRST").Body.String(); !strings.Contains(page, `name="rate1" value="0.2"`) || !strings.Contains(page, "J. Weiss MD, 10:12") {
		t.Error("the page that is opened next does not have it")
	}
	// Shown as it was typed, it still was not read when the limits were answered.
	hers.write(map[string][]string{"rate1": {"0.25"}})
	says(t, mine.send(f("rate1", "0.25", "change", "lower_rate")), http.StatusConflict, "to 0.25 mg/kg/h")
	if h.state(id).Order != nil {
		t.Fatal("signed")
	}
	h.later(time.Minute)
	if n, _ := hers.follow(); len(n.Here) != 1 || n.Here[0] != "J. Weiss MD opened this form at 10:12." {
		t.Errorf("a page that is gone counts as here: %q", n.Here)
	}
}

// TestOrderDraft_Doors: a pharmacist writes and does not sign; a nurse does neither;
// what is no question of the form is not taken.
func TestOrderDraft_Doors(t *testing.T) {
	t.Parallel()
	h, weiss, pham, id, f := orderRoom(t)
	okafor := h.hire("okafor", "A. Okafor RN", act.Nurse)
	mine, hers := weiss.opensOrder(id, "PR-FIRST"), pham.opensOrder(id, "PR-FIRST")
	if page := pham.get(hers.at + "?protocol=PR-FIRST").Body.String(); strings.Contains(page, "sign.password") || !strings.Contains(page, "A prescriber signs the order.") {
		t.Error("a pharmacist is offered the signature")
	}
	if w := hers.send(f()); w.Code != http.StatusForbidden || h.state(id).Order != nil {
		t.Errorf("a pharmacist signed: %d", w.Code)
	}
	if record := pham.get("/sessions/" + string(id)).Body.String(); !strings.Contains(record, "Write at the order") {
		t.Error("the record does not lead the pharmacist to the order")
	}
	nurse := mine
	nurse.guest = okafor
	if _, code := nurse.follow(); code != http.StatusForbidden {
		t.Errorf("a nurse follows a draft: %d", code)
	}
	if _, code := nurse.write(map[string][]string{"rate1": {"1"}}); code != http.StatusForbidden {
		t.Errorf("a nurse writes an order: %d", code)
	}
	for name, answers := range map[string]map[string][]string{"no question": {"sign.password": {"x"}}, "another": {"do": {"sign"}}} {
		if _, code := mine.write(answers); code != http.StatusBadRequest {
			t.Errorf("%s: answered %d", name, code)
		}
	}
	if _, code := mine.write(map[string][]string{"reason": {strings.Repeat("x", 5000)}}); code != http.StatusOK {
		t.Errorf("answered %d", code)
	}
	if n, _ := hers.follow(); len(n.Answers) != 0 {
		t.Errorf("kept %d answers beyond their bound", len(n.Answers))
	}
}

// TestOrderDraft_ServerStartedAgain: a page of before goes on where the server was
// started again: what another changed meanwhile sends a signature back as ever, what was
// typed stands, and what was read is signed.
func TestOrderDraft_ServerStartedAgain(t *testing.T) {
	t.Parallel()
	h, weiss, pham, id, f := orderRoom(t)
	mine, hers := weiss.opensOrder(id, "PR-FIRST"), pham.opensOrder(id, "PR-FIRST")
	mine = mine.read(mine.send(f("do", "check", "rate1", "0.2", "change", "lower_rate")))
	hers.write(map[string][]string{"diluent": {"glucose 5 %"}})
	h.restart()
	if n, _ := mine.follow(); n.Unknown || len(n.Since) != 1 || n.Answers["rate1"][0] != "0.2" {
		t.Errorf("after a restart the page is told %+v", n)
	}
	w := mine.send(f("rate1", "0.2", "change", "lower_rate"))
	says(t, w, http.StatusConflict, "L. Pham PharmD changed “Diluent”", `name="rate1" value="0.2"`, `value="glucose 5 %"`)
	if h.state(id).Order != nil {
		t.Fatal("signed")
	}
	mine = mine.read(w)
	h.restart()
	says(t, mine.send(f("rate1", "0.2", "change", "lower_rate", "diluent", "glucose 5 %")), http.StatusSeeOther)
}

// TestOrderDraft_NotThisDraft: of a draft that is gone nobody knows what others changed:
// nothing is signed until it was read again, and nothing typed is lost.
func TestOrderDraft_NotThisDraft(t *testing.T) {
	t.Parallel()
	h, weiss, _, id, f := orderRoom(t)
	mine := weiss.opensOrder(id, "PR-FIRST")
	mine.draft = "0011223344556677.4"
	if n, _ := mine.follow(); !n.Unknown {
		t.Error("the page is not told")
	}
	w := mine.send(f("rate1", "0.2", "change", "lower_rate"))
	says(t, w, http.StatusConflict, "It is not known any more what others changed", `name="rate1" value="0.2"`)
	if h.state(id).Order != nil {
		t.Fatal("signed")
	}
	says(t, mine.read(w).send(f("rate1", "0.2", "change", "lower_rate")), http.StatusSeeOther)
}

// TestOrderDraft_ReadIsAudited: opening the form is a read of the record; following it
// without having opened it is one too, once.
func TestOrderDraft_ReadIsAudited(t *testing.T) {
	t.Parallel()
	h, weiss, pham, id, _ := orderRoom(t)
	mine := weiss.opensOrder(id, "PR-FIRST")
	mine.write(map[string][]string{"rate1": {"0.2"}})
	stranger := mine
	stranger.guest, stranger.key = pham, string(app.NewID[ident.Command](h.App()))
	before := pham.reads("record", id)
	stranger.follow()
	stranger.follow()
	if got := pham.reads("record", id) - before; got != 1 {
		t.Errorf("%d reads in the audit log, want 1", got)
	}
}
