package course

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// The acts around what patients write themselves, on a link that they were given.
const (
	ActGiveLink act.Act = "course.give-link"
	ActEndLink  act.Act = "course.end-link"
	ActTakeUp   act.Act = "course.take-up"

	// These are the patient's own.
	ActOpenLink act.Act = "course.open-link"
	ActMissLink act.Act = "course.miss-link"
	ActTell     act.Act = "course.tell"
	ActLearn    act.Act = "course.learn"
	ActPrepare  act.Act = "course.prepare"
)

type (
	// LinkGiven is a link for the patient's own pages. It opens once.
	LinkGiven struct{ LinkGift }
	// LinkOpened says that whoever held it knew the date of birth.
	LinkOpened struct{ LinkUse }
	// LinkMissed says that somebody held it and gave another date of birth.
	LinkMissed struct{ LinkUse }
	// LinkEnded takes it back.
	LinkEnded struct{ LinkUse }
	// PatientTold is what the patient wrote of history, medicines and allergies.
	PatientTold struct{ Telling }
	// PatientLearned is what the patient read, and how questions on it were answered.
	PatientLearned struct {
		Reading
		Answers []Marked `json:"answers,omitempty"`
	}
	// PatientPrepared is what the patient confirmed for the day of an infusion.
	PatientPrepared struct {
		Preparation
		// Left are the points that were not confirmed.
		Left []string `json:"left,omitempty"`
	}
	// TakenUp says that a clinician has seen to what the patient wrote.
	TakenUp struct{ Taking }

	// GiveLink gives one.
	GiveLink struct{ LinkGift }
	// OpenLink opens it. The server has compared the date of birth.
	OpenLink struct{ LinkUse }
	// MissLink counts a date of birth that was another.
	MissLink struct{ LinkUse }
	// EndLink takes it back.
	EndLink struct{ LinkUse }
	// Tell writes of history, medicines and allergies.
	Tell struct{ Telling }
	// Learn says what was read, with answers.
	Learn struct {
		Reading
		Answers []Reply `json:"answers,omitempty"`
	}
	// Prepare confirms points for the day.
	Prepare struct{ Preparation }
	// TakeUp sees to what the patient wrote.
	TakeUp struct{ Taking }
)

// LinkGift is a link as it was given: its secret is not in the record, only what it
// hashes to.
type LinkGift struct {
	Link    ident.Command `json:"link"`
	Hash    string        `json:"sha256"`  // of the secret, in hex
	Expires string        `json:"expires"` // an instant with offset
}

// LinkUse names a link.
type LinkUse struct {
	Link ident.Command `json:"link"`
}

// Telling is what a patient wrote. Lists are absent where the patient wrote none.
type Telling struct {
	Link       ident.Command   `json:"link"`
	Statements []Statement     `json:"statements,omitempty"`
	Medicines  *MedicineList   `json:"medicines,omitempty"`
	Allergies  *AllergyList    `json:"allergies,omitempty"`
	Words      journal.Private `json:"words,omitzero"` // what the clinic should know besides
}

// Reading is what a patient read of one document.
type Reading struct {
	Link     ident.Command `json:"link"`
	Document string        `json:"document_sha256"`
	Pages    []string      `json:"pages"`
}

// Reply is an answer to one question, by the ids of both.
type Reply struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// Marked is an answer with whether it is the right one.
type Marked struct {
	Reply
	Right bool `json:"right"`
}

// Preparation is what a patient confirmed of the instructions for the day.
type Preparation struct {
	Link      ident.Command `json:"link"`
	Document  string        `json:"document_sha256"`
	Confirmed []string      `json:"confirmed"`
	// Visit is the planned visit that the page showed: from its hour it is worked out
	// until when one may eat and drink.
	Visit ident.Session `json:"visit,omitempty"`
}

// Taking names what a patient wrote by its sequence.
type Taking struct {
	Told int64 `json:"told"`
}

func (LinkGiven) event()       {}
func (LinkOpened) event()      {}
func (LinkMissed) event()      {}
func (LinkEnded) event()       {}
func (PatientTold) event()     {}
func (PatientLearned) event()  {}
func (PatientPrepared) event() {}
func (TakenUp) event()         {}
func (GiveLink) command()      {}
func (OpenLink) command()      {}
func (MissLink) command()      {}
func (EndLink) command()       {}
func (Tell) command()          {}
func (Learn) command()         {}
func (Prepare) command()       {}
func (TakeUp) command()        {}

// Act names the command on the wire.
func (GiveLink) Act() act.Act { return ActGiveLink }

// Act names the command on the wire.
func (OpenLink) Act() act.Act { return ActOpenLink }

// Act names the command on the wire.
func (MissLink) Act() act.Act { return ActMissLink }

// Act names the command on the wire.
func (EndLink) Act() act.Act { return ActEndLink }

// Act names the command on the wire.
func (Tell) Act() act.Act { return ActTell }

// Act names the command on the wire.
func (Learn) Act() act.Act { return ActLearn }

// Act names the command on the wire.
func (Prepare) Act() act.Act { return ActPrepare }

// Act names the command on the wire.
func (TakeUp) Act() act.Act { return ActTakeUp }

// Planned reports whether rules may refuse it.
func (GiveLink) Planned() bool { return true }

// Planned reports whether rules may refuse it.
func (OpenLink) Planned() bool { return true }

// Planned reports whether rules may refuse it.
func (MissLink) Planned() bool { return false }

// Planned reports whether rules may refuse it.
func (EndLink) Planned() bool { return false }

// Planned reports whether rules may refuse it. What a patient writes after the course
// has ended belongs to no decision any more.
func (Tell) Planned() bool { return true }

// Planned reports whether rules may refuse it.
func (Learn) Planned() bool { return true }

// Planned reports whether rules may refuse it.
func (Prepare) Planned() bool { return true }

// Planned reports whether rules may refuse it.
func (TakeUp) Planned() bool { return false }

// Link is a link as it stands.
type Link struct {
	LinkGift
	GivenAt  time.Time
	By       ident.Person
	OpenedAt time.Time
	Missed   int // other dates of birth than the patient's
	EndedAt  time.Time
}

// MostMissed is how many wrong dates of birth end a link. Evidence mark: default.
const MostMissed = 5

// Dead reports whether nothing can be done with a link any more, opened or not.
func (l Link) Dead(now time.Time) bool {
	expires, err := time.Parse(time.RFC3339, l.Expires)
	return err != nil || !now.Before(expires) || !l.EndedAt.IsZero() || l.Missed >= MostMissed
}

// Opens reports whether a link can still be opened: it does so once.
func (l Link) Opens(now time.Time) bool { return !l.Dead(now) && l.OpenedAt.IsZero() }

// Told is one thing that a patient wrote, with what a clinician has to look at.
type Told struct {
	Sequence int64
	At       time.Time
	Telling
	// Kept are inputs whose answer did not take the place of what a clinician had
	// recorded: the patient says less than is known.
	Kept []string
	// Compare says that lists did not take the place of those that a clinician made.
	Compare bool
	// Wrong are questions on what was read that were answered otherwise.
	Wrong []Marked
	// Left are points of the day that were not confirmed.
	Left    []string
	TakenAt time.Time
	TakenBy ident.Person
}

// Waits reports whether somebody has to look at it.
func (t Told) Waits() bool {
	return t.TakenAt.IsZero() && (len(t.Kept) > 0 || t.Compare || t.Words.Given() || len(t.Wrong) > 0 || len(t.Left) > 0)
}

func (s State) learned(ev PatientLearned, e Entry) State {
	t := Told{Sequence: e.Sequence, At: e.EffectiveAt}
	for _, m := range ev.Answers {
		if !m.Right {
			t.Wrong = append(t.Wrong, m)
		}
	}
	s.Told, s.Learned = more(s, s.Told, t), more(s, s.Learned, dated(ev, e))
	return s
}

func (s State) takenUp(ev TakenUp, e Entry) State {
	s.Told = slices.Clone(s.Told)
	for i := range s.Told {
		if t := &s.Told[i]; t.Sequence == ev.Told && t.TakenAt.IsZero() {
			t.TakenAt, t.TakenBy = e.EffectiveAt, e.Actor.Person
		}
	}
	return s
}

func (s State) link(id ident.Command, change func(*Link)) State {
	s.Links = slices.Clone(s.Links)
	for i := range s.Links {
		if s.Links[i].Link == id {
			change(&s.Links[i])
		}
	}
	return s
}

// told adds what a patient wrote. It can raise a finding and never take one away: a
// "no" or "not known" does not take the place of a clinician's "yes", nor a list that
// of a list that a clinician made. What was kept back waits for a clinician.
func (s State) told(ev Telling, e Entry) State {
	t := Told{Sequence: e.Sequence, At: e.EffectiveAt, Telling: ev}
	var taken []Dated[Statement]
	for _, d := range counted(s, e, PartStatement, ev.Statements) {
		x := d.What
		if known := s.byClinician(x.Name()); x.Answer != "yes" && known != "" && known != x.Answer {
			t.Kept = append(t.Kept, x.Name())
			continue
		}
		taken = append(taken, d)
	}
	if len(taken) > 0 {
		s = s.stated(taken)
	}
	if ev.Medicines != nil {
		if l, counts := listed(s, e, PartMedicines, *ev.Medicines, medicineLines); counts && (s.Medicines == nil || s.Medicines.By == "") {
			s.Medicines = later(s.Medicines, l)
		} else if counts {
			t.Compare = true
		}
	}
	if ev.Allergies != nil {
		if l, counts := listed(s, e, PartAllergies, *ev.Allergies, allergyLines); counts && (s.Allergies == nil || s.Allergies.By == "") {
			s.Allergies = later(s.Allergies, l)
		} else if counts {
			t.Compare = true
		}
	}
	s.Told = more(s, s.Told, t)
	return s
}

// byClinician is the answer that a clinician recorded last of an input; empty for none.
func (s State) byClinician(name string) string {
	for _, x := range slices.Backward(s.Statements) {
		if x.By != "" && x.What.Name() == name {
			return x.What.Answer
		}
	}
	return ""
}

// LinkBy finds the link whose secret hashes to hash, in hex.
func (s State) LinkBy(hash string) (Link, bool) {
	return s.linkWith(func(l Link) bool { return l.Hash == hash })
}

// LinkOf finds a link by its id.
func (s State) LinkOf(id ident.Command) (Link, bool) {
	return s.linkWith(func(l Link) bool { return l.Link == id })
}

func (s State) linkWith(is func(Link) bool) (Link, bool) {
	i := slices.IndexFunc(s.Links, is)
	if i < 0 {
		return Link{}, false
	}
	return s.Links[i], true
}

// Answered is the answer given last to each question on what was read.
func (s State) Answered() map[string]Marked {
	out := map[string]Marked{}
	for _, l := range s.Learned {
		for _, m := range l.What.Answers {
			out[m.Question] = m
		}
	}
	return out
}

// Read reports whether a page of a document was read.
func (s State) Read(document, page string) bool {
	return slices.ContainsFunc(s.Learned, func(l Dated[PatientLearned]) bool {
		return l.What.Document == document && slices.Contains(l.What.Pages, page)
	})
}

// Waiting are the things that a patient wrote and that somebody has to look at.
func (s State) Waiting() []Told {
	var out []Told
	for _, t := range s.Told {
		if t.Waits() {
			out = append(out, t)
		}
	}
	return out
}

// private lists the personal text of what a patient wrote.
func (t Told) private() []journal.Private {
	out := []journal.Private{t.Words}
	if t.Medicines != nil {
		for _, m := range t.Medicines.List {
			out = append(out, m.Text)
		}
	}
	if t.Allergies != nil {
		for _, a := range t.Allergies.List {
			out = append(out, a.Text)
		}
	}
	return out
}
