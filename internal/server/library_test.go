package server

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// TestLibrary_Adopted: the director reads and adopts it on its page, and proves it
// with the password. Until then no order is released; a library that changed since
// is another one, and what changed is shown.
func TestLibrary_Adopted(t *testing.T) {
	t.Parallel()
	h := barePlace(t, func(*Config) {})
	nurse, director, weiss := h.nurse(), h.hire("haas", "M. Haas MD", act.Director), h.hire("weiss", "J. Weiss MD", act.Prescriber)
	id := weiss.visit(h.patient(weiss, "1", "Maria", "Rivera"), 3)
	order := func() *http.Response {
		return weiss.fill("/sessions/"+string(id)+"/acts/session.attach-order", orderAnswers()).Result()
	}
	said := func(g *guest) string { return g.get("/library").Body.String() }
	adopt := func(g *guest, hash, password string) int {
		return g.post("/library", url.Values{"command": {string(app.NewID[ident.Command](g.App()))}, "sha256": {hash}, "sign.password": {password}}).Code
	}
	hash := h.App().Knows().Library.Hash
	if page := said(nurse); strings.Contains(page, "sign.password") || !strings.Contains(page, "Not adopted") || !strings.Contains(page, `id="row-session-SW-LIBRARY"`) || strings.Contains(page, "Demonstration library") {
		t.Errorf("a nurse reads\n%.2000s", page)
	}
	if got := order(); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an order was answered %d before anybody adopted the library", got.StatusCode)
	}
	if v, err := h.App().Visit(t.Context(), id); err != nil || v.State.Order != nil {
		t.Fatalf("an order was released: %v", err)
	}
	for name, got := range map[string]int{
		"a nurse":             adopt(nurse, hash, password),
		"a wrong password":    adopt(director, hash, "not the password"),
		"what nobody can see": adopt(director, strings.Repeat("0", 64), password),
	} {
		if on, err := h.App().Adopted(t.Context()); err != nil || on || got == http.StatusSeeOther {
			t.Errorf("%s: answered %d, adopted %v, %v", name, got, on, err)
		}
	}
	if got := adopt(director, hash, password); got != http.StatusSeeOther {
		t.Fatalf("the director's signature was answered %d", got)
	}
	if page := said(director); !strings.Contains(page, "by M. Haas MD") || strings.Contains(page, "Not adopted") || strings.Contains(page, "sign.password") || strings.Contains(page, "Changed since") {
		t.Errorf("after the adoption\n%.2000s", page)
	}
	h.restart()
	if got := order(); got.StatusCode != http.StatusSeeOther {
		t.Errorf("an order on an adopted library was answered %d", got.StatusCode)
	}

	// A newer program brings another library.
	other := house.Library{Hash: strings.Repeat("5a", 32), Rows: h.App().Knows().Library.Rows[1:]}
	h.App().Shipped.Library = other
	if page := said(director); !strings.Contains(page, "Not adopted") || !strings.Contains(page, other.Hash) {
		t.Errorf("after a change\n%.2000s", page)
	}
	if got := order(); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an order on a library that nobody adopted was answered %d", got.StatusCode)
	}
}

// TestLibrary_ShowsWhatChanged: a row that is not as it was adopted is named, first.
func TestLibrary_ShowsWhatChanged(t *testing.T) {
	t.Parallel()
	h := barePlace(t, func(*Config) {})
	rows := h.App().Knows().Library.Rows
	before := house.Library{Hash: strings.Repeat("5a", 32)}
	for _, r := range rows {
		switch r.Name {
		case "rules/CI-PREG":
			r.Hash = strings.Repeat("01", 32)
		case "session/LIM-RATE":
			r.Hash = strings.Repeat("03", 32)
		case "session/SW-CALM":
			continue
		}
		before.Rows = append(before.Rows, r)
	}
	before.Rows = append(before.Rows, house.LibraryRow{Name: "rules/CI-OLD", Hash: strings.Repeat("02", 32)})
	now := h.App().Knows().Library
	h.App().Shipped.Library = before
	h.App().Shipped.Says = []house.KeptRow{{LibraryRow: house.LibraryRow{Name: "session/LIM-RATE", Hash: strings.Repeat("03", 32)}, Text: "Slower than that.", Facts: []string{"most: 1"}}}
	h.adopt()
	h.App().Shipped.Library = now
	page := h.nurse().get("/library").Body.String()
	for _, want := range []string{"Changed since the last adoption", `<strong>changed</strong>: <a href="#row-rules-CI-PREG">`, `<strong>added</strong>: <a href="#row-session-SW-CALM">`, `<strong>removed</strong>: rules/CI-OLD`, `<a href="#row-session-LIM-RATE">session/LIM-RATE</a> <span class="soft">Adopted as: Slower than that. most: 1</span>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(page, "<strong>changed</strong>: "); n != 2 {
		t.Errorf("%d rows are said to have changed", n)
	}
}

// Nobody can take the shipped limits for adopted ones: where an order is
// written, where it is read, and where the server says what it is.
func TestLibrary_ItsStandingIsSaidWhereLimitsCount(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	id := weiss.visit(h.patient(weiss, "1", "Maria", "Rivera"), 3)
	const said, adopted = "not reviewed by a clinician; not adopted", "not reviewed by a clinician; adopted by this clinic"
	if !strings.Contains(h.Library(), said) {
		t.Errorf("the server says of its library %q", h.Library())
	}
	for page, want := range map[string]string{"/about": said, "/sessions/" + string(id): adopted, "/sessions/" + string(id) + "/acts/session.attach-order": adopted} {
		if body := weiss.get(page).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%s does not say how far the limits were reviewed", page)
		}
	}
	if about := weiss.get("/about").Body.String(); strings.Contains(about, "not known") {
		t.Error("/about has a line that says nothing")
	}
}

// TestLibrary_WhatPatientsRead: staff read every sentence of the patients' pages with
// its source and mark, each question with what it is answered from, and each link leads
// to a row.
func TestLibrary_WhatPatientsRead(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.nurse()
	if w := (&guest{place: h}).get("/library/patients"); w.Code != http.StatusSeeOther {
		t.Errorf("nobody was answered %d", w.Code)
	}
	lib := nurse.get("/library").Body.String()
	for _, title := range []string{"/library/patients", "What patients read", "What patients do", "What patients are asked"} {
		if !strings.Contains(lib, title) {
			t.Errorf("the library lacks %q", title)
		}
	}
	page := nurse.get("/library/patients").Body.String()
	line := func(text, source string, mark cite.Mark) {
		t.Helper()
		word := map[cite.Mark]string{cite.Default: "clinic default"}[mark]
		if word == "" {
			word = string(mark)
		}
		want := html.EscapeString(text) + ` <span class="quiet"><a href="#source-` + source + `">` + source + `</a> <span class="mark">` + word + `</span>`
		if !strings.Contains(strings.ReplaceAll(page, `</span> <span class="quiet"><a`, ` <span class="quiet"><a`), want) {
			t.Errorf("not with its source and mark: %q %s %s", text, source, mark)
		}
		if !strings.Contains(page, `id="source-`+source+`"`) {
			t.Errorf("the source %s is not named", source)
		}
	}
	a := h.App()
	for _, l := range a.Education.Rows {
		for _, s := range l.Statements {
			line(s.Text, s.Source, s.Mark)
		}
		for _, q := range l.Questions {
			line(q.Why, q.Source, q.Mark)
			if !strings.Contains(page, html.EscapeString(q.Text)) {
				t.Errorf("the question %s is not there", q.ID)
			}
		}
	}
	for _, c := range a.Claims.Rows {
		for _, w := range c.Why {
			line(w.Text, w.Source, w.Mark)
		}
	}
	for _, r := range a.Instructions.Rows {
		line(r.Text, r.Source, r.Mark)
		for _, o := range r.Others {
			line(o.Text, o.Source, o.Mark)
		}
	}
	for _, r := range a.Intake.Rows {
		line(r.Text, r.Source, r.Mark)
	}
	for _, m := range regexp.MustCompile(`href="/library#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(lib, `id="`+m[1]+`"`) {
			t.Errorf("a link leads to %s, which is no row", m[1])
		}
	}
}
