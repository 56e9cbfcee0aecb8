package cli

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/hl7"
	"github.com/stillwatch/stillwatch/internal/mllp"
)

// ward is a listener that keeps what monitors send.
type ward struct {
	mu     sync.Mutex // guards frames
	frames []string
}

func (w *ward) take(_ context.Context, _ netip.AddrPort, frame []byte) ([]byte, error) {
	w.mu.Lock()
	w.frames = append(w.frames, string(frame))
	w.mu.Unlock()
	m := hl7.Parse(frame, hl7.Options{Zone: time.UTC, AllowSimulated: true})
	return hl7.Ack(m.Message, "AA", "", time.Now(), "1"), nil
}

// TestMonitor_ReplaysARecording: what was not measured is never sent, and
// every message says that it is simulated.
func TestMonitor_ReplaysARecording(t *testing.T) {
	t.Parallel()
	w := &ward{}
	l := mllp.NewListener(mllp.ListenerConfig{Address: "127.0.0.1:0", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Handler: w.take})
	if err := l.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer l.Stop()
	csv := filepath.Join(t.TempDir(), "recording.csv")
	rows := "minute,HR_bpm,ABPSys_mmHg,RESP_pm,SpO2_%,NBPSys_mmHg,NBPDias_mmHg,NBPMean_mmHg\n0,62.8,0.0,12.7,0.0,,,\n1,64,0,13,98.1,121,70,88\n"
	if err := os.WriteFile(csv, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errOut := say(t, "monitor", "--to", l.Addr().String(), "--chair", "4", "--csv", csv, "--speed", "600", "--interval", "100ms")
	if status != 0 || !strings.Contains(out, "messages sent") {
		t.Fatalf("status %d: %s%s", status, out, errOut)
	}
	kinds := map[string][]string{}
	for _, f := range w.frames {
		if !strings.Contains(f, "|T|2.6|") || strings.Count(f, "|DEMO") != strings.Count(f, "|NM|") {
			t.Errorf("a message is not marked as simulated: %q", f)
		}
		for _, a := range hl7.Parse([]byte(f), hl7.Options{Zone: time.UTC, AllowSimulated: true}).Report().Accepted {
			kinds[a.Kind] = append(kinds[a.Kind], a.Value)
		}
	}
	for kind, want := range map[string]string{"hr": "63 64", "rr": "13 13", "spo2": "98", "nibp_sys": "121", "nibp_dia": "70", "nibp_mean": "88", "art_sys": ""} {
		if got := strings.Join(kinds[kind], " "); got != want {
			t.Errorf("%s was sent as %q, want %q", kind, got, want)
		}
	}
}

func TestMonitor_Refuses(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"--chair is 1 to":    {"--chair", "0"},
		"--interval is at":   {"--chair", "1", "--interval", "1ms"},
		"open recording":     {"--chair", "1", "--csv", "none.csv"},
		"patient is called":  {"--chair", "1", "--profile", "nobody"},
		"can't be used toge": {"--chair", "1", "--profile", "steady", "--csv", "none.csv"},
	} {
		status, _, e := say(t, append([]string{"monitor", "--to", "127.0.0.1:1"}, args...)...)
		if status == 0 || !strings.Contains(e, want) {
			t.Errorf("%v: status %d, said %q, want %q", args, status, e, want)
		}
	}
}
