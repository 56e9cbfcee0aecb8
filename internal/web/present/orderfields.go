package present

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// sections are the questions of the form: only what the protocol lets be chosen.
func (f OrderForm) sections(row library.Protocol) []view.AskSection {
	rate, _ := row.Span("rate")
	length, _ := row.Span("duration")
	days, _ := row.Span("validity")
	observe, _ := row.Span("observe")
	steps := []view.Ask{}
	for i := range mostSteps {
		n := strconv.Itoa(i + 1)
		r := f.number("rate"+n, "Rate of step "+n, "mg/kg/h", "", i == 0)
		m := f.number("minutes"+n, "Minutes of step "+n, "min", "", i == 0)
		if i == 0 {
			r.Hint = "usually " + rate.Usual + "; from " + rate.Least + " to " + rate.Most
			m.Hint = "all steps together usually " + length.Usual + "; from " + length.Least + " to " + length.Most
		}
		steps = append(steps, r, m)
	}
	if offersLoading(row) {
		dose, _ := row.Span("loading")
		over, _ := row.Span("loading_minutes")
		x := f.number("loading", "Loading dose", "mg/kg", "", false)
		x.Hint = "left empty: none, as usual; to " + dose.Most + ", and then mark it under changes"
		y := f.number("minutes-loading", "Loading dose over", "min", "", false)
		y.Hint = "usually " + over.Usual + "; from " + over.Least + " to " + over.Most
		steps = append(steps, x, y)
	}
	number, of := f.number("number", "Infusion number", "", f.plannedNumber(), true), f.number("of", "Of how many", "", f.plannedOf(), true)
	out := []view.AskSection{
		{Title: "Weight", Asks: f.body()},
		{Title: "Infusion", Asks: steps},
		{Title: "Bag and pump", Asks: f.bag(row)},
		{Title: "Held ready", Asks: []view.Ask{f.adjuncts(row)}},
		{Title: "Watch and going home", Asks: []view.Ask{
			f.usual("observe", "A person observes every", "min", observe.Usual),
			f.pick(row, "observation", "Observed after the pump has stopped, at least"),
			f.pick(row, "driving", "Driving again, at the earliest"),
		}},
		{Title: "Plan and validity", Asks: []view.Ask{number, of, f.usual("days", "Valid for", "days", days.Usual)}},
		{Title: "Changes of what is usual", Asks: []view.Ask{
			f.changes(row),
			f.field(view.Ask{Name: "reason", Label: "Reason", Input: "long", Hint: "For every change that asks for one, and for what lies beyond a soft limit."}),
		}},
	}
	return out
}

// offersLoading reports whether a protocol has a loading dose to choose.
func offersLoading(row library.Protocol) bool {
	s, ok := row.Span("loading")
	return ok && s.Most != "0"
}

// field fills in what was typed and what is wrong with it.
func (f OrderForm) field(a view.Ask) view.Ask {
	a.ID = "o-" + a.Name
	if f.Typed.Has(a.Name) {
		a.Value = f.Typed.Get(a.Name)
	}
	a.Trouble = f.wrong[a.Name]
	return a
}

func (f OrderForm) number(name, label, in, usual string, must bool) view.Ask {
	return f.field(view.Ask{Name: name, Label: label, Unit: in, Input: "number", Value: usual, Required: must})
}

// usual is a number that is the usual one where none is given.
func (f OrderForm) usual(name, label, in, usual string) view.Ask {
	a := f.number(name, label, in, "", false)
	a.Hint = "left empty: " + usual + " " + in + ", as usual"
	return a
}

// body are the questions of the weight. What the record knows stands there already.
func (f OrderForm) body() []view.Ask {
	known := f.Facts.Body
	weight := f.number("weight", "Weight, as measured", "kg", "", true)
	height := f.number("height", "Height", "cm", "", false)
	weighed := f.field(view.Ask{Name: "weighed", Label: "Weighed on", Input: "date"})
	if known.Weight.Positive() && !f.Typed.Has("weight") {
		weight.Value = known.Weight.Decimal()
		if !known.Weighed.IsZero() {
			weighed.Value = known.Weighed.In(f.Visit.Zone).Format(time.DateOnly)
		}
	}
	if known.Before.Positive() {
		weight.Hint = "at the last visit " + known.Before.String()
	}
	if known.Height.Positive() && !f.Typed.Has("height") {
		height.Value = known.Height.Decimal()
	}
	sex := f.field(view.Ask{Name: "sex", Label: "Sex, for the formula of the ideal weight", Input: "pick"})
	for _, s := range []drug.Sex{drug.Female, drug.Male} {
		sex.Options = append(sex.Options, view.AskOption{Value: string(s), Label: Upper(string(s)), Chosen: f.Typed.Get("sex") == string(s)})
	}
	sex.Hint = "Asked only where the body mass index is 30 or more."
	return []view.Ask{weight, weighed, height, sex}
}

func (f OrderForm) bag(row library.Protocol) []view.Ask {
	c := f.field(view.Ask{Name: "concentration", Label: "Concentration", Input: "radio", Required: true})
	for _, s := range row.Concentrations {
		hint := s.Source + ", " + string(s.Mark)
		if s.Usual {
			hint = "usual; " + hint
		}
		c.Options = append(c.Options, view.AskOption{Value: s.Value, Label: s.Value + " " + s.Unit, Hint: hint, Chosen: f.Typed.Get("concentration") == s.Value})
	}
	diluent := f.field(view.Ask{Name: "diluent", Label: "Diluent", Input: "text", Required: true})
	return []view.Ask{
		c, f.number("bag", "Bag volume", "mL", "", true), diluent, f.number("step", "Smallest step of the pump", "mL/h", "", true),
	}
}

func (f OrderForm) pick(row library.Protocol, name, label string) view.Ask {
	c, _ := protocol.Options(row, name)
	a := f.field(view.Ask{Name: name, Label: label, Input: "radio", Required: true})
	for _, o := range c.Options {
		says, hint := o.Value, o.Text+" ("+string(o.Mark)+")"
		if o.Value == c.Usual {
			hint = "usual; " + hint
		}
		if o.Value != "next day" {
			says += " " + c.Unit
		}
		a.Options = append(a.Options, view.AskOption{Value: o.Value, Label: says, Hint: hint, Chosen: f.Typed.Get(name) == o.Value})
	}
	return a
}

func (f OrderForm) adjuncts(row library.Protocol) view.Ask {
	a := f.field(view.Ask{Name: "adjunct", Label: "Drugs held ready", Input: "check"})
	for _, r := range row.Adjuncts {
		a.Options = append(a.Options, view.AskOption{
			Value: r.Need, Label: fmt.Sprintf("%s %s %s %s, at most %d", r.Drug, r.Amount, r.Unit, r.Route, r.Doses), Hint: r.Text + " (" + string(r.Mark) + ")",
			Chosen: slices.Contains(f.Typed["adjunct"], r.Need),
		})
	}
	return a
}

func (f OrderForm) changes(row library.Protocol) view.Ask {
	a := f.field(view.Ask{Name: "change", Label: "Changes", Input: "check"})
	for _, m := range row.Modifications {
		if m.Field == "loading" && !offersLoading(row) {
			continue
		}
		hint := ""
		if m.Reason {
			hint = "asks for a reason"
		}
		a.Options = append(a.Options, view.AskOption{Value: m.ID, Label: m.Text, Hint: hint, Chosen: slices.Contains(f.Typed["change"], m.ID)})
	}
	return a
}

func (f OrderForm) plannedNumber() string {
	if f.Facts.Plan == nil {
		return ""
	}
	return strconv.Itoa(f.Facts.Given + 1)
}

func (f OrderForm) plannedOf() string {
	if f.Facts.Plan == nil {
		return ""
	}
	return strconv.Itoa(f.Facts.Plan.Infusions)
}
