package auth

import (
	"errors"
	"strings"
	"testing"
)

// A refusal says whether it was the password or the PIN, and never the secret.
func TestWeakError_SaysWhichSecret(t *testing.T) {
	t.Parallel()
	for what, err := range map[string]error{"PIN": CheckPIN("123456"), "password": CheckPassword("okafor", "short")} {
		var weak *WeakError
		if !errors.As(err, &weak) || !strings.Contains(weak.Error(), "the "+what+" is not taken: ") {
			t.Errorf("a weak %s is refused with %q", what, err)
		}
	}
}

// Every standing that warns is said in words, not by its id.
func TestStanding_IsSaidInWords(t *testing.T) {
	t.Parallel()
	for _, state := range []CredentialState{ExpiresSoon, Expired, Missing} {
		m, ok := Standing{Kind: ACLS, State: state, Expires: "2026-11-01", DaysLeft: 3}.Message()
		if got := m.English(); !ok || strings.Contains(got, "credential.") || !strings.Contains(got, "ACLS") {
			t.Errorf("%s is said as %q", state, got)
		}
	}
}
