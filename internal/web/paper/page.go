package paper

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders the tables; its definition "preview" is what the server makes of
// a draft.
var Page = page.Must[view.Paper]("paper", source, "desk.css", "paper.css", "paper.js")
