// Package unlock is the page with the PIN pad of an enrolled device.
package unlock

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.Unlock]("unlock", source, "unlock.css", "unlock.js")
