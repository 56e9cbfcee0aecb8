// Command preview serves the chair's page in every state, with no clinic
// behind it, for people who work on how it looks:
//
//	go run ./internal/web/chair/preview --listen 127.0.0.1:8091
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/chair"
	"github.com/stillwatch/stillwatch/internal/web/chair/states"
	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'"

func main() {
	listen := flag.String("listen", "127.0.0.1:8091", "address to serve on")
	dist := flag.String("dist", filepath.Join("internal", "web", "dist"), "bundles made by internal/web/build")
	flag.Parse()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", index)
	mux.HandleFunc("GET /state/{name}", func(w http.ResponseWriter, r *http.Request) { show(w, r, *dist) })
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServer(http.Dir(*dist))))
	mux.HandleFunc("GET /v1/table.json", table)
	mux.HandleFunc("GET /v1/stream", beats)
	mux.HandleFunc("POST /v1/commands/{act}", answer)
	if err := http.ListenAndServe(*listen, mux); err != nil { //nolint:gosec // a tool for one's own machine
		fmt.Fprintln(os.Stderr, "preview:", err)
		os.Exit(1)
	}
}

func index(w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprint(w, "<!doctype html><title>Chair</title><ul>")
	for _, s := range states.All(time.Now()) {
		_, _ = fmt.Fprintf(w, `<li><a href="/state/%s">%s</a> <a href="/state/%s?theme=light">light</a>`, s.Name, s.Name, s.Name)
	}
}

func show(w http.ResponseWriter, r *http.Request, dist string) {
	s, ok := states.Of(r.PathValue("name"), time.Now())
	if !ok {
		http.NotFound(w, r)
		return
	}
	theme := "dim"
	if r.FormValue("theme") == "light" {
		theme = "light"
	}
	assets := page.Assets{}
	if raw, err := os.ReadFile(filepath.Join(dist, "manifest.json")); err == nil {
		_ = json.Unmarshal(raw, &assets)
	}
	// Without the shared worker each page has a stream of its own, and a lost
	// server can be shown on one page alone.
	delete(assets, "live-worker.js")
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	http.SetCookie(w, &http.Cookie{Name: "preview", Value: s.Name, Path: "/"})
	shell := chair.Shell{Page: view.Page{Title: "Chair 3", Theme: theme}, Chair: 3, First: s.Chair}
	if err := chair.Page.Render(w, assets, shell); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func table(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(map[string]any{"version": 1, "forms": form.Session(form.Limits{OffMinutes: 10})})
}

// beats keeps a page alive, unless the state is the one of a lost server.
func beats(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	c, err := r.Cookie("preview")
	if err == nil && c.Value == "server-lost" {
		<-r.Context().Done()
		return
	}
	for {
		_, _ = fmt.Fprintf(w, "event: beat\ndata: {\"at_ms\":%d,\"head\":41}\n\n", time.Now().UnixMilli())
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(2 * time.Second):
		}
	}
}

// answer takes what was done and refuses what is planned, so that both can be seen.
func answer(w http.ResponseWriter, r *http.Request) {
	switch r.PathValue("act") {
	case "session.start", "session.rate", "session.resume", "session.discharge":
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(view.Reply{
			Outcome: "refused", Text: "The pump shows a rate that differs from the order by more than 2 %.",
			Rule: "START-3", Asked: "27.1 mL/h", Allowed: "21.7 mL/h ± 2 %", Source: "clinic's protocol, version 3",
		})
	default:
		_ = json.NewEncoder(w).Encode(view.Reply{Outcome: "accepted", Text: "Recorded.", Position: 42})
	}
}
