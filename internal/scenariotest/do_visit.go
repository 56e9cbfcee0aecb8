package scenariotest

import (
	"fmt"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/session"
)

// visitDoings: from the plan of a visit to the draw-up gate, and its early ends.
func visitDoings() []sentence[doing] {
	return []sentence[doing]{
		say("signs the room check", func(gaps) (doing, error) {
			return func(Book) (Deed, error) { return Deed{Room: true}, nil }, nil
		}),
		say("signs the room check with <words> missing", func(g gaps) (doing, error) {
			what, err := oneOf(g.text(0), house.List()...)
			return func(Book) (Deed, error) { return Deed{Room: true, Missing: []house.Equipment{what}}, nil }, err
		}),
		say("plans the visit for <clock>", func(g gaps) (doing, error) {
			at, err := g.clock(0)
			return func(b Book) (Deed, error) {
				return tell(session.ActSchedule, obj{"patient": b.Patient, "chair": b.Chair, "planned_start": b.Time(at).UTC()})
			}, err
		}),
		say("attaches the order", knowing(session.ActAttachOrder, func(_ gaps, b Book) (any, error) {
			return order(b, b.Setting.Orders[b.Chair])
		})),
		say("attaches a new order: <steps>", func(g gaps) (doing, error) {
			steps, err := stepsOf(g.text(0))
			return func(b Book) (Deed, error) {
				body, err := order(b, Order{Steps: steps, Weight: b.Setting.Orders[b.Chair].Weight})
				return Deed{Act: session.ActAttachOrder, Body: body}, err
			}, err
		}),
		say("checks the patient in by name and date of birth", always(session.ActArrive,
			obj{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})),
		say("checks the patient in by name alone", always(session.ActArrive, obj{"identifiers": []session.Identifier{session.ByName}})),
		say("is the responsible nurse", always(session.ActTakeNurse, obj{})),
		say("is the responsible prescriber, on site", always(session.ActTakePrescriber, obj{"on_site": true})),
		say("is the responsible prescriber, away", always(session.ActTakePrescriber, obj{"on_site": false})),
		say("attests the <words> on paper of <date>", func(g gaps) (doing, error) {
			doc, err := oneOf(g.text(0), session.Consent, session.Screening, session.OrderForm)
			return func(b Book) (Deed, error) {
				return tell(session.ActAttest, obj{"document": doc, "title": words("form in the paper file"), "document_date": b.Date(g.text(1))})
			}, err
		}),
		say("answers the pre-check", precheck(func(gaps) string { return "" })),
		say("answers the pre-check but <words>", precheck(func(g gaps) string { return g.text(0) })),
		say("asks <words>: <list>", func(g gaps) (doing, error) {
			answer, err := section(g.text(0), g.text(1))
			return func(b Book) (Deed, error) { return tell(session.ActPrecheck, answer(b)) }, err
		}),
		say("accepts <code> at the <words> gate because <text>", with(session.ActOverride, func(g gaps) (any, error) {
			gate, err := anyGate(g.text(1))
			return obj{"gate": gate, "check": g.text(0), "reason": words(g.text(2))}, err
		})),
		say("asks the draw-up gate to open", always(session.ActReady, obj{})),
		say("cancels the visit because <text>", with(session.ActCancel, func(g gaps) (any, error) {
			return obj{"reason": words(g.text(0))}, nil
		})),
		say("hands the patient to <text> because <text>", with(session.ActTransfer, func(g gaps) (any, error) {
			return obj{"to": words(g.text(0)), "reason": words(g.text(1))}, nil
		})),
		say("records that the patient left: told <text>, <words>, escort and emergency contact called", knowing(session.ActLeave,
			func(g gaps, b Book) (any, error) {
				capacity, err := oneOf(g.text(1), session.HasCapacity, session.LacksCapacity, session.CapacityUnclear)
				return obj{
					"told": words(g.text(0)), "capacity": capacity, "last_signs": signs(nil), "escort_called": true, "emergency_called": true,
					"follow_up_due": b.Holds.Add(24 * time.Hour).UTC(), "instructions_given": true,
				}, err
			})),
	}
}

// wellPrepared answers every section as for a patient who is well prepared.
func wellPrepared(b Book) obj {
	weight := b.Setting.Orders[b.Chair].Weight
	if weight == "" {
		weight = "72.4"
	}
	return obj{
		"allergies":   obj{"agreed": true},
		"fasting":     obj{"solids": b.Holds.Add(-12 * time.Hour).UTC(), "clear_fluids": b.Holds.Add(-3 * time.Hour).UTC()},
		"escort":      obj{"arranged": true, "name": words("a sister"), "phone": words("555 0100"), "reached": true, "will_drive": false},
		"pregnancy":   obj{"applies": false, "why": session.NotChildbearing},
		"weight":      obj{"weight": qty(weight, "kg"), "scale": "scale 1"},
		"medicines":   medicines(),
		"substances":  obj{"alcohol": false, "cannabis": false, "sedatives": false},
		"conditions":  obj{"glp1": false, "insulin": false, "cpap": false},
		"bladder":     bladder(),
		"mood":        obj{"low": false, "suicidal": false},
		"last_time":   obj{"first": true, "any": false},
		"consent_now": obj{"confirmed": true},
		"premed":      obj{"given": false, "declined": true},
		"access":      obj{"site": "left forearm", "gauge": 22, "attempts": 1},
	}
}

func medicines() obj {
	return obj{"changed": false, "theophylline": false, "sedating": false, "stimulant": false}
}

func bladder() obj {
	return obj{"frequency": false, "urgency": false, "nocturia": false, "dysuria": false, "haematuria": false, "pelvic_pain": false}
}

// sections are the names of the pre-check's sections as people say them.
var sections = map[string]string{
	"allergies": "allergies", "fasting": "fasting", "escort": "escort", "pregnancy": "pregnancy", "weight": "weight",
	"medicines": "medicines", "substances": "substances", "conditions": "conditions", "bladder": "bladder", "mood": "mood",
	"last time": "last_time", "consent": "consent_now", "premedication": "premed", "access": "access",
}

// precheck answers every section but one.
func precheck(but func(gaps) string) func(gaps) (doing, error) {
	return func(g gaps) (doing, error) {
		left := but(g)
		name, known := sections[left]
		if left != "" && !known {
			return nil, fmt.Errorf("%q is not a section of the pre-check", left)
		}
		return func(b Book) (Deed, error) {
			body := wellPrepared(b)
			delete(body, name)
			return tell(session.ActPrecheck, body)
		}, nil
	}
}

// section is the answer to one section of the pre-check.
func section(name, answer string) (func(Book) obj, error) {
	fixed := func(key string, body obj) (func(Book) obj, error) {
		return func(Book) obj { return obj{key: body} }, nil
	}
	yes := func(key string, body obj, field string) (func(Book) obj, error) {
		body[field] = true
		return fixed(key, body)
	}
	usual := func(key string) (func(Book) obj, error) {
		return func(b Book) obj { return obj{key: wellPrepared(b)[key]} }, nil
	}
	switch name + ": " + answer {
	case "consent: confirmed":
		return usual("consent_now")
	case "consent: not confirmed":
		return fixed("consent_now", obj{"confirmed": false})
	case "escort: none":
		return fixed("escort", obj{"arranged": false, "reached": false, "will_drive": false})
	case "escort: named but not reached":
		return fixed("escort", obj{"arranged": true, "name": words("a sister"), "phone": words("555 0100"), "reached": false, "will_drive": false})
	case "escort: reached":
		return usual("escort")
	case "conditions: GLP-1 agonist":
		return yes("conditions", obj{"insulin": false, "cpap": false}, "glp1")
	case "conditions: insulin, glucose not measured":
		return yes("conditions", obj{"glp1": false, "cpap": false}, "insulin")
	case "medicines: theophylline":
		return yes("medicines", medicines(), "theophylline")
	case "bladder: blood in the urine":
		return yes("bladder", bladder(), "haematuria")
	case "mood: low":
		return fixed("mood", obj{"low": true, "suicidal": false})
	case "pregnancy: test positive":
		return fixed("pregnancy", obj{"applies": true, "result": session.PregnancyPositive})
	case "pregnancy: test declined":
		return fixed("pregnancy", obj{"applies": true, "result": session.PregnancyDeclined})
	}
	if kg, ok := strings.CutSuffix(answer, " kg"); ok && name == "weight" {
		return fixed("weight", obj{"weight": qty(kg, "kg"), "scale": "scale 1"})
	}
	if at, ok := strings.CutPrefix(answer, "last meal at "); ok && name == "fasting" {
		ate, err := clockOf(at)
		return func(b Book) obj {
			return obj{"fasting": obj{"solids": b.Time(ate).UTC(), "clear_fluids": b.Holds.Add(-3 * time.Hour).UTC()}}
		}, err
	}
	return nil, fmt.Errorf("not an answer of the pre-check: %s: %s", name, answer)
}
