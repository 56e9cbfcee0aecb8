package auth

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestServerKey_MadeOnceAndKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	made := must(OpenServerKey(dir, newTestRandom(1)))(t)
	if made.secret == [keySize]byte{} {
		t.Fatal("the key is all zero")
	}
	again := must(OpenServerKey(dir, newTestRandom(2)))(t)
	if made != again {
		t.Fatal("the second start has another key")
	}
	if mode := must(os.Stat(filepath.Join(dir, "server.key")))(t).Mode().Perm(); mode != 0o600 {
		t.Fatalf("key file has mode %o", mode)
	}
	left := must(os.ReadDir(dir))(t)
	if len(left) != 1 {
		t.Fatalf("%d files are left in the directory, want the key alone", len(left))
	}
}

func TestServerKey_RefusesAndKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"empty":           {"", 0o600},
		"no key":          {"hello", 0o600},
		"other block":     {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0o600},
		"short":           {"-----BEGIN STILLWATCH SERVER KEY-----\nAAAA\n-----END STILLWATCH SERVER KEY-----\n", 0o600},
		"too large":       {strings.Repeat("x", keyFileMost+1), 0o600},
		"read by others":  {"", 0o644},
		"read by a group": {"", 0o640},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "server.key")
		text := tc.text
		if tc.mode != 0o600 {
			must(OpenServerKey(dir, newTestRandom(1)))(t)
			text = string(must(os.ReadFile(path))(t))
		}
		if err := os.WriteFile(path, []byte(text), tc.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tc.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenServerKey(dir, newTestRandom(1)); err == nil {
			t.Errorf("%s: the key is accepted", name)
		}
		if got := must(os.ReadFile(path))(t); string(got) != text {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestServerKey_NoRandomness(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := OpenServerKey(dir, strings.NewReader("short")); err == nil {
		t.Fatal("a key was made from too little randomness")
	}
	if left := must(os.ReadDir(dir))(t); len(left) != 0 {
		t.Fatal("a file is left behind")
	}
}

func TestServerKey_DerivesByPurposeAndClinic(t *testing.T) {
	t.Parallel()
	k := ServerKey{secret: [32]byte{1}}
	seen := map[string]string{}
	for name, key := range map[string][]byte{
		"grant/1 north": k.Derive("grant/1", "north"),
		"grant/1 south": k.Derive("grant/1", "south"),
		"pin/1 north":   k.Derive("pin/1", "north"),
		"other key":     ServerKey{secret: [32]byte{2}}.Derive("grant/1", "north"),
	} {
		if len(key) != 32 {
			t.Errorf("%s has %d bytes", name, len(key))
		}
		if other, ok := seen[string(key)]; ok {
			t.Errorf("%s and %s are the same", name, other)
		}
		seen[string(key)] = name
	}
	if !bytes.Equal(k.Derive("grant/1", "north"), k.Derive("grant/1", "north")) {
		t.Error("a key is not the same twice")
	}
}

func TestServerKey_IsNeverPrinted(t *testing.T) {
	t.Parallel()
	k := ServerKey{secret: [32]byte([]byte("this must not be seen anywhere.."))}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "key", k)
	for _, shown := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s %x", k, k, k, k, k), log.String()} {
		if strings.Contains(shown, "must not") || strings.Contains(shown, "6d757374") || strings.Contains(shown, "109 117 115") {
			t.Errorf("the key is shown: %s", shown)
		}
	}
}

func TestWritePrivate_ReplacesWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	for _, text := range []string{"first", "2"} {
		if err := writePrivate(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := must(readPrivate(path))(t); string(got) != text {
			t.Fatalf("file holds %q, want %q", got, text)
		}
	}
	if err := writePrivate(filepath.Join(path, "below a file"), nil); err == nil {
		t.Fatal("wrote below a file")
	}
}
