package demo

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/simmon"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// pumpChair is where a simulated pump stands that tells what it does. It plays
// the morning's script and what a person presses on it; nothing that is charted
// reaches it, as nothing that Stillwatch records reaches a real one.
const pumpChair = 6

// bedPump is the pump with what it still has to tell: like a gateway it sends
// again, in order, what was not taken.
type bedPump struct {
	keys  *simmon.Pump
	waits [][]byte
	// follows: somebody asked for a hand that sets the pump to what is charted.
	follows bool
}

var pumpIdentity = simmon.PumpIdentity{Chair: pumpChair}

// tell adds messages and sends what waits.
func (b *bedPump) tell(ctx context.Context, messages [][]byte, send func(context.Context, []byte) error) error {
	b.waits = append(b.waits, messages...)
	for len(b.waits) > 0 {
		if err := send(ctx, b.waits[0]); err != nil {
			return fmt.Errorf("simulated pump: %w", err)
		}
		b.waits = b.waits[1:]
	}
	return nil
}

// receiving hands messages to the listener's handler, as in the morning that is played.
func receiving(a *app.App) func(context.Context, []byte) error {
	return func(ctx context.Context, message []byte) error {
		_, err := a.ReceiveHL7(ctx, netip.MustParseAddrPort("127.0.0.1:2"), message)
		return err
	}
}

// press has somebody press keys of the pump at a chair; another chair has none.
func (p *player) press(ctx context.Context, chair int, keys func(*simmon.Pump) [][]byte) error {
	if chair != pumpChair || p.pump == nil {
		return nil
	}
	return p.pump.tell(ctx, keys(p.pump.keys), receiving(p.app))
}

// linkPump switches the pump on, and has the nurse link it to the patient.
func (p *player) linkPump(t time.Time, v visit) {
	if v.chair != pumpChair || p.pump == nil { // a room that is only measured has none
		return
	}
	p.at(t, func(ctx context.Context) error {
		return p.press(ctx, v.chair, func(k *simmon.Pump) [][]byte { return k.SwitchOn(p.clock.Now()) })
	})
	p.at(t.Add(time.Minute), func(ctx context.Context) error {
		id, ok := pumpDevice(p.app)
		if !ok {
			return errors.New("the simulated pump has not spoken")
		}
		d := app.Description{Name: fmt.Sprintf("Virtual pump %d", pumpChair), Kind: "simulated infusion pump", Chair: pumpChair}
		if err := p.app.DescribeMonitor(ctx, p.who["okafor"], id, d); err != nil {
			return fmt.Errorf("name the simulated pump: %w", err)
		}
		return p.send(ctx, p.visits[v.chair], v.nurse, session.ActLinkPump, obj{"pump": id})
	})
}

// pumpDevice is the simulated pump in the register.
func pumpDevice(a *app.App) (ident.Device, bool) {
	for _, f := range a.Monitors() {
		if f.Monitor.Pump && f.Monitor.Unit == pumpIdentity.Unit() {
			return f.Monitor.ID, true
		}
	}
	return "", false
}

// leftPump is the pump of a demonstration that is opened again: it ran on.
func leftPump(ctx context.Context, a *app.App, now time.Time) (*bedPump, error) {
	fresh := &bedPump{keys: simmon.NewPump(pumpIdentity, now)}
	id, ok := a.AtChair(pumpChair)
	if !ok {
		return fresh, nil
	}
	v, err := a.Visit(ctx, id)
	if err != nil || v.State.Says == nil {
		return fresh, err
	}
	said := v.State.Says.Said
	var given, left unit.Volume
	var rate unit.PumpRate
	if said.Delivered != nil {
		given = *said.Delivered
	}
	if said.State == session.PumpRuns && said.Rate != nil && said.Remaining != nil {
		rate, left = *said.Rate, *said.Remaining
	}
	return &bedPump{keys: simmon.Left(pumpIdentity, said.At, given, rate, left)}, nil
}

// pumpKeys is what can be said to the pump at the terminal.
const pumpKeys = "pump start 14.5 · pump rate 21.7 · pump stop · pump block · pump clear · pump follow · pump alone"

// Press has a person press a key of the simulated pump, as typed: "rate 21.7". With
// "follow" a hand sets it from then on to what is charted at its chair, with "alone"
// nobody does.
func (c *Clinic) Press(ctx context.Context, typed string) error {
	c.passing.Lock()
	defer c.passing.Unlock()
	now, k := c.clock.Now(), c.pump.keys
	key, number, _ := strings.Cut(strings.TrimSpace(typed), " ")
	var rate unit.PumpRate
	if key == "start" || key == "rate" {
		if err := parse(&rate, number); err != nil || !rate.Positive() {
			return fmt.Errorf("at how many mL/h? Write it as pump %s 14.5", key)
		}
	}
	var out [][]byte
	switch key {
	case "start":
		volume, err := c.toInfuse(ctx, now)
		if err != nil {
			return err
		}
		out = k.Start(now, rate, volume)
	case "rate":
		out = k.SetRate(now, rate)
	case "stop":
		out = k.Stop(now)
	case "block":
		out = k.Block(now)
	case "clear":
		out = k.Clear(now)
	case "follow", "alone":
		c.pump.follows = key == "follow"
	default:
		return errors.New("the pump has no such key; it has " + pumpKeys)
	}
	return c.pump.tell(ctx, out, c.pumpLink.Send)
}

func parse[U unit.Base](to *unit.Of[U], s string) (err error) {
	*to, err = unit.Parse[U](strings.TrimSpace(s))
	return err
}

// runPump lets the pump run and tell.
func (c *Clinic) runPump(ctx context.Context) {
	c.passing.Lock()
	defer c.passing.Unlock()
	out := c.pump.keys.Step(c.clock.Now())
	if c.pump.follows {
		more, err := c.followed(ctx, c.clock.Now())
		if err == nil { // the next tick tries again
			out = append(out, more...)
		}
	}
	_ = c.pump.tell(ctx, out, c.pumpLink.Send) // what was not taken waits for the next tick
}

// followed is what a hand presses that sets the pump to what is charted.
func (c *Clinic) followed(ctx context.Context, now time.Time) ([][]byte, error) {
	id, ok := c.Server.App().AtChair(pumpChair)
	if !ok {
		return c.pump.keys.Stop(now), nil
	}
	v, err := c.Server.App().Visit(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !v.State.RunningAt(now):
		return c.pump.keys.Stop(now), nil
	case c.pump.keys.Delivers():
		return c.pump.keys.SetRate(now, v.State.RateAt(now)), nil
	}
	volume, err := c.toInfuse(ctx, now)
	return c.pump.keys.Start(now, v.State.RateAt(now), volume), err
}

// toInfuse is what the order still asks for: what a person programs.
func (c *Clinic) toInfuse(ctx context.Context, now time.Time) (unit.Volume, error) {
	id, ok := c.Server.App().AtChair(pumpChair)
	if !ok {
		return unit.Volume{}, errors.New("no patient is at the pump's chair")
	}
	v, err := c.Server.App().Visit(ctx, id)
	if err != nil {
		return unit.Volume{}, err
	}
	if v.State.Order == nil {
		return unit.Volume{}, errors.New("there is no order at the pump's chair")
	}
	left := planned(*v.State.Order).Sub(v.State.PumpedAt(now).Volume)
	if left.Sign() <= 0 {
		return unit.Volume{}, errors.New("what was ordered is given")
	}
	return unit.ML(left.Fixed(1)), nil
}
