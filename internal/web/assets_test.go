package web

import (
	"net/http"
	"net/http/httptest"
	"path"
	"testing"
	"testing/fstest"

	"github.com/stillwatch/stillwatch/internal/web/page"
)

func TestAsset_IsKeptForGoodAndCompressedWhereTaken(t *testing.T) {
	t.Parallel()
	bundle := fstest.MapFS{
		"dist/board-1.js": {Data: []byte("plain")}, "dist/board-1.js.gz": {Data: []byte("small")},
		"dist/font-1.woff2": {Data: []byte("font")}, "dist/manifest.json": {Data: []byte("{}")},
	}
	for _, tt := range []struct {
		name, accept string
		status       int
		body, coding string
	}{
		{"board-1.js", "gzip, deflate, br", http.StatusOK, "small", "gzip"},
		{"board-1.js", "", http.StatusOK, "plain", ""},
		{"board-1.js", "gzip;q=0", http.StatusOK, "plain", ""},
		{"font-1.woff2", "gzip", http.StatusOK, "font", ""},
		{"manifest.json", "", http.StatusNotFound, "404 page not found\n", ""},
		{"none.js", "gzip", http.StatusNotFound, "404 page not found\n", ""},
		{"../doc.go", "", http.StatusNotFound, "404 page not found\n", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/assets/x", nil)
		r.SetPathValue("name", tt.name)
		r.Header.Set("Accept-Encoding", tt.accept)
		w := httptest.NewRecorder()
		serveFrom(bundle, w, r)
		if w.Code != tt.status || w.Body.String() != tt.body || w.Header().Get("Content-Encoding") != tt.coding {
			t.Errorf("%s for %q: %d %q %q", tt.name, tt.accept, w.Code, w.Body, w.Header().Get("Content-Encoding"))
		}
		if kept := w.Header().Get("Cache-Control") == "public, max-age=31536000, immutable"; kept != (tt.status == http.StatusOK) {
			t.Errorf("%s: kept for good is %v", tt.name, kept)
		}
	}
}

func TestAsset_TypesThatBrowsersInsistOn(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"a.js": "text/javascript; charset=utf-8", "a.woff2": "font/woff2", "a.css": "text/css; charset=utf-8", "a.unknown": "application/octet-stream"} {
		if got := contentType(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// TestAssets_FirstBundleIsSmall holds the chair, the heaviest page, to 40 kB
// compressed: scripts and styles together, with all that the scripts need
// before they run, as a tablet loads them first.
func TestAssets_FirstBundleIsSmall(t *testing.T) {
	t.Parallel()
	a, err := Assets()
	if err != nil {
		t.Fatal(err)
	}
	const budget = 40_000
	total := 0
	names := []string{"base.css", "chair.css", "chair.js", "live-worker.js"}
	for n := 0; a[page.Part("chair.js", n)] != ""; n++ {
		names = append(names, page.Part("chair.js", n))
	}
	for _, name := range names {
		z, err := dist.ReadFile("dist/" + path.Base(a[name]) + ".gz")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Logf("%s: %d bytes", name, len(z))
		total += len(z)
	}
	if total > budget {
		t.Errorf("the chair loads %d bytes, more than %d", total, budget)
	}
}
