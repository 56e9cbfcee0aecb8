package web

import (
	"net/http"
	"slices"
	"testing"
)

// TestHearing_TakesOnlyWhatIsSaid: nothing counts as hearing that did not say
// so in as many words, and nobody unknown is asked.
func TestHearing_TakesOnlyWhatIsSaid(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	for body, want := range map[string]int{
		`{"audible":true}`: http.StatusNoContent, `{"audible":false}`: http.StatusNoContent,
		`{}`: http.StatusBadRequest, `{"audible":null}`: http.StatusBadRequest, `{"audible":"yes"}`: http.StatusBadRequest,
		`{"audible":true,"chair":3}`: http.StatusBadRequest, ``: http.StatusBadRequest,
	} {
		c.heard = nil
		w := postJSON(h, "/v1/hearing", body)
		if w.Code != want || (want == http.StatusNoContent) != (len(c.heard) == 1) {
			t.Errorf("%s answered %d, taken as %v", body, w.Code, c.heard)
		}
		if len(c.heard) == 1 && !slices.Equal(c.heard, []bool{body == `{"audible":true}`}) {
			t.Errorf("%s was taken as %v", body, c.heard)
		}
	}
	c.become(tablet)
	if w := postJSON(h, "/v1/hearing", `{"audible":true}`); w.Code != http.StatusNoContent {
		t.Errorf("a station that nobody is signed in at was answered %d", w.Code)
	}
	c.become(nobody)
	if w := postJSON(h, "/v1/hearing", `{"audible":true}`); w.Code != http.StatusUnauthorized {
		t.Errorf("nobody known was answered %d", w.Code)
	}
}
