package hl7

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Field is a field, a component or a subcomponent, as sent.
type Field struct {
	raw string
	sep separators
}

// Raw is the field as sent, escapes untouched.
func (f Field) Raw() string { return f.raw }

// Text is the field with its escapes resolved and outer blanks removed. An
// HL7 null ("") is empty.
func (f Field) Text() string {
	if f.raw == `""` {
		return ""
	}
	return strings.TrimSpace(unescape(f.raw, f.sep))
}

// Empty reports whether nothing was sent.
func (f Field) Empty() bool { return f.Text() == "" }

// Repeats are the repetitions of a field.
func (f Field) Repeats() []Field {
	if f.sep.repetition == 0 {
		return []Field{f}
	}
	var out []Field
	for s := range strings.SplitSeq(f.raw, string(f.sep.repetition)) {
		out = append(out, Field{s, f.sep})
	}
	return out
}

// Comp is component n, from 1, of the first repetition.
func (f Field) Comp(n int) Field {
	first := nth(f.raw, f.sep.repetition, 1)
	return Field{nth(first, f.sep.component, n), f.sep}
}

// Sub is subcomponent n, from 1, of a component.
func (f Field) Sub(n int) Field { return Field{nth(f.raw, f.sep.subcomponent, n), f.sep} }

// nth is piece n, from 1, of s.
func nth(s string, sep byte, n int) string {
	if sep == 0 {
		if n == 1 {
			return s
		}
		return ""
	}
	for ; n > 1; n-- {
		i := strings.IndexByte(s, sep)
		if i < 0 {
			return ""
		}
		s = s[i+1:]
	}
	if i := strings.IndexByte(s, sep); i >= 0 {
		return s[:i]
	}
	return s
}

// unescape resolves \F\ \S\ \R\ \E\ \T\ \Xhh\ and \.br\; highlighting is
// dropped; what is unknown stays as it was sent.
func unescape(s string, sep separators) string {
	if sep.escape == 0 || strings.IndexByte(s, sep.escape) < 0 {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, sep.escape)
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i+1:], sep.escape)
		if j < 0 {
			break
		}
		b.WriteString(s[:i])
		whole := s[i : i+j+2]
		if text, ok := sequence(whole[1:len(whole)-1], sep); ok {
			b.WriteString(text)
		} else {
			b.WriteString(whole)
		}
		s = s[i+j+2:]
	}
	b.WriteString(s)
	return b.String()
}

func sequence(name string, sep separators) (string, bool) {
	switch name {
	case "F":
		return string(sep.field), true
	case "S":
		return text(sep.component), true
	case "R":
		return text(sep.repetition), true
	case "E":
		return text(sep.escape), true
	case "T":
		return text(sep.subcomponent), true
	case "H", "N":
		return "", true
	case ".br":
		return "\n", true
	}
	if rest, ok := strings.CutPrefix(name, "X"); ok {
		return hexText(rest)
	}
	return "", false
}

func text(c byte) string {
	if c == 0 {
		return ""
	}
	return string(rune(c))
}

func hexText(digits string) (string, bool) {
	if len(digits) == 0 || len(digits)%2 != 0 || len(digits) > 512 {
		return "", false
	}
	out := make([]byte, 0, len(digits)/2)
	for i := 0; i < len(digits); i += 2 {
		b, err := strconv.ParseUint(digits[i:i+2], 16, 8)
		if err != nil {
			return "", false
		}
		out = append(out, byte(b))
	}
	if !utf8.Valid(out) {
		return "\uFFFD", true
	}
	return string(out), true
}

// escape writes text so that it can stand in a field of a message with these
// separators; line ends and other control signs become blanks.
func escape(s string, sep separators) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case r > 0x7f:
			b.WriteRune(r)
		default:
			writeEscaped(&b, byte(r), sep)
		}
	}
	return b.String()
}

func writeEscaped(b *strings.Builder, c byte, sep separators) {
	name := byte(0)
	switch c {
	case sep.field:
		name = 'F'
	case sep.component:
		name = 'S'
	case sep.repetition:
		name = 'R'
	case sep.escape:
		name = 'E'
	case sep.subcomponent:
		name = 'T'
	}
	switch {
	case name == 0:
		b.WriteByte(c)
	case sep.escape == 0: // nothing to escape with: the sign is lost, not the field
		b.WriteByte(' ')
	default:
		b.Write([]byte{sep.escape, name, sep.escape})
	}
}
