// Package page is the frame that every page stands in: one layout, the
// addresses of its styles and scripts, and templates bound to the type of what
// they show. Pages hold no inline script and no inline style.
package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed layout.tmpl
var layout string

// Assets maps the names pages use ("board.js") to the file names of the
// bundle, which carry a hash of their content.
type Assets map[string]string

// URL is the address of an asset; empty when the bundle has none of that name.
func (a Assets) URL(name string) string {
	file, ok := a[name]
	if !ok {
		return ""
	}
	return "/assets/" + file
}

// Part is the name of the nth part that a script needs before it can run.
func Part(script string, n int) string { return script + "/" + strconv.Itoa(n) }

// Template renders a V inside the layout.
type Template[V any] struct {
	name  string
	tmpl  *template.Template
	files []string
}

// Must makes the template of a page from its source, which defines "main" and
// may define "top" in place of the navigation. Files name the styles and
// scripts it uses beside the base. It panics on a malformed source, as it is
// called for embedded ones only.
func Must[V any](name, source string, files ...string) *Template[V] {
	return MustWith[V](name, source, nil, files...)
}

// MustWith is Must with functions of the page's own.
func MustWith[V any](name, source string, own template.FuncMap, files ...string) *Template[V] {
	t := template.Must(template.New(name).Funcs(funcs()).Funcs(own).Parse(layout))
	return &Template[V]{name: name, tmpl: template.Must(t.Parse(source)), files: files}
}

// doc is what the layout sees.
type doc[V any] struct {
	View   V
	Name   string
	assets Assets
	files  []string
}

// Asset is the address of a style or script.
func (d doc[V]) Asset(name string) string { return d.assets.URL(name) }

// Styles lists the page's styles, the base first.
func (d doc[V]) Styles() []string { return d.urls(".css", "base.css") }

// Scripts lists the page's scripts.
func (d doc[V]) Scripts() []string { return d.urls(".js") }

// Parts lists what the scripts need before they can run, so that a browser
// fetches it at the same time.
func (d doc[V]) Parts() []string {
	var out []string
	for _, f := range d.files {
		for n := 0; ; n++ {
			u := d.assets.URL(Part(f, n))
			if u == "" {
				break
			}
			out = append(out, u)
		}
	}
	return out
}

func (d doc[V]) urls(ext string, first ...string) []string {
	var out []string
	for _, f := range append(first, d.files...) {
		if u := d.assets.URL(f); u != "" && strings.HasSuffix(f, ext) {
			out = append(out, u)
		}
	}
	return out
}

// Render writes the page, or nothing: a template that fails half-way leaves
// no half page behind.
func (t *Template[V]) Render(w io.Writer, assets Assets, v V) error {
	return t.write(w, "layout", doc[V]{v, t.name, assets, t.files})
}

// Fragment writes one of the page's own definitions, for the live stream.
func (t *Template[V]) Fragment(w io.Writer, definition string, v V) error {
	return t.write(w, definition, doc[V]{View: v, Name: t.name})
}

// Part writes one of the page's own definitions over a part of what the page shows.
func (t *Template[V]) Part(w io.Writer, definition string, part any) error {
	return t.write(w, definition, part)
}

func (t *Template[V]) write(w io.Writer, definition string, d any) error {
	var b bytes.Buffer
	if err := t.tmpl.ExecuteTemplate(&b, definition, d); err != nil {
		return fmt.Errorf("render %s: %w", t.name, err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write %s: %w", t.name, err)
	}
	return nil
}

func funcs() template.FuncMap {
	return template.FuncMap{
		"age":  Age,
		"join": func(s []string) string { return strings.Join(s, ", ") },
		// arg passes several values to a definition.
		"arg": func(vs ...any) []any { return vs },
		"tone": func(t view.Tone) string {
			if t == "" {
				return string(view.Plain)
			}
			return string(t)
		},
	}
}

// Age is an age as people say it, "4 s", "12 min", "1 h 05"; shared/ages.ts
// goes on with the same words.
func Age(atMS, nowMS int64) string {
	d := max(0, time.Duration(nowMS-atMS)*time.Millisecond)
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	}
	return fmt.Sprintf("%d h %02d", int(d/time.Hour), int(d%time.Hour/time.Minute))
}
