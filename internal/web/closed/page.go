// Package closed is the page of a record that the reader's role does not read:
// it says so, and how the record is opened in an emergency.
package closed

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Closed]("closed", source, "desk.css", "entry.css")
