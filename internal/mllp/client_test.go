package mllp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stillwatch/stillwatch/internal/hl7"
)

func message(id string) []byte {
	return []byte("MSH|^~\\&|MON|||STW|20260301101500+0000||ORU^R01^ORU_R01|" + id + "|P|2.6\r")
}

func answer(code, id string) string {
	return "MSH|^~\\&|STW||MON||20260301101500+0000||ACK^R01^ACK|S1|P|2.6\rMSA|" + code + "|" + id + "|\r"
}

// receiver answers each message it reads with the bytes that script gives for
// it, over a pipe, in fake time.
func receiver(t *testing.T, script func(id string) string) *Client {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := NewReader(theirs, 1<<20)
		for {
			frame, err := r.Next()
			if err != nil {
				return
			}
			m, err := hl7.Lex(frame)
			if err != nil {
				t.Errorf("received %q: %v", frame, err)
				return
			}
			if _, err := theirs.Write([]byte(script(m.ControlID()))); err != nil {
				return
			}
		}
	}()
	c := NewClient(ours, 5*time.Second)
	t.Cleanup(func() {
		_ = c.Close()
		theirs.Close()
		<-done
	})
	return c
}

func framed(s string) string { return "\x0b" + s + "\x1c\r" }

func TestClient_MatchesAnswersToMessages(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"AA", "AE", "AR", "CA"} {
		synctest.Test(t, func(t *testing.T) {
			c := receiver(t, func(id string) string { return framed(answer(code, id)) })
			for _, id := range []string{"1", "2", "a^b"} {
				want := strings.ReplaceAll(id, "^", `\S\`)
				a, err := c.Send(t.Context(), message(want))
				if err != nil || string(a.Code) != code || a.Positive() != (code == "AA" || code == "CA") {
					t.Errorf("%s: %+v, %v", id, a, err)
				}
			}
		})
	}
}

// TestClient_LateAnswerIsNotTheNextMessages: message 1 is answered only after
// message 2 was sent; it must not be taken for message 2's.
func TestClient_LateAnswerIsNotTheNextMessages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := receiver(t, func(id string) string {
			if id == "1" {
				return ""
			}
			return framed(answer("AA", "1")) + framed(answer("AE", "2"))
		})
		_, err := c.Send(t.Context(), message("1"))
		var none *NoAnswerError
		if !errors.As(err, &none) || none.ControlID != "1" || !isTimeout(err) {
			t.Fatalf("message 1: %v, want no answer", err)
		}
		a, err := c.Send(t.Context(), message("2"))
		if err != nil || a.Code != hl7.AE || a.ControlID != "2" {
			t.Errorf("message 2: %+v, %v; want its own AE", a, err)
		}
	})
}

func TestClient_SaysWhatCameInsteadOfAnAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sent, says string }{
		"nothing":           {"", "(0 of other messages came)"},
		"no framing":        {answer("AA", "1"), `no start byte (0x0B): received 71 bytes beginning 4D 53 48 7C ("MSH|")`},
		"half a frame":      {"\x0bMSH|", "no end byte (0x1C): received 4 bytes"},
		"another's answer":  {framed(answer("AA", "9")), "(1 of other messages came)"},
		"not an answer":     {framed("hello"), "(1 of other messages came)"},
		"no MSA-2":          {framed(answer("AA", "")), "(1 of other messages came)"},
		"unframed, ended":   {answer("AA", "1") + "\x1c\r", "no start byte (0x0B)"},
		"answer with a tag": {framed(answer("OK", "1")), "(1 of other messages came)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := receiver(t, func(string) string { return tt.sent })
				start := time.Now()
				_, err := c.Send(t.Context(), message("1"))
				if err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("error %v, want one that says %s", err, tt.says)
				}
				if waited := time.Since(start); waited != 5*time.Second {
					t.Errorf("waited %s, want the timeout", waited)
				}
			})
		})
	}
}

func TestClient_FaultBeforeTheAnswerIsPassedOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := receiver(t, func(id string) string { return "MSH|late, unframed\x1c\r" + framed(answer("AA", id)) })
		if a, err := c.Send(t.Context(), message("1")); err != nil || !a.Positive() {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestClient_RefusesWhatCannotBeMatched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := receiver(t, func(id string) string { return framed(answer("AA", id)) })
		for name, raw := range map[string][]byte{"no control id": message(""), "no message": []byte("hello"), "framed inside": message("1\x0b")} {
			if _, err := c.Send(t.Context(), raw); err == nil {
				t.Errorf("%s: sent", name)
			}
		}
	})
}

func TestClient_ContextEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := receiver(t, func(string) string { return "" })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := c.Send(ctx, message("1")); err == nil || time.Since(start) != time.Second {
			t.Errorf("%v after %s, want the context's end", err, time.Since(start))
		}
		if _, err := c.Send(ctx, message("2")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with an ended context: %v", err)
		}
	})
}

func TestClient_SpeaksToTheListener(t *testing.T) {
	t.Parallel()
	l := listen(t, ListenerConfig{Networks: loopback, Handler: acknowledge})
	c, err := Dial(t.Context(), l.Addr().String(), patience)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for i := range 20 {
		id := fmt.Sprint("M", i)
		if a, err := c.Send(t.Context(), message(id)); err != nil || !a.Positive() || a.ControlID != id {
			t.Errorf("%s: %+v, %v", id, a, err)
		}
	}
	l.Stop()
	if _, err := c.Send(t.Context(), message("last")); err == nil {
		t.Error("a message to nobody is acknowledged")
	}
	if _, err := Dial(t.Context(), l.Addr().String(), patience); err == nil {
		t.Error("connected to a closed port")
	}
}
