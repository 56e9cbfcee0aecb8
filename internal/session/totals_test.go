package session

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/unit"
)

func TestTotalsAt_FollowTheReadBack(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.add(at(30), byNurse(), RateChanged{Ordered: unit.MgPerKgH("0.35"), ToSet: unit.MLPerH("28"), Read: reading("28"), Authority: WithinOrder})
	l.add(at(60), byNurse(), PumpRead{Read: reading("27.8")})
	l.add(at(90), byNurse(), Paused{Cause: PauseToilet})
	l.add(at(100), byNurse(), Resumed{Ordered: unit.MgPerKgH("0.35"), ToSet: unit.MLPerH("28"), Read: reading("28")})
	l.add(at(110), byNurse(), DrugGiven{Drug: "ketamine", Ketamine: unit.Mg("5")})
	for _, c := range []struct {
		at                 float64
		volume, mass, dose string
		minutes            time.Duration
		rate               string
	}{
		{-5, "0.000", "0.000", "0.0000", 0, "0"},
		{0, "0.000", "0.000", "0.0000", 0, "16"},
		{15, "4.000", "4.000", "0.0500", 15, "16"},
		{60, "22.000", "22.000", "0.2750", 60, "27.8"},
		{90, "35.900", "35.900", "0.4488", 90, "0"},
		{95, "35.900", "35.900", "0.4488", 90, "0"},
		{115, "42.900", "47.900", "0.5988", 105, "28"},
	} {
		got := l.state.TotalsAt(at(c.at))
		if got.Volume.Fixed(3) != c.volume || got.Mass.Fixed(3) != c.mass || got.Dose.Fixed(4) != c.dose || got.Minutes != c.minutes*time.Minute {
			t.Errorf("at %v min: %s mL, %s mg, %s mg/kg, %v", c.at, got.Volume.Fixed(3), got.Mass.Fixed(3), got.Dose.Fixed(4), got.Minutes)
		}
		if rate := l.state.RateAt(at(c.at)).Decimal(); rate != c.rate {
			t.Errorf("rate at %v min = %s, want %s", c.at, rate, c.rate)
		}
	}
}

func TestTotalsAt_BagDecidesTheConcentration(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.add(at(0), byNurse(), PumpRead{Read: PumpReading{Rate: unit.MLPerH("16"), Concentration: unit.MgPerML("2")}})
	if got := l.state.TotalsAt(at(60)).Mass.Fixed(3); got != "16.000" {
		t.Errorf("mass = %s mg, want what the bag holds: 16.000", got)
	}
}

func TestTotalsAt_CheckNeverStartsThePump(t *testing.T) {
	t.Parallel()
	l := until(PhasePrepared)
	l.add(at(-5), byNurse(), PumpRead{Read: reading("16")})
	if l.state.RunningAt(at(0)) || l.state.TotalsAt(at(60)).Volume.Sign() != 0 {
		t.Error("a reading before the start set the pump running")
	}
	l = until(PhasePaused)
	l.add(at(21), byNurse(), PumpRead{Read: reading("16")})
	if l.state.RunningAt(at(22)) {
		t.Error("a reading while paused set the pump running")
	}
}

func TestTotalsAt_EarliestEffectiveStopEnds(t *testing.T) {
	t.Parallel()
	l := until(PhaseInfusing)
	l.add(at(40), byNurse(), Stopped{Cause: StopClinical})
	l.add(at(30), byTablet(), Stopped{Cause: StopUnsaid, Repeat: true, WhoOpen: true})
	if got := l.state.TotalsAt(at(300)).Volume.Fixed(3); got != "8.000" {
		t.Errorf("volume = %s, want 8.000: the stop of 10:30 counts though it came later", got)
	}
	l.add(at(45), byNurse(), Amended{Entry: l.position(0), Struck: true})
	if !l.state.StoppedAt.Equal(at(40)) {
		t.Errorf("stopped at %v after striking the earlier, want 10:40", l.state.StoppedAt)
	}
}

// naive integrates second by second what the pump did, from the facts alone,
// in integers: micro-mL/h times seconds.
func naive(facts []fact, stop, until time.Time) *big.Rat {
	sum := big.NewInt(0)
	for t := ten(); t.Before(until) && (stop.IsZero() || t.Before(stop)); t = t.Add(time.Second) {
		running, rate := false, int64(0)
		for _, f := range facts { // sorted by time
			if f.at.After(t) {
				break
			}
			switch ev := f.event.(type) {
			case Started:
				running, rate = true, ev.Read.Rate.Micro()
			case RateChanged:
				running, rate = running || ev.Read.Rate.Positive(), ev.Read.Rate.Micro()
			case Resumed:
				running, rate = true, ev.Read.Rate.Micro()
			case Paused:
				running = false
			case PumpRead:
				rate = ev.Read.Rate.Micro()
				if !running {
					rate = 0
				}
			default:
				// the others do not concern this
			}
		}
		if running {
			sum.Add(sum, big.NewInt(rate))
		}
	}
	return new(big.Rat).SetFrac(sum, big.NewInt(3600*unit.Micro))
}

type fact struct {
	at    time.Time
	event Event
}

// drawFacts makes a start and up to twelve later facts at distinct seconds.
func drawFacts(t *rapid.T) []fact {
	facts := []fact{{ten(), Started{Read: reading("16")}}}
	n := rapid.IntRange(0, 12).Draw(t, "facts")
	now := ten()
	for range n {
		now = now.Add(time.Duration(rapid.IntRange(1, 900).Draw(t, "seconds")) * time.Second)
		read := PumpReading{Rate: rateOf(rapid.Int64Range(0, 60_000_000).Draw(t, "rate")), Concentration: unit.MgPerML("1")}
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			facts = append(facts, fact{now, RateChanged{Read: read, Authority: WithinOrder}})
		case 1:
			facts = append(facts, fact{now, PumpRead{Read: read}})
		case 2:
			facts = append(facts, fact{now, Paused{Cause: PauseToilet}})
		case 3:
			facts = append(facts, fact{now, Resumed{Read: read}})
		}
	}
	return facts
}

func TestTotalsAt_EqualTheIntegralInAnyOrderOfArrival(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t)
		var stop time.Time
		arrivals := append([]fact{}, facts...)
		if rapid.Bool().Draw(t, "stopped") {
			stop = ten().Add(time.Duration(rapid.IntRange(0, 10_000).Draw(t, "stop")) * time.Second)
			arrivals = append(arrivals, fact{stop, Stopped{Cause: StopPlanned}}, fact{stop.Add(time.Minute), Stopped{Repeat: true}})
		}
		seed := rapid.Uint64().Draw(t, "order")
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(arrivals), func(i, j int) { arrivals[i], arrivals[j] = arrivals[j], arrivals[i] })
		l := until(PhasePrepared)
		for _, f := range arrivals {
			l.add(f.at, byNurse(), f.event)
		}
		when := ten().Add(time.Duration(rapid.IntRange(0, 12_000).Draw(t, "when")) * time.Second)
		got := l.state.TotalsAt(when)
		if want := naive(facts, stop, when); want.Cmp(got.Volume.Rat()) != 0 {
			t.Fatalf("volume %s, integral %s", got.Volume.Rat().FloatString(9), want.FloatString(9))
		}
		if got.Mass.Fixed(6) != got.Volume.Fixed(6) { // 1 mg/mL
			t.Fatalf("mass %s, volume %s", got.Mass.Fixed(6), got.Volume.Fixed(6))
		}
		if !stop.IsZero() && (l.state.RunningAt(stop) || l.state.TotalsAt(stop).Volume.Cmp(l.state.TotalsAt(stop.Add(time.Hour)).Volume) != 0) {
			t.Fatal("something infused after the effective stop")
		}
	})
}

func TestSegmentsAt_HaveNoGapAndNoOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := until(PhasePrepared)
		for _, f := range drawFacts(t) {
			l.add(f.at, byNurse(), f.event)
		}
		end := at(400)
		last := ten()
		for _, g := range l.state.SegmentsAt(end) {
			if !g.From.Equal(last) || !g.To.After(g.From) {
				t.Fatalf("segment %v to %v after %v", g.From, g.To, last)
			}
			if g.Rate.Positive() && !g.Running {
				t.Fatal("a halted pump has a rate")
			}
			last = g.To
		}
		if !last.Equal(end) {
			t.Fatalf("segments end at %v", last)
		}
	})
}

func TestEndStatus(t *testing.T) {
	t.Parallel()
	running := until(PhaseInfusing)
	running.add(at(30), byNurse(), RateChanged{Ordered: unit.MgPerKgH("0.35"), ToSet: unit.MLPerH("28"), Read: reading("28"), Authority: WithinOrder})
	paused := until(PhasePaused) // at 20 min
	fast := until(PhaseInfusing)
	fast.add(at(30), byNurse(), RateChanged{Read: reading("142"), Authority: NoAuthority}) // 8 mg, then 142 mg/h to 144 mg (1.8 mg/kg) at 80 kg
	for _, c := range []struct {
		name  string
		state State
		now   float64
		at    float64
		bound EndBound
		near  EndNear
	}{
		{"planned", running.state, 60, 240, EndPlanned, EndAhead},
		{"a moment more than ten minutes before", running.state, 230 - 1.0/6000, 240, EndPlanned, EndAhead},
		{"ten minutes before", running.state, 230, 240, EndPlanned, EndSoon},
		{"at it", running.state, 240, 240, EndPlanned, EndNow},
		{"past", running.state, 241, 240, EndPlanned, EndPast},
		{"a pause moves it", paused.state, 50, 270, EndPlanned, EndAhead},
		{"until the session's maximum", paused.state, 90, 300, EndSession, EndAhead},
		{"total reached first", fast.state, 35, 30 + 136.0/142*60, EndTotal, EndAhead},
	} {
		got, ok := EndStatus(c.state, envAt(at(c.now)))
		if !ok || got.At.Sub(at(c.at)).Abs() > time.Millisecond || got.Bound != c.bound || got.Near != c.near {
			t.Errorf("%s: %v %s %s (%v)", c.name, got.At, got.Bound, got.Near, ok)
		}
	}
	if _, ok := EndStatus(until(PhaseStopped).state, envAt(at(60))); ok {
		t.Error("a stopped infusion still ends")
	}
}

func TestStopUnconfirmed_UntilThePumpIsRead(t *testing.T) {
	t.Parallel()
	l := until(PhaseStopped)
	if !l.state.StopUnconfirmed() {
		t.Error("a stop that no reading confirms reads as confirmed")
	}
	l.add(at(31), byNurse(), PumpStopConfirmed{Volume: unit.ML("8")})
	if l.state.StopUnconfirmed() {
		t.Error("confirmed stop reads as not confirmed")
	}
	// Found running after it had been read as stopped: the question is open again.
	l.add(at(32), byNurse(), PumpRead{Read: reading("16")})
	if !l.state.StopUnconfirmed() {
		t.Error("read as running after it was confirmed, and reads as confirmed")
	}
	l.add(at(33), byNurse(), PumpStopConfirmed{Volume: unit.ML("8.3")})
	if l.state.StopUnconfirmed() {
		t.Error("confirmed again, and reads as not confirmed")
	}
	if until(PhaseInfusing).state.StopUnconfirmed() {
		t.Error("a running infusion waits for a stop to be confirmed")
	}
}

// rateOf is a pump rate of so many millionths of a mL/h.
func rateOf(micro int64) unit.PumpRate {
	return unit.MLPerH(fmt.Sprintf("%d.%06d", micro/unit.Micro, micro%unit.Micro))
}
