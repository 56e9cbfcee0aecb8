package session

import (
	"sync"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// scene is everything a gate may look at, with every check of it clear, until
// a row of a table changes one thing.
type scene struct {
	s    State
	env  Env
	read PumpReading
}

// add says something more, some minutes after ten.
func (x *scene) add(minutes float64, who act.Actor, events ...Event) {
	for i, ev := range events {
		x.s = Evolve(x.s, Entry{Event: ev, Meta: journal.Meta{
			Position: x.s.Position + 1, Sequence: x.s.Sequence + 1, Index: i,
			OccurredAt: at(minutes), EffectiveAt: at(minutes), RecordedAt: at(minutes), Actor: who, Device: who.Via,
		}})
	}
}

// answers lays answers of the pre-check over the clear ones.
func (x *scene) answers(p Precheck) { x.add(-31, byNurse(), PrecheckAnswered{p}) }

// orders replaces the order by one that differs in something.
func (x *scene) orders(change func(*drug.Order)) {
	o := order()
	change(&o)
	x.add(-31, byPrescriber(), OrderAttached{Order: o})
}

// clearPrecheck is a pre-check in which nothing stands in the way.
func clearPrecheck() Precheck {
	return Precheck{
		Allergies:  &AllergiesRead{Agreed: true},
		Fasting:    &Fasting{Solids: at(-30 - 6*60), ClearFluids: at(-30 - 2*60)}, // on the limit at half past nine
		Escort:     &Escort{Arranged: true, Name: said(102), Phone: said(103), Reached: true},
		Pregnancy:  &Pregnancy{Applies: true, Result: PregnancyNegative},
		Weight:     &WeightMeasured{Weight: unit.Kg("80.4")},
		Medicines:  &Medicines{},
		Substances: &Substances{},
		Conditions: &Conditions{},
		Bladder:    &scale.LUTS6{},
		Mood:       &Mood{},
		LastTime:   &LastTime{First: true},
		ConsentNow: &ConsentNow{Confirmed: true},
		Access:     &Access{Site: "left forearm", Gauge: 22, Attempts: 1},
	}
}

// stood is a steady first standing, with help.
func stood(o *Observation) { o.Stood = &Stood{Assisted: true, Steady: true} }

// with sets one sign of a set, or takes it out when text is empty.
func with(k vital.Kind, text string) func(*Observation) {
	return func(o *Observation) {
		var out []vital.Reading
		for _, r := range o.Readings {
			if r.Kind != k {
				out = append(out, r)
			}
		}
		if text != "" {
			x, err := k.Parse(text)
			if err != nil {
				panic(err)
			}
			out = append(out, vital.Reading{Kind: k, Value: x, Quality: vital.Good, Origin: vital.ByHand})
		}
		o.Readings = out
	}
}

// set is a whole set of signs at rest: 128/78, 70, 14, 97 % on air, 36.6 °C,
// awake, oriented, pain 4, no side effects.
func set(p Purpose, changes ...func(*Observation)) Observation {
	o := Observation{
		Purpose: p, Oxygen: &Oxygen{Air: true}, Sedation: ptr(scale.Sedation(5)), Oriented: ptr(true),
		Pain: ptr(scale.NRS(4)), SE12: &scale.SE12{}, Position: Reclined,
	}
	for k, text := range map[vital.Kind]string{
		vital.NIBPSys: "128", vital.NIBPDia: "78", vital.HR: "70", vital.RR: "14", vital.SpO2: "97", vital.Temp: "36.6",
	} {
		with(k, text)(&o)
	}
	for _, change := range changes {
		change(&o)
	}
	return o
}

// drugless is what the visit says that has come to be ready for the draw-up
// gate, by commands only. It is half past nine.
func drugless(t testing.TB) *log {
	l := &log{}
	l.say(t, Schedule{Patient: patient, Chair: 3, PlannedStart: ten()}, envAt(at(-90)))
	l.say(t, Arrive{Identifiers: []Identifier{ByBirth, ByName}}, envAt(at(-60)))
	l.say(t, TakeOver{}, envAt(at(-60)))
	l.say(t, TakePrescriber{OnSite: true}, envAt(at(-59)).by(byPrescriber()))
	l.say(t, AttachOrder{Order: order()}, envAt(at(-58)).by(byPrescriber()))
	l.say(t, Attest{Document: Consent, Title: said(1), DocumentDate: "2026-11-20"}, envAt(at(-57)))
	l.say(t, Attest{Document: Screening, Title: said(2), DocumentDate: "2026-11-20"}, envAt(at(-57)))
	l.say(t, AnswerPrecheck{clearPrecheck()}, envAt(at(-50)))
	l.say(t, Observe{set(ForBaseline)}, envAt(at(-40)))
	l.say(t, Observe{set(ForBaseline)}, envAt(at(-35))) // just five minutes apart
	return l
}

// runningTen brings the visit to the pump running at ten, by commands only.
func runningTen(t testing.TB) *log {
	l := prepared(t)
	l.say(t, Start{startReading()}, envAt(at(0)))
	return l
}

func prepared(t testing.TB) *log {
	l := drugless(t)
	l.say(t, MakeReady{}, envAt(at(-30)))
	l.say(t, OpenVials{[]drug.Vial{{Drug: drug.Ketamine, Lot: "K1", Expiry: "2027-01-31", Strength: unit.MgPerML("50"), Volume: unit.ML("5")}}}, envAt(at(-30)))
	l.say(t, Compute{Mass: unit.Mg("250"), Volume: unit.ML("5")}, envAt(at(-25)))
	l.say(t, Compute{Mass: unit.Mg("250"), Volume: unit.ML("5")}, envAt(at(-24)).by(byNurseTwo()))
	l.say(t, LinkMonitor{monitorOne}, envAt(at(-10)))
	l.say(t, AnswerTimeOut{TimeOut{
		LabelRead: l.state.Prepared.Label, PatientAgrees: true, CallShown: true, CallPressed: true, RoomQuiet: true, Position: Reclined,
	}}, envAt(at(-2)))
	return l
}

// recovering stops half an hour after ten and charts everything for home.
func recovering(t testing.TB) *log {
	l := runningTen(t)
	l.say(t, Stop{Cause: StopPlanned}, envAt(at(30)))
	l.say(t, ConfirmPumpStopped{unit.ML("8")}, envAt(at(31)))
	l.say(t, BeginRecovery{}, envAt(at(32)))
	l.say(t, Observe{set(ForDischarge, stood)}, envAt(at(80)))
	l.say(t, ScoreDischarge{MPADSS: scale.MPADSS{Vitals: 2, Ambulation: 2, Nausea: 2, Pain: 2, Bleeding: 1}, Aldrete: scale.Aldrete{Activity: 2, Respiration: 2, Circulation: 2, Consciousness: 2, Saturation: 1}}, envAt(at(80)))
	yes := ptr(true)
	l.say(t, CheckDischarge{DischargeList{
		EscortSeen: &EscortSeen{Seen: true, Name: said(104)}, TaughtBack: yes, Written: yes, Drinks: yes, LineOut: yes,
		SiteClean: yes, PainAccepted: yes, Transport: "car",
	}}, envAt(at(85)))
	l.say(t, CheckDischarge{DischargeList{SignOff: yes}}, envAt(at(88)).by(byNurseTwo()))
	return l
}

// The clear scene of each gate; the visit is played once.
var (
	drawUpScene    = played(drugless, -30)
	startScene     = played(prepared, 0)
	dischargeScene = played(recovering, 90)
	resumeScene    = played(func(t testing.TB) *log {
		l := runningTen(t)
		l.say(t, Pause{Cause: PausePatient}, envAt(at(20)))
		return l
	}, 25)
)

func played(play func(testing.TB) *log, minute float64) func() scene {
	state := sync.OnceValue(func() State { return play(&testing.T{}).state })
	return func() scene { return scene{s: state(), env: envAt(at(minute)), read: startReading()} }
}
