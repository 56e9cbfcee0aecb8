package server

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/referral"
)

// refers records a referral at the desk and returns its course.
func (g *guest) refers(patient ident.Patient) ident.Course {
	g.t.Helper()
	w := g.fill("/referrals", url.Values{"patient": {string(patient)}, "received": {g.now().In(g.App().Zone).Format("2006-01-02")}, "referrer": {"Dr Patel, pain clinic"}, "reason": {"CRPS of the left hand"}}, "/referrals")
	if w.Code != http.StatusSeeOther {
		g.t.Fatalf("a referral was answered %d\n%s", w.Code, w.Body)
	}
	of := g.App().CourseOf(g.t.Context(), patient, g.now())
	to := "/courses/" + string(of.ID) + "?"
	if !act.May(g.actor, "record.read").Allowed { // who reads no course comes back to the list
		to = "/referrals?"
	}
	if l := w.Header().Get("Location"); !of.Has || !strings.HasPrefix(l, to) {
		g.t.Fatalf("after a referral the desk shows %s, want %s", l, to)
	}
	return of.ID
}

// enters fills one form of a course.
func (g *guest) enters(id ident.Course, form string, answers url.Values) (int, string) {
	g.t.Helper()
	path := fmt.Sprintf("/courses/%s/enter/%s", id, form)
	w := g.fill(path, answers, path)
	return w.Code, w.Body.String()
}

// healthy answers every question of the course's forms so that no rule finds
// anything.
func (g *guest) healthy(id ident.Course) {
	g.t.Helper()
	day := g.now().In(g.App().Zone).Format("2006-01-02")
	head := func() url.Values { return url.Values{"at": {day}, "source": {"nurse"}} }
	good := map[string]string{
		"history.child_pugh": "none", "pregnancy.test": "negative", "signs.sbp": "122", "signs.dbp": "76", "signs.hr": "68", "signs.rr": "14", "signs.spo2": "98",
		"signs.temp": "36.6", "signs.sedation": "5", "body.weight": "72", "body.height": "172", "tests.ecg": "normal", "tests.urinalysis": "normal",
		"tests.drug_screen": "negative", "tests.pdmp": "as expected", "tests.cognition": "normal", "instruments.cssrs": "none", "instruments.nrs": "7", "instruments.peg": "7.3",
		"plan.justification": "yes", "plan.second_clinician": "yes", "plan.visits": "yes", "plan.treatment_resistant": "yes", "plan.exception": "yes",
		"response.pain_reduction": "40", "response.peg_reduction": "40", "response.satisfied": "yes", "response.relief_days": "40", "response.after_series": "no",
	}
	for _, e := range referral.Entries() {
		if len(e.Groups) == 0 {
			continue
		}
		f := head()
		for _, group := range e.Groups {
			for _, in := range e.Inputs(group) {
				v, known := good[in.Name]
				switch {
				case known:
				case in.Type == rule.Answer:
					v = "no"
				case group == rule.Labs:
					v = "20"
					f.Set("u."+in.Name, "U/L")
					f.Set("l."+in.Name, "40")
				case in.Type == rule.Number:
					v = "0"
				}
				f.Set(in.Name, v)
			}
		}
		if code, body := g.enters(id, e.Name, f); code != http.StatusSeeOther {
			g.t.Fatalf("%s was answered %d\n%s", e.Name, code, body)
		}
	}
	for form, more := range map[string]url.Values{"medicines": {"complete": {"yes"}, "list": {"allopurinol 300 mg once a day\n"}}, "allergies": {"complete": {"yes"}}, "infusions": {"complete": {"yes"}}} {
		f := head()
		for k, v := range more {
			f[k] = v
		}
		if code, body := g.enters(id, form, f); code != http.StatusSeeOther {
			g.t.Fatalf("%s was answered %d\n%s", form, code, body)
		}
	}
}

func (g *guest) plans(id ident.Course) {
	g.t.Helper()
	code, body := g.enters(id, "plan", url.Values{
		"indication": {"crps"}, "icd10": {"G90.5"}, "diagnosis": {"CRPS I, left hand"}, "instrument": {"peg"}, "now": {"7.3"}, "target": {"5"}, "weeks": {"4"},
		"infusions": {"4"}, "hours": {"4"}, "adjuncts": {"physiotherapy"}, "reevaluate": {g.now().AddDate(0, 2, 0).Format("2006-01-02")},
	})
	if code != http.StatusSeeOther {
		g.t.Fatalf("the plan was answered %d\n%s", code, body)
	}
}

var readField = regexp.MustCompile(`name="read" value="([^"]+)"`)

// decides signs a decision on what the page shows.
func (g *guest) decides(id ident.Course, outcome, reason, pass string) (int, string) {
	g.t.Helper()
	path := fmt.Sprintf("/courses/%s/findings", id)
	f := url.Values{"outcome": {outcome}, "reason": {reason}, "sign.password": {pass}}
	for _, m := range readField.FindAllStringSubmatch(g.get(path).Body.String(), -1) {
		f.Add("read", m[1])
	}
	f.Set("command", string(app.NewID[ident.Command](g.App())))
	w := g.post(path+"/decide", f)
	return w.Code, w.Body.String()
}

func (g *guest) accepts(id ident.Course, ruleID, result, pass string) (int, string) {
	g.t.Helper()
	path := fmt.Sprintf("/courses/%s/findings", id)
	w := g.post(path+"/accept", url.Values{
		"rule": {ruleID}, "result": {result}, "reason": {"seen, and weighed"}, "sign.password": {pass}, "command": {string(app.NewID[ident.Command](g.App()))},
	})
	return w.Code, w.Body.String()
}

func (h *place) stands(patient ident.Patient) app.CourseFacts {
	h.t.Helper()
	return h.App().CourseOf(h.t.Context(), patient, h.now())
}

// TestCourse_FromReferralToDecision goes the whole way at the desk: what is not
// known stands in the way, a prescriber decides on what was read, a stop needs the
// director, and what changes afterwards takes the decision's force away.
func TestCourse_FromReferralToDecision(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	front, nurse := h.hire("moreau", "C. Moreau", act.FrontDesk), h.nurse()
	weiss, director := h.hire("weiss", "J. Weiss MD", act.Prescriber), h.hire("haas", "M. Haas MD", act.Director)
	patient := h.patient(nurse, "1", "Maria", "Rivera")
	id := front.refers(patient)

	if list := front.get("/referrals").Body.String(); !strings.Contains(list, "/courses/"+string(id)) || !strings.Contains(list, "nothing decided") {
		t.Errorf("the worklist lacks the referral\n%s", list)
	}
	if code := front.get("/courses/" + string(id)).Code; code != http.StatusForbidden {
		t.Errorf("the front desk reads a course: %d", code)
	}
	page := weiss.get("/courses/" + string(id) + "/findings").Body.String()
	for _, want := range []string{"Could not check", "Suitable for a course?", "Maria Rivera", "Nothing is decided yet", "schizophrenia"} {
		if !strings.Contains(page, want) {
			t.Errorf("with nothing known, the page lacks %q", want)
		}
	}
	if code, body := weiss.decides(id, "suitable", "", password); code != http.StatusUnprocessableEntity || !strings.Contains(body, "stand in the way") || !strings.Contains(body, "CI-") {
		t.Errorf("suitable with nothing known: %d\n%.600s", code, body)
	}
	if st := h.stands(patient); !st.Known || !st.Has || st.Standing.Suitable() {
		t.Errorf("with nothing known it stands %+v", st)
	}

	nurse.healthy(id)
	weiss.plans(id)
	page = weiss.get("/courses/" + string(id) + "/findings").Body.String()
	if n := strings.Count(page, `name="read"`); n > 0 {
		t.Errorf("a patient without a finding has %d:\n%v", n, readField.FindAllString(page, -1))
	}
	for name, try := range map[string]func() (int, string){
		"a nurse":          func() (int, string) { return nurse.decides(id, "suitable", "", password) },
		"a wrong password": func() (int, string) { return weiss.decides(id, "suitable", "", "not the password") },
	} {
		if code, _ := try(); code == http.StatusSeeOther || h.stands(patient).Standing.Suitable() {
			t.Errorf("%s decided: %d", name, code)
		}
	}
	if code, body := weiss.decides(id, "suitable", "", password); code != http.StatusSeeOther {
		t.Fatalf("suitable was answered %d\n%.3000s", code, body)
	}
	if st := h.stands(patient); !st.Standing.Suitable() {
		t.Fatalf("after the decision it stands %+v", st.Standing)
	}
	h.restart()
	if st := h.stands(patient); !st.Standing.Suitable() {
		t.Errorf("after a restart it stands %+v", st.Standing)
	}

	// A letter brings a stop.
	if code, _ := nurse.enters(id, "history", url.Values{"at": {h.now().Format("2006-01-02")}, "source": {"letter"}, "history.psychosis_active": {"yes"}}); code != http.StatusSeeOther {
		t.Fatal(code)
	}
	st := h.stands(patient)
	if st.Standing.Suitable() || len(st.Standing.New) == 0 {
		t.Fatalf("with an active psychosis it stands %+v", st.Standing)
	}
	stop := st.Standing.New[0]
	if code, body := weiss.decides(id, "suitable", "", password); code == http.StatusSeeOther || !strings.Contains(body, "director") {
		t.Errorf("a prescriber overrode a stop: %d", code)
	}
	if code, _ := weiss.accepts(id, stop.Rule, string(stop.Result), password); code == http.StatusSeeOther {
		t.Error("a prescriber accepted a stop")
	}
	code, body := director.accepts(id, stop.Rule, string(stop.Result), "not the password")
	if kept := fmt.Sprintf(`<textarea id="why-%s" name="reason" rows="2" maxlength="2000" required>seen, and weighed</textarea>`, stop.Rule); code == http.StatusSeeOther || strings.Count(body, "seen, and weighed") != 1 || !strings.Contains(body, kept) {
		t.Errorf("with a wrong password what was typed beside a finding does not come back there: %d", code)
	}
	for _, v := range st.Standing.New {
		if code, body := director.accepts(id, v.Rule, string(v.Result), password); code != http.StatusSeeOther {
			t.Fatalf("the director's answer for %s: %d\n%.500s", v.Rule, code, body)
		}
	}
	if st := h.stands(patient); !st.Standing.Suitable() {
		t.Errorf("answered for by the director it stands %+v", st.Standing)
	}
	if page := weiss.get("/courses/" + string(id) + "/findings").Body.String(); !strings.Contains(page, "M. Haas MD answers for this since today: seen, and weighed") {
		t.Error("the page does not say who answers for the stop")
	}
	if code, body := weiss.decides(id, "suitable", "", password); code == http.StatusSeeOther || !strings.Contains(body, "director") {
		t.Errorf("a prescriber decided while a stop stands: %d", code)
	}
	if code, _ := weiss.decides(id, "not suitable", "an active psychosis", password); code != http.StatusSeeOther || h.stands(patient).Standing.Suitable() {
		t.Error("not suitable was refused, or changed nothing")
	}
	if n := len(h.auditLog("read")); n < 8 {
		t.Errorf("%d reads are in the audit log", n)
	}
}

// TestCourse_EveryQuestionIsAsked: what a rule of the course looks at can be stated
// somewhere, so that no rule waits for ever.
func TestCourse_EveryQuestionIsAsked(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	for _, e := range referral.Entries() {
		for _, g := range e.Groups {
			for _, in := range e.Inputs(g) {
				asked[in.Name] = true
			}
		}
	}
	derived := map[string]bool{}
	for _, in := range rule.Inputs(nil) {
		derived[in.Name] = in.Derived
	}
	screening, err := library.Shipped().Screening()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range screening.Rules() {
		if !slices.Contains(r.Asked, "course") {
			continue
		}
		for _, in := range r.Asks() {
			group, _, _ := strings.Cut(in, ".")
			if asked[in] || derived[in] || group == "takes" || slices.Contains([]string{"plan.indication", "plan.infusions", "plan.hours", "plan.endpoint", "plan.course_defined", "plan.adjunct"}, in) {
				continue
			}
			t.Errorf("%s asks %s, which no form does", r.ID, in)
		}
	}
}

// TestCourse_BadInputKeepsWhatWasTyped: a form that cannot be taken comes back with
// what is wrong and with everything that was typed, and nothing is recorded.
func TestCourse_BadInputKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.nurse()
	id := nurse.refers(h.patient(nurse, "1", "Maria", "Rivera"))
	day := h.now().Format("2006-01-02")
	tests := []struct {
		form  string
		typed url.Values
		says  string
	}{
		{"measurements", url.Values{"at": {day}, "source": {"nurse"}, "body.weight": {"720"}, "signs.sbp": {"128"}}, "weight"},
		{"results", url.Values{"at": {day}, "source": {"laboratory"}, "labs.alt": {"44"}, "u.labs.alt": {"U/L"}, "l.labs.alt": {""}}, "upper limit"},
		{"history", url.Values{"at": {"2031-01-01"}, "source": {"patient"}, "history.schizophrenia": {"no"}}, "after"},
		{"infusions", url.Values{"at": {day}, "source": {"patient"}, "complete": {"yes"}, "list": {"last spring, four hours"}}, "line 1"},
		{"medicines", url.Values{"at": {day}, "source": {"patient"}, "list": {"morphine 10 mg"}}, "all there is"},
	}
	for _, tt := range tests {
		code, body := nurse.enters(id, tt.form, tt.typed)
		if code != http.StatusUnprocessableEntity && code != http.StatusBadRequest {
			t.Errorf("%s was answered %d", tt.form, code)
		}
		if !strings.Contains(strings.ToLower(body), tt.says) {
			t.Errorf("%s does not say what is wrong: %q", tt.form, tt.says)
		}
		for name, v := range tt.typed {
			if name != "command" && v[0] != "" && !strings.Contains(body, v[0]) {
				t.Errorf("%s lost what was typed in %s: %q", tt.form, name, v[0])
			}
		}
	}
	if one, err := h.App().Course(t.Context(), id); err != nil || one.State.Sequence != 1 {
		t.Errorf("something was recorded: %+v, %v", one.State.Sequence, err)
	}
	if code, body := nurse.enters(id, "medicines", url.Values{"at": {day}, "source": {"patient"}, "complete": {"no"}, "list": {"Morphine, 10 mg\nDr Foo's drops"}}); code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", code, body)
	}
	page := nurse.get("/courses/" + string(id)).Body.String()
	for _, want := range []string{"<dt>morphine</dt>", "Not coded", "interactions could not be checked", "may not be all there is", "Dr Foo&#39;s drops"} {
		if !strings.Contains(page, want) {
			t.Errorf("the course's page lacks %q", want)
		}
	}
	nurse.enters(id, "ask", url.Values{"from": {"laboratory"}, "items": {"labs.alt", "labs.ggt"}})
	if list := nurse.get("/referrals").Body.String(); !strings.Contains(list, "laboratory: ALT, GGT, since today") {
		t.Errorf("the worklist does not say who owes what\n%s", list)
	}
	nurse.enters(id, "results", url.Values{"at": {day}, "source": {"laboratory"}, "labs.alt": {"44"}, "u.labs.alt": {"U/L"}, "l.labs.alt": {"40"}})
	if list := nurse.get("/referrals").Body.String(); !strings.Contains(list, "laboratory: GGT, since today") {
		t.Error("what came is still owed")
	}
}

// TestCourse_OneOpenForEachPatient: two who refer the same patient at once open one
// course.
func TestCourse_OneOpenForEachPatient(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.nurse()
	patient := h.patient(nurse, "1", "Maria", "Rivera")
	body := []byte(fmt.Sprintf(`{"patient":%q,"received":%q,"referrer":{"text":"Dr Patel"},"reason":{"text":"CRPS"}}`, patient, h.now().Format("2006-01-02")))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			id := app.NewID[ident.Command](h.App())
			_, err := h.App().DoCourse(t.Context(), app.CourseRequest{Act: course.ActRefer, Schema: 1, ID: id, Course: ident.Course(id), OccurredAt: h.now(), Actor: nurse.actor, Body: body})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	rows, err := h.App().Courses(t.Context())
	if err != nil || len(rows) != 1 {
		t.Errorf("%d courses, %v", len(rows), err)
	}
	for id := range rows {
		w := nurse.fill("/referrals", url.Values{"patient": {string(patient)}, "received": {h.now().Format("2006-01-02")}, "referrer": {"Dr Foo"}, "reason": {"typed with care"}}, "/referrals")
		if w.Code == http.StatusSeeOther || !strings.Contains(w.Body.String(), "open referral") || !strings.Contains(w.Body.String(), "typed with care") {
			t.Errorf("a second referral was answered %d", w.Code)
		}
		if _, err := h.App().Course(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
}

// TestCourse_OnTheDay: the day after the decision every rule is run again, over what
// was asked and measured at the chair; a patient whose medicines changed since the
// last visit is screened over the list of today, and over no older one.
func TestCourse_OnTheDay(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse, weiss := h.nurse(), h.hire("weiss", "J. Weiss MD", act.Prescriber)
	patient := h.patient(nurse, "1", "Maria", "Rivera")
	id := nurse.refers(patient)
	nurse.healthy(id)
	weiss.plans(id)
	if code, body := weiss.decides(id, "suitable", "", password); code != http.StatusSeeOther {
		t.Fatalf("suitable was answered %d\n%.3000s", code, body)
	}
	h.later(23 * time.Hour)
	nurse.signIn("okafor")
	weiss.signIn("weiss")
	visit := nurse.visit(patient, 1)
	nurse.say(visit, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	screening := func() session.Check {
		v, err := h.App().Visit(t.Context(), visit)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range session.DrawUpGate(v.State, v.Env).Checks {
			if c.ID == "screening" {
				return c
			}
		}
		t.Fatal("the gate does not ask for the screening")
		return session.Check{}
	}
	answers := func(changed bool) {
		m := map[string]any{"changed": changed, "theophylline": false, "sedating": false, "stimulant": false}
		if changed {
			m["list"] = map[string]string{"text": "a new inhaler"}
		}
		nurse.say(visit, session.ActPrecheck, map[string]any{"medicines": m})
	}
	lists := func(list string) {
		f := url.Values{"at": {h.now().Format("2006-01-02")}, "source": {"patient"}, "complete": {"yes"}, "list": {list}}
		if code, body := nurse.enters(id, "medicines", f); code != http.StatusSeeOther {
			t.Fatalf("%d\n%s", code, body)
		}
	}
	// What is of yesterday says nothing of today.
	if c := screening(); c.Outcome != session.Finding || !strings.Contains(c.Why.English(), "CI-CYST") || !strings.Contains(c.Why.English(), "T-5") {
		t.Errorf("before anything was asked: %+v", c)
	}
	bladder := func(urgency bool) {
		nurse.say(visit, session.ActPrecheck, map[string]any{"bladder": map[string]bool{"frequency": false, "urgency": urgency, "nocturia": false, "dysuria": false, "haematuria": false, "pelvic_pain": false}})
	}
	var readings []vital.Reading
	for _, r := range []struct {
		kind  vital.Kind
		value vital.Value
	}{{vital.NIBPSys, 118}, {vital.NIBPDia, 74}, {vital.HR, 66}, {vital.RR, 14}, {vital.SpO2, 98}} {
		readings = append(readings, vital.Reading{Kind: r.kind, Value: r.value, Quality: vital.Good, Origin: vital.ByHand})
	}
	nurse.say(visit, session.ActObserve, map[string]any{"purpose": "baseline", "readings": readings, "oxygen": map[string]any{"air": true, "flow": qty("0", "L/min")}})
	bladder(true)
	if code, body := nurse.enters(id, "history", url.Values{"at": {h.now().Format("2006-01-02")}, "source": {"patient"}, "today.jaundice": {"no"}}); code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", code, body)
	}
	if c := screening(); c.Outcome != session.Finding || !strings.HasSuffix(c.Why.English(), ": CI-CYST.") {
		t.Errorf("with urgency: %+v", c)
	}
	if page := weiss.get("/courses/" + string(id) + "/findings").Body.String(); !strings.Contains(page, "urgency: yes · visit, today") {
		t.Error("the page of findings does not show what was said at the visit")
	}
	bladder(false)
	answers(false)
	if c := screening(); c.Outcome != session.Clear {
		t.Errorf("with unchanged medicines: %+v", c)
	}
	answers(true)
	if c := screening(); c.Outcome != session.CouldNotCheck || !strings.Contains(c.Why.English(), "interactions could not be checked") {
		t.Errorf("with medicines that nobody listed: %+v", c)
	}
	lists("allopurinol 300 mg once a day")
	if c := screening(); c.Outcome != session.Clear {
		t.Errorf("listed today, without an interaction: %+v", c)
	}
	lists("allopurinol 300 mg once a day\ntheophylline 200 mg")
	if c := screening(); c.Outcome != session.Finding || !strings.Contains(c.Why.English(), "DDI-1") {
		t.Errorf("listed today, with theophylline: %+v", c)
	}
	page := weiss.get("/courses/" + string(id) + "/findings").Body.String()
	for _, want := range []string{"Changed since", "Medicines added: theophylline.", "DDI-1: was clear, now found."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of findings lacks %q", want)
		}
	}
	lists("allopurinol 300 mg once a day\nwhat the neighbour gave")
	if c := screening(); c.Outcome == session.Clear {
		t.Error("a medicine that is not coded is taken for clear")
	}
}
