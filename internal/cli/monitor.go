package cli

import (
	"fmt"
	"os"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/simmon"
)

type monitorCmd struct {
	To       string        `help:"Where the clinic listens for monitors." required:"" placeholder:"HOST:PORT"`
	Chair    int           `help:"Chair to stand at." required:"" placeholder:"N"`
	CSV      string        `name:"csv" help:"Replay recorded numerics from this file." placeholder:"FILE" xor:"source"`
	Profile  string        `help:"Play a simulated patient: steady, pressor, restless, dropout, athlete, resting." xor:"source" placeholder:"NAME"`
	Speed    float64       `help:"Replay so many times faster." default:"1"`
	Interval time.Duration `help:"Time between messages." default:"1s"`
	Rate     float64       `help:"Pretend the pump runs at this rate, mg/kg/h." default:"0"`
	Seed     uint64        `help:"Seed of the simulated patient." default:"1"`
}

func (c monitorCmd) Run(e *env) error {
	chair := ident.Chair(c.Chair)
	if !chair.Valid() {
		return fmt.Errorf("--chair is 1 to %d, not %d", ident.MaxChair, c.Chair)
	}
	if c.Interval < 100*time.Millisecond || !(c.Speed > 0) || !(c.Rate >= 0) {
		return fmt.Errorf("--interval is at least 100ms, --speed above 0 and --rate not below 0")
	}
	source, err := c.source()
	if err != nil {
		return err
	}
	tick := time.NewTicker(c.Interval)
	defer tick.Stop()
	link := simmon.NewLink(c.To)
	defer link.Close()
	m := simmon.Monitor{
		Identity: simmon.Identity{Chair: chair}, Source: source, Sender: link, Tick: tick.C,
		Report: func(err error) { _, _ = fmt.Fprintln(e.errOut, "stillwatch:", err) },
	}
	if err := m.Run(e.ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d messages sent\n", m.Sent())
	return err
}

func (c monitorCmd) source() (simmon.Source, error) {
	if c.CSV != "" {
		f, err := os.Open(c.CSV)
		if err != nil {
			return nil, fmt.Errorf("open recording: %w", err)
		}
		defer func() { _ = f.Close() }()
		rec, err := simmon.ReadCSV(f)
		if err != nil {
			return nil, err
		}
		return &simmon.Replay{Recording: rec, Speed: c.Speed}, nil
	}
	name := c.Profile
	if name == "" {
		name = "steady"
	}
	p, err := simmon.ProfileNamed(name)
	if err != nil {
		return nil, err
	}
	return simmon.Live{Patient: simmon.NewPatient(p, c.Seed, time.Now()), Rate: func() float64 { return c.Rate }}, nil
}
