package schedule

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func ten() time.Time { return time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC) }

func at(minutes float64) time.Time { return ten().Add(time.Duration(minutes * float64(time.Minute))) }

func done(minutes ...float64) []time.Time {
	var out []time.Time
	for _, m := range minutes {
		out = append(out, at(m))
	}
	return out
}

// TestGrace: half the interval, at most five minutes.
func TestGrace(t *testing.T) {
	t.Parallel()
	for interval, want := range map[time.Duration]time.Duration{
		0: 0, time.Minute: 30 * time.Second, 5 * time.Minute: 150 * time.Second,
		10 * time.Minute: 5 * time.Minute, 15 * time.Minute: 5 * time.Minute, time.Hour: 5 * time.Minute,
	} {
		if got := Grace(interval, 5*time.Minute); got != want {
			t.Errorf("of %v: %v, want %v", interval, got, want)
		}
	}
}

// TestDueItems_HowARoundStands: every 15 minutes from ten; to the second.
func TestDueItems_HowARoundStands(t *testing.T) {
	t.Parallel()
	second := 1.0 / 60
	every15 := Plan{What: "round", Grace: 5 * time.Minute, From: ten(), Every: 15 * time.Minute}
	every4 := Plan{What: "round", Grace: 5 * time.Minute, From: ten(), Every: 4 * time.Minute}
	with := func(p Plan, minutes ...float64) Plan { p.Done = done(minutes...); return p }
	for _, c := range []struct {
		name   string
		plan   Plan
		now    float64
		due    float64
		state  State
		missed int
	}{
		{"at the start", every15, 0, 15, Next, 0},
		{"a second before", every15, 15 - second, 15, Next, 0},
		{"now", every15, 15, 15, Due, 0},
		{"five minutes after", every15, 20, 15, Due, 0},
		{"a second later", every15, 20 + second, 15, Late, 0},
		{"a second before the next", every15, 30 - second, 15, Late, 0},
		{"a whole interval after", every15, 30, 15, Missed, 1},
		{"two intervals after", every15, 45, 15, Missed, 2},
		{"half a short interval after", every4, 6, 4, Due, 0},
		{"a second later", every4, 6 + second, 4, Late, 0},
		{"done early", with(every15, 12), 20, 27, Next, 0},
		{"done late", with(every15, 22), 30, 37, Next, 0},
		{"done twice, in any order", with(every15, 25, 14), 26, 40, Next, 0},
		{"done before the plan", with(every15, -5), 1, 15, Next, 0},
		{"said for a time to come", with(every15, 29), 20 + second, 15, Late, 0},
	} {
		items := DueItems(at(c.now), []Plan{c.plan})
		if len(items) != 1 || !items[0].DueAt.Equal(at(c.due)) || items[0].State != c.state || items[0].Missed != c.missed {
			t.Errorf("%s: %+v, want %s at %v, %d missed", c.name, items, c.state, at(c.due), c.missed)
		}
	}
}

func TestDueItems_Quick(t *testing.T) {
	t.Parallel()
	quick := func(from, to, every float64) Span {
		return Span{From: at(from), To: at(to), Every: at(every).Sub(ten())}
	}
	cuff := func(spans ...Span) Plan {
		return Plan{What: "cuff", Grace: 5 * time.Minute, From: ten(), Every: 15 * time.Minute, Quick: spans}
	}
	for _, c := range []struct {
		name  string
		plan  Plan
		done  []float64
		now   float64
		due   float64
		state State
	}{
		{"from the start", cuff(quick(0, 30, 5)), nil, 1, 5, Next},
		{"its own grace", cuff(quick(0, 30, 5)), nil, 7.5, 5, Due},
		{"late by it", cuff(quick(0, 30, 5)), nil, 7.6, 5, Late},
		{"the last one in it", cuff(quick(0, 30, 5)), []float64{29}, 29, 34, Next},
		{"after it", cuff(quick(0, 30, 5)), []float64{30}, 30, 45, Next},
		{"a change brings the next forward", cuff(quick(20, 50, 5)), []float64{16}, 21, 25, Next},
		{"a change after the next was due", cuff(quick(40, 70, 5)), []float64{16}, 31, 31, Due},
		{"of two the shorter", cuff(quick(0, 30, 10), quick(0, 30, 5)), nil, 1, 5, Next},
		{"one without an interval", cuff(quick(0, 30, 0)), nil, 1, 15, Next},
		{"one that ends before it begins", cuff(quick(30, 0, 5)), nil, 1, 15, Next},
	} {
		c.plan.Done = done(c.done...)
		items := DueItems(at(c.now), []Plan{c.plan})
		if len(items) != 1 || !items[0].DueAt.Equal(at(c.due)) || items[0].State != c.state {
			t.Errorf("%s: %+v, want %s at %v", c.name, items, c.state, at(c.due))
		}
	}
}

func TestDueItems_OnceAndEnded(t *testing.T) {
	t.Parallel()
	once := Plan{What: "peak", Grace: 5 * time.Minute, From: ten(), Every: 40 * time.Minute, Once: true}
	for _, c := range []struct {
		name string
		plan Plan
		now  float64
		want int
	}{
		{"once, not yet", once, 10, 1},
		{"once, long late", once, 500, 1},
		{"once, done", Plan{What: "peak", Grace: 5 * time.Minute, From: ten(), Every: 40 * time.Minute, Once: true, Done: done(35)}, 50, 0},
		{"no interval", Plan{What: "x", Grace: 5 * time.Minute, From: ten()}, 10, 0},
		{"no beginning", Plan{What: "x", Grace: 5 * time.Minute, Every: time.Minute}, 10, 0},
		{"just before its end", Plan{What: "x", Grace: 5 * time.Minute, From: ten(), Every: time.Minute, Until: at(10)}, 9.9, 1},
		{"at its end", Plan{What: "x", Grace: 5 * time.Minute, From: ten(), Every: time.Minute, Until: at(10)}, 10, 0},
	} {
		items := DueItems(at(c.now), []Plan{c.plan})
		if len(items) != c.want {
			t.Errorf("%s: %+v", c.name, items)
		}
		if c.want == 1 && c.plan.Once && (items[0].Missed != 0 || !items[0].DueAt.Equal(at(40))) {
			t.Errorf("%s: %+v", c.name, items)
		}
	}
}

func TestDueItems_TheEarliestFirst(t *testing.T) {
	t.Parallel()
	items := DueItems(ten(), []Plan{
		{What: "c", Grace: 5 * time.Minute, From: ten(), Every: 15 * time.Minute},
		{What: "a", Grace: 5 * time.Minute, From: ten(), Every: 5 * time.Minute},
		{What: "d", Grace: 5 * time.Minute, From: ten(), Every: 15 * time.Minute},
	})
	if len(items) != 3 || items[0].What != "a" || items[1].What != "c" || items[2].What != "d" {
		t.Errorf("%+v", items)
	}
}

// drawPlan draws any plan around ten o'clock.
func drawPlan(t *rapid.T) Plan {
	minute := func(name string, low, high int) time.Time {
		return ten().Add(time.Duration(rapid.IntRange(low*60, high*60).Draw(t, name)) * time.Second)
	}
	p := Plan{
		What: "x", Grace: 5 * time.Minute, From: ten(), Every: time.Duration(rapid.IntRange(1, 3600).Draw(t, "every")) * time.Second,
		Once: rapid.Bool().Draw(t, "once"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "spans") {
		p.Quick = append(p.Quick, Span{From: minute("from", -10, 60), To: minute("to", -10, 90), Every: time.Duration(rapid.IntRange(0, 1200).Draw(t, "quick")) * time.Second})
	}
	for range rapid.IntRange(0, 6).Draw(t, "times") {
		p.Done = append(p.Done, minute("done", -20, 120))
	}
	return p
}

// TestDueItems_Properties: what holds of any plan at any time.
func TestDueItems_Properties(t *testing.T) {
	t.Parallel()
	rank := map[State]int{Next: 0, Due: 1, Late: 2, Missed: 3}
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		now := at(float64(rapid.IntRange(0, 180).Draw(t, "now")))
		later := now.Add(time.Duration(rapid.IntRange(0, 3600).Draw(t, "later")) * time.Second)
		items := DueItems(now, []Plan{p})
		if len(items) == 0 {
			if !p.Once {
				t.Fatal("a repeated round has no next")
			}
			return
		}
		i := items[0]
		if (i.State == Next) != now.Before(i.DueAt) {
			t.Fatalf("%s at %v, due %v", i.State, now, i.DueAt)
		}
		if i.DueAt.Before(p.From) || i.Missed < 0 || (i.State != Missed && i.Missed > 0) {
			t.Fatalf("%+v of a plan from %v", i, p.From)
		}
		// Nothing done in between: it only gets later.
		q := p
		q.Done = nil
		for _, d := range p.Done {
			if !d.After(now) {
				q.Done = append(q.Done, d)
			}
		}
		if j := DueItems(later, []Plan{q})[0]; rank[j.State] < rank[i.State] || !j.DueAt.Equal(i.DueAt) {
			t.Fatalf("left alone it went from %+v to %+v", i, j)
		}
		// Done now: it is not due before the shortest interval has gone by.
		q.Done = append(q.Done, now)
		if after := DueItems(now, []Plan{q}); !p.Once && (len(after) != 1 || after[0].State != Next) {
			t.Fatalf("done now, it reads %+v", after)
		}
	})
}

// TestPlan_Slots are counted on from each round that was done.
func TestPlan_Slots(t *testing.T) {
	t.Parallel()
	round := Plan{What: "round", Grace: 5 * time.Minute, From: ten(), Every: 15 * time.Minute}
	quick := round
	quick.Quick = []Span{{From: ten(), To: at(30), Every: 10 * time.Minute}}
	ended := round
	ended.Until = at(40)
	once := round
	once.Once = true
	for _, c := range []struct {
		name string
		plan Plan
		done []float64
		now  float64
		want []float64
	}{
		{"before the first", round, nil, 14, nil},
		{"due now", round, nil, 15, []float64{15}},
		{"three left out", round, nil, 50, []float64{15, 30, 45}},
		{"done early: not due when it would have been", round, []float64{12}, 30, []float64{27}},
		{"done late: it was due before", round, []float64{22}, 40, []float64{15, 37}},
		{"done at the minute", round, []float64{15}, 29, nil},
		{"more often at first", quick, nil, 50, []float64{10, 20, 30, 45}},
		{"ended", ended, nil, 100, []float64{15, 30}},
		{"done before the plan, and to come", round, []float64{-5, 200}, 16, []float64{15}},
		{"a single one has no minutes", once, nil, 100, nil},
		{"no interval", Plan{From: ten()}, nil, 100, nil},
	} {
		c.plan.Done = done(c.done...)
		var got []float64
		for _, s := range c.plan.Slots(at(c.now)) {
			got = append(got, s.Sub(ten()).Minutes())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: due at %v, want %v", c.name, got, c.want)
		}
	}
	if n := len(round.Slots(at(20 * 365 * 24 * 60))); n != mostSlots {
		t.Errorf("%d slots of a visit that nobody closed, want %d", n, mostSlots)
	}
}

// TestDueItems_Closed: a round that was said to be left out is not waited for;
// the next is due when it would have been.
func TestDueItems_Closed(t *testing.T) {
	t.Parallel()
	round := Plan{What: "round", Grace: 5 * time.Minute, From: ten(), Every: 15 * time.Minute}
	closed := func(from, to float64) Plan {
		p := round
		p.Closed = []Stretch{{at(from), at(to)}}
		return p
	}
	once := closed(15, 15)
	once.Once = true
	for _, c := range []struct {
		name  string
		plan  Plan
		now   float64
		due   float64 // 0: nothing is due
		state State
	}{
		{"one of them", closed(15, 15), 22, 30, Next},
		{"closed late, the next goes on from when it was due", closed(15, 15), 32, 30, Due},
		{"two of them", closed(15, 30), 40, 45, Next},
		{"and the one after is late in its own time", closed(15, 30), 51, 45, Late},
		{"another one", closed(30, 30), 22, 15, Late},
		{"a single one", once, 22, 0, Next},
	} {
		items := DueItems(at(c.now), []Plan{c.plan})
		if c.due == 0 {
			if len(items) != 0 {
				t.Errorf("%s: %+v", c.name, items)
			}
			continue
		}
		if len(items) != 1 || !items[0].DueAt.Equal(at(c.due)) || items[0].State != c.state {
			t.Errorf("%s: %+v, want due %v, %s", c.name, items, c.due, c.state)
		}
	}
	if l := Lapses(at(32), []Plan{closed(15, 15)}); len(l) != 1 || l[0].Missed != 1 {
		t.Errorf("a round that was closed was still left out: %+v", l)
	}
}
