package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/report/reporttest"
	"github.com/stillwatch/stillwatch/internal/session"
	shipped "github.com/stillwatch/stillwatch/library"
)

// signs takes a patient's signature at the desk.
func (g *guest) signs(id ident.Course, change url.Values, pass string) (int, string) {
	g.t.Helper()
	f := url.Values{
		"document": {g.App().Consent.Hash()}, "capacity": {"has capacity"}, "questions": {"yes"}, "asked": {"Will I dream?"}, "infusions": {"6"},
		"until": {g.now().AddDate(0, 6, 0).Format(time.DateOnly)}, "registry": {"no"}, "role": {"patient"}, "name": {"Maria Rivera"}, "method": {"typed on screen"},
		"copy": {"printed"}, "sign.password": {pass}, "command": {string(app.NewID[ident.Command](g.App()))},
	}
	for k, v := range change {
		f[k] = v
	}
	w := g.post(fmt.Sprintf("/courses/%s/consent", id), f)
	return w.Code, w.Body.String()
}

// consentLine is the check of consent at the draw-up gate of a visit.
func (h *place) consentLine(id ident.Session) session.Check {
	h.t.Helper()
	v, err := h.App().Visit(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range session.DrawUpGate(v.State, v.Env).Checks {
		if c.ID == "consent" {
			return c
		}
	}
	h.t.Fatal("no check of consent")
	return session.Check{}
}

// TestConsent_Drawn: a signature drawn on the screen stands on the page and in the PDF
// as it was drawn; an empty field, a touch, or what was never drawn here, is none.
func TestConsent_Drawn(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.nurse()
	id := nurse.refers(h.patient(nurse, "1", "Maria", "Rivera"))
	const ink = "10,20 30,40 50,60 70,80;500,100 520,110 540,120 990,290"
	for name, strokes := range map[string]string{"nothing": "", "a touch": "10,20", "beyond the field": ink + " 1001,0", "markup": ink + ` "/><script>`} {
		if code, body := nurse.signs(id, url.Values{"method": {"drawn on screen"}, "strokes": {strokes}}, password); code == http.StatusSeeOther || !strings.Contains(body, `value="Maria Rivera"`) {
			t.Errorf("%s: answered %d", name, code)
		}
	}
	const kept = `name="strokes" value="` + ink + `"`
	if code, body := nurse.signs(id, url.Values{"method": {"drawn on screen"}, "strokes": {ink}}, "not the password"); code == http.StatusSeeOther || !strings.Contains(body, kept) {
		t.Errorf("after a wrong password the patient signs again: %d", code)
	}
	if code, body := nurse.signs(id, url.Values{"strokes": {ink}}, "not the password"); code == http.StatusSeeOther || strings.Contains(body, kept) {
		t.Errorf("what was drawn before another way was chosen comes back: %d", code)
	}
	if code, body := nurse.signs(id, url.Values{"method": {"drawn on screen"}, "strokes": {ink}}, password); code != http.StatusSeeOther {
		t.Fatalf("%d\n%.2000s", code, body)
	}
	page := nurse.get("/courses/" + string(id) + "/consent").Body.String()
	for _, want := range []string{`<polyline points="10,20 30,40 50,60 70,80"/>`, `<polyline points="500,100 520,110 540,120 990,290"/>`, `aria-label="Signature of Maria Rivera"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	pdf := func() int {
		return len(reporttest.Lines(t, nurse.get("/courses/"+string(id)+"/consent.pdf").Body.Bytes()))
	}
	if n := pdf(); n != 6 {
		t.Errorf("the PDF draws %d lines", n)
	}
	if code, _ := nurse.signs(id, url.Values{"strokes": {ink}}, password); code != http.StatusSeeOther { // left over from before another way was chosen
		t.Fatal("signed by typing, it is refused")
	}
	if strings.Contains(nurse.get("/courses/"+string(id)+"/consent").Body.String(), "<polyline") {
		t.Error("a typed signature shows a drawing")
	}
	if n := pdf(); n != 0 {
		t.Errorf("its PDF draws %d lines", n)
	}
}

// TestConsent_OnPaper: what was signed on the printed document is recorded with the name
// in print, the time, the hash of the words, and who saw the signature.
func TestConsent_OnPaper(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.nurse()
	id := nurse.refers(h.patient(nurse, "1", "Maria", "Rivera"))
	if code, _ := nurse.signs(id, url.Values{"method": {"on the printed document"}, "name": {""}}, password); code == http.StatusSeeOther {
		t.Error("signed by nobody")
	}
	if code, body := nurse.signs(id, url.Values{"method": {"on the printed document"}}, password); code != http.StatusSeeOther {
		t.Fatalf("%d\n%.2000s", code, body)
	}
	page := nurse.get("/courses/" + string(id) + "/consent").Body.String()
	for _, want := range []string{"Maria Rivera, patient", "on the printed document", "<dt>Taken by</dt><dd>" + h.App().Names(t.Context())[nurse.person], "SHA-256 " + h.App().Consent.Hash()} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if w := nurse.get("/courses/" + string(id) + "/consent.pdf"); w.Code != http.StatusOK || len(reporttest.Lines(t, w.Body.Bytes())) != 0 {
		t.Errorf("its PDF is answered %d, or draws what nobody drew", w.Code)
	}
}

// TestConsent_SignedWithdrawnSignedAgain: a signature is bound to the words that
// stand on the page, proved by the clinician's password; it carries a visit until it
// is withdrawn, there or at the desk, and then only a new one does.
func TestConsent_SignedWithdrawnSignedAgain(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse, front := h.nurse(), h.hire("moreau", "C. Moreau", act.FrontDesk)
	patient := h.patient(nurse, "1", "Maria", "Rivera")
	id := nurse.refers(patient)
	visit := nurse.visit(patient, 3)
	nurse.say(visit, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})

	page := nurse.get("/courses/" + string(id) + "/consent").Body.String()
	for _, want := range []string{"off-label", "You can stop at any time", h.App().Consent.Hash(), "Nothing is signed here"} {
		if !strings.Contains(page, want) {
			t.Errorf("the consent page lacks %q", want)
		}
	}
	if c := h.consentLine(visit); c.Outcome != session.CouldNotCheck {
		t.Errorf("with nothing signed the gate reads %+v", c)
	}
	for name, try := range map[string]func() (int, string){
		"another text": func() (int, string) {
			return nurse.signs(id, url.Values{"document": {strings.Repeat("0", 64)}}, password)
		},
		"a wrong password":     func() (int, string) { return nurse.signs(id, nil, "not the password") },
		"the front desk":       func() (int, string) { return front.signs(id, nil, password) },
		"questions open":       func() (int, string) { return nurse.signs(id, url.Values{"questions": {"no"}}, password) },
		"capacity not clear":   func() (int, string) { return nurse.signs(id, url.Values{"capacity": {"not clear"}}, password) },
		"longer than it holds": func() (int, string) { return nurse.signs(id, url.Values{"until": {"2031-01-01"}}, password) },
	} {
		if code, _ := try(); code == http.StatusSeeOther {
			t.Errorf("%s: signed", name)
		}
	}
	if _, body := nurse.signs(id, url.Values{"questions": {"no"}}, password); !strings.Contains(body, "Will I dream?") || !strings.Contains(body, `value="Maria Rivera"`) {
		t.Error("what was typed is lost")
	}
	if code, body := nurse.signs(id, nil, password); code != http.StatusSeeOther {
		t.Fatalf("%d\n%.2000s", code, body)
	}
	if c := h.consentLine(visit); c.Outcome != session.Clear {
		t.Errorf("signed, the gate reads %+v", c)
	}
	h.restart()
	if c := h.consentLine(visit); c.Outcome != session.Clear {
		t.Errorf("after a restart the gate reads %+v", c)
	}
	pdf := strings.Join(nurse.download("/courses/"+string(id)+"/consent.pdf"), "\n")
	for _, want := range []string{"Maria Rivera", "off-label", h.App().Consent.Hash()[:32], "A. Okafor RN"} {
		if !strings.Contains(strings.ReplaceAll(pdf, "\n", " "), want) && !strings.Contains(pdf, want) {
			t.Errorf("the PDF lacks %q", want)
		}
	}

	// Spoken at the chair.
	h.later(time.Minute)
	nurse.say(visit, session.ActWithdrawConsent, map[string]any{"words": map[string]string{"text": "I do not want this any more"}})
	if c := h.consentLine(visit); c.Outcome != session.Finding {
		t.Errorf("withdrawn at the chair, the gate reads %+v", c)
	}
	if page := nurse.get("/courses/" + string(id) + "/consent").Body.String(); !strings.Contains(page, "has withdrawn consent") {
		t.Error("the desk does not know of the withdrawal at the chair")
	}
	h.later(time.Minute)
	if code, _ := nurse.signs(id, nil, password); code != http.StatusSeeOther || h.consentLine(visit).Outcome != session.Clear {
		t.Errorf("signed anew: %d, the gate reads %+v", code, h.consentLine(visit))
	}

	// At the desk.
	h.later(time.Minute)
	if w := front.post("/courses/"+string(id)+"/consent/withdraw", url.Values{"words": {"by telephone"}, "command": {string(app.NewID[ident.Command](h.App()))}}); w.Code != http.StatusSeeOther && w.Code != http.StatusForbidden {
		t.Errorf("a withdrawal at the desk was answered %d", w.Code)
	}
	if c := h.consentLine(visit); c.Outcome != session.Finding {
		t.Errorf("withdrawn at the desk, the gate reads %+v", c)
	}
}

// TestConsent_NobodySignsUnderASedative: with premedication given no signature is
// taken until the patient has gone home.
func TestConsent_NobodySignsUnderASedative(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.nurse()
	patient := h.patient(nurse, "1", "Maria", "Rivera")
	id := nurse.refers(patient)
	visit := nurse.visit(patient, 3)
	nurse.say(visit, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	nurse.say(visit, session.ActPrecheck, map[string]any{"premed": map[string]any{"given": true, "declined": false}})
	if code, body := nurse.signs(id, nil, password); code == http.StatusSeeOther || !strings.Contains(body, "sedating") {
		t.Errorf("after premedication: %d", code)
	}
}

// TestConsent_ReadsEasily: the document is written for a reader of about twelve years,
// by the Flesch-Kincaid grade, and names no amount of any drug.
func TestConsent_ReadsEasily(t *testing.T) {
	t.Parallel()
	c, err := library.DecodeConsent(shipped.ConsentYAML())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Parts() {
		var all []string
		for _, s := range p.Statements {
			all = append(all, s.Text)
		}
		text := strings.Join(all, " ")
		if grade := fleschKincaid(text); grade > 7 {
			t.Errorf("%s reads at grade %.1f", p.ID, grade)
		}
		for _, unit := range []string{" mg", "mg/", " ml", "mL", "µg", "%"} {
			if strings.Contains(text, unit) {
				t.Errorf("%s names an amount: %q", p.ID, unit)
			}
		}
	}
	if g := fleschKincaid("The pharmacological characteristics necessitate continuous cardiorespiratory surveillance throughout administration."); g < 12 {
		t.Errorf("the formula takes hard words for easy ones: %.1f", g)
	}
}

// fleschKincaid is 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid
// 1975), with runs of vowels counted for syllables.
func fleschKincaid(text string) float64 {
	sentences := max(strings.Count(text, ".")+strings.Count(text, ";")+strings.Count(text, ":"), 1)
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
	syllables := 0
	for _, w := range words {
		n, vowel := 0, false
		for i, r := range w {
			is := strings.ContainsRune("aeiouy", r)
			if is && !vowel && !(r == 'e' && i == len(w)-1 && n > 0) {
				n++
			}
			vowel = is
		}
		syllables += max(n, 1)
	}
	return 0.39*float64(len(words))/float64(sentences) + 11.8*float64(syllables)/float64(len(words)) - 15.59
}
