package mllp

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// all reads a stream to its end and writes frames as their text, recoverable
// faults as <problem received>.
func all(r io.Reader, maxFrame int) (out []string, err error) {
	frames := NewReader(r, maxFrame)
	for {
		f, err := frames.Next()
		var fault *FrameError
		switch {
		case errors.As(err, &fault) && fault.Recoverable:
			out = append(out, "<"+string(fault.Problem)+" "+string(fault.Head)+">")
		case err != nil:
			return out, err
		default:
			out = append(out, string(f))
		}
	}
}

func TestReader_Quirks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stream string
		want   []string
		// problem ends the stream; empty for a clean end.
		problem Problem
	}{
		"one frame":               {stream: "\x0bMSH|a\r\x1c\r", want: []string{"MSH|a\r"}},
		"two frames in one read":  {stream: "\x0bA\x1c\r\x0bB\x1c\r", want: []string{"A", "B"}},
		"no CR after the end":     {stream: "\x0bA\x1c\x0bB\x1c", want: []string{"A", "B"}},
		"line feeds between":      {stream: "\x0bA\x1c\r\n\r\n\x0bB\x1c\r\n", want: []string{"A", "B"}},
		"junk before the start":   {stream: "hello\x0bA\x1c\rxyz\x0bB\x1c\r", want: []string{"A", "B"}},
		"doubled framing":         {stream: "\x0b\x0bA\x1c\r\x1c\r\x0b\x0bB\x1c\r\x1c\r", want: []string{"A", "B"}},
		"empty frames":            {stream: "\x0b\x1c\r\x0bA\x1c\r\x0b\x1c\r", want: []string{"A"}},
		"keep-alive bytes":        {stream: "\x00\x00 \r\x0bA\x1c\r\x00", want: []string{"A"}},
		"nothing":                 {stream: ""},
		"no framing":              {stream: "MSH|^~\\&|MON\rOBX|1\r", problem: Unframed},
		"no start, but an end":    {stream: "MSH|a\r\x1c\r\x0bB\x1c\r", want: []string{"<no start byte (0x0B) MSH|>", "B"}},
		"lost message, then good": {stream: "xMSH|a\r\x0bB\x1c\r", want: []string{"<no start byte (0x0B) xMSH>", "B"}},
		"cut, then started again": {stream: "\x0bMSH|a\x0bB\x1c\r", want: []string{"<no end byte (0x1C) MSH|>", "B"}},
		"cut at the end":          {stream: "\x0bA\x1c\r\x0bMSH|b", want: []string{"A"}, problem: Truncated},
		"start byte only":         {stream: "\x0b", problem: Truncated},
		"largest":                 {stream: "\x0b" + strings.Repeat("x", 64) + "\x1c\r", want: []string{strings.Repeat("x", 64)}},
		"too large":               {stream: "\x0b" + strings.Repeat("x", 65) + "\x1c\r", problem: TooLarge},
		"too much junk":           {stream: strings.Repeat("x", 65) + "\x0bA\x1c\r", problem: Unframed},
	}
	readers := map[string]func(io.Reader) io.Reader{
		"at once": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "in halves": iotest.HalfReader,
	}
	for name, tt := range tests {
		for how, via := range readers {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				got, err := all(via(strings.NewReader(tt.stream)), 64)
				if d := cmp.Diff(tt.want, got); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
				var fault *FrameError
				errors.As(err, &fault)
				switch {
				case tt.problem == "" && !errors.Is(err, io.EOF):
					t.Errorf("ended with %v, want a clean end", err)
				case tt.problem != "" && (fault == nil || fault.Problem != tt.problem):
					t.Errorf("ended with %v, want %q", err, tt.problem)
				}
			})
		}
	}
}

func TestFrameError_SaysWhatWasReceivedAndNoMore(t *testing.T) {
	t.Parallel()
	_, err := all(strings.NewReader("MSH|^~\\&|MON\rPID|||P0001||SECRET^NAME\r"), 1024)
	const want = `read MLLP frame: no start byte (0x0B): received 38 bytes beginning 4D 53 48 7C ("MSH|"): EOF`
	if err == nil || err.Error() != want {
		t.Errorf("error  %v\nwant %s", err, want)
	}
	if !errors.Is(err, io.EOF) {
		t.Error("the cause is not wrapped")
	}
}

func TestReader_FramesAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	r := NewReader(strings.NewReader("\x0bAAAA\x1c\r\x0bBBBB\x1c\r"), 64)
	first, _ := r.Next()
	if _, err := r.Next(); err != nil || string(first) != "AAAA" {
		t.Errorf("first frame became %q, %v", first, err)
	}
}

func TestWriteFrame(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteFrame(&b, []byte("MSH|a\r")); err != nil || b.String() != "\x0bMSH|a\r\x1c\r" {
		t.Errorf("wrote %q, %v", b.String(), err)
	}
	for _, bad := range []string{"a\x0bb", "a\x1c"} {
		b.Reset()
		if err := WriteFrame(&b, []byte(bad)); !errors.Is(err, ErrContent) || b.Len() != 0 {
			t.Errorf("%q: wrote %q, %v", bad, b.String(), err)
		}
	}
	if err := WriteFrame(failing{}, []byte("a")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v, want the writer's", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// FuzzReader asserts that any stream ends, that no frame holds framing bytes
// or passes the limit, and that cutting the stream anywhere changes nothing.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"", "\x0bMSH|a\r\x1c\r", "\x0b\x0bA\x1c\r\x1c\r", "junk\x0bA\x1c\x0bB\x1c", "MSH|a\r\x1c\r", "\x0bA\x0bB\x1c\r", "\x0b\x1c\x0b",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		got, err := all(bytes.NewReader(stream), 256)
		if err == nil {
			t.Fatal("the stream does not end")
		}
		for _, frame := range got {
			if frame == "" || len(frame) > 256 || strings.ContainsAny(frame, "\x0b\x1c") {
				t.Errorf("frame %q", frame)
			}
		}
		again, _ := all(iotest.OneByteReader(bytes.NewReader(stream)), 256)
		if d := cmp.Diff(got, again); d != "" {
			t.Errorf("split reads differ:\n%s", d)
		}
	})
}

// FuzzFrame asserts that what is written is read, whatever stood before it.
func FuzzFrame(f *testing.F) {
	f.Add([]byte("MSH|a\r"), []byte("noise"))
	f.Add([]byte("A"), []byte("\x0bMSH|cut"))
	f.Fuzz(func(t *testing.T, message, before []byte) {
		var b bytes.Buffer
		b.Write(before)
		if err := WriteFrame(&b, message); err != nil || len(message) == 0 {
			t.Skip()
		}
		got, err := all(&b, len(message)+len(before)+1)
		if len(got) == 0 || got[len(got)-1] != string(message) || !errors.Is(err, io.EOF) {
			t.Errorf("%q after %q read as %q, %v", message, before, got, err)
		}
	})
}
