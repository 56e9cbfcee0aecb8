package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/mllp"
)

// badWire stands between monitors and the server and cuts connections, in
// the middle of a message or of an acknowledgement.
type badWire struct {
	server   string
	listener net.Listener
	mu       sync.Mutex // guards dice
	dice     *rand.Rand
	cuts     int
	wires    sync.WaitGroup
}

func newBadWire(t *testing.T, server string) *badWire {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &badWire{server: server, listener: l, dice: rand.New(rand.NewPCG(2, 26))}
	b.wires.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.wires.Go(func() { b.carry(t.Context(), c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		b.wires.Wait()
	})
	return b
}

// bytes is how much goes one way before the wire breaks: from nothing to a
// few messages.
func (b *badWire) bytes(most int64) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cuts++
	return b.dice.Int64N(most)
}

func (b *badWire) carry(ctx context.Context, monitor net.Conn) {
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", b.server)
	if err != nil {
		_ = monitor.Close()
		return
	}
	both := func() { _, _ = monitor.Close(), server.Close() }
	var ways sync.WaitGroup
	ways.Go(func() {
		_, _ = io.CopyN(server, monitor, b.bytes(4_000))
		both()
	})
	ways.Go(func() {
		_, _ = io.CopyN(monitor, server, b.bytes(1_000))
		both()
	})
	ways.Wait()
}

// vitalMessage is one message of a monitor, its control id of its own.
func vitalMessage(eui, control string, at time.Time) []byte {
	stamp := at.UTC().Format("20060102150405.000-0700")
	return fmt.Appendf(nil, "MSH|^~\\&|MON|X|STILLWATCH|C|%s||ORU^R01^ORU_R01|%s|P|2.6\rPID|||4711\rPV1||O|INF^CHAIR^3\rOBR|1|||182777000|||%s\r"+
		"OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.1|72|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|||%s||||%s^^%s^EUI-64\r", stamp, control, stamp, stamp, eui, eui)
}

// TestFaults_WireOfMonitors: monitors send each message until it is
// acknowledged, some twice, some behind others, over wires that break. What
// was acknowledged is stored, and exactly once.
func TestFaults_WireOfMonitors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := site{embedded(dir), []string{"--data", dir}}
	address := freeAddress(t)
	s := beginWith(t, p, "--monitor-listen", address, "--monitor-networks", "127.0.0.0/8")
	s.url()
	wire := newBadWire(t, address)
	const monitors = 3
	messages := worse(40, 2_000)
	var sending sync.WaitGroup
	for i := range monitors {
		sending.Go(func() { monitorLife(t, wire, fmt.Sprintf("00112233445566%02d", i), messages) })
	}
	sending.Wait()
	if status := s.stop(); status != 0 {
		t.Errorf("ended with status %d", status)
	}
	var stored, distinct int
	if err := p.Telemetry(t).QueryRowContext(t.Context(), "SELECT COUNT(*), COUNT(DISTINCT device || ' ' || control) FROM inbox").Scan(&stored, &distinct); err != nil {
		t.Fatal(err)
	}
	if stored != monitors*messages || distinct != stored {
		t.Errorf("%d messages stored, %d of them different; %d were acknowledged", stored, distinct, monitors*messages)
	}
	wire.mu.Lock()
	t.Logf("%d wires were cut or closed", wire.cuts/2)
	wire.mu.Unlock()
	want(t, 0, "every chain holds", p.verify()...)
}

// monitorLife sends messages in a shuffled order, each until acknowledged and
// every fifth once more.
func monitorLife(t *testing.T, wire *badWire, eui string, messages int) {
	dice := rand.New(rand.NewPCG(3, uint64(len(eui))))
	order := dice.Perm(messages)
	for i := range messages {
		if i%5 == 0 {
			order = append(order, dice.IntN(messages))
		}
	}
	begun := time.Now().Add(-time.Minute)
	var c *mllp.Client
	for _, n := range order {
		m := vitalMessage(eui, fmt.Sprintf("%s-%d", eui, n), begun.Add(time.Duration(n)*time.Millisecond))
		for acknowledged := false; !acknowledged; {
			if t.Context().Err() != nil {
				return
			}
			var err error
			if c == nil {
				if c, err = mllp.Dial(t.Context(), wire.listener.Addr().String(), 10*time.Second); err != nil {
					continue
				}
			}
			answer, err := c.Send(t.Context(), m)
			switch {
			case err != nil:
				_, c = c.Close(), nil
			case answer.Positive():
				acknowledged = true
			default:
				t.Errorf("a message was answered %s", answer.Code)
				return
			}
		}
	}
	if c != nil {
		_ = c.Close()
	}
}

// TestFaults_MessagesTooLargeOrCut: a monitor that sends 100 MB, or half a
// message, loses its connection; the others go on.
func TestFaults_MessagesTooLargeOrCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := site{embedded(dir), []string{"--data", dir}}
	address := freeAddress(t)
	s := beginWith(t, p, "--monitor-listen", address, "--monitor-networks", "127.0.0.0/8")
	s.url()
	raw, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := io.Copy(raw, io.MultiReader(strings.NewReader("\x0bMSH|^~\\&|"), io.LimitReader(endless{}, 100<<20)))
	if err == nil {
		_, err = io.Copy(io.Discard, raw) // until the server closes it
	}
	if sent == 100<<20 && err == nil {
		t.Log("the whole was sent and then refused")
	}
	_ = raw.Close()

	half, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(half, "\x0b"+string(vitalMessage("0011223344556677", "half", time.Now()))[:120]); err != nil {
		t.Fatal(err)
	}
	_ = half.Close()

	c, err := mllp.Dial(t.Context(), address, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := c.Send(t.Context(), vitalMessage("0011223344556677", "whole", time.Now())); err != nil || !a.Positive() {
		t.Errorf("a good message after them: %v %v", a.Code, err)
	}
	if err := errors.Join(c.Close()); err != nil {
		t.Error(err)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("ended with status %d", status)
	}
	var stored int
	if err := p.Telemetry(t).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM inbox").Scan(&stored); err != nil || stored != 1 {
		t.Errorf("%d messages stored, want 1 (%v)", stored, err)
	}
}

// freeAddress is one that nobody listens on just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
