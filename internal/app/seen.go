package app

import (
	"context"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// mostTimes bounds how many instants of one command are looked up; an
// observation has a few, one for each way of measuring.
const mostTimes = 32

// seen are what a monitor sent at the instants that a command's readings name.
// What cannot be read is not seen: the decision then says so.
func (a *App) seen(ctx context.Context, monitor ident.Device, cmd session.Command) []vital.Sample {
	var out []vital.Sample
	asked := map[int64]bool{}
	for _, r := range readings(cmd) {
		at := r.At.UnixMilli() // as precise as a page is
		if monitor == "" || r.Origin == vital.ByHand || r.At.IsZero() || asked[at] || len(asked) == mostTimes {
			continue
		}
		asked[at] = true
		from := time.UnixMilli(at)
		rows, err := a.Telemetry.Samples(ctx, monitor, from, from.Add(time.Millisecond))
		if err != nil {
			a.Log.Warn("what the monitor sent could not be read", "error", err)
			continue
		}
		for _, row := range rows {
			x := row.Sample
			x.At = row.At
			out = append(out, x)
		}
	}
	return out
}

func readings(cmd session.Command) []vital.Reading {
	switch c := cmd.(type) {
	case session.Observe:
		return c.Readings
	case session.Amend:
		if c.Observation != nil {
			return c.Observation.Readings
		}
	default:
		// the others carry none
	}
	return nil
}
