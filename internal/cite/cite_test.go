package cite

import (
	"strings"
	"testing"
)

func TestWording_ClaimsNoMoreThanIsKnown(t *testing.T) {
	t.Parallel()
	kinds := []Kind{Guideline, Label, Trial, LocalProtocol, Case, Summary, Ours}
	marks := []Mark{Verified, Secondary, Unverified, Default, "rumour", ""}
	for _, k := range kinds {
		for _, m := range marks {
			got := Wording(Source{ID: "X", Kind: k}, m)
			says := strings.Contains(got, "says")
			if says != (m == Verified && k != Summary && k != Ours) {
				t.Errorf("%s of a %s: %q", m, k, got)
			}
			if strings.HasPrefix(got, "Guideline") != (m == Verified && k == Guideline) {
				t.Errorf("%s of a %s reads as a guideline: %q", m, k, got)
			}
			if strings.Contains(got, "reported") != (m == Secondary && k != Summary && k != Ours) {
				t.Errorf("%s of a %s: %q", m, k, got)
			}
		}
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	for _, m := range []Mark{Verified, Secondary, Unverified, Default} {
		if !m.Valid() {
			t.Errorf("mark %q is not known", m)
		}
	}
	for _, k := range []Kind{Guideline, Label, Trial, LocalProtocol, Case, Summary, Ours} {
		if !k.Valid() {
			t.Errorf("kind %q is not known", k)
		}
	}
	if Mark("sure").Valid() || Mark("").Valid() || Kind("blog").Valid() || Kind("").Valid() {
		t.Error("what nobody defined is known")
	}
}
