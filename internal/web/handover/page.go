// Package handover is the page that is read before patients are taken over, on
// screen and on paper.
package handover

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Handover]("handover", source, "desk.css", "handover.css")
