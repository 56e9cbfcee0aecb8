package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// proved looks each reading that is said to come from the monitor up among
// what the monitor sent. What cannot be found, or came while nobody had
// confirmed that the monitor is on this patient, is charted all the same: it
// says so, and is only questionable, so that no baseline or gate rests on it.
// Readings that an amendment leaves as they were stay as they were.
func (d *decider) proved(rs, before []vital.Reading) ([]vital.Reading, []Deviation) {
	out := slices.Clone(rs)
	var findings []Deviation
	for i, r := range out {
		if r.Origin == vital.ByHand || slices.ContainsFunc(before, func(b vital.Reading) bool { return sameReading(b, r) }) {
			continue
		}
		f, _ := vital.Of(r.Kind)
		switch {
		case !d.s.linkedAt(r.At):
			findings = append(findings, deviation(RuleDevice, "session.device_unlinked", f.Label))
		case !slices.ContainsFunc(d.env.Seen, func(s vital.Sample) bool { return shows(s, r) }):
			findings = append(findings, deviation(RuleDevice, "session.device_unmatched", f.Label))
		default:
			continue
		}
		if out[i].Quality == vital.Good {
			out[i].Quality = vital.Questionable
		}
	}
	return out, findings
}

func sameReading(a, b vital.Reading) bool {
	at := a.At.Equal(b.At)
	a.At, b.At = time.Time{}, time.Time{}
	return at && a == b
}

// linkedAt reports whether a person had confirmed the link at an instant.
func (s State) linkedAt(at time.Time) bool {
	l := s.Link
	return l.Monitor != "" && !at.IsZero() && !at.Before(l.Since) && (l.Confirmed || at.Before(l.DoubtFrom))
}

// shows reports whether a sample is what a reading says, to the millisecond
// that a page knows.
func shows(s vital.Sample, r vital.Reading) bool {
	return s.Kind == r.Kind && s.Site == r.Site && (r.Source == "" || s.Source == r.Source) &&
		s.Kind.Text(s.Value) == r.Kind.Text(r.Value) && s.At.UnixMilli() == r.At.UnixMilli() && s.Quality == vital.Good
}

// future reports whether a reading is said to be measured after now.
func (d *decider) future(rs []vital.Reading) bool {
	return slices.ContainsFunc(rs, func(r vital.Reading) bool { return r.At.After(d.env.Now) })
}
