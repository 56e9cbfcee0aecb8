// Command build bundles the pages' scripts, styles and fonts into
// internal/web/dist, under names that carry a hash of their content, with a
// manifest that maps the names used by the pages to them.
//
// It runs esbuild from Go, so that building needs npm for the two or three
// packages that are bundled and for nothing else.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	root := flag.String("root", ".", "top of the checkout")
	tests := flag.Bool("tests", false, "bundle the islands' tests into web/.test instead")
	browser := flag.Bool("browser", false, "bundle the browser's tests into web/.browser instead")
	flag.Parse()
	if err := run(*root, *tests, *browser); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(root string, tests, browser bool) error {
	t, err := openTree(root)
	if err != nil {
		return err
	}
	if _, err := os.Stat(t.modules()); err != nil {
		return errors.New("web/node_modules is missing: run make setup")
	}
	switch {
	case tests:
		return bundleTests(t, t.source(), t.tests())
	case browser:
		return bundleTests(t, t.browser(), t.browserTests())
	}
	made, err := bundle(t)
	if err != nil {
		return err
	}
	return install(t, made)
}
