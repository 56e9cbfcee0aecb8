package session

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
)

// drawUpLines is the draw-up gate: no vial is opened while one of these blocks.
func drawUpLines() []line {
	return slices.Concat(whoLines(), orderLines(), precheckLines(), baselineLines(), placeLines())
}

// whoLines: who the patient is and what they agreed to.
func whoLines() []line {
	return []line{
		{"identity", "SW-IDENTITY", look.identity},
		{"allergies", "SW-ALLERGIES", look.allergiesRead},
		{"allergy-to-drug", "CI-ALLERGY", look.allergyToDrug},
		{"consent", "SW-CONSENT", look.consent},
		{"consent-today", "CI-PRIORAE-CONSENT", look.consentToday},
		{"screening", "SW-SCREENING", look.screening},
	}
}

// orderLines: the order as it was signed.
func orderLines() []line {
	out := []line{
		{"order", "SW-ORDER", look.orderPresent},
		{"order-patient", "SW-ORDER-PATIENT", look.orderPatient},
		{"order-valid", "SW-ORDER-VALID", look.orderValid},
		{"order-library", "SW-ORDER-LIBRARY", look.orderLibrary},
		{"order-review", "SW-ORDER-REVIEW", look.orderReview},
		{"order-drug", "SW-ORDER-DRUG", look.orderDrug},
	}
	for _, l := range orderLimits() {
		out = append(out, line{l.check, l.hard, func(v look) verdict { return v.orderLimited(l) }})
	}
	return out
}

func (v look) identity() verdict {
	ids := slices.Compact(slices.Sorted(slices.Values(v.s.Identifiers)))
	need := v.env.Rules.Count(library.Identifiers)
	if len(ids) < need {
		return unsure(say("identity.few", strconv.Itoa(len(ids)), strconv.Itoa(need)), say("identity.settle"))
	}
	return fine()
}

func (v look) allergiesRead() verdict {
	return asked(v, "allergies", v.s.Precheck.Allergies, func(a AllergiesRead) verdict {
		if !a.Agreed {
			return found(say("allergies.differ"), say("allergies.settle"))
		}
		return fine()
	})
}

func (v look) allergyToDrug() verdict {
	allergic := v.env.Patient.AllergyToDrug
	switch {
	case !v.env.Patient.Known || allergic == nil:
		return unsure(say("allergy.unknown"), say("allergy.settle"))
	case *allergic:
		return found(say("allergy.found"), say("prescriber.decides"))
	}
	return fine()
}

// screening: the decision that the patient is suitable for a course still carries,
// with every rule run again today. Only where there is no course on record may it
// stand on paper.
func (v look) screening() verdict {
	c := v.env.Course
	settle := say("course.settle")
	switch {
	case !c.Known:
		return unsure(say("course.unknown"), settle)
	case !c.Has:
		return v.paper(Screening)
	case c.Over:
		return found(say("course.over"), settle)
	case c.Decided == "":
		return found(say("course.undecided"), settle)
	case c.Decided != decidedSuitable:
		return found(say("course.decided", c.Decided), settle)
	case len(c.New) > 0:
		return found(say("course.new", strings.Join(c.New, ", ")), settle)
	case !c.Planned:
		return found(say("course.unplanned"), settle)
	case c.Overdue:
		return found(say("course.overdue"), settle)
	}
	return v.interactions()
}

// interactions: those of medicines that changed since the last visit were checked
// only where the whole list was taken anew today.
func (v look) interactions() verdict {
	m := v.s.Precheck.Medicines
	if m == nil || !m.Changed {
		return fine()
	}
	at := v.env.Course.MedicinesAt
	listed, known := v.today(at)
	switch {
	case !known:
		return unsure(say("no_zone"), say("set_zone"))
	case at.IsZero() || !listed:
		return unsure(say("course.medicines"), say("course.list_medicines"))
	}
	return fine()
}

func (v look) consentToday() verdict {
	return asked(v, "consent_now", v.s.Precheck.ConsentNow, func(c ConsentNow) verdict {
		if !c.Confirmed {
			return found(say("consent.refused"), say("consent.settle"))
		}
		return fine()
	})
}

// orderPresent: signed here by a prescriber, or attested from paper.
func (v look) orderPresent() verdict {
	o := v.s.Order
	paper, attested := v.s.Papers[OrderForm]
	switch {
	case o == nil:
		return unsure(say("order.none"), say("order.attach"))
	case attested:
		return v.dated(OrderForm, paper)
	case o.Prescriber == "" || o.SignedAt.IsZero():
		return unsure(say("order.unsigned"), say("order.sign"))
	}
	return fine()
}

func (v look) orderPatient() verdict {
	switch o := v.s.Order; {
	case o == nil:
		return unsure(say("order.none"), say("order.attach"))
	case o.Patient == "" || v.s.Patient == "":
		return unsure(say("order.no_patient"), say("order.attach"))
	case o.Patient != v.s.Patient:
		return found(say("order.other_patient"), say("order.attach"))
	}
	return fine()
}

func (v look) orderValid() verdict {
	o := v.s.Order
	switch {
	case o == nil:
		return unsure(say("order.none"), say("order.attach"))
	case o.SignedAt.IsZero() || o.ValidUntil.IsZero():
		return unsure(say("order.no_dates"), say("order.renew"))
	case o.SignedAt.After(v.env.Now):
		return found(say("order.not_yet"), say("order.renew"))
	case !v.env.Now.Before(o.ValidUntil):
		return found(say("order.expired"), say("order.renew"))
	}
	return fine()
}

func (v look) orderDrug() verdict {
	o := v.s.Order
	first, second := v.env.Rules.Concentration(library.FirstConcentration), v.env.Rules.Concentration(library.SecondConcentration)
	switch {
	case o == nil:
		return unsure(say("order.none"), say("order.attach"))
	case o.Drug == "" || !o.Concentration.Positive() || !o.DosingWeight.Positive() || len(o.Steps) == 0:
		return unsure(say("order.incomplete"), say("order.renew"))
	case o.Drug != drug.Ketamine:
		return found(say("order.other_drug", o.Drug), say("order.renew"))
	case o.Concentration != first && o.Concentration != second:
		return found(say("order.concentration", o.Concentration.String(), first.String(), second.String()), say("order.renew"))
	}
	return fine()
}
