package present

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// since says what changed after the decision.
func (c CourseTeller) since(rows map[string]library.ScreenRule) []string {
	var verdicts []course.Verdict
	for _, x := range c.Checked {
		verdicts = append(verdicts, x.Verdict)
	}
	s := c.State.Since(verdicts)
	var out []string
	say := func(what string, names []string) {
		if len(names) > 0 {
			out = append(out, what+": "+strings.Join(names, ", ")+".")
		}
	}
	say("Medicines added", s.Added)
	say("Medicines no longer listed", s.Gone)
	if s.NotCoded > 0 {
		out = append(out, fmt.Sprintf("Medicines listed and not coded: %d. Whether they are new cannot be told.", s.NotCoded))
	}
	for _, x := range c.State.Struck {
		if c.State.Decision != nil && !x.At.Before(c.State.Decision.At) {
			out = append(out, "Struck by "+c.Who(x.By)+": "+c.out(x)+".")
		}
	}
	said := map[rule.Result]string{rule.Clear: "clear", rule.Finding: "found", rule.CouldNotCheck: "could not be checked", "": "not asked"}
	for _, m := range s.Rules {
		out = append(out, fmt.Sprintf("%s: was %s, now %s. %s", m.Rule, said[m.Was], said[m.Is], rows[m.Rule].Text))
	}
	return out
}

// Findings is the page of the question whether the patient is suitable.
func (c CourseTeller) Findings() view.Findings {
	out := view.Findings{Decided: c.Standing(), MayDecide: c.May(course.ActDecide) && c.State.Ended == nil}
	rows := map[string]library.ScreenRule{}
	for _, r := range c.Rules {
		rows[r.ID] = r
	}
	out.Since = c.since(rows)
	settle := map[string]bool{}
	hard := false
	for i, f := range c.Found {
		x, r := c.Checked[i], rows[f.Rule]
		if x.Today {
			continue
		}
		if f.Result == rule.Clear {
			out.Clear = append(out.Clear, view.ClearItem{Name: r.Text, Inputs: c.looked(f)})
			continue
		}
		item := c.finding(f, x, r)
		out.Items = append(out.Items, item)
		if !x.Open() {
			continue
		}
		out.Read = append(out.Read, view.ReadItem{Rule: f.Rule, Result: string(f.Result)})
		hard = hard || x.Policy == course.Hard
		if item.Accepted != "" {
			continue
		}
		for _, l := range f.Missing {
			name := referral.Upper(c.inputText(l.Input)) + " (" + string(l.Why) + ")"
			if l.Why == rule.NotCoded {
				name = "Medicines that are not coded: name their ingredient"
			}
			if !settle[name] {
				settle[name] = true
				out.Settle = append(out.Settle, name)
			}
		}
	}
	switch {
	case len(c.State.Unaccepted(ofCourse(c.Checked))) > 0:
		out.SuitableWaits = "“Suitable” waits until each stop, each point to weigh and each check that could not be made is settled, or somebody answers for it."
	case hard && !c.Actor.Is(act.Director):
		out.SuitableWaits = "While a stop stands, “suitable” is the medical director's to say."
	}
	for _, o := range course.Outcomes() {
		out.Outcomes = append(out.Outcomes, view.Option{Value: string(o), Label: map[course.Outcome]string{
			course.Suitable: "Suitable for a course", course.NotSuitable: "Not suitable", course.MoreInformation: "More information first",
		}[o]})
	}
	return out
}

func ofCourse(all []course.Checked) []course.Verdict {
	var out []course.Verdict
	for _, x := range all {
		if !x.Today {
			out = append(out, x.Verdict)
		}
	}
	return out
}

func (c CourseTeller) finding(f library.Found, x course.Checked, r library.ScreenRule) view.FindingItem {
	item := view.FindingItem{Rule: f.Rule, Result: string(f.Result), Area: r.Area, Version: r.Version, Title: r.Text, Text: r.Do, Tone: view.Plain}
	switch {
	case f.Result == rule.CouldNotCheck:
		item.Kind, item.Text = "Could not check", ""
		item.Area += ", " + plural(len(f.Missing), "input")
		if x.Open() {
			item.Tone = view.Amber
		}
	case x.Policy == course.Hard:
		item.Kind, item.Tone = "Stop", view.Amber
	case x.Policy == course.Soft:
		item.Kind, item.Tone = "Weigh", view.Amber
	default:
		item.Kind = "Note"
	}
	for _, in := range f.Inputs {
		item.Inputs = append(item.Inputs, c.inputText(in.Input)+": "+strings.TrimSpace(referral.Words(in.Value)+" "+referral.Unit(in.Unit))+" · "+plainSource(in.Source)+", "+c.dayOf(in.At))
	}
	for _, l := range f.Missing {
		why := string(l.Why)
		if l.Why == rule.TooOld {
			why = "too old: of " + c.dayOf(l.At) + ", at most " + l.Most
		}
		item.Missing = append(item.Missing, c.inputText(l.Input)+" ("+why+")")
	}
	for _, s := range f.Sources {
		said := view.FindingCite{Part: string(s.Part), Text: s.Text, Mark: markOf(s.Mark)}
		i := slices.IndexFunc(item.Cites, func(x view.FindingCite) bool { return x.Text == said.Text && x.Mark == said.Mark })
		if i < 0 {
			item.Cites = append(item.Cites, said)
			continue
		}
		item.Cites[i].Part += ", " + said.Part
	}
	if !x.Open() {
		return item
	}
	if a, ok := c.State.AcceptedBy(x.Verdict); ok {
		item.Accepted = fmt.Sprintf("%s answers for this since %s: %s", c.Who(a.By), shortDay(a.At.In(c.Now.Location()), c.Now), c.Text(a.What.Reason))
		return item
	}
	who := x.Who()
	item.MayAccept = c.May(course.ActAccept) && act.MayAs(c.Actor, who).Allowed && c.State.Ended == nil
	names := make([]string, len(who))
	for i, w := range who {
		names[i] = string(w)
	}
	item.Needs = "Accepted, with a reason, by: " + strings.Join(names, " or ") + "."
	return item
}

func markOf(m cite.Mark) string {
	if m == cite.Default {
		return "clinic default"
	}
	return string(m)
}

// looked is what a clear rule looked at, with its age.
func (c CourseTeller) looked(f library.Found) string {
	var out []string
	for _, in := range f.Inputs {
		if said := plainSource(in.Source) + ", " + c.dayOf(in.At); !slices.Contains(out, said) {
			out = append(out, said)
		}
	}
	return strings.Join(out, "; ")
}
