package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// desk keeps the registers for the desk pages.
type desk struct {
	app      *app.App
	auth     *auth.Service
	people   people
	networks []string
	wires    *wires
	meter    *meter
	skews    *skews // nil where nobody measures
}

func may(v web.Visitor, what act.Act) bool { return act.May(v.Actor, what).Allowed }

func need(v web.Visitor, what act.Act) error {
	p := act.May(v.Actor, what)
	if p.Allowed {
		return nil
	}
	roles := make([]string, len(p.Needs))
	for i, r := range p.Needs {
		roles[i] = string(r)
	}
	return &web.Trouble{Status: http.StatusForbidden, What: "Your roles do not allow this.", Do: "It needs: " + strings.Join(roles, " or ") + "."}
}

func badInput(err error) error {
	return &web.Trouble{Status: http.StatusBadRequest, What: upper(wordsOf(err)) + ".", Do: "Correct it and send it again. Nothing was recorded."}
}

// Patients lists the register; the read is audited.
func (d desk) Patients(ctx context.Context, v web.Visitor, query string) (view.Patients, error) {
	if err := need(v, "patient.list"); err != nil {
		return view.Patients{}, err
	}
	all, err := d.app.Patients(ctx, v.Actor)
	if err != nil {
		return view.Patients{}, err
	}
	out := view.Patients{MayAdd: may(v, "patient.put"), Query: query}
	last, now := d.app.LastVisits(), d.app.Now()
	for id, p := range all {
		if query != "" && !strings.Contains(strings.ToLower(p.Name()+" "+p.Number+" "+p.Born), strings.ToLower(query)) {
			continue
		}
		out.Rows = append(out.Rows, view.PatientRow{ID: string(id), Number: p.Number, Name: p.ListName(), Born: word.Date(p.Born), Allergies: p.AllergyText(), Last: present.DayOf(last[id], now, d.app.Zone)})
	}
	slices.SortFunc(out.Rows, func(a, b view.PatientRow) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// AddPatient adds one patient. The form's key becomes the patient's id, so
// that the same form twice adds one.
func (d desk) AddPatient(ctx context.Context, v web.Visitor, id ident.Command, p view.PatientDraft) error {
	if err := need(v, "patient.put"); err != nil {
		return err
	}
	row := app.Patient{ID: ident.Patient(id), Number: p.Number, Given: p.Given, Family: p.Family, Born: p.Born, Phone: p.Phone}
	row.Allergies, row.AllergiesAsked = allergies(p.Allergies)
	switch p.AllergyToDrug {
	case "yes", "no":
		yes := p.AllergyToDrug == "yes"
		row.AllergyToDrug = &yes
	}
	_, err := d.app.AddPatient(ctx, v.Actor, row)
	switch {
	case errors.Is(err, app.ErrMalformed):
		return badInput(err)
	case errors.Is(err, app.ErrTaken):
		return &web.Trouble{Status: http.StatusConflict, What: "That record number belongs to another patient.", Do: "Look the patient up, or check the number."}
	}
	return err
}

// allergies reads "morphine (hives), latex"; "none" says the question was
// asked and answered; nothing says it was not asked.
func allergies(s string) (list []app.Allergy, asked bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, false
	}
	if strings.EqualFold(s, "none") {
		return nil, true
	}
	for part := range strings.SplitSeq(s, ",") {
		to, rest, _ := strings.Cut(strings.TrimSpace(part), "(")
		if to = strings.TrimSpace(to); to != "" {
			list = append(list, app.Allergy{To: to, Reaction: strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), ")"))})
		}
	}
	return list, true
}

// People lists the staff with how their credentials stand.
func (d desk) People(ctx context.Context, v web.Visitor) (view.People, error) {
	if err := need(v, "people.list"); err != nil {
		return view.People{}, err
	}
	all, err := d.auth.People(ctx)
	if err != nil {
		return view.People{}, err
	}
	out := view.People{MayAdd: may(v, "people.put")}
	for _, r := range act.Roles() {
		out.Roles = append(out.Roles, view.Option{Value: string(r), Label: string(r)})
	}
	for _, k := range auth.CredentialKinds() {
		out.Kinds = append(out.Kinds, view.Option{Value: string(k), Label: k.Name()})
	}
	for _, p := range all {
		out.Rows = append(out.Rows, d.personRow(p))
	}
	return out, nil
}

func (d desk) personRow(p auth.Person) view.PersonRow {
	roles := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = string(r)
	}
	row := view.PersonRow{ID: string(p.ID), Name: p.Name, Login: p.Login, Roles: strings.Join(roles, ", "), Active: !p.Disabled, Tone: view.Plain}
	now := d.app.Now()
	for _, c := range p.Credentials {
		s := c.Standing(now, d.app.Zone)
		item := view.Credential{Kind: c.Kind.Name(), Number: c.Number, Expires: word.Date(string(c.Expires)), State: string(s.State), Tone: view.Plain}
		if m, say := s.Message(); say {
			item.State, item.Tone, row.Tone = m.English(), view.Amber, view.Amber
			row.Note = m.English()
		}
		row.Credentials = append(row.Credentials, item)
	}
	return row
}

// AddPerson makes an account; the one-time password is shown once.
func (d desk) AddPerson(ctx context.Context, v web.Visitor, id ident.Command, p web.PersonDraft) (string, error) {
	if err := need(v, "people.put"); err != nil {
		return "", err
	}
	oneTime, err := d.auth.AddPersonOnce(ctx, v.Actor, id, auth.Person{Login: p.Login, Name: p.Name, Roles: p.Roles})
	if err != nil {
		return "", d.wordsFor(err)
	}
	return oneTime, nil
}

func (d desk) wordsFor(err error) error {
	said := d.people.trouble(err)
	var t *web.Trouble
	if errors.As(said, &t) {
		return said
	}
	return badInput(err)
}

// ChangePerson makes one change of an account, once for each form.
func (d desk) ChangePerson(ctx context.Context, v web.Visitor, id ident.Command, c web.PersonChange) (string, error) {
	if err := need(v, "people.put"); err != nil {
		return "", err
	}
	change := auth.Change{What: auth.ChangeKind(c.What)}
	if change.What == auth.PutOnRecord {
		until, err := auth.ParseDate(c.Expires)
		if err != nil {
			return "", d.wordsFor(err)
		}
		change.Credential = auth.Credential{Kind: auth.CredentialKind(c.Kind), Number: c.Number, Expires: until}
	}
	oneTime, err := d.auth.ChangeOnce(ctx, v.Actor, id, c.Person, change)
	if err != nil {
		return "", d.wordsFor(err)
	}
	return oneTime, nil
}

// Devices lists monitors, tablets and what was set aside.
func (d desk) Devices(ctx context.Context, v web.Visitor) (view.Devices, error) {
	if err := need(v, "device.list"); err != nil {
		return view.Devices{}, err
	}
	out := view.Devices{MayAdd: may(v, "device.describe"), Networks: d.networks}
	troubles, err := d.app.MonitorTroubles(ctx)
	if err != nil {
		return view.Devices{}, err
	}
	for _, f := range d.app.Monitors() {
		m := d.monitor(f)
		for _, t := range troubles {
			if t.Monitor == f.Monitor.ID {
				m.Troubles = append(m.Troubles, present.TroubleText(t, d.app.Zone))
			}
		}
		out.Monitors = append(out.Monitors, m)
	}
	for n := 1; n <= d.app.Chairs; n++ {
		out.Chairs = append(out.Chairs, view.Option{Value: fmt.Sprint(n), Label: fmt.Sprintf("Chair %d", n)})
	}
	out.Zones = d.zones()
	tablets, err := d.auth.Devices(ctx)
	if err != nil {
		return view.Devices{}, err
	}
	for _, t := range tablets {
		out.Tablets = append(out.Tablets, d.tablet(t))
	}
	if out.Quarantine, err = d.aside(ctx); err != nil {
		return view.Devices{}, err
	}
	for _, n := range d.wires.troubles() {
		out.Connections = append(out.Connections, view.Connection{
			When: word.Second(n.at.In(d.app.Zone)), From: n.from.String(), What: connectionText(n), Count: n.count,
		})
	}
	return out, nil
}

func (d desk) monitor(f app.Feed) view.Monitor {
	m := f.Monitor
	out := view.Monitor{
		ID: string(m.ID), Name: m.Name, Kind: m.Kind, EUI: m.EUI64, Application: m.Application, Bed: m.Bed, Peer: m.Peer,
		Chair: int(m.Chair), Zone: d.zoneText(f), Simulated: m.Simulated && !strings.Contains(m.Kind, "simulated"), Tone: view.Plain, State: "online",
	}
	if m.Pump && out.Kind == "" {
		out.Kind = "infusion pump " + m.Unit
	}
	now := d.app.Now()
	switch {
	case m.Pump: // it speaks when something happens
		out.State, out.Tone = "speaks of events only", view.Quiet
	case f.LastAt.IsZero():
		out.State, out.Tone = "silent since the start", view.Quiet
	case !session.Online(d.app.Knows().Rules, f.LastAt, now):
		out.State, out.Tone = "silent for "+present.Age(now.Sub(f.LastAt)), view.Amber
	case present.ClockText(f, d.app.Knows().Rules) != "":
		out.State, out.Tone = present.ClockText(f, d.app.Knows().Rules), view.Amber
	}
	if !f.LastAt.IsZero() {
		out.Last = word.Second(f.LastAt.In(d.app.Zone))
		out.Offset = "its times not read"
		if f.OffsetKnown {
			out.Offset = offsetText(f.Offset)
		}
	}
	return out
}

// offsetText is how far a clock is off, "+0.4 s". What rounds to nothing has no
// sign.
func offsetText(off time.Duration) string {
	tenths := off.Round(100 * time.Millisecond)
	if tenths == 0 {
		return "0.0 s"
	}
	return fmt.Sprintf("%+.1f s", tenths.Seconds())
}

// zones are suggested for a monitor's clock: any IANA zone may be typed.
func (d desk) zones() []view.Option {
	var out []view.Option
	for _, name := range []string{d.app.Zone.String(), "UTC"} {
		if !slices.ContainsFunc(out, func(o view.Option) bool { return o.Value == name }) {
			out = append(out, view.Option{Value: name, Label: name})
		}
	}
	return out
}

// zoneText is the zone in which a monitor's times are read, with how far it is
// from UTC now.
func (d desk) zoneText(f app.Feed) string {
	name, zone := "the clinic's zone", d.app.Zone
	if f.Monitor.Zone != "" {
		name = f.Monitor.Zone
		own, err := time.LoadLocation(name)
		if err != nil {
			return name + ", not known here: read in the clinic's zone"
		}
		zone = own
	}
	return name + ", " + d.app.Now().In(zone).Format("UTC-07:00")
}

func (d desk) tablet(t auth.Device) view.Tablet {
	out := view.Tablet{ID: string(t.ID), Name: t.Name, Kind: string(t.Kind), Place: "station", Since: word.Day(t.EnrolledAt.In(d.app.Zone)), State: "enrolled"}
	if t.Chair != 0 {
		out.Place = fmt.Sprintf("chair %d", t.Chair)
	}
	if !t.RevokedAt.IsZero() {
		out.State, out.Revoked = "revoked", true
	}
	d.clockOf(&out, t.ID)
	return out
}

// AddMonitor names a monitor that has spoken, or enters one that is expected.
func (d desk) AddMonitor(ctx context.Context, v web.Visitor, _ ident.Command, m web.MonitorDraft) error {
	if err := need(v, "device.describe"); err != nil {
		return err
	}
	err := d.app.ExpectMonitor(ctx, v.Actor, app.Monitor{
		Name: m.Name, Kind: m.Kind, EUI64: strings.ToUpper(m.EUI), Application: m.Application, Bed: m.Bed, Peer: m.Peer, Zone: m.Zone, Chair: m.Chair,
	})
	if errors.Is(err, app.ErrMalformed) {
		return badInput(err)
	}
	return err
}

// EnrolCode returns a code that enrols one tablet or station.
func (d desk) EnrolCode(ctx context.Context, v web.Visitor, _ ident.Command, kind string, chair ident.Chair) (code, until string, err error) {
	as := auth.Placement{Kind: auth.DeviceKind(kind), Chair: chair, Name: "station"}
	if as.Kind == auth.ChairTablet {
		as.Name = fmt.Sprintf("tablet at chair %d", chair)
	}
	of, err := d.auth.ViewOf(ctx, v.Actor)
	if err != nil {
		return "", "", d.wordsFor(err)
	}
	code, t, err := d.auth.EnrolmentCode(ctx, of, as)
	if err != nil {
		return "", "", d.wordsFor(err)
	}
	return code, word.Clock(t.In(d.app.Zone)), nil
}

// Revoke takes a device's enrolment away.
func (d desk) Revoke(ctx context.Context, v web.Visitor, _ ident.Command, device ident.Device) error {
	of, err := d.auth.ViewOf(ctx, v.Actor)
	if err == nil {
		err = d.auth.Revoke(ctx, of, device)
	}
	if err != nil {
		return d.wordsFor(err)
	}
	return nil
}
