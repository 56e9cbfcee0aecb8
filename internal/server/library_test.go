package server

import (
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
)

// Nobody can take the shipped limits for adopted ones: where an order is
// written, where it is read, and where the server says what it is.
func TestLibrary_ItsStandingIsSaidWhereLimitsCount(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	weiss := h.hire("weiss", "J. Weiss MD", act.Prescriber)
	id := weiss.visit(h.patient(weiss, "1", "Maria", "Rivera"), 3)
	const said = "not reviewed by a clinician; not adopted"
	if !strings.Contains(h.Library(), said) {
		t.Errorf("the server says of its library %q", h.Library())
	}
	for _, page := range []string{"/about", "/sessions/" + string(id), "/sessions/" + string(id) + "/acts/session.attach-order"} {
		if body := weiss.get(page).Body.String(); !strings.Contains(body, said) {
			t.Errorf("%s does not say how far the limits were reviewed", page)
		}
	}
	if about := weiss.get("/about").Body.String(); strings.Contains(about, "not known") {
		t.Error("/about has a line that says nothing")
	}
}
