package gallery_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/web/gallery"
)

var dose = regexp.MustCompile(`\d\s?(mg|µg|mL)\b`)

// TestOwn_NamesNobody: a phone that is lost tells whose it is to nobody, leads nowhere
// else, and no page of a patient says a dose.
func TestOwn_NamesNobody(t *testing.T) {
	t.Parallel()
	n := 0
	for _, s := range gallery.States() {
		if !strings.HasPrefix(s.Name, "own-") || strings.HasPrefix(s.Name, "own-link") {
			continue
		}
		n++
		d := render(t, s)
		d.none("nav", "a way to the clinic's pages")
		if text := d.text(); strings.Contains(text, "Rivera") || strings.Contains(text, "Maria") || dose.MatchString(text) {
			t.Errorf("%s names the patient or a dose", s.Name)
		}
		for _, a := range d.all("a[href]:not(.skip)") {
			if to := a.attr("href"); !strings.HasPrefix(to, "/own") {
				t.Errorf("%s leads to %s", s.Name, to)
			}
		}
	}
	if n < 15 {
		t.Errorf("%d pages of patients", n)
	}
	open(t, "own-health").none("input[checked]", "preset answer")
	open(t, "consent").none("input[checked]", "preset answer")
	open(t, "strike").none("input[checked]", "preset choice")
}

// TestOwn_OnlyTheSlipIsPrinted: what is handed over names nobody either.
func TestOwn_OnlyTheSlipIsPrinted(t *testing.T) {
	t.Parallel()
	d := open(t, "own-link")
	if text := d.in(".slip").text(); strings.Contains(text, "Rivera") || !strings.Contains(text, "/p/gallery-opens-nothing") {
		t.Errorf("the slip says %q", text)
	}
	if len(d.all("main > p.soft:not(.noprint)")) > 0 {
		t.Error("words for staff are printed with the slip")
	}
	open(t, "own-link-used").none("svg", "a code of a link that opens nothing")
}
