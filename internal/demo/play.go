package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/simmon"
)

// Clock is moved by hand through the past and then runs with the real one,
// ahead of it by what was let pass since.
type Clock struct {
	mu    sync.Mutex // held to read or move the hand
	hand  time.Time
	ahead time.Duration
	live  func() time.Time
}

// NewClock starts a clock at an instant of the past.
func NewClock(at time.Time, live func() time.Time) *Clock { return &Clock{hand: at, live: live} }

// Now is the moved time, or the real one once Release was called.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hand.IsZero() {
		return c.live().Add(c.ahead)
	}
	return c.hand
}

func (c *Clock) move(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.hand.IsZero() && to.After(c.hand) {
		c.hand = to
	}
}

// hold stops the clock where it is, to be moved by hand.
func (c *Clock) hold() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hand.IsZero() {
		c.hand = c.live().Add(c.ahead)
	}
	return c.hand
}

// Release lets the clock run with the real one, never backwards.
func (c *Clock) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = max(c.ahead, c.hand.Sub(c.live()))
	c.hand = time.Time{}
}

// obj is a JSON object as a page would send it.
type obj map[string]any

func text(s string) obj { return obj{"text": s} }

func qty(v, u string) obj { return obj{"v": v, "u": u} }

// step is one thing that happens at an instant of the past.
type step struct {
	at time.Time
	do func(ctx context.Context) error
}

// player plays the past.
type player struct {
	weights  map[int]string // of each chair's patient, in kg
	more     []staff        // people beside the cast
	screened map[int]bool   // chairs whose patient has a course on record
	app      *app.App
	clock    *Clock
	who      map[string]act.Actor // by login
	visits   map[int]ident.Session
	rates    *rates
	steps    []step
	sources  map[int]*simmon.Patient
	pump     *bedPump // nil where none stands
	// sounding are the places that say again and again that they sound, while
	// the player moves the clock.
	sounding []app.Place
}

// rates is the side channel that tells the virtual monitors how fast the
// pumps run, in mg/kg/h by chair.
type rates struct {
	mu sync.Mutex // held for a map access
	by map[int]float64
}

func (r *rates) set(chair int, rate float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.by[chair] = rate
}

func (r *rates) get(chair int) float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.by[chair]
}

// follow reads the rates from the record, as it stands now.
func (r *rates) follow(ctx context.Context, a *app.App, chairs int) error {
	for chair := 1; chair <= chairs; chair++ {
		if err := r.read(ctx, a, chair); err != nil {
			return err
		}
	}
	return nil
}

// read reads the rate of one chair from the record.
func (r *rates) read(ctx context.Context, a *app.App, chair int) error {
	rate := 0.0
	if id, ok := a.AtChair(ident.Chair(chair)); ok {
		v, err := a.Visit(ctx, id)
		if err != nil {
			return err
		}
		rate = v.DoseRate()
	}
	r.set(chair, rate)
	return nil
}

// at adds a step.
func (p *player) at(t time.Time, do func(ctx context.Context) error) {
	p.steps = append(p.steps, step{t, do})
}

// say adds one command by a person to a chair's visit.
func (p *player) say(t time.Time, chair int, login string, what act.Act, body any) {
	p.at(t, func(ctx context.Context) error { return p.send(ctx, p.visits[chair], login, what, body) })
}

func (p *player) send(ctx context.Context, id ident.Session, login string, what act.Act, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode %s: %w", what, err)
	}
	actor, ok := p.who[login]
	if !ok {
		return fmt.Errorf("nobody signs in as %s", login)
	}
	actor.ProvedAt = p.clock.Now()
	r := app.Request{
		Act: what, Schema: 1, ID: app.NewID[ident.Command](p.app), Session: id, OccurredAt: p.clock.Now(),
		Actor: actor, Body: raw,
	}
	r.Digest = app.Digest(r)
	ans, err := p.app.Do(ctx, r)
	if err != nil {
		return fmt.Errorf("%s at %s: %w", what, p.clock.Now().Format(time.TimeOnly), err)
	}
	if ans.Refusal != nil {
		return fmt.Errorf("%s at %s was refused: %s%s", what, p.clock.Now().Format(time.TimeOnly), ans.Refusal.Error(), blockers(ans))
	}
	return nil
}

func blockers(ans app.Answer) string {
	out := ""
	if ans.Refusal.Gate != nil {
		for _, c := range ans.Refusal.Gate.Blockers() {
			out += fmt.Sprintf("; %s: %s %s", c.Title.English(), c.Outcome, c.Why.English())
		}
	}
	return out
}

// every is how often the monitors speak in the past.
const every = 15 * time.Second

// play runs the steps in order of time, the monitors speaking in between.
func (p *player) play(ctx context.Context, from, to time.Time) error {
	slices.SortStableFunc(p.steps, func(x, y step) int { return x.at.Compare(y.at) })
	next, last := 0, from
	for t := from; t.Before(to); t = t.Add(every) {
		for ; next < len(p.steps) && !p.steps[next].at.After(t); next++ {
			p.clock.move(p.steps[next].at)
			p.sound(true)
			if err := p.steps[next].do(ctx); err != nil {
				return err
			}
		}
		p.clock.move(t)
		p.sound(true)
		if err := p.speak(ctx, t); err != nil {
			return err
		}
		if err := p.app.Keep(ctx, last, t); err != nil {
			return err
		}
		last = t
	}
	return nil
}

// sound has the places say that they sound, or that they do not any more.
func (p *player) sound(audible bool) {
	for _, place := range p.sounding {
		p.app.SayHearing(place, audible)
	}
}

// speak sends one message from each monitor through the listener's handler,
// all at once, as monitors do.
func (p *player) speak(ctx context.Context, t time.Time) error {
	peer := netip.MustParseAddrPort("127.0.0.1:1")
	failed := make(chan error, len(p.sources))
	var all sync.WaitGroup
	for chair, patient := range p.sources {
		all.Go(func() {
			numerics := patient.Step(t, p.rates.get(chair))
			if len(numerics) == 0 {
				return
			}
			id := simmon.Identity{Chair: ident.Chair(chair)}
			control := fmt.Sprintf("PAST%d-%d", chair, t.UnixMilli())
			if _, err := p.app.ReceiveHL7(ctx, peer, simmon.Message(id, control, t, numerics)); err != nil {
				failed <- fmt.Errorf("monitor of chair %d: %w", chair, err)
			}
		})
	}
	all.Wait()
	close(failed)
	if err := <-failed; err != nil {
		return err
	}
	return p.press(ctx, pumpChair, func(k *simmon.Pump) [][]byte { return k.Step(t) })
}
