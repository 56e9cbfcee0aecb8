package hl7

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of one message. A monitor's report is a few kilobytes; these
// only keep a faulty or hostile sender from taking memory.
const (
	MaxMessage  = 1 << 20 // bytes
	MaxSegments = 10_000
	MaxFields   = 400 // per segment; a longer segment is set aside, not the message
)

// ParseError says why bytes are no message. Its text may be sent to the
// monitor and shown to staff: it never quotes content.
type ParseError struct{ Text string }

func (e *ParseError) Error() string { return "parse HL7 message: " + e.Text }

func unparseable(format string, args ...any) *ParseError {
	return &ParseError{fmt.Sprintf(format, args...)}
}

// separators are the five delimiters that MSH-1 and MSH-2 declare; zero means
// that the message has none of that kind.
type separators struct{ field, component, repetition, escape, subcomponent byte }

var usual = separators{'|', '^', '~', '\\', '&'}

// encoding is MSH-2 for these separators, as a reply repeats it.
func (s separators) encoding() string {
	var b strings.Builder
	for _, c := range []byte{s.component, s.repetition, s.escape, s.subcomponent} {
		if c != 0 {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Segment is one line of a message.
type Segment struct {
	Name string
	// Line counts from 1, blank lines left out.
	Line int
	// Malformed says why the line cannot be read as a segment; empty if it can.
	Malformed string
	fields    []string
	sep       separators
}

// Field returns field n as HL7 counts them; one that was not sent is empty.
func (s Segment) Field(n int) Field {
	if n < 0 || n >= len(s.fields) {
		return Field{sep: s.sep}
	}
	return Field{s.fields[n], s.sep}
}

// Message is a message split into segments, its text made valid UTF-8.
type Message struct {
	Segments []Segment
	// Digest is the SHA-256 of the bytes received, in hexadecimal.
	Digest string
	sep    separators
}

// Lex splits one unframed message. With an error it still returns the message
// as far as its header could be read, so that a reply can name it; nil if not
// even that.
func Lex(raw []byte) (*Message, error) {
	sum := sha256.Sum256(raw)
	if len(raw) > MaxMessage {
		return nil, unparseable("%d bytes received, more than the %d allowed", len(raw), MaxMessage)
	}
	body := bytes.Trim(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), "\x0b\x1c\r\n\t ")
	if err := recognise(body); err != nil {
		return nil, err
	}
	sep, err := readSeparators(body)
	if err != nil {
		return nil, err
	}
	text := decode(body, charsetOf(body, sep))
	m := &Message{Digest: hex.EncodeToString(sum[:]), sep: sep}
	return m, m.split(text)
}

// recognise refuses what does not begin like a message, saying what it
// resembles.
func recognise(body []byte) error {
	switch {
	case len(body) == 0:
		return unparseable("nothing received")
	case bytes.HasPrefix(body, []byte("MSH")) && len(body) >= 5 && body[3] != 0:
		return nil
	case bytes.IndexByte(body[:min(len(body), 8)], 0) >= 0:
		return unparseable("the text is UTF-16 or UTF-32; set the monitor to UTF-8")
	case bytes.HasPrefix(body, []byte("FHS")), bytes.HasPrefix(body, []byte("BHS")):
		return unparseable("a batch file was received; one message at a time is read")
	}
	return unparseable("%d bytes received that do not begin with an MSH segment", len(body))
}

func readSeparators(body []byte) (separators, error) {
	line := firstLine(body)
	if len(line) < 5 {
		return separators{}, unparseable("the MSH segment ends before its separators")
	}
	sep := separators{field: line[3]}
	end := bytes.IndexByte(line[4:], sep.field)
	if end < 0 {
		return sep, unparseable("the MSH segment has no encoding characters")
	}
	enc := line[4 : 4+end]
	if len(enc) == 0 {
		enc = []byte(usual.encoding())
	}
	if len(enc) > 5 || !distinct(append([]byte{sep.field}, enc...)) {
		return sep, unparseable("the separators in MSH-1 and MSH-2 cannot be used")
	}
	for i, to := range []*byte{&sep.component, &sep.repetition, &sep.escape, &sep.subcomponent} {
		if i < len(enc) {
			*to = enc[i]
		}
	}
	return sep, nil
}

func firstLine(body []byte) []byte {
	if i := bytes.IndexAny(body, "\r\n"); i >= 0 {
		return body[:i]
	}
	return body
}

// distinct reports whether the separators are different printable signs, so
// that none can stand in a number, a name or a line end.
func distinct(seps []byte) bool {
	for i, c := range seps {
		sign := c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c|0x20 >= 'a' && c|0x20 <= 'z')
		if !sign || c == '-' || c == '.' || c == '+' || bytes.IndexByte(seps[:i], c) >= 0 {
			return false
		}
	}
	return true
}

func (m *Message) split(text string) error {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(m.Segments) == MaxSegments {
			return unparseable("more than %d segments received", MaxSegments)
		}
		s := readSegment(line, m.sep)
		s.Line = len(m.Segments) + 1
		if s.Name == "MSH" && s.Line > 1 {
			return unparseable("more than one MSH segment received; one message at a time is read")
		}
		m.Segments = append(m.Segments, s)
	}
	return nil
}

func readSegment(line string, sep separators) Segment {
	name, _, _ := strings.Cut(line, string(sep.field))
	if !segmentName(name) {
		return Segment{Malformed: "not an HL7 segment", sep: sep}
	}
	if strings.Count(line, string(sep.field)) >= MaxFields {
		return Segment{Name: name, Malformed: "too many fields", sep: sep}
	}
	fields := strings.Split(line, string(sep.field))
	if name == "MSH" { // MSH-1 is the separator itself
		fields = append([]string{name, string(sep.field)}, fields[1:]...)
	}
	return Segment{Name: name, fields: fields, sep: sep}
}

func segmentName(s string) bool {
	if len(s) != 3 {
		return false
	}
	for i := range 3 {
		if upper := s[i] >= 'A' && s[i] <= 'Z'; !upper && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}

// clip makes text fit to show: at most n characters, without control
// signs and marks that turn the direction of writing.
func clip(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
