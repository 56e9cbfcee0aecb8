// Package entry is the page on which one act of a visit is recorded at the
// desk. It asks what the chair asks, from the same table of forms, and works
// without script: a refusal gives the page back with everything typed.
package entry

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Asks are the templates of single questions, for other pages that ask some.
//
//go:embed ask.tmpl
var Asks string

// Page renders it.
var Page = page.Must[view.DeskAct]("entry", source+Asks, "desk.css", "entry.css")
