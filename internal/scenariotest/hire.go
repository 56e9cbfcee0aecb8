package scenariotest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/simmon"
	shipped "github.com/stillwatch/stillwatch/library"
)

// staff is the cast as the server knows it.
type staff struct {
	persons map[Speaker]ident.Person
	grants  map[Speaker]string // to write in a person's name
	others  map[Speaker]string // the same on the chair's other tablet
}

const (
	adminLogin    = "admin"
	adminPassword = "quiet room keyring"
)

// hire makes the staff and enrols the tablet, through the pages: the
// administrator replaces the first password, adds each person with
// credentials, and each person chooses a password at the tablet.
func hire(ctx context.Context, b *browser, first string, date func(string) string) (staff, error) {
	out := staff{persons: map[Speaker]ident.Person{}, grants: map[Speaker]string{}, others: map[Speaker]string{}}
	if err := b.settle(ctx, adminLogin, first, adminPassword); err != nil {
		return out, fmt.Errorf("settle the administrator: %w", err)
	}
	var err error
	if b.station, err = enrol(ctx, b, url.Values{"kind": {string(auth.Station)}, "name": {stationName}}); err != nil {
		return out, fmt.Errorf("enrol the station: %w", err)
	}
	if b.device, err = enrol(ctx, b, url.Values{"kind": {string(auth.ChairTablet)}, "chair": {usualChair.String()}}); err != nil {
		return out, fmt.Errorf("enrol the tablet: %w", err)
	}
	if b.other, err = enrol(ctx, b, url.Values{"kind": {string(auth.ChairTablet)}, "chair": {usualChair.String()}}); err != nil {
		return out, fmt.Errorf("enrol the other tablet: %w", err)
	}
	for who, p := range Cast() {
		id, grant, err := hireOne(ctx, b, p, date(credentialsEnd))
		if err != nil {
			return out, fmt.Errorf("hire %s: %w", p.Login, err)
		}
		out.persons[who], out.grants[who] = id, grant
		other := b.at(b.base)
		other.device = b.other
		if err = other.signIn(ctx, p.Login, p.Password); err == nil {
			_, out.others[who], err = granted(ctx, other, p.Login)
		}
		if err != nil {
			return out, fmt.Errorf("sign %s in at the other tablet: %w", p.Login, err)
		}
	}
	if err := signAlarms(ctx, b, date(credentialsEnd)); err != nil {
		return out, fmt.Errorf("sign the alarm settings: %w", err)
	}
	return out, nil
}

// signAlarms has the clinic's director sign the alarm settings and adopt the library,
// on their pages.
func signAlarms(ctx context.Context, b *browser, until string) error {
	haas := Person{Login: "haas", Name: "M. Haas MD", Password: "quiet room willow", Roles: []act.Role{act.Director}}
	if _, _, err := hireOne(ctx, b, haas, until); err != nil {
		return err
	}
	lib, err := library.DecodeAlarms(shipped.AlarmsYAML())
	if err != nil {
		return err
	}
	for page, hash := range map[string]string{"/alarms": lib.Hash(), "/library": library.Shipped().Hash()} {
		if _, err := b.form(ctx, page, haas.Login, url.Values{"sha256": {hash}, "sign.password": {haas.Password}}); err != nil {
			return err
		}
	}
	return nil
}

func hireOne(ctx context.Context, b *browser, p Person, until string) (ident.Person, string, error) {
	f := url.Values{"name": {p.Name}, "login": {p.Login}}
	for _, r := range p.Roles {
		f.Add("role", string(r))
	}
	a, err := b.form(ctx, "/people", adminLogin, f)
	if err != nil {
		return "", "", err
	}
	secret := texts(a.body, ".secret")
	if len(secret) != 1 {
		return "", "", errors.New("no one-time password was shown")
	}
	for _, k := range auth.CredentialKinds() {
		if err := credential(ctx, b, a.body, p.Name, string(k), until); err != nil {
			return "", "", err
		}
	}
	if err := b.settle(ctx, p.Login, secret[0], p.Password); err != nil {
		return "", "", err
	}
	return granted(ctx, b, p.Login)
}

// granted is a person's leave to write on a device on which they are signed in.
func granted(ctx context.Context, b *browser, login string) (ident.Person, string, error) {
	var g struct {
		Grant  string       `json:"grant"`
		Person ident.Person `json:"person"`
	}
	if _, err := b.json(ctx, "/v1/grant", login, obj{}, &g); err != nil {
		return "", "", err
	}
	if g.Grant == "" {
		return "", "", errors.New("no grant to write was given")
	}
	return g.Person, g.Grant, nil
}

var heading = regexp.MustCompile(`<h2 id="p-([0-9a-f-]+)">([^<]+?)\s*<`)

// credential records one credential of a person whom the people page shows.
func credential(ctx context.Context, b *browser, page []byte, name, kind, ends string) error {
	for _, m := range heading.FindAllSubmatch(page, -1) {
		if string(m[2]) == name {
			_, err := b.form(ctx, "/people/change", adminLogin, url.Values{
				"what": {"credential"}, "person": {string(m[1])}, "kind": {kind}, "number": {"1"}, "expires": {ends},
			})
			return err
		}
	}
	return fmt.Errorf("the people page does not show %s", name)
}

// stationName is what staff call the station.
const stationName = "station"

// enrol makes a browser a device of the clinic, and gives its cookie.
func enrol(ctx context.Context, b *browser, as url.Values) (cookie string, err error) {
	a, err := b.form(ctx, "/devices/code", adminLogin, as)
	if err != nil {
		return "", err
	}
	code := texts(a.body, ".secret")
	if len(code) != 1 {
		return "", errors.New("no code was shown")
	}
	if a, err = b.form(ctx, "/enrol", "", url.Values{"code": {code[0]}}); err != nil {
		return "", err
	}
	for _, c := range a.cookies {
		cookie = c.Name + "=" + c.Value
	}
	if cookie == "" {
		return "", errors.New("no device's cookie came back")
	}
	return cookie, nil
}

// admit does what a scenario was given: patients in the register, monitors in
// the register, credentials that ended.
func (s *site) admit(ctx context.Context, set Setting) error {
	quinn := Cast()[Quinn]
	for login, word := range map[string]string{quinn.Login: quinn.Password, adminLogin: adminPassword} {
		if err := s.signIn(ctx, login, word); err != nil {
			return err
		}
	}
	for i, chair := range chairs() {
		v := &siteVisit{id: ident.Session(freshID()), patient: ident.Patient(freshID())}
		s.visits[chair] = v
		f := url.Values{
			"command": {string(v.patient)}, "number": {fmt.Sprintf("S-%d", chair)}, "given": {[]string{"Maria", "Samir", "Ines"}[i]},
			"family": {[]string{"Rivera", "Haddad", "Duarte"}[i]}, "born": {"1981-05-04"}, "allergies": {"none"},
		}
		if set.DrugAllergy != nil {
			f.Set("allergy_to_drug", map[bool]string{true: "yes", false: "no"}[*set.DrugAllergy])
		}
		if _, err := s.form(ctx, "/patients", quinn.Login, f); err != nil {
			return err
		}
		if _, err := s.form(ctx, "/devices/monitors", adminLogin, url.Values{
			"name": {fmt.Sprintf("Monitor %d", chair)}, "kind": {"bedside monitor"}, "eui": {simmon.Identity{Chair: chair}.EUI64()},
			"chair": {chair.String()}, "zone": {"UTC"},
		}); err != nil {
			return err
		}
	}
	return s.end(ctx, set.Ended)
}

// end lets credentials end, on the people page.
func (s *site) end(ctx context.Context, ended []Ended) error {
	for _, e := range ended {
		page, err := s.get(ctx, "/people", adminLogin)
		if err != nil {
			return err
		}
		for _, p := range Cast() {
			if p.Login == e.Login {
				err = credential(ctx, s.browser, page, p.Name, e.Kind, s.date(e.On))
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func roomForm(missing []house.Equipment, date func(string) string) url.Values {
	f := url.Values{"room": {"infusion room"}}
	for _, what := range house.List() {
		f.Add("item", string(what))
		f.Set("answer."+string(what), "present")
		if slices.Contains(missing, what) {
			f.Set("answer."+string(what), "missing")
		}
		if what.Expires() {
			f.Set("expiry."+string(what), date(emergencyDrugsEnd))
		}
	}
	return f
}
