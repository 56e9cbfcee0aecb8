package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/vital"
)

func (d *decider) round(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case TakeRound:
		return d.takeRound(c)
	case ConfirmReadings:
		return d.confirmReadings(c)
	case DoubtReading:
		return d.doubtReading(c)
	case MissRound:
		return d.missRound(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// takeRound keeps what the monitor showed for a round, once. Nothing is kept
// where nothing valid came: what was not measured is not made up.
func (d *decider) takeRound(c TakeRound) ([]Event, *Refusal) {
	if d.env.Actor.Kind != act.Job {
		return nil, malformed("session.job_only")
	}
	rounds := OpenRounds(d.s, d.env)
	i := slices.IndexFunc(rounds, func(r RoundDue) bool { return r.What == c.Round && r.Due.Equal(c.Due) })
	if i < 0 {
		return nil, refuse(RuleDevice, "session.round_not_open")
	}
	readings, without := RoundReadings(d.s, d.env, rounds[i], d.env.Seen)
	if len(readings) == 0 {
		return nil, refuse(RuleDevice, "session.round_no_value")
	}
	d.at = time.Time{}
	for _, r := range readings {
		d.at = latest(d.at, r.At)
	}
	return one(RoundTaken{
		Round: c.Round, Due: c.Due, Readings: readings, Without: without, Monitor: d.s.Link.Monitor, Telemetry: d.env.Monitor.ChunkHead,
		Late: d.env.Now.Sub(c.Due) > RoundSettles(d.env.Rules)+d.env.Rules.Duration(library.RoundAge),
	})
}

// confirmReadings takes a person's word for the entries that are named. That
// somebody has confirmed one before takes nothing from it.
func (d *decider) confirmReadings(c ConfirmReadings) ([]Event, *Refusal) {
	if _, r := d.person(); r != nil {
		return nil, r
	}
	if len(c.Entries) == 0 {
		return nil, malformed("session.nothing_said")
	}
	if len(c.Entries) > mostConfirmed {
		return nil, malformed("session.too_many")
	}
	for _, entry := range c.Entries {
		if d.s.roundAt(entry) < 0 {
			return nil, malformed("session.no_such_entry")
		}
	}
	return one(ReadingsConfirmed{Entries: slices.Compact(slices.Sorted(slices.Values(c.Entries)))})
}

// mostConfirmed bounds what one touch confirms: a day of cuff readings.
const mostConfirmed = 512

// roundAt is the place of the round that was kept at a position, or -1.
func (s State) roundAt(position int64) int {
	return slices.IndexFunc(s.Rounds, func(f RoundFact) bool { return f.Position == position })
}

func (d *decider) doubtReading(c DoubtReading) ([]Event, *Refusal) {
	if _, r := d.person(); r != nil {
		return nil, r
	}
	i := d.s.roundAt(c.Entry)
	if i < 0 {
		return nil, malformed("session.no_such_entry")
	}
	if missing(c.Why, DoubtArtefact, DoubtPatient) {
		return nil, malformed("session.unknown_code", "why")
	}
	if c.Kind == AllSigns {
		return one(ReadingDoubted{Entry: c.Entry, Why: c.Why})
	}
	if !slices.ContainsFunc(d.s.Rounds[i].Taken.Readings, func(r vital.Reading) bool { return r.Kind == c.Kind }) {
		return nil, malformed("session.no_such_reading")
	}
	return one(ReadingDoubted{Entry: c.Entry, Kind: c.Kind, Why: c.Why})
}

// missRound takes the reason why a round was late or left out. It speaks of all
// that were past their grace in one stretch.
func (d *decider) missRound(c MissRound) ([]Event, *Refusal) {
	if missing(c.Why, MissedAway, MissedDeclined, MissedElsewhere, MissedEmergency, MissedEquipment, MissedNotAsked, MissedOther) {
		return nil, malformed("session.unknown_code", "why")
	}
	if c.Why == MissedOther && !c.Text.Given() {
		return nil, malformed("session.text_missing")
	}
	env := d.env
	env.Now = d.at
	lapses, _ := Lapses(d.s, env)
	i := slices.IndexFunc(lapses, func(l schedule.Lapse) bool {
		return l.What == c.Round && !c.Due.Before(l.DueAt) && !c.Due.After(l.LastDue)
	})
	if i < 0 {
		return nil, malformed("session.round_not_late")
	}
	return one(RoundMissed{Round: c.Round, Due: c.Due, Through: lapses[i].LastDue, Why: c.Why, Text: c.Text})
}
