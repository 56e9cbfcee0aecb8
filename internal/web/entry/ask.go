package entry

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Given is what a page was sent with, and what is to be said about it.
type Given struct {
	Answers  url.Values
	Problems form.Problems
	Choices  map[string][]view.Option // the lists that depend on the visit
	More     string                   // the list to which one more entry is added
}

// fewRadios is up to how many answers stand open beside one another.
const fewRadios = 6

// Sections are the questions of a form, with the answers so far.
func Sections(f form.Form, g Given) []view.AskSection {
	var out []view.AskSection
	for _, s := range f.Sections {
		asks := g.asks(s.Fields, "", !s.Optional)
		if len(asks) > 0 {
			out = append(out, view.AskSection{Title: s.Title, Asks: asks})
		}
	}
	return out
}

func (g Given) asks(fields []form.Field, under string, must bool) []view.Ask {
	var out []view.Ask
	for _, f := range fields {
		if f.Input != form.NewID && f.Input != form.Known && (f.Input != form.Pump || f.Required) {
			out = append(out, g.ask(f, under, must))
		}
	}
	return out
}

func (g Given) ask(f form.Field, under string, must bool) view.Ask {
	name := f.Name(under)
	a := view.Ask{
		Name: name, ID: idOf(name), Label: f.Label, Hint: f.Hint, Unit: f.Unit, Value: g.Answers.Get(name),
		Trouble: g.Problems[name], Required: f.Required && must,
	}
	switch f.Input {
	case form.List:
		a.Input, a.Rows = "rows", g.rows(f, under)
	case form.Number, form.Vital:
		a.Input = "number"
		a.Hint = join(f.Hint, rangeOf(f))
	case form.Date:
		a.Input = "date"
	case form.Time:
		a.Input = "time"
	case form.YesNo:
		a.Input = "radio"
		a.Options = g.options(name, []view.Option{{Value: "true", Label: "Yes"}, {Value: "false", Label: "No"}})
	case form.Choice, form.Score, form.Person, form.Choices:
		a.Input, a.Options = g.pick(f, name)
	default:
		a.Input = "text"
		if f.Private {
			a.Input = "long"
		}
	}
	return a
}

func (g Given) pick(f form.Field, name string) (input string, all []view.AskOption) {
	var from []view.Option
	for _, o := range f.Options {
		from = append(from, view.Option{Value: o.Value, Label: o.Label, Hint: o.Hint})
	}
	if f.Source != "" {
		from = g.Choices[f.Source]
	}
	input = "radio"
	switch {
	case f.Input == form.Choices:
		input = "check"
	case len(from) > fewRadios, f.Input == form.Person:
		input = "pick"
	}
	return input, g.options(name, from)
}

func (g Given) options(name string, from []view.Option) []view.AskOption {
	out := make([]view.AskOption, len(from))
	for i, o := range from {
		out[i] = view.AskOption{Value: o.Value, Label: o.Label, Hint: o.Hint, Chosen: slices.Contains(g.Answers[name], o.Value)}
	}
	return out
}

// rows shows the entries there were, at least one where one is needed, and
// one more where it was asked for.
func (g Given) rows(f form.Field, under string) []view.AskRow {
	n := f.Rows(under, g.Answers)
	if g.More == f.Name(under) {
		n++
	}
	if n == 0 && f.Required {
		n = 1
	}
	var out []view.AskRow
	for i := range min(n, form.MaxRows) {
		out = append(out, view.AskRow{Title: fmt.Sprintf("%s %d", f.Label, i+1), Asks: g.asks(f.Fields, f.Row(under, i), false)})
	}
	return out
}

func rangeOf(f form.Field) string {
	if f.High == "" && (f.Low == "" || f.Low == "0") {
		return ""
	}
	return f.Range()
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// idOf makes a name fit for an id.
func idOf(name string) string { return strings.NewReplacer(".", "-", "/", "-", "_", "-").Replace(name) }
