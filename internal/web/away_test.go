package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// list reads what the service worker may answer with.
func list(t *testing.T, script string) awayList {
	t.Helper()
	first, _, _ := strings.Cut(script, ";\n")
	raw, ok := strings.CutPrefix(first, "self.kept=")
	var l awayList
	if err := json.Unmarshal([]byte(raw), &l); err != nil || !ok {
		t.Fatalf("the worker begins with %.80q: %v", script, err)
	}
	return l
}

func TestAway_WorkerIsServedForTheChairAlone(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nobody)
	w := get(h, "/chair/worker.js")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Fatalf("answered %d %q", w.Code, w.Header().Get("Content-Type"))
	}
	// Without Service-Worker-Allowed its scope is the folder that it is served from.
	if got := w.Header().Get("Service-Worker-Allowed"); got != "" {
		t.Errorf("its scope is widened to %q", got)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("an older worker may be kept: %q", got)
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "worker-src 'self'") || !strings.Contains(csp, "connect-src 'self'") {
		t.Errorf("policy %q", csp)
	}
}

func TestAway_ListsAllThatTheChairAsksFor(t *testing.T) {
	t.Parallel()
	assets, err := Assets()
	if err != nil {
		t.Fatal(err)
	}
	_, h, _ := benchOf(t, nobody, assets)
	l := list(t, get(h, "/chair/worker.js").Body.String())
	for _, file := range append(l.Files, l.Shell) {
		if w := get(h, file); w.Code != http.StatusOK {
			t.Errorf("%s is listed and answers %d", file, w.Code)
		}
		if strings.HasPrefix(file, "/v1/") && !strings.HasPrefix(file, "/v1/table-") || strings.Contains(file, "session") {
			t.Errorf("%s may show a patient", file)
		}
	}
	for _, name := range []string{"base.css", "chair.css", "chair.js", page.Part("chair.js", 0), "live-worker.js"} {
		if !slices.Contains(l.Files, assets.URL(name)) {
			t.Errorf("%s is not listed", name)
		}
	}
	for _, part := range []string{"/assets/later-", "/assets/source-sans-3-latin-wght", "/v1/table-", "/icon.svg"} {
		if !slices.ContainsFunc(l.Files, func(f string) bool { return strings.HasPrefix(f, part) }) {
			t.Errorf("nothing that begins with %s is listed", part)
		}
	}
	for _, name := range []string{"board.js", "away-worker.js", "record.css"} {
		if slices.Contains(l.Files, assets.URL(name)) {
			t.Errorf("%s is listed", name)
		}
	}
}

// The shell is the same whoever asks, so that it can hold nothing of anybody.
func TestAway_ShellNamesNobody(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nobody)
	shell := get(h, "/chair/away")
	if shell.Code != http.StatusOK || !strings.Contains(shell.Body.String(), "data-away") || strings.Contains(shell.Body.String(), `id="first"`) {
		t.Fatalf("answered %d %s", shell.Code, shell.Body)
	}
	for _, v := range []Visitor{nurse, tablet, locked} {
		_, other, _ := bench(t, v)
		if got := get(other, "/chair/away").Body.String(); got != shell.Body.String() {
			t.Errorf("%q sees another shell", v.Name)
		}
	}
}

func TestAway_AnotherBuildIsAnotherVersion(t *testing.T) {
	t.Parallel()
	frame := view.Page{Title: "Chair", Theme: "dim"}
	version := func(chair, later, worker, table string, f view.Page) string {
		t.Helper()
		made, err := newAway(
			fstest.MapFS{"dist/" + chair: {}, "dist/" + later: {}, "dist/worker.js": {Data: []byte(worker)}},
			page.Assets{"chair.js": chair, "away-worker.js": "worker.js"}, f, table,
		)
		if err != nil {
			t.Fatal(err)
		}
		return list(t, string(made.worker)).Version
	}
	base := version("chair-1.js", "later-1.js", "x", "/v1/table-1.json", frame)
	other := frame
	other.Demo = true
	for name, got := range map[string]string{
		"script": version("chair-2.js", "later-1.js", "x", "/v1/table-1.json", frame), "part": version("chair-1.js", "later-2.js", "x", "/v1/table-1.json", frame),
		"worker": version("chair-1.js", "later-1.js", "y", "/v1/table-1.json", frame), "table": version("chair-1.js", "later-1.js", "x", "/v1/table-2.json", frame),
		"frame": version("chair-1.js", "later-1.js", "x", "/v1/table-1.json", other),
	} {
		if got == base {
			t.Errorf("another %s has the same version", name)
		}
	}
	if again := version("chair-1.js", "later-1.js", "x", "/v1/table-1.json", frame); again != base {
		t.Error("the same build has two versions")
	}
}
