package project

import (
	"fmt"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Line is one entry of the record in words, for the record page, the list at
// the chair and the PDF alike.
type Line struct {
	Mark  Mark
	Title string
	Text  string
	// Texts are pieces of personal text, with what each one is.
	Texts    []LineText
	Findings []string
	// Main lines are drawn on the timeline.
	Main bool
}

// LineText is a labelled piece of personal text, by reference.
type LineText struct {
	Label string
	Ref   journal.Private
}

// Mark groups lines for the timeline.
type Mark string

// The marks.
const (
	MarkNote    Mark = "note"
	MarkStart   Mark = "start"
	MarkRate    Mark = "rate"
	MarkPause   Mark = "pause"
	MarkStop    Mark = "stop"
	MarkEffect  Mark = "effect"
	MarkDrug    Mark = "drug"
	MarkHelp    Mark = "help"
	MarkObserve Mark = "observation"
	MarkAlarm   Mark = "alarm"
	MarkAdmin   Mark = "admin"
)

// Speaker puts entries into words for one clinic.
type Speaker struct {
	Zone  *time.Location
	Names map[ident.Person]string
	// Blind keeps computed amounts back: two people still compute, each
	// without the other's numbers.
	Blind bool
	// Effects gives side-effect codes their words.
	Effects map[string]string
	// Noted gives the side effects of this visit their codes, for the entries
	// that only refer to one.
	Noted map[ident.SideEffect]string
}

// Who is a person's printed name, or says that it is not known.
func (s Speaker) Who(p ident.Person) string {
	if n, ok := s.Names[p]; ok {
		return n
	}
	if p == "" {
		return "nobody"
	}
	return "someone no longer in the register"
}

// Clock is a time of day in the clinic.
func (s Speaker) Clock(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return word.Clock(t.In(s.Zone))
}

// Effect is a side effect in words.
func (s Speaker) Effect(code string) string {
	if w, ok := s.Effects[code]; ok {
		return w
	}
	return strings.ReplaceAll(code, "_", " ")
}

// noted is a side effect of this visit in words.
func (s Speaker) noted(id ident.SideEffect) string {
	if code, ok := s.Noted[id]; ok {
		return s.Effect(code)
	}
	return "Side effect that is not in this record"
}

// Say puts one entry into words.
func (s Speaker) Say(e session.Entry) Line {
	switch ev := e.Event.(type) {
	case session.Scheduled, session.Arrived, session.PrecheckAnswered, session.PaperAttested, session.OrderAttached,
		session.OrderReviewed, session.ExceptionGranted, session.FindingOverridden, session.Readied, session.Cancelled, session.Transferred, session.LeftEarly:
		return s.sayVisit(ev)
	case session.VialsOpened, session.DrawUpComputed, session.DrawUpDisagreed, session.Prepared, session.DrawUpDiscarded,
		session.MonitorLinked, session.MonitorUnlinked, session.LinkDoubted, session.OffMonitor, session.BackOnMonitor, session.TimeOutDone,
		session.PumpLinked, session.PumpUnlinked, session.PumpSaid:
		return s.sayPreparing(ev)
	case session.Started, session.RateChanged, session.PumpRead, session.RateSettled, session.Paused, session.Resumed, session.Stopped,
		session.StopClaimed, session.PumpStopConfirmed, session.SpokenOrderTaken, session.SpokenOrderSigned:
		return s.sayInfusion(ev)
	case session.Observed, session.SideEffectNoted, session.SideEffectGraded, session.SideEffectResolved, session.DrugGiven,
		session.PresenceChecked, session.NurseResponsible, session.PrescriberResponsible, session.NoteAdded, session.Amended:
		return s.sayWatching(ev)
	case session.RoundTaken, session.ReadingsConfirmed, session.ReadingDoubted, session.RoundMissed:
		return s.sayRound(ev)
	case session.HelpCalled, session.HelpUndone, session.HelpLogged, session.HelpEnded:
		return s.sayHelp(ev)
	case session.AlarmRaised, session.AlarmWorsened, session.AlarmEscalated, session.AlarmAnnouncedAgain, session.AlarmPauseEnded,
		session.AlarmAnswered, session.AlarmEased, session.AlarmEnded, session.AlarmCleared,
		session.AlarmAcknowledged, session.AlarmPaused, session.ChairQuietened, session.AlarmLimitChanged:
		return s.sayAlarm(ev)
	case session.RecoveryBegan, session.DischargeScored, session.DischargeChecked, session.Discharged,
		session.DrugWasted, session.DrugReturned, session.Reviewed, session.Closed, session.FollowedUp:
		return s.sayLeaving(ev)
	case session.ConsentWithdrawn:
		return Line{Mark: MarkNote, Title: "Patient withdrew consent"}.with("words", ev.Words)
	case session.EnteredFromPaper, session.SheetKept, session.Unwatched, session.TotalReconciled:
		return s.sayBackEntry(ev)
	}
	return Line{Mark: MarkAdmin, Title: fmt.Sprintf("entry of a kind this build does not know (%T)", e.Event)}
}

func admin(title string) Line { return Line{Mark: MarkAdmin, Title: title} }

func (l Line) with(label string, p journal.Private) Line {
	if p.Given() {
		l.Texts = append(l.Texts, LineText{label, p})
	}
	return l
}

func (l Line) found(ds []session.Deviation) Line {
	for _, d := range ds {
		l.Findings = append(l.Findings, d.Message.English())
	}
	return l
}

func (s Speaker) sayVisit(event session.Event) Line {
	switch ev := event.(type) {
	case session.Scheduled:
		l := admin("Visit planned")
		l.Text = fmt.Sprintf("chair %d, %s", ev.Chair, word.Moment(ev.PlannedStart.In(s.Zone)))
		return l
	case session.Arrived:
		l := admin("Arrived")
		parts := make([]string, len(ev.Identifiers))
		for i, id := range ev.Identifiers {
			parts[i] = string(id)
		}
		l.Text = "identified by " + strings.Join(parts, " and ")
		return l
	case session.PrecheckAnswered:
		return s.sayPrecheck(ev.Precheck)
	case session.PaperAttested:
		l := admin("Attested on paper: " + string(ev.Document))
		l.Text = "dated " + word.Date(ev.DocumentDate)
		return l.with("document", ev.Title)
	case session.OrderAttached:
		l := admin("Order attached")
		o := ev.Order
		l.Text = fmt.Sprintf("%s %s, %s, dosing weight %s: %s", o.Protocol.Name, o.Protocol.Version, o.Concentration, o.DosingWeight, Steps(o))
		return l
	case session.OrderReviewed:
		return admin("Order reviewed by a second person")
	case session.ExceptionGranted:
		l := admin("Exception from the protocol")
		text, label := protocol.Called(ev.Number)
		l.Text = strings.TrimSpace(fmt.Sprintf("%s: %s to %s %s", ev.Protocol.Name, text, ev.Most, label))
		return l.with("reason", ev.Reason)
	case session.FindingOverridden:
		l := admin(fmt.Sprintf("Finding accepted (%s gate, %s)", ev.Gate, ev.Check))
		if ev.Load > 0 {
			l.Text = fmt.Sprintf("for %d running infusions", ev.Load)
		}
		return l.with("reason", ev.Reason)
	case session.Readied:
		return admin("Ready: nothing stands in the way of the draw-up")
	case session.Cancelled:
		return admin("Visit cancelled").with("reason", ev.Reason)
	case session.Transferred:
		return Line{Mark: MarkHelp, Title: "Transferred to emergency care", Main: true}.with("to", ev.To).with("reason", ev.Reason)
	case session.LeftEarly:
		return s.sayLeft(ev)
	default:
		// the others do not concern this
	}
	return Line{}
}

func (s Speaker) sayLeft(ev session.LeftEarly) Line {
	l := Line{Mark: MarkStop, Title: "Left before ready", Main: true}
	called := []string{string(ev.Capacity)}
	if ev.EscortCalled {
		called = append(called, "escort called")
	}
	if ev.EmergencyCalled {
		called = append(called, "emergency contact called")
	}
	if ev.InstructionsGiven {
		called = append(called, "instructions given")
	}
	if !ev.FollowUpDue.IsZero() {
		called = append(called, "follow-up due "+word.Moment(ev.FollowUpDue.In(s.Zone)))
	}
	if len(ev.LastSigns) > 0 {
		called = append(called, "last signs "+Readings(ev.LastSigns))
	}
	l.Text = strings.Join(called, ", ")
	return l.with("told", ev.Told).found(ev.Deviations)
}

func (s Speaker) sayPrecheck(p session.Precheck) Line {
	l := Line{Mark: MarkAdmin, Title: "Pre-check"}
	var said []string
	say := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	if a := p.Allergies; a != nil {
		say("allergies read back: %s", yes(a.Agreed, "agreed", "not agreed"))
		l = l.with("allergies", a.Change)
	}
	if f := p.Fasting; f != nil {
		say("last solids %s, clear fluids %s", s.Clock(f.Solids), s.Clock(f.ClearFluids))
	}
	if x := p.Escort; x != nil {
		say("escort %s, %s", yes(x.Arranged, "arranged", "not arranged"), yes(x.Reached, "reached by phone", "not reached"))
		if x.WillDrive {
			say("patient means to drive")
		}
		l = l.with("escort", x.Name).with("phone", x.Phone)
	}
	if x := p.Pregnancy; x != nil {
		say("pregnancy test %s", yes(x.Applies, string(x.Result), "does not apply: "+string(x.Why)))
	}
	if w := p.Weight; w != nil {
		say("weight %s", w.Weight)
	}
	l, said = s.sayPrecheckHealth(p, l, said)
	l.Text = strings.Join(said, "; ")
	return l
}

func (s Speaker) sayPrecheckHealth(p session.Precheck, l Line, said []string) (Line, []string) {
	say := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	if m := p.Medicines; m != nil {
		say("medicines %s", yes(m.Changed, "changed", "unchanged"))
		for _, f := range []flag{{m.Theophylline, "theophylline"}, {m.Sedating, "sedating medicine today"}, {m.Stimulant, "stimulant today"}} {
			if f.on {
				say("%s", f.text)
			}
		}
		l = l.with("medicines", m.List)
	}
	if x := p.Substances; x != nil {
		say("alcohol in 24 h %s, cannabis %s, sedatives %s", yn(x.Alcohol), yn(x.Cannabis), yn(x.Sedatives))
	}
	if c := p.Conditions; c != nil {
		cpap := yn(c.CPAP)
		if brought, known := c.Brought(); c.CPAP {
			cpap += ", brought along: " + yes(known, yn(brought), "not asked")
		}
		say("GLP-1 agonist %s, insulin %s, CPAP %s", yn(c.GLP1), yn(c.Insulin), cpap)
		if c.Glucose != nil {
			say("glucose %s", c.Glucose)
		}
	}
	if b := p.Bladder; b != nil {
		var named []string
		for _, f := range []flag{
			{b.Frequency, "more often"},
			{b.Urgency, "having to hurry"},
			{b.Nocturia, "at night"},
			{b.Dysuria, "pain or burning"},
			{b.Haematuria, "blood"},
			{b.PelvicPain, "pain in the lower belly"},
		} {
			if f.on {
				named = append(named, f.text)
			}
		}
		say("bladder questions: %s", yes(b.Any(), strings.Join(named, ", "), "none"))
	}
	if m := p.Mood; m != nil {
		say("mood low %s, thoughts of suicide %s", yn(m.Low), yn(m.Suicidal))
		l = l.with("action", m.Action)
	}
	if x := p.LastTime; x != nil {
		say("after the last infusion: %s", yes(x.First, "this is the first", yes(x.Any, "side effects", "none")))
		l = l.with("after the last infusion", x.Text)
	}
	if c := p.ConsentNow; c != nil {
		say("consent in words today: %s", yes(c.Confirmed, "confirmed", "not confirmed"))
	}
	if x := p.Premed; x != nil {
		say("premedication %s", yes(x.Given, "given", yes(x.Declined, "declined", "not given")))
		if x.Given {
			say("%s at %s", yes(x.Adjunct != "", x.Adjunct, "drug not said"), s.Clock(x.At))
		}
	}
	if x := p.Access; x != nil {
		say("IV line %s, %d G, attempts %d", x.Site, x.Gauge, x.Attempts)
	}
	return l, said
}

type flag struct {
	on   bool
	text string
}

func yes(b bool, t, f string) string {
	if b {
		return t
	}
	return f
}

func yn(b bool) string { return yes(b, "yes", "no") }

func sedation(s *scale.Sedation) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("sedation %d (%s)", *s, s.Text())
}
