package mllp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// The framing bytes.
const (
	startByte = 0x0b // VT
	endByte   = 0x1c // FS
	lastByte  = 0x0d // CR
)

// Problem is what was wrong with the framing.
type Problem string

// The problems.
const (
	// Unframed: bytes came without a start byte before them.
	Unframed Problem = "no start byte (0x0B)"
	// Truncated: a message began and its end byte never came.
	Truncated Problem = "no end byte (0x1C)"
	// TooLarge: a message grew beyond the limit.
	TooLarge Problem = "message too large"
)

// FrameError says what was received where a frame was expected.
type FrameError struct {
	Problem Problem
	// Received counts the bytes that could not be used; Head is the first of
	// them, at most four: enough to know "MSH|" or "GET " by.
	Received int
	Head     []byte
	// Recoverable reports that the reader can go on with the next frame.
	Recoverable bool
	// Err is what ended the reading, if something did.
	Err error
}

func (e *FrameError) Error() string {
	s := fmt.Sprintf("read MLLP frame: %s: received %d bytes", e.Problem, e.Received)
	if len(e.Head) > 0 {
		s += fmt.Sprintf(" beginning % X (%q)", e.Head, e.Head)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *FrameError) Unwrap() error { return e.Err }

// Reader reads frames. It tolerates bytes before the start byte, a missing or
// doubled CR after the end byte, doubled start and end bytes, empty frames,
// and frames split or joined in any way.
type Reader struct {
	r   *bufio.Reader
	max int
	// begun is called when the first byte of a message, or of something that
	// is none, has come: a deadline for the rest can be set then.
	begun func()
	// open: the start byte of the next frame has been read already.
	open bool
}

// NewReader reads frames of at most maxFrame bytes from r.
func NewReader(r io.Reader, maxFrame int) *Reader {
	return &Reader{r: bufio.NewReader(r), max: maxFrame, begun: func() {}}
}

// Next returns the content of the next frame that is not empty. io.EOF means
// that the peer closed between frames. A *FrameError with Recoverable set
// does not end the stream.
func (r *Reader) Next() ([]byte, error) {
	for {
		if err := r.start(); err != nil {
			return nil, err
		}
		frame, err := r.body()
		if err != nil || len(frame) > 0 {
			return frame, err
		}
	}
}

// start skips to the byte after a start byte. What lies before it is noise
// unless it looks like a message, which must not vanish unsaid.
func (r *Reader) start() error {
	var n noise
	for !r.open {
		c, err := r.r.ReadByte()
		switch {
		case err != nil && n.count == 0:
			return err
		case err != nil:
			return n.failed(err, isTimeout(err))
		case c == startByte:
			r.open = true
		case c == endByte && n.message():
			return n.failed(nil, true)
		case filler(c) && n.count == 0:
		default:
			if n.count == 0 {
				r.begun()
			}
			if n.add(c); n.count > r.max {
				return n.failed(nil, false)
			}
		}
	}
	r.begun()
	if n.message() {
		return n.failed(nil, true)
	}
	return nil
}

// filler bytes stand between frames: the tail of the last one, and what
// senders use to keep a line alive.
func filler(c byte) bool {
	return c == endByte || c == lastByte || c == '\n' || c == ' ' || c == 0
}

// body reads up to the end byte. The CR after it is left to be skipped with
// the next frame: a sender that leaves it out must not be waited for.
func (r *Reader) body() ([]byte, error) {
	r.open = false
	var frame []byte
	for {
		c, err := r.r.ReadByte()
		switch {
		case err == io.EOF:
			return nil, broken(Truncated, frame, io.ErrUnexpectedEOF)
		case err != nil:
			return nil, broken(Truncated, frame, err)
		case c == endByte:
			return frame, nil
		case c == startByte && len(frame) == 0: // doubled
		case c == startByte:
			r.open = true
			e := broken(Truncated, frame, nil)
			e.Recoverable = true
			return nil, e
		case len(frame) == r.max:
			return nil, broken(TooLarge, frame, nil)
		default:
			frame = append(frame, c)
		}
	}
}

func broken(p Problem, got []byte, err error) *FrameError {
	head := append([]byte(nil), got[:min(len(got), 4)]...)
	return &FrameError{Problem: p, Received: len(got), Head: head, Err: err}
}

// noise is what came before a start byte.
type noise struct {
	count int
	head  []byte
	last  [3]byte
	msh   bool
}

func (n *noise) add(c byte) {
	n.count++
	if len(n.head) < 4 {
		n.head = append(n.head, c)
	}
	n.last = [3]byte{n.last[1], n.last[2], c}
	n.msh = n.msh || n.last == [3]byte{'M', 'S', 'H'}
}

// message reports whether the noise holds the beginning of a message.
func (n *noise) message() bool { return n.msh }

func (n *noise) failed(err error, recoverable bool) *FrameError {
	return &FrameError{Problem: Unframed, Received: n.count, Head: n.head, Recoverable: recoverable, Err: err}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// ErrContent refuses a message that holds framing bytes.
var ErrContent = errors.New("write MLLP frame: the message contains framing bytes")

// WriteFrame writes one message with its framing, in one write.
func WriteFrame(w io.Writer, message []byte) error {
	frame := make([]byte, 0, len(message)+3)
	frame = append(frame, startByte)
	for _, c := range message {
		if c == startByte || c == endByte {
			return ErrContent
		}
		frame = append(frame, c)
	}
	if _, err := w.Write(append(frame, endByte, lastByte)); err != nil {
		return fmt.Errorf("write MLLP frame: %w", err)
	}
	return nil
}
