package present

import (
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// TextOf reads one piece of personal text.
type TextOf func(l LineRef) string

// Chair is the whole view of one chair.
func Chair(v app.Visit, samples []series.Row, texts TextOf) view.Chair {
	s := v.State
	c := view.Chair{
		Head: v.Position, Cursor: v.Feed.Cursor, AtMS: ms(v.Env.Now), Chair: int(s.Chair), Session: string(v.ID), Zone: v.Zone.String(), Device: Device(v),
		Phase: string(s.Phase), PhaseText: PhaseText(s.Phase),
		Patient: Patient(v), Headline: Headline(v), Staff: Staff(v), Link: Link(v),
		Tiles: Tiles(v), Scores: ChairScores(v), Notices: Notices(v), Help: Help(v, texts),
		Timeline: Timeline(v, samples), Entries: Entries(v, texts, 80),
	}
	c.Label = Label(v)
	c.Order = Order(v)
	c.Gates = Gates(v)
	c.Next = Next(v)
	c.Acts = Acts(v)
	c.Alarms, c.Hearing = Alarms(v, c.Acts), Hearing(v)
	c.Choices = Choices(v)
	return c
}

// EmptyChair is a chair without a session.
func EmptyChair(chair ident.Chair, now time.Time, head int64) view.Chair {
	return view.Chair{
		Head: head, AtMS: ms(now), Chair: int(chair), PhaseText: PhaseText(session.PhaseNone),
		Staff: "nobody assigned", Link: view.Link{State: "none", Text: "no visit", Tone: view.Quiet},
		Tiles: []view.Tile{}, Scores: []view.Tile{},
		Alarms:  view.Alarms{List: []view.Alarm{}, Also: []view.AlarmName{}, Sounds: []view.Sound{}, Calm: "Nobody is watched here.", Off: true, Primary: Primary},
		Hearing: view.Hearing{By: []string{}},
		Acts: []view.Act{
			{Act: string(session.ActHelp), Label: "Call for help", Why: "no visit at this chair: shout, and use the room's bell"},
			{Act: string(session.ActStop), Label: "Stop", Sub: "stop pump, then record", Why: "no visit at this chair"},
		},
	}
}

// Patient says who is in the chair.
func Patient(v app.Visit) *view.Patient {
	p := v.Patient
	out := &view.Patient{Name: p.Name(), Initials: p.Initials(), Allergies: p.AllergyText(), Known: p.AllergiesAsked}
	if p.Born != "" {
		out.Born = "born " + word.Date(p.Born)
	}
	if age, ok := p.Age(v.Env.Now.In(v.Zone)); ok {
		out.Age = fmt.Sprintf("%d y", age)
	}
	if w := v.State.Precheck.Weight; w != nil {
		out.Weight = w.Weight.Text(1)
	}
	return out
}

// Headline is the line under the name.
func Headline(v app.Visit) []view.Part {
	s, now := v.State, v.Env.Now
	var parts []view.Part
	if s.StartedAt.IsZero() {
		if !s.PlannedStart.IsZero() {
			parts = append(parts, view.Part{Text: "planned " + clock(s.PlannedStart, v.Zone)})
		}
		return parts
	}
	total := s.TotalsAt(now)
	switch text, after := recovering(v); {
	case after && text != "":
		parts = append(parts, view.Part{Text: text})
	case !after && s.Order != nil:
		parts = append(parts, view.Part{Text: span(total.Minutes) + " of " + span(s.Order.Planned())})
	}
	if s.Phase == session.PhaseInfusing || s.RunningAt(now) { // also after a transfer: the pump may go with the patient
		parts = append(parts, view.Part{Text: s.RateAt(now).String(), Strong: true})
		if f, ok := lastRead(s); ok {
			parts = append(parts, view.Part{Text: "of " + f.Conc.String() + ", pump read " + clock(f.At, v.Zone)})
		}
	}
	if text := PumpSays(v); text != "" {
		parts = append(parts, view.Part{Text: text})
	}
	mass, _, _ := total.Shown()
	return append(parts, view.Part{Text: mass + " given"})
}

// PumpSays is the latest word of the linked pump, beside what is charted; empty
// where there is none. It is the pump's, at its time: nothing follows from it
// here.
func PumpSays(v app.Visit) string {
	says := v.State.Says
	if says == nil {
		return ""
	}
	text := "pump says " + says.Said.Text() + ", " + seconds(says.Heard, v.Zone)
	if late := says.Heard.Sub(says.Said.At); late >= time.Minute {
		text += " (of " + span(late) + " before)"
	}
	return text
}

// seconds is a time of day to the second.
func seconds(t time.Time, zone *time.Location) string { return t.In(zone).Format("15:04:05") }

// recovering says how much of the required recovery has passed, and whether it
// is recovery that counts now and no longer the infusion.
func recovering(v app.Visit) (text string, after bool) {
	s, now := v.State, v.Env.Now
	if s.StoppedAt.IsZero() || s.RunningAt(now) {
		return "", false
	}
	if s.Phase != session.PhaseStopped && s.Phase != session.PhaseRecovering {
		return "", true // gone: nothing is waited for
	}
	from, least, ok := session.Recovery(s, v.Env)
	if !ok {
		return span(now.Sub(s.StoppedAt)) + " since the stop", true
	}
	text = span(now.Sub(from)) + " of " + span(least)
	if s.Phase != session.PhaseRecovering {
		text = "recovery " + text
	}
	return text, true
}

// lastRead is the newest reading of the pump's display.
func lastRead(s session.State) (session.PumpFact, bool) {
	for i := len(s.Pump) - 1; i >= 0; i-- {
		if f := s.Pump[i]; !f.Struck && f.Kind != session.PumpPause {
			return f, true
		}
	}
	return session.PumpFact{}, false
}

// Staff names the responsible nurse and prescriber.
func Staff(v app.Visit) string {
	s := v.State
	nurse := "no responsible nurse"
	if s.Nurse != "" {
		nurse = name(v.Names, s.Nurse)
	}
	if s.Prescriber == "" {
		return nurse + " · no responsible prescriber"
	}
	where := "not on site"
	if s.OnSite {
		where = "on site"
	}
	return nurse + " · " + name(v.Names, s.Prescriber) + " " + where
}

// Link says how the monitor stands.
func Link(v app.Visit) view.Link {
	s, now := v.State, v.Env.Now
	l := view.Link{Monitor: s.Link.Name, Device: string(s.Link.Monitor), Tone: view.Quiet}
	switch {
	case s.Link.Monitor == "":
		l.State, l.Text = "none", "no monitor linked"
	case now.Before(s.OffTill):
		l.State, l.Text = "off", "off the monitor on purpose until "+clock(s.OffTill, v.Zone)
	case !s.OffTill.IsZero():
		l.State, l.Text, l.Tone = "off", "off the monitor, back was due "+clock(s.OffTill, v.Zone), view.Amber
	case !s.Link.Confirmed:
		l.State, l.Tone = "doubted", view.Amber
		l.Text = "link not confirmed since " + clock(s.Link.DoubtFrom, v.Zone)
	case !v.HasFeed || v.Feed.LastAt.IsZero():
		l.State, l.Text, l.Tone = "lost", "nothing received from the monitor", view.Amber
	case now.Sub(v.Feed.LastAt) > live(v):
		l.State, l.Tone = "lost", view.Amber
		l.Text = "monitor silent since " + clock(v.Feed.LastAt, v.Zone)
	default:
		l.State, l.Text = "linked", "monitor"
	}
	if s.Link.Monitor != "" && session.InRoom(s.Phase) && !sendsAlarms(v) {
		l.Beside = "Apnoea and rhythm: bedside monitor only"
	}
	return l
}

// sendsAlarms reports whether the linked monitor sends its own alarms, as far as
// is known: it has since the start of the server, or to this record.
func sendsAlarms(v app.Visit) bool {
	return v.Feed.OwnAlarms || slices.ContainsFunc(v.Entries, func(e session.Entry) bool {
		f, _, ok := session.AlarmSaid(e.Event)
		return ok && f.Condition.OfMonitor() && !e.EffectiveAt.Before(v.State.Link.Since)
	})
}

// Notices are the lines that stay until what they say is settled.
func Notices(v app.Visit) []view.Notice {
	s, now := v.State, v.Env.Now
	var out []view.Notice
	add := func(tone view.Tone, text string, act *view.Act) {
		out = append(out, view.Notice{Tone: tone, Text: text, Act: act})
	}
	if s.StopUnconfirmed() {
		add(view.Amber, "Stop recorded, pump not confirmed. Read the pump.", button(session.ActConfirmStop, "Pump is stopped"))
	}
	if slices.Contains(unsettled(s), session.ActStop) {
		add(view.Amber, "The pump still runs in the record. Stop the pump, then record.", button(session.ActStop, label(session.ActStop)))
	}
	if f, ok := s.EarlyStop(); ok && beforeStart(s.Phase) {
		add(view.Amber, "A stop was recorded at "+clock(f.At, v.Zone)+", before any start. Nothing can be started while it stands: strike it if it was a mistake.",
			known(session.ActAmend, "Correct", map[string]any{"entry": f.Position}))
	}
	for _, f := range s.Stops {
		if f.WhoOpen && !f.Struck {
			add(view.Amber, "Who stopped: to be confirmed ("+clock(f.At, v.Zone)+", from the tablet).", claim(f))
			break
		}
	}
	for _, c := range session.Concerns(s, v.Env) {
		n := concern(v, c)
		add(n.Tone, n.Text, n.Act)
	}
	for _, end := range session.Ends(s, v.Env) {
		if end.Near != session.EndAhead {
			add(view.Amber, endText(v, end), nil)
		}
	}
	if b := confirmRounds(v); b != nil {
		add(view.Plain, "From the monitor: "+unconfirmed(v)+".", b)
	}
	if l := Link(v); l.State == "doubted" {
		why := s.Link.DoubtWhy
		text := fmt.Sprintf("Is %s still on %s? %s", s.Link.Name, v.Patient.Name(), why)
		add(view.Amber, text, known(session.ActLinkMonitor, "Yes, confirm the link", map[string]any{"monitor": s.Link.Monitor}))
	}
	if s.PumpLink.Ended != "" && session.InRoom(s.Phase) {
		add(view.Amber, s.PumpLink.Ended, button(session.ActLinkPump, label(session.ActLinkPump)))
	}
	back := button(session.ActBackOnMonitor, "Back on the monitor")
	switch {
	case s.OffTill.IsZero() || !session.InRoom(s.Phase):
	case now.Before(s.OffTill):
		add(view.Plain, fmt.Sprintf("Off the monitor (%s) until %s.", s.OffWhy, clock(s.OffTill, v.Zone)), back)
	default:
		add(view.Amber, fmt.Sprintf("Off the monitor (%s): back was due at %s, %s ago. Nobody watches the signs.", s.OffWhy, clock(s.OffTill, v.Zone), span(now.Sub(s.OffTill))), back)
	}
	for _, o := range s.Spoken {
		if !o.Signed {
			add(view.Plain, "Spoken order of "+clock(o.At, v.Zone)+", "+spokenWords(o)+": to be signed by "+name(v.Names, o.Order.Prescriber)+".", known(session.ActSignSpoken, "Sign", map[string]any{"spoken": o.Position}))
		}
	}
	if len(s.Computed) == 1 && s.Prepared == nil {
		add(view.Plain, name(v.Names, s.Computed[0].By)+" has computed. A second person computes now, without seeing those numbers.", nil)
	}
	if s.Disagreed > 0 && s.Prepared == nil && len(s.Computed) == 0 {
		add(view.Amber, "The draw-up was stopped: the computations did not agree with each other, the order or the vials. Strike a mistyped vial in the list of entries, or both compute again.", nil)
	}
	if text := ClockText(v.Feed, v.Env.Rules); v.HasFeed && text != "" {
		add(view.Amber, text, nil)
	}
	for _, text := range asideTexts(v) {
		add(view.Amber, text, nil)
	}
	if v.Feed.Monitor.Simulated && !v.Demo { // a demonstration says so above everything
		add(view.Plain, "Simulated monitor: not a patient.", nil)
	}
	return out
}

// beforeStart reports whether the visit is on its way to a start.
func beforeStart(p session.Phase) bool {
	switch p {
	case session.PhaseScheduled, session.PhaseArrived, session.PhaseReady, session.PhasePrepared:
		return true
	default:
		return false
	}
}

func endText(v app.Visit, e session.End) string {
	what := upper(string(e.Bound))
	switch e.Near {
	case session.EndSoon:
		return fmt.Sprintf("%s in %s, at %s.", what, span(e.At.Sub(v.Env.Now)+time.Minute-1), clock(e.At, v.Zone))
	case session.EndNow:
		return fmt.Sprintf("%s is now, %s. Stop the pump, then record.", what, clock(e.At, v.Zone))
	default:
		return fmt.Sprintf("%s was %s, %s ago. Stop the pump, then record.", what, clock(e.At, v.Zone), span(v.Env.Now.Sub(e.At)))
	}
}

// Help is an open emergency.
func Help(v app.Visit, texts TextOf) *view.Help {
	s := v.State
	if s.Help == nil {
		return nil
	}
	h := &view.Help{SinceMS: ms(s.Help.At), UndoUntilMS: ms(s.Help.At.Add(v.Env.Rules.Duration(library.UndoHelp)))}
	for _, a := range []session.HelpAct{
		session.HelpDrug, session.HelpOxygen, session.HelpAirway, session.HelpCompressions, session.HelpShock, session.HelpAmbulance, session.HelpArrived,
	} {
		h.Acts = append(h.Acts, view.Option{Value: string(a), Label: upper(string(a))})
	}
	for _, f := range s.HelpLog {
		if f.Position < s.Help.Position && f.At.Before(s.Help.At) {
			continue // of an earlier call
		}
		text := upper(string(f.What))
		if f.Text.Given() {
			text += ": " + texts(f.Text)
		}
		by := "from the tablet"
		if f.By != "" {
			by = name(v.Names, f.By)
		}
		h.Log = append(h.Log, view.HelpRow{AtMS: ms(f.At), Time: word.Second(f.At.In(v.Zone)), Text: text, By: by})
	}
	return h
}
