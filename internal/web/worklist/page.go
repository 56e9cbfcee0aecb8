// Package worklist is the page with today's visits and those still to be closed.
package worklist

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Worklist]("worklist", source, "desk.css", "desk.js")
