package present

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/web/paper"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Paper is the page on which a paper of a visit is typed.
func Paper(v app.Visit) view.Paper {
	s := v.State
	out := view.Paper{
		Session: string(v.ID), Patient: *Patient(v), Date: s.PlannedStart.In(v.Zone).Format(time.DateOnly),
		Visit: word.Weekday(s.PlannedStart.In(v.Zone)) + " · chair " + s.Chair.String() + " · " + PhaseText(s.Phase),
	}
	out.Sections = PaperSections(s.Order != nil && s.Order.Watch.EtCO2)
	for id, name := range v.Names {
		out.Staff = append(out.Staff, view.Option{Value: string(id), Label: name})
	}
	slices.SortFunc(out.Staff, func(a, b view.Option) int { return strings.Compare(a.Label, b.Label) })
	out.Sheets = Sheets(v)
	for _, u := range s.Unwatched {
		out.Down = append(out.Down, unwatchedText(u, v.Zone))
	}
	out.Standing = paperStanding(v)
	return out
}

// PaperSections are the tables of a paper, as the page asks them.
func PaperSections(etco2 bool) []view.PaperSection {
	var out []view.PaperSection
	for _, x := range paper.Sections(etco2) {
		section := view.PaperSection{Key: x.Key, Title: x.Title, Intro: x.Intro, Rows: x.Rows}
		for _, c := range x.Columns {
			section.Columns = append(section.Columns, view.PaperColumn{Key: c.Key, Title: c.Title, Hint: c.Hint, Input: string(c.Input), Options: formOptions(c.Options), Wide: c.Wide})
		}
		out = append(out, section)
	}
	return out
}

func formOptions(all []form.Option) []view.Option {
	out := make([]view.Option, 0, len(all))
	for _, o := range all {
		out = append(out, view.Option{Value: o.Value, Label: o.Label})
	}
	return out
}

// Sheets are the photos of a visit's papers.
func Sheets(v app.Visit) []view.PaperSheet {
	var out []view.PaperSheet
	for i, f := range v.State.Sheets {
		out = append(out, view.PaperSheet{
			Position: f.Position, Label: fmt.Sprintf("Photo %d, kept %s by %s", i+1, word.Moment(f.At.In(v.Zone)), name(v.Names, f.By)),
			Href: fmt.Sprintf("/sessions/%s/sheets/%d", v.ID, f.Position),
		})
	}
	return out
}

// unwatchedText is a time without Stillwatch.
func unwatchedText(u session.UnwatchedFact, zone *time.Location) string {
	to := clock(u.To, zone)
	if u.From.In(zone).Format(time.DateOnly) != u.To.In(zone).Format(time.DateOnly) {
		to = word.Moment(u.To.In(zone))
	}
	return word.Moment(u.From.In(zone)) + " to " + to
}

// paperStanding says what the record holds already: it is not entered again.
func paperStanding(v app.Visit) []view.Fact {
	s := v.State
	var out []view.Fact
	out = append(out, infusionFacts(v)...)
	if s.PumpOpen() {
		out = append(out, runs(s, v.Env.Now))
	}
	if s.StartedAt.IsZero() {
		out = append(out, view.Fact{Term: "Infusion", Text: "no start is in the record", Tone: view.Plain})
	}
	return out
}

// runs says that drug counts as running: whoever types a paper has to see it.
func runs(s session.State, now time.Time) view.Fact {
	f := view.Fact{Term: "Pump", Tone: view.Amber, Text: "counts as running now, at " + s.RateAt(now).String(), Note: "Stillwatch watches this patient from now on. If the infusion is over, type its stop."}
	switch {
	case !s.StoppedAt.IsZero():
		f.Text, f.Note = "a stop is in the record; nobody has read the pump as stopped", "Type what the stopped pump showed as given."
	case !s.PausedAt.IsZero():
		f.Text = "counts as paused"
	}
	return f
}

// PaperAnswer is what a draft would become: the commands in the order they are
// sent, what is wrong beside its field, and how the record would look.
func PaperAnswer(before, after app.Visit, said []paper.Said, results []app.Rehearsed) (view.PaperAnswer, view.PaperPreview) {
	out := view.PaperAnswer{Problems: []view.PaperProblem{}, Commands: []view.PaperCommand{}}
	var entries []session.Entry
	for i, r := range results {
		if r.Refusal != nil {
			out.Problems = append(out.Problems, view.PaperProblem{Row: string(said[i].Row), Cell: paperCell(said[i].Act, r.Refusal), Text: refusalText(r.Refusal)})
			continue
		}
		entries = append(entries, r.Entries...)
		c := view.PaperCommand{Row: string(said[i].Row), ID: string(said[i].ID), Act: string(said[i].Act), OccurredAt: said[i].At, Body: said[i].Body}
		if said[i].Paper != nil {
			c.Paper, _ = json.Marshal(said[i].Paper) // ids and numbers
		}
		out.Commands = append(out.Commands, c)
	}
	return out, paperPreview(before, after, entries)
}

// refusalText is a refusal with all it lists.
func refusalText(r *session.Refusal) string {
	out := r.Message.English()
	for _, m := range r.Open {
		out += " " + m.English()
	}
	if len(r.Needs) > 0 {
		roles := make([]string, len(r.Needs))
		for i, role := range r.Needs {
			roles[i] = string(role)
		}
		out += " It needs: " + strings.Join(roles, " or ") + "."
	}
	return out
}

// paperCell is the field of a row that a refusal is about.
func paperCell(what act.Act, r *session.Refusal) string {
	switch {
	case what == session.ActUnwatched:
		return "down.from"
	case what == session.ActReconcile && r.Message.ID == "session.reconcile.reason":
		return "total.reason"
	case what == session.ActReconcile:
		return "total.shown"
	case r.Message.ID == "session.paper.author":
		return "author"
	case strings.HasPrefix(string(r.Message.ID), "session.bad_rate"):
		return "rate"
	}
	return "time"
}

func paperPreview(before, after app.Visit, entries []session.Entry) view.PaperPreview {
	say := Speaker(after)
	var out view.PaperPreview
	slices.SortStableFunc(entries, func(a, b session.Entry) int { return a.EffectiveAt.Compare(b.EffectiveAt) })
	for _, e := range entries {
		if _, mark := e.Event.(session.EnteredFromPaper); mark {
			continue
		}
		l := say.Say(e)
		line := view.PaperLine{Time: clock(e.EffectiveAt, after.Zone), Title: l.Title, Text: l.Text, By: by(say, e), Findings: l.Findings}
		if f, ok := after.State.Typed(e); ok {
			line.By = say.Who(f.Author)
			if e.Index == 1 {
				for _, d := range f.Found {
					line.Findings = append(line.Findings, d.Message.English())
				}
			}
		}
		out.Lines = append(out.Lines, line)
	}
	out.Pump = pumpTable(after)
	out.Facts = previewFacts(before, after)
	return out
}

// pumpTable is what the pump did, stretch by stretch.
func pumpTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "What the pump did", Columns: []string{"From", "To", "Pump", "Gave"}, Empty: "Nothing ran."}
	for _, g := range v.State.SegmentsAt(v.Env.Now) {
		rate, gave := "paused", "–"
		if g.Running {
			rate, gave = g.Rate.String(), g.Volume().Text(2)
		}
		out.Rows = append(out.Rows, []string{clock(g.From, v.Zone), clock(g.To, v.Zone), rate, gave})
	}
	return out
}

func previewFacts(before, after app.Visit) []view.Fact {
	now := after.Env.Now
	fact := func(term, text string, tone view.Tone) view.Fact {
		return view.Fact{Term: term, Text: text, Tone: tone}
	}
	was, is := before.State, after.State
	out := []view.Fact{fact("The visit would be", PhaseText(is.Phase), view.Plain)}
	given := fact("Given", totalsText(is.TotalsAt(now)), view.Plain)
	if !was.StartedAt.IsZero() {
		given.Note = "in the record now: " + totalsText(was.TotalsAt(now))
	}
	out = append(out, given)
	if is.Reconciled != nil && is.Reconciled != was.Reconciled {
		out = append(out, reconciledFact(after))
	}
	if is.PumpOpen() {
		out = append(out, runs(is, now))
	}
	return out
}

// reconciledFact is the comparison with the pump's own total, and whether it
// still holds.
func reconciledFact(v app.Visit) view.Fact {
	r := v.State.Reconciled
	f := view.Fact{Term: "Pump's own total", Tone: view.Plain, Text: session.Apart(r.Pump, r.Record).English()}
	switch {
	case len(r.Deviations) > 0:
		f.Tone = view.Amber
	case !v.State.ReconciledStill(v.Env.Now):
		f.Tone, f.Note = view.Amber, "the record changed since: compare again"
	}
	return f
}
