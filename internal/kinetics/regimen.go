package kinetics

import (
	"fmt"
	"strconv"
	"strings"
)

// Bounds of a regimen.
const (
	MaxParts   = 20_000
	maxText    = 1 << 20
	maxMinutes = 60 * 24 * 60
	maxAmount  = 100_000
)

// Kind says what a part of a regimen is.
type Kind int

// The kinds of part.
const (
	Bolus  Kind = iota
	Over        // an amount over a time
	Hourly      // a rate for a time
	Pause
)

// Part is one piece of a regimen, as it was written.
type Part struct {
	Kind    Kind
	Amount  float64 // mg, mg/kg, mg/h or mg/kg/h
	PerKg   bool
	Minutes float64
}

// Regimen is what is given, part after part.
type Regimen []Part

// RegimenError says what is wrong and where, in bytes from 1.
type RegimenError struct {
	At   int
	Want string
}

func (e *RegimenError) Error() string {
	return fmt.Sprintf("regimen, position %d: %s", e.At, e.Want)
}

// word is one word and where it starts.
type token struct {
	text string
	at   int
}

// ParseRegimen reads parts joined by "then": "BOLUS 10 mg", "BOLUS 0.1 mg/kg",
// "0.5 mg/kg over 40 min", "35 mg over 40 min", "0.35 mg/kg/h for 240 min",
// "20 mg/h for 60 min", "pause 10 min".
func ParseRegimen(s string) (Regimen, error) {
	if len(s) > maxText {
		return nil, &RegimenError{At: maxText, Want: "the text is too long"}
	}
	p := parser{end: len(s) + 1}
	for i := 0; i < len(s); {
		if s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r' {
			i++
			continue
		}
		from := i
		for i < len(s) && !strings.ContainsRune(" \n\t\r", rune(s[i])) {
			i++
		}
		p.words = append(p.words, token{text: s[from:i], at: from + 1})
	}
	var out Regimen
	for {
		part, err := p.part()
		if err != nil {
			return nil, err
		}
		out = append(out, part)
		if len(p.words) == 0 {
			return out, nil
		}
		if len(out) == MaxParts {
			return nil, &RegimenError{At: p.words[0].at, Want: fmt.Sprintf("more than %d parts", MaxParts)}
		}
		if err := p.expect("then"); err != nil {
			return nil, err
		}
	}
}

type parser struct {
	words []token
	end   int
}

func (p *parser) next() token {
	if len(p.words) == 0 {
		return token{at: p.end}
	}
	t := p.words[0]
	p.words = p.words[1:]
	return t
}

func (p *parser) expect(want string) error {
	if t := p.next(); !strings.EqualFold(t.text, want) {
		return &RegimenError{At: t.at, Want: fmt.Sprintf("%q is expected here", want)}
	}
	return nil
}

func (p *parser) number(t token, most float64) (float64, error) {
	if t.text == "" || strings.Trim(t.text, "0123456789.") != "" {
		return 0, &RegimenError{At: t.at, Want: "a number with digits and a point is expected here"}
	}
	x, err := strconv.ParseFloat(t.text, 64)
	if err != nil || !(x > 1e-6 && x <= most) {
		return 0, &RegimenError{At: t.at, Want: fmt.Sprintf("a number above 0.000001 and at most %g is expected here", most)}
	}
	return x, nil
}

func (p *parser) part() (Part, error) {
	first := p.next()
	switch strings.ToLower(first.text) {
	case "pause":
		m, err := p.minutes()
		return Part{Kind: Pause, Minutes: m}, err
	case "bolus":
		x, err := p.number(p.next(), maxAmount)
		if err != nil {
			return Part{}, err
		}
		switch u := p.next(); u.text {
		case "mg":
			return Part{Kind: Bolus, Amount: x}, nil
		case "mg/kg":
			return Part{Kind: Bolus, Amount: x, PerKg: true}, nil
		default:
			return Part{}, &RegimenError{At: u.at, Want: "mg or mg/kg is expected here"}
		}
	}
	x, err := p.number(first, maxAmount)
	if err != nil {
		return Part{}, &RegimenError{At: first.at, Want: "BOLUS, pause or a number above 0 and at most 100000 is expected here"}
	}
	out := Part{Kind: Over, Amount: x}
	join := "over"
	switch u := p.next(); u.text {
	case "mg":
	case "mg/kg":
		out.PerKg = true
	case "mg/h":
		out.Kind, join = Hourly, "for"
	case "mg/kg/h":
		out.Kind, out.PerKg, join = Hourly, true, "for"
	default:
		return Part{}, &RegimenError{At: u.at, Want: "mg, mg/kg, mg/h or mg/kg/h is expected here"}
	}
	if err := p.expect(join); err != nil {
		return Part{}, err
	}
	out.Minutes, err = p.minutes()
	return out, err
}

func (p *parser) minutes() (float64, error) {
	m, err := p.number(p.next(), maxMinutes)
	if err != nil {
		return 0, err
	}
	return m, p.expect("min")
}

// String writes the regimen so that ParseRegimen reads the same.
func (r Regimen) String() string {
	parts := make([]string, len(r))
	for i, p := range r {
		amount, unit := plainNumber(p.Amount), "mg"
		if p.PerKg {
			unit = "mg/kg"
		}
		switch p.Kind {
		case Bolus:
			parts[i] = "BOLUS " + amount + " " + unit
		case Over:
			parts[i] = amount + " " + unit + " over " + plainNumber(p.Minutes) + " min"
		case Hourly:
			parts[i] = amount + " " + unit + "/h for " + plainNumber(p.Minutes) + " min"
		case Pause:
			parts[i] = "pause " + plainNumber(p.Minutes) + " min"
		}
	}
	return strings.Join(parts, " then ")
}

func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// Piece is a stretch of one rate, after a bolus at its start.
type Piece struct{ BolusMg, MgPerMin, Minutes float64 }

// Pieces are what the regimen gives a patient of this weight, in kg.
func (r Regimen) Pieces(kg float64) []Piece {
	out := make([]Piece, 0, len(r))
	for _, p := range r {
		mg := p.Amount
		if p.PerKg {
			mg *= kg
		}
		switch p.Kind {
		case Bolus:
			out = append(out, Piece{BolusMg: mg})
		case Over:
			out = append(out, Piece{MgPerMin: mg / p.Minutes, Minutes: p.Minutes})
		case Hourly:
			out = append(out, Piece{MgPerMin: mg / 60, Minutes: p.Minutes})
		case Pause:
			out = append(out, Piece{Minutes: p.Minutes})
		}
	}
	return out
}
