// Package journaltest runs the corpus of a record package: one committed
// example for each (type, version) of event ever released, which must decode
// for ever.
package journaltest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// Corpus checks that dir holds <type>.v<n>.json for every kind the codec
// reads and nothing else, that each decodes, and that writing it again by the
// struct it was written from gives the identical bytes. A file may end with
// one newline, which is not part of the payload.
func Corpus[E any](t *testing.T, codec *journal.Codec[E], dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("corpus %s: no files (%v)", dir, err)
	}
	left := map[string]bool{}
	for _, f := range files {
		left[filepath.Base(f)] = true
	}
	for _, k := range codec.Kinds() {
		file := FileName(k.Name, k.Version)
		delete(left, file)
		t.Run(file, func(t *testing.T) { example(t, codec, k, filepath.Join(dir, file)) })
	}
	for _, file := range slices.Sorted(maps.Keys(left)) {
		t.Errorf("corpus file %s belongs to no registered event: a released version must stay readable", file)
	}
}

// FileName is where the example of a type and version stands.
func FileName(typ string, version int) string { return fmt.Sprintf("%s.v%d.json", typ, version) }

func example[E any](t *testing.T, codec *journal.Codec[E], k journal.Kind[E], path string) {
	t.Helper()
	payload, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("every released event has a committed example: %v", err)
	}
	payload = bytes.TrimSuffix(payload, []byte("\n"))
	e, err := codec.Decode(k.Name, k.Version, payload)
	if err != nil {
		t.Fatal(err)
	}
	again, err := k.Rewrite(payload)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(payload, again) {
		t.Errorf("written again, the bytes differ\nexample: %s\nagain:   %s", payload, again)
	}
	if !k.Current {
		return
	}
	typ, version, encoded, err := codec.Encode(e)
	if err != nil || typ != k.Name || version != k.Version || !bytes.Equal(payload, encoded) {
		t.Errorf("encoded as %s version %d (%v)\nexample: %s\nencoded: %s", typ, version, err, payload, encoded)
	}
}
