// Package whatif is the page that shows what a changed alarm level would have
// done in past visits.
package whatif

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.WhatIf]("whatif", source, "desk.css")
