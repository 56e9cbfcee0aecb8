package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cleaner makes text printable. What neither face can draw becomes a visible
// "?" and is counted, so that the document says that something is missing.
type cleaner struct {
	faces [2]*face
	lost  int
}

// stands replaces signs the faces lack by words that mean the same.
var stands = map[rune]string{
	'\u2103': "°C",
	'\u2109': "°F",
	'\u26a0': "!",
}

func (c *cleaner) text(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	s = strings.ReplaceAll(norm.NFC.String(s), "\r\n", "\n")
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd") {
			r = 0 // a broken byte
		}
		c.write(&out, r)
	}
	return out.String()
}

func (c *cleaner) write(out *strings.Builder, r rune) {
	switch {
	case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
		out.WriteByte('\n')
	case r == '\u00a0', r == '\u202f':
		out.WriteRune('\u00a0')
	case r == '\t', unicode.Is(unicode.Zs, r):
		out.WriteByte(' ')
	case unicode.Is(unicode.Cf, r):
		// Marks of direction and joining are not drawn. Left in, they could
		// turn a line round in a viewer.
	case c.faces[regular].has(r) && c.faces[strong].has(r) && !unicode.IsControl(r):
		out.WriteRune(r)
	case stands[r] != "":
		out.WriteString(stands[r])
	default:
		c.lost++
		out.WriteByte('?')
	}
}
