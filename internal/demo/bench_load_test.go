package demo

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/server"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/simmon"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// The load of a large clinic on one machine: every chair infuses, is watched,
// and its monitor sends eight signals a second; browsers follow.
const (
	loadChairs = 200
	loadOfOne  = 380 // streams that follow one chair each
	loadBoards = 20
	loadAlarms = time.Second // between two alarms somewhere in the room
	// loadSettles is how long the room has, once the monitors speak, until its nurses
	// look at the links, which were in doubt while the monitors were silent, and again
	// until the first alarm: four hundred browsers that open at once are another
	// question, and so are two hundred links in doubt.
	loadSettles = 5 * time.Second
)

// loadTime is how long the load lasts: ten minutes in make bench; a minute
// where nothing else is asked for (STILLWATCH_BENCH_LOAD=10m).
func loadTime(b *testing.B) time.Duration {
	text := os.Getenv("STILLWATCH_BENCH_LOAD")
	if text == "" {
		return time.Minute
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 40*time.Second {
		b.Fatalf("STILLWATCH_BENCH_LOAD=%s is no length of time of 40 s or more", text)
	}
	return d
}

// BenchmarkLoad measures alarms from the wire to everybody who has to see them,
// under the load of a large clinic: from the write of a saturation of 80 to 84 %
// into the monitor's socket until the frame with the alarm was read, by each
// stream of that chair and by each board. Each alarm is acknowledged, so that the
// room stays as busy as it began. It also holds memory and goroutines after a
// while against the end, and fails where a stream ends, a monitor is not
// answered or an alarm does not reach somebody.
func BenchmarkLoad(b *testing.B) {
	lasts := loadTime(b)
	server.TradeMemory() // as the program does
	r := openRoom(b, loadChairs)
	l := &load{bench: r, b: b, sent: map[int]*dip{}, low: map[int]vital.Value{}, begun: time.Now(), minutes: map[int][]time.Duration{}}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var reading, sending sync.WaitGroup
	reading.Go(func() { l.hears(ctx) })
	r.opened.Add(loadOfOne + loadBoards)
	for i := range loadOfOne {
		chair := i%loadChairs + 1
		reading.Go(func() { l.follow(ctx, l.nurses[nurseOf(chair)], fmt.Sprintf("chair.%d", chair)) })
	}
	for range loadBoards {
		reading.Go(func() { l.follow(ctx, l.client, "board") })
	}
	r.opened.Wait()
	stop := l.paint(ctx)
	defer stop()

	until := time.Now().Add(lasts)
	used, begun := processor(), time.Now()
	b.ResetTimer()
	for chair := 1; chair <= loadChairs; chair++ {
		sending.Go(func() { l.send(ctx, chair, until) })
	}
	sending.Go(func() { l.alarms(ctx, until) })
	early := min(time.Minute, lasts/4)
	time.Sleep(early) // the point of a load is that time passes
	first := look()
	time.Sleep(time.Until(until))
	last := look()
	sending.Wait()
	b.StopTimer()
	b.ReportMetric((processor()-used).Seconds()/time.Since(begun).Seconds(), "cpu")
	cancel()
	reading.Wait()
	l.report(first, last)
}

// dip is one saturation that has to be an alarm.
type dip struct {
	key  string // of the alarm's sound, as frames have it
	sent time.Time
	seen int
}

type load struct {
	*bench
	b    *testing.B
	mu   sync.Mutex // held for an access to what follows
	sent map[int]*dip
	low  map[int]vital.Value // with which a chair's next message falls
	took []time.Duration
	near []time.Duration // of took, by the streams of the chair itself
	lost int
	dips int
	// minutes are the times by the minute of the run in which each alarm was caused: a
	// machine that stops for seconds spoils one of them, and all of them a slow program.
	begun   time.Time
	minutes map[int][]time.Duration
}

// readers are how many streams show a chair's alarm.
func readers(chair int) int {
	n := loadOfOne / loadChairs
	if chair <= loadOfOne%loadChairs {
		n++
	}
	return n + loadBoards
}

// follow reads one stream until ctx ends and notes when an alarm first stands
// in a frame.
func (l *load) follow(ctx context.Context, client *http.Client, topic string) {
	opened := sync.OnceFunc(l.opened.Done)
	defer opened()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.server.URL()+"/v1/stream?topics="+topic, nil)
	if err != nil {
		l.b.Error(err)
		return
	}
	resp, err := client.Do(req)
	if err != nil {
		l.b.Error(err)
		return
	}
	defer resp.Body.Close()
	lines := bufio.NewReaderSize(resp.Body, 64<<10)
	known := map[*dip]bool{}
	var kind string
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			if ctx.Err() == nil {
				l.b.Errorf("stream of %s ended: %v", topic, err)
			}
			return
		}
		if name, ok := bytes.CutPrefix(line, []byte("event: ")); ok {
			kind = string(bytes.TrimSpace(name))
			continue
		}
		data, ok := bytes.CutPrefix(line, []byte("data: "))
		if !ok || kind != "chair" && kind != "board" {
			continue
		}
		now := time.Now()
		opened()
		l.read(data, known, now, kind == "chair")
	}
}

// read notes the alarms of one frame that this stream had not seen yet.
func (l *load) read(data []byte, known map[*dip]bool, now time.Time, chair bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range l.sent {
		if !known[d] && bytes.Contains(data, []byte(d.key)) {
			known[d] = true
			d.seen++
			l.took = append(l.took, now.Sub(d.sent))
			minute := int(d.sent.Sub(l.begun) / time.Minute)
			l.minutes[minute] = append(l.minutes[minute], now.Sub(d.sent))
			if chair {
				l.near = append(l.near, now.Sub(d.sent))
			}
		}
	}
}

// send is one monitor: a frame each second, the monitors spread over it.
func (l *load) send(ctx context.Context, chair int, until time.Time) {
	link := simmon.NewLink(l.server.MLLPAddr().String())
	defer link.Close()
	next := time.Now().Add(time.Second * time.Duration(chair) / loadChairs)
	for round := 0; next.Before(until); round++ {
		if !wait(ctx, time.Until(next)) {
			return
		}
		at := time.Now()
		signs := eight(round, at)
		low := l.dipping(chair)
		if low > 0 {
			signs[2].Value = low
		}
		message := simmon.Message(simmon.Identity{Chair: ident.Chair(chair)}, fmt.Sprintf("L%d-%d", chair, round), at, signs)
		if low > 0 {
			l.goes(chair)
		}
		if err := link.Send(ctx, message); err != nil && ctx.Err() == nil {
			l.b.Errorf("monitor of chair %d: %v", chair, err)
			return
		}
		next = next.Add(time.Second)
	}
}

// hears proves every ten seconds that the station sounds, as its page does. Once
// in a while somebody opens a page, each at their own time of the minute: a screen
// that nobody touches locks, and its streams end with it.
func (l *load) hears(ctx context.Context) {
	people := append([]*http.Client{l.client}, slices.Collect(maps.Values(l.nurses))...)
	apart := time.Minute / time.Duration(len(people))
	var said time.Time
	for {
		for i, who := range people {
			if time.Since(said) >= 10*time.Second {
				said = time.Now()
				l.server.App().SayHearing(app.Place{Device: "bench", Name: "Station", Station: true}, true)
			}
			page := "/about"
			if i == 0 {
				page = "/board"
			}
			l.opens(ctx, who, page)
			if !wait(ctx, apart) {
				return
			}
		}
	}
}

// opens is a person who opens a page.
func (l *load) opens(ctx context.Context, client *http.Client, path string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.server.URL()+path, nil)
	if err != nil {
		l.b.Error(err)
		return
	}
	req.Header.Set("Sec-Fetch-Mode", "navigate")
	resp, err := client.Do(req)
	switch {
	case err != nil && ctx.Err() == nil:
		l.b.Errorf("open %s: %v", path, err)
	case err == nil:
		_, _ = io.Copy(io.Discard, resp.Body) // only that it was opened matters
		_ = resp.Body.Close()
	}
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// dipping is the value with which the chair's next message falls, once.
func (l *load) dipping(chair int) vital.Value {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.low[chair]
	delete(l.low, chair)
	return v
}

// goes notes that the value goes into the socket now.
func (l *load) goes(chair int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dips++
	l.sent[chair] = &dip{key: keyOf(chair), sent: time.Now()}
}

// keyOf begins the key of the sound of the chair's alarm, as frames have it. It
// stands in no frame before the alarm is raised: the one before was acknowledged.
func keyOf(chair int) string {
	return fmt.Sprintf("\"%d %s ", chair, alarm.SpO2Low)
}

// alarms lets the saturation of one chair after another fall for a second, and
// acknowledges the alarm that came of it once everybody had time to see it.
func (l *load) alarms(ctx context.Context, until time.Time) {
	var answering sync.WaitGroup
	defer answering.Wait()
	if !wait(ctx, loadSettles) {
		return
	}
	for chair := 1; chair <= loadChairs; chair++ {
		if err := l.player.confirm(ctx, visit{chair: chair, nurse: nurseOf(chair)}); err != nil {
			l.b.Errorf("confirm the link of chair %d: %v", chair, err)
		}
		if !wait(ctx, loadSettles/loadChairs) {
			return
		}
	}
	if !wait(ctx, loadSettles) {
		return
	}
	for i := 0; ; i++ {
		if !wait(ctx, loadAlarms) || time.Now().After(until.Add(-12*time.Second)) {
			return
		}
		chair := i%loadChairs + 1
		l.mu.Lock()
		l.low[chair] = vital.Value(80 + i%5)
		l.mu.Unlock()
		answering.Go(func() { l.answer(ctx, chair) })
	}
}

// answer acknowledges a chair's alarm, ten seconds after it was caused.
func (l *load) answer(ctx context.Context, chair int) {
	if !wait(ctx, 10*time.Second) {
		return
	}
	visit := l.player.visits[chair]
	v, err := l.server.App().Visit(ctx, visit)
	if err != nil {
		l.b.Error(err)
		return
	}
	a, ok := v.State.Alarms.Alarm(alarm.SpO2Low)
	l.mu.Lock()
	d := l.sent[chair]
	delete(l.sent, chair)
	if d != nil && d.seen < readers(chair) {
		l.lost += readers(chair) - d.seen
	}
	l.mu.Unlock()
	if !ok || d == nil {
		l.b.Errorf("chair %d: a saturation below 85 %% is no alarm", chair)
		return
	}
	if err := l.player.send(ctx, visit, nurseOf(chair), session.ActAcknowledgeAlarm, obj{"condition": alarm.SpO2Low, "announcement": a.Announcement}); err != nil {
		l.b.Errorf("chair %d: %v", chair, err)
	}
}

// measured is what the process holds at an instant.
type measured struct {
	heap, rss  float64
	goroutines int
}

func look() measured {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return measured{float64(m.HeapAlloc) / 1e6, resident(), runtime.NumGoroutine()}
}

func (l *load) report(first, last measured) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.took) == 0 {
		l.b.Fatal("no alarm reached anybody")
	}
	if l.lost > 0 {
		l.b.Errorf("%d of %d alarms did not reach a stream within ten seconds", l.lost, len(l.took)+l.lost)
	}
	slices.Sort(l.took)
	slices.Sort(l.near)
	at := func(q float64) float64 { return quantile(l.took, q) }
	// A run that fails is measured too; the metrics of one are not printed.
	l.b.Logf("%d alarms, seen %d times: p50 %.0f ms, p99 %.0f ms, most %.0f ms, at the chair p50 %.0f ms, p99 %.0f ms; resident %.0f to %.0f MB, heap %.0f to %.0f MB, goroutines %d to %d",
		l.dips, len(l.took), at(0.5), at(0.99), at(1), quantile(l.near, 0.5), quantile(l.near, 0.99), first.rss, last.rss, first.heap, last.heap, first.goroutines, last.goroutines)
	for _, minute := range slices.Sorted(maps.Keys(l.minutes)) {
		of := l.minutes[minute]
		slices.Sort(of)
		l.b.Logf("minute %d: %d, p50 %.0f ms, p99 %.0f ms, most %.0f ms", minute+1, len(of), quantile(of, 0.5), quantile(of, 0.99), quantile(of, 1))
	}
	l.b.ReportMetric(float64(l.dips), "alarms")
	l.b.ReportMetric(float64(len(l.took)), "seen")
	l.b.ReportMetric(at(0.50), "p50-ms")
	l.b.ReportMetric(at(0.99), "p99-ms")
	l.b.ReportMetric(at(1), "max-ms")
	l.b.ReportMetric(quantile(l.near, 0.50), "chair-p50-ms")
	l.b.ReportMetric(quantile(l.near, 0.99), "chair-p99-ms")
	l.b.ReportMetric(first.rss, "rss-early-MB")
	l.b.ReportMetric(last.rss, "rss-end-MB")
	l.b.ReportMetric(first.heap, "heap-early-MB")
	l.b.ReportMetric(last.heap, "heap-end-MB")
	l.b.ReportMetric(float64(first.goroutines), "goroutines-early")
	l.b.ReportMetric(float64(last.goroutines), "goroutines-end")
}

// quantile of sorted times, in milliseconds; zero where there are none.
func quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)].Microseconds()) / 1000
}

// painting signs a browser in and keeps it on the board.
const painting = `
const { createRequire } = await import("node:module");
const { chromium } = createRequire(process.cwd() + "/package.json")("playwright-core");
const [url, login, password] = process.env.STILLWATCH_LOAD.split("\n");
const browser = await chromium.launch({ executablePath: process.env.STILLWATCH_CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"] });
const page = await browser.newPage({ viewport: { width: 1024, height: 768 } });
await page.goto(url + "/sign-in");
await page.fill("[name=login]", login);
await page.fill("[name=password]", password);
await Promise.all([page.waitForURL("**/board"), page.click("button[type=submit]")]);
console.log("painting");
process.stdin.resume();
process.stdin.on("end", () => browser.close());
`

// paint has one Chromium paint the board beside; where there is none it says so.
func (l *load) paint(ctx context.Context) (stop func()) {
	none := func() {}
	node, err := exec.LookPath("node")
	if os.Getenv("STILLWATCH_CHROMIUM") == "" || err != nil {
		l.b.Log("no Chromium paints beside: STILLWATCH_CHROMIUM or node is missing")
		return none
	}
	web, err := filepath.Abs("../../web")
	if err != nil {
		l.b.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, node, "--input-type=module", "-e", painting)
	cmd.Dir = web
	cmd.Env = append(os.Environ(), "STILLWATCH_LOAD="+strings.Join([]string{l.server.URL(), "okafor", "quiet room lantern"}, "\n"))
	in, err := cmd.StdinPipe()
	if err != nil {
		l.b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		l.b.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		l.b.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || strings.TrimSpace(line) != "painting" {
		l.b.Fatalf("Chromium did not come to the board: %q, %v", line, err)
	}
	return func() {
		_ = in.Close() // the script ends with it
		_ = cmd.Wait()
	}
}
