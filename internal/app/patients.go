package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// Patient is one row of the register of patients: who they are and what
// they are allergic to. It is the only place where a name stands.
type Patient struct {
	ID     ident.Patient `json:"id"`
	Number string        `json:"number"` // the clinic's record number
	Given  string        `json:"given"`
	Family string        `json:"family"`
	Born   string        `json:"born"` // YYYY-MM-DD
	Phone  string        `json:"phone,omitempty"`
	// AllergiesAsked says the question was put; an empty list then means none.
	AllergiesAsked bool      `json:"allergies_asked"`
	Allergies      []Allergy `json:"allergies,omitempty"`
	// AllergyToDrug is the answer for ketamine and its excipients; nil was not asked.
	AllergyToDrug *bool `json:"allergy_to_drug,omitempty"`
	revision      int64
}

// Allergy is one substance with what it does.
type Allergy struct {
	To       string `json:"to"`
	Reaction string `json:"reaction,omitempty"`
}

// Name is the printed name.
func (p Patient) Name() string { return strings.TrimSpace(p.Given + " " + p.Family) }

// ListName is the name as lists sort it.
func (p Patient) ListName() string {
	if g, _ := utf8.DecodeRuneInString(p.Given); p.Given != "" {
		return p.Family + ", " + string(g) + "."
	}
	return p.Family
}

// Initials stand for the name where others can see the screen.
func (p Patient) Initials() string {
	var b strings.Builder
	for _, s := range []string{p.Given, p.Family} {
		if r, n := utf8.DecodeRuneInString(s); n > 0 && r != utf8.RuneError {
			b.WriteRune(r)
			b.WriteByte('.')
		}
	}
	return b.String()
}

// AllergyText says the allergies in words, and says when nobody asked.
func (p Patient) AllergyText() string {
	if !p.AllergiesAsked {
		return "allergies not asked"
	}
	if len(p.Allergies) == 0 {
		return "no known allergies"
	}
	parts := make([]string, len(p.Allergies))
	for i, a := range p.Allergies {
		parts[i] = a.To
		if a.Reaction != "" {
			parts[i] += " (" + a.Reaction + ")"
		}
	}
	word := "allergy: "
	if len(parts) > 1 {
		word = "allergies: "
	}
	return word + strings.Join(parts, ", ")
}

// Check refuses a row that cannot identify a person.
func (p Patient) Check(today time.Time) error {
	for name, s := range map[string]string{"given name": p.Given, "family name": p.Family, "record number": p.Number} {
		if n := utf8.RuneCountInString(strings.TrimSpace(s)); n == 0 || n > 80 || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
			return fmt.Errorf("%s is not 1 to 80 characters", name)
		}
	}
	born, err := time.Parse(time.DateOnly, p.Born)
	if err != nil {
		return errors.New("date of birth is not a date such as 1981-05-04")
	}
	if born.After(today) || born.Year() < 1900 {
		return errors.New("date of birth is not between 1900 and today")
	}
	if len(p.Allergies) > 50 {
		return errors.New("more than 50 allergies")
	}
	return nil
}

// Age is the whole years since birth on a day.
func (p Patient) Age(day time.Time) (int, bool) {
	born, err := time.Parse(time.DateOnly, p.Born)
	if err != nil {
		return 0, false
	}
	years := day.Year() - born.Year()
	if day.Month() < born.Month() || day.Month() == born.Month() && day.Day() < born.Day() {
		years--
	}
	return years, true
}

func (a *App) readPatients(ctx context.Context) (map[ident.Patient]Patient, error) {
	rows, err := a.Store.Rows(ctx, "patient")
	if err != nil {
		return nil, fmt.Errorf("read register of patients: %w", err)
	}
	out := make(map[ident.Patient]Patient, len(rows))
	for _, r := range rows {
		var p Patient
		if err := json.Unmarshal(r.Body, &p); err != nil {
			return nil, fmt.Errorf("decode row %s of the register of patients: %w", r.ID, err)
		}
		p.revision = r.Revision
		out[p.ID] = p
	}
	return out, nil
}

// Patients returns the register for a person who may see it; the read is audited.
func (a *App) Patients(ctx context.Context, who act.Actor) (map[ident.Patient]Patient, error) {
	rows, err := a.patients.all(ctx)
	if err != nil {
		return nil, err
	}
	return rows, a.AuditRead(ctx, who, "patients", "")
}

// ErrTaken says another row already has a number that must be unique.
var ErrTaken = errors.New("already in use")

// PutPatient adds or changes a patient; the change is audited.
func (a *App) PutPatient(ctx context.Context, who act.Actor, p Patient) (Patient, error) {
	if perm := act.May(who, "patient.put"); !perm.Allowed {
		return Patient{}, fmt.Errorf("change register of patients: %w", ErrNotAllowed)
	}
	if err := p.Check(a.Now().In(a.Zone)); err != nil {
		return Patient{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if p.ID == "" {
		p.ID = NewID[ident.Patient](a)
	}
	body, err := json.Marshal(p)
	if err != nil {
		return Patient{}, fmt.Errorf("encode patient: %w", err)
	}
	put := journal.RegisterPut{Register: "patient", ID: string(p.ID), Alias: "number:" + p.Number, Body: body, Revision: p.revision}
	err = a.Store.PutRows(ctx, []journal.RegisterPut{put}, []journal.AuditDraft{a.auditDraft(who, "patient.changed", string(p.ID))})
	a.patients.drop()
	if errors.Is(err, journal.ErrConflict) {
		return Patient{}, fmt.Errorf("record number %w", ErrTaken)
	}
	if err != nil {
		return Patient{}, fmt.Errorf("store patient: %w", err)
	}
	return p, nil
}

// AddPatient adds a patient under an id that the caller made: the same id
// twice adds one row.
func (a *App) AddPatient(ctx context.Context, who act.Actor, p Patient) (Patient, error) {
	if !ident.Valid(p.ID) {
		return Patient{}, fmt.Errorf("%w: patient id is not a UUID of version 7", ErrMalformed)
	}
	if before, ok, err := a.patients.get(ctx, p.ID); err != nil || ok {
		return before, err
	}
	return a.PutPatient(ctx, who, p)
}

// ErrNotAllowed says the actor's roles do not allow the act.
var ErrNotAllowed = errors.New("not allowed for this role")

type auditPayload struct {
	Subject string `json:"subject"`
	What    string `json:"what,omitempty"`
}

func (a *App) auditDraft(who act.Actor, typ, subject string) journal.AuditDraft {
	payload, err := json.Marshal(auditPayload{Subject: subject})
	if err != nil {
		payload = []byte(`{}`) // two strings always encode
	}
	return journal.AuditDraft{Type: typ, Version: 1, Payload: payload, Actor: who, Device: who.Via, At: a.Now()}
}

// AuditRead records that a person was shown patient data.
func (a *App) AuditRead(ctx context.Context, who act.Actor, what, subject string) error {
	payload, err := json.Marshal(auditPayload{Subject: subject, What: what})
	if err != nil {
		return fmt.Errorf("encode audit entry: %w", err)
	}
	return a.auditRead(ctx, journal.AuditDraft{Type: "read", Version: 1, Payload: payload, Actor: who, Device: who.Via, At: a.Now()})
}
