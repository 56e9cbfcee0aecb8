package present

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Pack is the paper of one visit for when the server is down. by is who
// prints it. What is not known says so: paper is read without the server.
func Pack(v app.Visit, by string, texts TextOf) view.Pack {
	s := v.State
	out := view.Pack{
		Patient: *Patient(v), Number: v.Patient.Number,
		Visit: s.PlannedStart.In(v.Zone).Format("Monday 2 January 2006, planned 15:04") + " · chair " + s.Chair.String() + " · " + PhaseText(s.Phase),
		Notes: packNotes(v), Stands: packStands(v, texts), Limits: packLimits(v), Consider: packConsider(v), Discharge: packDischarge(v),
		Standing: upper(v.Env.Alarms.Standing()) + ". Checks: " + rulesRest(v) + ".",
		Head:     fmt.Sprintf("entry %d, %s, %s", v.Position, v.Head, v.Env.Now.In(v.Zone).Format("15:04:05")),
		Printed:  "printed " + v.Env.Now.In(v.Zone).Format("2 January 2006 15:04") + " by " + by,
	}
	if rule, ok := v.Env.Rules.Rule("SW-BASELINE"); ok {
		out.Baseline, out.Sets = rule.Text, v.Env.Rules.Count(library.BaselineSets)
	}
	o := s.Order
	if o == nil {
		out.NoOrder = "no order in Stillwatch"
		out.Printed += ", with no order in Stillwatch"
		return out
	}
	out.Printed += ", valid only for the order signed " + o.SignedAt.In(v.Zone).Format("2 January 15:04")
	for _, p := range Speaker(v).Order(*o) {
		out.Order = append(out.Order, view.Fact{Term: p.Part, Text: p.Text, Tone: view.Plain})
	}
	out.Order = append(out.Order, limitsFact(v))
	out.Steps, out.Rates, out.EtCO2, out.Signatures = packSteps(*o), packRates(*o), o.Watch.EtCO2, orderSigned(v)
	out.Minutes, out.More = packMinutes(*o, v.Env.Rules)
	return out
}

// packNotes are what whoever works by the paper has to know first.
func packNotes(v app.Visit) []string {
	out := []string{"Stillwatch is not watching while this paper is used. Use the bedside monitor, with its alarms on."}
	o := v.State.Order
	if o == nil {
		return out
	}
	if part := o.Missing(); part != "" {
		out = append(out, "The order is not whole: it has no "+part+". It has no table of rates.")
	}
	if !o.ValidUntil.IsZero() && v.Env.Now.After(o.ValidUntil) {
		out = append(out, "The order was valid until "+When(o.ValidUntil, v.Env.Now, v.Zone)+". It is not valid any more.")
	}
	if w := v.State.Precheck.Weight; w != nil && w.Weight != o.DosingWeight {
		out = append(out, fmt.Sprintf("Measured %s, dosed by %s (%s weight).", w.Weight, o.DosingWeight, o.WeightBasis))
	}
	limits := v.Env.Alarms.For(o.Limits, nil)
	for _, l := range limits.CouldNot() {
		if text := l.English(); l.ID == "alarm.could_not.limit" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// packStands is how the visit stood: who is there, and what was given.
func packStands(v app.Visit, texts TextOf) []view.Fact {
	out := []view.Fact{{Term: "Staff", Text: Staff(v), Tone: view.Plain}}
	weight := "not measured in this visit yet"
	if w := v.State.Precheck.Weight; w != nil {
		weight = w.Weight.String() + ", measured in this visit"
	}
	out = append(out, view.Fact{Term: "Weight", Text: weight, Tone: view.Plain})
	if e := v.State.Precheck.Escort; e != nil && e.Name.Given() {
		out = append(out, view.Fact{Term: "Escort", Text: strings.TrimSpace(texts(e.Name) + " " + texts(e.Phone)), Tone: view.Plain})
	}
	out = append(out, given(v)...)
	if o := v.State.Order; o != nil && !v.State.StartedAt.IsZero() && v.State.StoppedAt.IsZero() {
		for _, text := range toSet(v.State, "Ordered now", v.State.Ordered) {
			out = append(out, view.Fact{Term: "Rate in force", Text: text, Tone: view.Plain})
		}
	}
	return out
}

// packSteps is each step of the order with its pump setting.
func packSteps(o drug.Order) view.RecordSection {
	out := view.RecordSection{Title: "Steps, and what the pump is set to", Columns: []string{"Step", "From minute", "Minutes", "Ordered", "Set the pump to"}, Empty: "The order has no steps."}
	if l := o.Loading; l != nil {
		out.Rows = append(out.Rows, []string{"Loading dose", "0", fmt.Sprint(int(l.Minutes)), l.Dose.String(), o.LoadingMass().String() + " by hand, beside the pump"})
	}
	from := drug.Minutes(0)
	for i, s := range o.Steps {
		set := "could not be worked out"
		if o.Missing() == "" {
			set = o.ToSet(s.Rate).String()
		}
		out.Rows = append(out.Rows, []string{fmt.Sprint(i + 1), fmt.Sprint(int(from)), fmt.Sprint(int(s.Minutes)), s.Rate.String(), set})
		from += s.Minutes
	}
	return out
}

// packRates is the table of rates. Each number stands as package unit gives it.
func packRates(o drug.Order) view.RecordSection {
	out := view.RecordSection{
		Title:   fmt.Sprintf("Pump settings for %s and %s, and for nothing else", o.DosingWeight, o.Concentration),
		Intro:   fmt.Sprintf("Each setting is rounded once, to the pump's %s. A rate that is not in a step of the order needs a prescriber.", o.PumpStep),
		Columns: []string{"mg/kg/h", "set mL/h", "gives mg/h", ""},
		Empty:   "It could not be worked out: the order has no " + o.Missing() + ".",
	}
	rows := o.RateTable()
	if len(rows) > 0 {
		out.Intro += " Never above " + o.TopRate().String() + "."
	}
	for _, r := range rows {
		note := ""
		if r.Ordered {
			note = "a step of the order"
		}
		out.Rows = append(out.Rows, []string{r.Rate.Decimal(), r.Set.Decimal(), r.Gives.Decimal(), note})
	}
	return out
}

// orderSigned is who signed the order in force, and when.
func orderSigned(v app.Visit) []view.Signature {
	var out []view.Signature
	of := "order " + string(v.State.Order.ID)
	for _, s := range signatures(v) {
		if s.Of == of {
			out = append(out, s)
		}
	}
	return out
}

// packRest are the patient's own resting values, as far as they are known.
func packRest(v app.Visit) []alarm.Rest {
	var out []alarm.Rest
	for _, k := range []vital.Kind{vital.NIBPSys, vital.NIBPDia, vital.NIBPMean, vital.EtCO2} {
		if x, ok := session.Baseline(v.State, v.Env, k); ok {
			out = append(out, alarm.Rest{Kind: k, Value: x})
		}
	}
	return out
}

// packLimits are the alarm limits of this patient in words: the order's where
// it gives one, else the library's.
func packLimits(v app.Visit) view.RecordSection {
	out := view.RecordSection{
		Title: "Alarm limits of this patient", Columns: []string{"Sign", "Yellow", "Red"},
		Intro: "Set the bedside monitor by them. Those marked (order) are the order's, the others the library's.",
		Empty: "The alarm library could not be read: set the bedside monitor by the clinic's own limits.",
	}
	var order []drug.Limit
	if v.State.Order != nil {
		order = v.State.Order.Limits
	}
	limits := v.Env.Alarms.For(order, packRest(v))
	for _, id := range patientConditions() {
		yellow, red := []string{}, []string{}
		for _, l := range limits.InForce(id) {
			if l.Priority == alarm.High {
				red = append(red, l.Text)
			} else {
				yellow = append(yellow, l.Text)
			}
		}
		if len(yellow)+len(red) > 0 {
			out.Rows = append(out.Rows, []string{upper(id.Name().English()), dashed(yellow), dashed(red)})
		}
	}
	return out
}

// patientConditions are the conditions on the patient that have limits; what
// the monitor says of its own it says itself.
func patientConditions() []alarm.ID {
	return slices.DeleteFunc(alarm.IDs(), func(id alarm.ID) bool { return id.Group() != alarm.Physiological || id == alarm.MonitorAlarm })
}

func dashed(parts []string) string {
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, "; or ")
}

// packConsider is what the library says to consider at red, no stronger than
// it is known; conditions with the same answer stand together.
func packConsider(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "To be considered at red", Columns: []string{"What", "Consider"}}
	rules := map[alarm.ID]alarm.Rule{}
	for _, r := range v.Env.Alarms.Rules() {
		rules[r.Condition] = r
	}
	for _, id := range patientConditions() {
		text, name := atRed(rules[id]), upper(id.Name().English())
		if text == "" {
			continue
		}
		if at := slices.IndexFunc(out.Rows, func(row []string) bool { return row[1] == text }); at >= 0 {
			out.Rows[at][0] += "; " + name
			continue
		}
		out.Rows = append(out.Rows, []string{name, text})
	}
	return out
}

// atRed is what a rule says to consider at red; empty when it says nothing.
func atRed(r alarm.Rule) string {
	var do []string
	for _, c := range r.Consider {
		if c.Priority != alarm.High {
			continue
		}
		for _, a := range c.Do {
			do = append(do, a.Message().English())
		}
	}
	if len(do) == 0 {
		return ""
	}
	return r.Wording + ": " + strings.Join(do, "; ")
}

// packMinutes are the lines of the minute sheet, as the order's plan asks.
func packMinutes(o drug.Order, rules library.Session) (lines []view.PackMinute, more bool) {
	rows, whole := session.SheetRows(o, rules)
	for _, r := range rows {
		m := view.PackMinute{Label: fmt.Sprint(int(r.After)), What: "cuff"}
		if r.AfterStop {
			m.Label = "stop +" + m.Label
		}
		switch {
		case r.Set && r.Cuff:
			m.What = "all"
		case r.Set:
			m.What = "all but cuff"
		case !r.Cuff:
			m.What = ""
		}
		if r.Peak {
			m.What += ", SE-12"
		}
		if r.Step > 0 {
			m.What += fmt.Sprintf(", step %d", r.Step)
		}
		m.What = strings.TrimPrefix(m.What, ", ")
		lines = append(lines, m)
	}
	return lines, len(rows) > 0 && !whole
}

// packDischarge are the checks before the patient goes home, in the library's words.
func packDischarge(v app.Visit) []view.PackCheck {
	var out []view.PackCheck
	for _, id := range session.DischargeRules() {
		if r, ok := v.Env.Rules.Rule(id); ok {
			out = append(out, view.PackCheck{Rule: id, Text: r.Text})
		}
	}
	return out
}
