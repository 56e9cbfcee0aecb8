package scenariotest_test

import (
	"context"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scenariotest"
	shipped "github.com/stillwatch/stillwatch/library"
)

func files() fs.FS { return os.DirFS("../../testdata/scenarios") }

// scenarios lists every scenario of a folder.
func scenarios(t *testing.T, folder string) []string {
	t.Helper()
	names, err := fs.Glob(files(), path.Join(folder, "*.chart"))
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatalf("no scenario in %q", folder)
	}
	return names
}

func read(t *testing.T, name string) scenariotest.Script {
	t.Helper()
	s, problems := scenariotest.Read(files(), name)
	for _, p := range problems {
		t.Error(p)
	}
	if t.Failed() {
		t.FailNow()
	}
	return s
}

func rules(t *testing.T) library.Session {
	t.Helper()
	lib, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func play(t *testing.T, c scenariotest.Clinic, s scenariotest.Script) {
	t.Helper()
	for _, p := range scenariotest.Play(t.Context(), c, s) {
		t.Error(p)
	}
	if err := c.End(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestScenarios_PureCore plays every scenario on decisions and folds alone.
func TestScenarios_PureCore(t *testing.T) {
	t.Parallel()
	lib := rules(t)
	for _, name := range scenarios(t, ".") {
		t.Run(strings.TrimSuffix(name, ".chart"), func(t *testing.T) {
			t.Parallel()
			s := read(t, name)
			play(t, scenariotest.NewCore(lib, s.Setting), s)
		})
	}
}

// hired is a clinic with its staff, made once in place.
var (
	place string
	hired = sync.OnceValues(func() (*scenariotest.Hired, error) { return scenariotest.Hire(context.Background(), place) })
)

func TestMain(m *testing.M) {
	var err error
	if place, err = os.MkdirTemp("", "stillwatch-scenarios-"); err != nil {
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(place) // a temporary folder that stays is the system's to clear
	os.Exit(status)
}

// aFew stand for all of them in a short run.
var aFew = []string{"whole-visit.chart", "two-tablets.chart", "nurse-ratio.chart", "monitor-dropped.chart", "stop-from-locked-tablet.chart"}

// TestScenarios_Server plays every scenario on a whole server under a clock
// moved by hand, over HTTP.
func TestScenarios_Server(t *testing.T) {
	t.Parallel()
	h, err := hired()
	if err != nil {
		t.Fatal(err)
	}
	names := scenarios(t, ".")
	if testing.Short() {
		names = aFew
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(name, ".chart"), func(t *testing.T) {
			t.Parallel()
			s := read(t, name)
			c, err := h.Open(t.Context(), t.TempDir(), s.Setting)
			if err != nil {
				t.Fatal(err)
			}
			play(t, c, s)
		})
	}
}
