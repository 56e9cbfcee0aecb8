package schedule

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// said is a lapse in minutes after ten; done is 0 where nothing was done again.
type said struct {
	due, done float64
	missed    int
}

func saidOf(ls []Lapse) []said {
	var out []said
	for _, l := range ls {
		s := said{due: l.DueAt.Sub(ten()).Minutes(), missed: l.Missed}
		if !l.DoneAt.IsZero() {
			s.done = l.DoneAt.Sub(ten()).Minutes()
		}
		out = append(out, s)
	}
	return out
}

// TestLapses: every 15 minutes from ten, five minutes' grace.
func TestLapses(t *testing.T) {
	t.Parallel()
	second := 1.0 / 60
	round := Plan{What: "round", Grace: 5 * time.Minute, From: ten(), Every: 15 * time.Minute}
	until := func(p Plan, end float64) Plan { p.Until = at(end); return p }
	once := Plan{What: "peak", Grace: 5 * time.Minute, From: ten(), Every: 40 * time.Minute, Once: true}
	quick := round
	quick.Quick = []Span{{From: ten(), To: at(30), Every: 5 * time.Minute}}
	was := func(every float64, now time.Duration) Plan {
		p := round
		p.Every, p.Was = now, []Span{{From: ten(), To: at(46), Every: at(every).Sub(ten())}}
		return p
	}
	for _, c := range []struct {
		name string
		plan Plan
		done []float64
		now  float64
		want []said
	}{
		{"each in its time", round, []float64{15, 30, 45}, 60, nil},
		{"each within its grace", round, []float64{20, 40, 60}, 65, nil},
		{"a second beyond its grace", round, []float64{20 + second}, 21, []said{{15, 20 + second, 0}}},
		{"just before the next was due", round, []float64{30 - second}, 31, []said{{15, 30 - second, 0}}},
		{"a whole interval late", round, []float64{30}, 31, []said{{15, 30, 1}}},
		{"two whole intervals late", round, []float64{45}, 46, []said{{15, 45, 2}}},
		{"late twice", round, []float64{22, 44}, 45, []said{{15, 22, 0}, {37, 44, 0}}},
		{"told in any order", round, []float64{30, 15}, 31, nil},
		{"done before the plan", round, []float64{-1}, 21, []said{{15, 0, 0}}},
		{"due now", round, nil, 20, nil},
		{"late now", round, nil, 20 + second, []said{{15, 0, 0}}},
		{"a whole interval late now", round, nil, 30, []said{{15, 0, 1}}},
		{"ended before it was due", until(round, 14), nil, 300, nil},
		{"ended in its grace", until(round, 20), nil, 300, nil},
		{"ended beyond its grace", until(round, 20+second), nil, 300, []said{{15, 0, 1}}},
		{"ended in the grace of the third", until(round, 50), nil, 300, []said{{15, 0, 2}}},
		{"ended beyond the grace of the third", until(round, 50+second), nil, 300, []said{{15, 0, 3}}},
		{"done after it had ended", until(round, 21), []float64{22}, 300, []said{{15, 0, 1}}},
		{"not ended yet", until(round, 60), nil, 21, []said{{15, 0, 0}}},
		{"once, in its grace", once, []float64{45}, 300, nil},
		{"once, late", once, []float64{46}, 300, []said{{40, 46, 0}}},
		{"once, long late", once, []float64{200}, 300, []said{{40, 200, 0}}},
		{"once, never, not ended", once, nil, 300, []said{{40, 0, 0}}},
		{"once, never", until(once, 90), nil, 300, []said{{40, 0, 1}}},
		{"once, ended before", until(once, 39), nil, 300, nil},
		{"quick and then not", quick, nil, 61, []said{{5, 0, 7}}}, // 5, 10, 15, 20, 25, 30, 45
		{"more often from 46 on, and not before it", was(15, 5*time.Minute), []float64{15, 30}, 52.6, []said{{45, 0, 1}}},
		{"more often, the next is due by it", was(15, 5*time.Minute), []float64{15, 30, 45}, 52.6, []said{{50, 0, 0}}},
		{"more often, not due before it held", was(15, 5*time.Minute), []float64{15, 30, 40}, 48, nil},
		{"more often, and late from when it held", was(15, 5*time.Minute), []float64{15, 30, 40}, 48.6, []said{{46, 0, 0}}},
		{"less often, the next is due by it", was(15, time.Hour), []float64{15, 30, 45}, 110, nil},
		{"less often, late before it", was(15, time.Hour), []float64{15}, 52, []said{{30, 0, 1}}},
		{"no interval", Plan{What: "x", From: ten()}, nil, 300, nil},
		{"no beginning", Plan{What: "x", Every: time.Minute}, nil, 300, nil},
	} {
		c.plan.Done = done(c.done...)
		if got := saidOf(Lapses(at(c.now), []Plan{c.plan})); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestLapses_OfAVisitThatNobodyClosed is told at once, years later.
func TestLapses_OfAVisitThatNobodyClosed(t *testing.T) {
	t.Parallel()
	p := Plan{What: "round", Grace: 5 * time.Minute, From: ten(), Every: time.Minute, Quick: []Span{{From: ten(), To: at(30), Every: 30 * time.Second}}}
	years := 20 * 365 * 24 * 60.0
	if got := Lapses(at(years), []Plan{p}); len(got) != 1 || got[0].Missed != int(years)+30-1 {
		t.Errorf("%+v", got)
	}
}

// TestLapses_Properties: what is late now is what is due and late, by the same
// count; and a plan that is kept has no lapse.
func TestLapses_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		now := at(float64(rapid.IntRange(0, 180).Draw(t, "now")))
		var open []Lapse
		for _, l := range Lapses(now, []Plan{p}) {
			switch {
			case l.DueAt.Before(p.From) || l.DueAt.After(now) || l.Missed < 0:
				t.Fatalf("%+v of a plan from %v at %v", l, p.From, now)
			case l.DoneAt.IsZero():
				open = append(open, l)
			case l.DoneAt.After(now) || !l.DoneAt.After(l.DueAt):
				t.Fatalf("done at %v, due at %v, now %v", l.DoneAt, l.DueAt, now)
			}
		}
		items := DueItems(now, []Plan{p})
		late := len(items) == 1 && (items[0].State == Late || items[0].State == Missed)
		if late != (len(open) == 1) || len(open) > 1 {
			t.Fatalf("due %+v, lapsed %+v", items, open)
		}
		if late && (!open[0].DueAt.Equal(items[0].DueAt) || (len(p.Quick) == 0 && open[0].Missed != items[0].Missed)) {
			t.Fatalf("due %+v, lapsed %+v", items, open)
		}
		kept := p
		kept.Done = nil
		for d := p.after(p.From); !d.After(now) && !kept.Once; d = p.after(d) {
			kept.Done = append(kept.Done, d)
		}
		if got := Lapses(now, []Plan{kept}); !kept.Once && len(got) != 0 {
			t.Fatalf("kept, it lapsed: %+v", got)
		}
	})
}
