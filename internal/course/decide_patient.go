package course

import (
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// Bounds of what comes over a link. Evidence mark: default.
const (
	// mostLinkDays is the longest that a link lives.
	mostLinkDays = 60
	// mostLinks that open at a time: one is at home, one was just printed anew.
	mostLinks = 3
	// mostTold bounds what is written over the links of one course.
	mostTold = 200
	// mostWritten is how many medicines or allergies a patient writes at once.
	mostWritten = 80
)

const ruleLink = "course.link"

// ToRead is what the library gives patients to read, as decisions see it.
type ToRead struct {
	Hash  string
	Pages []string
	// Right is the right answer of each question.
	Right map[string]string
}

// Day is what the library asks of patients for the day of an infusion.
type Day struct {
	Hash  string
	Items []string
}

func giveLink(s State, c GiveLink, env Env) ([]Event, *Refusal) {
	expires, err := time.Parse(time.RFC3339, c.Expires)
	sum, errHash := hex.DecodeString(c.Hash)
	open := 0
	for _, l := range s.Links {
		if l.Opens(env.Now) {
			open++
		}
	}
	_, known := s.LinkOf(c.Link)
	switch {
	case err != nil || !expires.After(env.Now) || expires.After(env.Now.AddDate(0, 0, mostLinkDays)):
		return nil, malformed("course.link.expires", strconv.Itoa(mostLinkDays))
	case !ident.Valid(c.Link) || errHash != nil || len(sum) != 32 || known:
		return nil, malformed("course.link.malformed")
	case open >= mostLinks:
		return nil, refuse(ruleLink, "course.link.many", strconv.Itoa(mostLinks))
	}
	return []Event{LinkGiven(c)}, nil
}

func openLink(s State, c OpenLink, env Env) ([]Event, *Refusal) {
	l, ok := s.LinkOf(c.Link)
	if !ok || !l.Opens(env.Now) {
		return nil, refuse(ruleLink, "course.link.dead")
	}
	return []Event{LinkOpened(c)}, nil
}

func missLink(s State, c MissLink, env Env) ([]Event, *Refusal) {
	if l, ok := s.LinkOf(c.Link); !ok || l.Dead(env.Now) {
		return nil, refuse(ruleLink, "course.link.dead")
	}
	return []Event{LinkMissed(c)}, nil
}

func endLink(s State, c EndLink, env Env) ([]Event, *Refusal) {
	if l, ok := s.LinkOf(c.Link); !ok || l.Dead(env.Now) {
		return nil, malformed("course.link.ended")
	}
	return []Event{LinkEnded(c)}, nil
}

// overLink says whether something may come over a link: it was opened, and lives.
func overLink(s State, id ident.Command, env Env) *Refusal {
	l, ok := s.LinkOf(id)
	switch {
	case !ok || l.OpenedAt.IsZero() || l.Dead(env.Now):
		return refuse(ruleLink, "course.link.dead")
	case len(s.Told) >= mostTold:
		return refuse(ruleLink, "course.link.full")
	}
	return nil
}

// tell takes what a patient wrote: of today, by the patient, and in answer to what
// patients are asked. Whatever claims to be something else is not taken.
func tell(s State, c Tell, env Env) ([]Event, *Refusal) {
	if r := overLink(s, c.Link, env); r != nil {
		return nil, r
	}
	if len(c.Statements) == 0 && c.Medicines == nil && c.Allergies == nil && !c.Words.Given() {
		return nil, malformed("course.tell.empty")
	}
	for i, x := range c.Statements {
		if slices.ContainsFunc(c.Statements[:i], func(y Statement) bool { return y.Name() == x.Name() }) {
			return nil, malformed("course.tell.asked")
		}
		if !slices.Contains(env.Asked, x.Name()) || x.Source != ByPatient || x.At != today(env) || x.Result != "" || x.Value != "" ||
			(x.Answer != "yes" && x.Answer != "no" && x.Answer != "unknown") {
			return nil, malformed("course.tell.asked")
		}
	}
	if m := c.Medicines; m != nil {
		if m.Source != ByPatient || m.At != today(env) || len(m.List) > mostWritten {
			return nil, malformed("course.tell.list", strconv.Itoa(mostWritten))
		}
		if r := listMedicines(ListMedicines{*m}, env); r != nil {
			return nil, r
		}
	}
	if a := c.Allergies; a != nil {
		if a.Source != ByPatient || len(a.List) > mostWritten {
			return nil, malformed("course.tell.list", strconv.Itoa(mostWritten))
		}
		if r := listAllergies(ListAllergies{*a}, env); r != nil {
			return nil, r
		}
	}
	at, r := effective(env)
	if r != nil {
		return nil, r
	}
	c.Statements = s.again(c.Statements, at.In(env.Now.Location()))
	if len(c.Statements) > 0 {
		var all []rule.Said
		for _, x := range c.Statements {
			all = append(all, said(x))
		}
		if r := assembled(rule.Assemble(env.Now, "", all, nil, nil)); r != nil {
			return nil, r
		}
	}
	return []Event{PatientTold(c)}, nil
}

func learn(s State, c Learn, env Env) ([]Event, *Refusal) {
	if r := overLink(s, c.Link, env); r != nil {
		return nil, r
	}
	if env.Reading.Hash == "" || c.Document != env.Reading.Hash {
		return nil, refuse(ruleAsRead, "course.reading.changed")
	}
	if len(c.Pages) == 0 {
		return nil, malformed("course.tell.empty")
	}
	for i, p := range c.Pages {
		if !slices.Contains(env.Reading.Pages, p) || slices.Contains(c.Pages[:i], p) {
			return nil, malformed("course.reading.page")
		}
	}
	out := PatientLearned{Reading: c.Reading}
	for i, a := range c.Answers {
		right, ok := env.Reading.Right[a.Question]
		if !ok || a.Answer == "" || len(a.Answer) > 40 || slices.ContainsFunc(c.Answers[:i], func(b Reply) bool { return b.Question == a.Question }) {
			return nil, malformed("course.reading.answer")
		}
		out.Answers = append(out.Answers, Marked{a, a.Answer == right})
	}
	return []Event{out}, nil
}

func prepare(s State, c Prepare, env Env) ([]Event, *Refusal) {
	if r := overLink(s, c.Link, env); r != nil {
		return nil, r
	}
	if env.Day.Hash == "" || c.Document != env.Day.Hash {
		return nil, refuse(ruleAsRead, "course.reading.changed")
	}
	if c.Visit == "" || c.Visit != env.NextVisit {
		return nil, refuse(ruleAsRead, "course.day.visit")
	}
	for i, x := range c.Confirmed {
		if !slices.Contains(env.Day.Items, x) || slices.Contains(c.Confirmed[:i], x) {
			return nil, malformed("course.day.item")
		}
	}
	out := PatientPrepared{Preparation: c.Preparation}
	for _, x := range env.Day.Items {
		if !slices.Contains(c.Confirmed, x) {
			out.Left = append(out.Left, x)
		}
	}
	return []Event{out}, nil
}

func takeUp(s State, c TakeUp) ([]Event, *Refusal) {
	for _, t := range s.Told {
		if t.Sequence == c.Told && t.Waits() {
			return []Event{TakenUp(c)}, nil
		}
	}
	return nil, malformed("course.taken_up")
}
