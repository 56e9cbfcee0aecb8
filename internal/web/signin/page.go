// Package signin is the page where people sign in with name and password.
package signin

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.SignIn]("signin", source, "desk.css", "desk.js")
