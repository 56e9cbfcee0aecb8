package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/page"
)

// ErrNoBundle says that the pages' styles and scripts were not built in.
var ErrNoBundle = errors.New("pages are not bundled: run make build")

//go:embed all:dist
var dist embed.FS

// Assets reads the manifest of the bundle in this program.
func Assets() (page.Assets, error) {
	b, err := dist.ReadFile("dist/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoBundle
	}
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	var a page.Assets
	if err := json.Unmarshal(b, &a); err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	return a, nil
}

// serveAsset answers with one file of the bundle, compressed where the browser
// takes that. Its name carries a hash of its content, so that browsers may
// keep it for good.
func serveAsset(w http.ResponseWriter, r *http.Request) { serveFrom(dist, w, r) }

func serveFrom(bundle fs.ReadFileFS, w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.PathValue("name"))
	b, err := bundle.ReadFile("dist/" + name)
	if err != nil || name == "manifest.json" || name == ".keep" {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", contentType(name))
	h.Set("Vary", "Accept-Encoding")
	if z, err := bundle.ReadFile("dist/" + name + ".gz"); err == nil && takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		b = z
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}

// takesGzip reads Accept-Encoding as browsers write it; a client that refuses
// gzip by weight gets the plain file.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			return strings.TrimSpace(weight) != "q=0"
		}
	}
	return false
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".woff2":
		return "font/woff2"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// icon is a clock's hand on the ground of the board: the one drawing that is ours.
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#14110f"/>` +
	`<path d="M16 5v22" stroke="#ece4d8" stroke-width="2"/><path d="M4 16h12" stroke="#cbb487" stroke-width="9"/></svg>`

func serveIcon(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=86400")
	h.Set("Content-Type", "image/svg+xml")
	_, _ = w.Write([]byte(icon)) // a browser that went away needs no icon
}
