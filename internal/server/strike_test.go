package server

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
)

var strikeField = regexp.MustCompile(`name="what" value="([^"]+)"[^>]*><span>([^<]*)<`)

// strikes strikes what stands under these words on the page for it.
func (g *guest) strikes(id ident.Course, form, words, reason, pass string) (int, string) {
	g.t.Helper()
	path := fmt.Sprintf("/courses/%s/strike/%s", id, form)
	what := ""
	for _, m := range strikeField.FindAllStringSubmatch(g.get(path).Body.String(), -1) {
		if what == "" && strings.Contains(m[2], words) {
			what = m[1]
		}
	}
	if what == "" {
		g.t.Fatalf("nothing that says %q can be struck", words)
	}
	w := g.post(path, url.Values{"what": {what}, "reason": {reason}, "sign.password": {pass}, "command": {string(app.NewID[ident.Command](g.App()))}})
	return w.Code, w.Body.String()
}

// TestCourse_Struck: what was said in error is struck by who may, stays to be read, and
// counts for no rule and no order any more.
func TestCourse_Struck(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse, other := h.hire("okafor", "A. Okafor RN", act.Nurse), h.hire("brandt", "L. Brandt RN", act.Nurse)
	weiss, director := h.hire("weiss", "J. Weiss MD", act.Prescriber), h.hire("haas", "M. Haas MD", act.Director)
	front := h.hire("moreau", "C. Moreau", act.FrontDesk)
	patient := h.patient(nurse, "1", "Maria", "Rivera")
	id := front.refers(patient)
	nurse.healthy(id)
	weiss.plans(id)
	if code, body := weiss.decides(id, "suitable", "", password); code != http.StatusSeeOther {
		t.Fatalf("suitable was answered %d\n%.2000s", code, body)
	}
	day := h.now().In(h.App().Zone).Format("2006-01-02")
	if code, _ := nurse.enters(id, "history", url.Values{"at": {day}, "source": {"letter"}, "history.psychosis_active": {"yes"}}); code != http.StatusSeeOther {
		t.Fatal(code)
	}
	if h.stands(patient).Standing.Suitable() {
		t.Fatal("a stop does not count")
	}
	// The nurse who read the letter has left; another one finds that it is of somebody else.
	page := weiss.get("/courses/" + string(id) + "/strike/history").Body.String()
	words := ""
	for _, m := range strikeField.FindAllStringSubmatch(page, -1) {
		if strings.HasSuffix(strings.TrimSpace(m[2]), ": yes") {
			words = strings.TrimSpace(m[2])
		}
	}
	if words == "" {
		t.Fatalf("what the letter said cannot be struck\n%.3000s", page)
	}
	for name, try := range map[string]func() (int, string){
		"another nurse": func() (int, string) {
			return other.strikes(id, "history", words, "another patient's letter", password)
		},
		"a prescriber": func() (int, string) {
			return weiss.strikes(id, "history", words, "another patient's letter", password)
		},
		"a wrong password": func() (int, string) {
			return director.strikes(id, "history", words, "another patient's letter", "not mine at all")
		},
		"without a reason": func() (int, string) { return director.strikes(id, "history", words, "", password) },
	} {
		code, body := try()
		if code == http.StatusSeeOther || strings.Contains(body, "not mine at all") || h.stands(patient).Standing.Suitable() {
			t.Errorf("%s struck what makes a stop: %d", name, code)
		}
		if name == "another nurse" && !strings.Contains(body, "It needs: director") {
			t.Errorf("it is not said who may\n%.1500s", body)
		}
	}
	if code := front.get("/courses/" + string(id) + "/strike/history").Code; code != http.StatusForbidden {
		t.Errorf("the front desk may strike: %d", code)
	}
	if code, body := director.strikes(id, "history", words, "another patient's letter", password); code != http.StatusSeeOther {
		t.Fatalf("the director's striking was answered %d\n%.1500s", code, body)
	}
	if st := h.stands(patient); !st.Standing.Suitable() {
		t.Errorf("with the letter struck it stands %+v", st.Standing)
	}
	h.restart()
	shown := weiss.get("/courses/" + string(id)).Body.String()
	if !strings.Contains(shown, "<del>"+words) || !strings.Contains(shown, "struck today by M. Haas MD: another patient&#39;s letter") {
		t.Errorf("what was struck cannot be read on the page\n%.3000s", shown)
	}
	if page := weiss.get("/courses/" + string(id) + "/findings").Body.String(); !strings.Contains(page, "Struck by M. Haas MD: "+words) {
		t.Error("the page of the decision does not say what was struck since")
	}
	if strings.Contains(weiss.get("/courses/"+string(id)+"/strike/history").Body.String(), words) {
		t.Error("it can be struck again")
	}

	// A slip of one's own: what is struck counts for nothing, and is missed.
	if code, body := nurse.strikes(id, "measurements", "Weight", "typed for the one before", password); code != http.StatusSeeOther {
		t.Fatalf("a slip was answered %d\n%.1500s", code, body)
	}
	st := h.stands(patient)
	if _, still := st.State.Latest(h.App().Zone)["body.weight"]; still || st.Standing.Suitable() || len(st.Standing.New) == 0 {
		t.Errorf("without a weight it stands %+v", st.Standing)
	}
	// A result that came and is struck is not waited for by itself: the page says so.
	for _, f := range []url.Values{
		{"from": {"laboratory"}, "items": {"labs.alt", "labs.ggt"}},
		{"at": {day}, "source": {"laboratory"}, "labs.alt": {"30"}, "u.labs.alt": {"U/L"}, "l.labs.alt": {"40"}, "labs.ggt": {"30"}, "u.labs.ggt": {"U/L"}, "l.labs.ggt": {"40"}},
	} {
		form := "results"
		if f.Has("from") {
			form = "ask"
		}
		if code, body := nurse.enters(id, form, f); code != http.StatusSeeOther {
			t.Fatalf("%s was answered %d\n%.1500s", form, code, body)
		}
	}
	const anew = "what came was struck, ask anew: ALT"
	for range 2 { // that of the laboratory, and the one before it
		if strings.Contains(nurse.get("/courses/"+string(id)).Body.String(), anew) {
			t.Error("a result that counts is to be asked anew")
		}
		if code, body := director.strikes(id, "results", "ALT", "a tube of another patient", password); code != http.StatusSeeOther {
			t.Fatalf("a result was answered %d\n%.1500s", code, body)
		}
	}
	if shown := nurse.get("/courses/" + string(id)).Body.String(); !strings.Contains(shown, anew) || strings.Contains(shown, anew+", GGT") {
		t.Errorf("it is not said that a result is missing again\n%.3000s", shown)
	}
	// One medicine of the list; the rest of it stays.
	if code, body := nurse.enters(id, "medicines", url.Values{"at": {day}, "source": {"nurse"}, "complete": {"yes"}, "list": {"allopurinol 300 mg\nmorphine 10 mg\n"}}); code != http.StatusSeeOther {
		t.Fatalf("%d\n%.1500s", code, body)
	}
	if code, body := nurse.strikes(id, "medicines", "morphine 10 mg", "her sister's", password); code != http.StatusSeeOther {
		t.Fatalf("a medicine was answered %d\n%.1500s", code, body)
	}
	if l := h.stands(patient).State.Medicines.What.List; len(l) != 1 || l[0].Key != "allopurinol" {
		t.Errorf("the list is %+v", l)
	}
}
