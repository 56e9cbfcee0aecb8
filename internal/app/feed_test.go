package app

import (
	"context"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

func heard(l *Listener) bool {
	select {
	case <-l.C:
		return true
	default:
		return false
	}
}

func TestFeed_WakesWhomItConcerns(t *testing.T) {
	t.Parallel()
	a := &App{feed: newFeed()}
	all, one, none := a.Listen(), a.Listen(), a.Listen()
	one.Only("monitor 1")
	none.Only()
	for _, c := range []struct {
		name           string
		tell           func()
		all, one, none bool
	}{
		{"its monitor", func() { a.feed.values("monitor 1") }, true, true, false},
		{"another monitor", func() { a.feed.values("monitor 2") }, true, false, false},
		{"the record", a.feed.entries, true, true, true},
	} {
		c.tell()
		if heard(all) != c.all || heard(one) != c.one || heard(none) != c.none {
			t.Errorf("%s wakes the wrong listeners", c.name)
		}
	}
	a.feed.entries()
	a.feed.entries() // hints that wait fall together, and telling never blocks
	if !heard(one) || heard(one) {
		t.Error("waiting hints do not fall together")
	}
	one.Stop()
	a.feed.entries()
	if heard(one) {
		t.Error("a stopped listener hears")
	}
}

func TestSessions_IndexFollowsTheRows(t *testing.T) {
	t.Parallel()
	s := newSessions(nil)
	row := func(p ident.Patient, phase session.Phase) project.SessionRow {
		return project.SessionRow{Patient: p, Phase: phase, Chair: 3}
	}
	s.put("a", row("p", session.PhaseScheduled))
	s.put("b", row("p", session.PhaseInfusing))
	s.put("c", row("q", session.PhaseClosed))
	if got := len(s.current()); got != 2 {
		t.Errorf("%d sessions are current, want the planned and the running one", got)
	}
	s.put("b", row("p", session.PhaseClosed))
	if got := s.current(); len(got) != 1 || got[0].ID != "a" {
		t.Errorf("current after closing: %v", got)
	}
	if p, q := len(s.of("p")), len(s.of("q")); p != 2 || q != 1 {
		t.Errorf("patients have %d and %d sessions, want 2 and 1", p, q)
	}
	s.put("a", row("q", session.PhaseScheduled))
	if p, q := len(s.of("p")), len(s.of("q")); p != 1 || q != 2 {
		t.Errorf("after a session moved to another patient: %d and %d, want 1 and 2", p, q)
	}
}

// TestSessions_MakeRoom keeps what runs and forgets what is over.
func TestSessions_MakeRoom(t *testing.T) {
	t.Parallel()
	s := newSessions(nil)
	s.put("running", project.SessionRow{Phase: session.PhaseInfusing})
	s.held["running"] = held{}
	for i := range maxHeld {
		s.held[ident.Session(time.Duration(i).String())] = held{}
	}
	s.makeRoom()
	if _, ok := s.held["running"]; !ok || len(s.held) != 1 {
		t.Errorf("%d states are held, want the running one alone", len(s.held))
	}
}

type headStore struct {
	Store
	position int64
}

func (h *headStore) Head(context.Context) (int64, [32]byte, error) {
	return h.position, [32]byte{byte(h.position)}, nil
}

func TestHead_NewestStays(t *testing.T) {
	t.Parallel()
	h := &head{store: &headStore{position: 7}}
	at := func(want int64) {
		t.Helper()
		if got, hash, err := h.read(t.Context()); err != nil || got != want || hash[0] != byte(want) {
			t.Errorf("head is %d (%v), want %d", got, err, want)
		}
	}
	h.advance(journal.Record{Position: 3}) // before anyone read: the store knows better
	at(7)
	h.advance(journal.Record{Position: 9, Hash: [32]byte{9}})
	h.advance(journal.Record{Position: 8, Hash: [32]byte{8}}) // reported late
	at(9)
}

// A probe that slips shows a doubtful value for some seconds. The good value
// of a moment ago still shows that values come, and a late message replaces
// neither.
func TestFeed_KeepsTheLastGoodValueBesideADoubtfulOne(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 10, 12, 0, 0, time.UTC)
	row := func(after time.Duration, v vital.Value, q vital.Quality) series.Row {
		when := at.Add(after)
		return series.Row{At: when, ReceivedAt: when, Sample: vital.Sample{Kind: vital.SpO2, Value: v, At: when, Quality: q}}
	}
	a := &App{monitors: newMonitors(), Options: Options{Now: func() time.Time { return at.Add(2 * time.Second) }}}
	a.monitors.put(Monitor{ID: "monitor"})
	f := a.monitors.byID["monitor"]
	f.LastAt = at
	for _, r := range []series.Row{row(0, 97, vital.Good), row(time.Second, 90, vital.Questionable), row(-time.Second, 96, vital.Good)} {
		f.take(r)
	}
	if got := f.All(); len(got) != 1 || got[0].Sample.Value != 90 {
		t.Errorf("the monitor shows %v, want 90 alone", got)
	}
	if got := a.monitorState("monitor").Latest[vital.SpO2]; got.Value != 97 || got.Quality != vital.Good {
		t.Errorf("the gates are told %v %s, want 97 good", got.Value, got.Quality)
	}
}
