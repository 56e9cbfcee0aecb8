package session

import (
	"testing"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestBaseline_IsTheMeanOfSetsFarEnoughApart: the two newest whole resting
// sets, five minutes apart; a third beside the newest is the same moment.
func TestBaseline_IsTheMeanOfSetsFarEnoughApart(t *testing.T) {
	t.Parallel()
	made := func(l *log, minute float64, systolic string, changes ...func(*Observation)) {
		l.add(at(minute), byNurse(), Observed{set(ForBaseline, append(changes, with(vital.NIBPSys, systolic))...)})
	}
	standing := func(o *Observation) { o.Position = Standing }
	for _, c := range []struct {
		name string
		sets func(*log)
		want vital.Value // 0: not known
	}{
		{"two", func(l *log) { made(l, -20, "120"); made(l, -15, "130") }, 125},
		{"two taken together", func(l *log) { made(l, -16, "120"); made(l, -15, "130") }, 0},
		{"the newest beside another", func(l *log) { made(l, -25, "120"); made(l, -16, "180"); made(l, -15, "130") }, 125},
		{"one of them standing", func(l *log) { made(l, -25, "120"); made(l, -20, "130"); made(l, -10, "90", standing) }, 125},
		{"one of them without breathing", func(l *log) { made(l, -25, "120"); made(l, -15, "130", with(vital.RR, "")) }, 0},
	} {
		l := until(PhaseArrived)
		c.sets(l)
		got, ok := Baseline(l.state, envAt(ten()), vital.NIBPSys)
		if got != c.want || ok != (c.want > 0) {
			t.Errorf("%s: baseline %v, known %v; want %v", c.name, got, ok, c.want)
		}
	}
}
