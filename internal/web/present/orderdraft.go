package present

import (
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// OrderDraft says what became of an order that several people write.
type OrderDraft struct {
	Look app.DraftLook
	asks map[string]view.Ask
	me   ident.Person
	name func(ident.Person) string
	zone *time.Location
	now  time.Time
}

// Draft tells of a draft in the words of the form.
func (f OrderForm) Draft(look app.DraftLook, me ident.Person, name func(ident.Person) string) OrderDraft {
	d := OrderDraft{Look: look, asks: map[string]view.Ask{"protocol": {Name: "protocol", Label: "Protocol"}}, me: me, name: name, zone: f.Visit.Zone, now: f.Now}
	for _, a := range f.blank() {
		d.asks[a.Name] = a
	}
	return d
}

// blank are the questions of the form as it begins.
func (f OrderForm) blank() []view.Ask {
	row, ok := protocol.Of(f.Library.Of, f.Typed.Get("protocol"))
	if !ok {
		return nil
	}
	f.Typed, f.wrong = nil, map[string]string{}
	var out []view.Ask
	for _, s := range f.sections(row) {
		out = append(out, s.Asks...)
	}
	return out
}

// Begins are the answers that the form begins with, one for each question.
func (f OrderForm) Begins() app.Answers {
	out := app.Answers{"protocol": nil} // somebody chooses it
	for _, a := range f.blank() {
		out[a.Name] = nil
		if a.Value != "" {
			out[a.Name] = []string{a.Value}
		}
	}
	return out
}

// Into puts it into the page.
func (d OrderDraft) Into(p *view.OrderPage) {
	p.Draft, p.Here, p.Since, p.Last = d.Look.Seen, d.here(), d.since(), d.last()
	for i := range p.Sections {
		for j := range p.Sections[i].Asks {
			a := &p.Sections[i].Asks[j]
			a.Note = p.Last[a.Name]
		}
	}
}

// News is it for a page that asks by itself.
func (d OrderDraft) News() view.OrderNews {
	n := view.OrderNews{
		Draft: d.Look.Seen, Answers: map[string][]string{}, Last: d.last(), Here: d.here(), Since: d.changes(), Ended: d.ended(), Unknown: d.Look.Unknown, AtMS: d.now.UnixMilli(),
	}
	for name, says := range d.Look.Answers {
		n.Answers[name] = append([]string{}, says...)
	}
	return n
}

func (d OrderDraft) who(p ident.Person) string {
	if p == d.me {
		return "You"
	}
	return d.name(p)
}

func (d OrderDraft) at(t time.Time) string {
	t, now := t.In(d.zone), d.now.In(d.zone)
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return clock(t, d.zone)
	}
	return word.Moment(t)
}

func (d OrderDraft) here() []string {
	out := []string{}
	for _, v := range d.Look.Visitors {
		if v.Here {
			out = append(out, d.name(v.Person)+" has this form open now.")
		} else {
			out = append(out, d.name(v.Person)+" opened this form at "+d.at(v.Opened)+".")
		}
	}
	return out
}

// last says who gave each answer; one's own bear no name.
func (d OrderDraft) last() map[string]string {
	out := map[string]string{}
	for name, c := range d.Look.Last {
		if c.By != d.me {
			out[name] = d.name(c.By) + ", " + d.at(c.At)
		}
	}
	return out
}

// since is all that stands between what a page shows and what is in the draft.
func (d OrderDraft) since() []string {
	var out []string
	if s := d.ended(); s != "" {
		out = append(out, s)
	}
	if d.Look.Unknown {
		out = append(out, "It is not known any more what others changed since you opened this page: read every answer again.")
	}
	return append(out, d.changes()...)
}

func (d OrderDraft) ended() string {
	if s := d.Look.Signed; s != nil {
		return d.who(s.By) + " signed an order of this visit at " + d.at(s.At) + ". What stands here is not that order."
	}
	return ""
}

func (d OrderDraft) changes() []string {
	out := []string{}
	for _, c := range d.Look.Others {
		who := d.who(c.By)
		if c.By == d.me {
			who = "You, on another page,"
		}
		out = append(out, who+" changed "+d.label(c.Field)+" from "+d.says(c.Field, c.From)+" to "+d.says(c.Field, c.To)+", "+d.at(c.At)+".")
	}
	return out
}

func (d OrderDraft) label(field string) string {
	if a, ok := d.asks[field]; ok {
		return "“" + a.Label + "”"
	}
	return "an answer that this protocol does not ask for"
}

// says is an answer in the words of the form.
func (d OrderDraft) says(field string, answers []string) string {
	if len(answers) == 0 {
		return "nothing"
	}
	a := d.asks[field]
	var out []string
	for _, x := range answers {
		if i := slices.IndexFunc(a.Options, func(o view.AskOption) bool { return o.Value == x }); i >= 0 {
			x = a.Options[i].Label
		}
		out = append(out, strings.TrimSpace(x+" "+a.Unit))
	}
	said := strings.Join(out, ", ")
	if a.Input == "long" {
		return "“" + said + "”"
	}
	return said
}
