package gallery_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/web/gallery"
	"github.com/stillwatch/stillwatch/internal/web/page"
)

// assets stands for a bundle, so that these tests run in a bare clone.
var assets = page.Assets{
	"base.css": "base-1.css", "desk.css": "desk-1.css", "board.css": "board-1.css", "board.js": "board-1.js",
	"unlock.css": "unlock-1.css", "unlock.js": "unlock-1.js", "record.css": "record-1.css", "entry.css": "entry-1.css", "transfer.css": "transfer-1.css", "live-worker.js": "live-worker-1.js",
}

func render(t *testing.T, s gallery.State) node {
	t.Helper()
	var b bytes.Buffer
	if err := s.Render(&b, assets); err != nil {
		t.Fatal(err)
	}
	return parse(t, b.String())
}

func open(t *testing.T, name string) node {
	t.Helper()
	for _, s := range gallery.States() {
		if s.Name == name {
			return render(t, s)
		}
	}
	t.Fatalf("the gallery has no %q", name)
	return node{}
}

func TestStates_EveryPageIsWhole(t *testing.T) {
	t.Parallel()
	for _, s := range gallery.States() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			d := render(t, s)
			for _, one := range []string{"html[lang=en]", "title", "main#main", "h1", `meta[name=viewport]`, `meta[name="color-scheme"]`, "a.skip[href='#main']"} {
				if n := len(d.all(one)); n != 1 {
					t.Errorf("%s stands %d times", one, n)
				}
			}
			theme := d.in("html").attr("class")
			if want := map[string]string{"dim": "dark", "light": "light"}[theme]; want == "" || d.in(`meta[name="color-scheme"]`).attr("content") != want {
				t.Errorf("theme %q does not say its colour scheme: the page would flash", theme)
			}
			if first := d.all("link[rel=stylesheet]")[0].attr("href"); first != "/assets/base-1.css" {
				t.Errorf("the first style is %s, not the one with the ground", first)
			}
			if strings.Contains(d.text(), "ZgotmplZ") || strings.Contains(d.text(), "<no value>") {
				t.Error("the template did not know a value")
			}
		})
	}
}

func TestStates_NothingInlineNothingForeign(t *testing.T) {
	t.Parallel()
	for _, s := range gallery.States() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			d := render(t, s)
			d.none("[style]", "inline style")
			d.none("style", "inline style")
			d.none("script:not([src]):not([type='application/json'])", "inline script")
			for _, n := range d.all("*") {
				for _, a := range n.n.Attr {
					if strings.HasPrefix(a.Key, "on") {
						t.Errorf("inline handler %s", a.Key)
					}
					if (a.Key == "src" || a.Key == "href" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
						t.Errorf("%s points to %q", a.Key, a.Val)
					}
				}
			}
		})
	}
}

var heading = regexp.MustCompile(`^h[1-6]$`)

func TestStates_CanBeUsedWithoutSeeing(t *testing.T) {
	t.Parallel()
	for _, s := range gallery.States() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			d := render(t, s)
			ids := map[string]bool{}
			for _, n := range d.all("[id]") {
				if ids[n.attr("id")] {
					t.Errorf("id %q stands twice", n.attr("id"))
				}
				ids[n.attr("id")] = true
			}
			labelled := map[string]bool{}
			for _, n := range d.all("label[for]") {
				labelled[n.attr("for")] = true
			}
			for _, n := range d.all("input:not([type=hidden]), select, textarea") {
				if !labelled[n.attr("id")] && n.n.Parent.Data != "label" {
					t.Errorf("field %q has no label", n.attr("name"))
				}
			}
			for _, n := range d.all("button, a[href], th, legend, summary") {
				if n.text() == "" {
					t.Errorf("a %s says nothing", n.n.Data)
				}
			}
			for _, n := range d.all("[aria-labelledby]") {
				if !ids[n.attr("aria-labelledby")] {
					t.Errorf("label %q is missing", n.attr("aria-labelledby"))
				}
			}
			level := 0
			for _, n := range d.all("h1, h2, h3, h4") {
				next := int(n.n.Data[1] - '0')
				if heading.MatchString(n.n.Data) && next > level+1 {
					t.Errorf("heading %q skips a level", n.text())
				}
				level = next
			}
		})
	}
}

// A form that changes something carries the key by which it counts once.
func TestStates_FormsCarryTheirKey(t *testing.T) {
	t.Parallel()
	free := map[string]bool{"/sign-in": true, "/sign-out": true, "/unlock": true, "/enrol": true}
	for _, s := range gallery.States() {
		d := render(t, s)
		for _, f := range d.all("form") {
			if f.attr("method") != "post" {
				t.Errorf("%s: form %s is not posted", s.Name, f.attr("action"))
			}
			if !free[f.attr("action")] && len(f.all("input[type=hidden][name=command]")) != 1 {
				t.Errorf("%s: form %s has no key", s.Name, f.attr("action"))
			}
		}
	}
}

// Safety answers are never filled in beforehand.
func TestStates_NoAnswerIsPreset(t *testing.T) {
	t.Parallel()
	d := open(t, "room-open")
	d.none("input[checked]", "preset answer")
	d = open(t, "order-new")
	d.none("input[checked]", "preset answer")
	d = open(t, "patients")
	d.none("input[checked]", "preset answer")
	for _, n := range d.all("form[action='/patients'] input:not([type=hidden], [type=radio])") {
		if n.attr("value") != "" {
			t.Errorf("%s is filled in with %q", n.attr("name"), n.attr("value"))
		}
	}
}

// A desk entry that was given back says what is wrong beside the answer, keeps
// the others, and points the reader of a screen at the words.
func TestDeskAct_RefusalStandsBesideItsAnswer(t *testing.T) {
	t.Parallel()
	d := open(t, "entry-order-refused")
	weight := d.in("input[name='order.dosing_weight']")
	if weight.attr("value") != "seventy" || weight.attr("aria-invalid") != "true" {
		t.Error("what was typed is gone, or not marked")
	}
	d.in("#" + weight.attr("aria-describedby")).has("This is not a number.")
	if d.in("input[name='order.steps.1.rate']").attr("value") != "0.3" {
		t.Error("an entry of a list lost its answer")
	}
	d.in("button[name=more][value='order.steps']").has("One more: Step")
	d.in("[role=alert]").has("Nothing was recorded")
	d.none("input[name='order.patient']", "what is known is asked")
}

func TestDeskAct_SignaturesAskForThePassword(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]int{"entry-order": 1, "entry-review": 1, "entry-waste": 1} {
		if got := len(open(t, name).all("input[type=password][required]")); got != n {
			t.Errorf("%s asks for %d passwords, want %d", name, got, n)
		}
	}
	open(t, "entry-order").none("input[checked], option[selected]", "preset answer")
}

func TestRecord_SaysWhoseTheOtherActsAre(t *testing.T) {
	t.Parallel()
	d := open(t, "record-open").in("nav.acts")
	d.has("Review and sign for a prescriber")
	d.none("a[href$='session.review']", "an act of another role is a link")
	if n := len(d.all("a.main")); n != 1 {
		t.Errorf("%d bright acts", n)
	}
}

func TestClosed_SaysNoMoreThanThePublicBoard(t *testing.T) {
	t.Parallel()
	d := open(t, "closed")
	if s := d.in("main").text(); strings.Contains(s, "Rivera") || strings.Contains(s, "1981") {
		t.Error("a closed record names the patient")
	}
	d.in("main").has("the director reviews each one")
	d.none("input[checked]", "preset reason")
	r := open(t, "closed-refused")
	if r.in("input[value=service][checked]").attr("name") != "reason" || r.in("textarea").text() != "EMS" {
		t.Error("a refusal lost what was given")
	}
}

func TestAccess_NobodyReviewsTheirOwn(t *testing.T) {
	t.Parallel()
	d := open(t, "access")
	if n := len(d.all("form[action='/access']")); n != 1 {
		t.Errorf("%d forms for one access of somebody else and one of one's own", n)
	}
	d.none("input[checked]", "preset verdict")
	d.in("main").has("not justified, C. Meyer")
}

// A sheet is read by people who have never seen the patient: whose it is, what
// was given, how old each sign is, and what is not on it.
func TestTransfer_SaysWhatTheNextPeopleNeed(t *testing.T) {
	t.Parallel()
	d := open(t, "transfer").in("main")
	for _, text := range []string{
		"Maria Rivera", "born 4 May 1981", "allergic to morphine", "24.3 mg", "4 min ago", "not on record", "jaw thrust", "ephedrine 6 mg IV",
		"Ambulance called", "City Hospital", "left out: see the record", "chain head 4211",
	} {
		d.has(text)
	}
}

func TestStates_PasswordsNeverComeBack(t *testing.T) {
	t.Parallel()
	for _, s := range gallery.States() {
		for _, n := range render(t, s).all("input[type=password]") {
			if n.attr("value") != "" {
				t.Errorf("%s: %s holds a value", s.Name, n.attr("name"))
			}
		}
	}
}
