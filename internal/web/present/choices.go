package present

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Choices fills the lists of the forms that depend on this visit.
func Choices(v app.Visit) map[string][]view.Option {
	return map[string][]view.Option{
		"prescribers":    prescribers(v),
		"adjuncts":       adjuncts(v),
		"monitors":       offered(v),
		"pumps":          pumps(v),
		"rates":          rates(v),
		"spoken_orders":  spoken(v),
		"premedications": premedications(v),
		"protocols":      protocols(v),
	}
}

// protocols are those that orders come from.
func protocols(v app.Visit) []view.Option {
	var out []view.Option
	for _, p := range v.Env.FromLibrary.Of.Rows {
		if slices.Contains(v.Env.FromLibrary.Signed, protocol.Row(p)) {
			out = append(out, view.Option{Value: p.ID, Label: p.ID, Hint: p.Text})
		}
	}
	return out
}

func prescribers(v app.Visit) []view.Option {
	var out []view.Option
	for id := range v.Env.Staff.Prescribers {
		out = append(out, view.Option{Value: string(id), Label: name(v.Names, id)})
	}
	slices.SortFunc(out, func(a, b view.Option) int { return strings.Compare(a.Label, b.Label) })
	return out
}

func adjuncts(v app.Visit) []view.Option {
	if v.State.Order == nil {
		return nil
	}
	var out []view.Option
	for _, a := range v.State.Order.Adjuncts {
		o := view.Option{Value: a.ID, Label: strings.TrimSpace(a.Drug + " " + a.Amount + " " + a.Unit), Hint: a.Route + ", " + a.Indication}
		if body, err := json.Marshal(map[string]string{"drug": a.Drug, "amount": a.Amount, "unit": a.Unit, "route": a.Route}); err == nil {
			o.Body = body
		}
		out = append(out, o)
	}
	return out
}

// premedications are the adjuncts given before the infusion, not the rescue orders.
func premedications(v app.Visit) []view.Option {
	if v.State.Order == nil {
		return nil
	}
	var out []view.Option
	for _, a := range v.State.Order.Adjuncts {
		if !a.Rescue {
			out = append(out, view.Option{Value: a.ID, Label: strings.TrimSpace(a.Drug + " " + a.Amount + " " + a.Unit), Hint: a.Route + ", " + a.Indication})
		}
	}
	return out
}

func offered(v app.Visit) []view.Option {
	var out []view.Option
	for _, f := range v.Offered {
		hint := "silent"
		if !f.LastAt.IsZero() {
			hint = "last heard " + clock(f.LastAt, v.Zone)
		}
		if f.SentPatient != "" {
			hint += ", sends a patient id"
		}
		label := f.Monitor.Name
		if f.Monitor.Chair != 0 {
			label += fmt.Sprintf(", chair %d", f.Monitor.Chair)
		}
		out = append(out, view.Option{Value: string(f.Monitor.ID), Label: label, Hint: hint})
	}
	return out
}

func pumps(v app.Visit) []view.Option {
	var out []view.Option
	for _, f := range v.Pumps {
		label := f.Monitor.Name
		if f.Monitor.Chair != 0 {
			label += fmt.Sprintf(", chair %d", f.Monitor.Chair)
		}
		out = append(out, view.Option{Value: string(f.Monitor.ID), Label: label, Hint: "last heard " + clock(f.LastAt, v.Zone)})
	}
	return out
}

// mostRates is how many rates are offered at most: what lies between is ordered,
// or recorded as found.
const mostRates = 24

// rates offers what the order allows a nurse: its steps, and lower than now.
// The mL/h to set stands beside each, before anything is touched.
func rates(v app.Visit) []view.Option {
	o := v.State.Order
	if o == nil {
		return nil
	}
	var list []unit.DoseRate
	add := func(r unit.DoseRate) {
		if r.Positive() && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	for _, st := range o.Steps {
		add(st.Rate)
	}
	if v.State.Ordered.Positive() {
		add(unit.HalfRate(v.State.Ordered))
		add(v.State.Ordered)
		for _, r := range session.LowerRates(v.State, v.Env, mostRates) {
			add(r)
		}
	}
	for _, sp := range v.State.Spoken {
		if sp.Order.Rate != nil && !sp.Used {
			add(*sp.Order.Rate)
		}
	}
	slices.SortFunc(list, unit.DoseRate.Cmp)
	var out []view.Option
	for _, r := range list {
		out = append(out, view.Option{Value: r.Decimal(), Label: r.String(), Hint: "set " + o.ToSet(r).String()})
	}
	return out
}

func spoken(v app.Visit) []view.Option {
	var out []view.Option
	for _, s := range v.State.Spoken {
		text := string(s.Order.What)
		if s.Order.Rate != nil {
			text += " " + s.Order.Rate.String()
		}
		out = append(out, view.Option{Value: strconv.FormatInt(s.Position, 10), Label: text, Hint: "from " + name(v.Names, s.Order.Prescriber) + " at " + clock(s.At, v.Zone)})
	}
	return out
}
