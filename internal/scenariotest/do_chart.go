package scenariotest

import (
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/session"
)

// chartDoings: observations, side effects, drugs beside the pump, notes, and
// corrections of all that.
func chartDoings() []sentence[doing] {
	return []sentence[doing]{
		say("charts a <words> set", with(session.ActObserve, func(g gaps) (any, error) { return observation(g.text(0), "") })),
		say("charts a <words> set: <list>", with(session.ActObserve, func(g gaps) (any, error) { return observation(g.text(0), g.text(1)) })),
		say("notes <code> grade <int>", knowing(session.ActNoteEffect, func(g gaps, b Book) (any, error) {
			return obj{"id": b.NewID(), "code": g.text(0), "grade": g.int(1)}, nil
		})),
		say("grades <code> <int>", knowing(session.ActGradeEffect, func(g gaps, b Book) (any, error) {
			id, err := effect(b, g.text(0))
			return obj{"id": id, "grade": g.int(1)}, err
		})),
		say("sees <code> resolved", knowing(session.ActResolveEffect, func(g gaps, b Book) (any, error) {
			id, err := effect(b, g.text(0))
			return obj{"id": id}, err
		})),
		say("gives <words> <n> mg IV as ordered", with(session.ActGiveDrug, func(g gaps) (any, error) {
			return given1(g.text(0), g.text(1), "adjunct", g.text(0)), nil
		})),
		say("gives <words> <n> mg IV without an order", with(session.ActGiveDrug, func(g gaps) (any, error) {
			return given1(g.text(0), g.text(1), "", nil), nil
		})),
		say("gives ketamine <n> mg IV from the bag by the spoken order", knowing(session.ActGiveDrug, func(g gaps, b Book) (any, error) {
			body := given1("ketamine", g.text(0), "from_bag", true)
			return carried(body, b, true)
		})),
		say("confirms what the monitor showed", knowing(session.ActConfirmReadings, func(_ gaps, b Book) (any, error) {
			var entries []int64
			for _, f := range b.State.Unconfirmed() {
				entries = append(entries, f.Position)
			}
			return obj{"entries": entries}, nil
		})),
		say("marks the <words> that the monitor showed at <clock> as <words>", func(g gaps) (doing, error) {
			at, err := g.clock(1)
			why, unknown := oneOf(g.text(2), session.DoubtArtefact, session.DoubtPatient)
			return func(b Book) (Deed, error) {
				f, err := roundOf(b, b.Time(at), g.text(0))
				return Deed{Act: session.ActDoubtReading, Body: obj{"entry": f.Position, "kind": session.AllSigns, "why": why}}, err
			}, errors.Join(err, unknown)
		}),
		say("says of the <words> due at <clock>: <words>", func(g gaps) (doing, error) {
			at, err := g.clock(1)
			what, unknown := oneOf(g.text(0), session.RoundCuff, session.RoundObservation, session.RoundPresence, session.RoundPeak, session.RoundRecovery)
			return func(b Book) (Deed, error) {
				return tell(session.ActMissRound, obj{"round": what, "due": b.Time(at).UTC(), "why": g.text(2)})
			}, errors.Join(err, unknown)
		}),
		say("looks in", always(session.ActPresence, obj{})),
		say("writes <text>", with(session.ActNote, func(g gaps) (any, error) { return obj{"text": words(g.text(0))}, nil })),
		say("corrects the set of <clock>: <list> because <text>", correct(func(g gaps, b Book, at time.Time) (int64, obj, error) {
			o, err := setOf(b, at)
			if err != nil {
				return 0, nil, err
			}
			body, err := observation(string(o.Purpose), g.text(1))
			return o.Stamp.Position, obj{"observation": body, "reason": words(g.text(2))}, err
		})),
		say("corrects the pump reading of <clock> to <n> mL/h because <text>", correct(func(g gaps, b Book, at time.Time) (int64, obj, error) {
			p, err := readingOf(b, at)
			return p, obj{"read": display(g.text(1)), "reason": words(g.text(2))}, err
		})),
		say("moves the stop of <clock> to <clock> because <text>", correct(func(g gaps, b Book, at time.Time) (int64, obj, error) {
			p, err := stopOf(b, at)
			if err != nil {
				return 0, nil, err
			}
			to, err := g.clock(1)
			return p, obj{"at": b.Time(to).UTC(), "reason": words(g.text(2))}, err
		})),
		say("strikes the stop of <clock> because <text>", strike(stopOf)),
		say("strikes the set of <clock> because <text>", strike(func(b Book, at time.Time) (int64, error) {
			o, err := setOf(b, at)
			return o.Stamp.Position, err
		})),
		say("strikes the drug of <clock> because <text>", strike(func(b Book, at time.Time) (int64, error) {
			for _, d := range b.State.Drugs {
				if d.At.Equal(at) {
					return d.Position, nil
				}
			}
			return 0, fmt.Errorf("no drug was given then")
		})),
	}
}

func given1(drug, mg, field string, is any) obj {
	body := obj{"drug": drug, "amount": mg, "unit": "mg", "route": "IV"}
	if field != "" {
		body[field] = is
	}
	return body
}

// roundOf is what was kept of the monitor for a round that was due at an instant.
func roundOf(b Book, due time.Time, what string) (session.RoundFact, error) {
	for _, f := range b.State.Rounds {
		if f.Taken.Due.Equal(due) && string(f.Taken.Round) == what {
			return f, nil
		}
	}
	return session.RoundFact{}, fmt.Errorf("nothing was kept of the %s of then", what)
}

func effect(b Book, code string) (string, error) {
	for _, f := range b.State.Effects {
		if f.Code == code {
			return string(f.ID), nil
		}
	}
	return "", fmt.Errorf("%s was not noted", code)
}

// correct amends the entry that held at the first clock time of the sentence.
func correct(body func(g gaps, b Book, at time.Time) (int64, obj, error)) func(gaps) (doing, error) {
	return func(g gaps) (doing, error) {
		at, err := g.clock(0)
		return func(b Book) (Deed, error) {
			position, o, err := body(g, b, b.Time(at))
			if err != nil {
				return Deed{}, err
			}
			o["entry"] = position
			return tell(session.ActAmend, o)
		}, err
	}
}

func strike(find func(b Book, at time.Time) (int64, error)) func(gaps) (doing, error) {
	return correct(func(g gaps, b Book, at time.Time) (int64, obj, error) {
		p, err := find(b, at)
		return p, obj{"strike": true, "reason": words(g.text(1))}, err
	})
}

func setOf(b Book, at time.Time) (session.ObservationFact, error) {
	for _, o := range b.State.Observations {
		if o.At.Equal(at) {
			return o, nil
		}
	}
	return session.ObservationFact{}, fmt.Errorf("no set was charted for then")
}

func readingOf(b Book, at time.Time) (int64, error) {
	for _, f := range b.State.Pump {
		if f.At.Equal(at) && f.Read != nil {
			return f.Position, nil
		}
	}
	return 0, fmt.Errorf("the pump was not read then")
}

func stopOf(b Book, at time.Time) (int64, error) {
	for _, f := range b.State.Stops {
		if f.At.Equal(at) {
			return f.Position, nil
		}
	}
	return 0, fmt.Errorf("no stop was recorded for then")
}

// helpDoings: an emergency and its log.
func helpDoings() []sentence[doing] {
	return []sentence[doing]{
		say("calls for help", always(session.ActHelp, obj{})),
		say("takes the call for help back", always(session.ActUndoHelp, obj{})),
		say("logs <words>", with(session.ActLogHelp, func(g gaps) (any, error) {
			what, err := oneOf(g.text(0), session.HelpDrug, session.HelpOxygen, session.HelpAirway, session.HelpCompressions,
				session.HelpShock, session.HelpAmbulance, session.HelpArrived)
			return obj{"what": what}, err
		})),
		say("ends the emergency: <text>", with(session.ActEndHelp, func(g gaps) (any, error) { return obj{"outcome": words(g.text(0))}, nil })),
	}
}

// endDoings: recovery, discharge, the account of the drug, closing.
func endDoings() []sentence[doing] {
	seen := func(e obj) func(gaps) (doing, error) { return always(session.ActCheckDischarge, obj{"escort_seen": e}) }
	return []sentence[doing]{
		say("begins recovery", always(session.ActRecover, obj{})),
		say("scores discharge: MPADSS <int> <int> <int> <int> <int>, Aldrete <int> <int> <int> <int> <int>", with(session.ActScoreDischarge, scores)),
		say("answers the discharge list", always(session.ActCheckDischarge, obj{
			"taught_back": true, "written": true, "drinks": true, "line_out": true, "site_clean": true, "pain_accepted": true, "transport": "car with the escort",
		})),
		say("sees the escort, <text>", with(session.ActCheckDischarge, func(g gaps) (any, error) {
			return obj{"escort_seen": obj{"seen": true, "name": words(g.text(0))}}, nil
		})),
		say("sees no escort", seen(obj{"seen": false})),
		say("sees no escort and tries <text>", with(session.ActCheckDischarge, func(g gaps) (any, error) {
			return obj{"escort_seen": obj{"seen": false, "second_contact": words(g.text(0))}}, nil
		})),
		say("sees no escort and tries <text>, manager <text>", with(session.ActCheckDischarge, func(g gaps) (any, error) {
			return obj{"escort_seen": obj{"seen": false, "second_contact": words(g.text(0)), "manager": words(g.text(1))}}, nil
		})),
		say("repeats the mood questions: <words>", with(session.ActCheckDischarge, func(g gaps) (any, error) {
			m, err := moodOf(g.text(0))
			return obj{"mood": m}, err
		})),
		say("signs the discharge off", always(session.ActCheckDischarge, obj{"sign_off": true})),
		say("discharges the patient", always(session.ActDischarge, obj{})),
		say("wastes <n> mg in <n> mL, witnessed by <person>", witnessed(session.ActWaste)),
		say("wastes <n> mg in <n> mL, witnessed by nobody", with(session.ActWaste, amount)),
		say("returns <n> mg in <n> mL, witnessed by <person>", witnessed(session.ActReturn)),
		say("reviews the record and signs", always(session.ActReview, obj{"meaning": session.MeaningReviewed})),
		say("reaches the patient at home", called(session.FollowUpReached)),
		say("does not reach the patient at home and tries again", called(session.FollowUpAgain)),
		say("does not reach the patient at home and lets it be", called(session.FollowUpNoMore)),
		say("closes the record", always(session.ActClose, obj{})),
	}
}

func amount(g gaps) (any, error) {
	return obj{"mass": qty(g.text(0), "mg"), "volume": qty(g.text(1), "mL")}, nil
}

func witnessed(what act.Act) func(gaps) (doing, error) {
	return func(g gaps) (doing, error) {
		who, err := personNamed(g.text(2))
		return func(Book) (Deed, error) {
			body, err := amount(g)
			return Deed{Act: what, Body: body, Witness: who}, err
		}, err
	}
}

func scores(g gaps) (any, error) {
	var n [10]int
	for i := range n {
		n[i] = g.int(i)
	}
	return obj{
		"mpadss":  scale.MPADSS{Vitals: n[0], Ambulation: n[1], Nausea: n[2], Pain: n[3], Bleeding: n[4]},
		"aldrete": scale.Aldrete{Activity: n[5], Respiration: n[6], Circulation: n[7], Consciousness: n[8], Saturation: n[9]},
	}, nil
}

// moodOf is an answer about mood and thoughts of ending life.
func moodOf(answer string) (obj, error) {
	switch answer {
	case "well":
		return obj{"low": false, "suicidal": false}, nil
	case "thoughts of ending life":
		return obj{"low": true, "suicidal": true}, nil
	case "thoughts of ending life and the prescriber is told":
		return obj{"low": true, "suicidal": true, "action": words("the prescriber is told and stays")}, nil
	}
	return nil, fmt.Errorf("%q is not one of: well, thoughts of ending life, thoughts of ending life and the prescriber is told", answer)
}

// called is a call to the patient at home.
func called(outcome session.FollowUpOutcome) func(gaps) (doing, error) {
	return always(session.ActFollowUp, obj{"outcome": outcome, "said": words("what was said")})
}
