package course

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// ActStrike takes the force from something that was said in error.
const ActStrike act.Act = "course.strike"

const ruleStrike = "course.strike"

type (
	// Struck says that something was said in error. It stays in the record as it was
	// said, and counts for nothing any more.
	Struck struct{ Striking }
	// Strike strikes it.
	Strike struct{ Striking }
)

// Striking names what was said in error, and says why.
type Striking struct {
	Entry int64 `json:"entry"` // position of the entry that said it
	Part  Part  `json:"part"`
	// Place is where it stands in the entry's list, from 1; 0 is the list as a whole.
	Place  int             `json:"place,omitempty"`
	Reason journal.Private `json:"reason"`
}

// Part is a kind of thing that an entry says and that can be struck.
type Part string

// The parts.
const (
	PartStatement Part = "statement"
	PartMedicines Part = "medicines"
	PartAllergies Part = "allergies"
	PartInfusions Part = "infusions"
	PartPrior     Part = "treatment"
)

func (Struck) event()   {}
func (Strike) command() {}

// Planned reports whether rules may refuse it.
func (Strike) Planned() bool { return false }

// Act names the command on the wire.
func (Strike) Act() act.Act { return ActStrike }

// StruckOut is something that counts no more, as it was said.
type StruckOut struct {
	Striking
	At time.Time // of the striking
	By ident.Person
	// Exactly one of these is there: of a list the whole of it, or the one line.
	Statement *Dated[Statement]
	Medicines *Dated[MedicineList]
	Allergies *Dated[AllergyList]
	Infusions *Dated[InfusionList]
	Prior     *Dated[Prior]
}

// Named is what a striking would take away, as it stands; false where nothing that
// counts stands there.
func (s State) Named(x Striking) (StruckOut, bool) {
	out := StruckOut{Striking: x}
	switch x.Part {
	case PartStatement:
		out.Statement = placed(s.Statements, x)
	case PartPrior:
		out.Prior = placed(s.Prior, x)
	case PartMedicines:
		out.Medicines = lineOf(s.Medicines, x, func(l *MedicineList, i int) bool { return only(&l.List, i) })
	case PartAllergies:
		out.Allergies = lineOf(s.Allergies, x, func(l *AllergyList, i int) bool { return only(&l.List, i) })
	case PartInfusions:
		out.Infusions = lineOf(s.Infusions, x, func(l *InfusionList, i int) bool { return only(&l.List, i) })
	}
	return out, out.Statement != nil || out.Prior != nil || out.Medicines != nil || out.Allergies != nil || out.Infusions != nil
}

// placed is the thing at a place of an entry.
func placed[T any](list []Dated[T], x Striking) *Dated[T] {
	i := slices.IndexFunc(list, func(d Dated[T]) bool { return d.Position == x.Entry && d.Place == x.Place && x.Place > 0 })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// lineOf is a list that counts, or with a place the list cut down to that line.
func lineOf[T any](list *Dated[T], x Striking, cut func(*T, int) bool) *Dated[T] {
	if list == nil || list.Position != x.Entry || x.Place < 0 {
		return nil
	}
	out := *list
	if x.Place == 0 {
		return &out
	}
	i := out.lineAt(x.Place)
	if i < 0 || !cut(&out.What, i) {
		return nil
	}
	return &out
}

func only[T any](list *[]T, i int) bool {
	if i >= len(*list) {
		return false
	}
	*list = []T{(*list)[i]}
	return true
}

// PlaceOf is where the line at i of a list stood when the list was said.
func (d Dated[T]) PlaceOf(i int) int {
	if d.places == nil {
		return i + 1
	}
	return d.places[i]
}

func (d Dated[T]) lineAt(place int) int {
	if d.places == nil {
		return place - 1
	}
	return slices.Index(d.places, place)
}

// said is by whom what is named was said, and from which source it is known.
func (o StruckOut) said() (by ident.Person, source Source) {
	switch {
	case o.Statement != nil:
		return o.Statement.By, o.Statement.What.Source
	case o.Medicines != nil:
		return o.Medicines.By, o.Medicines.What.Source
	case o.Allergies != nil:
		return o.Allergies.By, o.Allergies.What.Source
	case o.Infusions != nil:
		return o.Infusions.By, o.Infusions.What.Source
	case o.Prior != nil:
		return o.Prior.By, ""
	}
	return "", ""
}

// strike strikes what was said in error. Whoever said it may take back a slip of
// their own; what somebody else said, or what is the patient's word, and what a rule
// found by it, is taken away by those alone who may answer for that finding.
func strike(s State, c Strike, env Env) ([]Event, *Refusal) {
	what, ok := s.Named(c.Striking)
	switch {
	case !ok:
		return nil, malformed("course.strike.none")
	case !c.Reason.Given():
		return nil, malformed("course.reason")
	}
	if !what.of(env.Actor.Person) || s.anothersStruck(what, env.Actor.Person) {
		if r := mayLift(env); r != nil {
			return nil, r
		}
	}
	return []Event{Struck(c)}, nil
}

// of reports whether what is named is a person's own word, and not the patient's.
func (o StruckOut) of(person ident.Person) bool {
	by, source := o.said()
	return by != "" && by == person && source != ByPatient
}

// anothersStruck reports whether another's word on the same thing, or the patient's, was
// struck before. Then one's own is no slip any more: it may be all that a finding is left
// to stand on.
func (s State) anothersStruck(what StruckOut, person ident.Person) bool {
	return slices.ContainsFunc(s.Struck, func(o StruckOut) bool {
		if o.Part != what.Part || o.of(person) {
			return false
		}
		return o.Statement == nil || what.Statement == nil || o.Statement.What.Name() == what.Statement.What.Name()
	})
}

// mayLift refuses who may not answer for what a striking would take out of the way.
// Where the rules could not be run, nobody knows what that is.
func mayLift(env Env) *Refusal {
	if len(env.Checked) == 0 || len(env.Without) == 0 {
		if p := act.MayAs(env.Actor, []act.Role{act.Prescriber, act.Director}); !p.Allowed {
			return &Refusal{Rule: ruleStrike, Message: refuse("", "course.strike.unchecked").Message, Needs: p.Needs}
		}
		return nil
	}
	for _, x := range env.Checked {
		if !x.Open() || !lifted(x.Verdict, env.Without) {
			continue
		}
		if p := act.MayAs(env.Actor, x.Who()); !p.Allowed {
			return &Refusal{Rule: ruleStrike, Message: refuse("", "course.strike.role", x.Rule).Message, Needs: p.Needs}
		}
	}
	return nil
}

// lifted reports whether a verdict that stands in the way would no longer be so: a
// finding that is none any more, or what could not be checked and would be clear.
func lifted(v Verdict, without []Checked) bool {
	i := slices.IndexFunc(without, func(x Checked) bool { return x.Rule == v.Rule })
	if i < 0 {
		return true
	}
	is := without[i].Result
	return is == rule.Clear || (v.Result == rule.Finding && is != rule.Finding)
}

// Without is the state with one thing struck, for asking what the rules would say.
func (s State) Without(x Striking) State { return s.strike(Entry{Event: Struck{x}}) }

// strike takes away what an entry names: what is left is what the entries add up to
// had it never been said, but for what was decided on it, which stays as it was, and
// for what was asked for, which stays answered: whoever strikes a result asks anew.
func (s State) strike(e Entry) State {
	out, _ := s.Named(e.Event.(Struck).Striking)
	out.At, out.By = e.EffectiveAt, e.Actor.Person
	next := State{alone: true, Struck: append(slices.Clip(s.Struck), out)}
	for _, x := range s.entries {
		next = next.add(x)
	}
	next.entries, next.alone = s.entries, s.alone
	next.DecidedOver, next.Asked = s.DecidedOver, s.Asked
	return next
}

// struck reports whether something of an entry counts no more.
func (s State) struck(e Entry, p Part, place int) bool {
	return slices.ContainsFunc(s.Struck, func(x StruckOut) bool { return x.Entry == e.Position && x.Part == p && x.Place == place })
}

// counted are the things of an entry that count, each with its place.
func counted[T any](s State, e Entry, p Part, list []T) []Dated[T] {
	out := make([]Dated[T], 0, len(list))
	for i, one := range list {
		if s.struck(e, p, i+1) {
			continue
		}
		d := dated(one, e)
		d.Place = i + 1
		out = append(out, d)
	}
	return out
}

// listed is a list without the lines that were struck; false where the whole was.
func listed[T, L any](s State, e Entry, p Part, list L, lines func(*L) *[]T) (Dated[L], bool) {
	out := dated(list, e)
	if s.struck(e, p, 0) {
		return out, false
	}
	all := lines(&out.What)
	kept := counted(s, e, p, *all)
	if len(kept) == len(*all) {
		return out, true
	}
	*all = make([]T, len(kept))
	for i, k := range kept {
		(*all)[i], out.places = k.What, append(out.places, k.Place)
	}
	if out.places == nil {
		out.places = []int{} // every line was struck: no place counts on from here
	}
	return out, true
}

func medicineLines(l *MedicineList) *[]Medicine { return &l.List }
func allergyLines(l *AllergyList) *[]Allergy    { return &l.List }
func infusionLines(l *InfusionList) *[]Given    { return &l.List }

// private lists the personal text of what was struck.
func (o StruckOut) private() []journal.Private {
	out := []journal.Private{o.Reason}
	switch {
	case o.Medicines != nil:
		for _, m := range o.Medicines.What.List {
			out = append(out, m.Text)
		}
	case o.Allergies != nil:
		for _, a := range o.Allergies.What.List {
			out = append(out, a.Text)
		}
	case o.Prior != nil:
		out = append(out, o.Prior.What.Text)
	}
	return out
}
