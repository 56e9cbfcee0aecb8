package word

import (
	"regexp"
	"strings"
	"testing"
)

func TestEnglish_EveryMessageReads(t *testing.T) {
	t.Parallel()
	hole := regexp.MustCompile(`\{([^}]*)\}`)
	for id, text := range All() {
		if strings.TrimSpace(text) != text || text == "" {
			t.Errorf("%s: %q", id, text)
		}
		n, ok := Known(id)
		if !ok {
			t.Errorf("%s is not known", id)
		}
		seen := map[string]bool{}
		for _, m := range hole.FindAllStringSubmatch(text, -1) {
			if len(m[1]) != 1 || m[1] < "0" || m[1] > "9" {
				t.Errorf("%s: {%s} is no argument", id, m[1])
			}
			seen[m[1]] = true
		}
		if len(seen) != n {
			t.Errorf("%s skips an argument: %q", id, text)
		}
	}
}

func TestEnglish_ShowsWhatCannotBeSaid(t *testing.T) {
	t.Parallel()
	if got := M("no.such", "a", "b").English(); got != "[no.such] a b" {
		t.Error(got)
	}
	if got := M("session.rate_beyond", "60 mL/h").English(); !strings.Contains(got, "60 mL/h") || !strings.Contains(got, "[missing]") {
		t.Error(got)
	}
	if got := M("session.rate_beyond", "{1}", "32 mL/h").English(); strings.Count(got, "32 mL/h") != 1 || !strings.Contains(got, "{1}") {
		t.Errorf("an argument was read as a hole: %q", got)
	}
}

func TestAll_IsACopy(t *testing.T) {
	t.Parallel()
	All()["session.none"] = "changed"
	if M("session.none").English() == "changed" {
		t.Error("the table can be changed from outside")
	}
}

func TestMerge_RefusesTheSameIDTwice(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("one sentence hid another")
		}
	}()
	merge(map[ID]string{"a": "x"}, map[ID]string{"a": "y"})
}
