package present

import (
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// PatientTexts is what patients read, do and are asked, as staff read it.
func PatientTexts(e library.Education, claims library.Knowledge[library.Claim], in library.Instructions, asked library.Intake) view.PatientTexts {
	t := textsTeller{known: map[string]bool{}}
	read := view.PatientPart{ID: "read", Title: "What they read", Lead: "Each page before consent, with the questions that show whether it came across. A wrong answer stops nothing."}
	for _, l := range e.Pages(library.ReadPage) {
		read.Items = append(read.Items, t.lesson(l))
	}
	options := view.PatientPart{ID: "options", Title: "Ketamine beside other treatments", Lead: "The comparison: what each may do for a patient, and the harm it may do."}
	for _, l := range e.Pages(library.OptionPage) {
		options.Items = append(options.Items, t.lesson(l))
	}
	facts := view.PatientPart{ID: "facts", Title: "What is often said, and how it holds up", Lead: "The claim, our verdict, what the patient reads of it, and what stands on record."}
	for _, l := range e.Pages(library.FactPage) {
		facts.Items = append(facts.Items, t.fact(l, claims))
	}
	out := view.PatientTexts{Parts: []view.PatientPart{read, options, facts, t.instructions(in), t.questions(asked)}}
	t.sources(e.Source, claims.Source, in.Source, asked.Source)
	out.Sources = t.list
	return out
}

// textsTeller remembers the sources that were named.
type textsTeller struct {
	named []string
	known map[string]bool
	list  []view.PatientSource
}

func (t *textsTeller) line(part, text, source string, mark cite.Mark, cites []string) view.PatientLine {
	if !slices.Contains(t.named, source) {
		t.named = append(t.named, source)
	}
	l := view.PatientLine{Part: part, Text: text, Source: source, Mark: markOf(mark)}
	for _, c := range cites {
		r := view.PatientRest{Name: c, Row: anchor(c)}
		if strings.HasSuffix(c, "/general") { // no row of its own
			r.Row = ""
		}
		l.Rests = append(l.Rests, r)
	}
	return l
}

func (t *textsTeller) sources(from ...func(string) (cite.Source, bool)) {
	for _, id := range t.named {
		for _, find := range from {
			if s, ok := find(id); ok && !t.known[id] {
				t.known[id] = true
				t.list = append(t.list, view.PatientSource{ID: s.ID, Kind: string(s.Kind), Text: s.Text})
			}
		}
	}
	slices.SortFunc(t.list, func(a, b view.PatientSource) int { return strings.Compare(a.ID, b.ID) })
}

func (t *textsTeller) lesson(l library.Lesson) view.PatientText {
	out := view.PatientText{Name: l.ID, Title: l.Text, Version: l.Version, Row: anchor("education/" + l.ID)}
	for _, s := range l.Statements {
		out.Lines = append(out.Lines, t.line(Upper(s.Part), s.Text, s.Source, s.Mark, s.Cites))
	}
	for _, q := range l.Questions {
		x := view.PatientQuestion{Text: q.Text, Why: t.line("", q.Why, q.Source, q.Mark, q.Cites)}
		for _, a := range q.Answers {
			x.Answers = append(x.Answers, a.Text)
			if a.ID == q.Right {
				x.Right = a.Text
			}
		}
		out.Questions = append(out.Questions, x)
	}
	return out
}

// fact is a claim with what the patient reads of it and what the record says.
func (t *textsTeller) fact(l library.Lesson, claims library.Knowledge[library.Claim]) view.PatientText {
	out := t.lesson(l)
	for _, c := range claims.Rows {
		if c.ID != l.Claim {
			continue
		}
		out.Title, out.Verdict = "“"+c.Text+"”", Upper(c.Verdict)
		for _, w := range c.Why {
			out.Lines = append(out.Lines, t.line("On record, "+c.ID, w.Text, w.Source, w.Mark, nil))
		}
	}
	return out
}

var whenTitles = map[library.When]string{
	library.Before: "Before the day", library.OnTheDay: "On the day", library.After: "Afterwards",
	library.Emergency: "When to call the emergency number", library.CallUs: "When to call the clinic",
}

func (t *textsTeller) instructions(in library.Instructions) view.PatientPart {
	out := view.PatientPart{ID: "instructions", Title: "What they do", Lead: "Where sources disagree both stand, and the stricter is asked."}
	for _, w := range library.Whens() {
		item := view.PatientText{Title: whenTitles[w]}
		for _, r := range in.Rows {
			if r.When != w {
				continue
			}
			l := t.line("", r.Text, r.Source, r.Mark, nil)
			l.Own = &view.PatientRest{Name: r.ID, Row: anchor("instructions/" + r.ID)}
			for _, o := range r.Others {
				l.Beside = append(l.Beside, t.line("", o.Text, o.Source, o.Mark, nil))
			}
			item.Lines = append(item.Lines, l)
		}
		if len(item.Lines) > 0 {
			out.Items = append(out.Items, item)
		}
	}
	return out
}

func (t *textsTeller) questions(asked library.Intake) view.PatientPart {
	out := view.PatientPart{ID: "asked", Title: "What they are asked", Lead: "Each question, and the input of the rules that it answers. A “yes” is looked at by a clinician."}
	for _, r := range asked.Rows {
		i := slices.IndexFunc(out.Items, func(x view.PatientText) bool { return x.Title == r.Group })
		if i < 0 {
			i, out.Items = len(out.Items), append(out.Items, view.PatientText{Title: r.Group})
		}
		l := t.line("", r.Text, r.Source, r.Mark, nil)
		l.Own, l.Answers = &view.PatientRest{Name: r.ID, Row: anchor("intake/" + r.ID)}, inputText(r.Input)
		out.Items[i].Lines = append(out.Items[i].Lines, l)
	}
	return out
}
