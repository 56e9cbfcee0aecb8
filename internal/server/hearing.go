package server

import (
	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/web"
)

// Hearing takes what a page says of itself. A station hears for the room,
// whoever is at it; any other page hears for whom it is signed in.
func (r room) Hearing(v web.Visitor, audible bool) {
	p := app.Place{Device: v.Actor.Via, Chair: v.Chair, Name: v.DeviceName}
	p.Station = p.Device != "" && !v.Chair.Valid()
	if v.SignedIn() && !p.Station {
		p.Person, p.Name, p.Nurse = v.Actor.Person, v.Name, v.Actor.Is(act.Nurse)
	}
	r.app.SayHearing(p, audible)
}
