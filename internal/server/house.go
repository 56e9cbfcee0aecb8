package server

import (
	"context"
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// infusionRoom is the one room of a clinic whose chairs share it.
const infusionRoom = "infusion room"

// RoomCheck is the page of the morning's check.
func (d desk) RoomCheck(ctx context.Context, v web.Visitor, _ string) (view.RoomCheck, error) {
	s, err := d.app.House(ctx)
	if err != nil {
		return view.RoomCheck{}, err
	}
	now := d.app.Now()
	out := view.RoomCheck{Room: infusionRoom, Rooms: []view.Option{{Value: infusionRoom, Label: upper(infusionRoom)}}, May: may(v, house.ActCheckRoom)}
	for _, what := range house.List() {
		out.Items = append(out.Items, view.RoomItem{ID: string(what), Label: upper(string(what)), Expires: what.Expires()})
	}
	all, err := stations(ctx, d.auth)
	if err != nil {
		return view.RoomCheck{}, err
	}
	for _, x := range all {
		out.Stations = append(out.Stations, present.StationTest(x.Name, s, x.ID, d.app.Names(ctx), now, d.app.Zone))
	}
	t := s.OneRoomToday(infusionRoom, now, d.app.Zone)
	out.Open = t.Open
	if t.Done {
		names := d.app.Names(ctx)
		out.Done = fmt.Sprintf("Signed today at %s by %s", word.Clock(t.At.In(d.app.Zone)), names[s.Rooms[infusionRoom].By])
	}
	return out, nil
}

// SignRoom records the morning's check under the visitor's signature.
func (d desk) SignRoom(ctx context.Context, v web.Visitor, id ident.Command, room string, answers []web.RoomAnswer) error {
	cmd := house.CheckRoom{Room: room}
	var details []journal.Detail
	for _, a := range answers {
		if a.Answer != "present" && a.Answer != "missing" {
			return badInput(fmt.Errorf("%s was not looked at: say whether it is present", a.Item))
		}
		note, detail := d.app.Private(strings.TrimSpace(a.Note))
		if detail != nil {
			details = append(details, *detail)
		}
		cmd.Items = append(cmd.Items, house.Item{What: house.Equipment(a.Item), Present: a.Answer == "present", Expiry: a.Expiry, Note: note})
	}
	return d.ofHouse(ctx, v, id, cmd, details)
}

// building knows the server itself, for /healthz, /about and /trust.
type building struct {
	health  func(context.Context) view.Health
	version string
	local   *auth.Local // nil when certificates were given, or there are none
	plain   bool        // pages are served without certificates, on loopback only
	address string
	rules   string
}

// Health says what works and what is degraded.
func (b building) Health(ctx context.Context) view.Health { return b.health(ctx) }

// About says which build this is.
func (b building) About(context.Context) view.About {
	return view.About{Version: b.version, Library: b.rules, Notices: []view.Licence{
		{Name: "Stillwatch", Licence: "Apache-2.0", Where: "LICENSE"},
		{Name: "Bundled libraries and fonts", Licence: "see NOTICE", Where: "NOTICE"},
	}}
}

// Trust brings the clinic's own certificate authority to a tablet.
func (b building) Trust(context.Context) (view.Trust, error) {
	t := view.Trust{Address: b.address + "/trust", Plain: b.plain}
	if b.local == nil {
		return t, nil
	}
	trust := b.local.Trust()
	t.Own, t.Until, t.Fingerprint = true, word.Day(trust.Expires), trust.Fingerprint
	return t, nil
}

// Authority is the certificate authority as PEM and as DER.
func (b building) Authority(context.Context) (pem, der []byte, err error) {
	if b.plain {
		return nil, nil, &web.Trouble{Status: 404, What: "This server has no certificates: it serves plain HTTP to this machine alone.", Do: "Serve with certificates before a tablet uses it."}
	}
	if b.local == nil {
		return nil, nil, &web.Trouble{Status: 404, What: "This server uses certificates that the clinic gave it.", Do: "A tablet that does not trust them gets the authority from whoever issued them."}
	}
	trust := b.local.Trust()
	return trust.PEM, trust.DER, nil
}
