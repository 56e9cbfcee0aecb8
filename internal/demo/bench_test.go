package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/server"
	"github.com/stillwatch/stillwatch/internal/simmon"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// BenchmarkWire measures the live path whole: a frame written by a monitor to
// its socket, until a browser's stream has read the value. Each chair has a
// monitor that sends eight signals once a second and a browser that follows
// it; one board follows them all. An operation is one second of the clinic.
func BenchmarkWire(b *testing.B) {
	for _, chairs := range []int{20, 200} {
		b.Run(fmt.Sprintf("chairs=%d", chairs), func(b *testing.B) { benchmarkWire(b, chairs) })
	}
}

// seconds is the least time a run is measured for: too short a run has no p99.
const seconds = 20

func benchmarkWire(b *testing.B, chairs int) {
	r := openRoom(b, chairs)
	r.opened.Add(chairs + 1)
	rounds := max(b.N, seconds)
	ctx, cancel := context.WithCancel(b.Context())
	var reading, sending sync.WaitGroup
	for chair := 1; chair <= chairs; chair++ {
		reading.Go(func() { r.follow(ctx, b, fmt.Sprintf("chair.%d", chair), chair) })
	}
	reading.Go(func() { r.follow(ctx, b, "board", 0) })
	r.opened.Wait()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	used, begun := processor(), time.Now()
	b.ResetTimer()
	for chair := 1; chair <= chairs; chair++ {
		sending.Go(func() { r.send(ctx, b, chair, chairs, rounds) })
	}
	sending.Wait()
	b.StopTimer()
	b.ReportMetric((processor()-used).Seconds()/time.Since(begun).Seconds(), "cpu")
	runtime.GC()
	runtime.ReadMemStats(&after)
	cancel()
	reading.Wait()
	r.report(b, rounds*chairs)
	b.ReportMetric(float64(after.HeapAlloc)/1e6, "heap-MB")
	b.ReportMetric(resident(), "rss-MB")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/1e6/float64(rounds), "alloc-MB/s")
}

// bench is a clinic with every chair infusing.
type bench struct {
	server *server.Server
	player *player
	client *http.Client // of who is at the station
	// nurses are the clients of the responsible nurses, by login: each has the chairs
	// that the shipped library lets one nurse have while drug runs.
	nurses map[string]*http.Client
	opened sync.WaitGroup // counts the streams that have had their first frame
	mu     sync.Mutex     // held for an access to sent and took
	sent   map[sample]time.Time
	took   []time.Duration
}

// sample names one value of one chair by the instant it was measured.
type sample struct {
	chair int
	at    int64 // ms
}

// TestBenchRoom: the room that the benchmarks measure opens, with its infusions running,
// also at the chair where the demonstration has its pump.
func TestBenchRoom(t *testing.T) {
	t.Parallel()
	r := openRoom(t, pumpChair)
	if r.server == nil || len(r.nurses) == 0 {
		t.Error("a room without a nurse")
	}
}

func openRoom(b testing.TB, chairs int) *bench {
	b.Helper()
	ctx := b.Context()
	clock := NewClock(time.Now().Add(-2*time.Hour), time.Now)
	s, err := server.Open(ctx, server.Config{
		Data: b.TempDir(), Clinic: "demo", Zone: dayZone("", time.Now()), Chairs: chairs, Listen: "127.0.0.1:0", Plain: true,
		MLLP: "127.0.0.1:0", Networks: []string{"127.0.0.0/8"}, Version: "bench", Demo: true, OrdersByHand: true,
		Now: clock.Now, Log: slog.New(slog.DiscardHandler), Hashing: &auth.Params{MemoryKiB: 8, Passes: 1, Lanes: 1}, // a hundred people sign in
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	r := &bench{server: s, sent: map[sample]time.Time{}}
	p := &player{
		app: s.App(), clock: clock, rates: &rates{by: map[int]float64{}},
		sources: map[int]*simmon.Patient{}, weights: map[int]string{}, visits: map[int]ident.Session{}, who: map[string]act.Actor{},
	}
	for i := range (chairs + chairsOfNurse - 1) / chairsOfNurse {
		p.more = append(p.more, staff{login: nurseOf(i*chairsOfNurse + 1), name: fmt.Sprintf("N. Nurse %d RN", i+1), password: benchPassword, roles: []act.Role{act.Nurse}})
	}
	if err := p.fill(ctx, s, chairs); err != nil {
		b.Fatal(err)
	}
	clock.Release()
	// Two hours of charting are left out at each chair: what the watch says of
	// that is no part of the live path.
	if _, err := s.App().LookAtAlarms(ctx); err != nil {
		b.Fatal(err)
	}
	if err := s.Start(ctx); err != nil {
		b.Fatal(err)
	}
	r.signIn(b, p.more)
	r.player = p
	return r
}

// fill brings every chair to its infusion, through the same doors as a clinic.
func (p *player) fill(ctx context.Context, s *server.Server, chairs int) error {
	if err := p.hire(ctx, s.Auth(), s.FirstLogin, s.FirstPassword); err != nil {
		return err
	}
	now := time.Now()
	for chair := 1; chair <= chairs; chair++ {
		row, err := p.app.PutPatient(ctx, p.who["quinn"], app.Patient{
			Number: fmt.Sprintf("B-%d", chair), Given: "Bench", Family: fmt.Sprintf("Patient %d", chair), Born: "1980-01-01", AllergiesAsked: true, AllergyToDrug: no(),
		})
		if err != nil {
			return err
		}
		p.visits[chair] = app.NewID[ident.Session](p.app)
		p.weights[chair] = "70.0"
		profile, err := simmon.ProfileNamed("steady")
		if err != nil {
			return err
		}
		p.sources[chair] = simmon.NewPatient(profile, uint64(chair), p.clock.Now())
		// The plan's own instants count from 160 min before the time given.
		v := visit{chair: chair, nurse: nurseOf(chair), planned: -125 * m, minutes: 240, number: 2, arrived: -40 * m, started: -10 * m, until: "infusing"}
		p.plan(now.Add(115*m), v, row.ID)
		p.arrive(now, v)
		p.prepare(now, v)
		p.infuse(now, v)
	}
	if err := p.speak(ctx, p.clock.Now()); err != nil {
		return err
	}
	if err := p.nameMonitors(ctx); err != nil {
		return err
	}
	if err := errors.Join(p.adoptLibrary(ctx), p.signAlarms(ctx), p.checkRoom(ctx)); err != nil {
		return err
	}
	p.sounding = []app.Place{playedStation}
	return p.play(ctx, p.clock.Now().Add(every), now)
}

// chairsOfNurse is how many running infusions one nurse has (P-12-RATIO).
const chairsOfNurse = 2

const benchPassword = "quiet room of the bench"

// nurseOf is the login of the nurse who is responsible at a chair.
func nurseOf(chair int) string { return fmt.Sprintf("nurse-%03d", (chair-1)/chairsOfNurse+1) }

// signIn signs in who is at the station, and every nurse on a device of their own.
func (r *bench) signIn(b testing.TB, nurses []staff) {
	b.Helper()
	r.client, r.nurses = r.signedIn(b, "okafor", "quiet room lantern"), map[string]*http.Client{}
	for _, n := range nurses {
		r.nurses[n.login] = r.signedIn(b, n.login, n.password)
	}
}

func (r *bench) signedIn(b testing.TB, login, password string) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 300}}
	resp, err := client.PostForm(r.server.URL()+"/sign-in", url.Values{"login": {login}, "password": {password}})
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Request.URL.Path != "/board" {
		b.Fatalf("signing in led to %s: %s", resp.Request.URL, resp.Status)
	}
	return client
}

// follow reads one stream until ctx ends. It notes when each chair's newest
// breathing rate came; chair 0 follows the board and only keeps up.
func (r *bench) follow(ctx context.Context, b *testing.B, topic string, chair int) {
	opened := sync.OnceFunc(r.opened.Done)
	defer opened()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.server.URL()+"/v1/stream?topics="+topic, nil)
	if err != nil {
		b.Error(err)
		return
	}
	resp, err := r.client.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b.Errorf("stream of %s: %s", topic, resp.Status)
		return
	}
	lines := bufio.NewReaderSize(resp.Body, 64<<10)
	var kind []byte
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			if ctx.Err() == nil {
				b.Errorf("stream of %s ended: %v", topic, err)
			}
			return
		}
		if name, ok := bytes.CutPrefix(line, []byte("event: ")); ok {
			kind = append(kind[:0], bytes.TrimSpace(name)...)
			continue
		}
		data, ok := bytes.CutPrefix(line, []byte("data: "))
		if !ok {
			continue
		}
		switch string(kind) {
		case "chair", "board":
			opened()
		case "live":
			r.arrived(b, chair, data, time.Now())
		}
	}
}

// arrived notes the samples of one live frame.
func (r *bench) arrived(b *testing.B, chair int, data []byte, now time.Time) {
	var live struct {
		Series []struct {
			Kind   string       `json:"kind"`
			Points [][2]float64 `json:"points"`
		} `json:"series"`
	}
	if err := json.Unmarshal(data, &live); err != nil {
		b.Error(err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range live.Series {
		if s.Kind != "rr" {
			continue
		}
		for _, point := range s.Points {
			key := sample{chair, int64(point[0])}
			if sent, ok := r.sent[key]; ok {
				r.took = append(r.took, now.Sub(sent))
				delete(r.sent, key)
			}
		}
	}
}

// send is one monitor: a frame each second, the monitors spread over it.
func (r *bench) send(ctx context.Context, b *testing.B, chair, chairs, rounds int) {
	link := simmon.NewLink(r.server.MLLPAddr().String())
	defer link.Close()
	timer := time.NewTimer(time.Second * time.Duration(chair) / time.Duration(chairs))
	defer timer.Stop()
	begun := time.Now().Add(time.Second * time.Duration(chair) / time.Duration(chairs))
	for round := range rounds {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		at := time.Now()
		message := simmon.Message(simmon.Identity{Chair: ident.Chair(chair)}, fmt.Sprintf("B%d-%d", chair, round), at, eight(round, at))
		r.mu.Lock()
		r.sent[sample{chair, at.UnixMilli()}] = time.Now()
		r.mu.Unlock()
		if err := link.Send(ctx, message); err != nil {
			b.Errorf("monitor of chair %d: %v", chair, err)
			return
		}
		timer.Reset(time.Until(begun.Add(time.Duration(round+1) * time.Second)))
	}
}

// eight are the signals of one frame.
func eight(round int, at time.Time) []simmon.Numeric {
	swing := float64(round % 4)
	return []simmon.Numeric{
		{Kind: vital.HR, Value: vital.Value(72 + swing), At: at},
		{Kind: vital.Pulse, Value: vital.Value(72 + swing), At: at},
		{Kind: vital.SpO2, Value: 97, At: at},
		{Kind: vital.RR, Value: vital.Value(12 + swing), At: at},
		{Kind: vital.NIBPSys, Value: vital.Value(124 + swing), At: at},
		{Kind: vital.NIBPDia, Value: 76, At: at},
		{Kind: vital.NIBPMean, Value: 92, At: at},
		{Kind: vital.EtCO2, Value: 38, At: at},
	}
}

// report gives the spread, and the share of frames that reached the browser.
func (r *bench) report(b *testing.B, frames int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.took) == 0 {
		b.Fatal("no sample reached a browser")
	}
	slices.Sort(r.took)
	at := func(q float64) float64 {
		return float64(r.took[min(int(q*float64(len(r.took))), len(r.took)-1)].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.50), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
	b.ReportMetric(100*float64(len(r.took))/float64(frames), "%-shown")
}

// processor is the processor time this process has used, monitors and
// browsers of the benchmark included. Unlike the times it does not depend on
// what else the machine does.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is what the process holds of the machine's memory, monitors and
// browsers of the benchmark included; 0 where the system does not tell.
func resident() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kB float64
	if _, err := fmt.Sscan(rest, &kB); err != nil {
		return 0
	}
	return kB / 1000
}

// BenchmarkPages reads the pages of a clinic with six chairs running, warm,
// over HTTP. The budget for each is 50 ms at the 99th percentile.
func BenchmarkPages(b *testing.B) {
	r := openRoom(b, 6)
	id, ok := r.server.App().AtChair(3)
	if !ok {
		b.Fatal("chair 3 has no visit")
	}
	for name, path := range map[string]string{
		"board": "/board", "chair": "/chair/3", "visits": "/sessions", "record": "/sessions/" + string(id), "chair-view": "/v1/chair/3", "pdf": "/sessions/" + string(id) + "/record.pdf",
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			size := 0
			for b.Loop() {
				begun := time.Now()
				size = r.get(b, path)
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(size)/1000, "kB")
		})
	}
}

func (r *bench) get(b *testing.B, path string) (size int) {
	b.Helper()
	resp, err := r.client.Get(r.server.URL() + path)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s, %v", path, resp.Status, err)
	}
	return int(n)
}
