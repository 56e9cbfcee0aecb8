// Package explorer is the page on which what published models expect of a regimen is
// looked at: a prediction, of nobody, for information.
package explorer

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

//go:embed chart.tmpl
var chart string

// Page renders it; its definition "answer" is what changes while a slider moves.
var Page = page.Must[view.Explorer]("explorer", chart+source, "desk.css", "explorer.css", "explorer.js")
