package present

import (
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Handover is one patient as whoever takes over reads it: what stands open
// first, then what runs, what is due, what happened, and the order.
func Handover(v app.Visit, who act.Actor, texts TextOf) view.HandoverVisit {
	s := v.State
	h := view.HandoverVisit{
		ID: string(v.ID), Chair: int(s.Chair), Patient: *Patient(v), Phase: PhaseText(s.Phase),
		Running: runningFacts(v), Open: openNow(v),
		Head: fmt.Sprintf("entry %d, %s, %s", v.Position, v.Head, word.Second(v.Env.Now.In(v.Zone))),
	}
	if session.InRoom(s.Phase) && s.Nurse != who.Person {
		l := deskLink(v, who, session.ActTakeNurse)
		l.Label = "Take over"
		h.Take = &l
	}
	h.Sections = append(h.Sections, dueTable(v))
	if !s.StartedAt.IsZero() {
		h.Sections = append(h.Sections, unconfirmedTable(v), earlyTable(v))
	}
	h.Sections = append(h.Sections, happened(v, texts))
	if s.Order != nil {
		h.Sections = append(h.Sections, orderNow(v))
	}
	if !s.StartedAt.IsZero() {
		h.Sections = append(h.Sections, lapseTable(v), dutyTable(v))
	}
	return h
}

// runningFacts is what runs, how much of it, and until when.
func runningFacts(v app.Visit) []view.Fact {
	s, now := v.State, v.Env.Now
	fact := func(term, text, note string) view.Fact {
		return view.Fact{Term: term, Text: text, Note: note, Tone: view.Plain}
	}
	out := []view.Fact{fact("Responsible", Staff(v), "")}
	if s.StartedAt.IsZero() {
		return append(out, fact("Infusion", "not started", ""))
	}
	t := s.TotalsAt(now)
	times := "since " + clock(s.StartedAt, v.Zone)
	if !s.StoppedAt.IsZero() {
		times += ", stopped " + clock(s.StoppedAt, v.Zone)
	}
	out = append(out, fact("Infusion", times+", pump ran "+span(t.Minutes), ""), fact("Given", totalsText(t), ""))
	if s.RunningAt(now) {
		note := ""
		if f, ok := lastRead(s); ok {
			note = "of " + f.Conc.String() + ", read " + ago(v, f.At)
		}
		out = append(out, fact("Pump", s.RateAt(now).String()+", ordered "+s.Ordered.String(), note))
	}
	if s.Phase == session.PhasePaused {
		out = append(out, view.Fact{Term: "Pump", Text: "paused since " + ago(v, s.PausedAt) + ": " + string(s.PauseCause), Tone: view.Amber})
	}
	ends := session.AlarmFacts(s, v.Env)
	for _, e := range []struct {
		term string
		at   time.Time
	}{{"Planned end", ends.PlannedEnd}, {"Greatest amount or time", ends.MaximumAt}, {"Bag empty", ends.EmptyAt}} {
		switch {
		case e.at.IsZero():
		case e.at.After(now):
			out = append(out, fact(e.term, clock(e.at, v.Zone), "in "+span(e.at.Sub(now))))
		default:
			out = append(out, view.Fact{Term: e.term, Text: "reached " + ago(v, e.at), Tone: view.Amber})
		}
	}
	if text, after := recovering(v); after && text != "" {
		out = append(out, fact("Recovery", text, ""))
	}
	l := Link(v)
	if l.State == "linked" {
		l.Text = l.Monitor + ", linked"
	}
	return append(out, fact("Monitor", l.Text, ""))
}

// openNow is what stands open: help, alarms, what asks to be settled, and side
// effects that are not over.
func openNow(v app.Visit) []view.Notice {
	s := v.State
	var out []view.Notice
	if s.Help != nil {
		out = append(out, view.Notice{Tone: view.Red, Text: "Help called " + ago(v, s.Help.At) + ", not ended."})
	}
	for _, a := range Alarms(v, nil).List {
		out = append(out, view.Notice{Tone: a.Tone, Text: a.Colour + ": " + a.Name + " since " + a.Since + ". " + a.Text + " " + upper(a.State) + "."})
	}
	for _, n := range Notices(v) {
		out = append(out, view.Notice{Tone: n.Tone, Text: n.Text})
	}
	words := effectWords()
	for _, e := range s.Effects {
		if e.Struck || !e.ResolvedAt.IsZero() {
			continue
		}
		what := words[e.Code]
		if what == "" {
			what = e.Code
		}
		text := what + " since " + clock(e.At, v.Zone)
		if e.Grade > 0 {
			text += fmt.Sprintf(", grade %d", e.Grade)
		}
		out = append(out, view.Notice{Tone: view.Plain, Text: text + "."})
	}
	return out
}

// dueTable is what is due and what comes next.
func dueTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "Due", Columns: []string{"Round", "Due", "Stands"}, Empty: "Nothing is due by a plan now."}
	for _, d := range dueItems(v) {
		stands := "in " + span(d.DueAt.Sub(v.Env.Now))
		switch d.State {
		case schedule.Due:
			stands = "due now"
		case schedule.Late, schedule.Missed:
			stands = span(v.Env.Now.Sub(d.DueAt)) + " late"
			if d.Missed > 0 {
				stands += fmt.Sprintf(", %d left out", d.Missed)
			}
		case schedule.Next:
		}
		out.Rows = append(out.Rows, []string{roundText(d.What), clock(d.DueAt, v.Zone), stands})
	}
	return out
}

// unconfirmedTable are the readings of the monitor that wait for a person.
func unconfirmedTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "Monitor's readings not confirmed", Columns: []string{"Due", "Shown"}, Empty: "None waits."}
	for _, f := range v.State.Unconfirmed() {
		out.Rows = append(out.Rows, []string{clock(f.Taken.Due, v.Zone), roundLine(v, f)})
	}
	return out
}

// mostHappened bounds what stands of the course; the record holds it all.
const mostHappened = 40

// happened is what happened, the newest first: not each observation, but what
// was done, what was noted, and what alarmed.
func happened(v app.Visit, texts TextOf) view.RecordSection {
	out := view.RecordSection{Title: "What happened", Columns: []string{"Time", "What", "By"}, Empty: "Nothing yet."}
	say, left := Speaker(v), 0
	for _, e := range slices.Backward(timely(v.Entries)) {
		l := say.Say(e)
		if !tells(l) || struck(v, e.Position) {
			continue
		}
		if len(out.Rows) == mostHappened {
			left++
			continue
		}
		text := l.Title
		if l.Text != "" {
			text += ": " + l.Text
		}
		for _, t := range l.Texts {
			text = join(text, t.Label+": "+texts(t.Ref))
		}
		out.Rows = append(out.Rows, []string{clock(e.EffectiveAt, v.Zone), text, by(say, e)})
	}
	if left > 0 {
		out.Intro = fmt.Sprintf("%d earlier lines are left out: see the record.", left)
	}
	return out
}

// tells reports whether a line belongs to the course that is handed over.
func tells(l project.Line) bool {
	switch l.Mark {
	case project.MarkStart, project.MarkRate, project.MarkPause, project.MarkStop, project.MarkEffect, project.MarkDrug, project.MarkHelp, project.MarkNote:
		return true
	case project.MarkAlarm:
		return l.Main
	default:
		return len(l.Findings) > 0
	}
}

// orderNow is the order in force, with its limits.
func orderNow(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "The order and its limits", Columns: []string{"Part", "As signed"}}
	for _, p := range Order(v) {
		out.Rows = append(out.Rows, []string{p.Part, p.Text})
	}
	return out
}
