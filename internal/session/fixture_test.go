package session

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	shipped "github.com/stillwatch/stillwatch/library"
)

// id makes a well-formed identifier that reads as its number.
func id[T ident.Command | ident.Session | ident.Patient | ident.Person | ident.Device | ident.Order | ident.Detail | ident.SideEffect](n int) T {
	return T(fmt.Sprintf("01941f29-7c00-7000-8000-%012d", n))
}

var (
	patient    = id[ident.Patient](1)
	nurse      = id[ident.Person](11)
	nurseTwo   = id[ident.Person](12)
	prescriber = id[ident.Person](21)
	tablet     = id[ident.Device](31)
	monitorOne = id[ident.Device](41)
	pumpOne    = id[ident.Device](42)
)

// ten is ten o'clock on the day of the test's visit; the pump starts then.
func ten() time.Time { return time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC) }

func at(minutes float64) time.Time { return ten().Add(time.Duration(minutes * float64(time.Minute))) }

func byNurse() act.Actor {
	return act.Actor{Kind: act.Person, Person: nurse, Roles: []act.Role{act.Nurse}, Via: tablet, Proof: act.PIN}
}

func byNurseTwo() act.Actor {
	return act.Actor{Kind: act.Person, Person: nurseTwo, Roles: []act.Role{act.Nurse}, Via: tablet, Proof: act.PIN}
}

func byPrescriber() act.Actor {
	return act.Actor{Kind: act.Person, Person: prescriber, Roles: []act.Role{act.Prescriber}, Proof: act.Password}
}

func byTablet() act.Actor { return act.Actor{Kind: act.Device, Via: tablet, Proof: act.Enrolled} }

func byWatch() act.Actor { return act.Actor{Kind: act.Job, Job: "watch", Proof: act.System} }

// said is sealed personal text.
func said(n int) journal.Private {
	return journal.Private{ID: id[ident.Detail](n), Hash: "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}
}

// order is 0.2 mg/kg/h for 30 min, then 0.35 mg/kg/h for 210 min, for 80 kg at
// 1 mg/mL: 16 and 28 mL/h, 106 mg in all.
func order() drug.Order {
	return drug.Order{
		ID: id[ident.Order](51), Protocol: drug.Protocol{ID: "crps-4h", Version: "1", Name: "CRPS, 4 h"}, Patient: patient,
		Drug: drug.Ketamine, DosingWeight: unit.Kg("80"), WeightBasis: drug.ActualWeight,
		Concentration: unit.MgPerML("1"), BagVolume: unit.ML("250"), Diluent: "0.9 % NaCl",
		Steps:    []drug.Step{{Rate: unit.MgPerKgH("0.2"), Minutes: 30}, {Rate: unit.MgPerKgH("0.35"), Minutes: 210}},
		Maxima:   drug.Maxima{Rate: unit.MgPerKgH("0.4"), MassRate: unit.MgPerH("40"), Total: unit.Mg("150"), Dose: unit.MgPerKg("1.8"), Minutes: 300},
		PumpStep: unit.MLPerH("0.1"),
		Adjuncts: []drug.Adjunct{
			{ID: "ondansetron", Drug: "ondansetron", Amount: "4", Unit: "mg", Route: "IV", Indication: "nausea", MaxDoses: 1, Rescue: true},
			{ID: "midazolam", Drug: "midazolam", Amount: "1", Unit: "mg", Route: "IV", Indication: "severe anxiety", MaxDoses: 2, Sedating: true, Rescue: true},
		},
		Watch: drug.Watch{
			CuffFirst: 5, Cuff: 15, Observation: 15, Recovery: 15, Peak: 40, RecoveryLeast: 60, Presence: 15,
		},
		Limits:     []drug.Limit{{Kind: vital.SpO2, Side: "low", Yellow: "94", Red: "90"}},
		Prescriber: prescriber, SignedAt: at(-60), ValidUntil: at(24 * 60), Number: 2, Of: 6,
	}
}

// rules is the shipped library.
var rules = sync.OnceValue(func() library.Session {
	lib, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		panic(err)
	}
	return lib
})

// envAt is what a decision sees at an instant, when the nurse acts.
func envAt(now time.Time) Env {
	no := false
	return Env{
		Session: id[ident.Session](61), Command: ident.Command("01941f29-7c00-7000-8000-0000deadbeef"),
		Now: now, OccurredAt: now, Zone: time.UTC, Actor: byNurse(), Rules: rules(), Head: "ab12",
		Staff: Staff{Known: true, Load: 1, Prescribers: map[ident.Person]bool{prescriber: true}},
		Room:  RoomCheck{Known: true, Done: true, At: at(-120)}, Signed: AlarmsSigned{Known: true, Done: true}, Adopted: Adopted{Known: true, Done: true}, Course: CourseState{Known: true}, Consent: ConsentState{Known: true},
		Heard: Heard{Since: at(-300), Places: []Proved{{"station", now}}},
		Monitor: MonitorState{
			Known: true, Device: monitorOne, Name: "Monitor 1", LastAt: now, ChunkHead: "cd34",
			Latest: map[vital.Kind]vital.Sample{
				vital.HR:   {Kind: vital.HR, Value: 72, At: now, Quality: vital.Good},
				vital.SpO2: {Kind: vital.SpO2, Value: 98, At: now, Quality: vital.Good},
			},
		},
		Patient: PatientFacts{Known: true, BornOn: "1980-05-01", AllergyToDrug: &no, Weights: true},
	}
}

func (e Env) by(a act.Actor) Env { e.Actor = a; return e }

func (e Env) claimed(t time.Time) Env { e.OccurredAt = t; return e }

// log builds entries as a store would hand them to a fold.
type log struct {
	entries []Entry
	state   State
}

func (l *log) add(when time.Time, who act.Actor, events ...Event) *log {
	return l.record(when, when, who, events...)
}

func (l *log) record(when, recorded time.Time, who act.Actor, events ...Event) *log {
	for i, ev := range events {
		n := int64(len(l.entries) + 1)
		e := Entry{Event: ev, Meta: journal.Meta{
			Position: 100 + n, Sequence: n, Index: i, OccurredAt: when, EffectiveAt: when, RecordedAt: recorded, Actor: who, Device: who.Via,
		}}
		l.entries = append(l.entries, e)
		l.state = Evolve(l.state, e)
	}
	return l
}

// say decides c and folds what it becomes; the test fails when it is refused.
func (l *log) say(t testing.TB, c Command, env Env) []Event {
	t.Helper()
	d, r := Decide(l.state, c, env)
	if r != nil {
		t.Fatalf("%s refused: %v", c.Act(), r)
	}
	l.record(d.EffectiveAt, env.Now, env.Actor, d.Events...)
	return d.Events
}

// refused decides c and returns the refusal; the test fails when there is none.
func (l *log) refused(t testing.TB, c Command, env Env) *Refusal {
	t.Helper()
	d, r := Decide(l.state, c, env)
	if r == nil {
		t.Fatalf("%s accepted: %#v", c.Act(), d.Events)
	}
	return r
}

func (l *log) position(back int) int64 { return l.entries[len(l.entries)-1-back].Position }

// until is a visit that has come to a phase by events, without any gate.
func until(p Phase) *log {
	l := &log{}
	o := order()
	read := PumpReading{Rate: unit.MLPerH("16"), Concentration: unit.MgPerML("1")}
	ok := GateResult{Gate: GateStart, Checks: []Check{{ID: "all", Outcome: Clear}}}
	steps := []struct {
		phase Phase
		do    func()
	}{
		{PhaseScheduled, func() {
			l.add(at(-90), byNurse(), Scheduled{Patient: patient, Chair: 3, PlannedStart: ten()})
		}},
		{PhaseArrived, func() {
			l.add(at(-60), byNurse(), Arrived{Identifiers: []Identifier{ByBirth, ByName}}, NurseResponsible{Nurse: nurse})
			l.add(at(-50), byPrescriber(), PrescriberResponsible{Prescriber: prescriber, OnSite: true}, OrderAttached{Order: o})
			l.add(at(-45), byNurse(), MonitorLinked{Monitor: monitorOne, Name: "Monitor 1"})
		}},
		{PhaseReady, func() {
			l.add(at(-44), byNurse(), PaperAttested{Document: Consent, Title: said(1), DocumentDate: "2026-11-20"},
				PaperAttested{Document: Screening, Title: said(2), DocumentDate: "2026-11-20"}, PrecheckAnswered{clearPrecheck()})
			l.add(at(-40), byNurse(), Observed{set(ForBaseline)})
			l.add(at(-35), byNurse(), Observed{set(ForBaseline)})
			l.add(at(-30), byNurse(), Readied{Gate: ok})
		}},
		{PhasePrepared, func() {
			l.add(at(-25), byNurse(), VialsOpened{Vials: []drug.Vial{{Drug: drug.Ketamine, Lot: "K1", Expiry: "2027-01-31", Strength: unit.MgPerML("50"), Volume: unit.ML("5")}}})
			l.add(at(-20), byNurseTwo(), Prepared{
				First: nurse, Second: nurseTwo, Drawn: unit.Mg("250"), DrawnVolume: unit.ML("5"), BagVolume: o.BagVolume,
				Concentration: o.Concentration, Label: "DEADBEEF-1", UseBy: at(215),
			})
		}},
		{PhaseInfusing, func() {
			l.add(at(-1), byNurse(), TimeOutDone{TimeOut: TimeOut{LabelRead: "DEADBEEF-1", PatientAgrees: true, CallShown: true, CallPressed: true, RoomQuiet: true, Position: Reclined}})
			l.add(ten(), byNurse(), Started{Gate: ok, Ordered: o.Steps[0].Rate, ToSet: o.ToSet(o.Steps[0].Rate), Read: read})
		}},
		{PhasePaused, func() { l.add(at(20), byNurse(), Paused{Cause: PausePatient}) }},
		{PhaseStopped, func() { l.add(at(30), byNurse(), Stopped{Cause: StopPlanned, Phase: l.state.Phase}) }},
		{PhaseRecovering, func() { l.add(at(31), byNurse(), RecoveryBegan{}) }},
		{PhaseDischarged, func() {
			l.add(at(35), byNurse(), PumpStopConfirmed{Volume: unit.ML("5.3")})
			l.add(at(120), byNurse(), Discharged{Gate: ok, DrivingUntil: at(26 * 60)})
		}},
	}
	for _, s := range steps {
		if s.phase == PhasePaused && p != PhasePaused {
			continue
		}
		s.do()
		if s.phase == p {
			return l
		}
	}
	panic("no way to phase " + string(p))
}

func reading(rate string) PumpReading {
	return PumpReading{Rate: unit.MLPerH(rate), Concentration: unit.MgPerML("1")}
}

func ptr[T any](v T) *T { return &v }

func signs(hr string) []vital.Reading {
	v, _ := vital.HR.Parse(hr)
	return []vital.Reading{{Kind: vital.HR, Value: v, Quality: vital.Good, Origin: vital.ByHand}}
}

func round() Observation {
	return Observation{
		Purpose: ForRound, Readings: signs("72"), Sedation: ptr(scale.Sedation(5)), Pain: ptr(scale.NRS(3)),
		Distress: ptr(scale.NRS(1)), Site: SiteFine, NothingNew: true, Position: Reclined, Oxygen: &Oxygen{Air: true},
	}
}
