package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// toInfuse bounds the volume that a pump may be programmed to give from an
// instant on (VTBI).
type toInfuse struct {
	planned unit.ExactVolume // what the order's steps still give, at most the bag
	bag     unit.ExactVolume // all that is left in the bag
	most    unit.ExactVolume // beyond this the order's greatest mass or dose is passed
}

// toInfuseAt is the bounds at t; ok is false without a whole order or a bag.
func (s State) toInfuseAt(t time.Time) (b toInfuse, ok bool) {
	o, p := s.Order, s.Prepared
	if o == nil || p == nil || !p.Concentration.Positive() || !p.BagVolume.Positive() || !o.Concentration.Positive() || !o.PumpStep.Positive() {
		return toInfuse{}, false
	}
	mass, limited := s.mostMass()
	if !limited {
		return toInfuse{}, false
	}
	pumped := s.PumpedAt(t).Volume
	b.bag = p.BagVolume.Exact().Sub(pumped)
	for _, d := range s.Drugs {
		if !d.Struck && d.FromBag && d.Position > s.PreparedAt && !d.At.After(t) {
			b.bag = b.bag.Sub(unit.VolumeOf(d.Ketamine.Exact(), p.Concentration))
		}
	}
	for _, step := range o.Steps {
		b.planned = b.planned.Add(unit.Infused(o.ToSet(step.Rate), step.Minutes.Duration()))
	}
	b.planned = least(b.planned.Sub(pumped), b.bag)
	b.most = unit.VolumeOf(mass.Sub(s.TotalsAt(t).Mass), p.Concentration)
	return b, true
}

func least(a, b unit.ExactVolume) unit.ExactVolume {
	if b.Cmp(a) < 0 {
		return b
	}
	return a
}

// bagWithin reports whether the whole bag may be programmed: what it holds
// does not pass the order's greatest total.
func (b toInfuse) bagWithin() bool { return b.bag.Cmp(b.most) <= 0 }

// beyond reports whether a volume passes the order's greatest total. No
// tolerance excuses that.
func (b toInfuse) beyond(v unit.Volume) bool { return v.Exact().Cmp(b.most) > 0 }

// meant reports whether a volume is one that is meant at the start: what the
// steps give, so that the pump stops by itself, or the whole bag.
func (b toInfuse) meant(v unit.Volume, permille int64) bool {
	return unit.Within(v, b.planned.Round(), permille) || (b.bagWithin() && unit.Within(v, b.bag.Round(), permille))
}

// top is the greatest volume that is meant.
func (b toInfuse) top() unit.Volume {
	if b.bagWithin() && b.planned.Cmp(b.bag) < 0 {
		return b.bag.Round()
	}
	return b.planned.Round()
}

// tooMuch reports whether a volume read later on is more than what remains,
// and how much that is. Less is always right: pumps count down.
func (b toInfuse) tooMuch(v unit.Volume, permille int64) (unit.Volume, bool) {
	if b.beyond(v) {
		return b.most.Round(), true
	}
	top := b.top()
	return top, top.Less(v) && !unit.Within(v, top, permille)
}

// volumeTooMuch is what a reading may at most be programmed to give, where it
// is programmed to give more.
func (d *decider) volumeTooMuch(read PumpReading) (unit.Volume, bool) {
	b, ok := d.s.toInfuseAt(d.at)
	if !ok || read.ToInfuse == nil {
		return unit.Volume{}, false
	}
	permille, _ := d.tolerance() // unknown: any excess is said
	return b.tooMuch(*read.ToInfuse, permille)
}

func (d *decider) volumeDeviations(read PumpReading) []Deviation {
	if top, more := d.volumeTooMuch(read); more {
		return []Deviation{deviation(RuleReadBack, "session.volume_mismatch", read.ToInfuse.String(), top.Text(1))}
	}
	return nil
}
