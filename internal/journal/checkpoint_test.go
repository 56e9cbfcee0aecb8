package journal_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// key is the clinic's key of the tests.
func key() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
}

func signedBy(k ed25519.PrivateKey) func(message, signature []byte) bool {
	public := k.Public().(ed25519.PublicKey)
	return func(message, signature []byte) bool { return ed25519.Verify(public, message, signature) }
}

func signed() journal.Checkpoint {
	c := journal.Checkpoint{Clinic: "clinic", Log: someLog, Position: 12, Hash: journal.Hash{0xab}, At: start().Add(1500 * time.Microsecond)}
	c.Signature = ed25519.Sign(key(), c.Message())
	return c
}

func TestCheckpoint_Line(t *testing.T) {
	t.Parallel()
	c := signed()
	want := "stillwatch/checkpoint/1 clinic " + string(someLog) + " 12 ab" + strings.Repeat("0", 62) + " 2026-03-02T09:00:00.001500Z " + hex.EncodeToString(c.Signature)
	if c.Line() != want {
		t.Errorf("line\n%s\nwant\n%s", c.Line(), want)
	}
	got, err := journal.ParseCheckpoint(want)
	if d := cmp.Diff(c, got); err != nil || d != "" {
		t.Errorf("read back: %v\n%s", err, d)
	}
	if len(want) > journal.MaxCheckpoint {
		t.Errorf("a line has %d bytes, beyond its bound", len(want))
	}
}

func TestCheckpoint_Verify(t *testing.T) {
	t.Parallel()
	c := signed()
	if err := c.Verify(signedBy(key())); err != nil {
		t.Errorf("the clinic's own: %v", err)
	}
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, ed25519.SeedSize))
	if err := c.Verify(signedBy(other)); !errors.Is(err, journal.ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	changed := map[string]func(*journal.Checkpoint){
		"clinic":       func(c *journal.Checkpoint) { c.Clinic = "other" },
		"log":          func(c *journal.Checkpoint) { c.Log = otherLog },
		"position":     func(c *journal.Checkpoint) { c.Position++ },
		"hash":         func(c *journal.Checkpoint) { c.Hash[31] ^= 1 },
		"time":         func(c *journal.Checkpoint) { c.At = c.At.Add(time.Microsecond) },
		"signature":    func(c *journal.Checkpoint) { c.Signature = append([]byte{c.Signature[0] ^ 1}, c.Signature[1:]...) },
		"no signature": func(c *journal.Checkpoint) { c.Signature = nil },
	}
	for name, change := range changed {
		c := signed()
		change(&c)
		if err := c.Verify(signedBy(key())); !errors.Is(err, journal.ErrSignature) {
			t.Errorf("%s changed: %v", name, err)
		}
	}
	// Whoever is asked, an absent signature is none.
	c.Signature = nil
	if err := c.Verify(func([]byte, []byte) bool { return true }); !errors.Is(err, journal.ErrSignature) {
		t.Errorf("without a signature: %v", err)
	}
}

func TestParseCheckpoint_Refuses(t *testing.T) {
	t.Parallel()
	line := signed().Line()
	f := strings.Split(line, " ")
	with := func(i int, s string) string {
		out := append([]string(nil), f...)
		out[i] = s
		return strings.Join(out, " ")
	}
	tests := map[string]string{
		"nothing":           "",
		"newline":           line + "\n",
		"two spaces":        strings.Replace(line, " ", "  ", 1),
		"one field more":    line + " x",
		"one field less":    strings.Join(f[:6], " "),
		"domain":            with(0, "stillwatch/checkpoint/2"),
		"clinic":            with(1, "Clinic"),
		"log":               with(2, "1"),
		"position":          with(3, "x"),
		"position signed":   with(3, "+12"),
		"position padded":   with(3, "012"),
		"position below 0":  with(3, "-1"),
		"position too long": with(3, "9223372036854775808"),
		"hash short":        with(4, f[4][2:]),
		"hash in capitals":  with(4, strings.ToUpper(f[4])),
		"time without µs":   with(5, "2026-03-02T09:00:00Z"),
		"time with zone":    with(5, "2026-03-02T10:00:00.001500+01:00"),
		"signature":         with(6, "xyz"),
		"beyond its bound":  with(6, strings.Repeat("00", journal.MaxCheckpoint)),
	}
	for name, text := range tests {
		if c, err := journal.ParseCheckpoint(text); err == nil {
			t.Errorf("%s: read as %+v", name, c)
		}
	}
}

// FuzzParseCheckpoint asks that a line that is read is written again.
func FuzzParseCheckpoint(f *testing.F) {
	f.Add(signed().Line())
	f.Add("")
	f.Add("stillwatch/checkpoint/1 clinic  0  ")
	f.Fuzz(func(t *testing.T, line string) {
		if c, err := journal.ParseCheckpoint(line); err == nil && c.Line() != line {
			t.Errorf("read from %q, written as %q", line, c.Line())
		}
	})
}

func TestCheckpoint_RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := journal.Checkpoint{
			Clinic: "clinic", Log: someLog, Position: rapid.Int64Range(0, 1<<62).Draw(t, "position"),
			Hash:      journal.Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash")),
			At:        time.UnixMicro(rapid.Int64Range(0, 253402300799_999999).Draw(t, "µs")).UTC(), // to the end of the year 9999
			Signature: rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "signature"),
		}
		got, err := journal.ParseCheckpoint(c.Line())
		if d := cmp.Diff(c, got); err != nil || d != "" {
			t.Fatalf("%v\n%s", err, d)
		}
	})
}
