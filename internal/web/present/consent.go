package present

import (
	"strings"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// ConsentParts is the consent document as it is read.
func ConsentParts(c library.Consent) []view.ConsentPart {
	var out []view.ConsentPart
	for _, p := range c.Parts() {
		part := view.ConsentPart{Title: p.Text}
		for _, s := range p.Statements {
			source := ""
			if src := c.Source(s.Source); string(src.Kind) != "ours" {
				source = src.Text
			}
			part.Text = append(part.Text, view.ConsentText{Text: s.Text, Source: source})
		}
		out = append(out, part)
	}
	return out
}

// ConsentStanding says how a consent stands.
func ConsentStanding(c course.ConsentStanding) []view.CourseNote {
	if !c.Has {
		return []view.CourseNote{{Text: "Nothing is signed here. A consent on paper is attested at the visit.", Tone: view.Amber}}
	}
	if c.Stands() {
		return []view.CourseNote{{Text: "Signed, and of force.", Tone: view.Plain}}
	}
	var out []view.CourseNote
	for _, x := range []struct {
		is   bool
		text string
	}{
		{c.Withdrawn, "The patient has withdrawn consent. Nothing is given until it is signed anew."},
		{c.Changed, "The text has changed since it was signed: it is signed anew."},
		{c.Expired, "The time that it covers is over: it is signed anew."},
		{c.Used, "The infusions that it covers were given: it is signed anew."},
	} {
		if x.is {
			out = append(out, view.CourseNote{Text: x.text, Tone: view.Amber})
		}
	}
	return out
}

// Signed is the latest signature in words.
func (c CourseTeller) Signed() view.SignedConsent {
	s := c.State.Consent
	if s == nil {
		return view.SignedConsent{}
	}
	x := s.What
	out := view.SignedConsent{
		Name: c.Text(x.Signer.Name), Role: string(x.Signer.Role), Method: string(x.Signer.Method), Relationship: c.Text(x.Signer.Relationship),
		At: word.Moment(s.At.In(c.Now.Location())), Taken: c.Who(s.By), Capacity: string(x.Capacity), Interpreter: c.Text(x.Interpreter),
		Questions: "asked and answered. " + c.Text(x.Asked), Registry: "the patient said no", Copy: string(x.Copy), Until: word.Date(x.Until),
		Infusions: x.Infusions, Document: x.Document,
	}
	if x.Signer.Method == course.Drawn {
		out.Ink = strings.Split(c.Text(x.Signer.Strokes), ";")
		if _, err := course.ReadInk(c.Text(x.Signer.Strokes)); err != nil { // erased, or not ours
			out.Ink = nil
			out.Method += " (the drawing is not kept any more)"
		}
	}
	if out.Interpreter == "" {
		out.Interpreter = "not needed"
	}
	if x.Registry {
		out.Registry = "the patient agreed that data without the name goes into a registry"
	}
	return out
}
