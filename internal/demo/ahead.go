package demo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// furthest is how much of the clinic's time may pass at once.
const furthest = 4 * time.Hour

// hear lets time pass as the person at the terminal says, a line each time, and
// presses the keys of the simulated pump.
func (c *Clinic) hear(ctx context.Context, in io.Reader, out io.Writer) {
	lines := bufio.NewScanner(in)
	for lines.Scan() && ctx.Err() == nil {
		if typed, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "pump "); ok {
			if err := c.Press(ctx, typed); err != nil {
				say(out, "The pump: "+err.Error()+".")
			}
			continue
		}
		d, err := time.ParseDuration(strings.TrimSpace(lines.Text()))
		if err != nil {
			say(out, "How long should pass? Write it as 90s, 10m or 1h.")
			continue
		}
		if err := c.Pass(ctx, d); err != nil {
			say(out, "Time could not pass: "+err.Error())
			continue
		}
		say(out, "In the clinic it is now "+c.clock.Now().In(c.Server.App().Zone).Format(time.TimeOnly)+".")
	}
}

// Pass lets time pass in the clinic at once. Nothing is skipped: the monitors
// speak in between, what the clock drives runs, and a page that sounds when it
// begins sounds until it ends; it says so itself again afterwards. It exists in the
// demonstration only; a clinic's own clock is the machine's.
func (c *Clinic) Pass(ctx context.Context, d time.Duration) error {
	if d <= 0 || d > furthest {
		return fmt.Errorf("time passes forwards, at most %s at once", furthest)
	}
	c.passing.Lock()
	defer c.passing.Unlock()
	defer c.clock.Release()
	p := &player{app: c.Server.App(), clock: c.clock, rates: c.rates, sources: c.sources, pump: c.pump}
	if err := c.rates.follow(ctx, p.app, chairs); err != nil {
		return err
	}
	p.sounding = p.app.Sounding()
	now := c.clock.hold()
	to := now.Add(d)
	if err := p.play(ctx, now, to); err != nil {
		return err
	}
	c.clock.move(to)
	p.sound(true)
	return p.speak(ctx, to)
}
