package rule

import (
	"math/big"
	"slices"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// State says whether a value is there, and if not, why.
type State string

// The states. The zero Value is missing.
const (
	Known         State = "known"
	NotStated     State = "missing"
	NotAsked      State = "not asked"
	NotKnown      State = "not known"
	Contradictory State = "contradictory"
	NotCoded      State = "not coded"
	TooOld        State = "too old"
)

// Value is one input of one patient: what was said, when, and by what source.
type Value struct {
	State  State
	Text   string // as stated, or as worked out
	Yes    bool
	Number float64 // in the input's unit
	At     time.Time
	Source string

	cel ref.Val
}

func (v Value) state() State {
	if v.State == "" {
		return NotStated
	}
	return v.State
}

// Facts is what is known of one patient at one instant, by input.
type Facts struct {
	now    time.Time
	values map[string]*Value
}

// NewFacts makes facts for the rules; values that are not known are unknown to
// every rule, and say why.
func NewFacts(now time.Time, inputs []Input, values map[string]Value) Facts {
	f := Facts{now: now, values: make(map[string]*Value, len(values))}
	for _, in := range inputs {
		v, ok := values[in.Name]
		if !ok {
			continue
		}
		switch {
		case v.State != Known:
		case in.Type == Answer:
			v.cel = types.Bool(v.Yes)
		case in.Type == Number:
			v.cel = types.Double(v.Number)
		default:
			v.cel = types.String(v.Text)
		}
		f.values[in.Name] = &v
	}
	return f
}

// Now is the instant that the facts are judged at.
func (f Facts) Now() time.Time { return f.now }

// Value returns one input; the zero Value when nothing is known of it.
func (f Facts) Value(name string) Value {
	if v, ok := f.values[name]; ok {
		return *v
	}
	return Value{}
}

// Without is the facts with one input unknown.
func (f Facts) Without(name string) Facts {
	out := Facts{now: f.now, values: make(map[string]*Value, len(f.values))}
	for k, v := range f.values {
		if k != name {
			out.values[k] = v
		}
	}
	return out
}

// Facts works out what rules ask: the latest of what was stated of each input,
// and what follows from it. A class of medicines is taken when one of the list
// belongs to it; it is not taken only when the list is complete and every
// medicine on it is known.
func (s Snapshot) Facts(table Table) Facts {
	d := deriver{now: s.AsOf, values: map[string]Value{}}
	for _, e := range s.Entries {
		d.take(e)
	}
	d.values["patient.age"] = age(s)
	d.body()
	d.liver()
	d.ecg()
	d.pregnancy()
	d.plan()
	d.mood()
	d.infusions(s.Infusions)
	d.surveillance()
	d.medicines(s.Medicines, table)
	return NewFacts(s.AsOf, Inputs(table.Classes), d.values)
}

type deriver struct {
	now    time.Time
	values map[string]Value
}

// take keeps the latest of two statements, in whatever order they come. Of a
// condition that is never over a yes is kept. Two statements of one instant that
// differ are contradictory.
func (d *deriver) take(e Entry) {
	name, v := e.Input.Name, e.Value
	old, twice := d.values[name]
	if !twice {
		d.values[name] = v
		return
	}
	switch before := old.said(true); {
	case e.Input.Lasting && before != v.said(true):
		if before {
			v = old
		}
	case old.At.After(v.At):
		v = old
	case v.At.After(old.At):
	case old.State != v.State, old.Yes != v.Yes, old.Number != v.Number, e.Input.Type == Choice && old.Text != v.Text:
		v = Value{State: Contradictory, At: v.At}
	case old.Source < v.Source:
		v = old // they say the same: which is shown is not left to their order
	}
	d.values[name] = v
}

func (v Value) said(yes bool) bool { return v.State == Known && v.Yes == yes }

// answer is a derived yes or no that rests on others: as old as the oldest.
func answer(yes bool, on ...Value) Value {
	v := Value{State: Known, Yes: yes, Text: "no"}
	if yes {
		v.Text = "yes"
	}
	return dated(v, on)
}

func dated(v Value, on []Value) Value {
	for i, o := range on {
		if i == 0 || o.At.Before(v.At) {
			v.At, v.Source = o.At, o.Source
		}
	}
	return v
}

// because is an unknown that follows from the first of its parts that is not
// known.
func because(on ...Value) Value {
	for _, o := range on {
		if o.State != Known {
			return Value{State: o.state(), At: o.At}
		}
	}
	return Value{}
}

// figure is a derived number, rounded as a double once.
func figure(n *big.Rat, text string, on ...Value) Value {
	v := Value{State: Known, Text: text}
	v.Number, _ = n.Float64()
	return dated(v, on)
}

func count(n int, on ...Value) Value {
	r := big.NewRat(int64(n), 1)
	return figure(r, r.RatString(), on...)
}

// age is in whole years, of whoever was born on 29 February on 1 March.
func age(s Snapshot) Value {
	if s.Born.IsZero() {
		return Value{}
	}
	years := s.AsOf.Year() - s.Born.Year()
	if s.Born.AddDate(years, 0, 0).After(s.AsOf) {
		years--
	}
	return count(years, Value{At: s.AsOf, Source: "date of birth"})
}

func (d *deriver) body() {
	w, h := d.values["body.weight"], d.values["body.height"]
	if w.State != Known || h.State != Known {
		d.values["body.bmi"] = because(w, h)
		return
	}
	kg, _ := new(big.Rat).SetString(w.Text)
	m, _ := new(big.Rat).SetString(h.Text)
	m.Mul(m, big.NewRat(1, 100))
	kg.Quo(kg, m.Mul(m, m))
	d.values["body.bmi"] = figure(kg, kg.FloatString(1), w, h)
}

// liver: who has no liver disease has no Child-Pugh class, unless one is stated.
func (d *deriver) liver() {
	none := d.values["history.liver_disease"]
	if _, stated := d.values["history.child_pugh"]; !stated && none.said(false) {
		d.values["history.child_pugh"] = dated(Value{State: Known, Text: "none"}, []Value{none})
	}
}

// ecg: who is at no cardiovascular risk needs none; one that was recorded counts.
func (d *deriver) ecg() {
	risk, known := d.values["history.cardiovascular_risk"], d.values["history.ischaemic_heart_disease"]
	if _, stated := d.values["tests.ecg"]; !stated && risk.said(false) && known.said(false) {
		d.values["tests.ecg"] = dated(Value{State: Known, Text: "none needed"}, []Value{risk, known})
	}
}

// surveillance: who never had an infusion needs no test of cognition, nor, with
// no bladder symptom, of urine; one that was recorded counts.
func (d *deriver) surveillance() {
	before := d.values["exposure.infusions_before"]
	if before.State != Known || before.Number > 0 {
		return
	}
	none := dated(Value{State: Known, Text: "none needed"}, []Value{before})
	if _, stated := d.values["tests.cognition"]; !stated {
		d.values["tests.cognition"] = none
	}
	for _, in := range today() {
		if in.Group == Bladder && !d.values[in.Name].said(false) {
			return
		}
	}
	if _, stated := d.values["tests.urinalysis"]; !stated {
		d.values["tests.urinalysis"] = none
	}
}

// pregnancy: who cannot be pregnant need not say whether she is.
func (d *deriver) pregnancy() {
	possible := d.values["pregnancy.possible"]
	if _, stated := d.values["pregnancy.pregnant"]; !stated && possible.said(false) {
		d.values["pregnancy.pregnant"] = answer(false, possible)
	}
}

func (d *deriver) plan() {
	n := d.values["plan.infusions"]
	if n.State != Known {
		d.values["plan.serial"] = because(n)
		return
	}
	d.values["plan.serial"] = answer(n.Number > 1, n) // two make a series
}

// mood: either instrument shows thoughts of ending life, whatever the other
// says; what denies them is the one that was asked last.
func (d *deriver) mood() {
	phq, cssrs := d.values["instruments.phq9_item9"], d.values["instruments.cssrs"]
	var shows, denies []Value
	sort := func(v Value, yes bool) {
		switch {
		case v.State != Known:
		case yes:
			shows = append(shows, v)
		default:
			denies = append(denies, v)
		}
	}
	sort(phq, phq.Number > 0)
	sort(cssrs, cssrs.Text != "none")
	switch {
	case len(shows) > 0:
		d.values["mood.suicidal"] = answer(true, latest(shows))
	case len(denies) > 0:
		d.values["mood.suicidal"] = answer(false, latest(denies))
	default:
		d.values["mood.suicidal"] = because(phq, cssrs)
	}
	dast, ort := d.values["instruments.dast10"], d.values["instruments.ort"]
	var asked []Value
	for _, v := range []Value{dast, ort} {
		if v.State == Known {
			asked = append(asked, v)
		}
	}
	if len(asked) == 0 {
		d.values["misuse.screened"] = because(dast, ort)
		return
	}
	d.values["misuse.screened"] = answer(true, latest(asked))
}

func latest(vs []Value) Value {
	return slices.MaxFunc(vs, func(a, b Value) int { return a.At.Compare(b.At) })
}

// day is the length of one.
const day = 24 * time.Hour

// infusions counts what was given. A list that is not complete counts nothing:
// what is not on it may have been given.
func (d *deriver) infusions(list *InfusionList) {
	if list == nil {
		return
	}
	on := Value{State: Known, At: list.At, Source: list.Source}
	year, series := 0, map[int]bool{}
	for _, i := range list.Given {
		if d.now.Sub(i.At) <= 365*day {
			year++
			series[i.Series] = true
		}
	}
	set := func(name string, v Value) {
		if !list.Complete {
			v = Value{State: NotKnown, At: list.At}
		}
		d.values[name] = v
	}
	set("exposure.infusions_before", count(len(list.Given), on))
	set("exposure.infusions_year", count(year, on))
	set("exposure.series_year", count(len(series), on))
	set("exposure.since_liver_tests", d.since(list, on, "labs.alt", "labs.ast", "labs.alp", "labs.ggt"))
	set("exposure.since_icsi", d.since(list, on, "instruments.icsi"))
	if len(list.Given) == 0 {
		return
	}
	last := slices.MaxFunc(list.Given, func(a, b Infusion) int { return a.At.Compare(b.At) })
	days := int(d.now.Sub(last.At) / day)
	set("exposure.days_since_last", count(days, on))
	hours, _ := new(big.Rat).SetString(last.Hours)
	set("exposure.last_hours", figure(hours, last.Hours, on))
}

// since counts the infusions after the oldest of some results. Before the
// first infusion it is zero, whether there are results or not; afterwards, all
// of them where a result was never there.
func (d *deriver) since(list *InfusionList, on Value, names ...string) Value {
	n := 0
	for _, i := range list.Given {
		for _, name := range names {
			if v := d.values[name]; v.State != Known || v.At.Before(i.At) {
				n++
				break
			}
		}
	}
	return count(n, on)
}

// medicines answers for each class.
func (d *deriver) medicines(list *MedicineList, table Table) {
	if list == nil {
		return
	}
	on := Value{State: Known, At: list.At, Source: list.Source}
	taken, open := map[string]Medicine{}, NotStated
	for _, m := range list.Medicines {
		classes, known := table.Classify(m)
		if !known {
			open = NotCoded
		}
		for _, c := range classes {
			if t, ok := taken[c]; !ok || m.Name < t.Name {
				taken[c] = m
			}
		}
	}
	for _, c := range table.Classes {
		v := answer(false, on)
		switch m, yes := taken[c.ID]; {
		case yes:
			v = answer(true, on)
			v.Text = m.Name
		case open == NotCoded:
			v = Value{State: NotCoded, At: list.At}
		case !list.Complete:
			v = Value{State: NotKnown, At: list.At}
		}
		d.values["takes."+c.ID] = v
	}
}
