package present

import (
	"encoding"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// OrderForm is an order from a protocol while it is being written.
type OrderForm struct {
	Visit      app.Visit
	Facts      app.OrderFacts
	Library    session.FromLibrary
	Rules      library.Session
	Key        ident.Command // gives the order its id
	Prescriber ident.Person
	Typed      url.Values
	Now        time.Time

	wrong map[string]string
	// Given is what the patient was given until now.
	Given protocol.Given
}

// mostSteps is how many steps the form asks for.
const mostSteps = 4

// Page is the form with what was typed, and each limit answered once something was
// asked. The order is whole where nothing stands in its way; ok is false otherwise.
func (f OrderForm) Page() (p view.OrderPage, o drug.Order, ok bool) {
	f.wrong = map[string]string{}
	p = view.OrderPage{
		Patient: *Patient(f.Visit),
		Visit:   word.Weekday(f.Visit.State.PlannedStart.In(f.Visit.Zone)) + " · chair " + f.Visit.State.Chair.String() + " · " + PhaseText(f.Visit.State.Phase),
	}
	id := f.Typed.Get("protocol")
	for _, row := range f.Library.Of.Rows {
		x := view.AskOption{Value: row.ID, Label: row.ID + " " + strconv.Itoa(row.Version), Hint: row.Text, Chosen: row.ID == id}
		if f.Facts.Plan != nil && !slices.Contains(row.Indications, f.Facts.Plan.Indication) {
			x.Hint += " Not for this patient's plan."
		}
		if !slices.Contains(f.Library.Signed, protocol.Row(row)) {
			x.Hint += " Not signed by two people yet: no order comes from it."
		}
		p.Protocols = append(p.Protocols, x)
	}
	row, found := protocol.Of(f.Library.Of, id)
	if !found {
		return p, o, false
	}
	p.Protocol, p.Text, p.Review = row.ID, row.Text, row.SecondReview
	for _, s := range row.Evidence {
		p.Evidence = append(p.Evidence, s.Text+" ("+s.Source+", "+string(s.Mark)+")")
	}
	if f.Typed.Has("do") {
		o, ok = f.order(row, &p)
	}
	p.Sections = f.sections(row)
	return p, o, ok
}

// order makes the order, and answers each limit.
func (f OrderForm) order(row library.Protocol, p *view.OrderPage) (drug.Order, bool) {
	a := f.ask(row)
	if len(f.wrong) > 0 {
		p.Trouble = "Nothing was checked: some answers need another look."
		return drug.Order{}, false
	}
	a.Exceptions = protocol.Needed(f.Library.Of, f.Rules, row, a)
	o := protocol.Make(row, f.Rules, a)
	lines := f.lines(row, o)
	if strings.TrimSpace(f.Typed.Get("reason")) != "" { // one reason is for all that asks for one
		for _, l := range lines {
			if l.Result == protocol.NeedsReason {
				a.Reasoned = append(a.Reasoned, l.Rule)
			}
		}
		slices.Sort(a.Reasoned)
		a.Reasoned = slices.Compact(a.Reasoned)
		o = protocol.Make(row, f.Rules, a)
		lines = f.lines(row, o)
	}
	slices.SortStableFunc(lines, func(x, y protocol.Line) int { return weigh(x.Result) - weigh(y.Result) })
	for _, l := range lines {
		p.Lines = append(p.Lines, orderLine(l))
	}
	p.Stops = len(protocol.Stopping(lines))
	p.Derived = f.derived(row, o)
	return o, p.Stops == 0
}

// lines are all limits of an order: the plan, the protocol, and how often.
func (f OrderForm) lines(row library.Protocol, o drug.Order) []protocol.Line {
	lines := append(f.plan(row), protocol.Check(f.Library.Of, f.Rules, o)...)
	return append(lines, protocol.Caps(f.Rules, f.Given, o.Basis.Reasoned)...)
}

func weigh(r protocol.Result) int {
	return slices.Index([]protocol.Result{protocol.Refused, protocol.NeedsReason, protocol.Excepted, protocol.Reasoned, protocol.Inside}, r)
}

func orderLine(l protocol.Line) view.OrderLine {
	tone := view.Plain
	if l.Stops() || l.Result == protocol.Excepted {
		tone = view.Amber
	}
	return view.OrderLine{
		What: Upper(l.What), Asked: l.Asked, Allowed: l.Allowed, Says: l.Text.English(), Source: "(" + l.Source + ")", Tone: tone, Result: string(l.Result),
	}
}

// Upper begins with a capital letter.
func Upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// plan holds the protocol against the plan of the patient's course.
func (f OrderForm) plan(row library.Protocol) []protocol.Line {
	plan := f.Facts.Plan
	line := protocol.Line{What: "plan", Rule: row.ID, Source: "protocol " + row.ID, Result: protocol.Inside, Allowed: strings.Join(row.Indications, ", ")}
	switch {
	case plan == nil:
		line.Text = word.M("order.no_plan")
		line.Result = protocol.NeedsReason
		if strings.TrimSpace(f.Typed.Get("reason")) != "" {
			line.Result = protocol.Reasoned
		}
	case !slices.Contains(row.Indications, plan.Indication):
		line.Asked, line.Result, line.Text = plan.Indication, protocol.Refused, word.M("order.other_plan")
	default:
		line.Asked, line.Text = plan.Indication, word.M("order.inside")
	}
	return []protocol.Line{line}
}

// ask reads what was typed. What cannot be read is said beside its answer.
func (f OrderForm) ask(row library.Protocol) protocol.Ask {
	a := protocol.Ask{
		ID: ident.Order(f.Key), Patient: f.Visit.State.Patient, Prescriber: f.Prescriber, Now: f.Now, Library: f.Library.Hash, Rows: f.Library.Rows,
		Diluent: strings.TrimSpace(f.Typed.Get("diluent")), Driving: f.Typed.Get("driving"), Adjuncts: f.Typed["adjunct"],
		Body: drug.Body{Sex: drug.Sex(f.Typed.Get("sex")), Before: f.Facts.Body.Before},
	}
	if len(a.Diluent) > 100 {
		f.wrong["diluent"] = "At most 100 characters."
	}
	if i := slices.IndexFunc(f.Library.Rows, func(r drug.BasisRow) bool { return r.Name == protocol.Row(row) }); i >= 0 {
		a.Exceptions = f.Visit.State.Excepted(f.Library.Rows[i], f.Prescriber)
	}
	for _, m := range row.Modifications { // in the order of the protocol, each once
		if slices.Contains(f.Typed["change"], m.ID) {
			a.Changes = append(a.Changes, m.ID)
		}
	}
	f.read("weight", &a.Body.Weight, true)
	f.read("height", &a.Body.Height, false)
	f.read("concentration", &a.Concentration, true)
	f.read("bag", &a.BagVolume, true)
	f.read("step", &a.PumpStep, true)
	for _, name := range []string{"observation", "driving"} { // on which the sources disagree: somebody says
		if f.Typed.Get(name) == "" {
			f.wrong[name] = "Choose one."
		}
	}
	a.Body.Weighed = f.weighed(a.Body.Weight)
	for i := range mostSteps {
		n := strconv.Itoa(i + 1)
		if i > 0 && f.Typed.Get("rate"+n) == "" && f.Typed.Get("minutes"+n) == "" {
			continue
		}
		var s drug.Step
		f.read("rate"+n, &s.Rate, true)
		s.Minutes = drug.Minutes(f.whole("minutes"+n, 1440))
		a.Steps = append(a.Steps, s)
	}
	if offersLoading(row) {
		f.read("loading", &a.Loading, false)
		if !a.Loading.IsZero() {
			a.LoadingMinutes = drug.Minutes(f.whole("minutes-loading", 60))
		}
	}
	a.Observe = drug.Minutes(f.whole("observe", 60))
	a.Observation = drug.Minutes(f.whole("observation", 1440))
	a.ValidDays = f.whole("days", 365)
	a.Number, a.Of = f.whole("number", 99), f.whole("of", 99)
	return a
}

// weighed is when the weight was measured: of one that stands in the record when it
// was, else on the day that was given.
func (f OrderForm) weighed(kg unit.Weight) time.Time {
	day := f.Typed.Get("weighed")
	known := f.Facts.Body
	if kg == known.Weight && !known.Weighed.IsZero() && day == known.Weighed.In(f.Visit.Zone).Format(time.DateOnly) {
		return known.Weighed
	}
	if day == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, day, f.Visit.Zone)
	switch {
	case err != nil:
		f.wrong["weighed"] = "Give a day, such as 2026-11-26."
	case t.After(f.Now):
		f.wrong["weighed"] = "This day has not come yet."
	}
	return t.UTC()
}

// read reads a decimal; must says that one is needed.
func (f OrderForm) read(name string, into encoding.TextUnmarshaler, must bool) {
	text := strings.TrimSpace(f.Typed.Get(name))
	switch {
	case text == "" && must:
		f.wrong[name] = "This is needed."
	case text == "":
	case into.UnmarshalText([]byte(text)) != nil || strings.HasPrefix(text, "-"):
		f.wrong[name] = "Give a number such as 0.35, with a point and at most six decimals."
	}
}

// whole reads a whole number from 1 on; 0 where none was given.
func (f OrderForm) whole(name string, most int) int {
	text := strings.TrimSpace(f.Typed.Get(name))
	if text == "" {
		if name == "number" || name == "of" || strings.HasPrefix(name, "minutes") {
			f.wrong[name] = "This is needed."
		}
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		f.wrong[name] = fmt.Sprintf("Give a whole number from 1 to %d.", most)
		return 0
	}
	return n
}

// derived is what follows from what was asked.
func (f OrderForm) derived(row library.Protocol, o drug.Order) []view.Fact {
	w, _ := protocol.DosingWeight(f.Rules, o.Basis.Body, o.Basis.Reasoned, o.SignedAt)
	if !o.DosingWeight.Positive() {
		return nil
	}
	fact := func(term, text, note string) view.Fact {
		return view.Fact{Term: term, Text: text, Note: note, Tone: view.Plain}
	}
	out := []view.Fact{fact("Dosing weight", o.DosingWeight.String(), w.Why.English())}
	if o.Loading != nil {
		out = append(out, fact("Loading dose", project.Loading(o), "given by hand beside the pump, once it runs"))
	}
	for i, s := range o.Steps {
		if !s.Rate.Positive() || !o.Concentration.Positive() || !o.PumpStep.Positive() {
			continue
		}
		set := o.ToSet(s.Rate)
		out = append(out, fact(fmt.Sprintf("Step %d", i+1), s.Rate.String()+" for "+strconv.Itoa(int(s.Minutes))+" min",
			"pump "+set.String()+", "+unit.MassRateOf(set, o.Concentration).Text(1)))
	}
	mass := o.PlannedMass()
	out = append(out,
		fact("Planned in all", mass.Text(1), unit.PerWeight(mass, o.DosingWeight).Text(3)+" over "+strconv.Itoa(int(o.Planned()/time.Minute))+" min"),
		fact("Never beyond", o.Maxima.Rate.String()+", "+o.Maxima.MassRate.String()+", "+o.Maxima.Total.String()+", "+o.Maxima.Dose.String(), strconv.Itoa(int(o.Maxima.Minutes))+" min"),
		fact("Watched", fmt.Sprintf("blood pressure every %d min at first, then every %d; a person every %d min; side effects asked whole at %d min", o.Watch.CuffFirst, o.Watch.Cuff, o.Watch.Observation, o.Watch.Peak), ""),
		fact("Alarms", "the clinic's signed limits, and those relative to the baseline measured on the day", ""),
		fact("After the pump has stopped", strconv.Itoa(int(o.Watch.RecoveryLeast))+" min at least", "driving: "+o.Basis.Driving),
		fact("Valid until", word.Moment(o.ValidUntil.In(f.Visit.Zone)), ""),
	)
	if top, binds := protocol.Top(row, o.DosingWeight, drug.Minutes(o.Planned()/time.Minute)); top.Positive() {
		text, _ := protocol.Called(binds)
		out = append(out, fact("Greatest rate that every limit allows", top.String(), "for this weight and duration; bound by the "+text))
	}
	return out
}
