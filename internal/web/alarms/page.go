// Package alarms is the page of the alarm settings, which the clinic's
// director reads and signs.
package alarms

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.AlarmSettings]("alarms", source, "desk.css")
