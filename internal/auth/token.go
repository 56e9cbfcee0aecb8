package auth

import (
	"encoding/base64"
	"fmt"
	"io"
)

const tokenSize = 32

var tokenBase64 = base64.RawURLEncoding.Strict()

// newToken makes a 256-bit random token in text.
func newToken(random io.Reader) (string, error) {
	var b [tokenSize]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	return tokenBase64.EncodeToString(b[:]), nil
}

// tokenShaped reports whether s could be a token: nothing else is looked up.
func tokenShaped(s string) bool {
	if len(s) != tokenBase64.EncodedLen(tokenSize) {
		return false
	}
	_, err := tokenBase64.DecodeString(s)
	return err == nil
}
