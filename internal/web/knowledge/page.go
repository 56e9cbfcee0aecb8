// Package knowledge is the page of the library, which the clinic's director reads
// and adopts.
package knowledge

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Library]("knowledge", source, "desk.css")
