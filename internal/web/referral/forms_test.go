package referral

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/library"
)

// TestCoded: a line is known by the name that it begins with, in the spelling of the
// US, of Britain or of Germany; what only looks like one, a brand or a mixture is not
// coded, and leaves every interaction unchecked.
func TestCoded(t *testing.T) {
	t.Parallel()
	s, err := library.Shipped().Screening()
	if err != nil {
		t.Fatal(err)
	}
	names := s.Table().Names()
	for line, want := range map[string]string{
		"theophylline 300 mg": "theophylline", "Theophyllin retard 300 mg": "theophylline", "aminophyllin": "aminophylline",
		"Rifampin 600 mg": "rifampicin", "rifampicin": "rifampicin", "albuterol, as needed": "salbutamol",
		"St John's wort": "st_johns_wort", "St John’s wort 900 mg": "st_johns_wort", "Johanniskraut": "st_johns_wort",
		"valproic acid 500 mg": "valproic_acid", "Morphin 10 mg": "morphine", "L-Thyroxin 50": "levothyroxine", "glyburide": "glibenclamide",
		"frusemide 40 mg": "furosemide", "acetylsalicylsäure 100": "aspirin",
		"morphinan": "", "codeine/paracetamol": "", "Lyrica 75 mg": "", "theo": "", "a tea from the garden": "", "": "",
	} {
		if got := Coded(line, names); got != want {
			t.Errorf("%q is coded as %q, want %q", line, got, want)
		}
	}
	for name, key := range names {
		if Coded(name+" 10 mg", names) != key {
			t.Errorf("the name %q does not lead to %s", name, key)
		}
	}
}
