package form

import (
	"strconv"

	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// options makes a list of answers from the constants of one of the record's
// own types: the value is the constant, the label is the clinic's word for it.
func options[T ~string](pairs ...labelled[T]) []Option {
	out := make([]Option, 0, len(pairs))
	for _, p := range pairs {
		out = append(out, Option{Value: string(p.value), Label: p.label, Hint: p.hint})
	}
	return out
}

type labelled[T ~string] struct {
	value       T
	label, hint string
}

func say[T ~string](value T, label string) labelled[T] {
	return labelled[T]{value: value, label: label}
}

func hint[T ~string](value T, label, hint string) labelled[T] {
	return labelled[T]{value: value, label: label, hint: hint}
}

func choice(path, label string, opts []Option) Field {
	return Field{Path: path, Label: label, Input: Choice, Options: opts}
}

func from(path, label, source string) Field {
	return Field{Path: path, Label: label, Input: Choice, Source: source}
}

func yesno(path, label string) Field { return Field{Path: path, Label: label, Input: YesNo} }

func private(path, label string) Field {
	return Field{Path: path, Label: label, Input: Text, Private: true}
}

func text(path, label string) Field { return Field{Path: path, Label: label, Input: Text} }

func clock(path, label string) Field { return Field{Path: path, Label: label, Input: Time} }

func whole(path, label string, high int) Field {
	return Field{
		Path: path, Label: label, Input: Number, Int: true,
		Low: "1", High: strconv.Itoa(high), Step: "1",
	}
}

// amount asks for an exact quantity in base unit U. A number of decimals is
// how it is typed; it is no clinical limit, those stand in the order.
func amount[U unit.Base](path, label string, decimals int) Field {
	var u U
	return Field{
		Path: path, Label: label, Input: Number, Quantity: true,
		UCUM: u.UCUM(), Unit: u.Label(), Decimals: decimals, Low: "0",
	}
}

// amountOf infers the unit from a quantity's type.
func amountOf[U unit.Base](_ unit.Of[U], path, label string, decimals int) Field {
	return amount[U](path, label, decimals)
}

func (f Field) must() Field { f.Required = true; return f }

// past is a time that has been; ahead is one that is to come.
func (f Field) past() Field { f.Days = "past"; return f }

func (f Field) ahead() Field { f.Days = "ahead"; return f }

func (f Field) hinted(s string) Field { f.Hint = s; return f }

func (f Field) when(path, equals string) Field {
	f.ShowIf = &ShowIf{Path: path, Equals: equals}
	return f
}

// sign asks for one measured sign: label, unit, resolution and the plausible
// range come from the table of kinds.
func sign(path string, k vital.Kind) Field {
	d, _ := vital.Of(k)
	return Field{
		Path: path, Label: d.Label, Input: Vital, Kind: string(k),
		UCUM: d.UCUM, Unit: d.Unit, Decimals: d.Decimals, Low: k.Text(d.Low), High: k.Text(d.High),
	}
}

// pump asks for what the pump's display shows. It is typed from the pump and
// never filled in from the order.
func pump(path string, toInfuse bool) Field {
	fields := []Field{
		amountOf(unit.PumpRate{}, "rate", "Rate on the pump", 2).must(),
		amountOf(unit.Concentration{}, "concentration", "Pump concentration", 3).must(),
	}
	vtbi := amountOf(unit.Volume{}, "to_infuse", "Volume to be infused", 2)
	vtbi.Required = toInfuse
	given := amountOf(unit.Volume{}, "given", "Volume given so far", 2)
	return Field{
		Path: path, Label: "What the pump shows", Input: Pump,
		Hint: "Read it from the pump's display, not from the order.", Fields: append(fields, vtbi, given),
	}
}

func one(fields ...Field) []Section { return []Section{{Fields: fields}} }

func levels(text func(int) string, from, to int) []Option {
	var out []Option
	step := 1
	if to < from {
		step = -1
	}
	for n := from; n != to+step; n += step {
		out = append(out, Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n), Hint: text(n)})
	}
	return out
}
