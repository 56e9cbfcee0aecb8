package scenariotest

import (
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/session"
)

// drawUpDoings: vials, two computations, the time-out at the chair.
func drawUpDoings() []sentence[doing] {
	return []sentence[doing]{
		say("opens a vial, lot <code>, expiry <date>: <n> mL of <n> mg/mL", knowing(session.ActOpenVials, func(g gaps, b Book) (any, error) {
			return opened(b, drug.Ketamine, g.text(0), g.text(1), g.text(2), g.text(3)), nil
		})),
		say("opens a vial of <words>, lot <code>, expiry <date>: <n> mL of <n> mg/mL", knowing(session.ActOpenVials, func(g gaps, b Book) (any, error) {
			return opened(b, g.text(0), g.text(1), g.text(2), g.text(3), g.text(4)), nil
		})),
		say("opens a vial without reading its drug", knowing(session.ActOpenVials, func(_ gaps, b Book) (any, error) {
			return opened(b, "", "K-2291", Day().AddDate(1, 0, 0).Format(time.DateOnly), "2", "50"), nil
		})),
		say("computes <n> mg in <n> mL", with(session.ActCompute, func(g gaps) (any, error) {
			return obj{"mass": qty(g.text(0), "mg"), "volume": qty(g.text(1), "mL")}, nil
		})),
		say("does the time-out", timeOut("")),
		say("does the time-out but <words>", func(g gaps) (doing, error) { return timeOut(g.text(0))(g) }),
		say("does the time-out with label <code>", knowing(session.ActTimeOut, func(g gaps, b Book) (any, error) {
			body := timeOutBody(b)
			body["label_read"] = g.text(0)
			return body, nil
		})),
	}
}

// opened is one vial as it is read and drawn from.
func opened(b Book, what, lot, expiry, ml, strength string) obj {
	return obj{"vials": []obj{{"drug": what, "lot": lot, "expiry": b.Date(expiry), "volume": qty(ml, "mL"), "strength": qty(strength, "mg/mL")}}}
}

func timeOutBody(b Book) obj {
	label := ""
	if b.State.Prepared != nil {
		label = b.State.Prepared.Label
	}
	return obj{
		"label_read": label, "patient_agrees": true, "call_shown": true, "call_pressed": true, "room_quiet": true, "position": session.Reclined,
	}
}

// timeOut answers the time-out; one answer may be no.
func timeOut(no string) func(gaps) (doing, error) {
	field, known := map[string]string{"": "", "the call button was not pressed": "call_pressed", "the room is not quiet": "room_quiet"}[no]
	return func(gaps) (doing, error) {
		if !known {
			return nil, fmt.Errorf("not an answer of the time-out: %s", no)
		}
		return func(b Book) (Deed, error) {
			body := timeOutBody(b)
			if field != "" {
				body[field] = false
			}
			return tell(session.ActTimeOut, body)
		}, nil
	}
}

// display is what the pump shows: the rate, and the bag that the label names.
func display(rate string) obj {
	return obj{"rate": qty(rate, "mL/h"), "concentration": qty("1", "mg/mL")}
}

func displayed(rate, conc, left string) obj {
	return obj{"rate": qty(rate, "mL/h"), "concentration": qty(conc, "mg/mL"), "to_infuse": qty(left, "mL")}
}

// pumpDoings: what the pump was set to, what it shows, and its stop.
func pumpDoings() []sentence[doing] {
	return []sentence[doing]{
		say("reads <n> mL/h, <n> mg/mL, <n> mL on the pump and starts", with(session.ActStart, func(g gaps) (any, error) {
			return obj{"read": displayed(g.text(0), g.text(1), g.text(2))}, nil
		})),
		say("sets <n> mg/kg/h and reads <n> mL/h on the pump", rate(false)),
		say("sets <n> mg/kg/h by the spoken order and reads <n> mL/h on the pump", rate(true)),
		say("sets <n> mg/kg/h by the spoken order and reads <n> mL/h on the pump because <text>", knowing(session.ActRate, func(g gaps, b Book) (any, error) {
			body := obj{"ordered": qty(g.text(0), "mg/kg/h"), "read": display(g.text(1)), "reason": words(g.text(2))}
			return carried(body, b, true)
		})),
		say("finds the pump at <n> mL/h", with(session.ActRate, func(g gaps) (any, error) {
			return obj{"ordered": qty("0", "mg/kg/h"), "read": display(g.text(0)), "found": true}, nil
		})),
		say("reads <n> mL/h on the pump", with(session.ActReadPump, func(g gaps) (any, error) {
			return obj{"read": display(g.text(0))}, nil
		})),
		say("says that the pump ran at <n> mL/h from <clock>", knowing(session.ActSettleRate, func(g gaps, b Book) (any, error) {
			from, err := clockOf(g.text(1))
			var entries []int64
			for _, c := range b.State.Contests() {
				entries = append(entries, c.Entries()...)
			}
			return obj{"entries": entries, "from": b.Time(from).UTC(), "rate": qty(g.text(0), "mL/h")}, err
		})),
		say("takes over and reads <n> mL/h on the pump", with(session.ActTakeNurse, func(g gaps) (any, error) {
			return obj{"read": display(g.text(0))}, nil
		})),
		say("takes over without reading the pump", always(session.ActTakeNurse, obj{})),
		say("pauses: <words>", with(session.ActPause, func(g gaps) (any, error) {
			cause, err := oneOf(g.text(0), session.PauseClinical, session.PausePatient, session.PauseEquipment, session.PauseToilet)
			return obj{"cause": cause}, err
		})),
		say("resumes at <n> mg/kg/h and reads <n> mL/h on the pump", resume(false)),
		say("resumes by the spoken order at <n> mg/kg/h and reads <n> mL/h on the pump", resume(true)),
		say("stops: <words>", with(session.ActStop, func(g gaps) (any, error) {
			cause, err := oneOf(g.text(0), session.StopPlanned, session.StopClinical, session.StopPatient, session.StopEmergency, session.StopEquipment)
			return obj{"cause": cause}, err
		})),
		say("stops", always(session.ActStop, obj{})),
		say("says that it was them who stopped", knowing(session.ActClaimStop, func(_ gaps, b Book) (any, error) {
			for _, f := range b.State.Stops {
				if f.WhoOpen {
					return obj{"stop": f.Position}, nil
				}
			}
			return nil, errors.New("every stop has its person")
		})),
		say("reads a total of <n> mL on the pump", with(session.ActReconcile, func(g gaps) (any, error) {
			return obj{"volume": qty(g.text(0), "mL")}, nil
		})),
		say("reads a total of <n> mL on the pump because <text>", with(session.ActReconcile, func(g gaps) (any, error) {
			return obj{"volume": qty(g.text(0), "mL"), "reason": words(g.text(1))}, nil
		})),
		say("says that Stillwatch was not watching from <clock> to <clock>", knowing(session.ActUnwatched, func(g gaps, b Book) (any, error) {
			from, err := clockOf(g.text(0))
			if err != nil {
				return nil, err
			}
			to, err := clockOf(g.text(1))
			return obj{"from": b.Time(from).UTC(), "to": b.Time(to).UTC()}, err
		})),
		say("reads the pump as stopped at <n> mL", with(session.ActConfirmStop, func(g gaps) (any, error) {
			return obj{"volume": qty(g.text(0), "mL")}, nil
		})),
		say("takes a spoken order of <person> for <n> mg/kg/h and reads it back", spoken(session.SpokenRate, true)),
		say("takes a spoken order of <person> for <n> mg/kg/h and does not read it back", spoken(session.SpokenRate, false)),
		say("takes a spoken order of <person> to resume and reads it back", spoken(session.SpokenResume, true)),
		say("takes a spoken order of <person> for a bolus and reads it back", spoken(session.SpokenBolus, true)),
		say("signs the spoken order", knowing(session.ActSignSpoken, func(_ gaps, b Book) (any, error) {
			at, err := lastSpoken(b)
			return obj{"spoken": at}, err
		})),
	}
}

func rate(spoken bool) func(gaps) (doing, error) {
	return knowing(session.ActRate, func(g gaps, b Book) (any, error) {
		return carried(obj{"ordered": qty(g.text(0), "mg/kg/h"), "read": display(g.text(1))}, b, spoken)
	})
}

func resume(spoken bool) func(gaps) (doing, error) {
	return knowing(session.ActResume, func(g gaps, b Book) (any, error) {
		return carried(obj{"ordered": qty(g.text(0), "mg/kg/h"), "read": display(g.text(1))}, b, spoken)
	})
}

// carried names the spoken order that carries an act.
func carried(body obj, b Book, spoken bool) (any, error) {
	if !spoken {
		return body, nil
	}
	at, err := lastSpoken(b)
	body["spoken"] = at
	return body, err
}

func lastSpoken(b Book) (int64, error) {
	if n := len(b.State.Spoken); n > 0 {
		return b.State.Spoken[n-1].Position, nil
	}
	return 0, errors.New("no spoken order was taken")
}

func spoken(kind session.SpokenKind, readBack bool) func(gaps) (doing, error) {
	return func(g gaps) (doing, error) {
		who, err := personNamed(g.text(0))
		return func(b Book) (Deed, error) {
			body := obj{"prescriber": b.Persons[who], "what": kind, "text": words("as told at the chair"), "read_back": readBack}
			if kind == session.SpokenRate {
				body["rate"] = qty(g.text(1), "mg/kg/h")
			}
			return tell(session.ActSpokenOrder, body)
		}, err
	}
}

// monitorDoings: the link between monitor and patient.
func monitorDoings() []sentence[doing] {
	silent := func(speaks bool) func(gaps) (doing, error) {
		return func(gaps) (doing, error) {
			return func(Book) (Deed, error) { return Deed{Monitor: true, Speaks: speaks}, nil }, nil
		}
	}
	station := func(sounds bool) func(gaps) (doing, error) {
		return func(gaps) (doing, error) {
			return func(Book) (Deed, error) { return Deed{Station: true, Speaks: sounds}, nil }, nil
		}
	}
	link := knowing(session.ActLinkMonitor, func(_ gaps, b Book) (any, error) { return obj{"monitor": b.Monitor}, nil })
	return []sentence[doing]{
		say("the monitor falls silent", silent(false)),
		say("the monitor speaks again", silent(true)),
		say("the station falls silent", station(false)),
		say("the station sounds again", station(true)),
		say("links the monitor", link),
		say("confirms that the monitor is on the patient", link),
		say("takes the patient off the monitor for <int> min to the toilet, with <text>", with(session.ActOffMonitor, func(g gaps) (any, error) {
			return obj{"reason": session.OffToilet, "companion": words(g.text(1)), "minutes": g.int(0)}, nil
		})),
		say("takes the patient off the monitor for <int> min to the toilet, with nobody", with(session.ActOffMonitor, func(g gaps) (any, error) {
			return obj{"reason": session.OffToilet, "minutes": g.int(0)}, nil
		})),
		say("puts the patient back on the monitor", always(session.ActBackOnMonitor, obj{})),
	}
}
