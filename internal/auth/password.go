package auth

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// PasswordRunes is the least number of characters of a chosen password.
	PasswordRunes = 12
	// PasswordBytes bounds what is hashed.
	PasswordBytes = 256
	// distinctRunes keeps "aaaaaaaaaaaa" out.
	distinctRunes = 5
	pinDigits     = 6
)

// Weakness says why a chosen password or PIN is refused. The values are stable.
type Weakness string

// The weaknesses.
const (
	TooShort    Weakness = "too short"
	TooLong     Weakness = "too long"
	NotText     Weakness = "not plain text"
	TooUniform  Weakness = "too few different characters"
	HasLogin    Weakness = "contains the login"
	Unchanged   Weakness = "same as before"
	NotSixDigit Weakness = "not six digits"
	Trivial     Weakness = "too easy to guess"
)

// WeakError refuses a chosen password or PIN. It never holds the secret.
type WeakError struct{ Weakness Weakness }

// Error says which of the two was refused: a PIN has rules of its own.
func (e *WeakError) Error() string {
	switch e.Weakness {
	case NotSixDigit, Trivial:
		return "the PIN is not taken: " + string(e.Weakness)
	case TooShort, TooLong, NotText, TooUniform, HasLogin, Unchanged:
	}
	return "the password is not taken: " + string(e.Weakness)
}

// CheckPassword applies the rule for chosen passwords: length, not composition.
// Generated one-time passwords need no check: they carry 80 random bits.
func CheckPassword(login, password string) error {
	switch {
	case len(password) > PasswordBytes:
		return &WeakError{TooLong}
	case !plainText(password):
		return &WeakError{NotText}
	case utf8.RuneCountInString(password) < PasswordRunes:
		return &WeakError{TooShort}
	case distinct(password) < distinctRunes:
		return &WeakError{TooUniform}
	case len(login) >= 4 && strings.Contains(strings.ToLower(password), login):
		return &WeakError{HasLogin}
	}
	return nil
}

// CheckPIN applies the rule for PINs: six digits, none of the guesses people
// try first (one digit repeated, a repeated pair or triple, a run up or down).
func CheckPIN(pin string) error {
	if !sixDigits(pin) {
		return &WeakError{NotSixDigit}
	}
	if pin == strings.Repeat(pin[:1], pinDigits) || pin == strings.Repeat(pin[:2], 3) ||
		pin == strings.Repeat(pin[:3], 2) || run(pin, 1) || run(pin, 9) || pairs(pin) {
		return &WeakError{Trivial}
	}
	return nil
}

func sixDigits(pin string) bool {
	if len(pin) != pinDigits {
		return false
	}
	for _, c := range []byte(pin) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// run reports whether each digit follows the one before by step, modulo ten:
// 1 counts up, 9 counts down.
func run(pin string, step byte) bool {
	for i := 1; i < len(pin); i++ {
		if (pin[i-1]-'0'+step)%10 != pin[i]-'0' {
			return false
		}
	}
	return true
}

// pairs reports whether the PIN is three doubled digits (112233) or two tripled (111222).
func pairs(pin string) bool {
	doubled := pin[0] == pin[1] && pin[2] == pin[3] && pin[4] == pin[5]
	tripled := pin[0] == pin[1] && pin[1] == pin[2] && pin[3] == pin[4] && pin[4] == pin[5]
	return doubled || tripled
}

func plainText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, unicode.IsControl)
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// readable has 32 characters that cannot be taken for one another when read
// aloud or copied by hand (Crockford's base 32, lower case).
const readable = "0123456789abcdefghjkmnpqrstvwxyz"

// newOneTime makes a one-time password of 16 random characters in four groups.
func newOneTime(random io.Reader) (string, error) {
	s, err := randomReadable(random, 16)
	if err != nil {
		return "", err
	}
	return s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16], nil
}

func randomReadable(random io.Reader, n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	for i := range b {
		b[i] = readable[b[i]&31]
	}
	return string(b), nil
}
