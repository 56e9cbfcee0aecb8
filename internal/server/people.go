package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// witnessLife is how long a proved second person may witness one act.
const witnessLife = 2 * time.Minute

// people proves who asks, for the pages.
type people struct {
	auth    *auth.Service
	cookies auth.Cookies
	witness auth.Grants
	policy  auth.Policy
	now     func() time.Time
}

func (p people) device(r *http.Request) (auth.Device, error) {
	token := p.cookies.DeviceToken(r)
	if token == "" {
		return auth.Device{}, nil
	}
	d, err := p.auth.Device(r.Context(), token)
	if errors.Is(err, auth.ErrNotEnrolled) {
		return auth.Device{}, nil
	}
	return d, err
}

func (p people) source(r *http.Request) (auth.Source, error) {
	d, err := p.device(r)
	host, _, splitErr := net.SplitHostPort(r.RemoteAddr)
	if splitErr != nil {
		host = r.RemoteAddr
	}
	return auth.Source{Device: d, Address: host}, err
}

// session is the request's browser session; ok is false when there is none.
func (p people) session(r *http.Request) (v auth.View, d auth.Device, ok bool, err error) {
	if d, err = p.device(r); err != nil {
		return auth.View{}, d, false, err
	}
	token := p.cookies.SessionToken(r)
	if token == "" {
		return auth.View{}, d, false, nil
	}
	v, err = p.auth.Session(r.Context(), token, d)
	if errors.Is(err, auth.ErrNoSession) || err == nil && v.State == auth.SessionExpired {
		return auth.View{}, d, false, nil
	}
	return v, d, err == nil, err
}

// Visit says who makes the request.
func (p people) Visit(r *http.Request) (web.Visitor, error) {
	v, d, ok, err := p.session(r)
	if err != nil {
		return web.Visitor{}, err
	}
	if ok && v.State == auth.SessionActive && touches(r) {
		if err := p.auth.Touch(r.Context(), v); err != nil && !errors.Is(err, auth.ErrNotActive) {
			return web.Visitor{}, err
		}
	}
	return visitor(v, d, ok), nil
}

// touches reports whether a request comes from a person's hand: the live
// stream and the views it asks for keep no screen open, nor does a page that
// says by itself that it sounds.
func touches(r *http.Request) bool {
	return r.URL.Path != "/v1/stream" && r.URL.Path != "/v1/hearing" && (r.Method != http.MethodGet || r.Header.Get("Sec-Fetch-Mode") == "navigate")
}

func visitor(v auth.View, d auth.Device, signedIn bool) web.Visitor {
	out := web.Visitor{Chair: d.Chair, DeviceName: d.Name}
	if d.ID != "" {
		out.Actor = d.Actor()
	}
	if !signedIn {
		return out
	}
	out.Name, out.Locked, out.MustChange = v.Person.Name, v.State == auth.SessionLocked, v.Person.MustChange
	out.Actor = act.Actor{
		Kind: act.Person, Person: v.Person.ID, Roles: v.Person.Roles, Via: d.ID,
		Proof: v.Session.Proof, ProvedAt: v.Session.ProvedAt,
	}
	return out
}

// SignIn begins a session by login and password.
func (p people) SignIn(w http.ResponseWriter, r *http.Request, login, password string) (web.Visitor, error) {
	from, err := p.source(r)
	if err != nil {
		return web.Visitor{}, err
	}
	in, err := p.auth.SignIn(r.Context(), login, password, from)
	if err != nil {
		return web.Visitor{}, p.trouble(err)
	}
	http.SetCookie(w, p.cookies.Session(in.Token, p.policy.SessionLife))
	return visitor(in.View, from.Device, true), nil
}

// SignOut ends the session of this browser.
func (p people) SignOut(w http.ResponseWriter, r *http.Request) error {
	v, _, ok, err := p.session(r)
	if err != nil {
		return err
	}
	http.SetCookie(w, p.cookies.NoSession())
	if !ok {
		return nil
	}
	return p.auth.SignOut(r.Context(), v)
}

// Unlock opens a locked screen, or signs a person in by PIN on an enrolled device.
func (p people) Unlock(w http.ResponseWriter, r *http.Request, person ident.Person, pin string) (web.Visitor, error) {
	v, d, ok, err := p.session(r)
	if err != nil {
		return web.Visitor{}, err
	}
	if ok && (person == "" || person == v.Person.ID) {
		if v, err = p.auth.UnlockPIN(r.Context(), v, pin, d); err != nil {
			return web.Visitor{}, p.trouble(err)
		}
		return visitor(v, d, true), nil
	}
	in, err := p.auth.SignInPIN(r.Context(), person, pin, d)
	if err != nil {
		return web.Visitor{}, p.trouble(err)
	}
	if ok {
		if err := p.auth.SignOut(r.Context(), v); err != nil {
			return web.Visitor{}, err
		}
	}
	http.SetCookie(w, p.cookies.Session(in.Token, p.policy.SessionLife))
	return visitor(in.View, d, true), nil
}

// Lock locks the screen; the infusion and its record go on.
func (p people) Lock(_ http.ResponseWriter, r *http.Request) error {
	v, _, ok, err := p.session(r)
	if err != nil || !ok {
		return err
	}
	_, err = p.auth.Lock(r.Context(), v)
	return err
}

// SetPassword replaces a one-time password and sets a PIN when given.
func (p people) SetPassword(w http.ResponseWriter, r *http.Request, old, chosen, pin string) (web.Visitor, error) {
	v, d, ok, err := p.session(r)
	if err != nil {
		return web.Visitor{}, err
	}
	if !ok {
		return web.Visitor{}, &web.Trouble{Status: http.StatusUnauthorized, What: "Nobody is signed in.", Do: "Sign in with the one-time password first."}
	}
	if pin != "" {
		if err := auth.CheckPIN(pin); err != nil {
			return web.Visitor{}, p.trouble(err)
		}
	}
	from, err := p.source(r)
	if err != nil {
		return web.Visitor{}, err
	}
	in, err := p.auth.ChangePassword(r.Context(), v, old, chosen, from)
	if err != nil {
		return web.Visitor{}, p.trouble(err)
	}
	http.SetCookie(w, p.cookies.Session(in.Token, p.policy.SessionLife))
	if pin != "" {
		if err := p.auth.SetPIN(r.Context(), in.View, chosen, pin, from); err != nil {
			return web.Visitor{}, p.trouble(err)
		}
	}
	return visitor(in.View, d, true), nil
}

// Enrol makes this browser an enrolled device by a code.
func (p people) Enrol(w http.ResponseWriter, r *http.Request, code string) error {
	from, err := p.source(r)
	if err != nil {
		return err
	}
	e, err := p.auth.EnrolByCode(r.Context(), code, from)
	if err != nil {
		return p.trouble(err)
	}
	http.SetCookie(w, p.cookies.Device(e.Token))
	return nil
}

// People lists who can prove themselves by PIN where the visitor is: to unlock,
// and as witness. Away from an enrolled device no PIN counts, and nobody can.
func (p people) People(ctx context.Context, v web.Visitor) ([]view.Option, error) {
	if v.Actor.Via == "" {
		return nil, nil
	}
	holders, err := p.auth.PINHolders(ctx)
	if err != nil {
		return nil, err
	}
	var out []view.Option
	for _, x := range holders {
		out = append(out, view.Option{Value: string(x.ID), Label: x.Name})
	}
	return out, nil
}

// Grant lets the island write in the visitor's name while the server is away.
func (p people) Grant(ctx context.Context, v web.Visitor) (web.Granted, error) {
	if !v.SignedIn() {
		return web.Granted{}, p.trouble(auth.ErrNotActive)
	}
	of, err := p.auth.ViewOf(ctx, v.Actor)
	if err != nil {
		return web.Granted{}, p.trouble(err)
	}
	token, g, err := p.auth.IssueGrant(of)
	if err != nil {
		return web.Granted{}, p.trouble(err)
	}
	return web.Granted{Grant: token, Person: g.Person, Name: v.Name, Until: g.Expires, IdleMS: p.policy.IdleLock.Milliseconds()}, nil
}

// Confirm proves the person who is signed in once more, by password.
func (p people) Confirm(r *http.Request, v web.Visitor, password string) (web.Visitor, error) {
	from, err := p.source(r)
	if err != nil {
		return web.Visitor{}, err
	}
	person, err := p.auth.Person(r.Context(), v.Actor.Person)
	if err != nil {
		return web.Visitor{}, err
	}
	who, err := p.auth.ProvePassword(r.Context(), person.Login, password, from)
	if errors.Is(err, auth.ErrWrong) {
		return web.Visitor{}, &web.Trouble{Status: http.StatusForbidden, What: "That is not your password.", Do: "Nothing was signed; what was typed is kept."}
	}
	if err != nil {
		return web.Visitor{}, p.trouble(err)
	}
	v.Actor = who
	return v, nil
}

// ProvePIN proves by PIN who gives one entry on an enrolled device.
func (p people) ProvePIN(r *http.Request, v web.Visitor, person ident.Person, pin string) (web.Visitor, error) {
	from, err := p.source(r)
	if err != nil {
		return web.Visitor{}, err
	}
	who, err := p.auth.ProvePIN(r.Context(), person, pin, from.Device)
	if err != nil {
		return web.Visitor{}, p.trouble(err)
	}
	v.Actor, v.Locked, v.MustChange = who, false, false
	return v, nil
}

// Witness proves a second person and returns a grant for one act. It is
// sealed apart from author grants: what a tablet keeps to write in a
// person's name can never witness.
func (p people) Witness(r *http.Request, proof web.WitnessProof) (web.Granted, error) {
	from, err := p.source(r)
	if err != nil {
		return web.Granted{}, err
	}
	var who act.Actor
	if proof.PIN != "" {
		who, err = p.auth.ProvePIN(r.Context(), proof.Person, proof.PIN, from.Device)
	} else {
		who, err = p.auth.ProvePassword(r.Context(), proof.Login, proof.Password, from)
	}
	if err != nil {
		return web.Granted{}, p.trouble(err)
	}
	person, err := p.auth.Person(r.Context(), who.Person)
	if err != nil {
		return web.Granted{}, err
	}
	token, g, err := p.witness.Issue(auth.Grant{
		ID: string(who.Person), Person: who.Person, Roles: who.Roles, Device: who.Via, Proof: who.Proof,
	}, p.now())
	if err != nil {
		return web.Granted{}, err
	}
	return web.Granted{Grant: token, Person: g.Person, Name: person.Name, Until: g.Expires}, nil
}

// author is who said a command: the grant's person, else the visitor. A stop
// and a call for help are taken under a bad grant too: then it is not certain
// who said it, and the device stands as author.
func (p people) author(ctx context.Context, v web.Visitor, c web.Command) (act.Actor, error) {
	if c.Grant == "" && c.Unsigned && v.Actor.Via != "" {
		return deviceActor(v), nil
	}
	if c.Grant == "" {
		return visitorActor(v), nil
	}
	a, err := p.granted(ctx, c)
	if err == nil || !act.Unsigned(c.Act) || !v.Known() {
		return a, err
	}
	if v.Actor.Via != "" {
		return deviceActor(v), nil
	}
	return visitorActor(v), nil
}

func visitorActor(v web.Visitor) act.Actor {
	if v.Locked || v.MustChange {
		return deviceActor(v)
	}
	return v.Actor
}

func deviceActor(v web.Visitor) act.Actor {
	return act.Actor{Kind: act.Device, Via: v.Actor.Via, Proof: act.Enrolled}
}

// granted is the person in whose name a command's grant lets it be written.
func (p people) granted(ctx context.Context, c web.Command) (act.Actor, error) {
	a, err := p.auth.Author(ctx, c.Grant, c.OccurredAt.Add(-c.Offset))
	if errors.Is(err, auth.ErrGrantNotYet) {
		// What is told now of an earlier time stands under the grant of now.
		a, err = p.auth.Author(ctx, c.Grant, p.now())
	}
	if err != nil {
		return act.Actor{}, p.trouble(err)
	}
	return a.Actor, nil
}

// second is the proved second person of a command, if one is named. What
// needs none is not refused for a bad one.
func (p people) second(c web.Command) (*act.Actor, error) {
	if c.Witness == "" || act.Unsigned(c.Act) {
		return nil, nil
	}
	g, err := p.witness.Check(c.Witness, p.now())
	if err != nil {
		return nil, p.trouble(err)
	}
	a := g.Actor()
	a.Proof = g.Proof
	return &a, nil
}

// trouble gives the errors of identity their words.
func (p people) trouble(err error) error {
	var wait *auth.WaitError
	var weak *auth.WeakError
	t := &web.Trouble{Status: http.StatusForbidden, Do: "Try again."}
	switch {
	case errors.As(err, &wait):
		t.Status, t.What = http.StatusTooManyRequests, "Too many attempts."
		t.Wait = wait.Until.Sub(p.now())
		t.Do = "Wait " + strconv.Itoa(int(t.Wait.Seconds())+1) + " seconds, then try again."
	case errors.As(err, &weak):
		t.Status, t.What, t.Do = http.StatusBadRequest, upper(weak.Error())+".", "Choose another one."
	case errors.Is(err, auth.ErrWrong):
		t.What = "That name, password or PIN is not right."
	case errors.Is(err, auth.ErrPINNotHere):
		t.What, t.Do = "A PIN counts only on an enrolled tablet.", "Sign in with your password."
	case errors.Is(err, auth.ErrPasswordNeeded):
		t.What, t.Do = "The password is needed here.", "Sign in with your password; afterwards the PIN is enough."
	case errors.Is(err, auth.ErrWrongCode):
		t.What, t.Do = "That code is unknown, used or too old.", "Make a new code on the devices page."
	case errors.Is(err, auth.ErrMustChange):
		t.What, t.Do = "The one-time password must be replaced first.", "Choose your own password."
	case errors.Is(err, auth.ErrGrantExpired), errors.Is(err, auth.ErrGrantNotYet), errors.Is(err, auth.ErrGrantForged),
		errors.Is(err, auth.ErrGrantMalformed), errors.Is(err, auth.ErrGrantPerson):
		t.Status, t.What, t.Do = http.StatusUnauthorized, "It is not certain who said this.", "Sign in again; what was typed is kept."
	case errors.Is(err, auth.ErrNotActive), errors.Is(err, auth.ErrNoSession):
		t.Status, t.What, t.Do = http.StatusUnauthorized, "Nobody is signed in.", "Sign in. What was typed here is kept on this device."
	case errors.Is(err, auth.ErrMayNotEnrol):
		t.What, t.Do = "Enrolling needs an administrator, a director or the nurse in charge.", "Ask one of them."
	case errors.Is(err, auth.ErrOtherContent):
		t.Status, t.What, t.Do = http.StatusConflict, "This form was sent before, and said something else then.", "Open the page again, and send what is still to be done."
	case errors.Is(err, auth.ErrShownBefore):
		t.Status, t.What, t.Do = http.StatusConflict, "This form was sent before: its one-time password is used already.", "Nothing has to be done."
	case errors.Is(err, auth.ErrLoginTaken):
		t.Status, t.What, t.Do = http.StatusConflict, "That login is taken.", "Choose another one."
	case errors.Is(err, auth.ErrLastAdministrator):
		t.Status, t.What, t.Do = http.StatusConflict, "The clinic must keep an administrator.", "Make another one first."
	default:
		return err
	}
	return t
}

func upper(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
