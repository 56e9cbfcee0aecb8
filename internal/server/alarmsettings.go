package server

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// AlarmSettings is the page on which the director reads and signs them.
func (d desk) AlarmSettings(ctx context.Context, v web.Visitor) (view.AlarmSettings, error) {
	s, err := d.app.House(ctx)
	if err != nil {
		return view.AlarmSettings{}, err
	}
	on, err := d.app.AlarmsOn(ctx)
	if err != nil {
		return view.AlarmSettings{}, err
	}
	out := present.AlarmSettings(d.app.Knows().AlarmRules)
	out.May = may(v, house.ActSignAlarms)
	if on {
		out.Signed = "Signed " + word.Moment(s.Alarms.At.In(d.app.Zone)) + " by " + d.app.Names(ctx)[s.Alarms.By]
	}
	return out, nil
}

// AlarmReview is what alarms asked of people in the last days.
func (d desk) AlarmReview(ctx context.Context, v web.Visitor, days int) (view.AlarmUse, error) {
	if err := need(v, "record.read"); err != nil {
		return view.AlarmUse{}, err
	}
	if !slices.Contains(app.ReviewDays(), days) {
		return view.AlarmUse{}, &web.Trouble{Status: http.StatusBadRequest, What: "The review is made for one of a few spans of days.", Do: "Choose one on the page."}
	}
	u, err := d.app.ReviewAlarms(ctx, days)
	return present.AlarmUse(u, days, app.ReviewDays()), err
}

// SignAlarms records the director's signature.
func (d desk) SignAlarms(ctx context.Context, v web.Visitor, id ident.Command, hash string) error {
	cmd := house.SignAlarms{AlarmSettings: d.app.AlarmSettings()}
	cmd.Hash = hash
	return d.ofHouse(ctx, v, id, cmd, nil)
}

// ofHouse takes a command of the house from its page, and counts it.
func (d desk) ofHouse(ctx context.Context, v web.Visitor, id ident.Command, cmd house.Command, details []journal.Detail) error {
	began := time.Now()
	f, err := d.app.DoHouse(ctx, v.Actor, id, cmd, details)
	d.meter.command(cmd.Act(), began, answered(app.Answer{Refusal: f}, err))
	if err != nil {
		return err
	}
	if f != nil {
		return refused(f)
	}
	return nil
}
