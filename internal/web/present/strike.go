package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Strikable lists what counts of a part of the course and can be struck: statements
// with the newest first and what is not so last, lists whole and line by line.
func (c CourseTeller) Strikable(e referral.Entry) []view.StrikeItem {
	var out []view.StrikeItem
	add := func(entry int64, p course.Part, place int, label, said string) {
		out = append(out, view.StrikeItem{Value: fmt.Sprintf("%d %s %d", entry, p, place), Label: strings.TrimSpace(label), Said: said})
	}
	switch e.Name {
	case "medicines":
		listOf(c, c.State.Medicines, course.PartMedicines, add, func(l course.MedicineList) ([]string, course.Source) { return c.medicines(l), l.Source })
	case "allergies":
		listOf(c, c.State.Allergies, course.PartAllergies, add, func(l course.AllergyList) ([]string, course.Source) { return c.allergies(l), l.Source })
	case "infusions":
		listOf(c, c.State.Infusions, course.PartInfusions, add, func(l course.InfusionList) ([]string, course.Source) { return c.given(l), l.Source })
	case "prior":
		for _, p := range c.State.Prior {
			add(p.Position, course.PartPrior, p.Place, c.prior(p.What), c.recorded(p.By, ""))
		}
	default:
		all := c.State.Newest(c.Now.Location())
		slices.SortStableFunc(all, func(a, b course.Dated[course.Statement]) int { return cmp.Compare(denies(a), denies(b)) })
		for _, s := range all {
			if e.Asks(s.What.Name()) {
				add(s.Position, course.PartStatement, s.Place, c.statement(s.What), c.said(s.What)+c.recorded(s.By, s.What.Source))
			}
		}
	}
	return out
}

// denies puts what is not so behind what is: there is far more of it.
func denies(s course.Dated[course.Statement]) int {
	if s.What.Answer == "no" {
		return 1
	}
	return 0
}

func listOf[T any](c CourseTeller, d *course.Dated[T], p course.Part, add func(int64, course.Part, int, string, string), lines func(T) ([]string, course.Source)) {
	if d == nil {
		return
	}
	all, source := lines(d.What)
	said := plainSource(string(source)) + ", " + shortDay(d.At.In(c.Now.Location()), c.Now) + c.recorded(d.By, source)
	add(d.Position, p, 0, "The whole list. The one before it counts again, if there is one", said)
	for i, line := range all {
		add(d.Position, p, d.PlaceOf(i), line, said)
	}
}

// recorded says who entered something; what has nobody came from the patient.
func (c CourseTeller) recorded(by ident.Person, source course.Source) string {
	switch {
	case by == "" && source == course.ByPatient:
		return ", written by the patient"
	case source == "":
		return "recorded by " + c.Who(by)
	}
	return ", recorded by " + c.Who(by)
}

func (c CourseTeller) statement(s course.Statement) string {
	return referral.Upper(inputText(s.Name())) + ": " + valueOf(s)
}

func (c CourseTeller) prior(p course.Prior) string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s, %s. %s", referral.Upper(string(p.What)), p.Adequacy, p.Result, c.Text(p.Text)))
}

func (c CourseTeller) medicines(l course.MedicineList) (out []string) {
	for _, m := range l.List {
		out = append(out, keyed(m.Key, c.Text(m.Text)))
	}
	return out
}

func (c CourseTeller) allergies(l course.AllergyList) (out []string) {
	for _, a := range l.List {
		out = append(out, keyed(a.Key, c.Text(a.Text)))
	}
	return out
}

func (c CourseTeller) given(l course.InfusionList) (out []string) {
	for _, g := range l.List {
		out = append(out, fmt.Sprintf("%s: %s h, series %d", referral.Upper(c.dayOf(g.EndedAt)), g.Hours, g.Series))
	}
	return out
}

// keyed is a line of a list as it was written, else by its name in the table.
func keyed(key, text string) string {
	if text == "" {
		return key
	}
	return text
}

// struck is what was struck of a part of the course, with who, when and why.
func (c CourseTeller) struck(e referral.Entry) []view.CourseFact {
	var out []view.CourseFact
	for _, x := range c.State.Struck {
		switch {
		case x.Statement != nil && e.Asks(x.Statement.What.Name()):
		case x.Medicines != nil && e.Name == "medicines", x.Allergies != nil && e.Name == "allergies":
		case x.Infusions != nil && e.Name == "infusions", x.Prior != nil && e.Name == "prior":
		default:
			continue
		}
		out = append(out, view.CourseFact{Name: c.origin(x), Value: c.out(x), Said: fmt.Sprintf("struck %s by %s: %s", shortDay(x.At.In(c.Now.Location()), c.Now), c.Who(x.By), c.Text(x.Reason))})
	}
	return out
}

// struckOf are the items that came to an asking and of which nothing counts any more.
func (c CourseTeller) struckOf(a course.Asked) []string {
	return slices.DeleteFunc(slices.Clone(a.Came), func(item string) bool {
		_, counts := c.Latest[item]
		return counts
	})
}

// out is what was struck, as it was said.
func (c CourseTeller) out(x course.StruckOut) string {
	switch {
	case x.Statement != nil:
		return c.statement(x.Statement.What)
	case x.Medicines != nil:
		return lined(x.Place, c.medicines(x.Medicines.What))
	case x.Allergies != nil:
		return lined(x.Place, c.allergies(x.Allergies.What))
	case x.Infusions != nil:
		return lined(x.Place, c.given(x.Infusions.What))
	case x.Prior != nil:
		return c.prior(x.Prior.What)
	}
	return ""
}

// origin says where it came from; of a list the list says so.
func (c CourseTeller) origin(x course.StruckOut) string {
	if x.Statement == nil {
		return ""
	}
	return referral.Upper(c.said(x.Statement.What) + c.recorded(x.Statement.By, x.Statement.What.Source))
}

// lined is a line of a list, or with place 0 the whole of it.
func lined(place int, lines []string) string {
	if place > 0 {
		return strings.Join(lines, "; ")
	}
	if len(lines) == 0 {
		return "a list of nothing"
	}
	return "the list: " + strings.Join(lines, "; ")
}
