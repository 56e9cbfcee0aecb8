package present

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Order is the order in force as it was signed, to be looked up at the chair;
// empty while there is none.
func Order(v app.Visit) []view.OrderPart {
	if v.State.Order == nil {
		return nil
	}
	var out []view.OrderPart
	for _, p := range Speaker(v).Order(*v.State.Order) {
		out = append(out, view.OrderPart{Part: p.Part, Text: p.Text})
	}
	limits := limitsFact(v)
	return append(out, view.OrderPart{Part: limits.Term, Text: limits.Text})
}

// beside are the lines of the order that an act is done by, shown beside its
// questions; who takes over reads which rounds were missed. Nothing there is computed for those who compute: not the mg in
// the bag, not the mL to draw. What the pump is to be set to the order says;
// what it shows is typed from its display.
func beside(v app.Visit, a act.Act) []string {
	if text := lapseLine(v); a == session.ActTakeNurse && text != "" {
		return []string{"Rounds late or left out: " + text}
	}
	o := v.State.Order
	if o == nil {
		return nil
	}
	bag := "Ordered: " + ordered(v)
	switch a {
	case session.ActOpenVials, session.ActTimeOut:
		return []string{bag}
	case session.ActCompute:
		return append([]string{bag, fmt.Sprintf("Dosing weight %s (%s).", o.DosingWeight, o.WeightBasis)}, vialStrengths(v.State)...)
	case session.ActStart:
		if len(o.Steps) > 0 {
			return toSet(v.State, "First step", o.Steps[0].Rate)
		}
	case session.ActRate:
		return toSet(v.State, "Ordered now", v.State.Ordered)
	case session.ActResume:
		return toSet(v.State, "Ordered before the pause", v.State.Ordered)
	default:
		// the others are not done by a number of the order
	}
	return nil
}

// ordered is the bag as the order says it.
func ordered(v app.Visit) string {
	o := v.State.Order
	text := fmt.Sprintf("%s %s, bag of %s", o.Drug, o.Concentration, o.BagVolume)
	if o.Diluent != "" {
		text += " in " + o.Diluent
	}
	return text + "."
}

// vialStrengths names each strength that was opened, once.
func vialStrengths(s session.State) []string {
	var of []string
	for _, x := range s.Vials {
		if text := x.Strength.String(); x.Strength.Positive() && !slices.Contains(of, text) {
			of = append(of, text)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return []string{"Opened: vials of " + strings.Join(of, " and of ") + "."}
}

// toSet says what mL/h the pump is set to for an ordered rate.
func toSet(s session.State, when string, rate unit.DoseRate) []string {
	o := s.Order
	if !rate.Positive() || !o.Concentration.Positive() || !o.PumpStep.Positive() {
		return nil
	}
	return []string{fmt.Sprintf("%s: %s. Set %s, for %s at %s.", when, rate, o.ToSet(rate), o.DosingWeight, o.Concentration)}
}
