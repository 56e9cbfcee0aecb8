package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// startLines is the start time-out: the right bag, the right pump, a watched
// and consenting patient in a calm room.
func startLines() []line {
	return slices.Concat([]line{
		{"ready", "SW-READY", look.ready},
		{"order-valid", "SW-ORDER-VALID", look.orderValid},
		{"order-library", "SW-ORDER-LIBRARY", look.orderLibrary},
		{"order-review", "SW-ORDER-REVIEW", look.orderReview},
		{"use-by", "BUD-1", look.useBy},
	}, timeOutLines(), pumpLines(), []line{
		{"pump-volume", "PUMP-READ", look.pumpVolume},
	}, monitorLines(), []line{
		{"screening", "SW-SCREENING", look.screening},
		{"library-adopted", "SW-LIBRARY", look.libraryAdopted},
		{"alarms-signed", "SW-ALARMS", look.alarmsSigned},
		{"heard", "SW-HEARD", look.heard},
		{"credentials", "P-2", look.credentials},
		{"prescriber", "P-12", look.prescriber},
		{"nurse", "P-12", look.nurse},
		{checkLoad, "P-12-RATIO", func(v look) verdict { return v.load(library.NurseTitration) }},
	})
}

// timeOutLines: what the time-out itself settles. The bag is held against
// patient and order, and the patient and the room are ready.
func timeOutLines() []line {
	return []line{
		{"order-patient", "SW-ORDER-PATIENT", look.orderPatient},
		{"bag", "SW-BAG", look.bag},
		{"label", "SW-LABEL", look.label},
		{"patient-agrees", "SW-LABEL", look.agrees},
		{"call-button", "SW-CALL-BUTTON", func(v look) verdict {
			return v.answered(func(t TimeOut) bool { return t.CallShown && t.CallPressed }, "call")
		}},
		{"room-quiet", "SW-CALM", func(v look) verdict {
			return v.answered(func(t TimeOut) bool { return t.RoomQuiet }, "quiet")
		}},
		{"position", "SW-CALM", look.lies},
	}
}

// libraryAdopted: nobody starts an infusion on limits that nobody of the clinic
// answers for. It asks again at the start, since a newer program may have brought
// other ones after the order was released.
func (v look) libraryAdopted() verdict {
	switch a := v.env.Adopted; {
	case !a.Known:
		return unsure(say("library.unknown"), say("library.adopt"))
	case !a.Done:
		return found(say("library.not_adopted"), say("library.adopt"))
	}
	return fine()
}

// alarmsSigned: nobody starts an infusion that is watched by limits nobody
// answers for.
func (v look) alarmsSigned() verdict {
	switch a := v.env.Signed; {
	case !a.Known:
		return unsure(say("alarms.unknown"), say("alarms.sign"))
	case !a.Done:
		return found(say("alarms.unsigned"), say("alarms.sign"))
	}
	return fine()
}

// heard: nothing begins to run where an alarm would reach nobody but the patient.
func (v look) heard() verdict {
	switch h := v.env.Heard; {
	case len(h.By(v.env.Rules, v.env.Now)) > 0:
		return fine()
	case Proven(v.env.Rules, h.Since, v.env.Now): // just started: no page has had the time
		return unsure(say("heard.unknown"), say("heard.sound"))
	}
	return found(say("heard.nobody"), say("heard.sound"))
}

// resumeLines is the smaller gate before the pump runs again.
func resumeLines() []line {
	return slices.Concat([]line{
		{"order-valid", "SW-ORDER-VALID", look.orderValid},
		{"pause", "SW-PAUSE", look.pause},
	}, pumpLines(), monitorLines(), []line{
		{"heard", "SW-HEARD", look.heard},
		{"credentials", "P-2", look.credentials},
		{"prescriber", "P-12", look.prescriber},
		{"nurse", "P-12", look.nurse},
	})
}

func pumpLines() []line {
	return []line{
		{"pump-rate", "PUMP-READ", look.pumpRate},
		{"pump-concentration", "PUMP-READ", look.pumpConcentration},
	}
}

func monitorLines() []line {
	return []line{
		{"monitor-linked", "SW-MONITOR", look.monitorLinked},
		{"monitor-online", "SW-MONITOR", look.monitorOnline},
		{"monitor-values", "SW-MONITOR", look.monitorValues},
	}
}

// ready: the draw-up gate was passed, and nothing has been found since that
// would have kept it shut: consent taken back, a test read late, a pressure
// that rose. Where the order is newer, the whole gate is asked again: the
// checks that rest on the order rested on another one.
func (v look) ready() verdict {
	switch {
	case v.s.Readied == nil:
		return unsure(say("ready.not"), say("ready.pass"))
	case !v.s.Readied.Open():
		return found(say("ready.shut"), say("ready.pass"))
	}
	lines := stillLines()
	if v.s.OrderAt > v.s.ReadiedAt {
		lines = drawUpLines()
	}
	var open []Check
	for _, l := range lines {
		switch c := v.check(GateDrawUp, l); {
		case !c.Blocks():
		case c.Outcome == Finding:
			return found(say("ready.not_any_more", c.Title.English(), c.Why.English()), c.Settle)
		default:
			open = append(open, c)
		}
	}
	if len(open) > 0 {
		return unsure(say("ready.unsure", open[0].Title.English(), open[0].Why.English()), open[0].Settle)
	}
	return fine()
}

// stillLines are the checks of the draw-up gate that have to hold until the
// start. Who is responsible, and who does what, the start asks by itself.
func stillLines() []line {
	return slices.Concat(whoLines(), orderLines(), precheckLines(), baselineLines(), []line{{"room", "P-5", look.room}})
}

func (v look) bag() verdict {
	p, o := v.s.Prepared, v.s.Order
	switch {
	case p == nil:
		return unsure(say("bag.none"), say("bag.prepare"))
	case o == nil:
		return unsure(say("order.none"), say("order.attach"))
	case !p.Concentration.Positive() || !p.BagVolume.Positive():
		return unsure(say("bag.unknown"), say("bag.prepare"))
	case p.Concentration != o.Concentration:
		return found(say("bag.differs", p.Concentration.String(), o.Concentration.String()), say("bag.prepare"))
	case o.PlannedMass().Cmp(p.Drawn.Exact()) > 0:
		return found(say("bag.too_little", o.PlannedMass().Text(1), p.Drawn.String()), say("bag.prepare"))
	}
	return fine()
}

// timeOut is today's time-out, or why there is none.
func (v look) timeOut() (TimeOut, *verdict) {
	if v.s.TimeOut == nil {
		r := unsure(say("time_out.none"), say("time_out.do"))
		return TimeOut{}, &r
	}
	switch today, known := v.today(v.s.TimeOutAt); {
	case !known:
		r := unsure(say("no_zone"), say("set_zone"))
		return TimeOut{}, &r
	case !today:
		r := unsure(say("not_today"), say("time_out.do"))
		return TimeOut{}, &r
	}
	return *v.s.TimeOut, nil
}

// TimeOutStands reports whether a time-out was done with the order in force: an
// order that holds from later, or arrived later, was not known at the chair.
func (s State) TimeOutStands() bool {
	return s.TimeOut != nil && s.OrderAt <= s.TimeOutEntry && !s.OrderFrom.After(s.TimeOutAt)
}

// compared is today's time-out, done with the order in force: the bag was held
// against an order, and says nothing of one that was attached since.
func (v look) compared() (TimeOut, *verdict) {
	t, none := v.timeOut()
	if none == nil && !v.s.TimeOutStands() {
		r := unsure(say("time_out.other_order"), say("time_out.again"))
		return TimeOut{}, &r
	}
	return t, none
}

// agrees: the patient agrees with what stands on the bag.
func (v look) agrees() verdict {
	if _, none := v.compared(); none != nil {
		return *none
	}
	return v.answered(func(t TimeOut) bool { return t.PatientAgrees }, "agrees")
}

// answered judges one yes or no of the time-out.
func (v look) answered(yes func(TimeOut) bool, about word.ID) verdict {
	t, none := v.timeOut()
	switch {
	case none != nil:
		return *none
	case !yes(t):
		return found(say(about+".no"), say(about+".settle"))
	}
	return fine()
}

func (v look) label() verdict {
	t, none := v.compared()
	switch {
	case none != nil:
		return *none
	case v.s.Prepared == nil || v.s.Prepared.Label == "":
		return unsure(say("bag.none"), say("bag.prepare"))
	case t.LabelRead == "":
		return unsure(say("label.unread"), say("label.read"))
	case t.LabelRead != v.s.Prepared.Label:
		return found(say("label.other"), say("label.stop"))
	}
	return fine()
}

func (v look) lies() verdict {
	t, none := v.timeOut()
	switch {
	case none != nil:
		return *none
	case t.Position == "":
		return unsure(say("position.unknown"), say("position.settle"))
	case t.Position != Lying && t.Position != Reclined:
		return found(say("position.other", string(t.Position)), say("position.settle"))
	}
	return fine()
}

func (v look) useBy() verdict {
	p := v.s.Prepared
	switch {
	case p == nil || p.UseBy.IsZero():
		return unsure(say("bag.none"), say("bag.prepare"))
	case !v.env.Now.Before(p.UseBy):
		return found(say("use_by.passed", v.clock(p.UseBy)), say("use_by.settle"))
	}
	return fine()
}

func (v look) pumpRate() verdict {
	o := v.s.Order
	switch {
	case !v.read.Rate.Positive():
		return unsure(say("pump.rate_unread"), say("pump.type"))
	case o == nil || !o.Concentration.Positive() || !o.PumpStep.Positive() || !v.rate.Positive():
		return unsure(say("pump.no_rate"), say("order.attach"))
	}
	set := o.ToSet(v.rate)
	return matches(v, v.read.Rate, set)
}

func (v look) pumpConcentration() verdict {
	switch {
	case !v.read.Concentration.Positive():
		return unsure(say("pump.concentration_unread"), say("pump.type"))
	case v.s.Prepared == nil || !v.s.Prepared.Concentration.Positive():
		return unsure(say("bag.none"), say("bag.prepare"))
	}
	return matches(v, v.read.Concentration, v.s.Prepared.Concentration)
}

// pumpVolume: what the steps give, or the whole bag where the order's greatest
// total covers it; beyond that total never.
func (v look) pumpVolume() verdict {
	switch {
	case v.read.ToInfuse == nil || !v.read.ToInfuse.Positive():
		return unsure(say("pump.volume_unread"), say("pump.type"))
	case v.s.Prepared == nil || !v.s.Prepared.BagVolume.Positive():
		return unsure(say("bag.none"), say("bag.prepare"))
	}
	b, ok := v.s.toInfuseAt(v.env.Now)
	got := *v.read.ToInfuse
	switch {
	case !ok:
		return unsure(say("order.none"), say("order.attach"))
	case b.beyond(got):
		return found(say("pump.volume_beyond", got.String(), b.most.Text(1)), say("pump.settle"))
	case b.meant(got, v.env.Rules.Permille(library.PumpMismatch)):
		return fine()
	case b.bagWithin() && b.bag.Cmp(b.planned) != 0:
		return found(say("pump.volume_neither", got.String(), b.planned.Text(1), b.bag.Text(1), v.env.Rules.Text(library.PumpMismatch)), say("pump.settle"))
	}
	return found(say("pump.mismatch", got.String(), b.planned.Text(1), v.env.Rules.Text(library.PumpMismatch)), say("pump.settle"))
}

// matches compares what the pump shows with what is meant.
func matches[U unit.Base](v look, got, want unit.Of[U]) verdict {
	if !unit.Within(got, want, v.env.Rules.Permille(library.PumpMismatch)) {
		return found(say("pump.mismatch", got.String(), want.String(), v.env.Rules.Text(library.PumpMismatch)), say("pump.settle"))
	}
	return fine()
}

func (v look) monitorLinked() verdict {
	switch l := v.s.Link; {
	case l.Monitor == "":
		return unsure(say("monitor.none"), say("monitor.link"))
	case !l.Confirmed:
		return found(say("monitor.doubted"), say("monitor.confirm"))
	case !v.s.OffTill.IsZero():
		return found(say("monitor.off"), say("monitor.back"))
	}
	return fine()
}

// feed is what the linked monitor shows, if that is known.
func (v look) feed() (MonitorState, bool) {
	m := v.env.Monitor
	return m, m.Known && m.Device != "" && m.Device == v.s.Link.Monitor
}

func (v look) monitorOnline() verdict {
	m, ok := v.feed()
	switch {
	case !ok || m.LastAt.IsZero():
		return unsure(say("monitor.unknown"), say("monitor.link"))
	case !Online(v.env.Rules, m.LastAt, v.env.Now):
		return found(say("monitor.offline", v.clock(m.LastAt)), say("monitor.connect"))
	}
	return fine()
}

// monitorValues: saturation and heart rate flow, and are fresh.
func (v look) monitorValues() verdict {
	m, ok := v.feed()
	if !ok {
		return unsure(say("monitor.unknown"), say("monitor.link"))
	}
	for _, kinds := range [][]vital.Kind{oxygenKinds, heartKinds} {
		if !slices.ContainsFunc(kinds, func(k vital.Kind) bool { return v.fresh(m, k) }) {
			f, _ := vital.Of(kinds[0])
			return unsure(say("monitor.no_value", f.Label, v.env.Rules.Text(library.MonitorStale)), say("monitor.sensor"))
		}
	}
	return fine()
}

// fresh: young enough, and not from a clock so far ahead that its values would
// never grow old.
func (v look) fresh(m MonitorState, k vital.Kind) bool {
	x, ok := m.Latest[k]
	stale := v.env.Rules.Duration(library.MonitorStale)
	return ok && x.Quality == vital.Good && v.env.Now.Sub(x.At).Abs() <= stale
}

// pause: after a long one the prescriber decides, here or by a spoken order.
func (v look) pause() verdict {
	longest := v.env.Rules.Duration(library.PauseLongest)
	if v.s.PausedAt.IsZero() {
		return unsure(say("pause.unknown"), say("pause.read"))
	}
	if v.env.Now.Sub(v.s.PausedAt) <= longest || v.env.Actor.Is(act.Prescriber) {
		return fine()
	}
	since := int64(0)
	for _, f := range v.s.Pump {
		if f.Kind == PumpPause && !f.Struck && !f.At.Before(v.s.PausedAt) {
			since = max(since, f.Position)
		}
	}
	if slices.ContainsFunc(v.s.Spoken, func(f SpokenFact) bool {
		return f.Order.What == SpokenResume && f.Order.ReadBack && !f.Used && f.At.After(v.s.PausedAt)
	}) {
		return noted(say("pause.spoken"))
	}
	return found(say("pause.long", v.env.Rules.Text(library.PauseLongest)), say("prescriber.decides")).resting(since)
}
