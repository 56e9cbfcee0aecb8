package hl7

import "strings"

// Event is what kind of message it is: MSH-9, as type and trigger.
type Event struct{ Type, Trigger string }

func (e Event) String() string {
	if e.Trigger == "" {
		return e.Type
	}
	return e.Type + "^" + e.Trigger
}

// header is the MSH segment.
func (m *Message) header() Segment {
	if m == nil || len(m.Segments) == 0 {
		return Segment{sep: usual}
	}
	return m.Segments[0]
}

// ControlID is MSH-10, empty where the sender gave none.
func (m *Message) ControlID() string { return clip(m.header().Field(10).Text(), 199) }

// Application is MSH-3 as sent.
func (m *Message) Application() string { return clip(m.header().Field(3).Raw(), 250) }

// Version is MSH-12, such as 2.6.
func (m *Message) Version() string { return clip(m.header().Field(12).Comp(1).Text(), 16) }

// Processing is MSH-11: P production, T training, D debugging.
func (m *Message) Processing() string { return clip(m.header().Field(11).Comp(1).Text(), 16) }

// Event is MSH-9.
func (m *Message) Event() Event {
	f := m.header().Field(9)
	return Event{clip(f.Comp(1).Text(), 16), clip(f.Comp(2).Text(), 16)}
}

// DedupeKey tells a repeated message from a new one: MSH-3 with MSH-10, or
// the digest of the bytes where no control id was sent. Monitors of one make
// may share MSH-3 and count from 1, and a restarted one counts from 1 again:
// compare within one device, and compare the digest before dropping anything.
func (m *Message) DedupeKey() string {
	if id := m.ControlID(); id != "" {
		return m.Application() + "\x1f" + id
	}
	return "sha256\x1f" + m.Digest
}

// EUI64 is the device's own identifier, 16 hexadecimal digits in upper case:
// from the first OBX-18 that holds one, else from MSH-3. Empty if none was
// sent.
func (m *Message) EUI64() string {
	if id := m.measured(); id != "" {
		return id
	}
	return eui64(m.header().Field(3))
}

// measured is the identifier of the device that measured, empty if no row
// names one. MSH-3 names the sender, which may be a gateway for many beds.
func (m *Message) measured() string {
	for _, s := range m.Segments {
		if s.Name == "OBX" {
			if id := eui64(s.Field(18)); id != "" {
				return id
			}
		}
	}
	return ""
}

// eui64 reads an identifier out of an EI or HD field: `id^^id^EUI-64` or
// `name^id^EUI-64`.
func eui64(f Field) string {
	for _, r := range f.Repeats() {
		for typ := 2; typ <= 4; typ++ {
			if strings.EqualFold(r.Comp(typ).Text(), "EUI-64") {
				if id := hex16(r.Comp(typ - 1).Text()); id != "" {
					return id
				}
				return hex16(r.Comp(1).Text())
			}
		}
	}
	return hex16(f.Comp(1).Text())
}

// hex16 is s in upper case without separators if it is an EUI-64, else empty.
func hex16(s string) string {
	s = strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(s, "-", ""), ":", ""))
	if len(s) != 16 || strings.Trim(s, "0123456789ABCDEF") != "" {
		return ""
	}
	return s
}

// unreadable reports whether a segment with this name cannot be read.
func (m *Message) unreadable(name string) bool {
	for _, s := range m.Segments {
		if s.Name == name && s.Malformed != "" {
			return true
		}
	}
	return false
}

// each yields the segments with this name that can be read.
func (m *Message) each(name string) []Segment {
	var out []Segment
	for _, s := range m.Segments {
		if s.Name == name && s.Malformed == "" {
			out = append(out, s)
		}
	}
	return out
}
