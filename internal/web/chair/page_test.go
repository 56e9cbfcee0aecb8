package chair_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/web/chair"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

func TestPage_CarriesTheFirstViewUnchanged(t *testing.T) {
	t.Parallel()
	first := view.Chair{
		Head: 7, Chair: 3, PhaseText: `Infusing </script><b>"&`,
		Patient: &view.Patient{Name: "M. O’Neil", Allergies: "allergic to morphine (hives)", Known: true},
		Tiles:   []view.Tile{{Kind: "spo2", Text: "97", Unit: "%"}}, Scores: []view.Tile{}, Acts: []view.Act{},
	}
	html := render(t, chair.Shell{Page: view.Page{Title: "Chair 3", Theme: "dim"}, Chair: 3, First: first})
	_, after, ok := strings.Cut(html, `<script type="application/json" id="first">`)
	if !ok {
		t.Fatalf("no first view in %s", html)
	}
	data, _, _ := strings.Cut(after, "</script>")
	var got view.Chair
	if err := json.Unmarshal([]byte(data), &got); err != nil {
		t.Fatalf("read first view: %v\n%s", err, data)
	}
	if diff := cmp.Diff(first, got); diff != "" {
		t.Errorf("first view changed (-sent +carried):\n%s", diff)
	}
}

func TestPage_HasNoNavigationAndSaysWhatToDoWithoutScript(t *testing.T) {
	t.Parallel()
	html := render(t, chair.Shell{Page: view.Page{Title: "Chair 3", Theme: "dim"}, Chair: 3})
	for _, want := range []string{`data-chair="3"`, "look at the bedside monitor", `class="dim"`} {
		if !strings.Contains(html, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if strings.Contains(html, "<nav") {
		t.Error("the chair's page shows the desk's navigation")
	}
}

func render(t *testing.T, s chair.Shell) string {
	t.Helper()
	var b bytes.Buffer
	if err := chair.Page.Render(&b, page.Assets{}, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
