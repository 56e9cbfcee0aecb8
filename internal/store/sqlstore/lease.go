package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// A lease is held for leaseFor and renewed three times as often; a process
// that waits for it looks every leaseLook.
const (
	leaseFor  = 15 * time.Second
	leaseLook = 500 * time.Millisecond
)

// errHeld says the lease is another living process's.
var errHeld = errors.New("lease is held")

// takeLease waits until this process is the clinic's only writer.
func (s *Store) takeLease(ctx context.Context) error {
	holder := string(newID[ident.Command](s.o))
	look := time.NewTicker(leaseLook)
	defer look.Stop()
	for waiting := false; ; waiting = true {
		err := s.do(ctx, &job{bare: true, run: func(ctx context.Context, t *clinicTx) error { return t.claim(ctx, holder) }})
		if err == nil {
			s.lease = holder
			break
		}
		if !errors.Is(err, errHeld) {
			return fmt.Errorf("take lease: %w", err)
		}
		if !waiting {
			s.o.Log.InfoContext(ctx, "another process writes for this clinic: waiting until it stops", slog.String("clinic", string(s.o.Clinic)))
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("take lease: %w", ctx.Err())
		}
	}
	if !s.db.engine.Dialect.Exclusive {
		s.beat = startHeartbeat(leaseFor/3, s.renew)
	}
	return nil
}

// claim takes the lease when it is free, run out, or known to be a dead
// process's because the engine keeps a second one out.
func (t *clinicTx) claim(ctx context.Context, holder string) error {
	now := t.store.o.Now()
	until := now.Add(leaseFor).UnixMicro()
	if t.c.dialect.Exclusive {
		return broken(t.c.exec(ctx, `INSERT INTO lease (clinic, holder, until) VALUES (?, ?, ?)
			ON CONFLICT (clinic) DO UPDATE SET holder = excluded.holder, until = excluded.until`, string(t.store.o.Clinic), holder, until))
	}
	n, err := t.c.changed(ctx, `INSERT INTO lease (clinic, holder, until) VALUES (?, ?, ?)
		ON CONFLICT (clinic) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE lease.until < ? OR lease.holder = ''`,
		string(t.store.o.Clinic), holder, until, now.UnixMicro())
	if err != nil {
		return broken(err)
	}
	if n == 0 {
		return errHeld
	}
	return nil
}

// renew keeps the lease. A lost one is not taken back: every append checks it.
func (s *Store) renew() {
	ctx, cancel := context.WithTimeout(context.Background(), leaseFor)
	defer cancel()
	err := s.do(ctx, &job{alone: true, run: func(ctx context.Context, t *clinicTx) error {
		return broken(t.c.exec(ctx, "UPDATE lease SET until = ? WHERE clinic = ? AND holder = ?",
			s.o.Now().Add(leaseFor).UnixMicro(), string(s.o.Clinic), s.lease))
	}})
	if err != nil && !errors.Is(err, ErrClosed) {
		s.o.Log.ErrorContext(ctx, "lease not renewed", slog.Any("error", err))
	}
}

// giveLease lets a waiting process go on at once.
func (s *Store) giveLease() {
	ctx, cancel := context.WithTimeout(context.Background(), leaseFor)
	defer cancel()
	err := s.do(ctx, &job{bare: true, run: func(ctx context.Context, t *clinicTx) error {
		return broken(t.c.exec(ctx, "UPDATE lease SET holder = '', until = 0 WHERE clinic = ? AND holder = ?", string(s.o.Clinic), s.lease))
	}})
	if err != nil {
		s.o.Log.WarnContext(ctx, "lease not given back: it runs out by itself", slog.Any("error", err))
	}
}

// heartbeat calls a function at intervals until it is stopped.
type heartbeat struct {
	once sync.Once
	quit chan struct{}
	done chan struct{}
}

func startHeartbeat(every time.Duration, f func()) *heartbeat {
	h := &heartbeat{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(h.done)
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				f()
			case <-h.quit:
				return
			}
		}
	}()
	return h
}

// stop waits until the last call has ended; a heartbeat never started is stopped.
func (h *heartbeat) stop() {
	if h == nil {
		return
	}
	h.once.Do(func() { close(h.quit) })
	<-h.done
}

// begin makes the heads of a new clinic's logs, and learns the logs' ids.
func (s *Store) begin(ctx context.Context) error {
	err := s.do(ctx, &job{bare: true, run: func(ctx context.Context, t *clinicTx) error {
		for k := range chains {
			if err := t.beginLog(ctx, k); err != nil {
				return broken(err)
			}
		}
		return nil
	}})
	if err != nil {
		return fmt.Errorf("begin record: %w", err)
	}
	if err := s.beginTelemetry(ctx); err != nil {
		return fmt.Errorf("begin telemetry: %w", err)
	}
	return s.readLogs(ctx)
}

func (t *clinicTx) beginLog(ctx context.Context, k chain) error {
	s := t.store
	log := newID[ident.Log](s.o)
	hash := journal.Genesis(s.o.Clinic, log)
	c := s.signer.sign(journal.Checkpoint{Clinic: s.o.Clinic, Log: log, Hash: hash, At: journal.Time(s.o.Now())})
	return t.c.exec(ctx, `INSERT INTO log_head (clinic, kind, log, position, hash, signed_at, signature)
		VALUES (?, ?, ?, 0, ?, ?, ?) ON CONFLICT (clinic, kind) DO NOTHING`,
		string(s.o.Clinic), k.kind(), string(log), hash[:], c.At.UnixMicro(), c.Signature)
}

// newID makes a UUIDv7 from the store's clock and randomness.
func newID[T ident.Command | ident.Log](o Options) T {
	var random [10]byte
	o.Random(random[:])
	return ident.New[T](o.Now().UnixMilli(), random)
}
