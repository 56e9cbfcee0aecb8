// Package devices is the page of monitors, tablets and what was not accepted.
package devices

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Devices]("devices", source, "desk.css")
