package server

import (
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/journal"
)

func (h *place) healthz() (status int, text string) {
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://stillwatch.test/healthz", nil))
	return w.Code, w.Body.String()
}

// TestHealth_SaysWhatIsDegraded: a probe that restarts what answers 503 must
// not restart a server in mid-infusion because a monitor cannot connect.
func TestHealth_SaysWhatIsDegraded(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	h.kept()
	h.signAlarms()
	for _, c := range []struct {
		mllp     string
		networks []string
		says     string
	}{
		{"", nil, "no address where monitors connect"},
		{"127.0.0.1:0", nil, "no network is registered"},
	} {
		h.cfg.MLLP, h.cfg.Networks = c.mllp, c.networks
		status, text := h.healthz()
		if status != http.StatusOK || !strings.HasPrefix(text, "degraded\n") || !strings.Contains(text, c.says) {
			t.Errorf("monitors %q %v: %d\n%s", c.mllp, c.networks, status, text)
		}
	}
	h.cfg.MLLP, h.cfg.Networks, h.cfg.Dial = "", nil, []string{"10.1.20.7:2575"}
	if status, text := h.healthz(); status != http.StatusOK || !strings.HasPrefix(text, "works\n") {
		t.Errorf("with monitors that are called, and none that connect: %d\n%s", status, text)
	}
	h.cfg.MLLP, h.cfg.Networks, h.cfg.Dial = "127.0.0.1:0", []string{"10.1.20.0/24"}, nil
	if status, text := h.healthz(); status != http.StatusOK || !strings.HasPrefix(text, "works\n") {
		t.Errorf("with nothing wrong: %d\n%s", status, text)
	}
	h.chain.Store(&chainState{broken: true, at: h.now()})
	if status, text := h.healthz(); status != http.StatusOK || !strings.Contains(text, "run verify") {
		t.Errorf("a chain that does not fit: %d\n%s", status, text)
	}
}

// TestHealth_DownWhenNothingIsKept closes the record underneath: what is said
// is then lost, and that is what down means.
func TestHealth_DownWhenNothingIsKept(t *testing.T) {
	t.Parallel()
	var h health
	h.OK = true
	h.part("monitors", degraded, errors.New("silent"), "")
	if !h.OK {
		t.Error("a degraded part takes the server down")
	}
	h.part("record", down, errors.New("disk is full"), "")
	if h.OK || h.Parts[1].State != "down" || len(h.Degraded) != 2 {
		t.Errorf("a record that cannot be written: %+v", h.Health)
	}
}

func TestBoard_SaysThatTheChainDoesNotFit(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.hire("okafor", "A. Okafor RN", act.Nurse)
	h.chain.Store(&chainState{at: h.now()})
	if page := nurse.get("/board").Body.String(); !strings.Contains(page, "hash chain intact 10:12") || strings.Contains(page, `role="alert"`) {
		t.Error("the board does not say that the chain fits")
	}
	h.chain.Store(&chainState{broken: true, at: h.now()})
	page := nurse.get("/board").Body.String()
	if strings.Contains(page, "hash chain intact") || !strings.Contains(page, "does not fit its hash chain") {
		t.Error("the board hides that the chain does not fit")
	}
}

// TestKeep_FindsAChangedEntry changes one byte of the newest entry beneath a
// running server.
func TestKeep_FindsAChangedEntry(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	desk := h.hire("quinn", "D. Quinn", act.FrontDesk)
	patient := h.patient(desk, "P-1", "Maria", "Rivera")
	for chair := range 3 {
		desk.visit(patient, chair+1)
	}
	h.checkChain(t.Context(), h.now())
	if at, broken := h.chainNow(); broken || !at.Equal(h.now()) {
		t.Fatalf("a sound chain: %v, broken %v", at, broken)
	}
	db, err := sql.Open("sqlite", filepath.Join(h.cfg.Data, "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "UPDATE event SET payload = CAST(replace(payload, 'chair', 'chain') AS BLOB) WHERE position = (SELECT max(position) FROM event)"); err != nil {
		t.Fatal(err)
	}
	h.checkChain(t.Context(), h.now())
	if _, broken := h.chainNow(); !broken {
		t.Error("a changed entry is not found")
	}
}

// chainOf is a log of n entries, linked.
func chainOf(n int) []journal.Record {
	out := make([]journal.Record, n)
	prev := journal.Genesis("test", "log")
	for i := range out {
		out[i] = journal.Record{Clinic: "test", Log: "log", Position: int64(i + 1), Stream: "s", Type: "t", Payload: []byte{byte(i)}}
		out[i].Hash = journal.Link(prev, out[i])
		prev = out[i].Hash
	}
	return out
}

// TestLinked_TheFirstAndTheLastToo: the tail hangs on the entry before it, or on
// the beginning of the log, and ends at the head.
func TestLinked_TheFirstAndTheLastToo(t *testing.T) {
	t.Parallel()
	change := func(i int) func([]journal.Record) []journal.Record {
		return func(rs []journal.Record) []journal.Record { rs[i].Payload = []byte("changed"); return rs }
	}
	forged := func(i int) func([]journal.Record) []journal.Record { // changed, and its own hash made to fit
		return func(rs []journal.Record) []journal.Record {
			rs[i].Payload = []byte("forged")
			rs[i].Hash = journal.Link(journal.Hash{}, rs[i])
			return rs
		}
	}
	for name, c := range map[string]struct {
		before int64 // of ten entries, how many come before the tail
		spoil  func([]journal.Record) []journal.Record
		broken bool
	}{
		"whole": {0, nil, false}, "the tail": {4, nil, false}, "the last alone": {9, nil, false},
		"the first of the log":              {0, change(0), true},
		"the first of the log, forged":      {0, forged(0), true},
		"the first of the tail":             {4, change(1), true},
		"the first of the tail, forged":     {4, forged(1), true},
		"the last":                          {4, change(6), true},
		"the last, forged":                  {4, forged(6), true},
		"the last removed":                  {4, func(rs []journal.Record) []journal.Record { return rs[:6] }, true},
		"one removed":                       {4, func(rs []journal.Record) []journal.Record { return append(rs[:2:2], rs[3:]...) }, true},
		"the entry before the tail removed": {4, func(rs []journal.Record) []journal.Record { return rs[1:] }, true},
		"all removed":                       {4, func([]journal.Record) []journal.Record { return nil }, true},
		"one written since the head was read": {4, func(rs []journal.Record) []journal.Record {
			return append(rs, journal.Record{Position: 11, Payload: []byte("new")})
		}, false},
	} {
		all := chainOf(10)
		head := all[9].Hash
		records := all[max(c.before-1, 0):]
		if c.spoil != nil {
			records = c.spoil(records)
		}
		if err := linked(records, c.before, 10, head); (err != nil) != c.broken {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := linked(nil, 0, 0, journal.Hash{}); err != nil {
		t.Errorf("an empty log: %v", err)
	}
}

// TestHealth_TellsProjectionsInOneOrder.
func TestHealth_TellsProjectionsInOneOrder(t *testing.T) {
	t.Parallel()
	faults := map[string]error{}
	for _, name := range []string{"i", "c", "g", "a", "e", "h", "b", "f", "d"} {
		faults[name] = errors.New("does not fold")
	}
	var h health
	h.projections(faults)
	for i, p := range h.Parts {
		if want := "projection " + string(rune('a'+i)); p.Name != want || !strings.HasPrefix(h.Degraded[i], want) {
			t.Fatalf("part %d is %s", i, p.Name)
		}
	}
}

func TestRenew_OnceADay(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	h.cfg.Plain = false
	if err := h.openTLS(); err != nil {
		t.Fatal(err)
	}
	first := h.local.Expires()
	almost := first.Add(-10 * 24 * time.Hour)
	h.renew(almost, almost.Add(time.Second)) // the same day: not looked at
	if got := h.local.Expires(); !got.Equal(first) {
		t.Errorf("renewed within a day: %s", got)
	}
	h.renew(almost, almost.Add(24*time.Hour))
	if got := h.local.Expires(); !got.After(first) {
		t.Errorf("a certificate that ends in 10 days was not renewed: %s", got)
	}
}
