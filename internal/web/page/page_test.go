package page

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

func TestAge_AsPeopleSayIt(t *testing.T) {
	t.Parallel()
	for ms, want := range map[int64]string{-500: "0 s", 0: "0 s", 59_999: "59 s", 60_000: "1 min", 3_599_000: "59 min", 3_600_000: "1 h 00", 7_500_000: "2 h 05"} {
		if got := Age(0, ms); got != want {
			t.Errorf("%d ms reads %q, want %q", ms, got, want)
		}
	}
}

func TestRender_LeavesNoHalfPage(t *testing.T) {
	t.Parallel()
	p := Must[struct{ view.Page }]("test", `{{define "main"}}{{.View.Absent}}{{end}}`)
	var b bytes.Buffer
	if err := p.Render(&b, nil, struct{ view.Page }{}); err == nil || b.Len() != 0 {
		t.Errorf("err %v after %d bytes", err, b.Len())
	}
}

func TestAssets_UnknownHasNoAddress(t *testing.T) {
	t.Parallel()
	a := Assets{"board.js": "board-x.js"}
	if a.URL("board.js") != "/assets/board-x.js" || a.URL("none.js") != "" {
		t.Errorf("%q %q", a.URL("board.js"), a.URL("none.js"))
	}
}

// What a script needs before it runs is fetched at the same time.
func TestRender_AsksForThePartsOfAScript(t *testing.T) {
	t.Parallel()
	p := Must[struct{ view.Page }]("test", `{{define "main"}}{{end}}`, "chair.js")
	var b bytes.Buffer
	a := Assets{"chair.js": "chair-x.js", Part("chair.js", 0): "chunk-a.js", Part("chair.js", 1): "chunk-b.js"}
	if err := p.Render(&b, a, struct{ view.Page }{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"chunk-a.js", "chunk-b.js"} {
		if !strings.Contains(b.String(), `<link rel="modulepreload" href="/assets/`+name+`">`) {
			t.Errorf("%s is not asked for: %s", name, b.String())
		}
	}
}
