// Package access is the director's list of records that were opened in an
// emergency, each to be reviewed.
package access

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Accesses]("access", source, "desk.css", "entry.css")
