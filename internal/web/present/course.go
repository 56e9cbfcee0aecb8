package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/exposure"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
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

// ReferralLists sorts courses by who waits for what.
func ReferralLists(rows map[ident.Course]project.CourseRow, wrote map[ident.Course][]course.Told, now time.Time, name func(ident.Patient) (name, born string), text func(journal.Private) string) []view.CourseList {
	waiting := view.CourseList{ID: "waiting", Title: "Referrals waiting for a decision", Empty: "No referral waits."}
	told := view.CourseList{ID: "told", Title: "From patients", Lead: "Written over a link, and nobody has seen to it yet.", Empty: "Nothing waits."}
	missing := view.CourseList{ID: "missing", Title: "Information missing", Lead: "Who owes what, and since when.", Empty: "Nobody owes anything."}
	due := view.CourseList{ID: "due", Title: "Re-evaluation due", Lead: "Due within two weeks, or over.", Empty: "None is due within two weeks."}
	going := view.CourseList{ID: "going", Title: "Courses under way", Empty: "No course is under way."}
	soon, today := now.AddDate(0, 0, 14).Format(time.DateOnly), now.Format(time.DateOnly)
	type kept struct {
		id  ident.Course
		row project.CourseRow
	}
	var open []kept
	for id, row := range rows {
		if row.Open() {
			open = append(open, kept{id, row})
		}
	}
	slices.SortFunc(open, func(a, b kept) int {
		return cmp.Or(a.row.ReferredAt.Compare(b.row.ReferredAt), cmp.Compare(a.id, b.id))
	})
	for _, k := range open {
		line := view.CourseLine{ID: string(k.id), Since: "referred " + word.Date(k.row.Received), Tone: view.Plain}
		line.Patient, line.Born = name(k.row.Patient)
		switch k.row.Outcome {
		case course.Suitable:
			line.State = "suitable"
			if !k.row.Planned {
				line.State, line.Tone = "suitable; no plan yet", view.Amber
			}
			going.Rows = append(going.Rows, line)
		case "":
			line.State = "nothing decided"
			waiting.Rows = append(waiting.Rows, line)
		default:
			line.State = string(k.row.Outcome)
			waiting.Rows = append(waiting.Rows, line)
		}
		if len(k.row.Owed) > 0 {
			owes := line
			owes.Tone = view.Plain
			for _, o := range k.row.Owed {
				owes.Owed = append(owes.Owed, fmt.Sprintf("%s: %s, since %s", o.From, owed(o.Items, text(o.Text)), shortDay(o.Since.In(now.Location()), now)))
			}
			missing.Rows = append(missing.Rows, owes)
		}
		if w := wrote[k.id]; len(w) > 0 {
			line := line
			line.State, line.Tone = plural(len(w), "thing")+" to look at, since "+shortDay(w[0].At.In(now.Location()), now), view.Amber
			told.Rows = append(told.Rows, line)
		}
		if k.row.Reevaluate != "" && k.row.Reevaluate <= soon {
			at := line
			at.State, at.Tone = "due by "+word.Date(k.row.Reevaluate), view.Plain
			if k.row.Reevaluate < today {
				at.State, at.Tone = "overdue since "+word.Date(k.row.Reevaluate), view.Amber
			}
			due.Rows = append(due.Rows, at)
		}
	}
	return []view.CourseList{told, waiting, missing, due, going}
}
