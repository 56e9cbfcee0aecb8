package course

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// State is what the events of a course add up to. It holds facts; what the rules
// make of them is worked out when asked.
type State struct {
	Sequence int64
	Position int64
	Referral
	ReferredAt time.Time
	Prior      []Dated[Prior]
	Statements []Dated[Statement]
	Medicines  *Dated[MedicineList]
	Allergies  *Dated[AllergyList]
	Infusions  *Dated[InfusionList] // given elsewhere
	Asked      []Asked
	Screening  *Dated[Screened]
	Accepted   []Dated[FindingAccepted]
	Decision   *Dated[Decided]
	// DecidedOver is the list of medicines that the decision was made over; nil for
	// none.
	DecidedOver *MedicineList
	Plan        *Dated[Plan]
	Reviews     []Dated[Review]
	// Reevaluate is the last day on which the course is looked at anew; empty for
	// none.
	Reevaluate string
	Ended      *Dated[Ending]
	Consent    *Dated[Consent]
	Withdrawn  *Dated[ConsentEnd]
	// Links were given to the patient, and Told is what came over them.
	Links    []Link
	Told     []Told
	Learned  []Dated[PatientLearned]
	Prepared *Dated[PatientPrepared]
	// Struck is what was said in error and counts no more, in the order it was struck.
	Struck []StruckOut

	// entries are all that was said, struck or not: what is struck is taken out of the
	// whole, since what was said later may have been weighed against it.
	entries []Entry
	// alone says that nobody else holds these lists: they may grow in place.
	alone bool
}

// Dated is something that was said, with when it holds from and by whom.
type Dated[T any] struct {
	What     T
	At       time.Time
	Position int64
	By       ident.Person
	// Place is where it stands in the list of its entry, from 1; 0 is the whole.
	Place int
	// places are those of a list's lines, where some were struck.
	places []int
}

func dated[T any](what T, e Entry) Dated[T] {
	return Dated[T]{What: what, At: e.EffectiveAt, Position: e.Position, By: e.Actor.Person}
}

// later keeps the one that holds from later, whichever came first.
func later[T any](old *Dated[T], next Dated[T]) *Dated[T] {
	if old != nil && (next.At.Before(old.At) || (next.At.Equal(old.At) && next.Position < old.Position)) {
		return old
	}
	return &next
}

// Asked is something that somebody owes, or owed.
type Asked struct {
	Asking
	Sequence int64
	At       time.Time
	By       ident.Person
	// Came lists those of the items that were stated since.
	Came    []string
	EndedAt time.Time
}

// Missing lists the items that did not come yet.
func (a Asked) Missing() []string {
	return slices.DeleteFunc(slices.Clone(a.Items), func(i string) bool { return slices.Contains(a.Came, i) })
}

// Waits reports whether something is still owed.
func (a Asked) Waits() bool {
	return a.EndedAt.IsZero() && (len(a.Missing()) > 0 || len(a.Items) == 0)
}

// Open reports whether the course goes on.
func (s State) Open() bool { return s.Patient != "" && s.Ended == nil }

// Fold is what the entries of a whole course add up to: Evolve over all of them, but
// in time that grows with their number and not with its square.
func Fold(entries []Entry) State {
	s := State{alone: true}
	for _, e := range entries {
		s = Evolve(s, e)
	}
	s.alone = false
	return s
}

// more adds to a list of the state. Unless the state is being folded it leaves the
// list that it was given as it was.
func more[T any](s State, list []T, add ...T) []T {
	if !s.alone {
		list = slices.Clip(list)
	}
	return append(list, add...)
}

// Evolve adds one event. It never fails and runs no rule. The state it was given
// stays as it was.
func Evolve(s State, e Entry) State {
	s.entries = more(s, s.entries, e)
	if _, strikes := e.Event.(Struck); strikes {
		return s.strike(e)
	}
	return s.add(e)
}

// add adds one event, but for what of it was struck.
func (s State) add(e Entry) State {
	s.Sequence, s.Position = e.Sequence, e.Position
	switch ev := e.Event.(type) {
	case Referred:
		s.Referral, s.ReferredAt = ev.Referral, e.EffectiveAt
	case PriorTold:
		s.Prior = more(s, s.Prior, counted(s, e, PartPrior, ev.List)...)
	case Stated:
		s = s.stated(counted(s, e, PartStatement, ev.List))
	case MedicinesListed:
		if l, counts := listed(s, e, PartMedicines, ev.MedicineList, medicineLines); counts {
			s.Medicines = later(s.Medicines, l)
		}
	case AllergiesListed:
		if l, counts := listed(s, e, PartAllergies, ev.AllergyList, allergyLines); counts {
			s.Allergies = later(s.Allergies, l)
		}
	case InfusionsListed:
		if l, counts := listed(s, e, PartInfusions, ev.InfusionList, infusionLines); counts {
			s.Infusions = later(s.Infusions, l)
		}
	case InformationAsked:
		s.Asked = more(s, s.Asked, Asked{Asking: ev.Asking, Sequence: e.Sequence, At: e.EffectiveAt, By: e.Actor.Person})
	case InformationEnded:
		s.Asked = slices.Clone(s.Asked)
		for i := range s.Asked {
			if s.Asked[i].Sequence == ev.Asked {
				s.Asked[i].EndedAt = e.EffectiveAt
			}
		}
	case Screened:
		s.Screening = later(s.Screening, dated(ev, e))
	case FindingAccepted:
		s.Accepted = more(s, s.Accepted, dated(ev, e))
	case Decided:
		if s.Decision = later(s.Decision, dated(ev, e)); s.Decision.Position == e.Position {
			s.DecidedOver = nil
			if s.Medicines != nil {
				s.DecidedOver = &s.Medicines.What
			}
		}
	case Planned:
		s.Plan = later(s.Plan, dated(ev.Plan, e))
		s.Reevaluate = s.Plan.What.Reevaluate
	case Reevaluated:
		s.Reviews = more(s, s.Reviews, dated(ev.Review, e))
		s.Reevaluate = ev.Next
	case Discontinued:
		s.Ended, s.Reevaluate = later(s.Ended, dated(ev.Ending, e)), ""
	case ConsentSigned:
		s.Consent = later(s.Consent, dated(ev.Consent, e))
	case ConsentWithdrawn:
		s.Withdrawn = later(s.Withdrawn, dated(ev.ConsentEnd, e))
	case LinkGiven:
		s.Links = more(s, s.Links, Link{LinkGift: ev.LinkGift, GivenAt: e.EffectiveAt, By: e.Actor.Person})
	case LinkOpened:
		s = s.link(ev.Link, func(l *Link) { l.OpenedAt = e.EffectiveAt })
	case LinkMissed:
		s = s.link(ev.Link, func(l *Link) { l.Missed++ })
	case LinkEnded:
		s = s.link(ev.Link, func(l *Link) { l.EndedAt = e.EffectiveAt })
	case PatientTold:
		s = s.told(ev.Telling, e)
	case PatientLearned:
		s = s.learned(ev, e)
	case PatientPrepared:
		s.Prepared = later(s.Prepared, dated(ev, e))
		s.Told = more(s, s.Told, Told{Sequence: e.Sequence, At: e.EffectiveAt, Left: ev.Left})
	case TakenUp:
		s = s.takenUp(ev, e)
	case Struck:
		// what it names was left out where it stood
	}
	return s
}

func (s State) stated(all []Dated[Statement]) State {
	s.Statements, s.Asked = more(s, s.Statements, all...), slices.Clone(s.Asked)
	for _, d := range all {
		one := d.What
		if one.Answer == string(rule.NotAsked) || one.Answer == "unknown" {
			continue // nobody knows more than before
		}
		for i := range s.Asked {
			if a := &s.Asked[i]; slices.Contains(a.Items, one.Name()) && !slices.Contains(a.Came, one.Name()) {
				a.Came = append(slices.Clip(a.Came), one.Name())
			}
		}
	}
	return s
}

// mostOfItem bounds the statements about one item that are looked at: the latest
// ones. What is never over is among them however old it is.
const mostOfItem = 4

// Snapshot is the patient as the course has it, as of now, for the rules of
// screening. Born is a date, empty where it is not known; own are the infusions of
// this clinic's own record. Its text names nobody: a medicine that is not coded has
// its place in the list for a name.
func (s State) Snapshot(now time.Time, born string, own []Given) (rule.Snapshot, error) {
	snap, err := rule.Assemble(now, born, s.said(now), s.medicines(), s.infusions(now, own))
	if err != nil {
		return rule.Snapshot{}, fmt.Errorf("read course: %w", err)
	}
	return snap, nil
}

// With is the state with statements added that stand elsewhere in the record: what a
// visit asked and measured. It is for Snapshot; no entry of the course says them.
func (s State) With(list []Statement) State {
	all := make([]Dated[Statement], len(list))
	for i, one := range list {
		all[i] = Dated[Statement]{What: one}
	}
	s.Statements = more(s, s.Statements, all...)
	return s
}

func (s State) said(now time.Time) []rule.Said {
	count, kept := map[string]int{}, []rule.Said{}
	for _, i := range s.newest(now.Location()) {
		x := s.Statements[i].What
		n := x.Name()
		lasting := count[n] >= mostOfItem && x.Answer == "yes" && isLasting(n)
		if count[n] < mostOfItem || (lasting && count[n] < 2*mostOfItem) {
			count[n]++
			kept = append(kept, said(x))
		}
	}
	if s.Plan != nil {
		kept = append(kept, s.Plan.What.said(s.Plan.At.In(now.Location()).Format(time.RFC3339Nano))...)
	}
	return kept
}

// newest are the places of all statements, that which holds from latest first: a
// letter of last year that is entered today says nothing of today. Of two of one
// instant the one recorded later comes first.
func (s State) newest(zone *time.Location) []int {
	at, out := make([]time.Time, len(s.Statements)), make([]int, len(s.Statements))
	for i, x := range s.Statements {
		at[i], out[i] = since(x.What.At, zone), i
	}
	slices.SortFunc(out, func(i, j int) int {
		return cmp.Or(at[j].Compare(at[i]), cmp.Compare(s.Statements[j].Position, s.Statements[i].Position), cmp.Compare(j, i))
	})
	return out
}

// Newest are all statements that count, in the order in which Latest looks at them.
func (s State) Newest(zone *time.Location) []Dated[Statement] {
	out := make([]Dated[Statement], 0, len(s.Statements))
	for _, i := range s.newest(zone) {
		out = append(out, s.Statements[i])
	}
	return out
}

// since is the instant that a statement holds from; a date is its first one. The
// zero time is of one that Decide would not take.
func since(at string, zone *time.Location) time.Time {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t, _ = time.ParseInLocation(time.DateOnly, at, zone)
	}
	return t
}

// Latest is the latest statement on each input, by the instant that it holds from,
// as the rules take them.
func (s State) Latest(zone *time.Location) map[string]Dated[Statement] {
	out := map[string]Dated[Statement]{}
	for _, i := range s.newest(zone) {
		x := s.Statements[i]
		if _, is := out[x.What.Name()]; !is {
			out[x.What.Name()] = x
		}
	}
	return out
}

func said(s Statement) rule.Said {
	return rule.Said{
		Group: s.Section, Item: s.Item, Answer: s.Answer, Result: s.Result, Value: s.Value, Unit: s.Unit, ULN: s.ULN,
		At: s.At, Source: string(s.Source),
	}
}

// said is what a plan states.
func (p Plan) said(at string) []rule.Said {
	one := func(item string) rule.Said {
		return rule.Said{Group: rule.Plan, Item: item, At: at, Source: string(ByPrescriber)}
	}
	yes := func(item string, is bool) rule.Said {
		s := one(item)
		if s.Answer = "no"; is {
			s.Answer = "yes"
		}
		return s
	}
	indication, infusions, hours := one("indication"), one("infusions"), one("hours")
	indication.Result = p.Indication
	infusions.Value, infusions.Unit = fmt.Sprint(p.Infusions), "1"
	hours.Value, hours.Unit = p.Hours, "h"
	return []rule.Said{indication, infusions, hours, yes("endpoint", true), yes("course_defined", true), yes("adjunct", len(p.Adjuncts) > 0)}
}

// isLasting reports whether a yes to an item is never over.
func isLasting(name string) bool {
	in, ok := input(name)
	return ok && in.Lasting
}

func (s State) medicines() *rule.SaidMedicines {
	if s.Medicines == nil {
		return nil
	}
	l := s.Medicines.What
	return l.said()
}

func (l MedicineList) said() *rule.SaidMedicines {
	out := &rule.SaidMedicines{At: l.At, Source: string(l.Source), Complete: string(l.Whole)}
	for i, m := range l.List {
		name := m.Key
		if name == "" {
			name = fmt.Sprintf("medicine %d of the list", i+1)
		}
		out.List = append(out.List, rule.Medicine{Name: name, Key: m.Key})
	}
	return out
}

// infusions joins what was given elsewhere with the clinic's own record. Without a
// word on what was given elsewhere nothing is known of the whole.
func (s State) infusions(now time.Time, own []Given) *rule.SaidInfusions {
	if s.Infusions == nil {
		if len(own) == 0 {
			return nil
		}
		return InfusionList{At: now.Format(time.RFC3339Nano), Source: ByRecord, Whole: WholeUnknown, List: own}.said()
	}
	l := s.Infusions.What
	series := 0
	for _, g := range l.List {
		series = max(series, g.Series)
	}
	l.List = slices.Clone(l.List)
	for _, g := range own {
		g.Series += series
		l.List = append(l.List, g)
	}
	return l.said()
}

func (l InfusionList) said() *rule.SaidInfusions {
	out := &rule.SaidInfusions{At: l.At, Source: string(l.Source), Complete: string(l.Whole)}
	for _, g := range l.List {
		out.List = append(out.List, rule.SaidInfusion(g))
	}
	return out
}

// Standing is whether a course may be gone on with, judged anew.
type Standing struct {
	// Decided is what was decided last; empty for nothing.
	Decided Outcome
	At      time.Time
	By      ident.Person
	// New are the verdicts that stand in the way and that nobody accepted: found, or
	// no longer to be checked, since.
	New []Verdict
	// Overdue says that the re-evaluation's day is over.
	Overdue bool
	Planned bool
	Over    bool
}

// Suitable reports whether the decision still carries.
func (s Standing) Suitable() bool {
	return s.Decided == Suitable && len(s.New) == 0 && s.Planned && !s.Overdue && !s.Over
}

// Standing holds the decision against what the rules say now; today is the
// clinic's day.
func (s State) Standing(now []Verdict, today string) Standing {
	out := Standing{New: s.Unaccepted(now), Planned: s.Plan != nil, Over: s.Ended != nil, Overdue: s.Reevaluate != "" && s.Reevaluate < today}
	if s.Decision != nil {
		out.Decided, out.At, out.By = s.Decision.What.Outcome, s.Decision.At, s.Decision.By
	}
	return out
}

// Unaccepted lists the verdicts on the course that stand in the way and that
// nobody answers for.
func (s State) Unaccepted(now []Verdict) []Verdict {
	var out []Verdict
	for _, v := range now {
		if v.Open() && !v.Today && !slices.ContainsFunc(s.Accepted, func(a Dated[FindingAccepted]) bool { return a.What.Verdict.covers(v) }) {
			out = append(out, v)
		}
	}
	return out
}

// AcceptedBy is who answers for a verdict, and with what reason.
func (s State) AcceptedBy(v Verdict) (Dated[FindingAccepted], bool) {
	for _, a := range slices.Backward(s.Accepted) {
		if a.What.Verdict.covers(v) {
			return a, true
		}
	}
	return Dated[FindingAccepted]{}, false
}

// Private lists every piece of personal text of the course.
func (s State) Private() []journal.Private {
	out := []journal.Private{s.Referrer, s.Reason}
	for _, p := range s.Prior {
		out = append(out, p.What.Text)
	}
	if s.Medicines != nil {
		for _, m := range s.Medicines.What.List {
			out = append(out, m.Text)
		}
	}
	if s.Allergies != nil {
		for _, a := range s.Allergies.What.List {
			out = append(out, a.Text)
		}
	}
	for _, a := range s.Asked {
		out = append(out, a.Text)
	}
	for _, a := range s.Accepted {
		out = append(out, a.What.Reason)
	}
	if s.Decision != nil {
		out = append(out, s.Decision.What.Reason)
	}
	if s.Plan != nil {
		out = append(out, s.Plan.What.Diagnosis)
	}
	for _, r := range s.Reviews {
		out = append(out, r.What.Reason)
	}
	if s.Consent != nil {
		c := s.Consent.What
		out = append(out, c.Words, c.Signer.Name, c.Signer.Relationship, c.Interpreter, c.Asked)
	}
	if s.Withdrawn != nil {
		out = append(out, s.Withdrawn.What.Words)
	}
	for _, t := range s.Told {
		out = append(out, t.private()...)
	}
	if s.Ended != nil {
		out = append(out, s.Ended.What.Reason)
	}
	for _, x := range s.Struck {
		out = append(out, x.private()...)
	}
	return slices.DeleteFunc(out, func(p journal.Private) bool { return !p.Given() })
}
