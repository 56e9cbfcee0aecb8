package hl7

import (
	"strings"
	"time"
)

// ReplyCode is MSA-1.
type ReplyCode string

// The reply codes. Commit codes are only read, from systems that reply in
// enhanced mode.
const (
	AA ReplyCode = "AA" // accepted: stored
	AE ReplyCode = "AE" // error: could not be read
	AR ReplyCode = "AR" // rejected: not received here
	CA ReplyCode = "CA"
	CE ReplyCode = "CE"
	CR ReplyCode = "CR"
)

// Reply is the answer to a message: AA once it is stored, whatever was
// quarantined; AE if it could not be read; AR if its type is not received
// here. An empty code means that nothing is answered.
type Reply struct {
	Code ReplyCode
	Text string
}

// Ack writes the acknowledgement of m, which may be nil if its header could
// not be read. It repeats the separators of m and swaps sender and receiver.
// Only AE carries an ERR segment.
func Ack(m *Message, code ReplyCode, text string, now time.Time, controlID string) []byte {
	h := m.header()
	sep := h.sep
	trigger := ""
	if t := m.Event().Trigger; t != "" {
		trigger = string(sep.component) + escape(t, sep)
	}
	version := m.Version()
	if version == "" {
		version = "2.6"
	}
	var b strings.Builder
	segment(&b, sep, "MSH", sep.encoding(),
		copied(h, 5), copied(h, 6), copied(h, 3), copied(h, 4),
		now.Format("20060102150405.000-0700"), "",
		"ACK"+ackEvent(trigger, sep), escape(clip(controlID, 50), sep), ackProcessing(m), escape(version, sep),
		"", "", "", "", "", "UNICODE UTF-8")
	segment(&b, sep, "MSA", string(code), copied(h, 10), escape(clip(text, 200), sep))
	if code == AE {
		segment(&b, sep, "ERR", "", "", ackError(sep), "E", "", "", "", escape(clip(text, 200), sep))
	}
	return []byte(b.String())
}

// ackEvent is MSH-9 after ACK: trigger and structure, if components exist.
func ackEvent(trigger string, sep separators) string {
	if sep.component == 0 || trigger == "" {
		return ""
	}
	return trigger + string(sep.component) + "ACK"
}

// ackError is 100, segment sequence error, of HL7 table 0357.
func ackError(sep separators) string {
	if sep.component == 0 {
		return "100"
	}
	c := string(sep.component)
	return "100" + c + "Segment sequence error" + c + "HL70357"
}

func ackProcessing(m *Message) string {
	if p := m.Processing(); p == "T" || p == "D" {
		return p
	}
	return "P"
}

// copied repeats a header field as it was sent, bounded and in one line.
func copied(h Segment, n int) string {
	s := h.Field(n).Raw()
	if len(s) > 250 {
		return ""
	}
	return clip(s, 250)
}

func segment(b *strings.Builder, sep separators, fields ...string) {
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(sep.field)
		}
		b.WriteString(f)
	}
	b.WriteByte('\r')
}

// Answer is an acknowledgement received.
type Answer struct {
	Code ReplyCode
	// ControlID is MSA-2: the message that is answered.
	ControlID string
	Text      string
}

// Positive reports whether the receiver took the message.
func (a Answer) Positive() bool { return a.Code == AA || a.Code == CA }

// ParseAck reads an acknowledgement. Only the MSA segment counts: a query
// response that carries one is an answer too.
func ParseAck(raw []byte) (Answer, error) {
	m, err := Lex(raw)
	if err != nil {
		return Answer{}, err
	}
	if list := m.each("MSA"); len(list) > 0 {
		s := list[0]
		a := Answer{ReplyCode(clip(s.Field(1).Text(), 2)), clip(s.Field(2).Text(), 199), clip(s.Field(3).Text(), 200)}
		switch a.Code {
		case AA, AE, AR, CA, CE, CR:
			return a, nil
		}
		return Answer{}, unparseable("the MSA segment has no known code")
	}
	return Answer{}, unparseable("a message was received that is no acknowledgement")
}
