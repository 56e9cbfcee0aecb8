// Package order is the page on which an order is written from a protocol: only what
// the protocol lets be chosen is asked, and each limit says what was asked, what is
// allowed and why.
package order

import (
	_ "embed"

	"github.com/stillwatch/stillwatch/internal/web/entry"
	"github.com/stillwatch/stillwatch/internal/web/explorer"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders it.
var Page = page.Must[view.OrderPage]("order", source+entry.Asks+explorer.Chart, "desk.css", "entry.css", "explorer.css", "order.js")
