package mllp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"
)

// Handler takes one message and returns its reply, which may be nil. It
// returns only when the message is durable or known to be lost: the reply is
// the promise. With an error and no reply the connection is closed, so that
// the monitor sends again. Frames belong to the handler. Its context ends
// when the service has been stopping for longer than the grace.
type Handler func(ctx context.Context, peer netip.AddrPort, frame []byte) (reply []byte, err error)

// Limits bound one connection. Zero fields take the default.
type Limits struct {
	// MaxFrame is in bytes; default 1 MiB.
	MaxFrame int
	// Idle is how long a peer may say nothing; default 15 min, since some
	// monitors send a report only now and then. Frame is how long one message
	// may take to arrive once it began; default 10 s. Write is how long a
	// reply may take to be accepted; default 5 s.
	Idle, Frame, Write time.Duration
	// Grace is how long Stop waits for handlers; default 10 s.
	Grace time.Duration
}

func (l Limits) withDefaults() Limits {
	return Limits{
		MaxFrame: or(l.MaxFrame, 1<<20),
		Idle:     or(l.Idle, 15*time.Minute),
		Frame:    or(l.Frame, 10*time.Second),
		Write:    or(l.Write, 5*time.Second),
		Grace:    or(l.Grace, 10*time.Second),
	}
}

func or[T int | time.Duration](v, fallback T) T {
	if v > 0 {
		return v
	}
	return fallback
}

// NoticeKind is what happened on a connection.
type NoticeKind string

// The notices.
const (
	Connected    NoticeKind = "connected"
	Disconnected NoticeKind = "disconnected"
	// Refused: a peer from an unregistered network, or one too many.
	Refused NoticeKind = "refused"
	// Trouble: a fault that the connection survived, or the one that ended it.
	Trouble NoticeKind = "trouble"
)

// Notice tells of a connection, for the device register, the log and the
// metrics. It holds no message content.
type Notice struct {
	Kind NoticeKind
	Peer netip.AddrPort
	Err  error
}

// What a connection can suffer.
var (
	ErrDeaf       = errors.New("the monitor does not read replies; it is heard, and no longer answered")
	ErrNetwork    = errors.New("the address is not in a registered network")
	ErrTooMany    = errors.New("too many connections")
	ErrNoMessages = errors.New("too many faults without one message")
	ErrPanic      = errors.New("the handler failed")
)

// maxFaults is how many recoverable faults in a row end a connection.
const maxFaults = 10

// link serves one connection.
type link struct {
	conn    net.Conn
	peer    netip.AddrPort
	limits  Limits
	handler Handler
	notify  func(Notice)
	// deaf: a reply could not be written in time; none is tried again.
	deaf bool
	// served counts messages handled.
	served int
}

// run reads messages until the peer closes, a fault ends it, or reading is
// cancelled; a handler at work then finishes under the handling context.
func (l *link) run(reading, handling context.Context) {
	l.notify(Notice{Kind: Connected, Peer: l.peer})
	defer l.notify(Notice{Kind: Disconnected, Peer: l.peer})
	defer l.conn.Close()
	defer context.AfterFunc(reading, func() { l.expire() })()
	defer context.AfterFunc(handling, func() { l.conn.Close() })()
	if err := l.serve(reading, handling); err != nil && reading.Err() == nil {
		l.notify(Notice{Trouble, l.peer, err})
	}
}

func (l *link) expire() { _ = l.conn.SetReadDeadline(time.Unix(1, 0)) }

func (l *link) serve(reading, handling context.Context) error {
	r := NewReader(l.conn, l.limits.MaxFrame)
	r.begun = func() { l.allow(reading, l.limits.Frame) }
	faults := 0
	for {
		l.allow(reading, l.limits.Idle)
		frame, err := r.Next()
		var fault *FrameError
		switch {
		case errors.As(err, &fault) && fault.Recoverable:
			l.notify(Notice{Trouble, l.peer, err})
			if faults++; faults == maxFaults {
				return ErrNoMessages
			}
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		faults = 0
		if err := l.answer(handling, frame); err != nil {
			return err
		}
	}
}

// allow gives the peer d for what comes next, unless reading has ended. The
// order matters: the deadline is set first, so that an end of reading that
// falls between is seen.
func (l *link) allow(reading context.Context, d time.Duration) {
	_ = l.conn.SetReadDeadline(time.Now().Add(d))
	if reading.Err() != nil {
		l.expire()
	}
}

func (l *link) answer(ctx context.Context, frame []byte) error {
	reply, err := l.handle(ctx, frame)
	if err != nil && reply == nil {
		return fmt.Errorf("handle message: %w", err)
	}
	if err != nil {
		l.notify(Notice{Trouble, l.peer, fmt.Errorf("handle message: %w", err)})
	}
	l.served++
	if reply == nil || l.deaf {
		return nil
	}
	_ = l.conn.SetWriteDeadline(time.Now().Add(l.limits.Write))
	err = WriteFrame(l.conn, reply)
	if isTimeout(err) {
		l.deaf = true
		l.notify(Notice{Trouble, l.peer, ErrDeaf})
		return nil
	}
	return err
}

// handle keeps a failing handler from taking the other monitors' connections
// with it.
func (l *link) handle(ctx context.Context, frame []byte) (reply []byte, err error) {
	defer func() {
		if recover() != nil { // the value may hold content: it is not repeated
			reply, err = nil, ErrPanic
		}
	}()
	return l.handler(ctx, l.peer, frame)
}

// peerOf is the remote address in its plain form: IPv4 unmapped, no zone.
func peerOf(c net.Conn) netip.AddrPort {
	ap, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}
