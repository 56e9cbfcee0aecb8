// Package chair is the page at the chair: a shell that carries the first view
// and the island that goes on from it.
package chair

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Shell is what the page starts from. First is the chair as it stood when the
// page was served, so that nothing flashes and nothing is asked twice.
type Shell struct {
	view.Page
	Chair int
	First view.Chair
	// Away is the page as a tablet opens it without the server: no chair and no view.
	Away bool
	// Still shows the first view and follows nothing: a picture in the gallery.
	Still bool
}

// Page renders it.
var Page = page.Must[Shell]("chair", source, "chair.css", "chair.js")
