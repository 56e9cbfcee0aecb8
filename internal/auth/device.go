package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

var (
	// ErrNotEnrolled is returned for a cookie of no device enrolled here.
	ErrNotEnrolled = errors.New("device is not enrolled")
	// ErrMayNotEnrol refuses people other than administrator, director and nurse in charge.
	ErrMayNotEnrol = errors.New("enrolling needs an administrator, a director or the nurse in charge")
	// ErrWrongCode refuses an enrolment code that is unknown, used or too old.
	ErrWrongCode = errors.New("enrolment code is not valid")
)

// DeviceKind is what an enrolled device is for.
type DeviceKind string

// The kinds of device.
const (
	// ChairTablet stands at one chair.
	ChairTablet DeviceKind = "chair tablet"
	// Station shows the board and sounds alarms.
	Station DeviceKind = "station"
)

// Placement is what a device is enrolled as.
type Placement struct {
	Kind DeviceKind `json:"kind"`
	// Chair is the chair of a chair tablet; 0 for a station.
	Chair ident.Chair `json:"chair,omitempty"`
	// Name is what staff call the device.
	Name string `json:"name"`
}

func (p Placement) check() error {
	switch {
	case p.Kind != ChairTablet && p.Kind != Station:
		return errors.New("device kind is unknown")
	case p.Kind == ChairTablet && !p.Chair.Valid():
		return fmt.Errorf("chair tablet has no chair from 1 to %d", ident.MaxChair)
	case p.Kind == Station && p.Chair != 0:
		return errors.New("station stands at no chair")
	case p.Name == "" || utf8.RuneCountInString(p.Name) > 60 || !plainText(p.Name) || strings.TrimSpace(p.Name) != p.Name:
		return errors.New("device name is not 1 to 60 characters of text")
	}
	return nil
}

// Device is an enrolled tablet or station.
type Device struct {
	ID ident.Device `json:"id"`
	Placement
	EnrolledAt time.Time    `json:"enrolled_at"`
	EnrolledBy ident.Person `json:"enrolled_by"`
	RevokedAt  time.Time    `json:"revoked_at,omitzero"`
	RevokedBy  ident.Person `json:"revoked_by,omitempty"`
}

// Actor is the author of what a device may do alone: stop and call for help.
func (d Device) Actor() act.Actor {
	return act.Actor{Kind: act.Device, Via: d.ID, Proof: act.Enrolled, ProvedAt: d.EnrolledAt}
}

// Enrolled is a device just enrolled. Token goes into its cookie and nowhere else.
type Enrolled struct {
	Token  string
	Device Device
}

// codeRow is an enrolment code, kept under its hash.
type codeRow struct {
	Placement
	By      ident.Person `json:"by"`
	Expires time.Time    `json:"expires"`
	UsedAt  time.Time    `json:"used_at,omitzero"`
}

// Enrol enrols the browser that the signed-in person is using.
func (s *Service) Enrol(ctx context.Context, v View, as Placement) (Enrolled, error) {
	by, err := enroller(v)
	if err != nil {
		return Enrolled{}, err
	}
	return s.enrol(ctx, by, as, v.Person.ID)
}

// EnrolmentCode makes a code that enrols one device once, to be typed there.
func (s *Service) EnrolmentCode(ctx context.Context, v View, as Placement) (code string, until time.Time, err error) {
	by, err := enroller(v)
	if err != nil {
		return "", time.Time{}, err
	}
	if err := as.check(); err != nil {
		return "", time.Time{}, err
	}
	letters, err := randomReadable(s.random, 8)
	if err != nil {
		return "", time.Time{}, err
	}
	now := s.now()
	until = now.Add(s.policy.CodeLife)
	row := newEntry(CodeRegister, s.codeID(letters), "", codeRow{Placement: as, By: v.Person.ID, Expires: until})
	c := change{by: by, what: "device.code_made", at: now, subject: string(v.Person.ID)}
	if err := put(ctx, s.regs, c, row); err != nil {
		return "", time.Time{}, err
	}
	return letters[:4] + "-" + letters[4:], until, nil
}

// EnrolByCode enrols the browser a code was typed into. Guesses are slowed
// like those of passwords.
func (s *Service) EnrolByCode(ctx context.Context, code string, from Source) (Enrolled, error) {
	source := s.sourceKey(from)
	a := attempt{account: "code/" + source, source: source}
	if err := s.reserve(ctx, a); err != nil {
		return Enrolled{}, err
	}
	id := s.codeID(normalCode(code))
	row, err := findByID[codeRow](ctx, s.regs, CodeRegister, id)
	if errors.Is(err, ErrNoRow) {
		return Enrolled{}, ErrWrongCode
	}
	if err != nil {
		return Enrolled{}, err
	}
	now := s.now()
	if !row.value.UsedAt.IsZero() || !now.Before(row.value.Expires) {
		return Enrolled{}, ErrWrongCode
	}
	row.value.UsedAt = now
	d, err := s.enrol(ctx, jobActor(now), row.value.Placement, row.value.By, row)
	if errors.Is(err, journal.ErrConflict) {
		return Enrolled{}, ErrWrongCode // used on another device meanwhile
	}
	if err != nil {
		return Enrolled{}, err
	}
	// The device is enrolled: a count that stays too high must not undo that.
	_ = s.withdraw(ctx, a)
	return d, nil
}

// codeID is a keyed hash: forty bits alone could be searched in a copied database.
func (s *Service) codeID(code string) string {
	return fmt.Sprintf("%x", mac(s.bucket, "code\x00"+code))
}

// normalCode reads a code as people copy it: capitals, spaces, hyphens, and
// the letters that look like digits.
func normalCode(code string) string {
	if len(code) > 32 {
		return ""
	}
	return strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(code))
}

func enroller(v View) (act.Actor, error) {
	by, ok := v.Actor()
	if !ok {
		return act.Actor{}, ErrNotActive
	}
	if !v.Person.MayEnrol() {
		return act.Actor{}, ErrMayNotEnrol
	}
	return by, nil
}

// enrol stores the device together with the rows that led to it.
func (s *Service) enrol(ctx context.Context, by act.Actor, as Placement, who ident.Person, with ...encoder) (Enrolled, error) {
	if err := as.check(); err != nil {
		return Enrolled{}, err
	}
	token, err := newToken(s.random)
	if err != nil {
		return Enrolled{}, err
	}
	ten, err := s.randomTen()
	if err != nil {
		return Enrolled{}, err
	}
	now := s.now()
	d := Device{ID: ident.New[ident.Device](now.UnixMilli(), ten), Placement: as, EnrolledAt: now, EnrolledBy: who}
	rows := append([]encoder{newEntry(DeviceRegister, string(d.ID), digest(token), d)}, with...)
	c := change{by: by, what: "device.enrolled", at: now, subject: string(d.ID)}
	if err := put(ctx, s.regs, c, rows...); err != nil {
		return Enrolled{}, err
	}
	return Enrolled{Token: token, Device: d}, nil
}

// Device finds the enrolled device of a cookie; a revoked one is none.
func (s *Service) Device(ctx context.Context, token string) (Device, error) {
	if !tokenShaped(token) {
		return Device{}, ErrNotEnrolled
	}
	e, err := findByAlias[Device](ctx, s.regs, DeviceRegister, digest(token))
	if errors.Is(err, ErrNoRow) || err == nil && !e.value.RevokedAt.IsZero() {
		return Device{}, ErrNotEnrolled
	}
	return e.value, err
}

// Devices lists every device ever enrolled, newest first, revoked ones too.
func (s *Service) Devices(ctx context.Context) ([]Device, error) {
	entries, err := findAll[Device](ctx, s.regs, DeviceRegister)
	if err != nil {
		return nil, err
	}
	out := make([]Device, 0, len(entries))
	for _, e := range entries {
		out = append(out, e.value)
	}
	slices.SortStableFunc(out, func(a, b Device) int { return b.EnrolledAt.Compare(a.EnrolledAt) })
	return out, nil
}

// Revoke ends a device's enrolment, and with it every session on it.
func (s *Service) Revoke(ctx context.Context, v View, id ident.Device) error {
	by, err := enroller(v)
	if err != nil {
		return err
	}
	return s.again(func() error {
		e, err := findByID[Device](ctx, s.regs, DeviceRegister, string(id))
		if err != nil || !e.value.RevokedAt.IsZero() {
			return err
		}
		now := s.now()
		e.value.RevokedAt, e.value.RevokedBy = now, v.Person.ID
		return put(ctx, s.regs, change{by: by, what: "device.revoked", at: now, subject: string(id)}, e)
	})
}
