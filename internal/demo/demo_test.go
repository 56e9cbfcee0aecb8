package demo

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/server"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

func options(now func() time.Time) Options {
	return Options{Listen: "127.0.0.1:0", Zone: "UTC", Version: "test", Now: now, Out: io.Discard, Log: slog.New(slog.DiscardHandler)}
}

// TestStart_PlaysAMorning plays the whole morning through app and listener
// and looks at what is left: phases, totals, a sound record, a marked directory.
func TestStart_PlaysAMorning(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("plays hours of a clinic; make test runs it")
	}
	at := time.Date(2026, 11, 23, 10, 12, 0, 0, time.UTC)
	dir := t.TempDir()
	c, err := Start(t.Context(), options(func() time.Time { return at }), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]session.Phase{
		1: session.PhaseRecovering, 2: session.PhaseArrived, 3: session.PhaseInfusing,
		4: session.PhaseInfusing, 5: session.PhaseScheduled, 6: session.PhaseInfusing,
	}
	for chair, phase := range want {
		id, ok := c.Server.App().AtChair(ident.Chair(chair))
		if !ok {
			t.Fatalf("chair %d has no visit", chair)
		}
		v, err := c.Server.App().Visit(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if v.State.Phase != phase {
			t.Errorf("chair %d is %s, want %s", chair, v.State.Phase, phase)
		}
	}
	differentLabels(t, c)
	id, _ := c.Server.App().AtChair(3)
	v, err := c.Server.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	// 72.4 kg at 1 mg/mL: 14.5 mL/h for 20 min, then 21.7 mL/h for 52 min.
	if got := v.State.TotalsAt(at).Mass.Fixed(2); got != "23.64" {
		t.Errorf("chair 3 has been given %s mg, want 23.64", got)
	}
	pumpsWord(t, c, at)
	halfAnHour(t, c, at)
	w := httptest.NewRecorder()
	c.Server.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/board", nil))
	if w.Code != http.StatusSeeOther || strings.Contains(w.Body.String(), "Rivera") {
		t.Errorf("the board opens to a stranger: %d", w.Code)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	soundAndMarked(t, dir, at.Add(30*time.Minute))
	// Opened again, the pump runs on as it was left.
	again, err := Start(t.Context(), options(func() time.Time { return at.Add(40 * time.Minute) }), dir)
	if err != nil {
		t.Fatal(err)
	}
	if !again.pump.keys.Delivers() {
		t.Error("the pump stands still")
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// pumpsWord: the simulated pump says the rate that is charted beside it, its volume
// goes on with time, and what a person presses on it changes nothing charted; what
// is charted reaches it only when somebody asked for that.
func pumpsWord(t *testing.T, c *Clinic, at time.Time) {
	t.Helper()
	visit := func() session.State {
		id, _ := c.Server.App().AtChair(pumpChair)
		v, err := c.Server.App().Visit(t.Context(), id)
		if err != nil || v.State.Says == nil {
			t.Fatalf("the pump says nothing: %v", err)
		}
		return v.State
	}
	s := visit()
	if said := s.Says.Said; said.State != session.PumpRuns || said.Rate == nil || *said.Rate != s.RateAt(at) || said.Remaining == nil || said.Delivered == nil {
		t.Fatalf("it says %+v, charted is %s", said, s.RateAt(at))
	}
	for _, typed := range []string{"rate 33.3", "block", "clear", "stop"} {
		if err := c.Press(t.Context(), typed); err != nil {
			t.Fatal(err)
		}
	}
	for _, typed := range []string{"", "rate", "rate fast", "start 0", "faster"} {
		if err := c.Press(t.Context(), typed); err == nil {
			t.Errorf("%q was pressed", typed)
		}
	}
	after := visit()
	if after.Says.Said.State != session.PumpHalted || after.RateAt(at) != s.RateAt(at) || after.Phase != s.Phase {
		t.Errorf("stopped by hand it says %+v; charted is %s, %s", after.Says.Said, after.RateAt(at), after.Phase)
	}
	c.runPump(t.Context())
	if got := visit().Says.Said.State; got != session.PumpHalted {
		t.Errorf("nobody pressed a key, and it is %s", got)
	}
	if err := c.Press(t.Context(), "follow"); err != nil {
		t.Fatal(err)
	}
	c.runPump(t.Context())
	if said := visit().Says.Said; said.State != session.PumpRuns || *said.Rate != s.RateAt(at) {
		t.Errorf("set to what is charted it says %+v", said)
	}
	if err := c.Press(t.Context(), "alone"); err != nil {
		t.Fatal(err)
	}
}

// halfAnHour lets time pass: the clock, the pumps' totals and the monitors'
// values go on together, as if it had been waited for.
func halfAnHour(t *testing.T, c *Clinic, at time.Time) {
	t.Helper()
	if err := c.Pass(t.Context(), 30*time.Minute); err != nil {
		t.Fatal(err)
	}
	a := c.Server.App()
	if got := a.Now(); !got.Equal(at.Add(30 * time.Minute)) {
		t.Errorf("the clinic's clock is at %s, want half an hour after %s", got, at)
	}
	id, _ := a.AtChair(3)
	v, err := a.Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	// Half an hour more at 21.7 mL/h of 1 mg/mL after 23.64 mg.
	if got := v.State.TotalsAt(a.Now()).Mass.Fixed(2); got != "34.49" {
		t.Errorf("chair 3 has been given %s mg, want 34.49", got)
	}
	rows, err := a.Samples(t.Context(), v.State.Link.Monitor, at, a.Now())
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 200 { // four values each 15 s make 480; chair 3's monitor falls silent now and then
		t.Errorf("the monitor sent %d values in half an hour that passed", len(rows))
	}
	if err := c.Pass(t.Context(), -time.Minute); err == nil {
		t.Error("time ran backwards")
	}
}

// differentLabels: a label that two bags share would let the time-out accept
// another patient's bag.
func differentLabels(t *testing.T, c *Clinic) {
	t.Helper()
	seen := map[string]int{}
	for _, chair := range []int{1, 3, 4, 6} {
		id, ok := c.Server.App().AtChair(ident.Chair(chair))
		if !ok {
			t.Fatalf("chair %d has no visit", chair)
		}
		v, err := c.Server.App().Visit(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if v.State.Prepared == nil {
			t.Fatalf("chair %d has no bag", chair)
		}
		label := v.State.Prepared.Label
		if other, taken := seen[label]; taken || len(label) < 6 {
			t.Errorf("chair %d has label %q, chair %d too, or it is too short to tell bags apart", chair, label, other)
		}
		seen[label] = chair
	}
}

func soundAndMarked(t *testing.T, dir string, at time.Time) {
	t.Helper()
	now := func() time.Time { return at }
	s, err := sqlite.Open(t.Context(), sqlite.Options{ReadOnly: true, Options: sqlstore.Options{
		Clinic: "demo", Dir: dir, Now: now, Random: func([]byte) {}, Log: slog.New(slog.DiscardHandler),
	}})
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Verify(t.Context(), sqlstore.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() {
		t.Error(report.Text())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = server.Open(t.Context(), server.Config{
		Data: dir, Clinic: "demo", Zone: "UTC", Chairs: 6, Listen: "127.0.0.1:0", Plain: true, Now: now, Log: slog.New(slog.DiscardHandler),
	})
	if err == nil || !strings.Contains(err.Error(), "demonstration") {
		t.Errorf("serve took a demonstration's directory: %v", err)
	}
}

// TestStart_GoesOnFromWhatWasLetPass: a demonstration whose time was let pass, and
// that is started again, stands where its record ends and not before it.
func TestStart_GoesOnFromWhatWasLetPass(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("plays hours of a clinic; make test runs it")
	}
	at := time.Date(2026, 11, 23, 10, 12, 0, 0, time.UTC)
	dir := t.TempDir()
	c, err := Start(t.Context(), options(func() time.Time { return at }), dir)
	if err != nil {
		t.Fatal(err)
	}
	c.clock.hold()
	c.clock.move(at.Add(6 * time.Minute))
	c.clock.Release()
	p := player{app: c.Server.App(), clock: c.clock, who: map[string]act.Actor{"okafor": {Kind: act.Person, Person: "018f4c3a-5b6d-7e8f-9a0b-1c2d3e4f5a6b", Roles: []act.Role{act.Nurse}, Proof: act.Password}}}
	if err := p.checkRoom(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Start(t.Context(), options(func() time.Time { return at.Add(10 * time.Second) }), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}()
	if now := again.Server.App().Now(); now.Before(at.Add(6 * time.Minute)) {
		t.Errorf("started again it stands at %s, before its record", now.Format("15:04:05"))
	}
}

func TestDayZone_NeverPlaysAcrossMidnight(t *testing.T) {
	t.Parallel()
	for hour := range 24 {
		now := time.Date(2026, 11, 23, hour, 30, 0, 0, time.UTC)
		zone, err := time.LoadLocation(dayZone("", now))
		if err != nil {
			t.Fatal(err)
		}
		if h := now.In(zone).Hour(); h < 3 || h > 20 {
			t.Errorf("at %02d:30 UTC the demonstration plays at %02d:30 in %s", hour, h, zone)
		}
	}
}
