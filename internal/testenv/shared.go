package testenv

import (
	"os"
	"path/filepath"
	"testing"
)

// Shared is the path of a file of the shared test data, which is real and not
// ours to commit, or skips the test and says why. The data lie in the directory
// that STILLWATCH_TEST_SHARED names, or in shared/data beside the checkout.
func Shared(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("STILLWATCH_TEST_SHARED")
	if dir == "" {
		dir = filepath.Join(root(t), "..", "shared", "data")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared test data %s are not beside this checkout, and STILLWATCH_TEST_SHARED names no directory that has them: this test did not run", name)
	}
	return path
}

// root is the directory of the module that the test belongs to.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}
