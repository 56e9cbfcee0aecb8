package hl7

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Numbers, codes and units are ASCII in every charset that monitors use, so
// text is only made safe here, not translated. UTF-8 stays; 8859/1 becomes
// UTF-8; of the double-byte sets (GB 18030, GB2312, GBK, Big5) each character
// becomes U+FFFD. That has to happen before the fields are split: the second
// byte of such a character may look like a separator.

// charsetOf is MSH-18, upper case, without blanks and signs.
func charsetOf(body []byte, sep separators) string {
	fields := bytes.SplitN(firstLine(body), []byte{sep.field}, 20)
	if len(fields) < 18 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(string(fields[17])))
}

func decode(body []byte, charset string) string {
	switch {
	case utf8.Valid(body):
		return string(body)
	case strings.Contains(charset, "88591") && !strings.Contains(charset, "885915"):
		return latin1(body)
	case strings.Contains(charset, "GB"), strings.Contains(charset, "BIG5"):
		return maskDoubleByte(body)
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}

func latin1(body []byte) string {
	var b strings.Builder
	b.Grow(len(body) + 16)
	for _, c := range body {
		b.WriteRune(rune(c))
	}
	return b.String()
}

func maskDoubleByte(body []byte) string {
	var b strings.Builder
	b.Grow(len(body))
	for len(body) > 0 {
		if body[0] < 0x80 {
			b.WriteByte(body[0])
			body = body[1:]
			continue
		}
		b.WriteRune(utf8.RuneError)
		body = body[doubleByteLen(body):]
	}
	return b.String()
}

// doubleByteLen is the length of the character at the start of b: 4 or 2 in
// GB 18030, 1 where the byte is stray.
func doubleByteLen(b []byte) int {
	lead := func(c byte) bool { return c >= 0x81 && c <= 0xfe }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	switch {
	case len(b) >= 4 && lead(b[0]) && digit(b[1]) && lead(b[2]) && digit(b[3]):
		return 4
	case len(b) >= 2 && lead(b[0]) && b[1] >= 0x40 && b[1] != 0x7f && b[1] != 0xff:
		return 2
	}
	return 1
}
