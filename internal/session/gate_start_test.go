package session

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

func startRows() []row {
	return slices.Concat(orderPatientRows(), orderValidRows(), orderBasisRows(), readyRows(), bagRows(), timeOutRows(), pumpReadRows(), volumeRows(), monitorRows(), heardRows(), peopleRows(), loadRows(1))
}

func resumeRows() []row {
	return slices.Concat(orderValidRows(), pauseRows(), pumpReadRows(), monitorRows(), heardRows(), peopleRows())
}

func readyRows() []row {
	return []row{
		{"passed", "ready", Clear, "SW-READY", nil, nil},
		{"not passed", "ready", CouldNotCheck, "SW-READY", func(x *scene) { x.s.Readied = nil }, nil},
		{"recorded shut", "ready", Finding, "SW-READY", func(x *scene) {
			x.s.Readied = &GateResult{Gate: GateDrawUp, Checks: []Check{{ID: "order", Outcome: CouldNotCheck}}}
		}, nil},
		{"recorded with nothing in it", "ready", Finding, "SW-READY", func(x *scene) { x.s.Readied = &GateResult{} }, nil},
		{"consent taken back since", "ready", Finding, "SW-READY", answeredSince(Precheck{ConsentNow: &ConsentNow{}}), nil},
		{"a pregnancy found since", "ready", Finding, "SW-READY", answeredSince(Precheck{Pregnancy: &Pregnancy{Applies: true, Result: PregnancyPositive}}), nil},
		{"alcohol said since", "ready", Finding, "SW-READY", answeredSince(Precheck{Substances: &Substances{Alcohol: true}}), nil},
		{"blood in the urine said since", "ready", Finding, "SW-READY", answeredSince(Precheck{Bladder: &scale.LUTS6{Haematuria: true}}), nil},
		{"cannabis said since, not accepted", "ready", Finding, "SW-READY", answeredSince(Precheck{Substances: &Substances{Cannabis: true}}), nil},
		{"cannabis said since, accepted", "ready", Clear, "SW-READY", func(x *scene) {
			answeredSince(Precheck{Substances: &Substances{Cannabis: true}})(x)
			x.add(-3, byPrescriber(), FindingOverridden{Gate: GateDrawUp, Check: "cannabis", Reason: said(1)})
		}, nil},
		{"a pressure that rose since", "ready", Finding, "SW-READY", func(x *scene) {
			x.add(-4, byNurse(), Observed{set(ForBaseline, with(vital.NIBPSys, "181"))})
		}, nil},
		{"a room that lacks something since", "ready", Finding, "SW-READY", func(x *scene) { x.env.Room.Open = []string{"suction"} }, nil},
		{"more nurse's load, which the start asks itself", "ready", Clear, "SW-READY", func(x *scene) { x.env.Staff.Load = 9 }, nil},
		{"a new order that passes too", "ready", Clear, "SW-READY", changed(func(o *drug.Order) { o.Number = 3 }), nil},
		{"a new order, and what only the draw-up gate asks stands in the way", "ready", Finding, "SW-READY", func(x *scene) {
			x.add(-1, byPrescriber(), OrderAttached{Order: order()})
			x.env.Staff.Load = 3
		}, nil},
		{"an order attached just before the gate was passed, and the same", "ready", Clear, "SW-READY", func(x *scene) {
			x.s.OrderAt = x.s.ReadiedAt - 1
			x.env.Staff.Load = 3
		}, nil},
		{"a new order for another weight", "ready", Finding, "SW-READY", changed(func(o *drug.Order) { o.DosingWeight = unit.Kg("70") }), nil},
	}
}

func bagRows() []row {
	bag := func(change func(*Prepared)) func(*scene) {
		return func(x *scene) { p := *x.s.Prepared; change(&p); x.s.Prepared = &p }
	}
	none := func(x *scene) { x.s.Prepared = nil }
	return []row{
		{"as ordered", "bag", Clear, "SW-BAG", nil, nil},
		{"another concentration", "bag", Finding, "SW-BAG", bag(func(p *Prepared) { p.Concentration = unit.MgPerML("1.001") }), nil},
		{"none", "bag", CouldNotCheck, "SW-BAG", none, nil},
		{"no concentration", "bag", CouldNotCheck, "SW-BAG", bag(func(p *Prepared) { p.Concentration = unit.Concentration{} }), nil},
		{"no volume", "bag", CouldNotCheck, "SW-BAG", bag(func(p *Prepared) { p.BagVolume = unit.Volume{} }), nil},
		{"no order", "bag", CouldNotCheck, "SW-BAG", func(x *scene) { x.s.Order = nil }, nil},

		{"a moment left", "use-by", Clear, "BUD-1", bag(func(p *Prepared) { p.UseBy = ten().Add(time.Microsecond) }), nil},
		{"now", "use-by", Finding, "BUD-1", bag(func(p *Prepared) { p.UseBy = ten() }), nil},
		{"not known", "use-by", CouldNotCheck, "BUD-1", bag(func(p *Prepared) { p.UseBy = time.Time{} }), nil},
		{"no bag", "use-by", CouldNotCheck, "BUD-1", none, nil},

		{"the bag's", "label", Clear, "SW-LABEL", nil, nil},
		{"another bag's", "label", Finding, "SW-LABEL", bag(func(p *Prepared) { p.Label = "DEADBEEF-2" }), nil},
		{"a bag without one", "label", CouldNotCheck, "SW-LABEL", bag(func(p *Prepared) { p.Label = "" }), nil},
		{"no bag", "label", CouldNotCheck, "SW-LABEL", none, nil},
	}
}

// heardRows: another place is proven to sound.
func heardRows() []row {
	proved := func(ago time.Duration) func(*scene) {
		return func(x *scene) {
			x.env.Heard.Places = []Proved{{"okafor", x.env.Now.Add(-time.Hour)}, {"station", x.env.Now.Add(-ago)}}
		}
	}
	started := func(ago time.Duration) func(*scene) {
		return func(x *scene) { x.env.Heard = Heard{Since: x.env.Now.Add(-ago)} }
	}
	const last = 25 * time.Second
	return []row{
		{"by a station", "heard", Clear, "SW-HEARD", nil, nil},
		{"proved just short of its time ago", "heard", Clear, "SW-HEARD", proved(last - time.Microsecond), nil},
		{"proved too long ago", "heard", Finding, "SW-HEARD", proved(last), nil},
		{"proved in the future", "heard", Finding, "SW-HEARD", proved(-time.Second), nil},
		{"by nobody", "heard", Finding, "SW-HEARD", func(x *scene) { x.env.Heard.Places = nil }, nil},
		{"by nobody, just after a start of the server", "heard", CouldNotCheck, "SW-HEARD", started(last - time.Microsecond), nil},
		{"by nobody, though pages had the time", "heard", Finding, "SW-HEARD", started(last), nil},
	}
}

// timeOutRows: each answer of the time-out, today's.
func timeOutRows() []row {
	answer := func(change func(*TimeOut)) func(*scene) {
		return func(x *scene) { t := *x.s.TimeOut; change(&t); x.s.TimeOut = &t }
	}
	out := []row{
		{"not read", "label", CouldNotCheck, "SW-LABEL", answer(func(t *TimeOut) { t.LabelRead = "" }), nil},
		{"does not", "patient-agrees", Finding, "SW-LABEL", answer(func(t *TimeOut) { t.PatientAgrees = false }), nil},
		{"not shown", "call-button", Finding, "SW-CALL-BUTTON", answer(func(t *TimeOut) { t.CallShown = false }), nil},
		{"not pressed", "call-button", Finding, "SW-CALL-BUTTON", answer(func(t *TimeOut) { t.CallPressed = false }), nil},
		{"not quiet", "room-quiet", Finding, "SW-CALM", answer(func(t *TimeOut) { t.RoomQuiet = false }), nil},
		{"lying", "position", Clear, "SW-CALM", answer(func(t *TimeOut) { t.Position = Lying }), nil},
		{"sitting", "position", Finding, "SW-CALM", answer(func(t *TimeOut) { t.Position = Sitting }), nil},
		{"standing", "position", Finding, "SW-CALM", answer(func(t *TimeOut) { t.Position = Standing }), nil},
		{"not said", "position", CouldNotCheck, "SW-CALM", answer(func(t *TimeOut) { t.Position = "" }), nil},
	}
	out = append(out,
		row{"on paper", "screening", Attested, "SW-SCREENING", nil, nil},
		row{"course, suitable", "screening", Clear, "SW-SCREENING", onCourse(func(*CourseState) {}), nil},
		row{"course, found since", "screening", Finding, "SW-SCREENING", onCourse(func(c *CourseState) { c.New = []string{"CI-PSY"} }), nil},
		row{"course, not known", "screening", CouldNotCheck, "SW-SCREENING", func(x *scene) { x.env.Course = CourseState{} }, nil},
		row{"adopted", "library-adopted", Clear, "SW-LIBRARY", nil, nil},
		row{"not adopted", "library-adopted", Finding, "SW-LIBRARY", func(x *scene) { x.env.Adopted.Done = false }, nil},
		row{"not known", "library-adopted", CouldNotCheck, "SW-LIBRARY", func(x *scene) { x.env.Adopted.Known = false }, nil},
		row{"signed", "alarms-signed", Clear, "SW-ALARMS", nil, nil},
		row{"not signed", "alarms-signed", Finding, "SW-ALARMS", func(x *scene) { x.env.Signed.Done = false }, nil},
		row{"not known", "alarms-signed", CouldNotCheck, "SW-ALARMS", func(x *scene) { x.env.Signed.Known = false }, nil},
	)
	sameAgain := func(x *scene) { x.add(-1, byNurse(), TimeOutDone{TimeOut: *x.s.TimeOut}) }
	for _, check := range []CheckID{"label", "patient-agrees"} {
		out = append(out,
			row{"another order since", check, CouldNotCheck, "SW-LABEL", func(x *scene) { x.add(-1, byPrescriber(), OrderAttached{Order: order()}) }, nil},
			row{"another order since, and the time-out again", check, Clear, "SW-LABEL", func(x *scene) {
				x.add(-1, byPrescriber(), OrderAttached{Order: order()})
				sameAgain(x)
			}, nil},
			row{"another order, told later than the time-out", check, CouldNotCheck, "SW-LABEL", func(x *scene) {
				x.add(-3, byPrescriber(), OrderAttached{Order: order()})
			}, nil},
			row{"a time-out that was done before the order and arrived after it", check, CouldNotCheck, "SW-LABEL", func(x *scene) {
				x.add(-0.5, byPrescriber(), OrderAttached{Order: order()})
				sameAgain(x)
			}, nil})
	}
	for _, check := range []CheckID{"label", "patient-agrees", "call-button", "room-quiet", "position"} {
		out = append(out,
			row{"answered", check, Clear, "", nil, nil},
			row{"no time-out", check, CouldNotCheck, "", func(x *scene) { x.s.TimeOut = nil }, nil},
			row{"yesterday's", check, CouldNotCheck, "", func(x *scene) { x.s.TimeOutAt = at(-10*60 - 1) }, nil},
			row{"no zone", check, CouldNotCheck, "", func(x *scene) { x.env.Zone = nil }, nil})
	}
	return out
}

// pumpReadRows: 16 mL/h of 1 mg/mL is meant; 2 % is 0.32 mL/h.
func pumpReadRows() []row {
	reads := func(rate, conc string) func(*scene) {
		return func(x *scene) {
			x.read.Rate, x.read.Concentration = unit.MLPerH(rate), unit.MgPerML(conc)
		}
	}
	return []row{
		{"as meant", "pump-rate", Clear, "PUMP-READ", nil, nil},
		{"2 % more", "pump-rate", Clear, "PUMP-READ", reads("16.32", "1"), nil},
		{"over 2 % more", "pump-rate", Finding, "PUMP-READ", reads("16.33", "1"), nil},
		{"2 % less", "pump-rate", Clear, "PUMP-READ", reads("15.68", "1"), nil},
		{"over 2 % less", "pump-rate", Finding, "PUMP-READ", reads("15.67", "1"), nil},
		{"not read", "pump-rate", CouldNotCheck, "PUMP-READ", reads("0", "1"), nil},
		{"no order", "pump-rate", CouldNotCheck, "PUMP-READ", func(x *scene) { x.s.Order = nil }, nil},
		{"no resolution", "pump-rate", CouldNotCheck, "PUMP-READ", changed(func(o *drug.Order) { o.PumpStep = unit.PumpRate{} }), nil},
		{"no steps", "pump-rate", CouldNotCheck, "PUMP-READ", func(x *scene) {
			x.orders(func(o *drug.Order) { o.Steps = nil })
			x.s.Ordered = unit.DoseRate{} // nothing in force either, where it resumes
		}, nil},
		{"as the bag", "pump-concentration", Clear, "PUMP-READ", nil, nil},
		{"2 % more", "pump-concentration", Clear, "PUMP-READ", reads("16", "1.02"), nil},
		{"over 2 % more", "pump-concentration", Finding, "PUMP-READ", reads("16", "1.021"), nil},
		{"over 2 % less", "pump-concentration", Finding, "PUMP-READ", reads("16", "0.979"), nil},
		{"not read", "pump-concentration", CouldNotCheck, "PUMP-READ", reads("16", "0"), nil},
		{"no bag", "pump-concentration", CouldNotCheck, "PUMP-READ", func(x *scene) { x.s.Prepared = nil }, nil},
	}
}

// volumeRows: the steps give 106 mL, of which 2 % is 2.12; the bag holds 250.
func volumeRows() []row {
	shows := func(ml string) func(*scene) { return func(x *scene) { x.read.ToInfuse = ptr(unit.ML(ml)) } }
	return []row{
		{"what the steps give", "pump-volume", Clear, "PUMP-READ", nil, nil},
		{"2 % more", "pump-volume", Clear, "PUMP-READ", shows("108.12"), nil},
		{"over 2 % more", "pump-volume", Finding, "PUMP-READ", shows("108.13"), nil},
		{"2 % less", "pump-volume", Clear, "PUMP-READ", shows("103.88"), nil},
		{"over 2 % less", "pump-volume", Finding, "PUMP-READ", shows("103.87"), nil},
		{"the bag's, beyond the order's total", "pump-volume", Finding, "PUMP-READ", shows("250"), nil},
		{"the bag's, within it", "pump-volume", Clear, "PUMP-READ", func(x *scene) {
			shows("140")(x)
			p := *x.s.Prepared
			p.BagVolume = unit.ML("140")
			x.s.Prepared = &p
		}, nil},
		{"no order", "pump-volume", CouldNotCheck, "PUMP-READ", func(x *scene) { x.s.Order = nil }, nil},
		{"not read", "pump-volume", CouldNotCheck, "PUMP-READ", func(x *scene) { x.read.ToInfuse = nil }, nil},
		{"read as nothing", "pump-volume", CouldNotCheck, "PUMP-READ", shows("0"), nil},
		{"no bag", "pump-volume", CouldNotCheck, "PUMP-READ", func(x *scene) { x.s.Prepared = nil }, nil},
	}
}

func monitorRows() []row {
	feed := func(change func(*MonitorState)) func(*scene) { return func(x *scene) { change(&x.env.Monitor) } }
	sample := func(k vital.Kind, change func(*vital.Sample)) func(*scene) {
		return func(x *scene) {
			m := maps.Clone(x.env.Monitor.Latest)
			s := m[k]
			change(&s)
			m[k] = s
			x.env.Monitor.Latest = m
		}
	}
	without := func(k vital.Kind) func(*scene) {
		return func(x *scene) {
			x.env.Monitor.Latest = maps.Clone(x.env.Monitor.Latest)
			delete(x.env.Monitor.Latest, k)
		}
	}
	old := func(k vital.Kind, age time.Duration) func(*scene) {
		return func(x *scene) { sample(k, func(s *vital.Sample) { s.At = x.env.Now.Add(-age) })(x) }
	}
	heard := func(age time.Duration) func(*scene) {
		return func(x *scene) { x.env.Monitor.LastAt = x.env.Now.Add(-age) }
	}
	other := feed(func(m *MonitorState) { m.Device = id[ident.Device](42) })
	return []row{
		{"by a person", "monitor-linked", Clear, "SW-MONITOR", nil, nil},
		{"in doubt", "monitor-linked", Finding, "SW-MONITOR", func(x *scene) { x.s.Link.Confirmed = false }, nil},
		{"off on purpose", "monitor-linked", Finding, "SW-MONITOR", func(x *scene) { x.s.OffTill = x.env.Now.Add(time.Minute) }, nil},
		{"none", "monitor-linked", CouldNotCheck, "SW-MONITOR", func(x *scene) { x.s.Link = Link{} }, nil},

		{"heard half a minute ago", "monitor-online", Clear, "SW-MONITOR", heard(30 * time.Second), nil},
		{"heard longer ago", "monitor-online", Finding, "SW-MONITOR", heard(30*time.Second + time.Millisecond), nil},
		{"not known", "monitor-online", CouldNotCheck, "SW-MONITOR", feed(func(m *MonitorState) { m.Known = false }), nil},
		{"another one", "monitor-online", CouldNotCheck, "SW-MONITOR", other, nil},
		{"never heard", "monitor-online", CouldNotCheck, "SW-MONITOR", feed(func(m *MonitorState) { m.LastAt = time.Time{} }), nil},

		{"a minute old", "monitor-values", Clear, "SW-MONITOR", old(vital.SpO2, time.Minute), nil},
		{"older", "monitor-values", CouldNotCheck, "SW-MONITOR", old(vital.SpO2, time.Minute+time.Millisecond), nil},
		{"from the future", "monitor-values", CouldNotCheck, "SW-MONITOR", old(vital.SpO2, -time.Minute-time.Millisecond), nil},
		{"old heart rate", "monitor-values", CouldNotCheck, "SW-MONITOR", old(vital.HR, time.Minute+time.Millisecond), nil},
		{"no saturation", "monitor-values", CouldNotCheck, "SW-MONITOR", without(vital.SpO2), nil},
		{"no heart rate", "monitor-values", CouldNotCheck, "SW-MONITOR", without(vital.HR), nil},
		{"a pulse instead", "monitor-values", Clear, "SW-MONITOR", func(x *scene) {
			sample(vital.Pulse, func(s *vital.Sample) { *s = x.env.Monitor.Latest[vital.HR] })(x)
			without(vital.HR)(x)
		}, nil},
		{"doubtful", "monitor-values", CouldNotCheck, "SW-MONITOR", sample(vital.SpO2, func(s *vital.Sample) { s.Quality = vital.Questionable }), nil},
		{"another one", "monitor-values", CouldNotCheck, "SW-MONITOR", other, nil},
	}
}

// pauseRows: paused at 20 minutes past.
func pauseRows() []row {
	lasted := func(d time.Duration) func(*scene) {
		return func(x *scene) { x.env.Now = at(20).Add(d); x.env.OccurredAt = x.env.Now }
	}
	long := 30*time.Minute + time.Microsecond
	spoken := func(o SpokenOrderTaken) func(*scene) {
		return func(x *scene) { lasted(long)(x); x.add(22, byNurse(), o) }
	}
	order := SpokenOrderTaken{Prescriber: prescriber, What: SpokenResume, Text: said(1), ReadBack: true}
	unheard, about := order, order
	unheard.ReadBack, about.What = false, SpokenDrug
	return []row{
		{"half an hour", "pause", Clear, "SW-PAUSE", lasted(30 * time.Minute), nil},
		{"longer", "pause", Finding, "SW-PAUSE", lasted(long), thePrescriber},
		{"longer, the prescriber resumes", "pause", Clear, "SW-PAUSE", func(x *scene) { lasted(long)(x); x.env.Actor = byPrescriber() }, nil},
		{"longer, on a spoken order", "pause", Clear, "SW-PAUSE", spoken(order), nil},
		{"longer, not read back", "pause", Finding, "SW-PAUSE", spoken(unheard), thePrescriber},
		{"longer, about something else", "pause", Finding, "SW-PAUSE", spoken(about), thePrescriber},
		{"since when is not known", "pause", CouldNotCheck, "SW-PAUSE", func(x *scene) { x.s.PausedAt = time.Time{} }, nil},
	}
}

// TestResumeGate_AnEarlierPauseIsNoLeave: what was accepted of one long pause
// does not carry to the next.
func TestResumeGate_AnEarlierPauseIsNoLeave(t *testing.T) {
	t.Parallel()
	x := resumeScene()
	x.env.Now = at(60)
	x.add(60, byPrescriber(), FindingOverridden{Gate: GateResume, Check: "pause", Reason: said(1)})
	if c, _ := ResumeGate(x.s, x.env, x.read).find("pause"); c.Blocks() {
		t.Fatalf("accepted, the pause still blocks: %+v", c)
	}
	x.add(61, byNurse(), Resumed{Ordered: x.s.Ordered, ToSet: x.s.ToSet, Read: x.read})
	x.add(62, byNurse(), Paused{Cause: PauseToilet})
	x.env.Now = at(100)
	if c, _ := ResumeGate(x.s, x.env, x.read).find("pause"); !c.Blocks() {
		t.Error("a pause of 38 minutes was accepted before it began")
	}
}

// TestGates_ANewerAnswerAsksAgain: what was accepted of one answer does not
// carry to a later one.
func TestGates_ANewerAnswerAsksAgain(t *testing.T) {
	t.Parallel()
	x := drawUpScene()
	x.answers(Precheck{Conditions: &Conditions{GLP1: true}})
	x.add(-31, byPrescriber(), FindingOverridden{Gate: GateDrawUp, Check: "glp1", Reason: said(1)})
	if c, _ := DrawUpGate(x.s, x.env).find("glp1"); c.Blocks() {
		t.Fatal("accepted, it still blocks")
	}
	x.answers(Precheck{Conditions: &Conditions{GLP1: true, CPAP: true, CPAPHere: true}})
	if c, _ := DrawUpGate(x.s, x.env).find("glp1"); !c.Blocks() {
		t.Error("an answer given after it was accepted does not ask again")
	}
}

// answeredSince answers something of the pre-check when the drug is prepared already.
func answeredSince(p Precheck) func(*scene) {
	return func(x *scene) { x.add(-4, byNurse(), PrecheckAnswered{p}) }
}

// TestDecide_ANewOrderIsComparedWithTheBagThatWasPrepared, not with the bag it
// writes of: the steps of 106 mg do not come out of one that holds 100.
func TestDecide_ANewOrderIsComparedWithTheBagThatWasPrepared(t *testing.T) {
	t.Parallel()
	for drawn, fits := range map[string]bool{"106": true, "105.9": false} {
		l := until(PhasePrepared)
		p := *l.state.Prepared
		p.Drawn = unit.Mg(drawn)
		l.state.Prepared = &p
		_, r := Decide(l.state, AttachOrder{Order: order()}, envAt(at(-10)).by(byPrescriber()))
		if (r == nil) != fits || (r != nil && r.Message.ID != "session.bag_too_small") {
			t.Errorf("a new order beside a bag of %s mg: %v", drawn, r)
		}
		g := StartGate(l.state, envAt(ten()), startReading())
		if c, _ := g.find("bag"); (c.Outcome == Clear) != fits {
			t.Errorf("the start with a bag of %s mg: %s %s", drawn, c.Outcome, c.Why.English())
		}
	}
}
