// Package alarmuse is the page that shows what alarms asked of people.
package alarmuse

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.AlarmUse]("alarmuse", source, "desk.css")
