package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/record"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// A browser keeps what was typed of an order no longer than it must: the pages that
// follow a sign-out and a signature bring the script that takes it away, and say whose.
func TestPages_TakeAwayWhatABrowserKept(t *testing.T) {
	t.Parallel()
	assets := page.Assets{"desk.js": "desk-1.js"}
	const script = `<script type="module" src="/assets/desk-1.js"></script>`
	_, h, _ := benchOf(t, nurse, assets)
	w := postForm(h, "/sign-out", "")
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/sign-in?done=out" {
		t.Errorf("signing out answered %d %q", w.Code, to)
	}
	if w := get(h, "/sign-in?done=out"); !strings.Contains(w.Body.String(), script) || !strings.Contains(w.Body.String(), "You are signed out.") {
		t.Errorf("the page after a sign-out is %s", w.Body)
	}
	if w := get(h, "/sessions"); !strings.Contains(w.Body.String(), script) {
		t.Error("the list of visits does not bring the script")
	}
	var b strings.Builder
	if err := record.Page.Render(&b, assets, view.Record{Page: view.Page{Who: view.Who{Person: idA, Name: "J. Weiss MD"}}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), script) || !strings.Contains(b.String(), `class="who" method="post" action="/sign-out" data-person="`+idA+`"`) {
		t.Error("the record does not say whose page it is, or does not bring the script")
	}
}
