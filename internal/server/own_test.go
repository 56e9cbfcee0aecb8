package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/session"
)

var (
	linkPath = regexp.MustCompile(`http://[^/]+(/p/[A-Za-z0-9_-]{43})`)
	dead     = "This link does not open anything."
)

// gives makes a link for the patient of a course and returns its path.
func (g *guest) gives(id ident.Course) string {
	g.t.Helper()
	w := g.fill("/courses/"+string(id), url.Values{}, "/courses/"+string(id)+"/links")
	if w.Code != http.StatusSeeOther {
		g.t.Fatalf("a link was answered %d\n%s", w.Code, w.Body)
	}
	page := g.get(w.Header().Get("Location")).Body.String()
	m := linkPath.FindStringSubmatch(page)
	if m == nil || !strings.Contains(page, "<svg") {
		g.t.Fatalf("no link and no code to scan:\n%s", page)
	}
	return m[1]
}

// referred is a place with a nurse and a patient's course.
func referred(t *testing.T) (*place, *guest, ident.Course) {
	t.Helper()
	h := newPlace(t)
	nurse := h.hire("okafor", "A. Okafor RN", act.Nurse, act.FrontDesk)
	return h, nurse, nurse.refers(h.patient(nurse, "1001", "Marta", "Keller"))
}

// phone is a patient's phone: it belongs to nobody of the staff.
func (h *place) phone() *guest { return &guest{place: h} }

func born(day, month, year string) url.Values {
	return url.Values{"day": {day}, "month": {month}, "year": {year}}
}

// opens opens a link with the right date of birth.
func (g *guest) opens(path string) {
	g.t.Helper()
	w := g.fill(path, born("4", "5", "1981"))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/own" {
		g.t.Fatalf("opened: %d %s", w.Code, w.Body)
	}
	g.cookies = w.Result().Cookies()
}

// TestOwn_FromLinkToFindings: a patient writes on a phone, and the rules and the staff
// hear of it; nothing of the record is shown to the phone.
func TestOwn_FromLinkToFindings(t *testing.T) {
	t.Parallel()
	h, nurse, id := referred(t)
	link := nurse.gives(id)
	p := h.phone()
	if page := p.get(link).Body.String(); strings.Contains(page, "Keller") || strings.Contains(page, "1981") || !strings.Contains(page, "Date of birth") {
		t.Fatalf("the page before the date of birth:\n%s", page)
	}
	p.opens(link)
	home := p.get("/own").Body.String()
	for _, never := range []string{"Keller", "Marta", "1001", "1981", "CRPS of the left hand", "Dr Patel", "morphine"} {
		if strings.Contains(home, never) {
			t.Errorf("the phone shows %q", never)
		}
	}

	w := p.fill("/own/health", url.Values{"history.schizophrenia": {"yes"}, "history.aneurysm": {"no"}, "history.porphyria": {"unknown"}, "words": {"I am afraid of needles"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("health: %d %s", w.Code, w.Body)
	}
	if w := p.fill("/own/medicines", url.Values{"medicines": {"morphine 10 mg at night\nbitter drops"}, "whole_medicines": {"unknown"}, "no_allergies": {"yes"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("medicines: %d %s", w.Code, w.Body)
	}
	one, err := h.App().Course(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	said := func(f library.Found) bool {
		for _, in := range f.Inputs {
			if f.Result == rule.Finding && in.Input == "history.schizophrenia" && in.Source == "patient" {
				return true
			}
		}
		return false
	}
	if !slices.ContainsFunc(one.Found, said) {
		t.Errorf("the patient said schizophrenia and no rule found it: %+v", one.Found)
	}
	if m := one.State.Medicines; m == nil || len(m.What.List) != 2 || m.What.List[0].Key != "morphine" || m.What.List[1].Key != "" || m.What.Whole != course.WholeUnknown {
		t.Errorf("medicines: %+v", m)
	}
	if a := one.State.Allergies; a == nil || len(a.What.List) != 0 || a.What.Whole != course.WholeYes {
		t.Errorf("allergies: %+v", a)
	}
	page := nurse.get("/courses/" + string(id)).Body.String()
	for _, want := range []string{"I am afraid of needles", "I have seen to this", "In use on a phone"} {
		if !strings.Contains(page, want) {
			t.Errorf("the course does not say %q", want)
		}
	}
	list := nurse.get("/referrals").Body.String()
	if !strings.Contains(list, "1 thing to look at") {
		t.Error("the worklist does not say that a patient wrote")
	}
	told := regexp.MustCompile(`name="told" value="(\d+)"`).FindStringSubmatch(page)
	if w := nurse.fill("/courses/"+string(id), url.Values{"told": {told[1]}}, "/courses/"+string(id)+"/take-up"); w.Code != http.StatusSeeOther {
		t.Fatalf("taken up: %d %s", w.Code, w.Body)
	}
	if strings.Contains(nurse.get("/referrals").Body.String(), "thing to look at") {
		t.Error("taken up, and it is still on the worklist")
	}
}

// TestOwn_DeadLinksSayNothing: used, over, taken back and guessed get the same answer,
// word for word, and it names nobody.
func TestOwn_DeadLinksSayNothing(t *testing.T) {
	t.Parallel()
	h, nurse, id := referred(t)
	used, back, over := nurse.gives(id), nurse.gives(id), nurse.gives(id)
	h.phone().opens(used)
	course := nurse.get("/courses/" + string(id)).Body.String()
	ends := regexp.MustCompile(`action="(/courses/[^"]+/end)"`).FindAllStringSubmatch(course, -1)
	if w := nurse.fill("/courses/"+string(id), url.Values{}, ends[1][1]); w.Code != http.StatusSeeOther {
		t.Fatalf("taken back: %d", w.Code)
	}
	answer := func(path string) (int, string) {
		w := h.phone().get(path)
		return w.Code, regexp.MustCompile(`[0-9a-f]{12}|value="[^"]*"`).ReplaceAllString(w.Body.String(), "")
	}
	guessed := "/p/" + strings.Repeat("A", 43)
	wantCode, want := answer(guessed)
	if wantCode != http.StatusNotFound || !strings.Contains(want, dead) || strings.Contains(want, "/board") {
		t.Fatalf("a guess: %d %s", wantCode, want)
	}
	if code, _ := answer(over); code != http.StatusOK {
		t.Fatalf("a good link answers %d", code)
	}
	key := nurse.key("/courses/" + string(id))
	h.later(14*24*time.Hour + time.Minute)
	for name, path := range map[string]string{"used": used, "taken back": back, "over": over, "too short": "/p/abc", "not ours": "/p/" + strings.Repeat("!", 43)} {
		code, got := answer(path)
		if code != wantCode || got != want {
			t.Errorf("%s: answered %d otherwise than a guess:\n%s", name, code, got)
		}
		answers := born("4", "5", "1981")
		answers.Set("command", key)
		w := h.phone().post(path, answers)
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), dead) || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: the right date of birth was answered %d", name, w.Code)
		}
	}
}

// TestOwn_WrongDateOfBirth ends a link after five, and is counted where it came from.
func TestOwn_WrongDateOfBirth(t *testing.T) {
	t.Parallel()
	h, nurse, id := referred(t)
	link := nurse.gives(id)
	p := h.phone()
	if w := p.fill(link, born("31", "2", "1981")); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "not a date of birth") {
		t.Fatalf("a date that is none: %d %s", w.Code, w.Body)
	}
	for i := range course.MostMissed {
		w := p.fill(link, born("5", "5", "1981"))
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "not the date of birth") || len(w.Result().Cookies()) != 0 {
			t.Fatalf("wrong date %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	if w := p.get(link); w.Code != http.StatusNotFound {
		t.Errorf("five wrong dates, and the link answers %d", w.Code)
	}
	if page := nurse.get("/courses/" + string(id)).Body.String(); !strings.Contains(page, "wrong date of birth was given too often") {
		t.Error("the staff are not told why the link is closed")
	}
}

// TestOwn_Guessing slows down whoever guesses links, and no sign-in.
func TestOwn_Guessing(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	p := h.phone()
	free := auth.DefaultPolicy().Source.Free
	nurse := h.nurse()
	id := nurse.refers(h.patient(nurse, "1001", "Marta", "Keller"))
	good := nurse.gives(id)
	for i := range free + 5 {
		if w := p.get(good); w.Code != http.StatusOK {
			t.Fatalf("a good link, opened for the %d. time: %d", i+1, w.Code)
		}
	}
	slowed := false
	for range free + 2 {
		w := p.get("/p/" + strings.Repeat("B", 43))
		slowed = w.Code == http.StatusTooManyRequests
	}
	if !slowed {
		t.Error("links may be guessed without end")
	}
	if _, err := h.Auth().SignIn(t.Context(), "nobody", "wrong wrong wrong", auth.Source{Address: "192.0.2.1:1234"}); err == nil || strings.Contains(err.Error(), "wait") {
		t.Errorf("guessing links slowed a sign-in: %v", err)
	}
}

// TestOwn_PassGrowsOld: after two hours the date of birth is asked again, and what was
// written meanwhile is sent then.
func TestOwn_PassGrowsOld(t *testing.T) {
	t.Parallel()
	h, nurse, id := referred(t)
	p := h.phone()
	p.opens(nurse.gives(id))
	answers := url.Values{"command": {p.key("/own/health")}, "history.aneurysm": {"yes"}, "words": {"kept \"words\" & all"}}
	h.later(auth.PassLife)
	if page := p.get("/own").Body.String(); !strings.Contains(page, "date of birth again") {
		t.Fatalf("an old pass shows:\n%s", page)
	}
	w := p.post("/own/health", answers)
	if w.Code != http.StatusUnauthorized {
		t.Fatalf("an old pass sends: %d", w.Code)
	}
	form := born("4", "5", "1981")
	form.Set("command", keyField.FindStringSubmatch(w.Body.String())[1])
	for _, m := range regexp.MustCompile(`name="(then|kept\.[^"]+)" value="([^"]*)"`).FindAllStringSubmatch(w.Body.String(), -1) {
		form.Add(m[1], strings.NewReplacer("&#34;", `"`, "&amp;", "&").Replace(m[2]))
	}
	wrong := born("5", "5", "1981")
	for k, v := range form {
		if !strings.Contains("day month year", k) {
			wrong[k] = v
		}
	}
	wrong.Set("command", string(app.NewID[ident.Command](h.App())))
	if w := p.post("/own/again", wrong); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "kept &#34;words&#34;") {
		t.Fatalf("a wrong date loses what was written: %d %s", w.Code, w.Body)
	}
	if w = p.post("/own/again", form); w.Code != http.StatusSeeOther {
		t.Fatalf("opened again: %d %s", w.Code, w.Body)
	}
	one, err := h.App().Course(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(one.State.Told) != 1 || one.State.Latest(h.App().Zone)["history.aneurysm"].What.Answer != "yes" || h.App().Text(t.Context(), one.State.Told[0].Words) != "kept \"words\" & all" {
		t.Errorf("what was written is not what was recorded: %+v", one.State.Told)
	}
}

// TestOwn_OnlyOnesOwn: a pass of one clinic's phone opens no other page, and no page of
// the staff.
func TestOwn_OnlyOnesOwn(t *testing.T) {
	t.Parallel()
	h, nurse, id := referred(t)
	p := h.phone()
	p.opens(nurse.gives(id))
	for _, path := range []string{"/board", "/referrals", "/courses/" + string(id), "/patients", "/library", "/v1/stream?board"} {
		if w := p.get(path); w.Code == http.StatusOK {
			t.Errorf("a patient's phone opens %s", path)
		}
	}
	for _, c := range p.cookies {
		c.Value = c.Value[:len(c.Value)-2] + "AA"
	}
	if w := p.get("/own"); w.Code != http.StatusNotFound {
		t.Errorf("a forged pass: %d", w.Code)
	}
	if w := nurse.get("/own"); w.Code != http.StatusNotFound {
		t.Errorf("a nurse opens a patient's pages: %d", w.Code)
	}
	quinn := h.hire("quinn", "Q. Quinn", act.Pharmacist)
	if w := quinn.post("/courses/"+string(id)+"/links", url.Values{"command": {string(app.NewID[ident.Command](h.App()))}}); w.Code == http.StatusSeeOther {
		t.Error("a pharmacist gives links")
	}
}

// TestOwn_Reading: questions are marked, a wrong answer goes to the staff, and every
// page can be read to its end.
func TestOwn_Reading(t *testing.T) {
	t.Parallel()
	h, nurse, id := referred(t)
	p := h.phone()
	p.opens(nurse.gives(id))
	pages := h.App().Education.Pages(library.ReadPage)
	if len(pages) < 4 {
		t.Fatalf("%d pages to read", len(pages))
	}
	if first := p.get("/own/read").Body.String(); !strings.Contains(first, `action="/own/read/`+pages[0].ID+`"`) {
		t.Error("the first page is not sent under its own name")
	}
	var wrong string
	for i, l := range pages {
		path := "/own/read/" + l.ID
		answers := url.Values{"document": {h.App().Education.Hash()}}
		for _, q := range l.Questions {
			answers.Set(q.ID, q.Right)
			if wrong == "" {
				wrong = q.ID
				for _, a := range q.Answers {
					if a.ID != q.Right {
						answers.Set(q.ID, a.ID)
					}
				}
			}
		}
		if w := p.fill(path, answers); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		page := p.get(path).Body.String()
		if (i+1 < len(pages)) != strings.Contains(page, "Next page") {
			t.Errorf("%s: the next page is not where it should be", path)
		}
		if strings.Contains(page, "Not quite.") != (i == 0) {
			t.Errorf("%s: a wrong answer is not told where it was given", path)
		}
	}
	if home := p.get("/own").Body.String(); !strings.Contains(home, "5 of 5 pages read") {
		t.Error("what was read is not shown")
	}
	if page := nurse.get("/courses/" + string(id)).Body.String(); !strings.Contains(page, "Answered otherwise") {
		t.Error("nobody is told of the wrong answer")
	}
	if w := p.fill("/own/read/"+pages[0].ID, url.Values{"document": {"0ld"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("another edition was read: %d", w.Code)
	}
	for _, path := range []string{"/own/options", "/own/facts"} {
		if w := p.get(path); w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := p.get("/own/read/EDU-NONE"); w.Code != http.StatusNotFound {
		t.Errorf("a page that is none: %d", w.Code)
	}
}

// TestOwn_Day: until when one may eat and drink is worked out from the visit; what is
// left open goes to the staff.
func TestOwn_Day(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.hire("okafor", "A. Okafor RN", act.Nurse, act.FrontDesk)
	patient := h.patient(nurse, "1001", "Marta", "Keller")
	id := nurse.refers(patient)
	p := h.phone()
	p.opens(nurse.gives(id))
	if page := p.get("/own/day").Body.String(); !strings.Contains(page, "No visit is planned yet") || strings.Contains(page, "Send to the clinic") {
		t.Fatalf("without a visit:\n%s", page)
	}
	visit := app.NewID[ident.Session](h.App())
	nurse.say(visit, session.ActSchedule, map[string]any{"patient": patient, "chair": 2, "planned_start": time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)})
	page := p.get("/own/day").Body.String()
	for _, want := range []string{"Thursday 26 November 2026, 09:00", "confirm by <strong>Wednesday 25 November 2026, 09:00", "That is from Thursday 26 November 2026, 03:00 on.", "07:00 on."} {
		if !strings.Contains(page, want) {
			t.Errorf("the day does not say %q", want)
		}
	}
	stale := url.Values{"document": {h.App().Instructions.Hash()}, "visit": {string(app.NewID[ident.Session](h.App()))}, "done": {"DAY-FOOD"}}
	if w := p.fill("/own/day", stale); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "not the one that is planned now") {
		t.Errorf("confirmed for a visit that is another by now: %d", w.Code)
	}
	if !strings.Contains(page, `name="visit" value="`+string(visit)+`"`) {
		t.Error("the page does not say for which visit it is")
	}
	w := p.fill("/own/day", url.Values{"visit": {string(visit)}, "document": {h.App().Instructions.Hash()}, "done": {"DAY-FOOD", "DAY-DRINK", "DAY-ALCOHOL", "DAY-MEDICINES", "DAY-DRIVE"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("confirmed: %d %s", w.Code, w.Body)
	}
	if page := p.get("/own/day").Body.String(); !strings.Contains(page, "We will call you about what you left open") {
		t.Error("the patient is not told what becomes of what was left open")
	}
	course := nurse.get("/courses/" + string(id)).Body.String()
	if !strings.Contains(course, "Not confirmed for the day") || !strings.Contains(course, "An adult takes you home") {
		t.Error("nobody is told what was not confirmed")
	}
	soon := app.NewID[ident.Session](h.App())
	nurse.say(soon, session.ActSchedule, map[string]any{"patient": patient, "chair": 3, "planned_start": h.now().Add(3 * time.Hour)})
	if page := p.get("/own/day").Body.String(); !strings.Contains(page, "The time to confirm was") || strings.Contains(page, "We will call you") {
		t.Errorf("a visit in three hours, for which nothing was confirmed:\n%s", page)
	}
}

// TestOwn_DimInTheRoom: on a tablet of the room no white page lights up the dark.
func TestOwn_DimInTheRoom(t *testing.T) {
	t.Parallel()
	h, nurse, id := referred(t)
	link := nurse.gives(id)
	if page := h.tablet(2).get(link).Body.String(); !strings.Contains(page, `class="dim"`) {
		t.Error("a patient's page is white on a tablet of the room")
	}
	if page := h.phone().get(link).Body.String(); !strings.Contains(page, `class="light"`) {
		t.Error("a patient's page is dim on the patient's own phone")
	}
}

// TestOwn_NoDose: no page that a phone opens shows an amount of a drug.
func TestOwn_NoDose(t *testing.T) {
	t.Parallel()
	h, nurse, id := referred(t)
	p := h.phone()
	p.opens(nurse.gives(id))
	amount := regexp.MustCompile(`(?i)\d\s*(mg|mcg|µg|g|ml)(/|\b)`)
	paths := []string{"/own", "/own/health", "/own/medicines", "/own/options", "/own/facts", "/own/day"}
	for _, l := range h.App().Education.Pages(library.ReadPage) {
		paths = append(paths, "/own/read/"+l.ID)
	}
	tags := regexp.MustCompile(`<[^>]*>`)
	for _, path := range paths {
		body := p.get(path)
		if m := amount.FindString(tags.ReplaceAllString(body.Body.String(), " ")); m != "" {
			t.Errorf("%s shows %q", path, m)
		}
		if body.Code != http.StatusOK {
			t.Errorf("%s: %d", path, body.Code)
		}
		if strings.Contains(body.Body.String(), "<script") {
			t.Errorf("%s needs a script", path)
		}
	}
}

// TestOwn_BadInput: the mistakes of a form come back with all that was written.
func TestOwn_BadInput(t *testing.T) {
	t.Parallel()
	h, nurse, id := referred(t)
	p := h.phone()
	p.opens(nurse.gives(id))
	for name, tt := range map[string]struct {
		path  string
		typed url.Values
		says  string
		keeps string
	}{
		"nothing":                {"/own/health", url.Values{}, "Nothing was filled in", ""},
		"an answer that is none": {"/own/health", url.Values{"history.aneurysm": {"perhaps"}, "words": {"keep me"}}, "not asked here", "keep me"},
		"is it all?":             {"/own/medicines", url.Values{"medicines": {"sertraline"}}, "complete", "sertraline"},
		"none and one":           {"/own/medicines", url.Values{"medicines": {"sertraline"}, "no_medicines": {"yes"}}, "correct one of the two", "sertraline"},
		"too many":               {"/own/medicines", url.Values{"medicines": {strings.Repeat("x\n", 81)}, "whole_medicines": {"yes"}}, "at most 80", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			w := p.fill(tt.path, tt.typed)
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), tt.says) || !strings.Contains(w.Body.String(), tt.keeps) {
				t.Errorf("%d: %s", w.Code, w.Body)
			}
		})
	}
	long := url.Values{"words": {strings.Repeat("y", 70<<10)}, "command": {p.key("/own/health")}}
	r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test/own/health", strings.NewReader(long.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := p.do(r); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too long a form: %d", w.Code)
	}
}
