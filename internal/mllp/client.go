package mllp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/hl7"
)

// Client sends messages and waits for the acknowledgement of each. An answer
// belongs to the message whose MSH-10 it names: a late one is dropped, never
// taken for the next message's.
type Client struct {
	// mu is held for the length of one Send: answers come in order.
	mu      sync.Mutex
	conn    net.Conn
	frames  *Reader
	timeout time.Duration
}

// NoAnswerError says that a message was sent and not acknowledged: it may or
// may not have been stored, and should be sent again with the same MSH-10.
type NoAnswerError struct {
	ControlID string
	// Others counts answers that named other messages.
	Others int
	// Err is what came instead, or the timeout.
	Err error
}

func (e *NoAnswerError) Error() string {
	return fmt.Sprintf("wait for acknowledgement of message %q (%d of other messages came): %v", e.ControlID, e.Others, e.Err)
}

func (e *NoAnswerError) Unwrap() error { return e.Err }

// Dial connects to a receiver. Each message has timeout to be answered.
func Dial(ctx context.Context, address string, timeout time.Duration) (*Client, error) {
	var d net.Dialer
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect to MLLP receiver: %w", err)
	}
	return NewClient(conn, timeout), nil
}

// NewClient sends over a connection that stands; it owns it from then on.
func NewClient(conn net.Conn, timeout time.Duration) *Client {
	return &Client{conn: conn, frames: NewReader(conn, hl7.MaxMessage), timeout: timeout}
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Send writes one unframed message and returns its acknowledgement, which may
// be negative. After a NoAnswerError that wraps a timeout the client can go on.
func (c *Client) Send(ctx context.Context, message []byte) (hl7.Answer, error) {
	m, err := hl7.Lex(message)
	if err != nil {
		return hl7.Answer{}, err
	}
	id := m.ControlID()
	if id == "" {
		return hl7.Answer{}, errors.New("send message: it has no control id (MSH-10), so no answer could be matched")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.conn.SetDeadline(time.Now().Add(c.timeout))
	defer context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })()
	if ctx.Err() != nil {
		return hl7.Answer{}, ctx.Err()
	}
	if err := WriteFrame(c.conn, message); err != nil {
		return hl7.Answer{}, err
	}
	return c.await(id)
}

// await reads answers until one names id. Faults in the framing are passed
// over while an answer may still come, and told if none does.
func (c *Client) await(id string) (hl7.Answer, error) {
	none := &NoAnswerError{ControlID: id}
	for {
		frame, err := c.frames.Next()
		var fault *FrameError
		if errors.As(err, &fault) && fault.Recoverable && fault.Err == nil {
			none.Err = err
			continue
		}
		if err != nil {
			none.Err = errors.Join(none.Err, err)
			return hl7.Answer{}, none
		}
		a, err := hl7.ParseAck(frame)
		if err == nil && a.ControlID == id {
			return a, nil
		}
		none.Others++
	}
}
