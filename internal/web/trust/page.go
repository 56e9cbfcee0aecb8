// Package trust is the page that brings the clinic's certificate authority to a tablet.
package trust

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Trust]("trust", source, "desk.css")
