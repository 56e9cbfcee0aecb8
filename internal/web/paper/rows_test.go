package paper

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

const (
	okafor = ident.Person("01941f29-7c00-7000-8000-000000000011")
	brandt = ident.Person("01941f29-7c00-7000-8000-000000000012")
)

var count atomic.Int64 // tests run beside one another

func newID() ident.Command {
	return ident.Command(fmt.Sprintf("01941f29-7c00-7000-8000-%012d", 1000+count.Add(1)))
}

// row is a line as it was typed: a key and its text in turn.
func row(section string, cells ...string) Row {
	r := Row{IDs: []ident.Command{newID(), newID(), newID()}, Section: section}
	for i := 0; i+1 < len(cells); i += 2 {
		r.Cells = append(r.Cells, Cell{cells[i], cells[i+1]})
	}
	return r
}

func draft(rows ...Row) Draft {
	return Draft{Author: okafor, Date: "2026-11-23", Concentration: "1", Sheets: []int64{41}, Rows: rows}
}

func prague(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Prague")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// said is what a draft becomes, each as "act body", and fails the test for a cell
// that cannot be read. Every command has to be one that the server reads.
func said(t *testing.T, d Draft) []string {
	t.Helper()
	list, problems := Read(d, prague(t))
	if len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	var out []string
	for _, s := range list {
		if _, err := session.DecodeCommand(s.Act, 1, s.Body); err != nil {
			t.Errorf("%s: %v", s.Body, err)
		}
		out = append(out, strings.TrimPrefix(string(s.Act), "session.")+" "+string(s.Body))
	}
	return out
}

func TestRead_EachTable(t *testing.T) {
	t.Parallel()
	id := func(r Row) string { return string(r.IDs[2]) }
	effect := row(Effects, "time", "10:20", "what", "nausea", "grade", "2", "done", "a bowl", "gone", "1040")
	for _, c := range []struct {
		row  Row
		want []string
	}{
		{row(Arrival, "time", "9:05", "name", "yes", "born", "yes", "allergies", "yes"), []string{
			`arrive {"identifiers":["full name","date of birth"]}`, `precheck {"allergies":{"agreed":true}}`,
		}},
		{row(Vials, "drug", "ketamine", "lot", "K1", "expiry", "2027-01-31", "strength", "50", "drawn", "5", "first", "250", "second", "251", "time", "9:40", "other", string(brandt)), []string{
			`open-vials {"vials":[{"drug":"ketamine","expiry":"2027-01-31","lot":"K1","strength":{"v":"50","u":"mg/mL"},"volume":{"v":"5","u":"mL"}}]}`,
			`note {"text":{"text":"Computed for the bag, on paper: 250 mg."}}`, `note {"text":{"text":"Computed for the bag, on paper: 251 mg."}}`,
		}},
		{row(Baseline, "time", "9:50", "bp", "128/78", "spo2", "97", "pain", "4"), []string{
			`observe {"oxygen":{"air":true,"flow":{"v":"0","u":"L/min"}},"pain":4,"purpose":"baseline","readings":[` + reading("nibp_sys", "128", "mm[Hg]") + "," + reading("nibp_dia", "78", "mm[Hg]") + "," + reading("spo2", "97", "%") + `]}`,
		}},
		{row(Minutes, "time", "10:15", "oxygen", "2", "sedation", "5", "site", "fine", "pump", "21,7", "given", "5.4"), []string{
			`observe {"oxygen":{"air":false,"flow":{"v":"2","u":"L/min"}},"pump":{"concentration":{"v":"1","u":"mg/mL"},"given":{"v":"5.4","u":"mL"},"rate":{"v":"21.7","u":"mL/h"}},"purpose":"round","sedation":5,"site":"fine"}`,
		}},
		{row(Pump, "time", "10:00", "what", "start", "rate", "16", "dose", "0.2", "why", "by the order"), []string{
			`start {"read":{"concentration":{"v":"1","u":"mg/mL"},"rate":{"v":"16","u":"mL/h"}}}`, `note {"text":{"text":"0.2 mg/kg/h by the order"}}`,
		}},
		{row(Pump, "time", "10:30", "what", "change", "rate", "28", "dose", "0.35", "why", "step 2"), []string{
			`rate {"ordered":{"v":"0.35","u":"mg/kg/h"},"read":{"concentration":{"v":"1","u":"mg/mL"},"rate":{"v":"28","u":"mL/h"}},"reason":{"text":"step 2"}}`,
		}},
		{row(Pump, "time", "10:30", "what", "change", "rate", "28"), []string{
			`rate {"found":true,"read":{"concentration":{"v":"1","u":"mg/mL"},"rate":{"v":"28","u":"mL/h"}}}`,
		}},
		{row(Pump, "time", "10:40", "what", "clinical", "why", "pressure"), []string{`pause {"cause":"clinical","reason":{"text":"pressure"}}`}},
		{row(Pump, "time", "10:50", "what", "go on", "rate", "16", "dose", "0.2"), []string{
			`resume {"ordered":{"v":"0.2","u":"mg/kg/h"},"read":{"concentration":{"v":"1","u":"mg/mL"},"rate":{"v":"16","u":"mL/h"}}}`,
		}},
		{row(Stop, "time", "12:00", "cause", "planned end", "given", "47"), []string{
			`stop {"cause":"planned end"}`, `confirm-pump-stopped {"volume":{"v":"47","u":"mL"}}`,
		}},
		{row(Stop, "time", "12:00"), []string{`stop {"cause":"not said yet"}`}},
		{effect, []string{
			`note-side-effect {"code":"nausea","grade":2,"id":"` + id(effect) + `","text":{"text":"a bowl"}}`, `resolve-side-effect {"id":"` + id(effect) + `"}`,
		}},
		{row(Drugs, "time", "10:25", "drug", "ondansetron", "dose", "4 mg", "route", "IV", "why", "nausea"), []string{
			`give-drug {"amount":"4","drug":"ondansetron","route":"IV","unit":"mg"}`, `note {"text":{"text":"ondansetron: nausea"}}`,
		}},
		{row(Emergency, "time", "10:25", "what", "oxygen", "words", "6 L/min"), []string{`log-help {"text":{"text":"6 L/min"},"what":"oxygen"}`}},
		{row(Emergency, "time", "10:25", "words", "lifted the legs"), []string{`note {"text":{"text":"lifted the legs"}}`}},
		{row(Nurse, "time", "10:25"), []string{`take-over {}`}},
		{row(Notes, "time", "10:25", "words", "slept"), []string{`note {"text":{"text":"slept"}}`}},
		{row(Home, "time", "14:00", "how", "home", "words", "her brother"), []string{`discharge {}`, `note {"text":{"text":"Went home: her brother"}}`}},
		{row(Home, "time", "14:00", "how", "early", "words", "the desk"), []string{`leave {"told":{"text":"the desk"}}`}},
		{row(Home, "time", "14:00", "how", "hospital", "words", "city ambulance"), []string{`transfer {"to":{"text":"city ambulance"}}`}},
	} {
		if got := said(t, draft(c.row)); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.row.Section, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func reading(kind, v, u string) string {
	return fmt.Sprintf(`{"kind":%q,"v":%q,"u":%q,"quality":"good","origin":"by hand"}`, kind, v, u)
}

// TestRead_TimesAreTheClinics: in its zone, of the sheet's day or of their own.
func TestRead_TimesAreTheClinics(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"10:05": "2026-11-23T09:05:00Z", "1005": "2026-11-23T09:05:00Z", "9.05": "2026-11-23T08:05:00Z", "0:10": "2026-11-22T23:10:00Z",
		"2026-11-24 00:10": "2026-11-23T23:10:00Z", " 10:05 ": "2026-11-23T09:05:00Z",
	} {
		list, problems := Read(draft(row(Nurse, "time", text), row(Notes, "time", text, "words", "x")), prague(t))
		if len(problems) > 0 || list[1].At.Format(time.RFC3339) != want {
			t.Errorf("%q: %v %v", text, list, problems)
		}
	}
	for _, text := range []string{"", "25:00", "10:60", "10", "ten", "10:05:30", "2026-13-01 10:00", "2026-11-24", "-1:05"} {
		if _, problems := Read(draft(row(Notes, "time", text, "words", "x")), prague(t)); len(problems) != 1 || problems[0].Cell != "time" {
			t.Errorf("%q was read as a time: %v", text, problems)
		}
	}
}

// TestRead_SaysWhichCell, and takes no other line with it.
func TestRead_SaysWhichCell(t *testing.T) {
	t.Parallel()
	good := row(Notes, "time", "10:00", "words", "x")
	for cell, bad := range map[string]Row{
		"bp": row(Minutes, "time", "10:00", "bp", "128"), "hr": row(Minutes, "time", "10:00", "hr", "fast"), "spo2": row(Minutes, "time", "10:00", "spo2", "970"),
		"sedation": row(Minutes, "time", "10:00", "sedation", "6"), "pain": row(Minutes, "time", "10:00", "pain", "3.5"), "pump": row(Minutes, "time", "10:00", "given", "5"),
		"rate": row(Pump, "time", "10:00", "what", "start"), "what": row(Pump, "time", "10:00", "rate", "16"), "expiry": row(Vials, "time", "10:00", "lot", "K1", "strength", "50", "drawn", "5"),
		"dose": row(Drugs, "time", "10:00", "drug", "ondansetron", "dose", "some"), "how": row(Home, "time", "10:00"), "words": row(Notes, "time", "10:00"),
		"seen": row(Stop, "time", "10:00", "given", "5", "seen", "a nurse"), "author": row(Notes, "time", "10:00", "words", "x", "author", "R. O."), "": row("elsewhere", "time", "10:00"),
		"time":  row(Minutes, "time", "10:00"),
		"other": row(Vials, "time", "10:00", "lot", "K1", "expiry", "2027-01-31", "strength", "50", "drawn", "5", "second", "250", "other", string(okafor)),
	} {
		list, problems := Read(draft(bad, good), prague(t))
		if len(problems) == 0 || problems[0].Cell != cell || problems[0].Row != bad.IDs[0] || problems[0].Text == "" {
			t.Errorf("%s: %+v", cell, problems)
		}
		list = slices.DeleteFunc(list, func(s Said) bool { return s.Row == bad.IDs[0] })
		if len(list) != 1 || list[0].Row != good.IDs[0] {
			t.Errorf("%s: the other line became %+v", cell, list)
		}
	}
	d := draft(row(Pump, "time", "10:00", "what", "start", "rate", "16"))
	d.Concentration = ""
	if _, problems := Read(d, prague(t)); len(problems) != 1 || problems[0].Cell != "concentration" {
		t.Errorf("without a concentration: %+v", problems)
	}
	d = draft(good)
	d.Author = ""
	if _, problems := Read(d, prague(t)); len(problems) != 1 || problems[0].Cell != "author" {
		t.Errorf("without an author: %+v", problems)
	}
	d = draft(good)
	d.Date = "yesterday"
	if _, problems := Read(d, prague(t)); len(problems) != 1 || problems[0].Cell != "date" {
		t.Errorf("without a date: %+v", problems)
	}
}

// TestRead_WhatEndedComesFirst: between two of its lines a visit that is over
// never looks as if drug ran now; then the rest as it happened, and the total last.
func TestRead_WhatEndedComesFirst(t *testing.T) {
	t.Parallel()
	d := draft(
		row(Minutes, "time", "12:30", "hr", "70"), row(Pump, "time", "10:30", "what", "change", "rate", "28"), row(Pump, "time", "10:00", "what", "start", "rate", "16"),
		row(Stop, "time", "12:00", "given", "47", "seen", string(brandt)), row(Home, "time", "14:00", "how", "home"), row(Arrival, "time", "9:00", "name", "yes", "born", "yes"),
		row(Minutes, "author", string(brandt)),
	)
	d.Down = Down{ID: newID(), From: "08:00", To: "15:00"}
	d.Total = Total{ID: newID(), Shown: "47", Unit: "mg", Programmed: "1", Reason: "as the pump counts"}
	list, problems := Read(d, prague(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []act.Act
	for _, s := range list {
		got = append(got, s.Act)
	}
	want := []act.Act{
		session.ActUnwatched, session.ActArrive, session.ActDischarge, session.ActStop, session.ActConfirmStop,
		session.ActStart, session.ActRate, session.ActObserve, session.ActReconcile,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if by := list[4].Paper.Author; by != brandt || list[3].Paper.Author != okafor || !slices.Equal(list[3].Paper.Sheets, []int64{41}) {
		t.Errorf("seen stopped by %s", by)
	}
	if list[0].Paper != nil || list[8].Paper != nil {
		t.Error("what is said of the paper is said to stand on it")
	}
	if body := string(list[7].Body); !strings.Contains(body, `"purpose":"recovery"`) {
		t.Errorf("after the stop: %s", body)
	}
	if body := string(list[8].Body); body != `{"mass":{"v":"47","u":"mg"},"programmed":{"v":"1","u":"mg/mL"},"reason":{"text":"as the pump counts"}}` {
		t.Errorf("%s", body)
	}
	ids := map[ident.Command]bool{}
	for _, s := range list {
		if ids[s.ID] {
			t.Errorf("%s has the id of another", s.Act)
		}
		ids[s.ID] = true
	}
}

func TestDecodeDraft_Bounds(t *testing.T) {
	t.Parallel()
	encode := func(d Draft) []byte {
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := draft(row(Notes, "time", "10:00", "words", "x"))
	if d, err := DecodeDraft(encode(good)); err != nil || len(d.Rows) != 1 {
		t.Fatalf("%v", err)
	}
	many, twice, few, long := good, good, good, draft(row(Notes, "words", strings.Repeat("x", mostCell+1)))
	for range mostRows {
		many.Rows = append(many.Rows, row(Notes))
	}
	twice.Rows = append(slices.Clone(good.Rows), good.Rows[0])
	few.Rows = []Row{{IDs: good.Rows[0].IDs[:1], Section: Notes}}
	for name, raw := range map[string][]byte{
		"too many lines": encode(many), "an id twice": encode(twice), "a line with one id": encode(few), "a long field": encode(long),
		"not JSON": []byte("x"), "an unknown field": []byte(`{"more":1}`), "too long": []byte(`{"date":"` + strings.Repeat("x", MaxDraft) + `"}`), "nothing": nil,
	} {
		if _, err := DecodeDraft(raw); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// FuzzDraft: whatever comes is read or given back; what is read are commands
// that the server can read, or give back in its turn.
func FuzzDraft(f *testing.F) {
	for _, r := range []Row{
		row(Minutes, "time", "10:15", "bp", "128/78/95", "oxygen", "2", "pump", "21,7"), row(Stop, "time", "12:00", "given", "47"),
		row(Effects, "time", "10:20", "what", "nausea", "gone", "10:40"), row(Drugs, "time", "1025", "dose", "4 mg"), row(Home, "time", "2026-11-24 00:10", "how", "home"),
	} {
		d := draft(r)
		d.Down, d.Total = Down{ID: newID(), From: "8:00", To: "9:00"}, Total{ID: newID(), Shown: "12", Unit: "mL"}
		b, err := json.Marshal(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	zone := time.FixedZone("clinic", 3600)
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := DecodeDraft(raw)
		if err != nil {
			return
		}
		list, problems := Read(d, zone)
		for _, s := range list {
			if !json.Valid(s.Body) {
				t.Errorf("%s: %q is not JSON", s.Act, s.Body)
			}
			if s.Paper != nil && !ident.Valid(s.Paper.Author) {
				t.Errorf("%s is by %q", s.Act, s.Paper.Author)
			}
			_, _ = session.DecodeCommand(s.Act, 1, s.Body)
		}
		for _, p := range problems {
			if p.Text == "" {
				t.Error("a cell comes back without a word")
			}
		}
	})
}
