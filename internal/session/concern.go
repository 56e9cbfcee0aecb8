package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// ConcernKind says what of an observation somebody still has to act on.
type ConcernKind string

// The kinds.
const (
	ConcernHeadache ConcernKind = "sudden worst headache"
	ConcernContest  ConcernKind = "readings of the pump disagree"
	ConcernBag      ConcernKind = "pump set for another concentration"
	ConcernRate     ConcernKind = "rate found outside the order"
	ConcernNurse    ConcernKind = "no responsible nurse"
	ConcernDistress ConcernKind = "distress"
	ConcernStanding ConcernKind = "first standing"
)

// Concern is something that was charted and is not settled yet.
type Concern struct {
	Kind  ConcernKind
	At    time.Time // when it was charted
	Level scale.NRS // of distress
	// Read is what the pump showed of a rate, ToSet what was to be set; zero
	// when no rate was ever chosen.
	Read, ToSet unit.PumpRate
	// Conc is what the pump is set for, Bag what flows.
	Conc, Bag unit.Concentration
	// Contest is what disagrees.
	Contest Contest
	// Needs is what settles it next.
	Needs act.Act
}

// Concerns lists what stays in sight until it is settled, the gravest first.
func Concerns(s State, env Env) []Concern {
	if !InRoom(s.Phase) {
		return s.contested()
	}
	var out []Concern
	if c, ok := s.headache(); ok {
		out = append(out, c)
	}
	out = append(out, s.contested()...)
	d := decider{s: s, env: env}
	if c, ok := d.strayConcentration(); ok {
		out = append(out, c)
	}
	if c, ok := d.strayRate(); ok {
		out = append(out, c)
	}
	if Watched(s) && s.Nurse == "" {
		out = append(out, Concern{Kind: ConcernNurse, At: s.StartedAt, Needs: ActTakeNurse})
	}
	if c, ok := d.distress(); ok {
		out = append(out, c)
	}
	if s.Phase == PhaseRecovering && !s.StartedAt.IsZero() && s.standing() == nil {
		out = append(out, Concern{Kind: ConcernStanding, At: s.StoppedAt, Needs: ActObserve})
	}
	return out
}

// contested stays after the visit too, until a person has settled it.
func (s State) contested() []Concern {
	var out []Concern
	for _, c := range s.Contests() {
		out = append(out, Concern{Kind: ConcernContest, At: c.Facts[0].At, Contest: c, Needs: ActSettleRate})
	}
	return out
}

// headache is settled when the infusion has ended and help was called, after
// it or already before and still open then. What was charted by mistake is
// corrected.
func (s State) headache() (Concern, bool) {
	for _, o := range slices.Backward(s.Observations) {
		if o.Struck || !o.WorstHeadache {
			continue
		}
		c := Concern{Kind: ConcernHeadache, At: o.At, Needs: ActHelp}
		called := slices.ContainsFunc(s.HelpCalls, func(c HelpCall) bool { return c.covers(o.At) })
		switch {
		case !s.StartedAt.IsZero() && s.StoppedAt.IsZero():
			c.Needs = ActStop
		case called:
			return Concern{}, false
		}
		return c, true
	}
	return Concern{}, false
}

// strayConcentration is settled when the pump is read at what the bag holds, or
// the infusion has ended: until then every mL/h of it means another mg.
func (d *decider) strayConcentration() (Concern, bool) {
	bag, ok := d.bag()
	if !ok || !bag.Positive() || (d.s.Phase != PhaseInfusing && d.s.Phase != PhasePaused) {
		return Concern{}, false
	}
	permille, _ := d.tolerance() // unknown: any difference is said
	for _, f := range slices.Backward(d.s.Pump) {
		switch {
		case f.Struck || f.Kind == PumpPause || !f.Conc.Positive():
		case unit.Within(f.Conc, bag, permille):
			return Concern{}, false
		default:
			return Concern{Kind: ConcernBag, At: f.At, Conc: f.Conc, Bag: bag, Needs: ActReadPump}, true
		}
	}
	return Concern{}, false
}

// strayRate is settled when the pump shows what is to be set again: it was set
// back, or a prescriber's order chose what it shows, or it was paused.
func (d *decider) strayRate() (Concern, bool) {
	last := d.s.lastReading()
	if d.s.Phase != PhaseInfusing || last.Read == nil {
		return Concern{}, false
	}
	permille, _ := d.tolerance() // unknown: any difference is said
	if unit.Within(last.Rate, d.s.ToSet, permille) {
		return Concern{}, false
	}
	return Concern{Kind: ConcernRate, At: last.At, Read: last.Rate, ToSet: d.s.ToSet, Needs: ActRate}, true
}

// distress is settled when somebody by name stays with the patient, or when it
// has gone down again.
func (d *decider) distress() (Concern, bool) {
	for _, o := range slices.Backward(d.s.Observations) {
		switch {
		case o.Struck:
		case o.StaysWith.Given():
			return Concern{}, false
		case o.Distress == nil:
		case !d.distressed(o.Observation):
			return Concern{}, false
		default:
			return Concern{Kind: ConcernDistress, At: o.At, Level: *o.Distress, Needs: ActObserve}, true
		}
	}
	return Concern{}, false
}

// standing is the latest standing since the infusion ended.
func (s State) standing() *ObservationFact {
	for i, o := range slices.Backward(s.Observations) {
		if !o.Struck && o.Stood != nil && !s.StoppedAt.IsZero() && !o.At.Before(s.StoppedAt) {
			return &s.Observations[i]
		}
	}
	return nil
}
