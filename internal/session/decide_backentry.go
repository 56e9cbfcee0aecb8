package session

import (
	"math/big"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Bounds of what comes with a paper.
const (
	mostSheets     = 24   // photos of one visit, and of one entry
	mostSheetSide  = 9000 // pixels
	mostSheetBytes = 12 << 20
	leastUnwatched = time.Minute
)

// paperTime takes the time that stands on the paper as it stands there, to the
// minute in which it was written. It is corrected by nobody's clock, and moved
// nowhere: what cannot be goes back to who typed it.
func (d *decider) paperTime() *Refusal {
	if d.env.OccurredAt.IsZero() {
		return malformed("session.time.missing")
	}
	at := journal.Time(d.env.OccurredAt)
	switch {
	case at.After(journal.Time(d.env.Now)):
		return malformed("session.paper.future", d.clock(at))
	case d.s.Sequence > 0 && at.Before(d.s.earliest(d.env.Zone)):
		return malformed("session.paper.before", d.clock(at), d.clock(d.s.earliest(d.env.Zone)))
	}
	d.at, d.late = at, true
	return nil
}

func (d *decider) clock(t time.Time) string {
	if d.env.Zone != nil {
		t = t.In(d.env.Zone)
	}
	return word.Moment(t)
}

// fromPaper is a command whose content was written on paper. It was done: no
// phase, gate or limit refuses it. What they would have asked for stands as
// findings beside the entry, and what is known only of now is not looked at.
func (d *decider) fromPaper(c Command) ([]Event, *Refusal) {
	p := *d.env.Paper
	if r := d.possiblePaper(p); r != nil {
		return nil, r
	}
	if c, ok := c.(Schedule); ok {
		return d.schedule(c) // a visit that was held on paper is put in; nothing else of it stands here yet
	}
	mark := EnteredFromPaper{Paper: p}
	d.env.Actor = act.Actor{Kind: act.Person, Person: p.Author, Proof: d.env.Actor.Proof}
	d.env.TabletChair = 0
	var out []Event
	if _, coming := c.(Arrive); !coming && d.s.Phase == PhaseScheduled && showsPatient(c) {
		came := Arrived{}
		mark.Deviations = append(mark.Deviations, deviation(RuleIdentity, "session.paper.no_arrival"))
		out, d.s = []Event{came}, d.after(came)
	}
	events, found, r := d.onPaper(c)
	if r != nil {
		return nil, r
	}
	mark.Deviations = append(mark.Deviations, found...)
	return slices.Concat([]Event{mark}, out, events), nil
}

// possiblePaper sends back a paper that names no author, or a photo that is
// not in this record.
func (d *decider) possiblePaper(p Paper) *Refusal {
	if _, r := d.person(); r != nil {
		return r
	}
	if !ident.Valid(p.Author) {
		return malformed("session.paper.author")
	}
	if len(p.Sheets) > mostSheets {
		return malformed("session.too_many")
	}
	for _, at := range p.Sheets {
		if _, ok := d.s.SheetAt(at); !ok {
			return malformed("session.paper.no_sheet")
		}
	}
	return nil
}

// showsPatient reports whether what is said shows that the patient was there.
func showsPatient(c Command) bool {
	switch c.(type) {
	case Note, OpenVials:
		return false
	default:
		return true
	}
}

// onPaper is what a paper may say, with what its rules would have asked for.
// Signatures, and what needs a second person who proves who they are, are given
// where they are proved.
func (d *decider) onPaper(c Command) (events []Event, found []Deviation, r *Refusal) {
	switch c := c.(type) {
	case Arrive:
		return d.paperArrival(c)
	case OpenVials:
		return d.paperVials(c)
	case Start:
		return d.paperStart(c)
	case SetRate:
		return d.paperRate(c)
	case Resume:
		return d.paperResume(c)
	case Stop:
		if !d.s.StartedAt.IsZero() && d.at.Before(d.s.StartedAt) {
			return nil, nil, malformed("session.paper.stop_before_start", d.clock(d.s.StartedAt))
		}
		events, r = one(d.stopped(c))
	case ConfirmPumpStopped:
		// Against the record it is held when the sheet is whole: see Reconcile.
		if impossible(c.Volume, mostML) {
			return nil, nil, malformed("session.bad_volume", c.Volume.String())
		}
		events, r = one(PumpStopConfirmed{Volume: c.Volume})
	case Discharge:
		return d.paperDischarge()
	case Observe, NoteSideEffect, GradeSideEffect, ResolveSideEffect, GiveDrug, Note:
		events, r = d.chart(c)
	case ReadPump, Pause:
		events, r = d.infusion(c)
	case CheckPresence, TakeOver:
		events, r = d.staff(c)
	case LogHelp:
		events, r = d.help(c)
	case AnswerPrecheck, Transfer, Leave:
		events, r = d.visit(c)
	case ScoreDischarge, CheckDischarge:
		events, r = d.end(c)
	default:
		return nil, nil, malformed("session.paper.not_on_paper")
	}
	return events, nil, r
}

// laterEnv is what may be looked at afterwards, and nothing else: all that is
// known only of now (who is on duty, the room, the monitor, who hears the chair,
// the signature under the alarms) is left out, so that a gate could not check it.
func (d *decider) laterEnv() Env {
	return Env{
		Session: d.env.Session, Command: d.env.Command, Now: d.at, OccurredAt: d.at, Zone: d.env.Zone, Actor: d.env.Actor, Paper: d.env.Paper,
		Rules: d.env.Rules, Alarms: d.env.Alarms, Patient: d.env.Patient,
		Heard: Heard{Since: d.at}, // no place could have said by then that it sounds
	}
}

// notDown says of what passes a gate that the gate could have been asked: nobody
// has said that Stillwatch was down then.
func (d *decider) notDown() []Deviation {
	if slices.ContainsFunc(d.s.Unwatched, func(u UnwatchedFact) bool { return !d.at.Before(u.From) && !d.at.After(u.To) }) {
		return nil
	}
	return []Deviation{deviation(RuleGateUnasked, "session.paper.not_down", d.clock(d.at))}
}

// unmet are the checks that would have kept a gate shut, as findings.
func unmet(g GateResult) []Deviation {
	var out []Deviation
	for _, c := range g.Blockers() {
		out = append(out, Deviation{Rule: c.Rule, Message: c.Why})
	}
	return out
}

func (d *decider) paperArrival(c Arrive) ([]Event, []Deviation, *Refusal) {
	if d.s.Phase != PhaseScheduled && len(d.s.Identifiers) > 0 { // none: something else showed that the patient was there
		return nil, nil, malformed("session.paper.arrived_already", d.clock(d.s.ArrivedAt))
	}
	for _, id := range c.Identifiers {
		if missing(id, ByName, ByBirth, ByNumber, ByPhoto, ByAddress) {
			return nil, nil, malformed("session.unknown_code", "identifier")
		}
	}
	var found []Deviation
	ids := slices.Compact(slices.Sorted(slices.Values(c.Identifiers)))
	if !d.env.Rules.Ready() || len(ids) < d.env.Rules.Count(library.Identifiers) {
		found = append(found, deviation(RuleIdentity, "session.paper.identifiers"))
	}
	return []Event{Arrived{Identifiers: ids}}, found, nil
}

// paperVials takes the vials that were opened. Nobody computed here what they
// were drawn up to, and that is said.
func (d *decider) paperVials(c OpenVials) ([]Event, []Deviation, *Refusal) {
	if len(c.Vials) == 0 || len(d.s.Vials)+len(c.Vials) > mostItems {
		return nil, nil, malformed("session.too_many")
	}
	found := []Deviation{deviation(RuleDrawUp, "session.paper.draw_up")}
	for _, v := range c.Vials {
		if r := possibleVial(v); r != nil {
			return nil, nil, r
		}
		if r := d.usableVial(v); r != nil {
			found = append(found, Deviation{Rule: r.Rule, Message: r.Message})
		}
	}
	return []Event{VialsOpened{Vials: c.Vials}}, found, nil
}

// paperStart takes a start that nobody was asked about.
func (d *decider) paperStart(c Start) ([]Event, []Deviation, *Refusal) {
	if r := c.Read.possible(); r != nil {
		return nil, nil, r
	}
	if i := slices.IndexFunc(d.s.Pump, func(f PumpFact) bool { return f.Kind == PumpStart && !f.Struck }); i >= 0 {
		return nil, nil, malformed("session.paper.started_already", d.clock(d.s.Pump[i].At))
	}
	for _, f := range d.s.Stops {
		if !f.Struck && f.At.Before(d.at) {
			return nil, nil, malformed("session.paper.start_after_stop", d.clock(f.At))
		}
	}
	env := d.laterEnv()
	gate := StartGate(d.s, env, c.Read)
	e := Started{Gate: gate, Read: c.Read, Deviations: d.beyondRate(c.Read)}
	if o := d.s.Order; o != nil && len(o.Steps) > 0 {
		e.Ordered, e.ToSet = o.Steps[0].Rate, o.ToSet(o.Steps[0].Rate)
		if r := d.chosen(e.Ordered, c.Read); r != nil {
			e.Deviations = append(e.Deviations, Deviation{Rule: r.Rule, Message: r.Message})
		}
	}
	e.Phase = d.addsUp(e)
	found := append([]Deviation{deviation(RuleGateUnasked, "session.paper.start_unasked")}, unshown(gate)...)
	return []Event{e}, append(d.notDown(), found...), nil
}

// paperRate takes a rate that was set, on whose word it stands where the paper
// shows one, else as it was found.
func (d *decider) paperRate(c SetRate) ([]Event, []Deviation, *Refusal) {
	if r := c.Read.possible(); r != nil {
		return nil, nil, r
	}
	e := d.found(c)
	var found []Deviation
	if !c.Found && c.Ordered.Positive() && d.s.Order != nil {
		e.Deviations = append(d.beyondRate(c.Read), d.beyondTotals(unit.Mass{})...)
		authority, r := d.authority(c.Ordered, 0)
		if r == nil {
			r = d.chosen(c.Ordered, c.Read)
		}
		if r != nil {
			authority, found = NoAuthority, []Deviation{{Rule: r.Rule, Message: r.Message}}
		}
		e.Ordered, e.ToSet, e.Authority = c.Ordered, d.s.Order.ToSet(c.Ordered), authority
	}
	if e.Authority == NoAuthority && c.Ordered.Positive() {
		e.Ordered = c.Ordered // as it stands on the paper; it is no rate that holds
	}
	e.Phase = d.addsUp(e)
	return []Event{e}, found, nil
}

// paperResume takes a pump that was set running again.
func (d *decider) paperResume(c Resume) ([]Event, []Deviation, *Refusal) {
	if r := c.Read.possible(); r != nil {
		return nil, nil, r
	}
	asked := d.s
	asked.Ordered = c.Ordered
	gate := ResumeGate(asked, d.laterEnv(), c.Read)
	e := Resumed{Gate: gate, Read: c.Read, Authority: NoAuthority, Deviations: append(d.beyondRate(c.Read), d.beyondTotals(unit.Mass{})...)}
	found := append(d.notDown(), unshown(gate)...)
	if d.s.Order != nil && c.Ordered.Positive() {
		authority, r := d.resumeAuthority(c)
		if r == nil {
			r = d.chosen(c.Ordered, c.Read)
		}
		if r != nil {
			authority, found = NoAuthority, append(found, Deviation{Rule: r.Rule, Message: r.Message})
		}
		e.Ordered, e.ToSet, e.Authority = c.Ordered, d.s.Order.ToSet(c.Ordered), authority
	}
	e.Phase = d.addsUp(e)
	return []Event{e}, found, nil
}

// paperDischarge takes that the patient went home.
func (d *decider) paperDischarge() ([]Event, []Deviation, *Refusal) {
	if !d.s.DischargedAt.IsZero() {
		return nil, nil, malformed("session.paper.home_already", d.clock(d.s.DischargedAt))
	}
	gate := DischargeGate(d.s, d.laterEnv())
	until, ok := DrivingUntil(d.at, d.env.Zone)
	found := append([]Deviation{deviation(RuleGateUnasked, "session.paper.home_unasked")}, unshown(gate)...)
	if !ok {
		found = append(found, deviation(RuleGateUnasked, "session.no_zone"))
	}
	return []Event{Discharged{Gate: gate, DrivingUntil: until.UTC()}}, append(d.notDown(), found...), nil
}

// unshown are the checks of a gate that nobody was asked about and that could
// not be shown afterwards, each with what it is.
func unshown(g GateResult) []Deviation {
	var out []Deviation
	for _, c := range g.Blockers() {
		out = append(out, deviation(c.Rule, "session.paper.unshown", c.Title.English(), c.Why.English()))
	}
	return out
}

// backEntry is what is said of a whole paper.
func (d *decider) backEntry(c Command) ([]Event, *Refusal) {
	switch c := c.(type) {
	case KeepSheet:
		return d.keepSheet()
	case MarkUnwatched:
		return d.unwatched(c)
	case Reconcile:
		return d.reconcile(c)
	default:
		// the others do not concern this
	}
	return nil, malformed("session.unknown_command")
}

// keepSheet keeps the photo that was sent with the command.
func (d *decider) keepSheet() ([]Event, *Refusal) {
	p := d.env.Sheet
	switch {
	case p == nil || len(p.Parts) == 0:
		return nil, malformed("session.sheet.none")
	case p.Kind != SheetJPEG && p.Kind != SheetPNG:
		return nil, malformed("session.sheet.kind")
	case p.Width <= 0 || p.Height <= 0 || p.Width > mostSheetSide || p.Height > mostSheetSide:
		return nil, malformed("session.sheet.size", whole(mostSheetSide))
	case p.Bytes <= 0 || p.Bytes > mostSheetBytes:
		return nil, malformed("session.sheet.bytes", whole(mostSheetBytes>>20))
	case len(d.s.Sheets) >= mostSheets:
		return nil, malformed("session.sheet.many", whole(mostSheets))
	}
	return one(SheetKept{Sheet: *p})
}

// unwatched takes a time in which Stillwatch was not watching.
func (d *decider) unwatched(c MarkUnwatched) ([]Event, *Refusal) {
	from, to := journal.Time(c.From), journal.Time(c.To)
	switch {
	case c.From.IsZero() || c.To.IsZero() || to.Sub(from) < leastUnwatched:
		return nil, malformed("session.unwatched.order")
	case to.After(journal.Time(d.env.Now)):
		return nil, malformed("session.paper.future", d.clock(to))
	case from.Before(d.s.earliest(d.env.Zone)):
		return nil, malformed("session.paper.before", d.clock(from), d.clock(d.s.earliest(d.env.Zone)))
	}
	d.at = from // it stands where it began
	return one(Unwatched{From: from, To: to})
}

// Apart says how far the pump's own total lies from the record's, in mg and in
// percent of the record's.
func Apart(pump, record unit.Mass) word.Message {
	of := func(by unit.Mass) (mass, share string) {
		share = "–"
		if record.Positive() {
			x := new(big.Rat).Quo(by.Exact().Rat(), record.Exact().Rat())
			share = x.Mul(x, big.NewRat(100, 1)).FloatString(1) + " %"
		}
		return by.Text(massDecimals), share
	}
	shown, added := pump.Text(massDecimals), record.Text(massDecimals)
	switch {
	case pump.Less(record):
		mass, share := of(record.Sub(pump))
		return word.M("session.total_less", shown, mass, share, added)
	case record.Less(pump):
		mass, share := of(pump.Sub(record))
		return word.M("session.total_more", shown, mass, share, added)
	}
	return word.M("session.total_same", shown)
}

// Total is what the pump displayed, held against what the rates add up to.
type Total struct {
	Pump, Record unit.Mass
	// Checked says that there was a tolerance; Differs that it is beyond it.
	Checked, Differs bool
}

// CompareTotal holds the pump's own total against the record's at an instant.
// A mass was worked out by the pump with the concentration it was programmed
// with: what flowed was the bag's.
func CompareTotal(s State, env Env, c Reconcile, now time.Time) (Total, *Refusal) {
	if (c.Volume == nil) == (c.Mass == nil) {
		return Total{}, malformed("session.reconcile.one")
	}
	conc := s.flowing(s.lastReading())
	if !conc.Positive() {
		return Total{}, malformed("session.reconcile.concentration")
	}
	var volume unit.ExactVolume
	switch {
	case c.Volume != nil && impossible(*c.Volume, mostML):
		return Total{}, malformed("session.bad_volume", c.Volume.String())
	case c.Volume != nil:
		volume = c.Volume.Exact()
	case impossible(*c.Mass, mostMg):
		return Total{}, malformed("session.bad_mass", c.Mass.String())
	default:
		by := c.Programmed
		if by.IsZero() {
			by = conc
		}
		if notSome(by, strongest) {
			return Total{}, malformed("session.bad_concentration", by.String())
		}
		volume = unit.VolumeOf(c.Mass.Exact(), by)
	}
	t := Total{Pump: unit.MassIn(volume, conc).Round(), Record: s.PumpedAt(now).Mass.Round()}
	if env.Rules.Ready() {
		t.Checked = true
		near := within(t.Pump.Exact(), t.Record.Exact(), env.Rules.Mass(library.TotalApartMass).Exact())
		t.Differs = !near && !unit.Within(t.Pump, t.Record, env.Rules.Permille(library.TotalApart))
	}
	return t, nil
}

// reconcile keeps the comparison. Beyond the tolerance a reason belongs to it,
// and it is a finding.
func (d *decider) reconcile(c Reconcile) ([]Event, *Refusal) {
	if d.s.StartedAt.IsZero() {
		return nil, malformed("session.reconcile.nothing_ran")
	}
	t, r := CompareTotal(d.s, d.env, c, d.at)
	if r != nil {
		return nil, r
	}
	e := TotalReconciled{Volume: c.Volume, Mass: c.Mass, Programmed: c.Programmed, Pump: t.Pump, Record: t.Record, Reason: c.Reason}
	switch {
	case (t.Differs || !t.Checked) && !c.Reason.Given():
		return nil, malformed("session.reconcile.reason", t.Pump.Text(massDecimals), t.Record.Text(massDecimals))
	case t.Differs:
		e.Deviations = append(e.Deviations, Deviation{Rule: RuleReconcileTotal, Message: Apart(t.Pump, t.Record)})
	case !t.Checked:
		e.Deviations = append(e.Deviations, deviation(RuleReconcileTotal, "session.total_unchecked"))
	}
	e.Deviations = append(e.Deviations, d.beyondTotals(unit.Mass{})...)
	return one(e)
}

// ReconciledStill reports whether the comparison that was kept is about what
// the record adds up to at t: an entry that came since may say otherwise.
func (s State) ReconciledStill(t time.Time) bool {
	return s.Reconciled != nil && s.Reconciled.Record == s.PumpedAt(t).Mass.Round()
}
