package form

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/session"
)

func filling() Filling {
	return Filling{Zone: time.FixedZone("clinic", 2*3600), NewID: "01890a5d-ac96-774b-bcce-b302099a8057"}
}

// What a page makes of its answers is a command the record can read.
func TestFill_MakesWhatTheRecordReads(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		form  Form
		known map[string]any
		a     url.Values
		want  string
	}{
		{of(t, session.ActNote), nil, url.Values{"text": {" rang "}}, `{"text":{"text":"rang"}}`},
		{of(t, session.ActSignSpoken), map[string]any{"spoken": int64(7)}, url.Values{"spoken": {"8"}}, `{"spoken":7}`},
		{
			of(t, session.ActWaste), nil,
			url.Values{"mass": {"3,4"}, "volume": {"3.40"}, "method": {"sink"}},
			`{"mass":{"u":"mg","v":"3.4"},"method":{"text":"sink"},"volume":{"u":"mL","v":"3.40"}}`,
		},
		{
			of(t, session.ActAttest), nil,
			url.Values{"document": {"consent"}, "title": {"v4"}, "document_date": {"2026-11-02"}},
			`{"document":"consent","document_date":"2026-11-02","title":{"text":"v4"}}`,
		},
	} {
		body, wrong, err := filling().Fill(tt.form, tt.known, tt.a)
		if err != nil || len(wrong) > 0 || string(body) != tt.want {
			t.Errorf("%s: %s, %v, %v; want %s", tt.form.Act, body, wrong, err, tt.want)
		}
		if _, err := session.DecodeCommand(tt.form.Act, tt.form.Version, body); err != nil {
			t.Errorf("%s: %v", tt.form.Act, err)
		}
	}
}

func of(t *testing.T, a act.Act) Form {
	t.Helper()
	f, ok := Of(a)
	if !ok {
		t.Fatalf("no form of %s", a)
	}
	return f
}

func TestFill_SaysWhatIsWrongBesideTheField(t *testing.T) {
	t.Parallel()
	f := Form{Sections: one(
		Field{Path: "n", Label: "Minutes", Input: Number, Int: true, Low: "1", High: "60", Unit: "min", Required: true},
		Field{Path: "q", Label: "Rate", Input: Number, Quantity: true, UCUM: "mL/h", Decimals: 1, Low: "0"},
		Field{Path: "y", Label: "Seen", Input: YesNo, Required: true}, Field{Path: "d", Label: "Day", Input: Date},
		Field{Path: "t", Label: "Until", Input: Time}, Field{Path: "p", Label: "Pump", Input: Pump},
		Field{Path: "l", Label: "Step", Input: List, Required: true, Fields: []Field{{Path: "x", Label: "X", Input: Text, Required: true}, {Path: "z", Label: "Z", Input: Text}}},
	)}
	for name, tt := range map[string]struct{ field, answer, say string }{
		"absent":          {"n", "", "“Minutes” is missing."},
		"too high":        {"n", "61", "Possible here: 1 to 60 min."},
		"too low":         {"n", "0", "Possible here: 1 to 60 min."},
		"a fraction":      {"n", "1.5", "Whole numbers only."},
		"no number":       {"n", "NaN", "This is not a number."},
		"an exponent":     {"n", "1e1", "This is not a number."},
		"below zero":      {"q", "-1", "This is not a number."},
		"too fine":        {"q", "1.25", "At most one digit after the point."},
		"neither":         {"y", "perhaps", "Answer yes or no."},
		"no such day":     {"d", "2026-02-30", "Write the date as 2026-11-23."},
		"no time":         {"t", "10:40", "Write date and time as 2026-11-23T10:40."},
		"a pump":          {"p", "1", "The pump is read at the chair."},
		"no entry":        {"l", "", "“Step” is missing."},
		"half an entry":   {"l.0.x", "", "“X” is missing."},
		"longer than all": {"l.0.x", strings.Repeat("x", maxText+1), "This is longer than 4096 letters."},
	} {
		a := url.Values{"n": {"5"}, "y": {"true"}, "l.rows": {"1"}, "l.0.z": {"z"}, "l.0.x": {"x"}}
		a.Set(tt.field, tt.answer)
		if name == "no entry" {
			a.Set("l.rows", "0")
		}
		if _, wrong, _ := filling().Fill(f, nil, a); wrong[tt.field] != tt.say {
			t.Errorf("%s: said %q of %v, want %q", name, wrong[tt.field], wrong, tt.say)
		}
	}
}

// A typed time is the clinic's, and goes into the record as an instant.
func TestFill_TimeIsTheClinics(t *testing.T) {
	t.Parallel()
	f := Form{Sections: one(Field{Path: "t", Input: Time})}
	if body, _, _ := filling().Fill(f, nil, url.Values{"t": {"2026-11-23T10:40"}}); string(body) != `{"t":"2026-11-23T08:40:00Z"}` {
		t.Errorf("%s", body)
	}
}

// Rows are bounded, and a blank one is not an entry.
func TestFill_RowsAreBounded(t *testing.T) {
	t.Parallel()
	f := Form{Sections: one(Field{Path: "l", Input: List, Fields: []Field{{Path: "x", Input: Text}}})}
	for rows, want := range map[string]string{"2": `{"l":[{"x":"b"}]}`, "1000000": `{}`, "-1": `{}`, "x": `{}`, "0": `{}`} {
		if body, _, _ := filling().Fill(f, nil, url.Values{"l.rows": {rows}, "l.1.x": {"b"}}); string(body) != want {
			t.Errorf("%s rows: %s, want %s", rows, body, want)
		}
	}
}
