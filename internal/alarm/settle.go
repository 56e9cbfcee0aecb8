package alarm

import (
	"slices"
	"time"
)

// instant is the least time there is: what the record counts in.
const instant = time.Microsecond

// settle lets time pass to now: delays run out, and each condition comes to
// stand as its levels do. It also finds when time alone will change something.
func (b *Building) settle(l Limits, now time.Time) {
	b.Now, b.next = now, time.Time{}
	b.ripen(l)
	b.ripenLight(l)
	for n := range conditions {
		b.stand(l, n)
	}
}

// wake notes an instant at which something may change. What lies in the past
// has happened.
func (b *Building) wake(at time.Time) {
	if at.After(b.Now) {
		b.next = sooner(b.next, at)
	}
}

// ripen ends the onset delays, and the wait for a second cuff reading, that
// have run out.
func (b *Building) ripen(l Limits) {
	for i := range b.sources {
		x := &b.sources[i]
		for j, n := range l.bySignal[x.signal] {
			t := &b.tracks[x.from+j]
			if t.since.IsZero() || t.on {
				continue
			}
			end := t.since.Add(l.clauses[n].Hold)
			if t.asked {
				end = t.since.Add(l.settings.Recheck)
			}
			if b.Now.Before(end) {
				b.wake(end)
				continue
			}
			t.on, t.asked = true, false
		}
	}
}

// ripenLight follows light sedation together with breathing.
func (b *Building) ripenLight(l Limits) {
	n := SedationBreathing.number()
	if len(l.byRule[n]) == 0 || !b.poorBreathing(l, n) {
		b.light = track{}
		return
	}
	if b.light.since.IsZero() {
		b.light.since = b.Now
	}
	end := b.light.since.Add(l.clauses[l.byRule[n][0]].Hold)
	b.light.on = b.light.on || !b.Now.Before(end)
	b.wake(end)
}

// poorBreathing reports whether the patient is lightly sedated and the signs
// of breathing that are fresh are poor.
func (b *Building) poorBreathing(l Limits, n int) bool {
	by := l.rules[n].Breathing
	light, poor := false, false
	for _, x := range b.sources {
		switch fresh := b.Now.Sub(x.at) <= by.Fresh; {
		case x.signal == moaas:
			light = l.clauses[l.byRule[n][0]].met(x.value, 0)
		case x.signal == rr && fresh:
			poor = poor || x.value < by.RRBelow
			b.wake(x.at.Add(by.Fresh + instant))
		case x.signal == spo2 && fresh:
			poor = poor || x.value < by.SpO2Below || b.falling(x.at, x.value, by)
			b.wake(x.at.Add(by.Fresh + instant))
		}
	}
	return light && poor
}

// stand brings one condition to what its levels say: up at once, down when it
// has reached less for as long as its rule asks.
func (b *Building) stand(l Limits, n int) {
	c, r := &b.conds[n], b.reaches(l, n)
	switch {
	case c.seeded && b.applies(n) && !b.spoke(n):
		return // no data never ends it
	case !r.less(c.reach):
		if r.priority == c.priority && r.everyone == c.everyone {
			r.since = c.since // the same excursion, whichever source carries it on
		}
		*c = cond{reach: r}
		return
	case c.down.IsZero():
		c.down = b.Now
	}
	end := c.down.Add(l.rules[n].Clear.For)
	if conditions[n].id == QuarantineGrowing {
		end = b.Now // its time is part of what it is
	}
	if b.Now.Before(end) {
		b.wake(end)
		return
	}
	*c = cond{reach: r}
}

// spoke reports whether anything was read of what the condition looks at; one
// on time needs no reading.
func (b *Building) spoke(n int) bool {
	return conditions[n].measure == ofTime || slices.ContainsFunc(b.sources, func(x source) bool {
		return slices.Contains(conditions[n].signals, x.signal)
	})
}

// reaches is how far a condition goes now.
func (b *Building) reaches(l Limits, n int) reach {
	best := reach{source: -1, clause: -1}
	if !b.applies(n) {
		return best
	}
	switch conditions[n].measure {
	case ofSigns:
		for i := range b.sources {
			b.bySign(l, n, i, &best)
		}
	case ofBoth:
		if b.light.on {
			k := l.byRule[n][0]
			best = reach{priority: l.clauses[k].Priority, since: b.light.since, clause: k, source: -1}
		}
	case ofTime:
		for _, k := range l.byRule[n] {
			b.byTime(l, k, &best)
		}
	}
	return best
}

// applies reports whether the condition is looked at: signs while the patient
// is watched.
func (b *Building) applies(n int) bool {
	g := conditions[n].group
	return b.facts.Watching || (g != Physiological && g != Technical)
}

// bySign takes what one source says of a condition into best.
func (b *Building) bySign(l Limits, n, i int, best *reach) {
	x := &b.sources[i]
	for j, k := range l.bySignal[x.signal] {
		t, c := &b.tracks[x.from+j], &l.clauses[k]
		if c.condition != n || (!t.on && !t.asked) {
			continue
		}
		r := reach{priority: c.Priority, everyone: c.Everyone, since: t.since, clause: k, source: i}
		if t.asked {
			r.priority, r.recheck = Medium, true
		}
		best.take(r)
	}
}

// take keeps the farther of two; of equals one that waits for a repeat, which
// says more, and then the one that began first.
func (r *reach) take(o reach) {
	switch {
	case r.less(o):
		*r = o
	case o.less(*r):
	case o.recheck && !r.recheck:
		*r = o
	case o.recheck == r.recheck && o.since.Before(r.since):
		*r = o
	}
}

// byTime takes what the clock says of a condition into best.
func (b *Building) byTime(l Limits, k int, best *reach) {
	c := &l.clauses[k]
	at := b.reachedAt(l, c)
	if at.IsZero() {
		return
	}
	if b.Now.Before(at) {
		b.wake(at)
		return
	}
	r := reach{priority: c.Priority, everyone: c.Everyone, since: at, clause: k, source: -1}
	switch conditions[c.condition].id {
	case NoReading:
		which, _ := b.silent(c)
		r.extent = len(which)
	case OrderOutdated:
		r.extent = b.facts.OrderOff.Many
	default:
		// about one thing
	}
	best.take(r)
}

// reachedAt is when a level on time is reached; zero for never.
func (b *Building) reachedAt(l Limits, c *clause) time.Time {
	f := &b.facts
	switch id := conditions[c.condition].id; id {
	case NoReading:
		return b.silentAt(c)
	case EtCO2Lost:
		return b.lostAt(c)
	case ObservationOverdue, CuffOverdue, PresenceOverdue:
		return f.roundAt(id, c)
	case MonitorOffline:
		if !f.Linked {
			return time.Time{}
		}
		return c.from(later(later(b.heard, f.Since), later(f.Listening, f.OffMonitorTill)))
	case QuarantineGrowing:
		end := b.grew.Add(l.rules[c.condition].Clear.For)
		if !b.Now.Before(end) {
			return time.Time{}
		}
		b.wake(end)
		return b.grew
	case Apnoea, PumpOcclusion, PumpAir, PumpWrong, MonitorAlarm, PumpAlarm:
		return c.from(b.deviceSince(id, c.Priority))
	default:
		return c.from(f.anchor(id))
	}
}

// anchor is the instant that a condition on time is about.
func (f *Facts) anchor(id ID) time.Time {
	switch id {
	case Help:
		return f.HelpSince
	case RateOffOrder:
		return f.RateOff.Since
	case PumpDiffers:
		return f.PumpOff.Since
	case PumpStopped:
		return f.PumpHalted.Since
	case RatesApart:
		return f.RatesApart.Since
	case PlannedEnd:
		return f.PlannedEnd
	case SessionMaximum:
		return f.MaximumAt
	case VolumeLow:
		return f.EmptyAt
	case PauseLong:
		return f.PausedSince
	case PumpUnconfirmed:
		return f.StopUnconfirmed
	case LinkUnconfirmed:
		return f.LinkDoubt
	case Unheard:
		return f.UnheardSince
	case PrescriberAbsent:
		return f.PrescriberAway
	case ConsentGone:
		return f.ConsentGone
	case OrderOutdated:
		return f.OrderOff.Since
	case NurseAbsent:
		return f.NurseAway
	case NurseLoad:
		return f.NurseOver
	default:
		return time.Time{}
	}
}

// from is the level's instant, counted from the one the condition is about.
func (c *clause) from(t time.Time) time.Time {
	if t.IsZero() || !c.Timed {
		return time.Time{}
	}
	return t.Add(c.After)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// roundAt is when the earliest round of a kind reaches a level.
func (f *Facts) roundAt(id ID, c *clause) time.Time {
	var at time.Time
	for _, r := range f.Rounds {
		switch {
		case r.What != id:
		case c.Intervals > 0:
			at = sooner(at, r.DueAt.Add(time.Duration(c.Intervals)*r.Every))
		default:
			at = sooner(at, c.from(r.LateAt))
		}
	}
	return at
}

// deviceSince is since when a device alarms of the condition by itself. An
// alarm that is none of ours has the device's own priority.
func (b *Building) deviceSince(id ID, p Priority) time.Time {
	var at time.Time
	for _, d := range b.devices {
		if d.is(id, p) {
			at = sooner(at, d.told())
		}
	}
	return at
}

// is reports whether the device alarms of the condition. One that is none of
// ours is the monitor's or the pump's own, with the priority it has there.
func (d DeviceAlarm) is(id ID, p Priority) bool {
	switch id {
	case MonitorAlarm:
		return !d.Match.Valid() && d.Priority == p
	case PumpAlarm:
		return d.Match == id && d.Priority == p
	default:
		return d.Match == id
	}
}

// last is when a device last read a sign, at any of its sites.
func (b *Building) last(s signal) time.Time {
	var at time.Time
	for _, x := range b.sources {
		if x.signal == s && !x.byHand {
			at = later(at, x.seen)
		}
	}
	return at
}

// silent lists the expected signs that have not come by this level. It is
// counted to when the monitor was last heard: while it says nothing at all it
// is offline, which is another condition.
func (b *Building) silent(c *clause) (which []Expected, at time.Time) {
	for _, e := range b.facts.Expected {
		s := signalOf(e.Kind)
		if s == none || e.Every <= 0 || s == etco2 || (c.Timed && !e.Continuous) {
			continue
		}
		from := later(later(b.last(s), b.facts.Since), later(b.facts.Listening, b.facts.OffMonitorTill))
		end := from.Add(time.Duration(c.Intervals) * e.Every)
		if c.Timed {
			end = from.Add(e.Every + c.After)
		}
		if from.IsZero() || !b.spoken(e).After(end) {
			if !e.Continuous {
				b.wake(end.Add(instant))
			}
			continue
		}
		which, at = append(which, e), sooner(at, end)
	}
	return which, at
}

// spoken is the latest instant at which a sign could have come: when the
// monitor was last heard; for what comes now and then, now.
func (b *Building) spoken(e Expected) time.Time {
	if e.Continuous {
		return b.heard
	}
	return b.Now
}

func (b *Building) silentAt(c *clause) time.Time {
	_, at := b.silent(c)
	return at
}

// lostAt is when the CO₂ trace counts as lost: it came, the monitor is heard,
// and it comes no more. Time off the monitor on purpose does not count: what is
// lost is lost from when the patient was to be back on it.
func (b *Building) lostAt(c *clause) time.Time {
	last := b.last(etco2)
	if last.IsZero() {
		return time.Time{}
	}
	for _, e := range b.facts.Expected {
		if e.Kind != kinds[etco2] {
			continue
		}
		if at := c.from(later(later(last, b.facts.Listening), b.facts.OffMonitorTill).Add(e.Every)); b.heard.After(at) {
			return at
		}
	}
	return time.Time{}
}
