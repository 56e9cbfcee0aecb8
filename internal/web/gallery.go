package web

import (
	"fmt"
	"html"
	"maps"
	"net/http"

	"github.com/stillwatch/stillwatch/internal/web/gallery"
	"github.com/stillwatch/stillwatch/internal/web/page"
)

// The gallery shows every page in every state, from literal views. It is for
// development; the same table feeds the markup, accessibility and picture tests.

func (s *site) galleryIndex(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprint(w, `<!doctype html><html lang="en"><title>Gallery</title><main><h1>Gallery</h1>`)
	for _, state := range gallery.States() {
		_, _ = fmt.Fprintf(w, `<p><a href="/gallery/%s">%s</a></p>`, html.EscapeString(state.Name), html.EscapeString(state.Name))
	}
	_, _ = fmt.Fprint(w, `</main></html>`)
}

func (s *site) galleryPage(w http.ResponseWriter, r *http.Request) {
	for _, state := range gallery.States() {
		if state.Name != r.PathValue("name") {
			continue
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := state.Render(w, still(s.Assets)); err != nil {
			s.Log.Error("gallery", "state", state.Name, "err", err)
		}
		return
	}
	http.NotFound(w, r)
}

// still are the assets without the script that would put the running clinic in
// place of the board's picture.
func still(a page.Assets) page.Assets {
	a = maps.Clone(a)
	delete(a, "board.js")
	return a
}
