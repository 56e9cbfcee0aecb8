package auth

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// Names of the server key in the data directory.
const (
	keyFile  = "server.key"
	keyBlock = "STILLWATCH SERVER KEY"
	keySize  = 32
)

// ServerKey is the server's secret. It is never used itself: each purpose in
// each clinic has its own key derived from it, so that a message authenticated
// for one purpose means nothing for another. It prints as "[server key]".
type ServerKey struct{ secret [keySize]byte }

// OpenServerKey reads the server key of a data directory; the first start
// makes it from random. A key file that is damaged, or that others may read,
// is an error and is never replaced: everything signed with it would be lost.
func OpenServerKey(dir string, random io.Reader) (ServerKey, error) {
	path := filepath.Join(dir, keyFile)
	data, err := readPrivate(path)
	if missing(err) {
		return newServerKey(path, random)
	}
	if err != nil {
		return ServerKey{}, err
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != keyBlock || len(block.Bytes) != keySize || len(rest) != 0 {
		return ServerKey{}, fmt.Errorf("key file %s is damaged; restore it from a backup", path)
	}
	return ServerKey{secret: [keySize]byte(block.Bytes)}, nil
}

func newServerKey(path string, random io.Reader) (ServerKey, error) {
	var k ServerKey
	if _, err := io.ReadFull(random, k.secret[:]); err != nil {
		return ServerKey{}, fmt.Errorf("make server key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return ServerKey{}, fmt.Errorf("make data directory: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: k.secret[:]})
	if err := writePrivate(path, text); err != nil {
		return ServerKey{}, err
	}
	return k, nil
}

// Derive returns the 32-byte key of one purpose in one clinic (HKDF-SHA-256,
// RFC 5869). A purpose is a constant such as "grant/1"; the clinic may be empty
// for what belongs to the whole server.
func (k ServerKey) Derive(purpose string, clinic ident.Clinic) []byte {
	info := "stillwatch/" + purpose + "\x00" + string(clinic)
	key, err := hkdf.Key(sha256.New, k.secret[:], nil, info, keySize)
	if err != nil {
		// Only a length over 255 hashes or a FIPS policy on short keys errs.
		panic("derive key: " + err.Error())
	}
	return key
}

// String keeps the key out of messages.
func (k ServerKey) String() string { return "[server key]" }

// GoString keeps the key out of messages.
func (k ServerKey) GoString() string { return k.String() }

// LogValue keeps the key out of logs.
func (k ServerKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// mac authenticates a message under a derived key.
func mac(key []byte, message string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = io.WriteString(h, message) // a hash never errs
	return h.Sum(nil)
}

// digest is how a token is stored: the token itself never is.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
