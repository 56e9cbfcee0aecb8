package course_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/word"
)

const visit ident.Session = "0193b4c5-7a10-7000-8000-0000000000e1"

const link ident.Command = "0193b4c5-7a10-7000-8000-0000000000a1"

func gift() course.LinkGift {
	return course.LinkGift{Link: link, Hash: strings.Repeat("0f", 32), Expires: "2026-12-08T12:00:00+01:00"}
}

func use() course.LinkUse { return course.LinkUse{Link: link} }

func says(item, answer string) course.Statement {
	return course.Statement{Section: rule.History, Item: item, Answer: answer, At: "2026-11-24", Source: course.ByPatient}
}

func tells(list ...course.Statement) course.Telling {
	return course.Telling{Link: link, Statements: list}
}

// patientEnv is what a decision on something that came over a link may look at.
func patientEnv() course.Env {
	e := env()
	e.Actor = act.Actor{Kind: act.Patient, Proof: act.Link}
	e.Asked = []string{"history.schizophrenia", "history.aneurysm", "history.liver_disease"}
	e.Reading = course.ToRead{Hash: "c0de", Pages: []string{"EDU-A", "EDU-B"}, Right: map[string]string{"Q-1": "b"}}
	e.NextVisit = visit
	e.Day = course.Day{Hash: "da11", Items: []string{"DAY-FAST", "DAY-ESCORT"}}
	return e
}

// linked is an open course whose patient has opened a link.
func linked(more ...course.Event) course.State {
	return opened(append([]course.Event{course.LinkGiven{LinkGift: gift()}, course.LinkOpened{LinkUse: use()}}, more...)...)
}

func times(n int, e course.Event) []course.Event { return slices.Repeat([]course.Event{e}, n) }

// TestDecide_Link is the table of what a link opens, and when it opens nothing. A link
// that was used, is over, was taken back or was guessed gets one and the same answer.
func TestDecide_Link(t *testing.T) {
	t.Parallel()
	given := course.LinkGiven{LinkGift: gift()}
	another := func(n byte) course.Event {
		g := gift()
		g.Link = ident.Command("0193b4c5-7a10-7000-8000-0000000000b" + string('0'+rune(n)))
		return course.LinkGiven{LinkGift: g}
	}
	give := func(change func(*course.LinkGift)) course.Command {
		g := gift()
		change(&g)
		return course.GiveLink{LinkGift: g}
	}
	at := func(d time.Duration) func(*course.Env) {
		return func(e *course.Env) { e.Now, e.OccurredAt = e.Now.Add(d), e.OccurredAt.Add(d) }
	}
	now := func(*course.Env) {}
	open, miss, end := course.OpenLink{LinkUse: use()}, course.MissLink{LinkUse: use()}, course.EndLink{LinkUse: use()}
	tests := []struct {
		name  string
		state course.State
		cmd   course.Command
		when  func(*course.Env)
		want  word.ID
	}{
		{"given", opened(), give(func(*course.LinkGift) {}), now, ""},
		{"given twice under one id", opened(given), give(func(*course.LinkGift) {}), now, "course.link.malformed"},
		{"given without a secret", opened(), give(func(g *course.LinkGift) { g.Hash = "0f" }), now, "course.link.malformed"},
		{"given without an id", opened(), give(func(g *course.LinkGift) { g.Link = "x" }), now, "course.link.malformed"},
		{"given for the past", opened(), give(func(g *course.LinkGift) { g.Expires = "2026-11-24T11:00:00+01:00" }), now, "course.link.expires"},
		{"given for ever", opened(), give(func(g *course.LinkGift) { g.Expires = "2027-11-24T11:00:00+01:00" }), now, "course.link.expires"},
		{"given on a course that has ended", opened(course.Discontinued{Ending: course.Ending{Why: course.WhyCompleted}}), give(func(*course.LinkGift) {}), now, "course.over"},
		{"a fourth that opens", opened(another(1), another(2), another(3)), give(func(*course.LinkGift) {}), now, "course.link.many"},

		{"opened", opened(given), open, now, ""},
		{"opened on its last minute", opened(given), open, at(14*24*time.Hour - time.Minute), ""},
		{"opened again", linked(), open, now, "course.link.dead"},
		{"opened too late", opened(given), open, at(14 * 24 * time.Hour), "course.link.dead"},
		{"opened after it was taken back", opened(given, course.LinkEnded{LinkUse: use()}), open, now, "course.link.dead"},
		{"opened, and there is none", opened(), open, now, "course.link.dead"},
		{"opened after four wrong dates", opened(append([]course.Event{given}, times(4, course.LinkMissed{LinkUse: use()})...)...), open, now, ""},
		{"opened after five wrong dates", opened(append([]course.Event{given}, times(5, course.LinkMissed{LinkUse: use()})...)...), open, now, "course.link.dead"},

		{"missed", opened(given), miss, now, ""},
		{"missed on the phone that opened it", linked(), miss, now, ""},
		{"missed, and there is none", opened(), miss, now, "course.link.dead"},
		{"taken back", opened(given), end, now, ""},
		{"taken back after it was opened", linked(), end, now, ""},
		{"taken back twice", opened(given, course.LinkEnded{LinkUse: use()}), end, now, "course.link.ended"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := patientEnv()
			tt.when(&e)
			decides(t, tt.state, tt.cmd, e, tt.want)
		})
	}
}

// decides holds one decision against the refusal that is expected; empty for none.
func decides(t *testing.T, s course.State, c course.Command, e course.Env, want word.ID) []course.Event {
	t.Helper()
	d, r := course.Decide(s, c, e)
	switch {
	case want == "" && r != nil:
		t.Fatalf("refused: %s", r.Message.English())
	case want == "":
		return d.Events
	case r == nil || r.Message.ID != want:
		t.Fatalf("refusal %+v, want %s", r, want)
	}
	if _, ok := word.Known(want); !ok {
		t.Errorf("no English for %s", want)
	}
	return nil
}

// TestDecide_OverALink is the table of what comes over a link.
func TestDecide_OverALink(t *testing.T) {
	t.Parallel()
	medicines := func(change func(*course.MedicineList)) course.Command {
		l := course.MedicineList{At: "2026-11-24", Source: course.ByPatient, Whole: course.WholeYes, List: []course.Medicine{{Key: "morphine", Text: sealed(4)}}}
		change(&l)
		return course.Tell{Telling: course.Telling{Link: link, Medicines: &l}}
	}
	allergies := func(l course.AllergyList) course.Command {
		return course.Tell{Telling: course.Telling{Link: link, Allergies: &l}}
	}
	tell := func(list ...course.Statement) course.Command { return course.Tell{Telling: tells(list...)} }
	with := func(change func(*course.Statement)) course.Command {
		x := says("aneurysm", "no")
		change(&x)
		return tell(x)
	}
	read := func(document string, pages []string, answers ...course.Reply) course.Command {
		return course.Learn{Reading: course.Reading{Link: link, Document: document, Pages: pages}, Answers: answers}
	}
	ready := func(document string, items ...string) course.Command {
		return course.Prepare{Preparation: course.Preparation{Link: link, Document: document, Confirmed: items, Visit: visit}}
	}
	shut := opened(course.LinkGiven{LinkGift: gift()})
	tests := []struct {
		name  string
		state course.State
		cmd   course.Command
		want  word.ID
	}{
		{"answers", linked(), tell(says("aneurysm", "no"), says("liver_disease", "yes"), says("schizophrenia", "unknown")), ""},
		{"answers over a link that nobody opened", shut, tell(says("aneurysm", "no")), "course.link.dead"},
		{"answers over a link that was taken back", linked(course.LinkEnded{LinkUse: use()}), tell(says("aneurysm", "no")), "course.link.dead"},
		{"answers over no link", opened(), tell(says("aneurysm", "no")), "course.link.dead"},
		{"answers after the course", linked(course.Discontinued{Ending: course.Ending{Why: course.WhyCompleted}}), tell(says("aneurysm", "no")), "course.over"},
		{"nothing", linked(), tell(), "course.tell.empty"},
		{"an answer to what patients are not asked", linked(), tell(says("arrhythmia_high_risk", "no")), "course.tell.asked"},
		{"an answer in the name of a nurse", linked(), with(func(s *course.Statement) { s.Source = course.ByNurse }), "course.tell.asked"},
		{"an answer of yesterday", linked(), with(func(s *course.Statement) { s.At = "2026-11-23" }), "course.tell.asked"},
		{"an answer that is none", linked(), with(func(s *course.Statement) { s.Answer = "maybe" }), "course.tell.asked"},
		{"a value", linked(), with(func(s *course.Statement) { s.Answer, s.Value = "", "3" }), "course.tell.asked"},
		{"a result", linked(), with(func(s *course.Statement) { s.Answer, s.Result = "", "normal" }), "course.tell.asked"},
		{"one thing twice", linked(), tell(says("aneurysm", "no"), says("aneurysm", "yes")), "course.tell.asked"},
		{"too much", linked(times(200, course.PatientPrepared{})...), tell(says("aneurysm", "no")), "course.link.full"},

		{"medicines", linked(), medicines(func(*course.MedicineList) {}), ""},
		{"no medicines", linked(), medicines(func(l *course.MedicineList) { l.List = nil }), ""},
		{"medicines by a nurse", linked(), medicines(func(l *course.MedicineList) { l.Source = course.ByNurse }), "course.tell.list"},
		{"medicines of another day", linked(), medicines(func(l *course.MedicineList) { l.At = "2026-11-20" }), "course.tell.list"},
		{"medicines without end", linked(), medicines(func(l *course.MedicineList) { l.List = slices.Repeat(l.List, 81) }), "course.tell.list"},
		{"medicine without a name", linked(), medicines(func(l *course.MedicineList) { l.List = append(l.List, course.Medicine{}) }), "course.medicine.empty"},
		{"allergies", linked(), allergies(course.AllergyList{Source: course.ByPatient, Whole: course.WholeYes, List: []course.Allergy{{Text: sealed(5)}}}), ""},
		{"allergies by a nurse", linked(), allergies(course.AllergyList{Source: course.ByNurse, Whole: course.WholeYes}), "course.tell.list"},
		{"allergies, is it all?", linked(), allergies(course.AllergyList{Source: course.ByPatient}), "course.whole"},

		{"read", linked(), read("c0de", []string{"EDU-A"}, course.Reply{Question: "Q-1", Answer: "a"}), ""},
		{"read another edition", linked(), read("01d", []string{"EDU-A"}), "course.reading.changed"},
		{"read nothing", linked(), read("c0de", nil), "course.tell.empty"},
		{"read what is not there", linked(), read("c0de", []string{"EDU-Z"}), "course.reading.page"},
		{"read a page twice", linked(), read("c0de", []string{"EDU-A", "EDU-A"}), "course.reading.page"},
		{"answered what was not asked", linked(), read("c0de", []string{"EDU-A"}, course.Reply{Question: "Q-9", Answer: "a"}), "course.reading.answer"},
		{"answered twice", linked(), read("c0de", []string{"EDU-A"}, course.Reply{Question: "Q-1", Answer: "a"}, course.Reply{Question: "Q-1", Answer: "b"}), "course.reading.answer"},
		{"answered nothing", linked(), read("c0de", []string{"EDU-A"}, course.Reply{Question: "Q-1"}), "course.reading.answer"},
		{"read over a closed link", shut, read("c0de", []string{"EDU-A"}), "course.link.dead"},

		{"ready", linked(), ready("da11", "DAY-FAST", "DAY-ESCORT"), ""},
		{"ready for a visit that is another by now", linked(), course.Prepare{Preparation: course.Preparation{Link: link, Document: "da11", Confirmed: []string{"DAY-FAST"}, Visit: "0193b4c5-7a10-7000-8000-0000000000e2"}}, "course.day.visit"},
		{"ready for no visit", linked(), course.Prepare{Preparation: course.Preparation{Link: link, Document: "da11", Confirmed: []string{"DAY-FAST"}}}, "course.day.visit"},
		{"ready for another edition", linked(), ready("01d", "DAY-FAST"), "course.reading.changed"},
		{"ready in what is not asked", linked(), ready("da11", "DAY-SING"), "course.day.item"},
		{"ready twice over", linked(), ready("da11", "DAY-FAST", "DAY-FAST"), "course.day.item"},
		{"ready over a closed link", shut, ready("da11", "DAY-FAST"), "course.link.dead"},

		{"taken up, and there is nothing", linked(), course.TakeUp{Taking: course.Taking{Told: 3}}, "course.taken_up"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			decides(t, tt.state, tt.cmd, patientEnv(), tt.want)
		})
	}
}

// TestTold_RaisesAndNeverTakesAway: what a patient writes adds what is dangerous and
// takes nothing away that a clinician has recorded.
func TestTold_RaisesAndNeverTakesAway(t *testing.T) {
	t.Parallel()
	staff := func(item, answer string) course.Event {
		return course.Stated{Statements: course.Statements{List: []course.Statement{{Section: rule.History, Item: item, Answer: answer, At: "2026-11-20", Source: course.ByLetter}}}}
	}
	told := func(item, answer string) course.Event { return course.PatientTold{Telling: tells(says(item, answer))} }
	for _, tt := range []struct {
		name   string
		events []course.Event
		want   string // what counts
		kept   bool   // a clinician has to look
	}{
		{"nobody had asked: no", []course.Event{told("aneurysm", "no")}, "no", false},
		{"nobody had asked: yes", []course.Event{told("aneurysm", "yes")}, "yes", false},
		{"a letter said yes, the patient no", []course.Event{staff("aneurysm", "yes"), told("aneurysm", "no")}, "yes", true},
		{"a letter said yes, the patient does not know", []course.Event{staff("aneurysm", "yes"), told("aneurysm", "unknown")}, "yes", true},
		{"a letter said no, the patient yes", []course.Event{staff("aneurysm", "no"), told("aneurysm", "yes")}, "yes", false},
		{"a letter said no, the patient no", []course.Event{staff("aneurysm", "no"), told("aneurysm", "no")}, "no", false},
		{"the patient changes her mind", []course.Event{told("liver_disease", "yes"), told("liver_disease", "no")}, "no", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := linked()
			for i, e := range tt.events {
				n := entry(s.Sequence+1, noon.Add(time.Duration(i)*time.Minute), e)
				if _, patients := e.(course.PatientTold); patients {
					n.Actor = act.Actor{Kind: act.Patient, Proof: act.Link}
				}
				s = course.Evolve(s, n)
			}
			item := "history.aneurysm"
			if strings.Contains(tt.name, "mind") {
				item = "history.liver_disease"
			}
			if got := s.Latest(noon.Location())[item].What.Answer; got != tt.want {
				t.Errorf("counts %q, want %q", got, tt.want)
			}
			if got := len(s.Waiting()) == 1; got != tt.kept {
				t.Errorf("somebody has to look: %v, want %v: %+v", got, tt.kept, s.Waiting())
			}
		})
	}
}

func byPatient(n int64, e course.Event) course.Entry {
	out := entry(n, noon.Add(time.Duration(n)*time.Minute), e)
	out.Actor = act.Actor{Kind: act.Patient, Proof: act.Link}
	return out
}

// TestTold_Lists: the patient's list is the list until a clinician has made one; from
// then on it is put beside it.
func TestTold_Lists(t *testing.T) {
	t.Parallel()
	own := func(key string) course.Event {
		return course.PatientTold{Telling: course.Telling{
			Link:      link,
			Medicines: &course.MedicineList{At: "2026-11-24", Source: course.ByPatient, Whole: course.WholeYes, List: []course.Medicine{{Key: key, Text: sealed(4)}}},
			Allergies: &course.AllergyList{Source: course.ByPatient, Whole: course.WholeYes, List: []course.Allergy{{Key: key, Text: sealed(5)}}},
		}}
	}
	has := func(s course.State) (string, string) {
		return s.Medicines.What.List[0].Key, s.Allergies.What.List[0].Key
	}
	s := linked()
	n := s.Sequence
	s = course.Evolve(s, byPatient(n+1, own("allopurinol")))
	s = course.Evolve(s, byPatient(n+2, own("morphine")))
	if m, a := has(s); m != "morphine" || a != "morphine" || len(s.Waiting()) != 0 {
		t.Fatalf("the patient's own list: %q, %q, %+v", m, a, s.Waiting())
	}
	staff := []course.Event{
		course.MedicinesListed{MedicineList: course.MedicineList{At: "2026-11-24", Source: course.ByPharmacist, Whole: course.WholeYes, List: []course.Medicine{{Key: "allopurinol", Text: sealed(6)}}}},
		course.AllergiesListed{AllergyList: course.AllergyList{Source: course.ByNurse, Whole: course.WholeYes, List: []course.Allergy{{Key: "allopurinol", Text: sealed(7)}}}},
	}
	for i, e := range staff {
		s = course.Evolve(s, entry(n+3+int64(i), noon.Add(time.Hour), e))
	}
	late := byPatient(n+5, own("morphine"))
	late.EffectiveAt = noon.Add(2 * time.Hour)
	s = course.Evolve(s, late)
	if m, a := has(s); m != "allopurinol" || a != "allopurinol" {
		t.Errorf("a patient's list took the place of a clinician's: %q, %q", m, a)
	}
	if w := s.Waiting(); len(w) != 1 || !w[0].Compare {
		t.Fatalf("nobody is told that the lists differ: %+v", w)
	}
	events := decides(t, s, course.TakeUp{Taking: course.Taking{Told: n + 5}}, env(act.Nurse), "")
	if s = course.Evolve(s, entry(n+6, noon.Add(3*time.Hour), events[0])); len(s.Waiting()) != 0 {
		t.Errorf("taken up, and it waits still: %+v", s.Waiting())
	}
	if s.Told[len(s.Told)-1].TakenBy != doctor {
		t.Errorf("taken up by %q", s.Told[len(s.Told)-1].TakenBy)
	}
}

// TestLearned: a wrong answer goes to a clinician and stops nothing.
func TestLearned(t *testing.T) {
	t.Parallel()
	answer := func(s course.State, given string) course.State {
		c := course.Learn{Reading: course.Reading{Link: link, Document: "c0de", Pages: []string{"EDU-A"}}, Answers: []course.Reply{{Question: "Q-1", Answer: given}}}
		return course.Evolve(s, byPatient(s.Sequence+1, decides(t, s, c, patientEnv(), "")[0]))
	}
	s := answer(linked(), "a")
	if w := s.Waiting(); len(w) != 1 || len(w[0].Wrong) != 1 || s.Answered()["Q-1"].Right {
		t.Fatalf("a wrong answer: %+v", w)
	}
	if !s.Read("c0de", "EDU-A") || s.Read("c0de", "EDU-B") || s.Read("01d", "EDU-A") {
		t.Error("what was read is not what was read")
	}
	if s = answer(s, "b"); !s.Answered()["Q-1"].Right || len(s.Waiting()) != 1 {
		t.Errorf("answered rightly later: %+v", s.Waiting())
	}
}

// TestPrepared: what was not confirmed goes to a clinician.
func TestPrepared(t *testing.T) {
	t.Parallel()
	e := patientEnv()
	c := course.Prepare{Preparation: course.Preparation{Link: link, Document: "da11", Confirmed: []string{"DAY-FAST"}, Visit: visit}}
	s := linked()
	s = course.Evolve(s, byPatient(s.Sequence+1, decides(t, s, c, e, "")[0]))
	if p := s.Prepared; p == nil || p.What.Visit != e.NextVisit || !slices.Equal(p.What.Left, []string{"DAY-ESCORT"}) {
		t.Fatalf("prepared: %+v", p)
	}
	if w := s.Waiting(); len(w) != 1 || !slices.Equal(w[0].Left, []string{"DAY-ESCORT"}) {
		t.Errorf("nobody is told what was not confirmed: %+v", w)
	}
}

// TestTold_NoFindingIsLost: whatever a patient writes, in any order with what clinicians
// record, a "yes" that a clinician recorded last counts until a clinician says otherwise.
func TestTold_NoFindingIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := linked()
		clinician := ""
		for i := range rapid.IntRange(1, 12).Draw(t, "entries") {
			answer := rapid.SampledFrom([]string{"yes", "no", "unknown"}).Draw(t, "answer")
			st := says("aneurysm", answer)
			st.At = noon.Add(time.Duration(i) * time.Minute).Format(time.RFC3339)
			if rapid.Bool().Draw(t, "patient") {
				s = course.Evolve(s, byPatient(s.Sequence+1, course.PatientTold{Telling: tells(st)}))
			} else {
				clinician = answer
				st.Source = course.ByNurse
				s = course.Evolve(s, entry(s.Sequence+1, noon.Add(time.Duration(i)*time.Minute), course.Stated{Statements: course.Statements{List: []course.Statement{st}}}))
			}
			if got := s.Latest(noon.Location())["history.aneurysm"].What.Answer; clinician == "yes" && got != "yes" {
				t.Fatalf("a clinician recorded yes, and %q counts", got)
			}
		}
	})
}
