package mllp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errStore = errors.New("disk full")

// notices collects what a service tells.
type notices struct {
	mu  sync.Mutex
	all []Notice
}

func (n *notices) add(x Notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, x)
}

// count counts notices of a kind whose error is target; nil counts them all.
func (n *notices) count(k NoticeKind, target error) (c int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, x := range n.all {
		if x.Kind == k && (target == nil || errors.Is(x.Err, target)) {
			c++
		}
	}
	return c
}

// echo answers every message with "ack:" and the message.
func echo(_ context.Context, _ netip.AddrPort, frame []byte) ([]byte, error) {
	return append([]byte("ack:"), frame...), nil
}

// bench is a link over a pipe, in the fake time of a synctest bubble.
type bench struct {
	*testing.T
	monitor               net.Conn
	replies               *Reader
	notices               *notices
	done                  chan struct{}
	endReading, endHandle context.CancelFunc
}

func newBench(t *testing.T, h Handler) *bench {
	t.Helper()
	monitor, ours := net.Pipe()
	b := &bench{T: t, monitor: monitor, replies: NewReader(monitor, 1<<20), notices: &notices{}, done: make(chan struct{})}
	var reading, handling context.Context
	reading, b.endReading = context.WithCancel(t.Context())
	handling, b.endHandle = context.WithCancel(t.Context())
	l := &link{conn: ours, limits: Limits{MaxFrame: 64}.withDefaults(), handler: h, notify: b.notices.add}
	go func() {
		defer close(b.done)
		l.run(reading, handling)
	}()
	t.Cleanup(func() {
		monitor.Close()
		b.endReading()
		b.endHandle()
		<-b.done
	})
	return b
}

func (b *bench) send(s string) {
	b.Helper()
	if _, err := b.monitor.Write([]byte(s)); err != nil {
		b.Fatalf("send %q: %v", s, err)
	}
}

func (b *bench) expect(want string) {
	b.Helper()
	_ = b.monitor.SetReadDeadline(time.Now().Add(time.Second))
	if got, err := b.replies.Next(); err != nil || string(got) != want {
		b.Fatalf("reply %q, %v; want %q", got, err, want)
	}
}

// ended reports whether the link has closed by now.
func (b *bench) ended() bool {
	synctest.Wait()
	select {
	case <-b.done:
		return true
	default:
		return false
	}
}

func TestLink_AnswersEachMessageInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, echo)
		b.send("\x0bA\x1c\r")
		b.expect("ack:A")
		b.send("\x0bB\x1c") // no CR: the answer must not wait for it
		b.expect("ack:B")
		b.monitor.Close()
		if !b.ended() || b.notices.count(Trouble, nil) != 0 || b.notices.count(Connected, nil) != 1 || b.notices.count(Disconnected, nil) != 1 {
			t.Errorf("notices %+v", b.notices.all)
		}
	})
}

func TestLink_SilenceEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, echo)
		time.Sleep(15*time.Minute - time.Second)
		b.send("\x0bA\x1c\r")
		b.expect("ack:A")
		time.Sleep(15*time.Minute - time.Second)
		if b.ended() {
			t.Fatal("ended before the idle limit")
		}
		time.Sleep(2 * time.Second)
		if !b.ended() || b.notices.count(Trouble, nil) != 1 {
			t.Errorf("notices %+v, want one trouble at the end", b.notices.all)
		}
	})
}

func TestLink_DrippingMessageEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, echo)
		b.send("\x0bA")
		for range 9 {
			time.Sleep(time.Second)
			b.send("A")
		}
		time.Sleep(2 * time.Second)
		var fault *FrameError
		if !b.ended() || len(b.notices.all) != 3 || !errors.As(b.notices.all[1].Err, &fault) || fault.Problem != Truncated || fault.Received != 10 {
			t.Errorf("notices %+v, want the truncated message", b.notices.all)
		}
	})
}

func TestLink_UnframedIsSaidSoonAndSurvived(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, echo)
		b.send("MSH|^~\\&|MON\r")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		var fault *FrameError
		if len(b.notices.all) != 2 || !errors.As(b.notices.all[1].Err, &fault) || fault.Problem != Unframed || fault.Received != 13 {
			t.Fatalf("notices %+v, want the unframed message", b.notices.all)
		}
		b.send("\x0bB\x1c\r")
		b.expect("ack:B")
	})
}

func TestLink_EndlessFaultsEndIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, echo)
		for range maxFaults - 1 {
			b.send("\x0bx\x0b")
		}
		b.send("y\x1c\r")
		b.expect("ack:y")
		for range maxFaults {
			b.send("\x0bx\x0b")
		}
		if !b.ended() || b.notices.count(Trouble, ErrNoMessages) != 1 {
			t.Errorf("notices %+v", b.notices.all)
		}
	})
}

func TestLink_TooLargeEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, echo)
		_, _ = b.monitor.Write(append([]byte{startByte}, make([]byte, 65)...))
		if !b.ended() || b.notices.count(Trouble, nil) != 1 {
			t.Errorf("notices %+v", b.notices.all)
		}
	})
}

func TestLink_MonitorThatNeverReadsIsStillHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		heard := 0
		b := newBench(t, func(context.Context, netip.AddrPort, []byte) ([]byte, error) {
			heard++
			return []byte("ack"), nil
		})
		for range 5 {
			b.send("\x0bA\x1c\r") // a pipe has no buffer: an unread reply blocks
		}
		time.Sleep(6 * time.Second)
		if b.ended() || heard != 5 || b.notices.count(Trouble, ErrDeaf) != 1 {
			t.Errorf("heard %d of 5, notices %+v", heard, b.notices.all)
		}
	})
}

func TestLink_WhatIsNotStoredIsNotAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(context.Context, netip.AddrPort, []byte) ([]byte, error) { return nil, errStore })
		b.send("\x0bA\x1c\r")
		if !b.ended() || b.notices.count(Trouble, errStore) != 1 {
			t.Errorf("notices %+v, want the connection closed for the handler's error", b.notices.all)
		}
	})
}

func TestLink_AnErrorWithAReplyIsAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(context.Context, netip.AddrPort, []byte) ([]byte, error) { return []byte("AE"), errStore })
		b.send("\x0bA\x1c\r")
		b.expect("AE")
		if b.ended() || b.notices.count(Trouble, errStore) != 1 {
			t.Errorf("notices %+v", b.notices.all)
		}
	})
}

func TestLink_NoReplyIsNoReply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, _ netip.AddrPort, f []byte) ([]byte, error) {
			if string(f) == "ACK" {
				return nil, nil
			}
			return []byte("ok"), nil
		})
		b.send("\x0bACK\x1c\r\x0bA\x1c\r")
		b.expect("ok")
	})
}

func TestLink_PanicEndsOnlyItsConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(context.Context, netip.AddrPort, []byte) ([]byte, error) { panic("P0001") })
		b.send("\x0bA\x1c\r")
		if !b.ended() || b.notices.count(Trouble, ErrPanic) != 1 {
			t.Errorf("notices %+v", b.notices.all)
		}
	})
}

func TestLink_StoppingLetsTheHandlerFinishAndReply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := make(chan struct{})
		b := newBench(t, func(ctx context.Context, _ netip.AddrPort, _ []byte) ([]byte, error) {
			<-store
			return []byte("stored"), ctx.Err()
		})
		b.send("\x0bA\x1c\r")
		synctest.Wait()
		b.endReading()
		if b.ended() {
			t.Fatal("the handler was left behind")
		}
		close(store)
		b.expect("stored")
		if !b.ended() || b.notices.count(Trouble, nil) != 0 {
			t.Errorf("notices %+v, want a quiet end", b.notices.all)
		}
	})
}

func TestLink_TheGraceEndsTheHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(ctx context.Context, _ netip.AddrPort, _ []byte) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		b.send("\x0bA\x1c\r")
		synctest.Wait()
		b.endReading()
		b.endHandle()
		if !b.ended() {
			t.Error("a handler that ignores the stop keeps the connection")
		}
	})
}

func TestLimits_Defaults(t *testing.T) {
	t.Parallel()
	want := Limits{MaxFrame: 1 << 20, Idle: 15 * time.Minute, Frame: 10 * time.Second, Write: 5 * time.Second, Grace: 10 * time.Second}
	if got := (Limits{}).withDefaults(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	own := Limits{MaxFrame: 1, Idle: 2, Frame: 3, Write: 4, Grace: 5}
	if got := own.withDefaults(); got != own {
		t.Errorf("own limits became %+v", got)
	}
}

func TestLink_TheGraceEndsAReplyThatIsNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, echo)
		b.send("\x0bA\x1c\r")
		synctest.Wait() // the reply now waits to be read
		b.endReading()
		b.endHandle()
		if !b.ended() {
			t.Error("a reply that nobody reads holds up the stop")
		}
	})
}
