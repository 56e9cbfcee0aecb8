// Package web is what people see: pages rendered by Go, the live stream, the
// door through which commands come in, and the table that the chair's island
// works from. It decides nothing clinical: it shows views, hands commands on,
// and says clearly what was not done and why.
//
// It owns the interfaces it needs; the server wires them to app and auth.
// A page is a folder: page.go page.tmpl page.css page.ts; what page.css grows
// beyond stands in files beside it, one for each part, which it imports in order.
package web
