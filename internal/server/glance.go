package server

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// glances holds what streams of one chair share: a value of its monitor wakes all of
// them at the same moment.
type glances struct {
	mu sync.Mutex // held to find a chair's
	of map[ident.Chair]*glance
}

// glance is a chair as it was looked at last.
type glance struct {
	mu       sync.Mutex // held while the chair is looked at: who waits is given that look
	standing app.Standing
	at       time.Time
	visit    app.Visit
	live     view.Live
}

func newGlances() *glances { return &glances{of: map[ident.Chair]*glance{}} }

func (g *glances) chair(chair ident.Chair) *glance {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of[chair] == nil {
		g.of[chair] = &glance{}
	}
	return g.of[chair]
}

// fresh reports whether the look serves: nothing came since, and a burst ago at most.
func (g *glance) fresh(now app.Standing, at time.Time) bool {
	return g.standing == now && at.Sub(g.at) < chairEvery
}

// glance looks at a chair, whose newest entry and message are as given, or gives the
// look that another stream has just had. Nothing of it is to be changed in place.
func (r room) glance(ctx context.Context, chair ident.Chair, now app.Standing) (app.Visit, view.Live, error) {
	if r.glances == nil {
		v, err := r.app.Visit(ctx, now.Session)
		if err != nil {
			return app.Visit{}, view.Live{}, err
		}
		return v, liveOf(v), nil
	}
	g := r.glances.chair(chair)
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := time.Now(); !g.fresh(now, at) {
		v, err := r.app.Visit(ctx, now.Session)
		if err != nil {
			return app.Visit{}, view.Live{}, err
		}
		g.standing, g.at, g.visit, g.live = now, at, v, liveOf(v)
	}
	return g.visit, g.live, nil
}

// liveOf are the values of a chair for everybody: the notices with every button, and
// no samples.
func liveOf(v app.Visit) view.Live {
	return view.Live{
		Chair: int(v.State.Chair), Head: v.Position, Cursor: v.Feed.Cursor, AtMS: v.Env.Now.UnixMilli(),
		Tiles: present.Tiles(v), Scores: present.ChairScores(v), Link: present.Link(v), Next: present.Next(v), Device: present.Device(v),
		Headline: present.Headline(v), Notices: slices.Clip(present.Notices(v)), Hearing: present.Hearing(v),
	}
}
