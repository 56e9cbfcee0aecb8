// Package transfer is the sheet that goes along with a patient in an
// emergency: one page on paper, whatever happened.
package transfer

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Transfer]("transfer", source, "desk.css", "transfer.css")
