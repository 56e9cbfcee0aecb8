package scenariotest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/scenariotest"
)

// expected compares the problems of a bad scenario with what its lines say
// they fail with: each of those fails so, and no other line fails.
func expected(t *testing.T, lines []scenariotest.Line, problems []scenariotest.Problem) {
	t.Helper()
	want := map[string]string{}
	for _, l := range lines {
		if l.Expected != "" {
			want[where(l)] = l.Expected
		}
	}
	failed := map[string]bool{}
	for _, p := range problems {
		at := where(p.Line)
		failed[at] = true
		if p.Line.Expected == "" {
			t.Errorf("fails where nothing is wrong: %v", p)
			continue
		}
		if !strings.HasPrefix(p.Error(), at+": ") || !strings.Contains(p.Error(), p.Line.Expected) {
			t.Errorf("fails with %q, want %q", p.Error(), p.Line.Expected)
		}
	}
	for at, what := range want {
		if !failed[at] {
			t.Errorf("%s does not fail; it has to, with %q", at, what)
		}
	}
}

func where(l scenariotest.Line) string { return fmt.Sprintf("%s:%d", l.File, l.Number) }

// TestRead_TellsEachLineThatCannotBeRead: unknown words are errors with file
// and line.
func TestRead_TellsEachLineThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bad/words.chart", "bad/itself.chart"} {
		script, problems := scenariotest.Read(files(), name)
		if len(problems) == 0 {
			t.Errorf("%s is read without a word", name)
		}
		lines := scenariotest.Expectations(files(), name)
		if len(lines) == 0 {
			t.Errorf("%s expects nothing", name)
		}
		expected(t, lines, problems)
		for _, l := range script.Lines {
			if l.Expected != "" {
				t.Errorf("%s is read although it has to fail", where(l))
			}
		}
	}
}

var wrong = []string{"bad/thens.chart", "bad/discharge.chart"}

// TestPlay_EveryThenCanFail_PureCore: what is told wrongly fails, and every
// sentence that can have to hold fails somewhere.
func TestPlay_EveryThenCanFail_PureCore(t *testing.T) {
	t.Parallel()
	lib := rules(t)
	failed := map[string]bool{}
	for _, name := range wrong {
		s := read(t, name)
		problems := scenariotest.Play(t.Context(), scenariotest.NewCore(lib, s.Setting), s)
		expected(t, s.Lines, problems)
		for _, p := range problems {
			failed[p.Line.Form] = true
		}
	}
	for _, form := range scenariotest.Forms().Then {
		if !failed[form] {
			t.Errorf("nothing shows that this can fail: then %s", form)
		}
	}
}

// TestPlay_EveryThenCanFail_Server: the same on a server.
func TestPlay_EveryThenCanFail_Server(t *testing.T) {
	t.Parallel()
	h, err := hired()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range wrong {
		s := read(t, name)
		c, err := h.Open(t.Context(), t.TempDir(), s.Setting)
		if err != nil {
			t.Fatal(err)
		}
		expected(t, s.Lines, scenariotest.Play(t.Context(), c, s))
		if err := c.End(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
