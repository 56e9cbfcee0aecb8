package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// together is how many messages are sent at once.
const together = 8

// The waits between two tries of a message. Evidence mark: default.
const (
	firstWait = time.Second
	mostWait  = time.Minute
)

// overdue is how long a message may wait before it is said that people elsewhere
// are not told. Evidence mark: default.
const overdue = 30 * time.Second

// Box is the store's outbox.
type Box interface {
	Outbox(ctx context.Context, now time.Time, limit int) ([]journal.Outgoing, error)
	OutboxDelivered(ctx context.Context, id string) error
	OutboxLater(ctx context.Context, id string, next time.Time) error
	OutboxExpire(ctx context.Context, now time.Time) error
	OutboxState(ctx context.Context) (journal.OutboxState, error)
	Since(ctx context.Context, position int64, limit int) ([]journal.Record, error)
}

// Options make a Sender.
type Options struct {
	Hook *Hook
	Box  Box
	// Where says at which chair an entry's visit is, and what people are called.
	Where func(ctx context.Context, r journal.Record) (Where, error)
	Now   func() time.Time
	// Jitter is between 0 and 1, anew each time.
	Jitter func() float64
	Log    *slog.Logger
}

// Sender sends what is owed.
type Sender struct {
	Options
	mu    sync.Mutex // held for one round
	fault string     // of the newest round; empty when all went well
	state atomic.Pointer[journal.OutboxState]
	// unread is why the outbox itself could not be read or written.
	unread atomic.Pointer[string]
}

// New makes one.
func New(o Options) *Sender { return &Sender{Options: o} }

// wait is how long after so many tries the next one is: doubled each time up to a
// minute, and by up to a fifth shorter or longer, so that many do not come at once.
func wait(tries int, jitter float64) time.Duration {
	d := mostWait
	if tries < 6 {
		d = firstWait << tries
	}
	return time.Duration(float64(d) * (0.8 + 0.4*jitter))
}

// Round sends everything that is due, once, and says whether more may be due at
// once. Only one runs at a time.
func (s *Sender) Round(ctx context.Context) (more bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if more, err = s.round(ctx, s.Now()); err == nil {
		var st journal.OutboxState
		st, err = s.Box.OutboxState(ctx)
		s.state.Store(&st)
	}
	s.unread.Store(nil)
	if err != nil && ctx.Err() == nil {
		text := err.Error()
		s.unread.Store(&text)
	}
	return more, err
}

func (s *Sender) round(ctx context.Context, now time.Time) (more bool, err error) {
	if err := s.Box.OutboxExpire(ctx, now); err != nil {
		return false, err
	}
	due, err := s.Box.Outbox(ctx, now, together)
	if err != nil {
		return false, err
	}
	failed := make([]error, len(due))
	var all sync.WaitGroup
	for i, o := range due {
		all.Go(func() { failed[i] = s.try(ctx, o, now) })
	}
	all.Wait()
	i := slices.IndexFunc(failed, func(err error) bool { return err != nil })
	if i >= 0 {
		s.say(failed[i].Error())
	} else if len(due) > 0 {
		s.say("")
	}
	return len(due) == together && i < 0, nil
}

// try sends one message, or lets it go where its alarm was answered meanwhile, and
// notes what became of it.
func (s *Sender) try(ctx context.Context, o journal.Outgoing, now time.Time) error {
	body, answered, err := s.body(ctx, o)
	if err == nil && !answered {
		err = s.Hook.post(ctx, o.ID, body, now)
	}
	if ctx.Err() != nil {
		return ctx.Err() // ended meanwhile: it is tried again after the start
	}
	if err == nil {
		return s.Box.OutboxDelivered(ctx, o.ID)
	}
	return errors.Join(err, s.Box.OutboxLater(ctx, o.ID, now.Add(wait(o.Attempts, s.Jitter()))))
}

// body is the message of an entry; answered where nobody is to be called for it
// any more.
func (s *Sender) body(ctx context.Context, o journal.Outgoing) (body []byte, answered bool, err error) {
	rs, err := s.Box.Since(ctx, o.Position-1, 1)
	if err != nil || len(rs) != 1 || rs[0].Position != o.Position {
		return nil, false, errors.New("the entry could not be read")
	}
	w, err := s.Where(ctx, rs[0])
	if err != nil {
		return nil, false, errors.New("the visit of the entry could not be read")
	}
	if answered, err = Answered(rs[0], w.Alarms); err == nil {
		body, err = Write(o, rs[0], w)
	}
	if err != nil {
		return nil, false, errors.New("the entry could not be put into words")
	}
	return body, answered, nil
}

// say logs when it begins to fail, when it fails otherwise, and when it goes well
// again. It names no patient and no address.
func (s *Sender) say(fault string) {
	switch {
	case fault == s.fault:
		return
	case fault != "":
		s.Log.Warn("people elsewhere are not told of alarms; tried again", "error", fault)
	default:
		s.Log.Info("people elsewhere are told of alarms again")
	}
	s.fault = fault
}

// Fault says in words why people elsewhere are not told, as of the newest round;
// nil when they are.
func (s *Sender) Fault() error {
	if unread := s.unread.Load(); unread != nil {
		return errors.New(*unread)
	}
	st := s.state.Load()
	switch {
	case st == nil:
		return nil // nothing was tried yet
	case st.Waiting > 0 && s.Now().Sub(st.Oldest) >= overdue:
		return fmt.Errorf("messages to people elsewhere are not delivered: %d wait, the oldest for %s", st.Waiting, s.Now().Sub(st.Oldest).Round(time.Second))
	case st.Expired > 0:
		return fmt.Errorf("messages to people elsewhere were not delivered in time in the last 24 hours: %d", st.Expired)
	}
	return nil
}

// Run sends whenever the record moved, and once a second, until ctx ends.
func (s *Sender) Run(ctx context.Context, moved <-chan struct{}) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-moved:
		case <-timer.C:
		}
		more, err := s.Round(ctx)
		if err != nil && ctx.Err() == nil && err.Error() != said {
			said = err.Error()
			s.Log.Error("the outbox could not be read or written; tried again", "error", err)
		} else if err == nil {
			said = ""
		}
		next := time.Second
		if more {
			next = 0
		}
		timer.Reset(next)
	}
}
