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

// Chart defines "chart", "legend" and "hatching": a prediction as a picture.
//
//go:embed chart.tmpl
var Chart string

// Page renders it; its definition "answer" is what changes while a slider moves.
var Page = page.Must[view.Explorer]("explorer", Chart+source, "desk.css", "explorer.css", "explorer.js")
