package present

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// OwnTeller says to patients what their own pages show. It names nobody, and shows no
// dose and nothing that clinicians wrote.
type OwnTeller struct {
	State        course.State
	Link         course.Link
	Visit        ident.Session
	VisitAt      time.Time // zero where none is planned
	Now          time.Time
	Intake       library.Intake
	Education    library.Education
	Instructions library.Instructions
	Claims       library.Knowledge[library.Claim]
}

// when is a day and a time as patients read it.
func when(t time.Time) string { return t.Format("Monday 2 January 2006, 15:04") }

func sent(at, now time.Time) string {
	return "Sent " + shortDay(at.In(now.Location()), now)
}

// Home is what a patient can do.
func (o OwnTeller) Home() view.OwnHome {
	out := view.OwnHome{}
	if expires, err := time.Parse(time.RFC3339, o.Link.Expires); err == nil {
		out.Until = when(expires.In(o.Now.Location()))
	}
	if !o.VisitAt.IsZero() {
		out.Visit = when(o.VisitAt)
	}
	var health, lists, day, read string
	for _, t := range o.State.Told {
		if len(t.Statements) > 0 || t.Words.Given() {
			health = sent(t.At, o.Now)
		}
		if t.Medicines != nil || t.Allergies != nil {
			lists = sent(t.At, o.Now)
		}
	}
	if p := o.State.Prepared; p != nil && p.What.Visit == o.Visit && p.What.Document == o.Instructions.Hash() {
		day = sent(p.At, o.Now)
	}
	pages := o.Education.Pages(library.ReadPage)
	n := 0
	for _, l := range pages {
		if o.State.Read(o.Education.Hash(), l.ID) {
			n++
		}
	}
	if n > 0 {
		read = fmt.Sprintf("%d of %d pages read", n, len(pages))
	}
	out.Parts = []view.OwnPart{
		{Href: "/own/health", Title: "Your health", Text: "Questions that we need before we can treat you", State: health, Done: health != ""},
		{Href: "/own/medicines", Title: "Medicines and allergies", Text: "All that you take, and what you do not bear", State: lists, Done: lists != ""},
		{Href: "/own/read", Title: "About the treatment", Text: "What it is, whether it helps, what it feels like, what can go wrong", State: read, Done: n == len(pages)},
		{Href: "/own/options", Title: "What else there is", Text: "Good and bad of other ways, and of doing nothing now"},
		{Href: "/own/facts", Title: "What is often said", Text: "Claims that you may read, and how they hold up"},
		{Href: "/own/day", Title: "The day of your infusion", Text: "Food, drink, the way home; when to call us", State: day, Done: day != ""},
	}
	return out
}

// general is one of the sentences that stand before the questions.
func (o OwnTeller) general(part string) string {
	for _, s := range o.Intake.General {
		if s.Part == part {
			return s.Text
		}
	}
	return ""
}

// History is the questions. No answer is filled in but what was typed just now.
func (o OwnTeller) History(typed url.Values) view.OwnHistory {
	out := view.OwnHistory{Lead: o.general("lead"), Danger: o.general("danger"), Words: typed.Get("words")}
	answers := []view.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}, {Value: "unknown", Label: "I do not know"}}
	for _, q := range o.Intake.Rows {
		if n := len(out.Groups); n == 0 || out.Groups[n-1].Title != q.Group {
			out.Groups = append(out.Groups, view.OwnGroup{Title: q.Group})
		}
		g := &out.Groups[len(out.Groups)-1]
		g.Questions = append(g.Questions, view.OwnQuestion{Name: q.Input, Text: q.Text, Answers: answers, Chosen: typed.Get(q.Input)})
	}
	return out
}

// Medicines is the lists, with what was typed just now.
func (o OwnTeller) Medicines(typed url.Values) view.OwnMedicines {
	out := view.OwnMedicines{
		Medicines: typed.Get("medicines"), Allergies: typed.Get("allergies"),
		NoMedicines: typed.Get("no_medicines") == "yes", NoAllergies: typed.Get("no_allergies") == "yes",
		WholeMedicines: typed.Get("whole_medicines"), WholeAllergies: typed.Get("whole_allergies"),
	}
	for _, t := range o.State.Told {
		if t.Medicines != nil || t.Allergies != nil {
			out.Sent = "You sent a list " + shortDay(t.At.In(o.Now.Location()), o.Now) + ". A new one takes its place, or is put beside what your team wrote down."
		}
	}
	return out
}

// ownSource names a source for patients: short, and ours as the clinic's.
func ownSource(s cite.Source, m cite.Mark) string {
	switch {
	case s.Kind == cite.Ours || m == cite.Default:
		return "our clinic"
	case m == cite.Unverified:
		return "not checked at its source: " + s.Text
	}
	return s.Text
}

func (o OwnTeller) texts(list []library.Told, part string) []view.OwnText {
	var out []view.OwnText
	for _, s := range list {
		if s.Part == part {
			src, _ := o.Education.Source(s.Source)
			out = append(out, view.OwnText{Text: s.Text, Source: ownSource(src, s.Mark)})
		}
	}
	return out
}

// Reading is one page to read with its questions; the empty name is the first.
func (o OwnTeller) Reading(name string) (view.OwnReading, bool) {
	pages := o.Education.Pages(library.ReadPage)
	i := slices.IndexFunc(pages, func(l library.Lesson) bool { return l.ID == name || name == "" })
	if i < 0 {
		return view.OwnReading{}, false
	}
	l := pages[i]
	out := view.OwnReading{
		Document: o.Education.Hash(), ID: l.ID, Heading: l.Text, Of: fmt.Sprintf("Page %d of %d", i+1, len(pages)), Texts: o.texts(l.Statements, ""),
		Read: o.State.Read(o.Education.Hash(), l.ID),
	}
	if i+1 < len(pages) {
		out.Next = "/own/read/" + pages[i+1].ID
	}
	given := o.State.Answered()
	for _, q := range l.Questions {
		v := view.OwnQuestion{Name: q.ID, Text: q.Text}
		for _, a := range q.Answers {
			v.Answers = append(v.Answers, view.Option{Value: a.ID, Label: a.Text})
		}
		if m, ok := given[q.ID]; ok {
			v.Chosen, v.Right = m.Answer, m.Right
			v.Said = "Not quite. " + q.Why + " Your nurse will go through it with you."
			if m.Right {
				v.Said = "Yes. " + q.Why
			}
		}
		out.Questions = append(out.Questions, v)
	}
	return out, true
}

// Options is treatments side by side.
func (o OwnTeller) Options() view.OwnOptions {
	var out view.OwnOptions
	for _, l := range o.Education.Pages(library.OptionPage) {
		out.Options = append(out.Options, view.OwnOption{Title: l.Text, Benefit: o.texts(l.Statements, "benefit"), Harm: o.texts(l.Statements, "harm")})
	}
	return out
}

// verdicts says how a claim holds up, for patients.
var verdicts = map[string]string{
	"false": "This is false.", "wrong": "This is wrong.", "unsupported": "Nothing supports this.", "unproven": "This is not proven.",
	"overstated": "This says more than is known.", "understated": "This says less than is known.", "incomplete": "This is not all.",
	"acceptable": "This is fair.", "plausible": "This may be so.",
}

// Facts is what is often said, against the evidence.
func (o OwnTeller) Facts() view.OwnFacts {
	var out view.OwnFacts
	for _, l := range o.Education.Pages(library.FactPage) {
		for _, c := range o.Claims.Rows {
			if c.ID == l.Claim {
				out.Claims = append(out.Claims, view.OwnClaim{Text: c.Text, Verdict: verdicts[c.Verdict], Why: o.texts(l.Statements, "")})
			}
		}
	}
	return out
}

// Day is what to do before an infusion and after it. Of the time of the visit it works
// out until when one may eat and drink.
func (o OwnTeller) Day() view.OwnDay {
	out := view.OwnDay{Document: o.Instructions.Hash()}
	if !o.VisitAt.IsZero() {
		out.VisitID = string(o.Visit)
		by := o.Instructions.By(o.VisitAt)
		out.Visit, out.By, out.Late = when(o.VisitAt), when(by), !o.Now.Before(by)
	}
	p := o.State.Prepared
	current := p != nil && p.What.Document == out.Document && p.What.Visit == o.Visit
	if current && out.Visit != "" {
		out.Sent, out.Late = sent(p.At, o.Now)+".", false
		if len(p.What.Left) > 0 {
			out.Sent += " We will call you about what you left open."
		}
	}
	for _, r := range o.Instructions.Of(library.Before) {
		if !r.Confirm {
			continue
		}
		item := view.OwnItem{ID: r.ID, Text: r.Text, Done: current && slices.Contains(p.What.Confirmed, r.ID)}
		if r.Hours > 0 && !o.VisitAt.IsZero() {
			item.When = "That is from " + when(o.VisitAt.Add(-time.Duration(r.Hours)*time.Hour)) + " on."
		}
		for _, other := range r.Others {
			item.Others = append(item.Others, view.OwnText{Text: other.Text})
		}
		out.Items = append(out.Items, item)
	}
	for _, part := range []struct {
		when   library.When
		title  string
		urgent bool
	}{
		{library.Emergency, "Call the emergency number", true},
		{library.CallUs, "Call us the same day", false},
		{library.Before, "Call us before you come", false},
		{library.OnTheDay, "What to bring", false},
		{library.After, "Until the next day", false},
	} {
		a := view.OwnAdvice{Title: part.title, Urgent: part.urgent}
		for _, r := range o.Instructions.Of(part.when) {
			if !r.Confirm {
				a.Texts = append(a.Texts, view.OwnText{Text: r.Text})
			}
		}
		if len(a.Texts) > 0 {
			out.Parts = append(out.Parts, a)
		}
	}
	return out
}

// OwnLink says how a link stands.
func OwnLink(l course.Link, now time.Time) view.OwnLink {
	out := view.OwnLink{Opens: l.Opens(now)}
	if expires, err := time.Parse(time.RFC3339, l.Expires); err == nil {
		out.Until = when(expires.In(now.Location()))
	}
	out.State = linkState(l, now)
	return out
}

func linkState(l course.Link, now time.Time) string {
	switch {
	case !l.EndedAt.IsZero():
		return "Taken back " + shortDay(l.EndedAt.In(now.Location()), now) + "."
	case l.Missed >= course.MostMissed:
		return "Closed: the wrong date of birth was given too often."
	case l.Dead(now):
		return "Over: its time has passed."
	case !l.OpenedAt.IsZero():
		return "In use on a phone since " + shortDay(l.OpenedAt.In(now.Location()), now) + "."
	case l.Missed > 0:
		return fmt.Sprintf("Not opened yet; wrong dates of birth: %d.", l.Missed)
	}
	return "Not opened yet."
}

// BornOn is a date of birth in words.
func BornOn(s string) string { return word.Date(s) }

// Own is what came from the patient, for the page of the course: the links, and what
// waits for somebody.
func (c CourseTeller) Own(questions func(id string) string, items func(id string) string) view.CourseOwn {
	out := view.CourseOwn{MayGive: c.May(course.ActGiveLink) && c.State.Ended == nil, MayTake: c.May(course.ActTakeUp)}
	for _, l := range c.State.Links {
		out.Links = append(out.Links, view.CourseLink{
			Link: string(l.Link), Given: shortDay(l.GivenAt.In(c.Now.Location()), c.Now) + " by " + c.Who(l.By), State: linkState(l, c.Now),
			Opens: l.Opens(c.Now), MayEnd: c.May(course.ActEndLink) && !l.Dead(c.Now),
		})
	}
	for _, t := range c.State.Told {
		x := view.CourseTold{Told: fmt.Sprint(t.Sequence), At: shortDay(t.At.In(c.Now.Location()), c.Now), Waits: t.Waits()}
		add := func(name, text string) { x.Facts = append(x.Facts, view.CourseFact{Name: name, Value: text}) }
		for _, k := range t.Kept {
			for _, s := range t.Statements {
				if s.Name() == k {
					add("Says otherwise than recorded", referral.Upper(inputText(k))+": "+valueOf(s)+". What is recorded still counts.")
				}
			}
		}
		if t.Compare {
			c.beside(t, add)
		}
		if t.Words.Given() {
			add("In the patient’s words", c.Text(t.Words))
		}
		for _, m := range t.Wrong {
			add("Answered otherwise", questions(m.Question))
		}
		for _, id := range t.Left {
			add("Not confirmed for the day", items(id))
		}
		if !t.TakenAt.IsZero() {
			x.Taken = "taken up " + shortDay(t.TakenAt.In(c.Now.Location()), c.Now) + " by " + c.Who(t.TakenBy)
		}
		if len(x.Facts) > 0 {
			out.Told = append(out.Told, x)
		}
	}
	if p := c.State.Prepared; p != nil {
		out.Prepared = fmt.Sprintf("Confirmed for the day %s: %d points", shortDay(p.At.In(c.Now.Location()), c.Now), len(p.What.Confirmed))
		if n := len(p.What.Left); n > 0 {
			out.Prepared += fmt.Sprintf(", %d left open", n)
		}
		out.Prepared += "."
	}
	return out
}

// beside adds lists that did not take the place of a clinician's.
func (c CourseTeller) beside(t course.Told, add func(name, text string)) {
	list := func(what string, texts []journal.Private) {
		lines := "none"
		if len(texts) > 0 {
			lines = ""
		}
		for _, x := range texts {
			lines += c.Text(x) + "\n"
		}
		add(what+", to compare with the list", lines)
	}
	if t.Medicines != nil {
		var texts []journal.Private
		for _, m := range t.Medicines.List {
			texts = append(texts, m.Text)
		}
		list("Medicines", texts)
	}
	if t.Allergies != nil {
		var texts []journal.Private
		for _, a := range t.Allergies.List {
			texts = append(texts, a.Text)
		}
		list("Allergies", texts)
	}
}
