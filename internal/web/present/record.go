package present

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// When is a planned time as a worklist says it.
func When(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return "today " + word.Clock(t)
	}
	return word.Moment(t)
}

// DayOf is a day as a list says it: "today", "4 May 2026"; empty when there was
// none.
func DayOf(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	switch {
	case t.IsZero():
		return ""
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return "today"
	}
	return word.Day(t)
}

// Age is a length of time as a worklist says it.
func Age(d time.Duration) string { return days(d) }

// Missing lists what closing the record still needs.
func Missing(v app.Visit) []string {
	var out []string
	for _, m := range v.State.Unclosed(v.Env.Now) {
		out = append(out, m.English())
	}
	return out
}

// FollowUp says by when somebody calls a patient who went home, or who left
// before being ready, and what became of the last attempt; empty when no call is
// owed. Pressing is what cannot wait: who left early, and a call that is late.
func FollowUp(v app.Visit) (text string, pressing bool) {
	due, owed := session.FollowUpDue(v.State, v.Env)
	if !owed {
		return "", false
	}
	who, pressing := "", v.State.Left != nil
	if pressing {
		who = "The patient left before being ready: "
	}
	switch {
	case due.IsZero():
		text, pressing = who+"no follow-up is set: call now.", true
	case v.Env.Now.After(due):
		text, pressing = who+"the follow-up call was due "+When(due, v.Env.Now, v.Zone)+".", true
	default:
		text = who + "call by " + When(due, v.Env.Now, v.Zone) + "."
	}
	if n := len(v.State.FollowUps); n > 0 {
		last := v.State.FollowUps[n-1]
		text += " Not reached " + When(last.At, v.Env.Now, v.Zone) + "."
	}
	return upper(text), pressing
}

// Record is one visit as one coherent document.
func Record(v app.Visit, texts TextOf) view.Record {
	s := v.State
	r := view.Record{
		ID: string(v.ID), Chair: int(s.Chair), Patient: *Patient(v), Phase: PhaseText(s.Phase),
		When: word.Weekday(s.PlannedStart.In(v.Zone)), Missing: Missing(v),
		Head: fmt.Sprintf("entry %d, %s, %s", v.Position, v.Head, word.Second(v.Env.Now.In(v.Zone))),
	}
	r.Facts = append(facts(v), limitsFact(v), watchFact(v))
	r.Sections = append(orderTables(v), observationTable(v))
	if !s.StartedAt.IsZero() {
		r.Sections = append(r.Sections, deviceTable(v), lapseTable(v), earlyTable(v), dutyTable(v))
	}
	r.Sections = append(r.Sections, drugTable(v), effectTable(v))
	if len(s.Sheets) > 0 {
		r.Sections = append(r.Sections, sheetTable(v))
	}
	r.Gates = recordedGates(v)
	r.Entries = Entries(v, texts, 0)
	slices.Reverse(r.Entries)
	r.Signs = signatures(v)
	r.Account, r.Sheets = account(v), Sheets(v)
	return r
}

// limitsFact says on what the limits rest, wherever an order is written or read.
func limitsFact(v app.Visit) view.Fact {
	return view.Fact{Term: "Limits", Text: rulesRest(v), Tone: view.Amber}
}

// rulesRest says on what the limits rest. The shipped file cannot know that this
// clinic's director has adopted it.
func rulesRest(v app.Visit) string {
	said := v.Env.Rules.Standing()
	if shipped, ok := strings.CutSuffix(said, "; not adopted by a clinic's director"); ok && v.Env.Adopted.Done {
		return shipped + "; adopted by this clinic's director"
	}
	return said
}

// watchFact says what the alarms of a record are worth, and on what they rest.
func watchFact(v app.Visit) view.Fact {
	return view.Fact{Term: "Alarms", Text: Primary, Note: upper(v.Env.Alarms.Standing()) + ".", Tone: view.Plain}
}

func facts(v app.Visit) []view.Fact {
	s := v.State
	fact := func(term, text string) view.Fact { return view.Fact{Term: term, Text: text, Tone: view.Plain} }
	out := []view.Fact{fact("Staff", Staff(v))}
	if o := s.Order; o != nil {
		out = append(out,
			fact("Protocol", o.Protocol.Name+" "+o.Protocol.Version+fmt.Sprintf(", infusion %d of %d", o.Number, o.Of)),
			fact("Order", fmt.Sprintf("%s %s, dosing weight %s (%s), %s", o.Drug, o.Concentration, o.DosingWeight, o.WeightBasis, project.Steps(*o))),
			fact("Prescriber", name(v.Names, o.Prescriber)+", signed "+word.Moment(o.SignedAt.In(v.Zone))))
	}
	out = append(out, infusionFacts(v)...)
	if s.Reconciled != nil {
		out = append(out, reconciledFact(v))
	}
	for _, u := range s.Unwatched {
		out = append(out, view.Fact{Term: "Not watched", Text: "Stillwatch was not watching " + unwatchedText(u, v.Zone), Note: "the bedside monitor was the only one", Tone: view.Amber})
	}
	if !s.DischargedAt.IsZero() {
		out = append(out, fact("Discharged", clock(s.DischargedAt, v.Zone)))
	}
	return out
}

// infusionFacts are when it ran, and what was given; none before the start.
func infusionFacts(v app.Visit) []view.Fact {
	s := v.State
	if s.StartedAt.IsZero() {
		return nil
	}
	t := s.TotalsAt(v.Env.Now)
	times := "from " + clock(s.StartedAt, v.Zone)
	if !s.StoppedAt.IsZero() {
		times += " to " + clock(s.StoppedAt, v.Zone)
	}
	return []view.Fact{
		{Term: "Infusion", Text: times + ", pump ran " + span(t.Minutes), Tone: view.Plain},
		{Term: "Given", Text: totalsText(t), Tone: view.Plain},
	}
}

// totalsText is what was given, in the words of every page.
func totalsText(t session.Totals) string {
	mass, dose, volume := t.Shown()
	return mass + ", " + dose + ", " + volume
}

// orderTables are the orders of a visit whole, each as it was signed.
func orderTables(v app.Visit) []view.RecordSection {
	var out []view.RecordSection
	for _, e := range v.Entries {
		a, ok := e.Event.(session.OrderAttached)
		if !ok {
			continue
		}
		t := view.RecordSection{Title: "Order as signed, attached " + clock(e.EffectiveAt, v.Zone), Columns: []string{"Part", "As signed"}}
		if e.Position < v.State.OrderAt {
			t.Title += ", replaced since"
		}
		for _, p := range Speaker(v).Order(a.Order) {
			t.Rows = append(t.Rows, []string{p.Part, p.Text})
		}
		out = append(out, t)
	}
	return out
}

// DecidedOn shows of each order from a protocol what the rows of the library said that
// it was decided on, also where they say something else today.
func DecidedOn(v app.Visit, then func(drug.BasisRow) (house.KeptRow, bool)) []view.RecordSection {
	var out []view.RecordSection
	for _, e := range v.Entries {
		a, ok := e.Event.(session.OrderAttached)
		if !ok || a.Order.Basis == nil {
			continue
		}
		t := view.RecordSection{
			Title:   "What the order attached " + clock(e.EffectiveAt, v.Zone) + " was decided on",
			Intro:   "Rows of the library as they were read then.",
			Columns: []string{"Row", "What it said then", "Today"},
		}
		for _, row := range a.Order.Basis.Rows {
			said := "Its text was not kept: it was adopted before texts were. Its hash begins with " + row.Hash[:min(12, len(row.Hash))] + "."
			title := row.Name
			if r, ok := then(row); ok {
				if r.Version > 0 {
					title += ", version " + strconv.Itoa(r.Version)
				}
				said = keptText(r)
			}
			t.Rows = append(t.Rows, []string{title, said, today(v.Env.FromLibrary, row)})
		}
		out = append(out, t)
	}
	return out
}

// keptText is what a row said, in one line.
func keptText(r house.KeptRow) string {
	return strings.TrimSpace(r.Text + " " + strings.Join(r.Facts, "; "))
}

// today says what became of a row since an order was decided on it.
func today(lib session.FromLibrary, row drug.BasisRow) string {
	switch {
	case !lib.Known:
		return "could not be read"
	case slices.Contains(lib.Rows, row):
		return "the same"
	case slices.ContainsFunc(lib.Rows, func(r drug.BasisRow) bool { return r.Name == row.Name }):
		return "says something else"
	}
	return "is not in the library any more"
}

func observationTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{
		Title:   "Observations",
		Columns: []string{"Time", "Why", "Pressure mmHg", "Pulse /min", "SpO₂ %", "Breathing /min", "Other signs", "Measured", "Awake", "Pain", "Distress", "By"},
		Empty:   "No observation was charted.",
	}
	for _, o := range v.State.Observations {
		row := slices.Concat([]string{clock(o.At, v.Zone), string(o.Purpose)}, signColumns(o.Readings), []string{"", "", "", name(v.Names, o.By)})
		if o.Sedation != nil {
			row[8] = fmt.Sprint(int(*o.Sedation))
		}
		if o.Pain != nil {
			row[9] = nrs(*o.Pain)
		}
		if o.PainNotAsked != "" {
			row[9] = "not asked"
		}
		if o.Distress != nil {
			row[10] = nrs(*o.Distress)
		}
		switch {
		case o.Typed:
			row[1] += " (from paper)"
		case o.Late:
			row[1] += " (charted late)"
		}
		if o.Struck {
			row[1] += " (struck out)"
		} else if o.Amended {
			row[1] += " (corrected)"
		}
		for i := range row {
			if row[i] == "" {
				row[i] = "–"
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// signColumns are the signs of a set as the table prints them: pressure,
// pulse, saturation, breathing, whatever else was measured, and by whom.
func signColumns(rs []vital.Reading) []string {
	of := map[vital.Kind]int{vital.NIBPSys: 0, vital.Pulse: 1, vital.HR: 1, vital.SpO2: 2, vital.RR: 3}
	cells := make([][]string, 6)
	for _, x := range project.Values(rs) {
		i, own := of[x.Kind]
		switch {
		case !own:
			i, x.Number = 4, inWords(x)
		case x.Kind == vital.HR:
			x.Number += " (ECG)"
		case x.Kind == vital.NIBPSys && !strings.Contains(x.Number, "/"):
			x.Number += " systolic"
		}
		cells[i] = append(cells[i], x.Text())
		if who := project.Origin(x.Origin); !slices.Contains(cells[5], who) {
			cells[5] = append(cells[5], who)
		}
	}
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.Join(c, "; ")
	}
	return out
}

func inWords(x project.Value) string {
	f, _ := vital.Of(x.Kind)
	return f.Label + " " + x.Number + " " + x.Unit
}

// sheetTable are the photos of what was written on paper.
func sheetTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "Photos of the paper", Columns: []string{"Photo", "Kept", "By", "Picture", "Entry"}}
	for i, f := range v.State.Sheets {
		kind := strings.ToUpper(strings.TrimPrefix(string(f.Kind), "image/"))
		out.Rows = append(out.Rows, []string{fmt.Sprint(i + 1), word.Moment(f.At.In(v.Zone)), name(v.Names, f.By), fmt.Sprintf("%s, %d × %d pixels, %d kB", kind, f.Width, f.Height, (f.Bytes+1023)/1024), fmt.Sprint(f.Position)})
	}
	return out
}

func drugTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "Drugs beside the infusion", Columns: []string{"Time", "Drug", "Amount", "Route", "By"}, Empty: "None was given."}
	for _, d := range v.State.Drugs {
		out.Rows = append(out.Rows, []string{clock(d.At, v.Zone), d.Drug + struckOut(d.Struck), strings.TrimSpace(d.Amount + " " + d.Unit), d.Route, name(v.Names, d.By)})
	}
	return out
}

// struckOut marks a line of a table that does not count any more.
func struckOut(is bool) string {
	if is {
		return " (struck out)"
	}
	return ""
}

func effectTable(v app.Visit) view.RecordSection {
	words := effectWords()
	out := view.RecordSection{Title: "Side effects", Columns: []string{"Onset", "What", "Grade", "Gone"}, Empty: "None was noted."}
	for _, e := range v.State.Effects {
		grade := "–"
		if e.Grade > 0 {
			grade = fmt.Sprint(e.Grade)
		}
		what := words[e.Code]
		if what == "" {
			what = e.Code
		}
		out.Rows = append(out.Rows, []string{clock(e.At, v.Zone), what + struckOut(e.Struck), grade, clock(e.ResolvedAt, v.Zone)})
	}
	return out
}

// recordedGates are the gates as they stood when they were passed.
func recordedGates(v app.Visit) []view.Gate {
	var out []view.Gate
	for _, e := range v.Entries {
		switch ev := e.Event.(type) {
		case session.Readied:
			out = append(out, Gate(v, ev.Gate))
		case session.Started:
			out = append(out, Gate(v, ev.Gate))
		case session.Resumed:
			out = append(out, Gate(v, ev.Gate))
		case session.Discharged:
			out = append(out, Gate(v, ev.Gate))
		default:
		}
	}
	return out
}

func signatures(v app.Visit) []view.Signature {
	var out []view.Signature
	add := func(e session.Entry, meaning, of string) {
		roles := make([]string, len(e.Actor.Roles))
		for i, r := range e.Actor.Roles {
			roles[i] = string(r)
		}
		out = append(out, view.Signature{
			Name: name(v.Names, e.Actor.Person), Roles: strings.Join(roles, ", "), Meaning: meaning, Of: of,
			Time: word.Exact(e.RecordedAt.In(v.Zone)),
		})
	}
	for _, e := range v.Entries {
		switch ev := e.Event.(type) {
		case session.OrderAttached:
			add(e, "ordered", "order "+string(ev.Order.ID))
		case session.ExceptionGranted:
			add(e, "made an exception from the protocol", ev.Protocol.Name+" "+ev.Number+" "+ev.Most)
		case session.OrderReviewed:
			add(e, "reviewed the order, as second person", "order "+string(ev.Order))
		case session.Prepared:
			add(e, "prepared, as second person", "label "+ev.Label)
		case session.SpokenOrderSigned:
			add(e, "signed a spoken order", fmt.Sprintf("entry %d", ev.Spoken))
		case session.DrugWasted:
			add(e, "wasted drug, witnessed by "+name(v.Names, ev.Witness), ev.Mass.String())
		case session.DrawUpDiscarded:
			add(e, "discarded a draw-up, witnessed by "+name(v.Names, ev.Witness), ev.Mass.String())
		case session.Discharged:
			add(e, "discharged", "discharge gate")
		case session.Reviewed:
			add(e, ev.Meaning, "record up to "+ev.Head)
		default:
		}
	}
	return out
}

func account(v app.Visit) []view.Fact {
	b := v.State.Balance(v.Env.Now)
	if !b.Drawn.Positive() && b.Even() {
		return nil // no drug in this visit
	}
	fact := func(term, text string) view.Fact { return view.Fact{Term: term, Text: text, Tone: view.Plain} }
	x := b.Shown()
	return []view.Fact{
		fact("Drawn", x.Drawn), fact("Given", x.Given),
		fact("Wasted, witnessed", x.Wasted), fact("Returned", x.Returned), fact("Not accounted for", x.Open),
	}
}
