package alarm

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Building is what is only building up. It depends on the inputs alone, never
// on what was announced, so that the same inputs make it again.
type Building struct {
	// Now is the latest instant the machine was told of.
	Now      time.Time
	facts    Facts
	heard    time.Time // when the monitor last sent anything
	symptoms bool
	grew     time.Time
	sources  []source
	tracks   []track // of all sources, each with its own stretch
	devices  []DeviceAlarm
	best     [bestMinutes]minuteBest
	light    track // light sedation with poor breathing
	conds    []cond
	next     time.Time
	shape    uint64 // of the limits that the tracks belong to
}

// source is one site of one signal. Cuff readings and scores have one source
// each: any of them says what the patient is now.
type source struct {
	signal signal
	site   string
	byHand bool
	value  vital.Value
	at     time.Time // of the value
	seen   time.Time // of the source's own latest value
	from   int       // first of its tracks
}

// mostSites bounds the sites of one signal: a device that calls each value
// another site must not fill the memory.
const mostSites = 8

// track follows one level on one source.
type track struct {
	since time.Time // first beyond the level, zero while it is not
	on    bool      // the onset delay has passed
	asked bool      // a cuff reading in the red range waits for its repeat
}

// cond is how one condition stands, with its way out delayed.
type cond struct {
	reach
	down time.Time // since when it reaches less; zero while it does not
	// seeded: standing when the machine was restarted, from before what is read.
	seeded bool
}

// reach is how far a condition goes at an instant.
type reach struct {
	priority Priority
	everyone bool
	recheck  bool
	since    time.Time
	extent   int // how many things it is about, where there may be several
	clause   int // the level that says so, an index into the limits
	source   int // the source that says so, -1 for none
}

// less reports whether r calls for less than o.
func (r reach) less(o reach) bool {
	switch {
	case r.priority != o.priority:
		return r.priority < o.priority
	case r.everyone != o.everyone:
		return o.everyone
	}
	return r.extent < o.extent
}

// minuteBest is the best SpO₂ of one minute of the clock.
type minuteBest struct {
	minute int64
	value  vital.Value
}

// bestMinutes is how many minutes are remembered.
const bestMinutes = 16

// MostFallWithin bounds the window in which a fall of SpO₂ is looked for.
const MostFallWithin = (bestMinutes - 2) * time.Minute

// clone gives a building whose lists may be changed.
func (b Building) clone() Building {
	b.sources, b.tracks, b.conds = slices.Clone(b.sources), slices.Clone(b.tracks), slices.Clone(b.conds)
	if b.conds == nil {
		b.conds = make([]cond, len(conditions))
	}
	return b
}

// told folds one input in, at an instant that is never before the last.
func (b *Building) told(l Limits, in Input) {
	switch in := in.(type) {
	case Sample:
		b.sample(l, in)
	case Score:
		b.score(l, in)
	case Symptoms:
		b.symptoms = in.Present
		if in.Present {
			b.confirmAsked()
		}
	case FactsChanged:
		b.newFacts(l, in.Facts)
	case Heard:
		b.heard = b.Now
	case DeviceAlarm:
		b.device(in)
	case Charted, Acknowledged, Paused, Tick, nil:
	}
}

// sample folds one value in. What the monitor itself doubts, what is not
// plausible, what is not newer than what is known and what no level or plan
// asks for neither raises nor clears anything.
func (b *Building) sample(l Limits, in Sample) {
	s := signalOf(in.Kind)
	at, ok := b.watched(in.At)
	if s == none || !ok || !in.Kind.Plausible(in.Value) || (in.Quality != vital.Good && in.Quality != "") {
		return
	}
	v := s.round(in.Value)
	if s == spo2 {
		b.sawSpO2(at, v)
	}
	if in.ByHand && !s.cuff() {
		b.replaceSilent(l, s, v, at)
	}
	site := in.Site
	if s.cuff() {
		site, in.ByHand = "", false
	}
	b.value(l, s, site, in.ByHand, v, at)
}

// watched is when a value was measured, never later than now; ok is false for
// one from a time when the patient was not watched.
func (b *Building) watched(at time.Time) (time.Time, bool) {
	if at.IsZero() || at.After(b.Now) {
		at = b.Now
	}
	return at, b.facts.Watching && !at.Before(b.facts.Since)
}

// replaceSilent lets what a person measured stand for sources that have fallen
// silent: with the sensor off, a number taken by hand is what is known.
func (b *Building) replaceSilent(l Limits, s signal, v vital.Value, at time.Time) {
	for i := range b.sources {
		if x := &b.sources[i]; x.signal == s && !x.byHand && at.Sub(x.seen) > l.settings.Silent && at.After(x.at) {
			b.judge(l, i, v, at, true)
		}
	}
}

// value folds a value into its source.
func (b *Building) value(l Limits, s signal, site string, byHand bool, v vital.Value, at time.Time) {
	i := b.source(l, s, site, byHand)
	if x := &b.sources[i]; at.Before(x.at) || (at.Equal(x.at) && v == x.value) {
		return
	}
	again := !b.sources[i].at.IsZero() && at.After(b.sources[i].at)
	b.judge(l, i, v, at, again)
	b.sources[i].seen = at
}

// source finds a source, or makes it. Of too many sites the one that was
// silent longest makes room.
func (b *Building) source(l Limits, s signal, site string, byHand bool) int {
	count, oldest := 0, -1
	for i, x := range b.sources {
		if x.signal != s {
			continue
		}
		if x.site == site && x.byHand == byHand {
			return i
		}
		count++
		if oldest < 0 || x.at.Before(b.sources[oldest].at) {
			oldest = i
		}
	}
	made := source{signal: s, site: site, byHand: byHand, from: len(b.tracks)}
	if count >= mostSites {
		made.from = b.sources[oldest].from
		for j := range l.bySignal[s] {
			b.tracks[made.from+j] = track{}
		}
		b.sources[oldest] = made
		return oldest
	}
	b.tracks = append(b.tracks, make([]track, len(l.bySignal[s]))...)
	b.sources = append(b.sources, made)
	return len(b.sources) - 1
}

// judge compares a value with each level of its signal. Again says that it is
// a second reading, not the first one corrected.
func (b *Building) judge(l Limits, i int, v vital.Value, at time.Time, again bool) {
	x := &b.sources[i]
	first := x.at.IsZero()
	x.value, x.at = v, at
	for j, n := range l.bySignal[x.signal] {
		t, c := &b.tracks[x.from+j], &l.clauses[n]
		switch rule := &l.rules[c.condition]; {
		case c.met(v, 0):
			b.beyond(t, c, rule, x, again)
		case c.met(v, rule.Clear.By) && (t.on || (first && b.stood(c))):
			t.on = true
			if t.since.IsZero() {
				t.since = at
			}
		default:
			*t = track{}
		}
	}
}

// fit lays the tracks anew when other limits hold than before. What stands and
// is beyond the new levels goes on, without a second onset delay.
func (b *Building) fit(l Limits) {
	if b.shape == l.shape {
		return
	}
	b.shape, b.tracks = l.shape, nil
	for n := range b.conds {
		b.conds[n].seeded = b.conds[n].priority > Calm
	}
	for i := range b.sources {
		x := &b.sources[i]
		x.from, b.tracks = len(b.tracks), append(b.tracks, make([]track, len(l.bySignal[x.signal]))...)
		if at := x.at; !at.IsZero() {
			x.at = time.Time{}
			b.judge(l, i, x.value, at, false)
		}
	}
	for n := range b.conds {
		b.conds[n].seeded = false
	}
}

// stands reports whether the clause's condition stands already: what goes
// beyond it again before it was over is the same alarm, without a second delay.
func (b *Building) stands(c *clause) bool { return b.conds[c.condition].priority >= c.Priority }

// stood reports whether the clause's condition stood when the machine was
// restarted or given other limits: a value within the margin goes on with it.
func (b *Building) stood(c *clause) bool { return b.conds[c.condition].seeded && b.stands(c) }

// beyond follows a value that lies beyond a level.
func (b *Building) beyond(t *track, c *clause, rule *Rule, x *source, again bool) {
	if t.since.IsZero() {
		t.since = x.at
	}
	switch {
	case t.on:
	case b.stands(c):
		t.on, t.asked, t.since = true, false, b.conds[c.condition].since
	case rule.Recheck && x.signal.cuff() && c.Priority == High && !c.AtOnce:
		t.on = (t.asked && again) || b.symptoms
		t.asked = !t.on
	case c.Hold <= 0 || x.byHand || x.signal.single():
		t.on = true
	}
}

// confirmAsked: with symptoms no second reading is waited for.
func (b *Building) confirmAsked() {
	for i := range b.tracks {
		if t := &b.tracks[i]; t.asked {
			t.on, t.asked = true, false
		}
	}
}

// score folds what a person charted in. A score corrected later replaces the
// one of the same time.
func (b *Building) score(l Limits, in Score) {
	at, ok := b.watched(in.At)
	if ok && in.Sedation != nil && in.Sedation.Valid() {
		b.value(l, moaas, "", false, vital.Value(*in.Sedation), at)
	}
	if ok && in.Distress != nil && in.Distress.Valid() {
		b.value(l, distress, "", false, vital.Value(*in.Distress), at)
	}
}

// newFacts replaces what the session says.
func (b *Building) newFacts(l Limits, f Facts) {
	if f.Quarantined > b.facts.Quarantined && b.facts.Watching && f.Watching {
		b.grew = b.Now
	}
	if f.ClockOffset < 0 {
		f.ClockOffset = max(-f.ClockOffset, 0) // the least of all has no opposite
	}
	f.Expected, f.Rounds = slices.Clone(f.Expected), slices.Clone(f.Rounds)
	if !f.Watching || !f.Since.Equal(b.facts.Since) {
		b.sources, b.tracks, b.best, b.symptoms = nil, nil, [bestMinutes]minuteBest{}, false
	}
	b.facts = f
	b.value(l, clock, "", false, vital.Value(f.ClockOffset.Seconds()), b.Now)
}

// mostDevices bounds the alarms of devices that are remembered.
const mostDevices = 32

// mostText bounds what a device says of its alarm, in bytes.
const mostText = 120

// device folds an alarm of a device's own in.
func (b *Building) device(in DeviceAlarm) {
	if len(in.Text) > mostText {
		in.Text = strings.ToValidUTF8(in.Text[:mostText], "")
	}
	i := slices.IndexFunc(b.devices, func(d DeviceAlarm) bool { return d.Key == in.Key })
	kept := slices.Clone(b.devices)
	switch {
	case i >= 0 && !in.Active:
		kept = slices.Delete(kept, i, i+1)
	case i >= 0:
		in.Told = kept[i].Told // it began when it began
		kept[i] = in
	case in.Active:
		in.Told = Told(b.Now)
		kept = append(kept, in)
		if len(kept) > mostDevices {
			kept = kept[1:]
		}
	}
	b.devices = kept
}

// sawSpO2 remembers the best value of the minute.
func (b *Building) sawSpO2(at time.Time, v vital.Value) {
	minute := at.Unix() / 60
	x := &b.best[((minute%bestMinutes)+bestMinutes)%bestMinutes]
	switch {
	case minute > x.minute || x.value == 0:
		*x = minuteBest{minute, v}
	case minute == x.minute:
		x.value = max(x.value, v)
	}
}

// falling reports whether v is lower than the best of the window by fall.
func (b *Building) falling(at time.Time, v vital.Value, by Breathing) bool {
	if by.Fall <= 0 {
		return false
	}
	from := at.Add(-by.FallWithin).Unix() / 60
	best := vital.Value(math.Inf(-1))
	for _, x := range b.best {
		if x.value > 0 && x.minute >= from && x.minute <= at.Unix()/60 {
			best = max(best, x.value)
		}
	}
	return v <= best-by.Fall
}
