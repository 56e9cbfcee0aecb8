// Package record is the page of one visit as one document, on screen and on paper.
package record

import (
	_ "embed"
	"html/template"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.MustWith[view.Record]("record", source, template.FuncMap{
	"clear":   func(all []view.Check) []view.Check { return pick(all, true) },
	"notable": func(all []view.Check) []view.Check { return pick(all, false) },
}, "desk.css", "record.css", "desk.js")

// pick splits a gate: what is clear is named in a list, everything else stands
// with its reasons. A check that blocks is never counted as clear.
func pick(all []view.Check, isClear bool) []view.Check {
	var out []view.Check
	for _, c := range all {
		if (c.Outcome == "clear" && !c.Blocks) == isClear {
			out = append(out, c)
		}
	}
	return out
}
