package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/unit"
)

func (d *decider) stop(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case Stop:
		return one(d.stopped(c))
	case ClaimStop:
		return d.claim(c)
	case ConfirmPumpStopped:
		return d.confirm(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// stopped records a stop. Nothing refuses it: not the phase, not a missing
// cause, not who says it.
func (d *decider) stopped(c Stop) Stopped {
	cause := c.Cause
	if missing(cause, StopPlanned, StopClinical, StopPatient, StopEmergency, StopEquipment) {
		cause = StopUnsaid
	}
	return Stopped{
		Cause: cause, Reason: c.Reason, Repeat: d.stopStands(), WhoOpen: d.env.Actor.Kind != act.Person,
		Phase: d.s.Phase, Telemetry: d.env.Monitor.ChunkHead, Deviations: slices.Concat(d.elsewhere(), d.beyondTotals(unit.Mass{})),
	}
}

// elsewhere says that a stop came from the tablet of another chair: it holds
// all the same, and whoever reads it should ask whether it was meant for here.
func (d *decider) elsewhere() []Deviation {
	if d.env.TabletChair == 0 || d.env.TabletChair == d.s.Chair {
		return nil
	}
	return []Deviation{deviation(RuleOtherChair, "session.stop_other_chair", d.env.TabletChair.String())}
}

// claim names the person behind a stop that a device recorded.
func (d *decider) claim(c ClaimStop) ([]Event, *Refusal) {
	who, r := d.person()
	if r != nil {
		return nil, r
	}
	i := slices.IndexFunc(d.s.Stops, func(f StopFact) bool { return f.Position == c.Stop })
	if i < 0 || !d.s.Stops[i].WhoOpen {
		return nil, malformed("session.no_such_entry")
	}
	return one(StopClaimed{Stop: c.Stop, By: who})
}

// confirm records that the pump was read as stopped, and says by how much its
// volume differs from the computed one.
func (d *decider) confirm(c ConfirmPumpStopped) ([]Event, *Refusal) {
	if impossible(c.Volume, mostML) {
		return nil, malformed("session.bad_volume", c.Volume.String())
	}
	e := PumpStopConfirmed{Volume: c.Volume, Deviations: d.beyondTotals(unit.Mass{})}
	if !d.stopStands() {
		e.Deviations = append(e.Deviations, deviation(RuleStop, "session.confirmed_without_stop"))
	}
	computed := d.s.PumpedAt(d.at).Volume
	permille, _ := d.tolerance()
	if !unit.Within(c.Volume, computed.Round(), permille) {
		e.Deviations = append(e.Deviations, deviation(RuleGivenVolume, "session.volume_differs", c.Volume.Text(1), computed.Text(1)))
	}
	return one(e)
}
