package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

func testSeal(t *testing.T, p Place) {
	s := p.MustOpen(t)
	other := Monitor[:len(Monitor)-1] + "b"
	for second := range 150 {
		MustReceive(t, s, Monitor, second, second+1)
		MustReceive(t, s, other, second, second+1)
	}
	whole := func() []series.Row {
		t.Helper()
		rows, err := s.Samples(t.Context(), Monitor, Start(), Start().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	before := whole()
	genesis, err := s.ChunkHead(t.Context(), Monitor)
	if err != nil || !strings.HasPrefix(genesis, string(Monitor)+":0:") {
		t.Errorf("head before the first chunk: %s, %v", genesis, err)
	}
	if err := s.Seal(t.Context(), Start().Add(150*time.Second)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, whole()); d != "" || len(before) != 300 {
		t.Errorf("%d rows; sealing changed what is read (-before +after)\n%s", len(before), d)
	}
	head, err := s.ChunkHead(t.Context(), Monitor)
	if err != nil || !strings.HasPrefix(head, string(Monitor)+":2:") {
		t.Errorf("head after two whole minutes: %s, %v", head, err)
	}
	open, err := s.SamplesSince(t.Context(), 0, 0)
	if err != nil || len(open) != 60 {
		t.Errorf("%d messages not sealed (%v), want the 30 s of two monitors", len(open), err)
	}
	if slices.ContainsFunc(open, func(a series.Arrival) bool { return a.Rows[0].ReceivedAt.Before(Start().Add(2 * time.Minute)) }) {
		t.Error("a whole minute is not sealed")
	}
	r := MustVerify(t, s)
	if !r.OK() || r.Chunks != 4 || r.Samples != 480 || r.Unsealed != 60 {
		t.Errorf("verify: %s", r.Text())
	}
	wantRaw(t, p, 2*(30+12))
	// Latest is found in the newest chunk after a restart too.
	MustClose(t, s)
	s = p.MustOpen(t)
	if err := s.Seal(t.Context(), Start().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if rows, err := s.Latest(t.Context(), Monitor); err != nil || len(rows) != 2 {
		t.Errorf("latest after a restart: %v, %v", rows, err)
	}
}

// wantRaw counts messages whose bytes are kept: those not sealed, and those
// with rejected numerics.
func wantRaw(t *testing.T, p Place, want int) {
	t.Helper()
	var n int
	if err := p.Telemetry(t).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM inbox WHERE raw IS NOT NULL").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != want {
		t.Errorf("%d messages keep their bytes, want %d", n, want)
	}
}

func testPurge(t *testing.T, p Place) {
	s := p.MustOpen(t)
	MustReceive(t, s, Monitor, 0, 60)
	if err := s.Seal(t.Context(), Start().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	left := func(after time.Duration) (inbox, quarantined int) {
		t.Helper()
		if err := s.Purge(t.Context(), Start().Add(after)); err != nil {
			t.Fatal(err)
		}
		if err := p.Telemetry(t).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM inbox").Scan(&inbox); err != nil {
			t.Fatal(err)
		}
		q, err := s.Quarantined(t.Context(), Start(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return inbox, len(q)
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		after              time.Duration
		inbox, quarantined int
	}{{day, 60, 6}, {3 * day, 6, 6}, {30 * day, 6, 6}, {30*day + time.Minute, 0, 0}} {
		if inbox, quarantined := left(c.after); inbox != c.inbox || quarantined != c.quarantined {
			t.Errorf("after %v: %d messages and %d quarantined, want %d and %d", c.after, inbox, quarantined, c.inbox, c.quarantined)
		}
		wantRaw(t, p, c.quarantined) // a person who looks at one finds what was sent
	}
	if rows, err := s.Samples(t.Context(), Monitor, Start(), Start().Add(time.Hour)); err != nil || len(rows) != 120 {
		t.Errorf("purge took samples: %d left of 120 (%v)", len(rows), err)
	}
}

// testPurgeUnsealed purges before sealing: what no chunk holds yet stays.
func testPurgeUnsealed(t *testing.T, p Place) {
	s := p.MustOpen(t)
	MustReceive(t, s, Monitor, 1, 9)
	if err := s.Purge(t.Context(), Start().Add(365*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	wantRaw(t, p, 8)
	wantSamples(t, s, Monitor, 16)
}

// wantSamples counts all rows of a device, sealed or not, and sees that none
// stands twice.
func wantSamples(t *testing.T, s *sqlstore.Store, device ident.Device, want int) {
	t.Helper()
	rows, err := s.Samples(t.Context(), device, Start().Add(-time.Hour), Start().Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		seen[fmt.Sprint(r.At, r.Sample.Kind, r.Sample.Site)] = true
	}
	if len(rows) != want || len(seen) != want {
		t.Errorf("%d rows, %d of them different, want %d", len(rows), len(seen), want)
	}
}

func mustSeal(t *testing.T, s *sqlstore.Store, after time.Duration) {
	t.Helper()
	if err := s.Seal(t.Context(), Start().Add(after)); err != nil {
		t.Fatal(err)
	}
}

// testSealLate receives a message two minutes after it was measured, when its
// minute is sealed: it gets a chunk of its own and is read in its place.
func testSealLate(t *testing.T, p Place) {
	s := p.MustOpen(t)
	MustReceive(t, s, Monitor, 0, 20)
	mustSeal(t, s, time.Minute)
	before, err := s.ChunkHead(t.Context(), Monitor)
	if err != nil {
		t.Fatal(err)
	}
	late := Message(Monitor, 25)
	late.ReceivedAt = Start().Add(150 * time.Second)
	if _, _, err := s.Receive(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	MustReceive(t, s, Monitor, 151, 155)
	mustSeal(t, s, 2*time.Minute) // the late one came in the third minute, which is not over
	if head, err := s.ChunkHead(t.Context(), Monitor); err != nil || head != before {
		t.Errorf("a minute that is not over is sealed: %s, %v", head, err)
	}
	mustSeal(t, s, 3*time.Minute)
	wantSamples(t, s, Monitor, 2*(20+1+4))
	rows, err := s.Samples(t.Context(), Monitor, Start().Add(20*time.Second), Start().Add(time.Minute))
	if err != nil || len(rows) != 2 || !rows[0].ReceivedAt.Equal(late.ReceivedAt) {
		t.Errorf("the late message read in its place: %v, %v", rows, err)
	}
	if r := MustVerify(t, s); !r.OK() || r.Chunks != 2 || r.Samples != 50 {
		t.Errorf("verify: %s", r.Text())
	}
}

// testSealMeanwhile seals again and again while two monitors send: no row is
// lost between reading and dropping, and none is sealed twice.
func testSealMeanwhile(t *testing.T, p Place) {
	s := p.MustOpen(t)
	other := Monitor[:len(Monitor)-1] + "c"
	const seconds = 240
	var senders, sealer sync.WaitGroup
	done := make(chan struct{})
	for _, device := range []ident.Device{Monitor, other} {
		senders.Go(func() {
			for second := range seconds {
				if _, _, err := s.Receive(t.Context(), Message(device, second)); err != nil {
					t.Errorf("receive: %v", err)
				}
			}
		})
	}
	sealer.Go(func() {
		for last := false; !last; {
			select {
			case <-done:
				last = true
			default:
			}
			if err := s.Seal(t.Context(), Start().Add(seconds*time.Second)); err != nil {
				t.Errorf("seal: %v", err)
			}
		}
	})
	senders.Wait()
	close(done)
	sealer.Wait()
	wantSamples(t, s, Monitor, 2*seconds)
	wantSamples(t, s, other, 2*seconds)
	if r := MustVerify(t, s); !r.OK() || r.Samples != 4*seconds || r.Unsealed != 0 {
		t.Errorf("verify: %s", r.Text())
	}
}

// testSealManyMetrics has a monitor name a new site with every message: more
// metrics in a minute than one chunk holds, and more in one message.
func testSealManyMetrics(t *testing.T, p Place) {
	s := p.MustOpen(t)
	const messages, sites = 3, 600
	for m := range messages {
		r := Message(Monitor, m+1)
		one := r.Rows[0]
		r.Rows = nil
		for site := range sites {
			one.Sample.Site = fmt.Sprintf("%d.%d", m, site)
			r.Rows = append(r.Rows, one)
		}
		if _, _, err := s.Receive(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	mustSeal(t, s, time.Minute)
	wantSamples(t, s, Monitor, messages*sites)
	if r := MustVerify(t, s); !r.OK() || r.Unsealed != 0 || r.Samples != messages*sites {
		t.Errorf("verify: %s", r.Text())
	}
	wide := Message(Monitor, 61)
	one := wide.Rows[0]
	for site := range 1200 {
		one.Sample.Site = fmt.Sprint("wide ", site)
		wide.Rows = append(wide.Rows, one)
	}
	if _, _, err := s.Receive(t.Context(), wide); err != nil {
		t.Fatalf("a message with many sites is lost: %v", err)
	}
	q, err := s.Quarantined(t.Context(), Start(), 0)
	if err != nil || len(q) != 202 || !strings.Contains(q[0].Reason, "more kinds and sites") {
		t.Errorf("%d numerics set aside (%v), want the 202 beyond a chunk's 1000", len(q), err)
	}
}

// testSealPoison spoils one message beneath the store: the others are sealed,
// the spoilt one stays for verify to name.
func testSealPoison(t *testing.T, p Place) {
	s := p.MustOpen(t)
	MustReceive(t, s, Monitor, 1, 5)
	tp := &tamperer{t: t, p: p, db: p.Telemetry(t)}
	tp.exec("UPDATE sample SET body = "+tp.mark(1)+" WHERE cursor = 2", []byte("spoilt"))
	mustSeal(t, s, time.Minute)
	r := MustVerify(t, s)
	if r.OK() || r.Chunks != 1 || r.Samples != 6 || r.Problem.Stream != "device "+string(Monitor) {
		t.Errorf("%d chunks with %d samples sealed beside a spoilt message: %s", r.Chunks, r.Samples, r.Text())
	}
}

// testSealPasses has more monitors speak in one minute than one transaction
// seals: nothing is lost or doubled between passes, and each monitor's minute
// is one chunk all the same.
func testSealPasses(t *testing.T, p Place) {
	s := p.MustOpen(t)
	const monitors = 14
	var senders sync.WaitGroup
	var devices []ident.Device
	for n := range monitors {
		device := ident.Device(fmt.Sprintf("%s%x", Monitor[:len(Monitor)-1], n))
		devices = append(devices, device)
		senders.Go(func() {
			for second := range 60 {
				if _, _, err := s.Receive(t.Context(), Message(device, second)); err != nil {
					t.Errorf("receive: %v", err)
				}
			}
		})
	}
	senders.Wait()
	mustSeal(t, s, time.Minute)
	for _, device := range devices {
		wantSamples(t, s, device, 120)
	}
	if r := MustVerify(t, s); !r.OK() || r.Chunks != monitors || r.Samples != monitors*120 || r.Unsealed != 0 {
		t.Errorf("verify: %s", r.Text())
	}
}
