package present

import (
	"fmt"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// CourseTeller says a course in words.
type CourseTeller struct {
	ID    ident.Course
	State course.State
	Found []library.Found
	// Checked is the same, as decisions see it, in the same order.
	Checked []course.Checked
	Rules   []library.ScreenRule
	Classes []rule.Class // of medicines
	// Latest is the latest statement on each input.
	Latest map[string]course.Dated[course.Statement]
	Now    time.Time
	Who    func(ident.Person) string
	Text   func(journal.Private) string
	May    func(act.Act) bool
	Actor  act.Actor
}

// plainSource is a source as a page names it.
func plainSource(s string) string {
	if s == string(course.ByRecord) {
		return "own record"
	}
	return s
}

// dayOf is the day of an instant or a date as it was written.
func (c CourseTeller) dayOf(at string) string {
	if t, err := time.Parse(time.RFC3339, at); err == nil {
		return shortDay(t.In(c.Now.Location()), c.Now)
	}
	t, err := time.ParseInLocation(time.DateOnly, at, c.Now.Location())
	if err != nil {
		return at
	}
	return shortDay(t, c.Now)
}

// shortDay leaves the year out where it is this one.
func shortDay(t, now time.Time) string {
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return "today"
	case t.Year() == now.Year():
		return t.Format("2 January")
	}
	return word.Day(t)
}

// Standing says how a course stands, in a few sentences.
func (c CourseTeller) Standing() []view.CourseNote {
	var verdicts []course.Verdict
	for _, x := range c.Checked {
		verdicts = append(verdicts, x.Verdict)
	}
	st := c.State.Standing(verdicts, c.Now.Format(time.DateOnly))
	var out []view.CourseNote
	add := func(tone view.Tone, format string, args ...any) {
		out = append(out, view.CourseNote{Text: fmt.Sprintf(format, args...), Tone: tone})
	}
	switch {
	case c.State.Ended != nil:
		e := c.State.Ended
		add(view.Plain, "Ended %s by %s: %s. %s", shortDay(e.At, c.Now), c.Who(e.By), e.What.Why, c.Text(e.What.Reason))
		return out
	case st.Decided == "":
		add(view.Amber, "Nothing is decided yet.")
	case st.Decided == course.Suitable:
		add(view.Plain, "Suitable for a course: decided %s by %s.", shortDay(st.At.In(c.Now.Location()), c.Now), c.Who(st.By))
	default:
		add(view.Amber, "%s: decided %s by %s. %s", referral.Upper(string(st.Decided)), shortDay(st.At.In(c.Now.Location()), c.Now), c.Who(st.By), c.Text(c.State.Decision.What.Reason))
	}
	if len(c.Found) == 0 {
		add(view.Amber, "The rules could not be run: nothing was checked.")
	}
	if n := len(st.New); n > 0 {
		what := "in the way"
		if st.Decided == course.Suitable {
			what = "new since the decision"
		}
		add(view.Amber, "Rules that stop or could not be checked, %s, for which nobody answers: %d.", what, n)
	}
	if !st.Planned {
		add(view.Amber, "There is no plan yet.")
	}
	if st.Overdue {
		add(view.Amber, "The re-evaluation was due by %s.", word.Date(c.State.Reevaluate))
	} else if c.State.Reevaluate != "" {
		add(view.Plain, "To be looked at again by %s.", word.Date(c.State.Reevaluate))
	}
	return out
}

// Sections are all that is recorded, each part with the form that adds to it.
func (c CourseTeller) Sections() []view.CourseSection {
	var out []view.CourseSection
	for _, e := range referral.Entries() {
		s := view.CourseSection{ID: e.Name, Title: e.Title, Empty: "Nothing is recorded."}
		if c.May(e.Act) && (c.State.Ended == nil || !planned(e.Act)) {
			s.Form, s.Label = "/courses/"+string(c.ID)+"/enter/"+e.Name, e.Label
		}
		s.Facts, s.Empty = c.facts(e, s.Empty)
		s.Struck = c.struck(e)
		if c.May(course.ActStrike) && len(c.Strikable(e)) > 0 {
			s.StrikeAt = "/courses/" + string(c.ID) + "/strike/" + e.Name
		}
		out = append(out, s)
	}
	return out
}

// planned are the acts that a course that has ended takes no more.
func planned(what act.Act) bool {
	return what == course.ActPlan || what == course.ActReevaluate || what == course.ActDiscontinue
}

func (c CourseTeller) facts(e referral.Entry, none string) ([]view.CourseFact, string) {
	switch e.Name {
	case "medicines":
		if c.State.Medicines == nil {
			return nil, "Nobody has listed the medicines: interactions cannot be checked."
		}
		l := c.State.Medicines.What
		facts := c.list(l.Whole, l.Source, l.At, len(l.List), func(i int) (string, string) { return l.List[i].Key, c.Text(l.List[i].Text) }, "interactions could not be checked")
		return facts, "None, and the list is all there is."
	case "allergies":
		if c.State.Allergies == nil {
			return nil, "Allergies were not asked for this course."
		}
		l := c.State.Allergies.What
		return c.list(l.Whole, l.Source, c.State.Allergies.At.Format(time.RFC3339), len(l.List), func(i int) (string, string) { return l.List[i].Key, c.Text(l.List[i].Text) }, "kept as written"), "None, and the list is all there is."
	case "infusions":
		return c.infusions(), "Nobody has asked yet."
	case "prior":
		var facts []view.CourseFact
		for _, p := range c.State.Prior {
			facts = append(facts, view.CourseFact{Name: referral.Upper(string(p.What.What)), Value: fmt.Sprintf("%s, %s. %s", p.What.Adequacy, p.What.Result, c.Text(p.What.Text))})
		}
		return facts, none
	case "plan":
		return c.plan(), none
	case "ask":
		return c.asked(), "Nothing was asked for."
	case "review":
		var facts []view.CourseFact
		for _, r := range c.State.Reviews {
			says := "the course goes on until " + word.Date(r.What.Next)
			if !r.What.GoesOn {
				says = "the course does not go on"
			}
			if r.What.Reached != "" {
				says = "score " + r.What.Reached + "; " + says
			}
			facts = append(facts, view.CourseFact{Name: shortDay(r.At.In(c.Now.Location()), c.Now), Value: says + ". " + c.Text(r.What.Reason), Said: c.Who(r.By)})
		}
		return facts, none
	case "end":
		return nil, "The course goes on."
	}
	return c.statements(e), none
}

// statements are the latest of each thing that a form asks.
func (c CourseTeller) statements(e referral.Entry) []view.CourseFact {
	var out, denied []view.CourseFact
	for _, g := range e.Groups {
		for _, in := range e.Inputs(g) {
			s, ok := c.Latest[in.Name]
			switch {
			case !ok:
			case s.What.Answer == "no": // what is not so stands together, each by name
				denied = deny(denied, in.Text, c.said(s.What))
			default:
				out = append(out, view.CourseFact{Name: referral.Upper(strings.TrimSuffix(in.Text, ", in multiples of its upper limit of normal")), Value: valueOf(s.What), Said: c.said(s.What)})
			}
		}
	}
	return append(out, denied...)
}

// deny adds one thing that is not so to those said by the same source on the same
// day.
func deny(denied []view.CourseFact, what, said string) []view.CourseFact {
	for i := range denied {
		if denied[i].Said == said {
			denied[i].Value += "; " + what
			return denied
		}
	}
	return append(denied, view.CourseFact{Name: "Answered no", Value: what, Said: said})
}

// Last says what was said latest of one thing, beside its question.
func (c CourseTeller) Last(in rule.Input) string {
	s, ok := c.Latest[in.Name]
	if !ok {
		return ""
	}
	return "last: " + valueOf(s.What) + ", " + c.said(s.What)
}

func (c CourseTeller) said(s course.Statement) string {
	return plainSource(string(s.Source)) + ", " + c.dayOf(s.At)
}

func valueOf(s course.Statement) string {
	switch {
	case s.Answer == "unknown":
		return "not known"
	case s.Answer != "":
		return s.Answer
	case s.Result != "":
		return referral.Words(s.Result)
	case s.ULN != "":
		return fmt.Sprintf("%s %s, upper limit of normal %s", s.Value, referral.Unit(s.Unit), s.ULN)
	}
	return strings.TrimSpace(s.Value + " " + referral.Unit(s.Unit))
}

func (c CourseTeller) list(whole course.Whole, by course.Source, at string, n int, one func(int) (key, text string), notCoded string) []view.CourseFact {
	var out []view.CourseFact
	for i := range n {
		key, text := one(i)
		f := view.CourseFact{Name: key, Value: text}
		if key == "" {
			f.Name, f.Said, f.Tone = "Not coded", notCoded, view.Amber
		}
		out = append(out, f)
	}
	if whole != course.WholeYes || n > 0 {
		f := view.CourseFact{Name: "The list", Value: "is all there is", Said: plainSource(string(by)) + ", " + c.dayOf(at)}
		if whole != course.WholeYes {
			f.Value, f.Tone = "may not be all there is", view.Amber
		}
		out = append(out, f)
	}
	return out
}

func (c CourseTeller) infusions() []view.CourseFact {
	if c.State.Infusions == nil {
		return nil
	}
	l := c.State.Infusions.What
	var out []view.CourseFact
	for _, g := range l.List {
		out = append(out, view.CourseFact{Name: referral.Upper(c.dayOf(g.EndedAt)), Value: fmt.Sprintf("%s h, series %d", g.Hours, g.Series)})
	}
	if len(out) == 0 {
		out = append(out, view.CourseFact{Name: "None", Value: "no ketamine was given elsewhere"})
	}
	if l.Whole != course.WholeYes {
		out = append(out, view.CourseFact{Name: "The list", Value: "may not be all there is", Tone: view.Amber})
	}
	return out
}

func (c CourseTeller) plan() []view.CourseFact {
	if c.State.Plan == nil {
		return nil
	}
	p := c.State.Plan.What
	var adjuncts []string
	for _, a := range p.Adjuncts {
		adjuncts = append(adjuncts, string(a))
	}
	beside := strings.Join(adjuncts, ", ")
	if beside == "" {
		beside = "nothing"
	}
	return []view.CourseFact{
		{Name: "Indication", Value: strings.TrimSpace(referral.Words(p.Indication) + " (" + p.ICD10 + ") " + c.Text(p.Diagnosis)), Said: c.Who(c.State.Plan.By) + ", " + shortDay(c.State.Plan.At.In(c.Now.Location()), c.Now)},
		{Name: "Endpoint", Value: fmt.Sprintf("%s from %s to %s within %d weeks after the last infusion", strings.ToUpper(p.Endpoint.Instrument), p.Endpoint.Now, p.Endpoint.Target, p.Endpoint.Weeks)},
		{Name: "Infusions", Value: fmt.Sprintf("%d, of at most %s h", p.Infusions, p.Hours)},
		{Name: "Beside them", Value: beside},
	}
}

func (c CourseTeller) asked() []view.CourseFact {
	var out []view.CourseFact
	for _, a := range c.State.Asked {
		f := view.CourseFact{Name: referral.Upper(string(a.From)), Value: owed(a.Missing(), c.Text(a.Text)), Said: "asked " + shortDay(a.At.In(c.Now.Location()), c.Now) + " by " + c.Who(a.By)}
		switch {
		case a.Waits():
			f.Tone = view.Amber
			if c.May(course.ActEndAsking) {
				f.End = fmt.Sprint(a.Sequence)
			}
		case !a.EndedAt.IsZero():
			f.Said += ", no longer waited for"
		default:
			f.Value, f.Said = owed(a.Items, c.Text(a.Text)), f.Said+", all came"
		}
		if gone := c.struckOf(a); len(gone) > 0 && a.EndedAt.IsZero() {
			f.Tone, f.Said = view.Amber, f.Said+"; what came was struck, ask anew: "+owed(gone, "")
		}
		out = append(out, f)
	}
	return out
}

// owed names what is missing in words.
func owed(items []string, text string) string {
	var names []string
	for _, i := range items {
		names = append(names, inputText(i))
	}
	if text != "" {
		names = append(names, text)
	}
	return strings.Join(names, ", ")
}

// inputText is an input in words, a class of medicines among them.
func (c CourseTeller) inputText(name string) string {
	if class, ok := strings.CutPrefix(name, "takes."); ok {
		for _, x := range c.Classes {
			if x.ID == class {
				return "takes " + x.Text
			}
		}
	}
	return inputText(name)
}

func inputText(name string) string {
	if text, ok := inputTexts[name]; ok {
		return text
	}
	return name
}

var inputTexts = func() map[string]string {
	out := map[string]string{}
	for _, in := range rule.Inputs(nil) {
		out[in.Name] = strings.TrimSuffix(in.Text, ", in multiples of its upper limit of normal")
	}
	return out
}()

// Exposure says what was given in each window.
func Exposure(given []exposure.Window) []string {
	var out []string
	for _, w := range given {
		says := fmt.Sprintf("%d days: %s, %s, %s", w.Days, plural(w.Infusions, "infusion"), w.Mass.Text(1), w.Dose.Text(2))
		if w.Unknown > 0 {
			says += fmt.Sprintf("; the amount of %d could not be read", w.Unknown)
		} else if w.Unweighed > 0 {
			says += fmt.Sprintf("; %d without a dosing weight", w.Unweighed)
		}
		out = append(out, says+".")
	}
	return out
}

// ExposureBesideCaps says what was given in each window, with the clinic's cap beside it.
func ExposureBesideCaps(given protocol.Given, rules library.Session) []string {
	if !given.Known {
		return []string{"What the patient was given before could not be read: the caps could not be checked."}
	}
	out := Exposure(given.Windows)
	for i, w := range given.Windows {
		if most, ok := protocol.Cap(rules, w.Days); ok {
			out[i] += fmt.Sprintf(" The clinic's cap is %s (%s).", plural(most, "infusion"), cite.Default)
		}
	}
	return out
}
