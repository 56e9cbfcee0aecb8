package simmon

import (
	"context"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/mllp"
)

// answerWithin is how long a virtual monitor waits for its acknowledgement.
const answerWithin = 5 * time.Second

// Link sends over one MLLP connection and dials again when it broke. It is
// not safe for concurrent use.
type Link struct {
	address string
	client  *mllp.Client
}

// NewLink makes a link; the first Send dials.
func NewLink(address string) *Link { return &Link{address: address} }

// Send delivers one message and waits for its acknowledgement.
func (l *Link) Send(ctx context.Context, message []byte) error {
	if l.client == nil {
		c, err := mllp.Dial(ctx, l.address, answerWithin)
		if err != nil {
			return err
		}
		l.client = c
	}
	answer, err := l.client.Send(ctx, message)
	if err != nil {
		l.Close()
		return err
	}
	if answer.Code != "AA" && answer.Code != "CA" {
		return fmt.Errorf("answered %s: %s", answer.Code, answer.Text)
	}
	return nil
}

// Close ends the connection; a later Send dials again.
func (l *Link) Close() {
	if l.client != nil {
		_ = l.client.Close() // it is broken or no longer wanted
		l.client = nil
	}
}
