package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// MayNeedTransfer reports whether a visit has a transfer sheet: help was
// called, the patient was transferred, or drug was begun and the patient has
// not gone home.
func MayNeedTransfer(v app.Visit) bool {
	s := v.State
	return len(s.HelpLog) > 0 || s.Help != nil || s.Phase == session.PhaseTransferred ||
		!s.StartedAt.IsZero() && s.DischargedAt.IsZero()
}

// Transfer is the sheet for the people who take the patient over. Everything
// on it comes from the record as it stands; what is not known says so.
func Transfer(v app.Visit, texts TextOf) view.Transfer {
	s := v.State
	out := view.Transfer{
		Session: string(v.ID), Patient: *Patient(v), Number: v.Patient.Number, Pinned: -1,
		Visit: word.Weekday(s.PlannedStart.In(v.Zone)) + " · chair " + s.Chair.String() + " · " + PhaseText(s.Phase),
		Given: given(v), Signs: lastSigns(v), Breathing: breathing(v, texts), Drugs: transferDrugs(v, texts), Told: told(v, texts),
		Head: fmt.Sprintf("entry %d, %s, %s", v.Position, v.Head, word.Second(v.Env.Now.In(v.Zone))),
	}
	out.Log, out.Pinned = transferLog(v, texts)
	return out
}

// given is how much of the infusion the patient has had, by the pump's read-back.
func given(v app.Visit) []view.Fact {
	s := v.State
	fact := func(term, text string) view.Fact { return view.Fact{Term: term, Text: text, Tone: view.Plain} }
	if s.StartedAt.IsZero() {
		return []view.Fact{fact("Ketamine", "none: the infusion was not started")}
	}
	t := s.TotalsAt(v.Env.Now)
	out := []view.Fact{
		fact("Ketamine given IV", totalsText(t)),
		{Term: "Infusion", Text: "started " + ago(v, s.StartedAt) + ", pump ran " + span(t.Minutes), Tone: view.Plain},
	}
	if s.Order != nil {
		out[0].Note = "by the pump’s rate as read, " + s.Order.Concentration.String() + ", weight " + s.Order.DosingWeight.String()
	}
	switch {
	case s.StoppedAt.IsZero():
		out = append(out, view.Fact{Term: "Pump", Text: "running at " + s.RateAt(v.Env.Now).String() + " as last read", Tone: view.Amber})
	case s.StopUnconfirmed():
		out = append(out, view.Fact{Term: "Pump", Text: "stop recorded " + ago(v, s.StoppedAt) + ", pump not confirmed", Tone: view.Amber})
	default:
		out = append(out, fact("Pump", "stopped "+ago(v, s.StoppedAt)))
	}
	return out
}

// ago is a time of day with its age.
func ago(v app.Visit, t time.Time) string {
	return clock(t, v.Zone) + " (" + Age(v.Env.Now.Sub(t)) + " ago)"
}

func lastSigns(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "Last signs", Columns: []string{"Sign", "Value", "At", "Beside"}, Empty: "None on record."}
	tiles := append(Tiles(v), streamTile(v, "etco2", "EtCO₂", vital.EtCO2), streamTile(v, "temp", "Temperature", vital.Temp))
	for i, t := range append(tiles, Scores(v)...) {
		if t.Text == "" {
			if always := i < 4; always { // pressure, pulse, saturation, breathing
				out.Rows = append(out.Rows, []string{t.Label, "not on record", "–", t.Empty})
			}
			continue
		}
		out.Rows = append(out.Rows, []string{t.Label, t.Text + " " + t.Unit, ago(v, time.UnixMilli(t.AtMS)), t.Context})
	}
	return out
}

// breathing is oxygen and airway: what was charted, and what the log says.
func breathing(v app.Visit, texts TextOf) []view.Fact {
	out := []view.Fact{{Term: "Oxygen", Text: "not on record", Tone: view.Plain}}
	for _, o := range v.State.Observations {
		if o.Struck || o.Oxygen == nil {
			continue
		}
		out[0].Text, out[0].Note = "air", clock(o.At, v.Zone)
		if !o.Oxygen.Air {
			out[0].Text = strings.TrimSpace(o.Oxygen.Flow.String() + " " + o.Oxygen.Device)
		}
	}
	for _, e := range helpEntries(v) {
		if l := e.Event.(session.HelpLogged); l.What == session.HelpOxygen || l.What == session.HelpAirway { //nolint:forcetypeassert // helpEntries yields no other
			out = append(out, view.Fact{Term: upper(string(l.What)), Text: helpWords(l, texts), Note: clock(e.EffectiveAt, v.Zone), Tone: view.Plain})
		}
	}
	return out
}

// helpEntries are the taps of the emergency log, in order of time.
func helpEntries(v app.Visit) []session.Entry {
	var out []session.Entry
	for _, e := range timely(v.Entries) {
		if _, ok := e.Event.(session.HelpLogged); ok && !struck(v, e.Position) {
			out = append(out, e)
		}
	}
	return out
}

func helpWords(l session.HelpLogged, texts TextOf) string {
	if s := texts(l.Text); s != "" {
		return s
	}
	return "yes"
}

// transferDrugs are the drugs charted beside the infusion, and those that the
// emergency log names.
func transferDrugs(v app.Visit, texts TextOf) view.RecordSection {
	out := drugTable(v)
	out.Title = "Other drugs"
	for _, e := range helpEntries(v) {
		if l := e.Event.(session.HelpLogged); l.What == session.HelpDrug { //nolint:forcetypeassert // helpEntries yields no other
			out.Rows = append(out.Rows, []string{clock(e.EffectiveAt, v.Zone), "in the emergency log", helpWords(l, texts), "–", name(v.Names, e.Actor.Person)})
		}
	}
	return out
}

// told is who knows: whom the record names, and nobody else.
func told(v app.Visit, texts TextOf) []view.Fact {
	var out []view.Fact
	fact := func(term, text, note string) {
		out = append(out, view.Fact{Term: term, Text: text, Note: note, Tone: view.Plain})
	}
	for _, e := range timely(v.Entries) {
		switch ev := e.Event.(type) {
		case session.HelpLogged:
			if ev.What == session.HelpAmbulance || ev.What == session.HelpArrived {
				fact(upper(string(ev.What)), clock(e.EffectiveAt, v.Zone), texts(ev.Text))
			}
		case session.Transferred:
			fact("Transferred to", texts(ev.To), clock(e.EffectiveAt, v.Zone))
			fact("Because", texts(ev.Reason), "")
		default:
			// the others tell nobody outside
		}
	}
	fact("Responsible", Staff(v), "")
	if e := v.State.Precheck.Escort; e != nil && e.Name.Given() {
		fact("Escort", strings.TrimSpace(texts(e.Name)+" "+texts(e.Phone)), "whether they were told is not on record")
	}
	return out
}

// transferLog is what happened, in order of time, from the arrival on. pinned
// is the line of the call for help.
func transferLog(v app.Visit, texts TextOf) (log view.RecordSection, pinned int) {
	log = view.RecordSection{Title: "What happened", Columns: []string{"Time", "What", "By"}, Empty: "Nothing is on record."}
	pinned = -1
	say := Speaker(v)
	for _, e := range timely(v.Entries) {
		if !inTransfer(e) || struck(v, e.Position) {
			continue
		}
		if _, ok := e.Event.(session.HelpCalled); ok {
			pinned = len(log.Rows)
		}
		l := entry(v, say, e, texts)
		if o, ok := e.Event.(session.Observed); ok {
			l.Title, l.Text = "Observation", observedShort(o.Observation)
		}
		log.Rows = append(log.Rows, []string{clock(e.EffectiveAt, v.Zone), strings.TrimSuffix(l.Title+": "+l.Text, ": "), l.By})
	}
	return log, pinned
}

// observedShort is an observation on one line; the rest stands in the record.
func observedShort(o session.Observation) string {
	var parts []string
	if signs := project.Readings(o.Readings); signs != "" {
		parts = append(parts, signs)
	}
	if o.Sedation != nil {
		parts = append(parts, fmt.Sprintf("awake %d of 5", *o.Sedation))
	}
	return strings.Join(parts, ", ")
}

// inTransfer keeps what the next people need, and corrections of it: no
// planning, no checks of room and papers, no signatures.
func inTransfer(e session.Entry) bool {
	switch e.Event.(type) {
	case session.HelpCalled, session.HelpUndone, session.HelpLogged, session.HelpEnded, session.Transferred, session.LeftEarly,
		session.Started, session.RateChanged, session.Paused, session.Resumed, session.Stopped, session.PumpStopConfirmed,
		session.Observed, session.SideEffectNoted, session.SideEffectGraded, session.SideEffectResolved, session.DrugGiven,
		session.NoteAdded, session.Amended, session.RecoveryBegan:
		return true
	default:
		return false
	}
}

// timely orders entries by when it happened, whatever the order of charting.
func timely(entries []session.Entry) []session.Entry {
	out := slices.Clone(entries)
	slices.SortStableFunc(out, func(x, y session.Entry) int { return x.EffectiveAt.Compare(y.EffectiveAt) })
	return out
}

// struck reports whether an entry was struck out: it did not happen.
func struck(v app.Visit, position int64) bool {
	for _, at := range v.State.Amendments[position] {
		if e, ok := at0(v.Entries, at); ok {
			if a, ok := e.Event.(session.Amended); ok && a.Struck {
				return true
			}
		}
	}
	return false
}
