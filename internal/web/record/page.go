// Package record is the page of one visit as one document, on screen and on paper.
package record

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Record]("record", source, "desk.css", "record.css")
