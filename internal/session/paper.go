package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/word"
)

// oldestPaper bounds what a date on a document can be where the patient's birth
// is not known. Evidence mark: default.
const oldestPaper = "1900-01-01"

// attest records that a person read a document on paper. A date that no paper
// of this patient can bear goes back: it was misread or mistyped. For how long a
// document is good nothing here says: the person who reads it judges that.
func (d *decider) attest(c Attest) ([]Event, *Refusal) {
	if missing(c.Document, Consent, Screening, OrderForm) {
		return nil, malformed("session.unknown_code", "document")
	}
	if _, err := time.Parse(time.DateOnly, c.DocumentDate); err != nil || c.DocumentDate < oldestPaper {
		return nil, malformed("session.bad_date")
	}
	switch day := lastDay(d.at, d.env.Zone); {
	case c.DocumentDate > day:
		return nil, malformed("session.paper_future", word.Date(c.DocumentDate), word.Date(day))
	case d.env.Patient.Known && c.DocumentDate < d.env.Patient.BornOn:
		return nil, malformed("session.paper_before_birth", word.Date(c.DocumentDate))
	case !c.Title.Given():
		return nil, malformed("session.text_missing")
	}
	if _, r := d.person(); r != nil {
		return nil, r
	}
	return one(PaperAttested{Document: c.Document, Title: c.Title, DocumentDate: c.DocumentDate})
}

// lastDay is the calendar day of t in the clinic's zone. Where that is not known
// it is the latest day that t falls on anywhere, so that only what is impossible
// everywhere goes back.
func lastDay(t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.FixedZone("UTC+14", 14*60*60)
	}
	return t.In(zone).Format(time.DateOnly)
}

// paper: a document that staff read on paper reads attested, never clear.
func (v look) paper(d Document) verdict {
	p, ok := v.s.Papers[d]
	if !ok {
		return unsure(say("paper.none", string(d)), say("paper.settle", string(d)))
	}
	return v.dated(d, p)
}

// dated judges the date of a paper that was attested: the entry is kept whatever
// it says, and was not always held against the patient's birth.
func (v look) dated(d Document, p Attestation) verdict {
	again := say("paper.settle", string(d))
	switch {
	case v.env.Zone == nil:
		return unsure(say("no_zone"), say("set_zone"))
	case !v.env.Patient.Known || v.env.Patient.BornOn == "":
		return unsure(say("paper.no_register"), say("weight.register"))
	case p.DocumentDate > lastDay(p.At, v.env.Zone):
		return found(say("paper.future", string(d), word.Date(p.DocumentDate)), again)
	case p.DocumentDate < v.env.Patient.BornOn:
		return found(say("paper.before_birth", string(d), word.Date(p.DocumentDate)), again)
	}
	return onPaper(say("paper.attested", string(d), word.Date(p.DocumentDate))).resting(p.Position)
}
