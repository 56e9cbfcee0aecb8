package server

import (
	"context"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
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
	out := present.AlarmSettings(d.app.AlarmRules)
	out.May = may(v, house.ActSignAlarms)
	if on {
		out.Signed = "signed " + s.Alarms.At.In(d.app.Zone).Format("2 January 2006 15:04") + " by " + d.app.Names(ctx)[s.Alarms.By]
	}
	return out, nil
}

// SignAlarms records the director's signature.
func (d desk) SignAlarms(ctx context.Context, v web.Visitor, id ident.Command, hash string) error {
	cmd := house.SignAlarms{AlarmSettings: d.app.AlarmSettings()}
	cmd.Hash = hash
	began := time.Now()
	f, err := d.app.DoHouse(ctx, v.Actor, id, cmd, nil)
	d.meter.command(house.ActSignAlarms, began, answered(app.Answer{Refusal: f}, err))
	if err != nil {
		return err
	}
	if f != nil {
		return refused(f)
	}
	return nil
}
