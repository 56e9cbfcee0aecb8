package present

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/web/view"
	shipped "github.com/stillwatch/stillwatch/library"
)

var tenAM = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// shippedRules is the library as it is shipped.
func shippedRules(t *testing.T) library.Session {
	t.Helper()
	rules, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// busy is a visit in a phase in which everything that a button can be about
// stands: a side effect, a spoken order, a stop by a tablet, an emergency, a
// link in doubt, entries to correct.
func busy(t *testing.T, p session.Phase) app.Visit {
	t.Helper()
	rules := shippedRules(t)
	v := app.Visit{ID: "018f4c3a-5b6d-7e8f-9a0b-1c2d3e4f5a6b", Zone: time.UTC, Env: session.Env{Now: tenAM, Zone: time.UTC, Rules: rules}}
	add := func(ev session.Event, who act.Actor) {
		n := int64(len(v.Entries) + 1)
		at := tenAM.Add(time.Duration(n-40) * time.Minute)
		e := session.Entry{Event: ev, Meta: journal.Meta{Position: n, Sequence: n, EffectiveAt: at, RecordedAt: at, OccurredAt: at, Actor: who}}
		v.Entries = append(v.Entries, e)
		v.State = session.Evolve(v.State, e)
	}
	nurse := act.Actor{Kind: act.Person, Person: "okafor", Roles: []act.Role{act.Nurse}}
	tablet := act.Actor{Kind: act.Device, Via: "tablet"}
	add(session.Scheduled{Patient: "rivera", Chair: 3, PlannedStart: tenAM}, nurse)
	add(session.MonitorLinked{Monitor: "m", Name: "Monitor 3"}, nurse)
	add(session.LinkDoubted{Monitor: "m"}, nurse)
	add(session.OrderAttached{Order: drug.Order{Patient: "rivera"}}, nurse)
	add(session.PrecheckAnswered{}, nurse)
	add(session.VialsOpened{Vials: []drug.Vial{{Lot: "K1"}}}, nurse)
	if p == session.PhasePaused {
		add(session.OffMonitor{Until: tenAM.Add(5 * time.Minute)}, nurse)
	}
	add(session.SideEffectNoted{ID: "nausea-1", Code: "nausea"}, nurse)
	add(session.SpokenOrderTaken{Prescriber: "weiss", What: session.SpokenDrug}, nurse)
	add(session.DrugGiven{Drug: "ondansetron", Amount: "4", Unit: "mg", Route: "IV"}, nurse)
	add(session.Observed{}, nurse)
	for i, x := range []act.Actor{nurse, {Kind: act.Person, Person: "brandt", Roles: []act.Role{act.Nurse}}} { // two readings that disagree
		add(session.PumpRead{Read: session.PumpReading{Rate: unit.MLPerH([]string{"16", "28"}[i])}}, x)
		f := &v.State.Pump[i]
		f.RecordedAt = tenAM.Add(time.Hour)
	}
	if p == session.PhaseInfusing { // with a round that is late, and one of the monitor
		o := drug.Order{Patient: "rivera", Watch: drug.Watch{Observation: 15}}
		v.State.Order, v.State.StartedAt = &o, tenAM.Add(-time.Hour)
		add(session.RoundTaken{Round: session.RoundObservation, Due: tenAM, Readings: []vital.Reading{{Kind: vital.SpO2, Value: 97, Quality: vital.Good, Origin: vital.FromDevice, At: tenAM}}}, nurse)
	}
	add(session.Stopped{WhoOpen: true}, tablet)
	add(session.HelpCalled{}, tablet)
	v.State.Phase = p
	if p == session.PhaseLeft {
		v.State.Left = &session.LeftEarly{} // somebody calls
	}
	return v
}

// buttons are all the acts that the chair offers in one view.
func buttons(v app.Visit) []view.Act {
	c := Chair(v, nil, func(LineRef) string { return "" })
	out := slices.Clone(c.Acts)
	for _, n := range c.Notices {
		if n.Act != nil {
			out = append(out, *n.Act)
		}
	}
	for _, g := range c.Gates {
		for _, k := range g.Checks {
			if k.Override != nil {
				out = append(out, *k.Override)
			}
		}
	}
	for _, e := range c.Entries {
		if e.Amend != nil {
			out = append(out, *e.Amend)
		}
	}
	return out
}

func has(body map[string]any, path string) bool {
	var at any = body
	for k := range strings.SplitSeq(path, ".") {
		inner, ok := at.(map[string]any)
		if !ok || inner[k] == nil {
			return false
		}
		at = inner[k]
	}
	return true
}

// Whatever a form needs and does not ask comes with the button, in every
// phase; what it lets choose from is a list that the chair fills. And each
// form that is about something already said has a button somewhere.
func TestActs_ButtonsBringWhatTheirFormsDoNotAsk(t *testing.T) {
	t.Parallel()
	offered := map[string]bool{}
	for _, p := range session.Phases() {
		v := busy(t, p)
		choices := Choices(v)
		for _, b := range buttons(v) {
			offered[b.Act] = true
			body := map[string]any{}
			if len(b.Body) > 0 {
				if err := json.Unmarshal(b.Body, &body); err != nil {
					t.Fatal(err)
				}
			}
			f, ok := form.Of(act.Act(b.Act))
			if !ok {
				t.Errorf("in %s, %s has no form", p, b.Act)
			}
			for _, s := range f.Sections {
				for _, x := range s.Fields {
					if _, filled := choices[x.Source]; x.Source != "" && !filled {
						t.Errorf("%s chooses from %q, which the chair does not have", b.Act, x.Source)
					}
					if x.Input == form.Known && x.Required && !has(body, x.Path) {
						t.Errorf("in %s, the button %q brings no %s: nobody can enter it", p, b.Label, x.Path)
					}
				}
			}
		}
	}
	// What is said at the desk, or by the island on its own, has no button here.
	elsewhere := []act.Act{session.ActSchedule, session.ActUndoHelp, session.ActLogHelp, session.ActUnlinkMonitor, session.ActOverride, session.ActLinkPump, session.ActUnlinkPump, session.ActReconcile, session.ActReviewOrder, session.ActException}
	for _, a := range session.Acts() {
		if _, ok := form.Of(a); ok && !offered[string(a)] && !slices.Contains(elsewhere, a) {
			t.Errorf("no button in any phase offers %s", a)
		}
	}
}

// A correction is offered where it is taken, and nowhere else.
func TestEntries_OfferCorrectionsThatAreTaken(t *testing.T) {
	t.Parallel()
	v := busy(t, session.PhaseRecovering)
	for _, e := range v.Entries {
		shown := entry(v, Speaker(v), e, func(LineRef) string { return "" })
		if got, want := shown.Amend != nil, v.State.Amendable(e.Position); got != want {
			t.Errorf("%T offers a correction: %v, taken: %v", e.Event, got, want)
		}
		switch e.Event.(type) {
		case session.PrecheckAnswered:
			if shown.Amend != nil {
				t.Error("a pre-check is corrected by answering again")
			}
		case session.DrugGiven, session.SideEffectNoted, session.Observed:
			if shown.Amend == nil {
				t.Errorf("%T cannot be corrected", e.Event)
			}
		default:
			// the others do not concern this
		}
	}
}

// A struck drug or side effect does not read like one that counts.
func TestRecord_SaysWhatIsStruckOut(t *testing.T) {
	t.Parallel()
	v := busy(t, session.PhaseRecovering)
	for i := range v.State.Drugs {
		v.State.Drugs[i].Struck = true
	}
	for i := range v.State.Effects {
		v.State.Effects[i].Struck = true
	}
	if row := drugTable(v).Rows[0]; row[1] != "ondansetron (struck out)" {
		t.Errorf("the drug reads %q", row[1])
	}
	if row := effectTable(v).Rows[0]; row[1] != "Nausea (struck out)" {
		t.Errorf("the side effect reads %q", row[1])
	}
	if acts := followUps(v); len(acts) != 0 {
		t.Errorf("a struck side effect is still asked about: %+v", acts)
	}
}
