package rule

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/strict"
)

// SnapshotSchema names the shape of a patient snapshot; doc/screening.md
// describes it.
const SnapshotSchema = "stillwatch/patient-snapshot/1"

// The bounds of a snapshot.
const (
	mostSnapshot  = 1 << 20 // bytes
	mostEntries   = 500     // of one section
	mostMedicines = 200
	mostInfusions = 2000
	mostText      = 120 // bytes of a source or a name
)

// Snapshot is what is known of one patient at one instant, as it was stated.
// It holds no name and no identifier.
type Snapshot struct {
	// AsOf is the instant that the patient is judged at.
	AsOf time.Time
	// Born is the date of birth; zero where it is not known.
	Born      time.Time
	Entries   []Entry
	Medicines *MedicineList
	Infusions *InfusionList
}

// Entry is one statement about one input.
type Entry struct {
	Input Input
	Value Value
}

// MedicineList is the list of medicines as reconciled at an instant.
type MedicineList struct {
	At        time.Time
	Source    string
	Complete  bool
	Medicines []Medicine
}

// Medicine is one medicine, coded by RxNorm ingredient or by the key of the
// shipped table; with neither, it is not coded and interactions cannot be
// checked.
type Medicine struct{ Name, RxNorm, Key string }

// InfusionList is what ketamine was given before, as known at an instant.
type InfusionList struct {
	At       time.Time
	Source   string
	Complete bool
	Given    []Infusion
}

// Infusion is one infusion of ketamine: when it ended, how long it was in
// hours, and which series it belonged to.
type Infusion struct {
	At     time.Time
	Hours  string
	Series int
}

type fileSnapshot struct {
	Schema  string `json:"schema"`
	AsOf    string `json:"as_of"`
	Patient struct {
		BirthDate string `json:"birth_date"`
	} `json:"patient"`
	History     []fileEntry    `json:"history"`
	Body        []fileEntry    `json:"body"`
	Signs       []fileEntry    `json:"signs"`
	Labs        []fileEntry    `json:"labs"`
	Tests       []fileEntry    `json:"tests"`
	Instruments []fileEntry    `json:"instruments"`
	Pregnancy   []fileEntry    `json:"pregnancy"`
	Bladder     []fileEntry    `json:"bladder"`
	Today       []fileEntry    `json:"today"`
	Plan        []fileEntry    `json:"plan"`
	Response    []fileEntry    `json:"response"`
	Medicines   *fileMedicines `json:"medicines"`
	Infusions   *fileInfusions `json:"infusions"`
}

type fileEntry struct {
	Item   string      `json:"item"`
	Answer string      `json:"answer"`
	Result string      `json:"result"`
	Value  json.Number `json:"value"`
	Unit   string      `json:"unit"`
	ULN    json.Number `json:"uln"`
	At     string      `json:"at"`
	Source string      `json:"source"`
}

type fileMedicines struct {
	At       string         `json:"at"`
	Source   string         `json:"source"`
	Complete string         `json:"complete"`
	List     []fileMedicine `json:"list"`
}

type fileMedicine struct {
	Name     string `json:"name"`
	RxNorm   string `json:"rxnorm"`
	Key      string `json:"key"`
	NotCoded bool   `json:"not_coded"`
}

type fileInfusions struct {
	At       string         `json:"at"`
	Source   string         `json:"source"`
	Complete string         `json:"complete"`
	List     []fileInfusion `json:"list"`
}

type fileInfusion struct {
	EndedAt string      `json:"ended_at"`
	Hours   json.Number `json:"hours"`
	Series  int         `json:"series"`
}

// DecodeSnapshot reads a patient snapshot. The error names everything that is
// wrong, where, and what may stand there.
func DecodeSnapshot(b []byte) (Snapshot, error) {
	if len(b) > mostSnapshot {
		return Snapshot{}, fmt.Errorf("read snapshot: %d bytes are more than %d", len(b), mostSnapshot)
	}
	var f fileSnapshot
	if err := strict.Object(b, &f); err != nil {
		return Snapshot{}, fmt.Errorf("read snapshot: %w; doc/screening.md shows what may stand in it", err)
	}
	if f.Schema != SnapshotSchema {
		return Snapshot{}, fmt.Errorf("read snapshot: schema is %q; this program reads %q", f.Schema, SnapshotSchema)
	}
	return read(f, nil)
}

// Said is one statement as the record holds it, in the words of a snapshot's file.
type Said struct {
	Group                                              Group
	Item, Answer, Result, Value, Unit, ULN, At, Source string
}

// SaidMedicines is a list of medicines as the record holds it. A medicine with
// neither code nor key is not coded.
type SaidMedicines struct {
	At, Source, Complete string
	List                 []Medicine
}

// SaidInfusions is a list of earlier infusions as the record holds it.
type SaidInfusions struct {
	At, Source, Complete string
	List                 []SaidInfusion
}

// SaidInfusion is one of them.
type SaidInfusion struct {
	EndedAt, Hours string
	Series         int
}

// Assemble makes the snapshot of one patient, as of an instant, from statements
// of the record; born is a date, empty where it is not known. They are read as
// those of a file are, and the error names all that is wrong.
func Assemble(asOf time.Time, born string, said []Said, medicines *SaidMedicines, infusions *SaidInfusions) (Snapshot, error) {
	f := fileSnapshot{AsOf: asOf.Format(time.RFC3339Nano)}
	f.Patient.BirthDate = born
	for _, e := range said {
		to := f.of(e.Group)
		if to == nil {
			return Snapshot{}, fmt.Errorf("assemble snapshot: nothing is stated in a section %s", quoted(string(e.Group)))
		}
		*to = append(*to, fileEntry{
			Item: e.Item, Answer: e.Answer, Result: e.Result, Value: json.Number(e.Value), Unit: e.Unit, ULN: json.Number(e.ULN),
			At: e.At, Source: e.Source,
		})
	}
	if medicines != nil {
		f.Medicines = &fileMedicines{At: medicines.At, Source: medicines.Source, Complete: medicines.Complete}
		for _, m := range medicines.List {
			f.Medicines.List = append(f.Medicines.List, fileMedicine{Name: m.Name, RxNorm: m.RxNorm, Key: m.Key, NotCoded: m.RxNorm == "" && m.Key == ""})
		}
	}
	if infusions != nil {
		f.Infusions = &fileInfusions{At: infusions.At, Source: infusions.Source, Complete: infusions.Complete}
		for _, in := range infusions.List {
			f.Infusions.List = append(f.Infusions.List, fileInfusion{EndedAt: in.EndedAt, Hours: json.Number(in.Hours), Series: in.Series})
		}
	}
	return read(f, asOf.Location())
}

// of is where a section's entries stand; nil for none of the file's.
func (f *fileSnapshot) of(g Group) *[]fileEntry {
	switch g {
	case History:
		return &f.History
	case Body:
		return &f.Body
	case Signs:
		return &f.Signs
	case Labs:
		return &f.Labs
	case Tests:
		return &f.Tests
	case Instruments:
		return &f.Instruments
	case Pregnancy:
		return &f.Pregnancy
	case Bladder:
		return &f.Bladder
	case Today:
		return &f.Today
	case Plan:
		return &f.Plan
	case Response:
		return &f.Response
	case Fixed, Medicines, Infusions:
		// these are no lists of statements
	}
	return nil
}

// read checks a snapshot's file. A date counts as its first instant in zone, or,
// where that is nil, in the offset that the file gives.
func read(f fileSnapshot, zone *time.Location) (Snapshot, error) {
	d := decoder{inputs: map[string]Input{}, zone: zone}
	for _, in := range stated() {
		d.inputs[in.Name] = in
	}
	s := d.snapshot(f)
	if len(d.faults) > 0 {
		return Snapshot{}, fmt.Errorf("check snapshot:\n%w", errors.Join(d.faults...))
	}
	return s, nil
}

type decoder struct {
	inputs map[string]Input
	zone   *time.Location
	now    time.Time
	where  string
	faults []error
}

// fault names a mistake; after twenty nobody reads on.
func (d *decoder) fault(format string, args ...any) {
	if len(d.faults) < 20 {
		d.faults = append(d.faults, fmt.Errorf(d.where+": "+format, args...))
	}
}

func (d *decoder) snapshot(f fileSnapshot) Snapshot {
	var s Snapshot
	var err error
	d.where = "as_of"
	if s.AsOf, err = time.Parse(time.RFC3339, f.AsOf); err != nil {
		d.fault("%q is not an instant: write one such as 2026-11-20T09:00:00+01:00", f.AsOf)
		return s
	}
	if d.zone != nil {
		s.AsOf = s.AsOf.In(d.zone)
	}
	d.now = s.AsOf
	d.where = "patient, birth_date"
	if f.Patient.BirthDate != "" {
		s.Born = d.date(f.Patient.BirthDate)
		if s.AsOf.Year()-s.Born.Year() > 125 {
			d.fault("%s is more than 125 years ago", f.Patient.BirthDate)
		}
	}
	for _, section := range f.sections() {
		s.Entries = append(s.Entries, d.section(section.group, section.entries)...)
	}
	s.Medicines = d.medicines(f.Medicines)
	s.Infusions = d.infusions(f.Infusions)
	return s
}

type section struct {
	group   Group
	entries []fileEntry
}

func (f fileSnapshot) sections() []section {
	return []section{
		{History, f.History},
		{Body, f.Body},
		{Signs, f.Signs},
		{Labs, f.Labs},
		{Tests, f.Tests},
		{Instruments, f.Instruments},
		{Pregnancy, f.Pregnancy},
		{Bladder, f.Bladder},
		{Today, f.Today},
		{Plan, f.Plan},
		{Response, f.Response},
	}
}

func (d *decoder) section(g Group, entries []fileEntry) []Entry {
	d.where = string(g)
	if len(entries) > mostEntries {
		d.fault("%d entries are more than %d", len(entries), mostEntries)
		return nil
	}
	var out []Entry
	for i, e := range entries {
		d.where = fmt.Sprintf("%s, entry %d", g, i+1)
		in, ok := d.inputs[string(g)+"."+e.Item]
		if !ok {
			d.fault("item %s is not known here", quoted(e.Item))
			continue
		}
		d.where += " (" + e.Item + ")"
		v := d.value(in, e)
		v.At, v.Source = d.instant("at", e.At), d.text("source", e.Source)
		out = append(out, Entry{Input: in, Value: v})
	}
	return out
}

// quoted repeats what was sent only where it can be no more than a name of ours.
func quoted(s string) string {
	if len(s) > 48 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return "given"
	}
	return fmt.Sprintf("%q", s)
}

// value reads the one field that the input's type asks for. What was not asked
// or is not known may be said of every input.
func (d *decoder) value(in Input, e fileEntry) Value {
	given := 0
	for _, s := range []string{e.Answer, e.Result, e.Value.String()} {
		if s != "" {
			given++
		}
	}
	if given != 1 {
		d.fault("give one of answer, result and value")
		return Value{}
	}
	switch e.Answer {
	case string(NotAsked):
		return Value{State: NotAsked}
	case "unknown":
		return Value{State: NotKnown}
	}
	text, field := e.Answer, "answer"
	switch in.Type {
	case Choice:
		text, field = e.Result, "result"
	case Number:
		text, field = e.Value.String(), "value"
	default:
	}
	if text == "" {
		d.fault("it is stated in %q, or as answer \"not asked\" or \"unknown\"", field)
		return Value{}
	}
	if in.Type == Number {
		if in.Group == Labs {
			return d.lab(in, e)
		}
		if e.Unit != in.Unit {
			d.fault("unit is %q; it is given in %q", e.Unit, in.Unit)
		}
	} else if e.Unit != "" {
		d.fault("it has no unit")
	}
	if e.ULN != "" {
		d.fault("only a laboratory result has an upper limit of normal (uln)")
	}
	v, err := in.Parse(text)
	if err != nil {
		d.fault("%s: %v", field, err)
	}
	return v
}

// LabUnits are the units a result and its upper limit of normal may be given
// in, both in the same.
func LabUnits() []string { return []string{"U/L", "umol/L", "mg/dL", "ukat/L", "nkat/L"} }

// lab works out the multiple of the upper limit of normal.
func (d *decoder) lab(in Input, e fileEntry) Value {
	if !slices.Contains(LabUnits(), e.Unit) {
		d.fault("unit %q is not one of %s", e.Unit, strings.Join(LabUnits(), ", "))
	}
	value, errV := Decimal(e.Value.String())
	uln, errU := Decimal(e.ULN.String())
	if e.ULN == "" {
		d.fault("give the laboratory's upper limit of normal (uln), in the unit of the value")
		return Value{}
	}
	if err := errors.Join(errV, errU); err != nil {
		d.fault("%v", err)
		return Value{}
	}
	if !(value >= 0) || !(uln > 0) {
		d.fault("a result is not below zero and its upper limit of normal is above zero")
		return Value{}
	}
	a, _ := new(big.Rat).SetString(e.Value.String())
	b, _ := new(big.Rat).SetString(e.ULN.String())
	a.Quo(a, b)
	n, _ := a.Float64()
	if n > constant(in.High) {
		d.fault("%s is more than %s times its upper limit of normal %s: compare the units", e.Value, in.High, e.ULN)
	}
	return Value{State: Known, Number: n, Text: fmt.Sprintf("%s %s, upper limit %s", e.Value, e.Unit, e.ULN)}
}

// instant reads a time with its offset, or a date, which is its first instant
// where the patient is: what is dated by day counts as old as it can be.
func (d *decoder) instant(field, s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		if t, err = time.ParseInLocation(time.DateOnly, s, d.now.Location()); err != nil {
			d.fault("%s is not an instant or a date: write 2026-11-20T09:00:00+01:00 or 2026-11-20", field)
			return time.Time{}
		}
	}
	switch {
	case t.After(d.now):
		d.fault("%s lies after as_of", field)
	case d.now.Year()-t.Year() > 125:
		d.fault("%s lies more than 125 years back", field)
	}
	return t
}

func (d *decoder) date(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, d.now.Location())
	switch {
	case err != nil:
		d.fault("it is not a date: write 1984-03-02")
	case t.After(d.now):
		d.fault("it lies after as_of")
	}
	return t
}

func (d *decoder) text(field, s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		d.fault("%s is missing", field)
	case len(s) > mostText:
		d.fault("%s has %d bytes; %d are the most", field, len(s), mostText)
	}
	return s
}

// complete reads whether a list is all there is.
func (d *decoder) complete(s string) bool {
	if s != "yes" && s != "no" && s != "unknown" {
		d.fault("complete is yes, no or unknown: whether the list is all there is")
	}
	return s == "yes"
}

func (d *decoder) medicines(f *fileMedicines) *MedicineList {
	if f == nil {
		return nil
	}
	d.where = "medicines"
	out := &MedicineList{At: d.instant("at", f.At), Source: d.text("source", f.Source), Complete: d.complete(f.Complete)}
	if len(f.List) > mostMedicines {
		d.fault("%d medicines are more than %d", len(f.List), mostMedicines)
		return out
	}
	for i, m := range f.List {
		d.where = fmt.Sprintf("medicines, entry %d", i+1)
		given := 0
		for _, ok := range []bool{m.RxNorm != "", m.Key != "", m.NotCoded} {
			if ok {
				given++
			}
		}
		if given != 1 {
			d.fault("give one of rxnorm, key and \"not_coded\": true")
		}
		if m.RxNorm != "" && !digits(m.RxNorm, 8) {
			d.fault("rxnorm is the number of an ingredient")
		}
		if len(m.Key) > mostText {
			d.fault("key has %d bytes; %d are the most", len(m.Key), mostText)
		}
		out.Medicines = append(out.Medicines, Medicine{Name: d.text("name", m.Name), RxNorm: m.RxNorm, Key: m.Key})
	}
	return out
}

func (d *decoder) infusions(f *fileInfusions) *InfusionList {
	if f == nil {
		return nil
	}
	d.where = "infusions"
	out := &InfusionList{At: d.instant("at", f.At), Source: d.text("source", f.Source), Complete: d.complete(f.Complete)}
	if len(f.List) > mostInfusions {
		d.fault("%d infusions are more than %d", len(f.List), mostInfusions)
		return out
	}
	for i, in := range f.List {
		d.where = fmt.Sprintf("infusions, entry %d", i+1)
		hours, err := Decimal(in.Hours.String())
		if err != nil || !(hours > 0) || hours > 240 {
			d.fault("hours is how long it ran, above 0 and at most 240")
		}
		if in.Series < 1 || in.Series > mostInfusions {
			d.fault("series is the number of the series it belonged to, from 1")
		}
		out.Given = append(out.Given, Infusion{At: d.instant("ended_at", in.EndedAt), Hours: in.Hours.String(), Series: in.Series})
	}
	return out
}
