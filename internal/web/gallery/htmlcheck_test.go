package gallery_test

import (
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// node is a parsed page, or a part of it, under test.
type node struct {
	t *testing.T
	n *html.Node
}

func parse(t *testing.T, source string) node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatalf("parse page: %v", err)
	}
	return node{t, n}
}

// all lists what a selector finds.
func (d node) all(selector string) []node {
	d.t.Helper()
	s, err := cascadia.ParseGroup(selector)
	if err != nil {
		d.t.Fatalf("selector %q: %v", selector, err)
	}
	var out []node
	for _, n := range cascadia.QueryAll(d.n, s) {
		out = append(out, node{d.t, n})
	}
	return out
}

// in is the first thing a selector finds; finding nothing fails the test.
func (d node) in(selector string) node {
	d.t.Helper()
	found := d.all(selector)
	if len(found) == 0 {
		d.t.Fatalf("nothing matches %q", selector)
	}
	return found[0]
}

// none fails the test when a selector finds something.
func (d node) none(selector, why string) {
	d.t.Helper()
	for _, n := range d.all(selector) {
		d.t.Errorf("%s: found %q in %q", why, selector, n.text())
	}
}

// text is what a person reads, spaces joined.
func (d node) text() string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(d.n)
	return strings.Join(strings.Fields(b.String()), " ")
}

func (d node) has(text string) {
	d.t.Helper()
	if !strings.Contains(d.text(), text) {
		d.t.Errorf("%q is missing in %q", text, d.text())
	}
}

func (d node) attr(name string) string {
	for _, a := range d.n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
