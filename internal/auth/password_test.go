package auth

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		login, password string
		want            Weakness
	}{
		{"rosa", "twelve chars", ""},
		{"rosa", "elevenchars", TooShort},
		{"rosa", "", TooShort},
		{"rosa", "ééééèèèèàâùû", ""},                    // twelve characters, more bytes
		{"rosa", "ééèèàâ", TooShort},                    // twelve bytes, six characters
		{"rosa", "aaaaaaaaaaaaaa", TooUniform},          // one character
		{"rosa", "abcdabcdabcd", TooUniform},            // four
		{"rosa", "my name is Rosa", HasLogin},           // whatever its case
		{"al", "all is well now", ""},                   // too short a login to tell
		{"rosa", "line\nbreak within", NotText},         // cannot be typed
		{"rosa", "not \xff utf-8 text", NotText},        // not text
		{"rosa", strings.Repeat("abcdef", 43), TooLong}, // 258 bytes
		{"rosa", strings.Repeat("abcdef", 42), ""},      // 252 bytes
	} {
		err := CheckPassword(tc.login, tc.password)
		if tc.want == "" {
			if err != nil {
				t.Errorf("%q: %v", tc.password, err)
			}
			continue
		}
		wantWeak(t, err, tc.want)
		if tc.password != "" && strings.Contains(err.Error(), tc.password) {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestCheckPIN(t *testing.T) {
	t.Parallel()
	for pin, want := range map[string]Weakness{
		"580913": "", "121314": "", "112358": "", "100001": "",
		"": NotSixDigit, "12345": NotSixDigit, "5809134": NotSixDigit, "58091a": NotSixDigit, "٥٨٠": NotSixDigit, "-80913": NotSixDigit,
		"000000": Trivial, "777777": Trivial,
		"123456": Trivial, "012345": Trivial, "789012": Trivial, "987654": Trivial, "210987": Trivial,
		"121212": Trivial, "123123": Trivial, "112233": Trivial, "111222": Trivial,
	} {
		err := CheckPIN(pin)
		if want == "" && err != nil {
			t.Errorf("%q: %v", pin, err)
		}
		if want != "" {
			wantWeak(t, err, want)
		}
	}
}

// The rule must not shrink the space of PINs noticeably.
func TestCheckPIN_RefusesFewOfAMillion(t *testing.T) {
	t.Parallel()
	refused := 0
	for n := range 1_000_000 {
		if CheckPIN(fmt.Sprintf("%06d", n)) != nil {
			refused++
		}
	}
	if refused < 1000 || refused > 3000 {
		t.Fatalf("%d PINs of a million are refused", refused)
	}
}

func TestNewOneTime_IsStrongAndReadable(t *testing.T) {
	t.Parallel()
	random := newTestRandom(3)
	seen := map[string]bool{}
	for range 1000 {
		p := must(newOneTime(random))(t)
		if seen[p] || len(p) != 19 || strings.ContainsAny(p, "ilou ") {
			t.Fatalf("one-time password %q is repeated, short or hard to read", p)
		}
		seen[p] = true
	}
}

func TestNewOneTime_FailsWithoutRandomness(t *testing.T) {
	t.Parallel()
	if p, err := newOneTime(strings.NewReader("short")); err == nil || p != "" {
		t.Fatalf("made %q from too little randomness", p)
	}
}

func TestNormalCode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringOfN(rapid.SampledFrom([]rune(readable)), 8, 8, -1).Draw(t, "code")
		typed := strings.ToUpper(code[:4]) + " - " + strings.NewReplacer("0", "O", "1", "l").Replace(code[4:])
		if got := normalCode(typed); got != code {
			t.Fatalf("typed %q reads %q, want %q", typed, got, code)
		}
	})
}

func TestWeakError_IsFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	wantWeak(t, errors.Join(errors.New("other"), CheckPIN("1")), NotSixDigit)
}
