package library

import (
	"strings"
	"testing"

	shipped "github.com/stillwatch/stillwatch/library"
)

// TestDecodeIntake_Refused: each mistake is refused by name.
func TestDecodeIntake_Refused(t *testing.T) {
	t.Parallel()
	good := string(shipped.IntakeYAML())
	if _, err := DecodeIntake([]byte(good)); err != nil {
		t.Fatal(err)
	}
	row := "input: history.aneurysm, text: \"Has a doctor ever told you that you have an aneurysm, a weak spot that bulges in a blood vessel?\""
	for _, tt := range []struct{ name, old, with, want string }{
		{"an input that is none", "input: history.aneurysm", "input: history.aneurism", "which no rule knows"},
		{"what is measured", "input: history.aneurysm", "input: signs.sbp", "patients are not asked"},
		{"what a clinician classes", "input: history.aneurysm", "input: history.child_pugh", "patients are not asked"},
		{"what is judged", "input: history.aneurysm", "input: plan.endpoint", "patients are not asked"},
		{"the same thing twice", "input: history.aneurysm", "input: history.schizophrenia", "asked twice"},
		{"no question", row, strings.Replace(row, "vessel?", "vessel.", 1), "not one question"},
		{"two questions", row, strings.Replace(row, "aneurysm, a", "aneurysm? Is it a", 1), "not one question"},
		{"a long question", row, strings.Replace(row, "a weak spot", strings.Repeat("a very weak spot ", 10), 1), "not one question"},
		{"no heading", "group: \"Bladder\", input: bladder.frequency", "group: \"\", input: bladder.frequency", "no heading"},
		{"an unknown source", "input: history.aneurysm, text: \"Has a doctor ever told you that you have an aneurysm, a weak spot that bulges in a blood vessel?\", source: OURS", "input: history.aneurysm, text: \"Is it?\", source: YOURS", "YOURS"},
		{"an id twice", "id: ASK-AVM", "id: ASK-BLEED", "given before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, tt.old) {
				t.Fatalf("%q does not stand in the file", tt.old)
			}
			_, err := DecodeIntake([]byte(strings.Replace(good, tt.old, tt.with, 1)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
