package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/web/chair"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// The chair's page opens without the server too: a service worker whose scope
// is /chair/ keeps its shell. Nothing that it keeps names a patient.
const (
	awayShell  = "/chair/away"
	awayWorker = "/chair/worker.js"
)

// away is the service worker and the shell that it opens.
type away struct{ worker, shell []byte }

// awayList is what the worker may answer with. Version is a hash over the rest
// and over the shell, so that another build is another store.
type awayList struct {
	Version string   `json:"version"`
	Shell   string   `json:"shell"`
	Files   []string `json:"files"`
}

func newAway(bundle fs.ReadDirFS, assets page.Assets, frame view.Page, table string) (away, error) {
	var shell bytes.Buffer
	if err := chair.Page.Render(&shell, assets, chair.Shell{Page: frame, Away: true}); err != nil {
		return away{}, err
	}
	files, err := awayFiles(bundle, assets)
	if err != nil {
		return away{}, err
	}
	l := awayList{Shell: awayShell, Files: append(files, table, "/icon.svg")}
	var script []byte
	if name := assets["away-worker.js"]; name != "" {
		if script, err = fs.ReadFile(bundle, "dist/"+name); err != nil {
			return away{}, fmt.Errorf("read service worker: %w", err)
		}
	}
	sum := sha256.New()
	for _, part := range [][]byte{[]byte(strings.Join(l.Files, "\n")), shell.Bytes(), script} {
		_, _ = fmt.Fprintf(sum, "%d ", len(part)) // a hash takes everything
		sum.Write(part)
	}
	l.Version = hex.EncodeToString(sum.Sum(nil)[:8])
	list, err := json.Marshal(l)
	if err != nil {
		return away{}, fmt.Errorf("encode the service worker's list: %w", err)
	}
	return away{worker: slices.Concat([]byte("self.kept="), list, []byte(";\n"), script), shell: shell.Bytes()}, nil
}

// awayFiles are the addresses of all that the chair's page may ask for: what
// it names, the fonts, and the parts of scripts, which only scripts name.
func awayFiles(bundle fs.ReadDirFS, assets page.Assets) ([]string, error) {
	all, err := bundle.ReadDir("dist")
	if err != nil {
		return nil, fmt.Errorf("list bundle: %w", err)
	}
	named := map[string]bool{}
	for _, file := range assets {
		named[file] = true
	}
	var out []string
	for name, file := range assets {
		if name == "base.css" || name == "live-worker.js" || strings.HasPrefix(name, "chair.") {
			out = append(out, "/assets/"+file)
		}
	}
	for _, f := range all {
		if ext := path.Ext(f.Name()); !named[f.Name()] && (ext == ".woff2" || ext == ".js") {
			out = append(out, "/assets/"+f.Name())
		}
	}
	slices.Sort(out)
	return out, nil
}

// serveWorker answers with the service worker. Its address stays the same:
// the browser looks itself whether its content changed.
func (s *site) serveWorker(w http.ResponseWriter, r *http.Request) {
	_ = answer(w, r, http.StatusOK, "text/javascript; charset=utf-8", s.offline.worker) // a browser that went away asks again
}

// serveShell answers with the chair's page without a chair in it, the same for
// everybody.
func (s *site) serveShell(w http.ResponseWriter, r *http.Request) {
	_ = answer(w, r, http.StatusOK, "text/html; charset=utf-8", s.offline.shell) // a browser that went away asks again
}
