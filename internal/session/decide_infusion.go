package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

func (d *decider) infusion(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case AnswerTimeOut:
		return d.timeOut(c.TimeOut)
	case Start:
		return d.start(c)
	case SetRate:
		return d.setRate(c)
	case ReadPump:
		if r := c.Read.possible(); r != nil {
			return nil, r
		}
		return one(PumpRead{Read: c.Read, Deviations: append(d.checkDeviations(c.Read), d.apart(PumpRead{Read: c.Read})...)})
	case SettleRate:
		return d.settle(c)
	case Pause:
		return d.pause(c)
	case Resume:
		return d.resume(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// timeOut records a time-out as it was done, with all that did not hold then.
// It is a fact: what stands in the way of the start is asked by the start.
func (d *decider) timeOut(t TimeOut) ([]Event, *Refusal) {
	if unknown(t.Position, Lying, Reclined, Sitting, Standing) || tooLong(t.LabelRead) {
		return nil, malformed("session.unknown_code", "position")
	}
	e := TimeOutDone{TimeOut: t}
	env := d.env
	env.Now = d.at
	e.Deviations = unmet(askAll(GateStart, timeOutLines(), look{s: d.after(e), env: env}))
	return one(e)
}

// start records the pump running at the order's first step.
func (d *decider) start(c Start) ([]Event, *Refusal) {
	if r := c.Read.possible(); r != nil {
		return nil, r
	}
	if r := d.in(PhasePrepared); r != nil {
		return nil, r
	}
	if d.stopStands() {
		return nil, refuse(RuleStop, "session.stop_stands")
	}
	if r := d.consentStands(); r != nil {
		return nil, r
	}
	o := d.s.Order
	if o == nil || len(o.Steps) == 0 {
		return nil, refuse(RuleSteps, "session.no_order")
	}
	gate := StartGate(d.s, d.env, c.Read)
	if !gate.Open() {
		return nil, shut(gate, "session.start_shut")
	}
	first := o.Steps[0].Rate
	if r := d.chosen(first, c.Read); r != nil {
		return nil, r
	}
	return one(Started{
		Gate: gate, Ordered: first, ToSet: o.ToSet(first), Read: c.Read, Telemetry: d.env.Monitor.ChunkHead,
		Deviations: d.beyondRate(c.Read),
	})
}

func (d *decider) stopStands() bool {
	return slices.ContainsFunc(d.s.Stops, func(f StopFact) bool { return !f.Struck })
}

// chosen refuses a rate that the order never allows, and a pump that does not
// show it.
func (d *decider) chosen(rate unit.DoseRate, read PumpReading) *Refusal {
	o := *d.s.Order
	if !rate.Positive() {
		return malformed("session.bad_rate", rate.String())
	}
	if o.Maxima.Rate.Less(rate) {
		return limited(RuleRate, "session.rate_beyond", rate.String(), o.Maxima.Rate.String(), o.Protocol.Name)
	}
	if r := d.rateInLibrary(rate); r != nil {
		return r
	}
	set, top := o.ToSet(rate), o.TopRate()
	if top.Less(set) {
		return limited(RuleRate, "session.rate_beyond", set.String(), top.String(), o.Protocol.Name)
	}
	return d.readBack(set, read)
}

// setRate is a rate change: chosen, set and read back; or found on the pump.
func (d *decider) setRate(c SetRate) ([]Event, *Refusal) {
	if r := c.Read.possible(); r != nil {
		return nil, r
	}
	if c.Found {
		e := d.found(c)
		e.Deviations = append(e.Deviations, d.apart(e)...)
		e.Phase = d.addsUp(e)
		return one(e)
	}
	if r := d.in(PhaseInfusing); r != nil {
		return nil, r
	}
	if d.s.Order == nil {
		return nil, refuse(RuleSteps, "session.no_order")
	}
	authority, r := d.authority(c.Ordered, c.Spoken)
	if r != nil {
		return nil, r
	}
	if d.s.Ordered.Less(c.Ordered) {
		if r := d.consentStands(); r != nil {
			return nil, r
		}
		if r := d.orderStands(); r != nil {
			return nil, r
		}
		if r := d.exhausted(); r != nil {
			return nil, r
		}
	}
	if r := d.chosen(c.Ordered, c.Read); r != nil {
		return nil, r
	}
	var soft []Deviation
	if authority == SpokenOrder {
		soft = d.raised(c.Ordered)
	}
	if len(soft) > 0 && !c.Reason.Given() {
		r := d.byLibrary(soft[0].Rule, excess{soft[0].Message.Args[0], soft[0].Message.Args[1]})
		r.Message = word.M("session.reason_for_limit", r.Asked, r.Allowed)
		return nil, r
	}
	return one(RateChanged{
		Ordered: c.Ordered, ToSet: d.s.Order.ToSet(c.Ordered), Read: c.Read, Authority: authority,
		Spoken: spokenUsed(authority, c.Spoken), Reason: c.Reason, Deviations: slices.Concat(soft, d.unheard(c.Ordered), d.beyondRate(c.Read), d.beyondTotals(unit.Mass{})),
	})
}

// unheard marks a rate that was raised where no other place hears the chair. It
// is not refused: the pump is set to it by now, and the person who set it stands
// there.
func (d *decider) unheard(rate unit.DoseRate) []Deviation {
	if !d.s.Ordered.Less(rate) || len(d.env.Heard.By(d.env.Rules, d.env.Now)) > 0 {
		return nil
	}
	return []Deviation{deviation(RuleHeard, "session.raised_unheard")}
}

func spokenUsed(a Authority, position int64) int64 {
	if a == SpokenOrder {
		return position
	}
	return 0
}

// found records a rate that was found on the pump. It is a fact whatever it
// is, and counts.
func (d *decider) found(c SetRate) RateChanged {
	ds := append(d.readingDeviations(c.Read, d.s.ToSet), d.volumeDeviations(c.Read)...)
	for i := range ds {
		if ds[i].Message.ID == "session.rate_mismatch" { // which asks to record it as found
			ds[i] = deviation(RuleReadBack, "session.rate_found", c.Read.Rate.String(), d.s.ToSet.String())
		}
	}
	switch {
	case d.afterStop():
		ds = append(ds, deviation(RuleAfterStop, "session.found_after_stop", c.Read.Rate.String()))
	case !d.s.RunningAt(d.at) && c.Read.Rate.Positive():
		ds = append(ds, deviation(RuleNotRunning, "session.found_running", c.Read.Rate.String()))
	}
	return RateChanged{
		Ordered: d.s.Ordered, ToSet: d.s.ToSet, Read: c.Read, Authority: NoAuthority, Reason: c.Reason,
		Deviations: append(ds, d.beyondTotals(unit.Mass{})...),
	}
}

// afterStop reports whether the infusion had ended before what is said now.
func (d *decider) afterStop() bool {
	return !d.s.StoppedAt.IsZero() && !d.at.Before(d.s.StoppedAt)
}

// addsUp is the phase that e and all that is known of the pump add up to,
// where that is another than e alone would lead to; none where it is the same.
// It differs for an entry that arrived late.
func (d *decider) addsUp(e Event) Phase {
	after := d.after(e)
	if p := after.pumpPhase(); p != after.Phase {
		return p // none where nothing ran
	}
	return PhaseNone
}

// after is the state with e in it.
func (d *decider) after(e Event) State {
	return Evolve(d.s, Entry{Event: e, Meta: journal.Meta{Sequence: d.s.Sequence + 1, Position: d.s.Position + 1, EffectiveAt: d.at, RecordedAt: d.env.Now, Actor: d.env.Actor}})
}

// pumpPhase is the phase that the pump's facts and the stops add up to; none
// while nothing ran.
func (s State) pumpPhase() Phase {
	switch {
	case s.StartedAt.IsZero():
		return PhaseNone
	case !s.StoppedAt.IsZero():
		return PhaseStopped
	case !s.PausedAt.IsZero():
		return PhasePaused
	}
	return PhaseInfusing
}

// checkDeviations says what is wrong with a plain reading of the pump.
func (d *decider) checkDeviations(read PumpReading) []Deviation {
	switch {
	case d.afterStop():
		if !read.Rate.Positive() {
			return d.beyondTotals(unit.Mass{})
		}
		return append(d.beyondTotals(unit.Mass{}), deviation(RuleAfterStop, "session.found_after_stop", read.Rate.String()))
	case d.s.RunningAt(d.at):
		return slices.Concat(d.readingDeviations(read, d.s.ToSet), d.volumeDeviations(read), d.beyondTotals(unit.Mass{}))
	}
	ds := append(d.beyondRate(read), d.volumeDeviations(read)...)
	if d.s.Phase == PhasePaused && read.Rate.Positive() {
		ds = append(ds, deviation(RuleNotRunning, "session.read_while_paused", read.Rate.String()))
	}
	return append(ds, d.beyondTotals(unit.Mass{})...)
}

// authority says on whose word a rate stands: within the order's steps and
// for lowering the nurse's; else a prescriber's new or spoken order.
func (d *decider) authority(rate unit.DoseRate, spoken int64) (Authority, *Refusal) {
	o := *d.s.Order
	inSteps := slices.ContainsFunc(o.Steps, func(s drug.Step) bool { return s.Rate == rate })
	switch {
	case spoken != 0:
		return SpokenOrder, d.spokenRate(rate, spoken, SpokenRate)
	case inSteps && d.newOrder():
		return NewOrder, nil
	case inSteps:
		return WithinOrder, nil
	case rate.Less(d.s.Ordered):
		return Lowered, nil
	case rate == d.s.Ordered:
		return WithinOrder, nil
	}
	return NoAuthority, limited(RuleSteps, "session.outside_steps", rate.String(), stepRates(o), o.Protocol.Name)
}

// newOrder reports whether the order was attached after the start.
func (d *decider) newOrder() bool {
	return slices.ContainsFunc(d.s.Pump, func(f PumpFact) bool {
		return f.Kind == PumpStart && !f.Struck && f.Position < d.s.OrderAt
	})
}

func stepRates(o drug.Order) string {
	out := ""
	for i, s := range o.Steps {
		if i > 0 {
			out += ", "
		}
		out += s.Rate.String()
	}
	return out
}

// spokenRate says why a spoken order does not carry this rate.
func (d *decider) spokenRate(rate unit.DoseRate, position int64, kinds ...SpokenKind) *Refusal {
	f, r := d.usable(position, kinds...)
	if r != nil {
		return r
	}
	if f.Order.Rate != nil && *f.Order.Rate != rate {
		return limited(RuleSpoken, "session.spoken_other_rate", rate.String(), f.Order.Rate.String(), "")
	}
	return nil
}

// pause records that the pump was paused. It needs no order and no phase.
func (d *decider) pause(c Pause) ([]Event, *Refusal) {
	if missing(c.Cause, PauseClinical, PausePatient, PauseEquipment, PauseToilet) {
		return nil, malformed("session.unknown_code", "cause")
	}
	e := Paused{Cause: c.Cause, Reason: c.Reason, Deviations: d.beyondTotals(unit.Mass{})}
	if !d.s.RunningAt(d.at) {
		e.Deviations = append(e.Deviations, deviation(RuleNotRunning, "session.pause_not_running"))
	}
	e.Phase = d.addsUp(e)
	return one(e)
}

// resume lets the pump run again. After a clinical pause that is a
// prescriber's decision: a new order made since, or a spoken one.
func (d *decider) resume(c Resume) ([]Event, *Refusal) {
	if r := c.Read.possible(); r != nil {
		return nil, r
	}
	if r := d.in(PhasePaused); r != nil {
		return nil, r
	}
	if d.s.Order == nil {
		return nil, refuse(RuleSteps, "session.no_order")
	}
	if r := d.consentStands(); r != nil {
		return nil, r
	}
	if r := d.orderStands(); r != nil {
		return nil, r
	}
	authority, r := d.resumeAuthority(c)
	if r != nil {
		return nil, r
	}
	if r := d.exhausted(); r != nil {
		return nil, r
	}
	asked := d.s
	asked.Ordered = c.Ordered
	gate := ResumeGate(asked, d.env, c.Read)
	if !gate.Open() {
		return nil, shut(gate, "session.resume_shut")
	}
	if r := d.chosen(c.Ordered, c.Read); r != nil {
		return nil, r
	}
	return one(Resumed{
		Gate: gate, Ordered: c.Ordered, ToSet: d.s.Order.ToSet(c.Ordered), Read: c.Read, Authority: authority,
		Spoken: spokenUsed(authority, c.Spoken), Deviations: d.beyondRate(c.Read),
	})
}

func (d *decider) resumeAuthority(c Resume) (Authority, *Refusal) {
	if d.s.PauseCause != PauseClinical {
		return d.authority(c.Ordered, c.Spoken)
	}
	if c.Spoken != 0 {
		return SpokenOrder, d.spokenResume(c)
	}
	if d.orderedSincePause() {
		_, r := d.authority(c.Ordered, 0)
		return NewOrder, r
	}
	r := refuse(RuleClinicalPause, "session.clinical_pause")
	return NoAuthority, r
}

// spokenResume takes a spoken order to resume; without a rate of its own it
// means the rate in force, or a lower one.
func (d *decider) spokenResume(c Resume) *Refusal {
	if r := d.spokenRate(c.Ordered, c.Spoken, SpokenResume); r != nil {
		return r
	}
	if f, _ := d.s.spokenAt(c.Spoken); f.Order.Rate == nil && d.s.Ordered.Less(c.Ordered) {
		return limited(RuleSpoken, "session.spoken_other_rate", c.Ordered.String(), d.s.Ordered.String(), "")
	}
	return nil
}

// orderedSincePause reports whether the order was attached after the pause.
func (d *decider) orderedSincePause() bool {
	last := int64(0)
	for _, f := range d.s.Pump {
		if f.Kind == PumpPause && !f.Struck {
			last = max(last, f.Position)
		}
	}
	return d.s.OrderAt > last
}
