package scenariotest_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/scenariotest"
)

// TestReadme_ListsEverySentence: the grammar that people read is the one that
// is read.
func TestReadme_ListsEverySentence(t *testing.T) {
	t.Parallel()
	body, err := fs.ReadFile(files(), "README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.SplitSeq(string(body), "\n") {
		if form, ok := strings.CutPrefix(line, "    "); ok {
			listed[form] = true
		}
	}
	forms := scenariotest.Forms()
	for _, part := range []struct {
		before string
		forms  []string
	}{{"given ", forms.Given}, {"", forms.Do}, {"then ", forms.Then}} {
		for _, form := range part.forms {
			if !listed[part.before+form] {
				t.Errorf("README.md does not list: %s%s", part.before, form)
			}
			delete(listed, part.before+form)
		}
	}
	for form := range listed {
		if !strings.HasPrefix(form, "given all of ") {
			t.Errorf("README.md lists what cannot be said: %s", form)
		}
	}
}

// TestSentences_EachIsUsed: a sentence that no scenario says is not tried.
func TestSentences_EachIsUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, name := range scenarios(t, ".") {
		for _, l := range read(t, name).Lines {
			used[l.Form] = true
		}
	}
	forms := scenariotest.Forms()
	for _, form := range append(forms.Do, forms.Then...) {
		if !used[form] {
			t.Errorf("no scenario says: %s", form)
		}
	}
}
