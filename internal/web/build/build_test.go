package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkout makes a small tree with one page and one island.
func checkout(t *testing.T) tree {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"internal/web/dist/.keep":         "",
		"internal/web/dist/old-1.js":      "left behind",
		"internal/web/board/page.ts":      `import { say } from "../../../web/src/shared/say.ts"; say("board");`,
		"internal/web/board/page.css":     "body { color: red }",
		"web/src/chair/entry.tsx":         `const n: number = 1; console.log(n);`,
		"web/src/shared/say.ts":           `export function say(s: string): void { console.log(s); }`,
		"web/src/shared/say.test.ts":      `import { say } from "./say.ts"; say("test");`,
		"internal/web/dist/board/page.ts": "never a bundle",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	made, err := openTree(root)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestBundle_NamesCarryTheirContent(t *testing.T) {
	t.Parallel()
	c := checkout(t)
	one, err := bundle(c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"board.css", "board.js", "chair.js"}, slices.Sorted(maps.Keys(one.manifest))); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	two, err := bundle(c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one.files, two.files); diff != "" {
		t.Errorf("two builds differ:\n%s", diff)
	}
	before := one.manifest["board.js"]
	if err := os.WriteFile(filepath.Join(c.pages(), "board", "page.ts"), []byte(`console.log("other");`), 0o644); err != nil {
		t.Fatal(err)
	}
	if after, err := bundle(c); err != nil || after.manifest["board.js"] == before {
		t.Errorf("another content has the same name %s (%v)", before, err)
	}
}

// What a page imports later is a file of its own, and what both need is named,
// so that the page's frame can ask for it at the same time.
func TestBundle_PartsOfAPage(t *testing.T) {
	t.Parallel()
	c := checkout(t)
	for name, content := range map[string]string{
		"web/src/chair/entry.tsx": `import { say } from "../shared/say.ts"; say("now"); void import("./later.ts");`,
		"web/src/chair/later.ts":  `import { say } from "../shared/say.ts"; say("only later");`,
	} {
		if err := os.WriteFile(filepath.Join(c.root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	made, err := bundle(c)
	if err != nil {
		t.Fatal(err)
	}
	part := made.manifest["chair.js/0"]
	if !strings.Contains(string(made.files[part]), "console.log") || made.manifest["chair.js/1"] != "" || made.manifest["board.js/0"] != "" {
		t.Errorf("parts: %v", made.manifest)
	}
	first := string(made.files[made.manifest["chair.js"]])
	if strings.Contains(first, "only later") || !strings.Contains(first, "./"+part) {
		t.Errorf("the first bundle is %s", first)
	}
	later := 0
	for name, content := range made.files {
		if strings.Contains(string(content), "only later") {
			later++
			if !strings.Contains(first, "./"+name) {
				t.Errorf("%s is imported by nobody", name)
			}
		}
	}
	if later != 1 {
		t.Errorf("what comes later is in %d files", later)
	}
}

func TestInstall_ReplacesWhatWasThere(t *testing.T) {
	t.Parallel()
	c := checkout(t)
	made, err := bundle(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := install(c, made); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(c.dist(), "*"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range left {
		names = append(names, filepath.Base(f))
	}
	if slices.Contains(names, "old-1.js") || !slices.Contains(names, "manifest.json") || !slices.Contains(names, made.manifest["board.js"]+".gz") {
		t.Errorf("left %v", names)
	}
	if _, err := os.Stat(filepath.Join(c.dist(), ".keep")); err != nil {
		t.Errorf("the empty folder would leave the checkout: %v", err)
	}
}

func TestBundle_SaysWhereASourceIsWrong(t *testing.T) {
	t.Parallel()
	c := checkout(t)
	if err := os.WriteFile(filepath.Join(c.pages(), "board", "page.ts"), []byte(`import "./absent.ts";`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := bundle(c); err == nil || !strings.Contains(err.Error(), "board.js") || !strings.Contains(err.Error(), "absent") {
		t.Errorf("err %v", err)
	}
}

func TestBundleTests_LeavesOneModuleForEachTest(t *testing.T) {
	t.Parallel()
	c := checkout(t)
	if err := bundleTests(c, c.source(), c.tests()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(c.tests(), "shared", "say.test.mjs")); err != nil {
		t.Error(err)
	}
}

func TestRun_SaysHowToFetchPackages(t *testing.T) {
	t.Parallel()
	if err := run(checkout(t).root, false, false); err == nil || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("err %v", err)
	}
}
