package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	shipped "github.com/stillwatch/stillwatch/library"
)

// registerStore takes every row and knows no command.
type registerStore struct {
	Store
	puts int
}

func (s *registerStore) PutRows(context.Context, []journal.RegisterPut, []journal.AuditDraft) error {
	s.puts++
	return nil
}

func (s *registerStore) Row(context.Context, string, string) (journal.RegisterRow, bool, error) {
	return journal.RegisterRow{Revision: 1}, true, nil
}

func (s *registerStore) Outcome(context.Context, ident.Command, [32]byte) (journal.Result, bool, error) {
	return journal.Result{}, false, nil
}

type deafTelemetry struct{ Telemetry }

func (deafTelemetry) Receive(context.Context, series.Received) (int64, bool, error) {
	return 1, false, nil
}

// bare is an app over a store that keeps nothing.
func bare(t *testing.T, store Store, log *slog.Logger) *App {
	t.Helper()
	rules, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	return &App{
		Options: Options{
			Store: store, Telemetry: deafTelemetry{}, Shipped: Knowledge{Rules: rules}, Zone: time.UTC, Now: func() time.Time { return now },
			Random: func(b []byte) { clear(b) }, Log: log, Chairs: 6,
		},
		monitors: newMonitors(), feed: newFeed(),
	}
}

var admin = act.Actor{Kind: act.Person, Person: "weiss", Roles: []act.Role{act.Administrator}, Proof: act.Password}

// TestRegister_IsBounded: a sender that names itself anew each time fills no
// register; who is known goes on, and a person may still enter one.
func TestRegister_IsBounded(t *testing.T) {
	t.Parallel()
	store := &registerStore{}
	a := bare(t, store, slog.New(slog.DiscardHandler))
	for n := range mostMonitors {
		a.monitors.put(Monitor{ID: ident.Device(fmt.Sprint(n)), Key: fmt.Sprint("app:", n)})
	}
	listener := job("monitor listener")
	if _, err := a.register(t.Context(), listener, Monitor{Key: "app:another"}); !errors.Is(err, ErrRegisterFull) || store.puts != 0 {
		t.Errorf("one more entered by itself: %v, %d rows stored", err, store.puts)
	}
	if m, err := a.register(t.Context(), listener, Monitor{Key: "app:7"}); err != nil || m.ID != "7" {
		t.Errorf("a known one is not heard any more: %v", err)
	}
	if _, err := a.register(t.Context(), admin, Monitor{Key: "app:another"}); err != nil || store.puts != 1 {
		t.Errorf("a person could not enter one: %v, %d rows stored", err, store.puts)
	}
}

// TestExpectMonitor_StoresNothingThatIsRefused: a row that enters before it is
// checked would stay.
func TestExpectMonitor_StoresNothingThatIsRefused(t *testing.T) {
	t.Parallel()
	store := &registerStore{}
	a := bare(t, store, slog.New(slog.DiscardHandler))
	good := Monitor{Name: "Monitor 3", Kind: "Example 12", EUI64: "0011223344556677", Zone: "Europe/Prague", Chair: 3}
	for name, wrong := range map[string]func(*Monitor){
		"an unknown zone":       func(m *Monitor) { m.Zone = "Mars/Olympus" },
		"the machine's zone":    func(m *Monitor) { m.Zone = "Local" },
		"a file in place of it": func(m *Monitor) { m.Zone = "../../etc/passwd" },
		"no name":               func(m *Monitor) { m.Name = "" },
		"a name of two lines":   func(m *Monitor) { m.Name = "Monitor\n3" },
		"a long make":           func(m *Monitor) { m.Kind = strings.Repeat("x", 81) },
		"a make of two lines":   func(m *Monitor) { m.Kind = "Example\n12" },
		"no such chair":         func(m *Monitor) { m.Chair = 99 },
	} {
		m := good
		wrong(&m)
		if err := a.ExpectMonitor(t.Context(), admin, m); !errors.Is(err, ErrMalformed) || store.puts != 0 {
			t.Errorf("%s: %v, %d rows stored", name, err, store.puts)
		}
	}
	if err := a.ExpectMonitor(t.Context(), admin, good); err != nil || store.puts == 0 {
		t.Errorf("what is right is not stored: %v", err)
	}
	if f := a.Monitors(); len(f) != 1 || f[0].Monitor.Kind != good.Kind || f[0].Monitor.Zone != good.Zone {
		t.Errorf("stored: %+v", f)
	}
}

// TestReceive_SaysThatAZoneIsNotKnown, once, and for as long as it is so.
func TestReceive_SaysThatAZoneIsNotKnown(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	a := bare(t, &registerStore{}, slog.New(slog.NewTextHandler(&log, nil)))
	peer := netip.MustParseAddrPort("192.0.2.9:40000")
	message := []byte("MSH|^~\\&|BED|X|STILLWATCH|C|20261123100000||ORU^R01^ORU_R01|1|P|2.6\r")
	send := func() Feed {
		t.Helper()
		if _, err := a.ReceiveHL7(t.Context(), peer, message); err != nil {
			t.Fatal(err)
		}
		return a.Monitors()[0]
	}
	f := send()
	if f.ZoneUnknown != "" || log.Len() > 0 {
		t.Fatalf("without a zone of its own: %q, log %q", f.ZoneUnknown, log.String())
	}
	f.Monitor.Zone = "Mars/Olympus"
	a.monitors.put(f.Monitor)
	send()
	if f = send(); f.ZoneUnknown != "Mars/Olympus" || strings.Count(log.String(), "Mars/Olympus") != 1 {
		t.Errorf("zone unknown is %q, log %q", f.ZoneUnknown, log.String())
	}
	f.Monitor.Zone = "UTC"
	a.monitors.put(f.Monitor)
	if f = send(); f.ZoneUnknown != "" {
		t.Errorf("a known zone is still called unknown: %q", f.ZoneUnknown)
	}
}

// TestJobDo_ARefusalIsAFault: nobody else would see it.
func TestJobDo_ARefusalIsAFault(t *testing.T) {
	t.Parallel()
	a := bare(t, &registerStore{}, slog.New(slog.DiscardHandler))
	err := a.jobDo(t.Context(), visit, session.Arrive{}) // no act of a job
	if err == nil || !strings.Contains(err.Error(), string(session.ActArrive)) || !strings.Contains(err.Error(), "authority") {
		t.Errorf("refused to the server: %v", err)
	}
}
