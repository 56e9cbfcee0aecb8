// Package reporttest reads what a PDF of ours says, for tests.
package reporttest

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

var shown = regexp.MustCompile(`(?s)\((.*?[^\\]|)\) Tj`)

// PageTexts reads the text back out of a PDF, a string for each page with a
// space after each piece. It knows only what the library writes.
func PageTexts(t testing.TB, pdf []byte) []string {
	t.Helper()
	var out []string
	for _, s := range streams(t, pdf) {
		if !bytes.Contains(s, []byte(" Tj ET")) {
			continue
		}
		var page strings.Builder
		for _, m := range shown.FindAllSubmatch(s, -1) {
			page.WriteString(decodeText(m[1]) + " ")
		}
		out = append(out, page.String())
	}
	return out
}

var drawn = regexp.MustCompile(`(-?[0-9.]+) (-?[0-9.]+) m (-?[0-9.]+) (-?[0-9.]+) l S`)

// Lines reads the single lines that are drawn on the pages of a PDF: from x, y to x, y
// in points, from the lower left corner.
func Lines(t testing.TB, pdf []byte) [][4]float64 {
	t.Helper()
	var out [][4]float64
	for _, s := range streams(t, pdf) {
		for _, m := range drawn.FindAllSubmatch(s, -1) {
			var line [4]float64
			for i := range line {
				v, err := strconv.ParseFloat(string(m[i+1]), 64)
				if err != nil {
					t.Fatal(err)
				}
				line[i] = v
			}
			out = append(out, line)
		}
	}
	return out
}

func streams(t testing.TB, pdf []byte) (out [][]byte) {
	t.Helper()
	for {
		_, rest, ok := bytes.Cut(pdf, []byte("\nstream\n"))
		if !ok {
			return out
		}
		raw, rest, _ := bytes.Cut(rest, []byte("\nendstream"))
		pdf = rest
		if z, err := zlib.NewReader(bytes.NewReader(raw)); err == nil {
			if raw, err = io.ReadAll(z); err != nil {
				t.Fatalf("inflate stream: %v", err)
			}
		}
		out = append(out, raw)
	}
}

var unescaped = strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r")

func decodeText(b []byte) string {
	s := unescaped.Replace(string(b))
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	return string(utf16.Decode(units))
}
