package project

import (
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/word"
)

func (s Speaker) sayPreparing(event session.Event) Line {
	switch ev := event.(type) {
	case session.VialsOpened:
		l := Line{Mark: MarkAdmin, Title: "Vials opened"}
		parts := make([]string, len(ev.Vials))
		for i, v := range ev.Vials {
			parts[i] = strings.TrimSpace(fmt.Sprintf("%s lot %s, expires %s, %s × %s", v.Drug, v.Lot, word.Date(v.Expiry), v.Strength, v.Volume))
		}
		l.Text = strings.Join(parts, "; ")
		return l
	case session.DrawUpComputed:
		l := admin("Draw-up computed")
		l.Text = "by " + s.Who(ev.By)
		return l
	case session.DrawUpDisagreed:
		l := admin("Draw-up stopped: the two computations do not hold")
		l.Text = "by " + s.Who(ev.First.By) + " and " + s.Who(ev.Second.By)
		if !s.Blind {
			l.Text = fmt.Sprintf("%s: %s in %s; %s: %s in %s", s.Who(ev.First.By), ev.First.Mass, ev.First.Volume, s.Who(ev.Second.By), ev.Second.Mass, ev.Second.Volume)
		}
		l.Findings = []string{ev.Message.English()}
		return l
	case session.Prepared:
		l := Line{Mark: MarkDrug, Title: "Drug prepared and labelled", Main: true}
		l.Text = fmt.Sprintf("%s in %s, %s, label %s, use by %s, by %s and %s", ev.Drawn, ev.BagVolume, ev.Concentration, ev.Label, s.Clock(ev.UseBy), s.Who(ev.First), s.Who(ev.Second))
		return l
	case session.DrawUpDiscarded:
		l := Line{Mark: MarkDrug, Title: yes(ev.Label != "", "Bag "+ev.Label+" discarded", "What was drawn up is discarded"), Main: true}
		l.Text = fmt.Sprintf("%s: %s in %s wasted, witnessed by %s", ev.Why, ev.Mass, ev.Volume, s.Who(ev.Witness))
		return l.with("method", ev.Method)
	case session.MonitorLinked:
		l := admin("Monitor linked")
		l.Text = ev.Name
		if ev.Gap != nil {
			l.Title = "Monitor link confirmed again"
			l.Text += fmt.Sprintf(", gap %s to %s", s.Clock(ev.Gap.From), s.Clock(ev.Gap.To))
		}
		return l.with("patient id sent", ev.SentID)
	case session.MonitorUnlinked:
		l := admin("Monitor unlinked")
		l.Text = ev.Reason.English()
		return l
	case session.LinkDoubted:
		l := admin("Monitor link in doubt")
		l.Text = ev.Reason.English()
		return l
	case session.PumpLinked:
		l := admin("Pump linked")
		l.Text = ev.Name
		return l
	case session.PumpUnlinked:
		l := admin("Pump no longer linked")
		l.Text = ev.Reason.English()
		return l
	case session.PumpSaid:
		l := admin("The pump says")
		l.Text = pumpSays(ev) + ", " + s.Clock(ev.At) + " by its clock"
		return l
	case session.OffMonitor:
		l := admin("Off the monitor on purpose")
		l.Text = fmt.Sprintf("%s, until %s", ev.Reason, s.Clock(ev.Until))
		return l.with("company", ev.Companion)
	case session.BackOnMonitor:
		return admin("Back on the monitor")
	case session.TimeOutDone:
		l := admin("Start time-out")
		l.Text = fmt.Sprintf("label %s, patient agrees %s, call button shown %s and pressed %s, room quiet %s, %s", ev.LabelRead, yn(ev.PatientAgrees), yn(ev.CallShown), yn(ev.CallPressed), yn(ev.RoomQuiet), ev.Position)
		return l.found(ev.Deviations)
	default:
		// the others do not concern this
	}
	return Line{}
}

// pumpSays is what a pump said of itself, with what it counts.
func pumpSays(p session.PumpSaid) string {
	out := p.Text()
	if p.Delivered != nil {
		out += fmt.Sprintf(", %s given by its count", p.Delivered)
	}
	if p.Remaining != nil {
		out += fmt.Sprintf(", %s left of what was set", p.Remaining)
	}
	return out
}

func pump(r session.PumpReading) string {
	out := fmt.Sprintf("pump read %s of %s", r.Rate, r.Concentration)
	if r.ToInfuse != nil {
		out += fmt.Sprintf(", %s to infuse", r.ToInfuse)
	}
	if r.Given != nil {
		out += fmt.Sprintf(", %s given", r.Given)
	}
	return out
}

func (s Speaker) sayInfusion(event session.Event) Line {
	switch ev := event.(type) {
	case session.Started:
		l := Line{Mark: MarkStart, Main: true, Title: "Infusion started", Text: fmt.Sprintf("ordered %s, to set %s, %s", ev.Ordered, ev.ToSet, pump(ev.Read))}
		return l.found(ev.Deviations)
	case session.RateChanged:
		l := Line{Mark: MarkRate, Main: true, Title: "Rate changed", Text: fmt.Sprintf("ordered %s, to set %s, %s, %s", ev.Ordered, ev.ToSet, pump(ev.Read), ev.Authority)}
		if ev.Authority == session.NoAuthority {
			l.Title = "Rate found"
			l.Text = pump(ev.Read) + ", chosen by nobody"
			if ev.ToSet.Positive() {
				l.Text += fmt.Sprintf("; ordered %s, to set %s", ev.Ordered, ev.ToSet)
			} else if ev.Ordered.Positive() {
				l.Text += fmt.Sprintf("; written as %s", ev.Ordered)
			}
		}
		return l.with("reason", ev.Reason).found(ev.Deviations)
	case session.PumpRead:
		return Line{Mark: MarkNote, Title: "Pump read", Text: pump(ev.Read)}.found(ev.Deviations)
	case session.RateSettled:
		l := Line{Mark: MarkRate, Main: true, Title: "Rate settled", Text: fmt.Sprintf("the pump ran at %s from %s; %d readings that disagreed stay in the record and count no more", ev.Rate, s.Clock(ev.From), len(ev.Entries))}
		return l.with("reason", ev.Reason).found(ev.Deviations)
	case session.Paused:
		return Line{Mark: MarkPause, Main: true, Title: "Paused", Text: string(ev.Cause)}.with("reason", ev.Reason).found(ev.Deviations)
	case session.Resumed:
		l := Line{Mark: MarkStart, Main: true, Title: "Resumed", Text: fmt.Sprintf("ordered %s, to set %s, %s, %s", ev.Ordered, ev.ToSet, pump(ev.Read), ev.Authority)}
		return l.found(ev.Deviations)
	case session.Stopped:
		l := Line{Mark: MarkStop, Main: true, Title: yes(ev.Repeat, "Stop recorded again", "Stop recorded"), Text: string(ev.Cause)}
		if ev.WhoOpen {
			l.Findings = append(l.Findings, "who stopped: to be confirmed")
		}
		return l.with("reason", ev.Reason).found(ev.Deviations)
	case session.StopClaimed:
		l := admin("Stop confirmed")
		l.Text = "stopped by " + s.Who(ev.By)
		return l
	case session.PumpStopConfirmed:
		return Line{Mark: MarkNote, Title: "Pump read as stopped", Text: fmt.Sprintf("%s given by the pump's count", ev.Volume)}.found(ev.Deviations)
	case session.SpokenOrderTaken:
		l := Line{Mark: MarkNote, Title: "Spoken order taken", Text: fmt.Sprintf("%s from %s, read back %s", ev.What, s.Who(ev.Prescriber), yn(ev.ReadBack))}
		if ev.Rate != nil {
			l.Text += ", " + ev.Rate.String()
		}
		return l.with("order", ev.Text)
	case session.SpokenOrderSigned:
		return admin("Spoken order signed by the prescriber")
	default:
		// the others do not concern this
	}
	return Line{}
}

func (s Speaker) sayWatching(event session.Event) Line {
	switch ev := event.(type) {
	case session.Observed:
		return s.sayObservation(ev.Observation)
	case session.SideEffectNoted:
		l := Line{Mark: MarkEffect, Main: true, Title: s.Effect(ev.Code)}
		if ev.Grade > 0 {
			l.Title += fmt.Sprintf(" %d", ev.Grade)
		}
		return l.with("note", ev.Text)
	case session.SideEffectGraded:
		return Line{Mark: MarkEffect, Title: fmt.Sprintf("%s now grade %d", s.noted(ev.ID), ev.Grade)}
	case session.SideEffectResolved:
		return Line{Mark: MarkEffect, Title: s.noted(ev.ID) + " gone"}
	case session.DrugGiven:
		l := Line{Mark: MarkDrug, Main: true, Title: strings.TrimSpace(fmt.Sprintf("%s %s %s", ev.Drug, ev.Amount, ev.Unit)), Text: ev.Route}
		return l.found(ev.Deviations)
	case session.PresenceChecked:
		return Line{Mark: MarkObserve, Title: "Looked in"}
	case session.NurseResponsible:
		l := admin(s.Who(ev.Nurse) + " is the responsible nurse")
		if ev.From != "" {
			l.Text = "taken over from " + s.Who(ev.From)
		}
		if ev.Read != nil {
			l.Text = strings.TrimPrefix(l.Text+", "+pump(*ev.Read), ", ")
		}
		if open := s.openWork(ev.Open); open != "" {
			l.Text = strings.TrimPrefix(l.Text+", "+open, ", ")
		}
		if ev.Seen > 0 {
			l.Text = strings.TrimPrefix(l.Text+fmt.Sprintf(", seen up to entry %d", ev.Seen), ", ")
		}
		return l.found(ev.Deviations)
	case session.PrescriberResponsible:
		l := admin(s.Who(ev.Prescriber) + " is the responsible prescriber")
		l.Text = yes(ev.OnSite, "on site", "not on site")
		return l
	case session.NoteAdded:
		return Line{Mark: MarkNote, Title: "Note"}.with("note", ev.Text)
	case session.Amended:
		l := Line{Mark: MarkNote, Title: fmt.Sprintf("Entry %d %s", ev.Entry, yes(ev.Struck, "struck out", "corrected"))}
		var said []string
		if ev.Observation != nil {
			said = append(said, s.sayObservation(*ev.Observation).Text)
		}
		if ev.Read != nil {
			said = append(said, pump(*ev.Read))
		}
		if !ev.At.IsZero() {
			said = append(said, "true time "+s.Clock(ev.At))
		}
		l.Text = strings.Join(said, ", ")
		return l.with("reason", ev.Reason).found(ev.Deviations)
	default:
		// the others do not concern this
	}
	return Line{}
}

func (s Speaker) sayObservation(o session.Observation) Line {
	l := Line{Mark: MarkObserve, Title: "Observation: " + string(o.Purpose)}
	var said []string
	add := func(t string) {
		if t != "" {
			said = append(said, t)
		}
	}
	add(Readings(o.Readings))
	if o.Oxygen != nil {
		add(yes(o.Oxygen.Air, "on air", fmt.Sprintf("oxygen %s %s", o.Oxygen.Flow, o.Oxygen.Device)))
	}
	add(sedation(o.Sedation))
	add(rating("pain", o.Pain, o.PainNotAsked))
	add(rating("distress", o.Distress, ""))
	if o.SE12 != nil {
		add(side(*o.SE12))
	}
	if o.SE12NotAsked != "" {
		add("side effects not asked: " + string(o.SE12NotAsked))
	}
	if o.NothingNew {
		add("no new side effect")
	}
	if o.Site != "" {
		add("IV site " + string(o.Site))
	}
	add(string(o.Position))
	if o.Stood != nil {
		add(yes(o.Stood.Assisted, "stood with help", "stood alone") + ", " + yes(o.Stood.Steady, "steady", "unsteady"))
	}
	if o.Oriented != nil {
		add(yes(*o.Oriented, "oriented", "not oriented"))
	}
	if o.WorstHeadache {
		add("sudden worst headache")
	}
	if o.Pump != nil {
		add(pump(*o.Pump))
	}
	l.Text = strings.Join(said, ", ")
	if o.Late {
		l.Title += " (charted late)"
	}
	return l.with("stays with the patient", o.StaysWith).with("note", o.Text).found(o.Findings)
}

func rating(name string, v *scale.NRS, not session.NotAsked) string {
	if v != nil {
		return fmt.Sprintf("%s %d of 10", name, *v)
	}
	if not != "" {
		return name + " not asked: " + string(not)
	}
	return ""
}

func side(s scale.SE12) string {
	var parts []string
	for i, item := range scale.SE12Items() {
		if s[i] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", strings.ToLower(item.Text), s[i]))
		}
	}
	if len(parts) == 0 {
		return "side effects: none of twelve"
	}
	return "side effects: " + strings.Join(parts, ", ")
}

func (s Speaker) sayHelp(event session.Event) Line {
	switch ev := event.(type) {
	case session.HelpCalled:
		return Line{Mark: MarkHelp, Main: true, Title: "Help called"}
	case session.HelpUndone:
		return Line{Mark: MarkHelp, Title: "Call for help taken back"}
	case session.HelpLogged:
		return Line{Mark: MarkHelp, Main: true, Title: "Emergency: " + string(ev.What)}.with("note", ev.Text)
	case session.HelpEnded:
		return Line{Mark: MarkHelp, Title: "Emergency over"}.with("outcome", ev.Outcome)
	default:
		// the others do not concern this
	}
	return Line{}
}

func (s Speaker) sayLeaving(event session.Event) Line {
	switch ev := event.(type) {
	case session.RecoveryBegan:
		return admin("Recovery began")
	case session.DischargeScored:
		l := admin("Discharge scored")
		m, a := ev.MPADSS, ev.Aldrete
		l.Text = fmt.Sprintf("MPADSS %d of 10 (vital signs %d, walking %d, nausea %d, pain %d, IV site bleeding %d); Aldrete %d of 10 (activity %d, breathing %d, circulation %d, consciousness %d, saturation %d)",
			m.Total(), m.Vitals, m.Ambulation, m.Nausea, m.Pain, m.Bleeding, a.Total(), a.Activity, a.Respiration, a.Circulation, a.Consciousness, a.Saturation)
		return l
	case session.DischargeChecked:
		return s.sayDischargeList(ev.DischargeList)
	case session.Discharged:
		l := Line{Mark: MarkStop, Main: true, Title: "Discharged"}
		l.Text = "no driving until " + word.Moment(ev.DrivingUntil.In(s.Zone)) + ", and not before a night's restful sleep"
		return l
	case session.DrugWasted:
		l := Line{Mark: MarkDrug, Title: "Drug wasted", Text: fmt.Sprintf("%s in %s, witnessed by %s", ev.Mass, ev.Volume, s.Who(ev.Witness))}
		return l.with("method", ev.Method)
	case session.DrugReturned:
		return Line{Mark: MarkDrug, Title: "Drug returned", Text: fmt.Sprintf("%s in %s, witnessed by %s", ev.Mass, ev.Volume, s.Who(ev.Witness))}
	case session.FollowedUp:
		l := admin("Follow-up call")
		l.Text = string(ev.Outcome)
		return l.with("said", ev.Said)
	case session.Reviewed:
		return admin("Reviewed and signed: "+ev.Meaning).with("comment", ev.Text)
	case session.Closed:
		l := admin("Record closed")
		x := ev.Balance().Shown()
		l.Text = fmt.Sprintf("drawn %s = given %s + wasted %s + returned %s", x.Drawn, x.Given, x.Wasted, x.Returned)
		return l
	default:
		// the others do not concern this
	}
	return Line{}
}

func (s Speaker) sayDischargeList(d session.DischargeList) Line {
	l := admin("Discharge list")
	var said []string
	if x := d.EscortSeen; x != nil {
		said = append(said, yes(x.Seen, "escort seen in person", "escort not seen"))
		l = l.with("escort", x.Name).with("second contact", x.SecondContact).with("manager", x.Manager)
	}
	for _, f := range []struct {
		v    *bool
		t, f string
	}{
		{d.TaughtBack, "instructions taught back by the escort", "instructions not taught back"},
		{d.Written, "instructions in writing", "no written instructions"},
		{d.Drinks, "drinks", "does not drink"},
		{d.LineOut, "IV line out", "IV line in"},
		{d.SiteClean, "site clean", "site not clean"},
		{d.PainAccepted, "pain acceptable to the patient", "pain not acceptable"},
		{d.SignOff, "independent sign-off", "sign-off withheld"},
	} {
		if f.v != nil {
			said = append(said, yes(*f.v, f.t, f.f))
		}
	}
	if m := d.Mood; m != nil {
		said = append(said, fmt.Sprintf("mood low %s, thoughts of suicide %s", yn(m.Low), yn(m.Suicidal)))
		l = l.with("action", m.Action)
	}
	if d.Transport != "" {
		said = append(said, "home by "+d.Transport)
	}
	l.Text = strings.Join(said, ", ")
	return l
}
