package session

import (
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// TestOrderLimits_AtTheLimitAndBeyond: the order's own greatest total, dose and
// duration, 150 mg, 1.8 mg/kg of 80 kg and 300 minutes, exactly.
func TestOrderLimits_AtTheLimitAndBeyond(t *testing.T) {
	t.Parallel()
	second := 1.0 / 60
	for _, c := range []struct {
		name   string
		given  string // mg beside the pump, which stands all but still
		change func(*drug.Maxima)
		minute float64
		marked []string
	}{
		{"at the total", "149.9", func(m *drug.Maxima) { m.Dose = unit.MgPerKg("2") }, 60, nil},
		{"beyond it", "149.901", func(m *drug.Maxima) { m.Dose = unit.MgPerKg("2") }, 60, []string{RuleTotal}},
		{"at the dose", "143.9", func(*drug.Maxima) {}, 60, nil},
		{"beyond it", "143.901", func(*drug.Maxima) {}, 60, []string{RuleTotal}},
		{"at the duration", "1", func(*drug.Maxima) {}, 300, nil},
		{"a second later", "1", func(*drug.Maxima) {}, 300 + second, []string{RuleMinutes}},
	} {
		l := until(PhaseInfusing)
		o := order()
		c.change(&o.Maxima)
		l.add(at(0), byNurse(), RateChanged{Read: reading("0.1"), Authority: NoAuthority})
		l.add(at(1), byPrescriber(), OrderAttached{Order: o})
		l.add(at(2), byNurse(), DrugGiven{Drug: drug.Ketamine, Ketamine: unit.Mg(c.given)})
		e := l.say(t, Stop{Cause: StopPlanned}, envAt(at(c.minute)))[0].(Stopped)
		if !slices.Equal(rulesOf(e.Deviations), c.marked) {
			t.Errorf("%s: marked %v, want %v", c.name, rulesOf(e.Deviations), c.marked)
		}
	}
}

// TestOrderLimits_NoRaiseWhenTheTotalIsReached: at the greatest dose, to the
// microgram, the rate is not raised any more.
func TestOrderLimits_NoRaiseWhenTheTotalIsReached(t *testing.T) {
	t.Parallel()
	up := SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}
	for _, c := range []struct {
		given string
		may   bool
	}{{"142.399", true}, {"142.4", false}} { // and 1.6 mg in six minutes at 16 mL/h; 144 mg is 1.8 mg/kg
		l := until(PhaseInfusing)
		l.add(at(2), byNurse(), DrugGiven{Drug: drug.Ketamine, Ketamine: unit.Mg(c.given)})
		_, r := Decide(l.state, up, envAt(at(6)))
		if (r == nil) != c.may {
			t.Errorf("%s mg given: %v", c.given, r)
		}
		if r != nil && r.Rule != RuleTotal {
			t.Errorf("%s mg given: refused by %s", c.given, r.Rule)
		}
	}
}
