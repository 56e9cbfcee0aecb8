package present

import (
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Device offers the linked monitor's values for confirmation. A link in
// doubt, a value from before the link and a questionable one are not offered.
// Of two sites of one metric each is offered with its place: the person who
// charts says which.
func Device(v app.Visit) []view.Reading {
	if !v.HasFeed || !v.State.Link.Confirmed || !v.State.OffTill.IsZero() {
		return nil
	}
	var out []view.Reading
	for _, f := range vital.Fields() {
		fresh := live(v)
		switch f.Kind {
		case vital.NIBPSys, vital.NIBPDia, vital.NIBPMean:
			fresh = cuffFresh(v)
		default:
		}
		rows := current(v, f.Kind, fresh)
		for _, row := range rows {
			if row.Sample.Quality != vital.Good {
				continue
			}
			r := view.Reading{
				Kind: string(f.Kind), V: text(row), U: f.UCUM, AtMS: ms(row.At), FreshMS: fresh.Milliseconds(),
				Site: row.Sample.Site, Source: row.Sample.Source,
			}
			if len(rows) > 1 {
				r.Where = where(row, rows)
			}
			out = append(out, r)
		}
	}
	return out
}

// purpose is why an observation is made now: for the peak while that is due,
// else what the phase says.
func purpose(v app.Visit) session.Purpose {
	for _, d := range dueItems(v) {
		if d.What == session.RoundPeak && d.State != schedule.Next {
			return session.ForPeak
		}
	}
	switch v.State.Phase {
	case session.PhaseArrived, session.PhaseReady, session.PhasePrepared:
		return session.ForBaseline
	case session.PhaseStopped, session.PhaseRecovering:
		return session.ForRecovery
	default:
		return session.ForRound
	}
}
