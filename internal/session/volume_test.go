package session

import (
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// bagged is a visit ready to start in which the bag and the order's greatest
// total are as given; 106 mL (106 mg) are planned.
func bagged(bag, total, dose string) *log {
	l := toStart()
	o := order()
	o.Maxima.Total, o.Maxima.Dose = unit.Mg(total), unit.MgPerKg(dose)
	l.state.Order = &o
	p := *l.state.Prepared
	p.BagVolume, p.Drawn = unit.ML(bag), unit.Mg(bag)
	l.state.Prepared = &p
	return l
}

func TestStartGate_VolumeToBeInfused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, bag, total, dose, read string
		why                          word.ID // empty: clear
	}{
		{"as planned, so that the pump stops by itself", "250", "150", "5", "106", ""},
		{"2 % more", "250", "150", "5", "108.1", ""},
		{"2 % less", "250", "150", "5", "103.9", ""},
		{"a little more than 2 %", "250", "150", "5", "108.2", "gate.pump.mismatch"},
		{"a little less than 2 %", "250", "150", "5", "103.8", "gate.pump.mismatch"},
		{"the whole bag, beyond the order's total", "250", "150", "5", "250", "gate.pump.volume_beyond"},
		{"the whole bag, just within the order's total", "150", "150", "5", "150", ""},
		{"the whole bag, 2 % beyond what the order's total covers", "149", "150", "5", "150.5", "gate.pump.volume_beyond"},
		{"the whole bag, beyond the order's dose: 1.8 mg/kg of 80 kg are 144 mg", "150", "500", "1.8", "150", "gate.pump.volume_beyond"},
		{"nearly a bag that the order's total does not cover", "152", "150", "5", "149.5", "gate.pump.mismatch"},
		{"neither the plan nor the bag", "150", "150", "5", "120", "gate.pump.volume_neither"},
		{"planned is the order's total: not 1 % more", "250", "106", "5", "107", "gate.pump.volume_beyond"},
		{"a bag smaller than the plan", "100", "150", "5", "100", ""},
		{"the plan from a bag smaller than it", "100", "150", "5", "106", "gate.pump.mismatch"},
		{"nothing", "250", "150", "5", "0", "gate.pump.volume_unread"},
	} {
		read := startReading()
		read.ToInfuse = ptr(unit.ML(c.read))
		g := StartGate(bagged(c.bag, c.total, c.dose).state, envAt(ten()), read)
		got := g.Checks[slices.IndexFunc(g.Checks, func(k Check) bool { return k.ID == "pump-volume" })]
		if got.Why.ID != c.why || got.Blocks() != (c.why != "") {
			t.Errorf("%s: %s %s", c.name, got.Outcome, got.Why.English())
		}
	}
}

// TestDecide_VolumeReadLaterIsNoMoreThanRemains: at 60 min 22 of 106 mL are
// given, so 84 remain planned; the order's 150 mg allow 128 more.
func TestDecide_VolumeReadLaterIsNoMoreThanRemains(t *testing.T) {
	t.Parallel()
	running := func() *log {
		l := until(PhaseInfusing)
		l.add(at(30), byNurse(), RateChanged{Ordered: unit.MgPerKgH("0.35"), ToSet: unit.MLPerH("28"), Read: reading("28"), Authority: WithinOrder})
		return l
	}
	for _, c := range []struct {
		volume string
		more   bool
	}{{"10", false}, {"84", false}, {"85.6", false}, {"85.8", true}, {"106", true}, {"228", true}} {
		read := reading("28")
		read.ToInfuse = ptr(unit.ML(c.volume))
		_, r := Decide(running().state, SetRate{Ordered: unit.MgPerKgH("0.35"), Read: read}, envAt(at(60)))
		if refused := r != nil && r.Message.ID == "session.volume_mismatch"; refused != c.more || (r != nil && !refused) {
			t.Errorf("a rate with %s mL to infuse: %v", c.volume, r)
		}
		for name, done := range map[string]Command{
			"read": ReadPump{read}, "found": SetRate{Read: read, Found: true}, "handed over": TakeOver{Read: &read},
			"observed": Observe{Observation{Purpose: ForRound, Pump: &read}},
		} {
			e := running().say(t, done, envAt(at(60)))[0]
			_, ds := readAndDeviations(e)
			if said := slices.Contains(rulesOf(ds), RuleReadBack); said != c.more {
				t.Errorf("%s with %s mL to infuse deviates from %v", name, c.volume, rulesOf(ds))
			}
		}
		paused := running()
		paused.say(t, Pause{Cause: PausePatient}, envAt(at(60)))
		_, r = Decide(paused.state, Resume{Ordered: unit.MgPerKgH("0.35"), Read: read}, envAt(at(61)))
		if refused := r != nil && r.Message.ID == "session.volume_mismatch"; refused != c.more || (r != nil && !refused) {
			t.Errorf("resumed with %s mL to infuse: %v", c.volume, r)
		}
		if e := paused.say(t, ReadPump{read}, envAt(at(61)))[0].(PumpRead); slices.Contains(rulesOf(e.Deviations), RuleReadBack) != c.more {
			t.Errorf("read while paused with %s mL to infuse deviates from %v", c.volume, rulesOf(e.Deviations))
		}
	}
}

// TestDecide_VolumeReadLaterHasNoToleranceBeyondTheOrdersTotal: with a total
// of just what is planned, 84 mL remain and 84.1 is too much.
func TestDecide_VolumeReadLaterHasNoToleranceBeyondTheOrdersTotal(t *testing.T) {
	t.Parallel()
	for volume, more := range map[string]bool{"84": false, "84.1": true} {
		l := until(PhaseInfusing)
		o := order()
		o.Maxima.Total = unit.Mg("106")
		l.state.Order = &o
		l.add(at(30), byNurse(), RateChanged{Ordered: unit.MgPerKgH("0.35"), ToSet: unit.MLPerH("28"), Read: reading("28"), Authority: WithinOrder})
		read := reading("28")
		read.ToInfuse = ptr(unit.ML(volume))
		if e := l.say(t, ReadPump{read}, envAt(at(60)))[0].(PumpRead); slices.Contains(rulesOf(e.Deviations), RuleReadBack) != more {
			t.Errorf("%s mL to infuse deviates from %v", volume, rulesOf(e.Deviations))
		}
	}
}

func TestToInfuse_CountsWhatWasTakenFromTheBagByHand(t *testing.T) {
	t.Parallel()
	l := bagged("110", "150", "5")
	l.state.Drugs = []DrugFact{{Stamp: Stamp{Position: l.state.PreparedAt + 1, At: at(-5)}, Given: Given{Drug: drug.Ketamine, Ketamine: unit.Mg("10"), FromBag: true}}}
	b, ok := l.state.toInfuseAt(ten())
	if !ok || b.bag.Round() != unit.ML("100") || b.planned.Round() != unit.ML("100") || b.most.Round() != unit.ML("140") {
		t.Errorf("bag %v, planned %v, most %v", b.bag.Text(1), b.planned.Text(1), b.most.Text(1))
	}
}
