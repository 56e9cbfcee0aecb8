package present

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// LineRef is a reference to personal text.
type LineRef = journal.Private

// Entries are the newest lines of the record, newest first; most 0 is all.
func Entries(v app.Visit, texts TextOf, most int) []view.Entry {
	// What says of a command that it comes from paper stands with the entries
	// that it is about.
	list := slices.DeleteFunc(slices.Clone(v.Entries), func(e session.Entry) bool {
		_, mark := e.Event.(session.EnteredFromPaper)
		return mark
	})
	if most > 0 && len(list) > most {
		list = list[len(list)-most:]
	}
	say := Speaker(v)
	out := make([]view.Entry, 0, len(list))
	for _, e := range slices.Backward(list) {
		out = append(out, entry(v, say, e, texts))
	}
	return out
}

func entry(v app.Visit, say project.Speaker, e session.Entry, texts TextOf) view.Entry {
	l := say.Say(e)
	out := view.Entry{
		Position: e.Position, AtMS: ms(e.EffectiveAt), Time: clock(e.EffectiveAt, v.Zone), Title: l.Title, Text: l.Text,
		By: by(say, e), Tone: view.Plain, Findings: l.Findings,
	}
	if late := e.RecordedAt.Sub(e.EffectiveAt); late.Minutes() >= 2 {
		out.Time += ", charted " + clock(e.RecordedAt, v.Zone)
	}
	// What was claimed, by the clock of the device it was said on, where that was off.
	if off := e.OccurredAt.Sub(e.EffectiveAt); !e.OccurredAt.IsZero() && off != 0 && e.Actor.Kind != act.Job && session.ClockOff(v.Env.Rules, off) {
		out.Time += ", corrected: the device's clock said " + clock(e.OccurredAt, v.Zone)
	}
	if f, ok := v.State.Typed(e); ok {
		out.Time, out.By = out.Time+", from paper"+onPhotos(v.State, f.Sheets), say.Who(f.Author)+", typed by "+say.Who(f.By)
		if e.Index == 1 { // the first after the mark
			for _, d := range f.Found {
				out.Findings = append(out.Findings, d.Message.English())
			}
		}
	}
	for _, t := range l.Texts {
		out.Text = join(out.Text, t.Label+": "+texts(t.Ref))
	}
	if len(out.Findings) > 0 {
		out.Tone = view.Amber
	}
	for _, at := range v.State.Amendments[e.Position] {
		if a, ok := at0(v.Entries, at); ok {
			line := say.Say(a)
			out.Replaced = append(out.Replaced, fmt.Sprintf("%s by %s at %s: %s", strings.ToLower(line.Title), by(say, a), clock(a.RecordedAt, v.Zone), line.Text))
			if am, ok := a.Event.(session.Amended); ok && am.Struck {
				out.Struck = true
			}
		}
	}
	if f, ok := roundOf(v, e); ok {
		out.Text = join(out.Text, lookedAt(v, f))
		out.Amend = known(session.ActDoubtReading, "Wrong reading", map[string]any{"entry": e.Position})
	}
	if !out.Struck && v.State.Amendable(e.Position) {
		out.Amend = known(session.ActAmend, "Correct", map[string]any{"entry": e.Position})
	}
	return out
}

// roundOf is the round of the monitor that an entry kept.
func roundOf(v app.Visit, e session.Entry) (session.RoundFact, bool) {
	if _, ok := e.Event.(session.RoundTaken); !ok {
		return session.RoundFact{}, false
	}
	i := slices.IndexFunc(v.State.Rounds, func(f session.RoundFact) bool { return f.Position == e.Position })
	if i < 0 {
		return session.RoundFact{}, false
	}
	return v.State.Rounds[i], true
}

// onPhotos names the photos on which an entry can be read, as the record numbers
// them.
func onPhotos(s session.State, positions []int64) string {
	var out []string
	for i, f := range s.Sheets {
		if slices.Contains(positions, f.Position) {
			out = append(out, fmt.Sprint(i+1))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return ", photo " + strings.Join(out, ", ")
}

func at0(entries []session.Entry, position int64) (session.Entry, bool) {
	i, ok := slices.BinarySearchFunc(entries, position, func(e session.Entry, p int64) int { return int(e.Position - p) })
	if !ok {
		return session.Entry{}, false
	}
	return entries[i], true
}

// by names the author of an entry.
func by(say project.Speaker, e session.Entry) string {
	switch {
	case e.Actor.Person != "":
		return say.Who(e.Actor.Person)
	case e.Actor.Job != "":
		return "Stillwatch (" + e.Actor.Job + ")"
	}
	return "tablet, person to be confirmed"
}
