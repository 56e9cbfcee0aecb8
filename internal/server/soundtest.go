package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// stationOf is the enrolled station that a visitor's page is at; empty for a
// tablet at a chair, and for a browser that is not enrolled.
func stationOf(v web.Visitor) ident.Device {
	if v.Chair.Valid() {
		return ""
	}
	return v.Actor.Via
}

// TestSound records what a person perceived at this station.
func (r room) TestSound(ctx context.Context, v web.Visitor, id ident.Command, perceived map[string]bool) error {
	var cmd house.TestSound
	for _, what := range house.Signals() {
		if ok, said := perceived[string(what)]; said {
			cmd.Signals = append(cmd.Signals, house.Signal{What: what, OK: ok})
		}
	}
	began := time.Now()
	f, err := r.app.TestSound(ctx, v.Actor, stationOf(v), id, cmd)
	r.meter.command(house.ActTestSound, began, answered(app.Answer{Refusal: f}, err))
	if err != nil {
		return err
	}
	if f != nil {
		return refused(f)
	}
	return nil
}

// tested says on a board how the test of its station stands.
func (r room) tested(ctx context.Context, v web.Visitor, b view.Board) (view.Board, error) {
	station := stationOf(v)
	if b.Public || station == "" {
		return b, nil
	}
	s, err := r.app.House(ctx)
	if err != nil {
		return b, err
	}
	t := present.StationTest("", s, station, r.app.Names(ctx), r.app.Now(), r.app.Zone)
	b.Tested, b.TestFailed = t.Text, t.Tone == view.Amber
	return b, nil
}

// testers says whether the test can be recorded on a visitor's page, and, where
// nobody is signed in, who may do so by PIN.
func (r room) testers(ctx context.Context, v web.Visitor) (here bool, by []view.Option, err error) {
	switch {
	case stationOf(v) == "":
		return false, nil, nil
	case v.SignedIn():
		return act.May(v.Actor, house.ActTestSound).Allowed, nil, nil
	}
	by, err = r.people.People(ctx, v)
	return err == nil, by, err
}

// stations are the enrolled stations that were not revoked.
func stations(ctx context.Context, a *auth.Service) ([]auth.Device, error) {
	all, err := a.Devices(ctx)
	if err != nil {
		return nil, err
	}
	var out []auth.Device
	for _, d := range all {
		if d.Kind == auth.Station && d.RevokedAt.IsZero() {
			out = append(out, d)
		}
	}
	return out, nil
}

// soundHealth says how many stations cannot be relied on to be heard.
func (s *Server) soundHealth(ctx context.Context, h *health) {
	all, err := stations(ctx, s.auth)
	state, houseErr := s.app.House(ctx)
	if err = errors.Join(err, houseErr); err != nil {
		h.part("sound", degraded, err, "")
		return
	}
	failed, tested := 0, 0
	for _, d := range all {
		if state.Deaf(d.ID) {
			failed++
		}
		if _, today := state.TestToday(d.ID, s.cfg.Now(), s.app.Zone); today {
			tested++
		}
	}
	var fault error
	if failed > 0 {
		fault = fmt.Errorf("stations whose latest test of sound failed, and which do not count as hearing: %d of %d", failed, len(all))
	}
	h.part("sound", degraded, fault, fmt.Sprintf("%d of %d stations tested today", tested, len(all)))
}
