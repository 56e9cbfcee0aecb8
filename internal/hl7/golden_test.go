package hl7

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// quirks are the messages under testdata/quirks by name without ending.
func quirks(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/quirks/*.hl7")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d quirk files found, error %v", len(files), err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".hl7")] = raw
	}
	return out
}

// TestReport_Golden keeps the printed report of every quirk file. What
// matters for safety is asserted by hand in quirk_test.go.
func TestReport_Golden(t *testing.T) {
	t.Parallel()
	for name, raw := range quirks(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := printed(t, Parse(raw, Options{}).Report())
			file := filepath.Join("testdata", "quirks", name+".json")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("report of %s changed (-want +got):\n%s", name, d)
			}
		})
	}
}

func printed(t *testing.T, r Report) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReport_ListsAreNeverNull(t *testing.T) {
	t.Parallel()
	const want = `{"control_id":"","patient":"","location":"","device":"","accepted":[],"quarantined":[],"ack":{"code":"AE","text":"nothing received"}}`
	got, err := json.Marshal(Parse(nil, Options{}).Report())
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
