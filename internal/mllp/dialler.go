package mllp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// DiallerConfig is how a dialler is set up.
type DiallerConfig struct {
	// Monitor is the registered address to call: a number, never a name.
	Monitor netip.AddrPort
	Handler Handler
	// Notify hears of connections; nil if nobody does.
	Notify func(Notice)
	Limits Limits
	// First and Longest are the waits between attempts, doubled each time;
	// default 1 s and 1 min. A connection that brought a message starts anew.
	First, Longest time.Duration
	// After is the clock of the waits; default time.After.
	After func(time.Duration) <-chan time.Time
	// Dial opens the connection; default net.Dialer with 10 s.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Dialler keeps a connection to a monitor that is itself a TCP server.
type Dialler struct {
	cfg  DiallerConfig
	life life
}

// NewDialler makes a dialler; Start lets it call.
func NewDialler(cfg DiallerConfig) *Dialler {
	cfg.Limits = cfg.Limits.withDefaults()
	cfg.First = or(cfg.First, time.Second)
	cfg.Longest = or(cfg.Longest, time.Minute)
	if cfg.Notify == nil {
		cfg.Notify = func(Notice) {}
	}
	if cfg.After == nil {
		cfg.After = time.After
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	}
	return &Dialler{cfg: cfg}
}

// Start begins to call and returns at once: a monitor that is switched off
// must not keep the server from starting. A dialler starts once.
func (d *Dialler) Start(context.Context) error {
	if !d.cfg.Monitor.IsValid() {
		return errors.New("start MLLP dialler: no monitor address")
	}
	if !d.life.start() {
		return errors.New("start MLLP dialler: already started or stopped")
	}
	d.life.own(d.keep)
	return nil
}

// Stop ends the connection as Listener.Stop does.
func (d *Dialler) Stop() { d.life.stop(d.cfg.Limits.Grace) }

func (d *Dialler) keep() {
	wait := d.cfg.First
	for d.life.reading.Err() == nil {
		if d.call() {
			wait = d.cfg.First
		}
		if !pause(d.life.reading, d.cfg.After(wait)) {
			return
		}
		wait = min(2*wait, d.cfg.Longest)
	}
}

// call holds one connection; it reports whether a message came.
func (d *Dialler) call() bool {
	conn, err := d.cfg.Dial(d.life.reading, "tcp", d.cfg.Monitor.String())
	if err != nil {
		if d.life.reading.Err() == nil {
			d.cfg.Notify(Notice{Trouble, d.cfg.Monitor, fmt.Errorf("call monitor: %w", err)})
		}
		return false
	}
	k := &link{conn: conn, peer: d.cfg.Monitor, limits: d.cfg.Limits, handler: d.cfg.Handler, notify: d.cfg.Notify}
	k.run(d.life.reading, d.life.handling)
	return k.served > 0
}
