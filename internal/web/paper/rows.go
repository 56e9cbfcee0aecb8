package paper

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/strict"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Bounds of what one person types in one go.
const (
	MaxDraft = 256 << 10 // bytes of the whole
	mostRows = 300
	mostCell = 2 << 10 // bytes
	rowIDs   = 3
)

// Draft is a paper as it was typed, in the words that were typed. Each row has
// ids of its own, made once: what is sent again is the same.
type Draft struct {
	Author        ident.Person `json:"author"`
	Date          string       `json:"date"` // of times that name no day, YYYY-MM-DD
	Concentration string       `json:"concentration"`
	Sheets        []int64      `json:"sheets"`
	Down          Down         `json:"down"`
	Total         Total        `json:"total"`
	Rows          []Row        `json:"rows"`
}

// Down is when Stillwatch was not watching.
type Down struct {
	ID   ident.Command `json:"id"`
	From string        `json:"from"`
	To   string        `json:"to"`
}

// Total is what the pump displays at the end.
type Total struct {
	ID         ident.Command `json:"id"`
	Shown      string        `json:"shown"`
	Unit       string        `json:"unit"` // "mL" or "mg"
	Programmed string        `json:"programmed"`
	Reason     string        `json:"reason"`
}

// Row is one line of a table.
type Row struct {
	IDs     []ident.Command `json:"ids"`
	Section string          `json:"section"`
	Cells   []Cell          `json:"cells"`
}

// Cell is one field of a row.
type Cell struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// Problem is a cell that cannot be read, or that the record gave back.
type Problem struct {
	Row  ident.Command `json:"row"` // the row's first id
	Cell string        `json:"cell"`
	Text string        `json:"text"`
}

// Said is one command that a row becomes.
type Said struct {
	Row   ident.Command   `json:"row"`
	ID    ident.Command   `json:"id"`
	Act   act.Act         `json:"act"`
	At    time.Time       `json:"occurred_at"`
	Paper *session.Paper  `json:"paper,omitempty"`
	Body  json.RawMessage `json:"body"`
}

// DecodeDraft reads a draft: strict JSON within bounds.
func DecodeDraft(raw []byte) (Draft, error) {
	var d Draft
	if len(raw) > MaxDraft {
		return d, fmt.Errorf("the sheet is longer than %d kB", MaxDraft>>10)
	}
	if err := strict.Object(raw, &d); err != nil {
		return d, fmt.Errorf("read sheet: %w", err)
	}
	if len(d.Rows) > mostRows {
		return d, fmt.Errorf("the sheet has more than %d lines: enter it in parts", mostRows)
	}
	seen := map[ident.Command]bool{}
	for _, r := range d.Rows {
		if len(r.IDs) != rowIDs || len(r.Cells) > 2*len(Sections(true)) {
			return d, fmt.Errorf("a line of the sheet is malformed")
		}
		for _, id := range r.IDs {
			if !ident.Valid(id) || seen[id] {
				return d, fmt.Errorf("a line of the sheet has no id of its own")
			}
			seen[id] = true
		}
		for _, c := range r.Cells {
			if len(c.Text) > mostCell {
				return d, fmt.Errorf("a field of the sheet is longer than %d letters", mostCell)
			}
		}
	}
	return d, nil
}

// reader reads one draft.
type reader struct {
	d        Draft
	day      time.Time // midnight of the draft's date, in the clinic's zone
	stopped  time.Time // the sheet's own stop, where there is one
	said     []Said
	problems []Problem
}

// line is one row being read.
type line struct {
	r   *reader
	row Row
	bad bool
	ids []ident.Command
	by  ident.Person
}

// Read makes commands of a draft, in the order in which they are sent, or says
// which cell cannot be read. An empty row says nothing.
func Read(d Draft, zone *time.Location) ([]Said, []Problem) {
	r := &reader{d: d}
	day, err := time.ParseInLocation(time.DateOnly, d.Date, zone)
	if err != nil {
		return nil, []Problem{{Cell: "date", Text: "Say of which day the sheet is."}}
	}
	r.day = day
	for _, row := range d.Rows {
		if row.Section == Stop {
			r.stopped, _ = r.clock(text(row, "time"))
		}
	}
	for _, row := range d.Rows {
		if empty(row) {
			continue
		}
		l := line{r: r, row: row, ids: row.IDs, by: ident.Person(text(row, "author"))}
		if l.by == "" {
			l.by = d.Author
		}
		if !ident.Valid(l.by) {
			l.wrong("author", "Say who wrote it.")
		}
		l.read()
	}
	return r.ordered(), r.problems
}

// ordered is the order in which the commands are sent: what ended first. A visit
// that is over then never looks, between two of its lines, as if drug ran now.
// The rest as it happened, whole lines together.
func (r *reader) ordered() []Said {
	rank := func(s Said) int {
		switch s.Act {
		case session.ActArrive:
			return 0
		case session.ActDischarge, session.ActLeave, session.ActTransfer:
			return 1
		case session.ActStop:
			return 2
		case session.ActConfirmStop:
			return 3
		}
		return 4
	}
	out := slices.Clone(r.said)
	slices.SortStableFunc(out, func(a, b Said) int {
		if x, y := rank(a), rank(b); x != y {
			return x - y
		}
		return a.At.Compare(b.At)
	})
	if at, ok := r.down(); ok {
		out = append([]Said{at}, out...)
	}
	if total, ok := r.total(); ok {
		out = append(out, total)
	}
	return out
}

// down is the time without Stillwatch.
func (r *reader) down() (Said, bool) {
	x := r.d.Down
	if x.From == "" && x.To == "" {
		return Said{}, false
	}
	from, ok1 := r.clock(x.From)
	to, ok2 := r.clock(x.To)
	for cell, ok := range map[string]bool{"down.from": ok1, "down.to": ok2} {
		if !ok {
			r.problems = append(r.problems, Problem{Cell: cell, Text: clockHint})
		}
	}
	if !ok1 || !ok2 {
		return Said{}, false
	}
	return Said{Row: x.ID, ID: x.ID, Act: session.ActUnwatched, Body: encode(map[string]any{"from": from.UTC(), "to": to.UTC()})}, true
}

// total is the pump's own total.
func (r *reader) total() (Said, bool) {
	x := r.d.Total
	if strings.TrimSpace(x.Shown) == "" {
		return Said{}, false
	}
	body := map[string]any{}
	var err error
	switch x.Unit {
	case "mL":
		body["volume"], err = quantity[unit.Volume](x.Shown)
	case "mg":
		body["mass"], err = quantity[unit.Mass](x.Shown)
		if x.Programmed != "" && err == nil {
			if body["programmed"], err = quantity[unit.Concentration](x.Programmed); err != nil {
				r.problems = append(r.problems, Problem{Cell: "total.programmed", Text: numberHint})
				return Said{}, false
			}
		}
	default:
		r.problems = append(r.problems, Problem{Cell: "total.unit", Text: "Say whether the pump shows mL or mg."})
		return Said{}, false
	}
	if err != nil {
		r.problems = append(r.problems, Problem{Cell: "total.shown", Text: numberHint})
		return Said{}, false
	}
	if reason := strings.TrimSpace(x.Reason); reason != "" {
		body["reason"] = private(reason)
	}
	return Said{Row: x.ID, ID: x.ID, Act: session.ActReconcile, Body: encode(body)}, true
}

// What is said of a cell that cannot be read.
const (
	clockHint  = "Write the time as 10:05, or with its day as 2026-11-23 10:05."
	numberHint = "Write a number as it stands on the paper, such as 21.7."
)

var clockShape = regexp.MustCompile(`^([0-9]{1,2})[:.]?([0-9]{2})$`)

// clock reads a time of the sheet's day, or one with its own day.
func (r *reader) clock(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	day := r.day
	if date, rest, ok := strings.Cut(s, " "); ok {
		var err error
		if day, err = time.ParseInLocation(time.DateOnly, date, r.day.Location()); err != nil {
			return time.Time{}, false
		}
		s = strings.TrimSpace(rest)
	}
	m := clockShape.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	t, err := time.Parse("15:04", fmt.Sprintf("%02s:%s", m[1], m[2]))
	if err != nil {
		return time.Time{}, false
	}
	y, month, d := day.Date()
	return time.Date(y, month, d, t.Hour(), t.Minute(), 0, 0, day.Location()), true
}

func empty(row Row) bool {
	return !slices.ContainsFunc(row.Cells, func(c Cell) bool { return c.Key != "author" && strings.TrimSpace(c.Text) != "" })
}

func text(row Row, key string) string {
	for _, c := range row.Cells {
		if c.Key == key {
			return strings.TrimSpace(c.Text)
		}
	}
	return ""
}

func (l *line) text(key string) string { return text(l.row, key) }

func (l *line) wrong(cell, say string) {
	l.bad = true
	l.r.problems = append(l.r.problems, Problem{Row: l.row.IDs[0], Cell: cell, Text: say})
}

// at is the time in a cell.
func (l *line) at(cell string) time.Time {
	t, ok := l.r.clock(l.text(cell))
	if !ok {
		l.wrong(cell, clockHint)
	}
	return t
}

// say adds a command; the ids of a row are used one after the other.
func (l *line) say(what act.Act, at time.Time, body map[string]any) { l.sayAs(what, at, l.by, body) }

func (l *line) sayAs(what act.Act, at time.Time, by ident.Person, body map[string]any) {
	if l.bad || len(l.ids) == 0 {
		return
	}
	l.r.said = append(l.r.said, Said{
		Row: l.row.IDs[0], ID: l.ids[0], Act: what, At: at.UTC(), Body: encode(body),
		Paper: &session.Paper{Author: by, Sheets: l.r.d.Sheets},
	})
	l.ids = l.ids[1:]
}

func encode(body map[string]any) json.RawMessage {
	if body == nil {
		body = map[string]any{}
	}
	b, err := json.Marshal(body)
	if err != nil { // only texts, numbers and quantities are given here
		return json.RawMessage("{}")
	}
	return b
}

func private(s string) map[string]any { return map[string]any{"text": s} }

type quantities interface {
	unit.Volume | unit.Mass | unit.Concentration | unit.PumpRate | unit.DoseRate | unit.OxygenFlow
}

// quantity reads a decimal of a known unit, with a point or a comma.
func quantity[Q quantities](s string) (Q, error) {
	var q Q
	err := any(&q).(interface{ UnmarshalText([]byte) error }).UnmarshalText([]byte(decimal(s)))
	return q, err
}

func decimal(s string) string { return strings.Replace(strings.TrimSpace(s), ",", ".", 1) }

// number reads a cell as a quantity; ok is false where it is empty or wrong.
func number[Q quantities](l *line, cell string) (q Q, ok bool) {
	s := l.text(cell)
	if s == "" {
		return q, false
	}
	q, err := quantity[Q](s)
	if err != nil {
		l.wrong(cell, numberHint)
	}
	return q, err == nil
}

// need is number where the row says nothing without it.
func need[Q quantities](l *line, cell string) Q {
	q, ok := number[Q](l, cell)
	if !ok && !l.bad {
		l.wrong(cell, numberHint)
	}
	return q
}

// score reads a whole number of a scale; nil where nothing is written.
func (l *line) score(cell string, most int) any {
	s := l.text(cell)
	if s == "" {
		return nil
	}
	var n int
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil || fmt.Sprint(n) != s || n < 0 || n > most {
		l.wrong(cell, fmt.Sprintf("A whole number from 0 to %d.", most))
		return nil
	}
	return n
}

// chosen is the answer to a choice.
func (l *line) chosen(cell string) string {
	s := l.text(cell)
	for _, section := range Sections(true) {
		if section.Key != l.row.Section {
			continue
		}
		for _, c := range section.Columns {
			for _, o := range c.Options {
				if c.Key == cell && o.Value == s {
					return s
				}
			}
		}
	}
	return ""
}

func (l *line) read() {
	switch l.row.Section {
	case Arrival:
		l.arrival()
	case Vials:
		l.vials()
	case Baseline:
		l.observed(session.ForBaseline)
	case Minutes:
		l.observed(session.ForRound)
	case Pump:
		l.pump()
	case Stop:
		l.stop()
	case Effects:
		l.effect()
	case Drugs:
		l.drug()
	case Emergency:
		l.emergency()
	case Nurse:
		l.say(session.ActTakeNurse, l.at("time"), nil)
	case Notes:
		at := l.at("time")
		if l.text("words") == "" {
			l.wrong("words", "Say what stands there.")
		}
		l.say(session.ActNote, at, map[string]any{"text": private(l.text("words"))})
	case Home:
		l.home()
	default:
		l.wrong("", "This line belongs to no table of the sheet.")
	}
}

func (l *line) arrival() {
	at := l.at("time")
	ids := []session.Identifier{}
	for _, x := range []struct {
		cell string
		id   session.Identifier
	}{{"name", session.ByName}, {"born", session.ByBirth}, {"number", session.ByNumber}} {
		if l.text(x.cell) != "" {
			ids = append(ids, x.id)
		}
	}
	l.say(session.ActArrive, at, map[string]any{"identifiers": ids})
	if l.text("allergies") != "" {
		l.say(session.ActPrecheck, at, map[string]any{"allergies": map[string]any{"agreed": true}})
	}
}

func (l *line) vials() {
	at := l.at("time")
	if l.text("lot") == "" {
		l.wrong("lot", "Say the lot of the vial.")
	}
	if _, err := time.Parse(time.DateOnly, l.text("expiry")); err != nil {
		l.wrong("expiry", "Say the last day of use.")
	}
	strength, drawn := need[unit.Concentration](l, "strength"), need[unit.Volume](l, "drawn")
	l.say(session.ActOpenVials, at, map[string]any{"vials": []any{map[string]any{
		"drug": l.text("drug"), "lot": l.text("lot"), "expiry": l.text("expiry"), "strength": strength, "volume": drawn,
	}}})
	l.computed(at, "first", l.by)
	if l.text("second") == "" {
		return
	}
	other := ident.Person(l.text("other"))
	if !ident.Valid(other) || other == l.by {
		l.wrong("other", "Say who the second person was: somebody else.")
	}
	l.computed(at, "second", other)
}

// computed notes what one person computed for the bag, in that person's name.
func (l *line) computed(at time.Time, cell string, by ident.Person) {
	if m, ok := number[unit.Mass](l, cell); ok {
		l.sayAs(session.ActNote, at, by, map[string]any{"text": private("Computed for the bag, on paper: " + m.String() + ".")})
	}
}

// observed reads a line of signs and scores.
func (l *line) observed(p session.Purpose) {
	at := l.at("time")
	if p == session.ForRound && !l.r.stopped.IsZero() && at.After(l.r.stopped) {
		p = session.ForRecovery
	}
	body := map[string]any{"purpose": p}
	rs := l.pressures()
	for _, k := range []vital.Kind{vital.HR, vital.SpO2, vital.RR, vital.EtCO2} {
		rs = append(rs, l.reading(string(k), k, l.text(string(k)))...)
	}
	if len(rs) > 0 {
		body["readings"] = rs
	}
	for cell, most := range map[string]int{"sedation": 5, "pain": 10, "distress": 10} {
		if n := l.score(cell, most); n != nil {
			body[cell] = n
		}
	}
	if p == session.ForBaseline && l.text(string(vital.SpO2)) != "" {
		body["oxygen"] = map[string]any{"air": true, "flow": unit.OxygenFlow{}}
	}
	if flow, ok := number[unit.OxygenFlow](l, "oxygen"); ok {
		body["oxygen"] = map[string]any{"air": flow.IsZero(), "flow": flow}
	}
	if s := l.text("site"); s != "" {
		body["site"] = l.chosen("site")
	}
	if rate, ok := number[unit.PumpRate](l, "pump"); ok {
		read := l.read1(rate)
		if given, ok := number[unit.Volume](l, "given"); ok {
			read["given"] = given
		}
		body["pump"] = read
	} else if l.text("given") != "" {
		l.wrong("pump", "Say at what rate the pump ran when this was read.")
	}
	if len(body) == 1 && !l.bad {
		l.wrong("time", "Nothing but a time is written in this line.")
	}
	l.say(session.ActObserve, at, body)
}

// pressures reads 128/78 or 128/78/95.
func (l *line) pressures() []vital.Reading {
	s := l.text("bp")
	if s == "" {
		return nil
	}
	parts := strings.Split(s, "/")
	if len(parts) < 2 || len(parts) > 3 {
		l.wrong("bp", "Write the pressure as 128/78 or 128/78/95.")
		return nil
	}
	var out []vital.Reading
	for i, k := range []vital.Kind{vital.NIBPSys, vital.NIBPDia, vital.NIBPMean}[:len(parts)] {
		out = append(out, l.reading("bp", k, parts[i])...)
	}
	return out
}

func (l *line) reading(cell string, k vital.Kind, s string) []vital.Reading {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	x, err := k.Parse(decimal(s))
	if err != nil {
		l.wrong(cell, upper(err.Error())+".")
		return nil
	}
	return []vital.Reading{{Kind: k, Value: x, Quality: vital.Good, Origin: vital.ByHand}}
}

// read1 is a reading of the pump, with the concentration at the head of the sheet.
func (l *line) read1(rate unit.PumpRate) map[string]any {
	conc, err := quantity[unit.Concentration](l.r.d.Concentration)
	if err != nil || !conc.Positive() {
		l.wrong("concentration", "Say the mg/mL that the pump was programmed with.")
	}
	return map[string]any{"rate": rate, "concentration": conc}
}

func (l *line) pump() {
	at, what, why := l.at("time"), l.chosen("what"), l.text("why")
	body := map[string]any{}
	switch what {
	case "":
		l.wrong("what", "Say what was done.")
		return
	case didStart, didChange, didGoOn:
		body["read"] = l.read1(need[unit.PumpRate](l, "rate"))
		dose, ok := number[unit.DoseRate](l, "dose")
		switch {
		case ok && what == didStart: // it has no place in a start
			why = strings.TrimSpace(dose.String() + " " + why)
		case ok:
			body["ordered"] = dose
		case what == didChange:
			body["found"] = true
		}
	default:
		body["cause"] = what
	}
	noted := why != ""
	if noted && what != didStart && what != didGoOn {
		body["reason"], noted = private(why), false
	}
	acts := map[string]act.Act{didStart: session.ActStart, didChange: session.ActRate, didGoOn: session.ActResume}
	if a, ok := acts[what]; ok {
		l.say(a, at, body)
	} else {
		l.say(session.ActPause, at, body)
	}
	if noted {
		l.say(session.ActNote, at, map[string]any{"text": private(why)})
	}
}

func (l *line) stop() {
	at := l.at("time")
	body := map[string]any{"cause": session.StopUnsaid}
	if c := l.chosen("cause"); c != "" {
		body["cause"] = c
	}
	given, ok := number[unit.Volume](l, "given")
	seen := ident.Person(l.text("seen"))
	if seen == "" {
		seen = l.by
	} else if !ident.Valid(seen) {
		l.wrong("seen", "Say who it was: somebody of the staff.")
	}
	l.say(session.ActStop, at, body)
	if ok {
		l.sayAs(session.ActConfirmStop, at, seen, map[string]any{"volume": given})
	}
}

func (l *line) effect() {
	at, code := l.at("time"), l.chosen("what")
	if code == "" {
		l.wrong("what", "Say what it was.")
	}
	id := l.row.IDs[rowIDs-1] // of the side effect; its end is another command
	body := map[string]any{"id": id, "code": code}
	if n := l.score("grade", 4); n != nil {
		body["grade"] = n
	}
	if done := l.text("done"); done != "" {
		body["text"] = private(done)
	}
	var gone time.Time
	if l.text("gone") != "" {
		gone = l.at("gone")
	}
	l.say(session.ActNoteEffect, at, body)
	if !gone.IsZero() {
		l.say(session.ActResolveEffect, gone, map[string]any{"id": id})
	}
}

var dose = regexp.MustCompile(`^([0-9]+(?:[.,][0-9]+)?)\s*(\S.*)$`)

func (l *line) drug() {
	at := l.at("time")
	m := dose.FindStringSubmatch(l.text("dose"))
	if m == nil {
		l.wrong("dose", "Write the dose with its unit, as 4 mg.")
		return
	}
	if l.text("drug") == "" {
		l.wrong("drug", "Say which drug.")
	}
	l.say(session.ActGiveDrug, at, map[string]any{"drug": l.text("drug"), "amount": decimal(m[1]), "unit": strings.TrimSpace(m[2]), "route": l.text("route")})
	if why := l.text("why"); why != "" {
		l.say(session.ActNote, at, map[string]any{"text": private(l.text("drug") + ": " + why)})
	}
}

func (l *line) emergency() {
	at, what := l.at("time"), l.chosen("what")
	words := l.text("words")
	if what == "" {
		if words == "" {
			l.wrong("what", "Say what was done.")
		}
		l.say(session.ActNote, at, map[string]any{"text": private(words)})
		return
	}
	body := map[string]any{"what": what}
	if words != "" {
		body["text"] = private(words)
	}
	l.say(session.ActLogHelp, at, body)
}

func (l *line) home() {
	at, words := l.at("time"), l.text("words")
	switch l.chosen("how") {
	case wentHome:
		l.say(session.ActDischarge, at, nil)
		if words != "" {
			l.say(session.ActNote, at, map[string]any{"text": private("Went home: " + words)})
		}
	case wentEarly:
		body := map[string]any{}
		if words != "" {
			body["told"] = private(words)
		}
		l.say(session.ActLeave, at, body)
	case wentHospital:
		body := map[string]any{}
		if words != "" {
			body["to"] = private(words)
		}
		l.say(session.ActTransfer, at, body)
	default:
		l.wrong("how", "Say how the patient went.")
	}
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
