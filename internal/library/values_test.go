package library_test

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/library"
)

func settable(t interface {
	Helper()
	Fatal(...any)
},
) []library.Settable {
	t.Helper()
	out, err := library.Shipped().Settable()
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 100 {
		t.Fatal("only", len(out), "values can be set")
	}
	return out
}

// TestWith_OneValue: the number is the clinic's, its row says so beside what was
// shipped, its own mark stays ours, and every other row is as it was.
func TestWith_OneValue(t *testing.T) {
	t.Parallel()
	shipped := library.Shipped()
	f, err := shipped.With([]library.Value{{Row: "session/LIM-OFTEN", Name: "days_7", Value: "3"}})
	if err != nil {
		t.Fatal(err)
	}
	if faults := f.Check(); len(faults) > 0 {
		t.Fatal(faults)
	}
	s, err := library.DecodeSession(f.Session)
	if err != nil || s.Count(library.OftenIn7) != 3 {
		t.Fatal(s.Count(library.OftenIn7), err)
	}
	n, _ := s.Number("LIM-OFTEN", "days_7")
	if src, ok := s.Source(n.Source); n.Mark != cite.Default || !ok || src.ID != "CLINIC" {
		t.Errorf("the number rests on %v, %s", src, n.Mark)
	}
	before, err1 := shipped.Rows()
	after, err2 := f.Rows()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for i, r := range before {
		now := after[i]
		switch {
		case r.Name() != "session/LIM-OFTEN":
			if now.Hash != r.Hash || now.Text != r.Text {
				t.Errorf("%s is another", r.Name())
			}
		case now.Hash == r.Hash || now.Text != r.Text+" Set by the clinic: 3 in place of 5 (days 7).":
			t.Errorf("the row says %q", now.Text)
		}
	}
	if shipped.Hash() == f.Hash() || !bytes.Equal(shipped.Protocols, f.Protocols) {
		t.Error("the library's hash, or a file that nothing was set in")
	}
}

// TestWith_Protocol: a range moves as a whole inside its bounds, and what sources do not
// agree on is chosen from what they say.
func TestWith_Protocol(t *testing.T) {
	t.Parallel()
	f, err := library.Shipped().With([]library.Value{
		{Row: "protocols/PR-FIRST", Name: "rate.usual", Value: "0.25"},
		{Row: "protocols/PR-FIRST", Name: "rate.most", Value: "0.3"},
		{Row: "protocols/PR-FIRST", Name: "observation", Value: "120"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := library.DecodeSession(f.Session)
	if err != nil {
		t.Fatal(err)
	}
	k, err := library.DecodeProtocols(f.Protocols, s)
	if err != nil {
		t.Fatal(err)
	}
	p := k.Rows[slices.IndexFunc(k.Rows, func(p library.Protocol) bool { return p.ID == "PR-FIRST" })]
	if span, _ := p.Span("rate"); span.Least != "0.05" || span.Usual != "0.25" || span.Most != "0.3" {
		t.Errorf("the rate goes %s, %s, %s", span.Least, span.Usual, span.Most)
	}
	for _, c := range p.Choices {
		if c.Name == "observation" && c.Usual != "120" {
			t.Errorf("%s min are usual", c.Usual)
		}
	}
}

// TestWith_Refused: nothing beyond a bound, nothing that is not the clinic's, nothing
// that the files' own check refuses.
func TestWith_Refused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		values []library.Value
		want   string
	}{
		{"above a hard bound", []library.Value{{Row: "session/LIM-RATE", Name: "most", Value: "1.000001"}}, "outside 0.1 to 1"},
		{"below one", []library.Value{{Row: "session/G-4", Name: "after_more", Value: "119"}}, "outside 120 to 480"},
		{"no number", []library.Value{{Row: "session/LIM-RATE", Name: "most", Value: "fast"}}, `"fast" is no number`},
		{"a negative one", []library.Value{{Row: "session/LIM-RATE", Name: "most", Value: "-1"}}, "no number"},
		{"an endless one", []library.Value{{Row: "session/LIM-RATE", Name: "most", Value: strings.Repeat("0", 40) + "1"}}, "16 characters"},
		{"half a patient", []library.Value{{Row: "session/LIM-OFTEN", Name: "days_7", Value: "2.5"}}, "no whole number"},
		{"what a source says", []library.Value{{Row: "session/CI-BPNOW", Name: "sbp_high", Value: "170"}}, "nothing that a clinic may set"},
		{"no such row", []library.Value{{Row: "session/LIM-NONE", Name: "most", Value: "1"}}, "nothing that a clinic may set"},
		{"no option", []library.Value{{Row: "protocols/PR-FIRST", Name: "observation", Value: "30"}}, "not one of 60, 120, 240"},
		{"twice", []library.Value{{Row: "session/LIM-RATE", Name: "most", Value: "0.8"}, {Row: "session/LIM-RATE", Name: "most", Value: "0.9"}}, "set twice"},
		{"too many", make([]library.Value, 401), "more than 400"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := library.Shipped().With(tt.values); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v", err)
			}
		})
	}
	for name, tt := range map[string]struct {
		values []library.Value
		want   string
	}{
		"a soft limit above the hard one": {[]library.Value{{Row: "session/LIM-RATE", Name: "most", Value: "0.4"}}, "above the hard limit"},
		"a protocol beyond a limit":       {[]library.Value{{Row: "session/LIM-MASS-RATE", Name: "most", Value: "20"}, {Row: "session/LIM-MASS-RATE-SOFT", Name: "most", Value: "20"}}, "beyond LIM-MASS-RATE"},
		"a range in no order":             {[]library.Value{{Row: "protocols/PR-FIRST", Name: "rate.most", Value: "0.2"}}, "not in this order"},
	} {
		f, err := library.Shipped().With(tt.values)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if faults := f.Check(); len(faults) == 0 || !strings.Contains(faults[0].Fault, tt.want) {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

// TestSettable_ChecksBounds: bounds that do not hold the shipped value, or that would
// hand a source's number to the clinic, are mistakes in the file.
func TestSettable_ChecksBounds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ old, new, want string }{
		"that leave the value out": {`source: OURS, clinic: ["6", "12"]}`, `source: OURS, clinic: ["7", "12"]}`, "outside 7 to 12"},
		"upside down":              {`source: OURS, clinic: ["6", "12"]}`, `source: OURS, clinic: ["12", "6"]}`, "are none"},
		"of one end":               {`source: OURS, clinic: ["6", "12"]}`, `source: OURS, clinic: ["6"]}`, "a least and a most"},
		"of a source's number":     {`{name: sbp_low, value: "90", unit: "mm[Hg]", mark: verified, source: ED-LOW-DOSE}`, `{name: sbp_low, value: "90", unit: "mm[Hg]", mark: verified, source: ED-LOW-DOSE, clinic: ["80", "100"]}`, "cannot set what rests on a source"},
	} {
		b := library.Shipped().Session
		if !bytes.Contains(b, []byte(tt.old)) {
			t.Fatalf("the file has no %s", tt.old)
		}
		if _, err := library.DecodeSession(bytes.Replace(b, []byte(tt.old), []byte(tt.new), 1)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("bounds %s: %v", name, err)
		}
	}
	// Ranges and levels are held to theirs as single numbers are.
	f := library.Shipped()
	session, err := library.DecodeSession(f.Session)
	if err != nil {
		t.Fatal(err)
	}
	once := func(b []byte, from, to string) []byte {
		if !bytes.Contains(b, []byte(from)) {
			t.Fatalf("the file has no %s", from)
		}
		return bytes.Replace(b, []byte(from), []byte(to), 1)
	}
	if _, err := library.DecodeProtocols(once(f.Protocols, `clinic: ["0.01", "1"]`, `clinic: ["0.1", "1"]`), session); err == nil || !strings.Contains(err.Error(), "outside 0.1 to 1") {
		t.Errorf("a range that begins before its bounds: %v", err)
	}
	if _, err := library.DecodeAlarms(once(f.Alarms, `clinic: ["91", "96"]`, `clinic: ["95", "96"]`)); err == nil || !strings.Contains(err.Error(), "outside 95 to 96") {
		t.Errorf("a level outside its bounds: %v", err)
	}
	if _, err := library.DecodeProtocols(once(f.Protocols, `      - {name: loading_minutes, least: "1", usual: "5", most: "15", unit: min, source: OURS, mark: default, clinic: ["1", "30"]}`+"\n", ""), session); err == nil || !strings.Contains(err.Error(), "a loading dose has its range, and the minutes") {
		t.Errorf("a loading dose of no length: %v", err)
	}
	if _, err := library.DecodeAlarms(once(f.Alarms, `    reviewed_on: ""`, `    reviewed_on: 2026-11-20`)); err == nil || !strings.Contains(err.Error(), "a reviewer and a date") {
		t.Errorf("an alarm reviewed by nobody: %v", err)
	}
}

// TestSettable_HardOnlyStricter: what stops, and what is a red alarm, can be moved to one
// side only: what is shipped stands at an end of its bounds.
func TestSettable_HardOnlyStricter(t *testing.T) {
	t.Parallel()
	session, err := library.DecodeSession(library.Shipped().Session)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range settable(t) {
		r, _ := session.Rule(s.ID)
		hard := s.File == "session.yaml" && r.Hard() || s.File == "alarms.yaml" && strings.HasPrefix(s.Says, "high,")
		if !hard {
			continue
		}
		n++
		if s.Now != s.Least && s.Now != s.Most {
			t.Errorf("%s, %s: %s lies between %s and %s: it could be loosened", s.Row(), s.Name, s.Now, s.Least, s.Most)
		}
	}
	if n < 30 {
		t.Errorf("only %d were looked at", n)
	}
}

// TestProperty_WithStaysInside: whatever is set, a value in force is inside its bounds,
// and setting it twice is setting it once.
func TestProperty_WithStaysInside(t *testing.T) {
	t.Parallel()
	all := settable(t)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(all).Draw(t, "what")
		value := rapid.OneOf(
			rapid.StringMatching(`[0-9]{1,3}(\.[0-9]{1,6})?`),
			rapid.SampledFrom(append(slices.Clone(s.Options), s.Least, s.Most, s.Now)),
			rapid.String(),
		).Draw(t, "value")
		set := []library.Value{{Row: s.Row(), Name: s.Name, Value: value}}
		f, err := library.Shipped().With(set)
		if err != nil {
			return
		}
		now, err := f.Settable()
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(now, func(x library.Settable) bool { return x.Is(set[0]) })
		if i < 0 || now[i].Now != value {
			t.Fatalf("%v became %v", set, now)
		}
		if len(s.Options) > 0 {
			if !slices.Contains(s.Options, value) {
				t.Fatalf("%q is no option of %v", value, s)
			}
			return
		}
		n, err1 := strconv.ParseFloat(value, 64)
		low, err2 := strconv.ParseFloat(s.Least, 64)
		high, err3 := strconv.ParseFloat(s.Most, 64)
		if err1 != nil || err2 != nil || err3 != nil || n < low || n > high {
			t.Fatalf("%q was taken for %v", value, s)
		}
		again, err := f.With(set)
		if err != nil || again.Hash() != f.Hash() {
			t.Fatal("set twice, the same value gave another library", err)
		}
	})
}
