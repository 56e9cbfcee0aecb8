package auth

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// Person is one member of staff. Its JSON and its log value hold no hash, so
// that neither a page nor a log line can give one away.
type Person struct {
	ID    ident.Person `json:"id"`
	Login string       `json:"login"`
	// Name is printed beside every signature.
	Name  string     `json:"name"`
	Roles []act.Role `json:"roles"`
	// InCharge marks a nurse who runs the day and may enrol tablets.
	InCharge bool `json:"in_charge,omitempty"`
	// MustChange says that the password was given by someone else.
	MustChange bool `json:"must_change,omitempty"`
	// PasswordUntil ends a one-time password; zero for no end.
	PasswordUntil time.Time `json:"password_until,omitzero"`
	Disabled      bool      `json:"disabled,omitempty"`
	DisabledAt    time.Time `json:"disabled_at,omitzero"`
	// SessionsFrom ends every session begun before it.
	SessionsFrom time.Time    `json:"sessions_from,omitzero"`
	Credentials  []Credential `json:"credentials,omitempty"`
	// Said are the newest forms that changed the person.
	Said []Said `json:"said,omitempty"`

	PasswordHash string `json:"-"`
	PINHash      string `json:"-"`
}

// LogValue names the person by id alone.
func (p Person) LogValue() slog.Value { return slog.StringValue(string(p.ID)) }

// HasPIN reports whether the person has set a PIN.
func (p Person) HasPIN() bool { return p.PINHash != "" }

// Is reports whether the person holds role r.
func (p Person) Is(r act.Role) bool { return slices.Contains(p.Roles, r) }

// MayEnrol reports whether the person may enrol and revoke tablets:
// administrators, directors, and the nurse in charge.
func (p Person) MayEnrol() bool {
	return p.Is(act.Administrator) || p.Is(act.Director) || p.Is(act.Nurse) && p.InCharge
}

// personRow is how a Person is stored: with its hashes.
type personRow struct {
	Person
	PasswordHash string `json:"password_hash"`
	PINHash      string `json:"pin_hash,omitempty"`
}

func (r personRow) person() Person {
	p := r.Person
	p.PasswordHash, p.PINHash = r.PasswordHash, r.PINHash
	return p
}

func newPersonRow(p Person) personRow {
	return personRow{Person: p, PasswordHash: p.PasswordHash, PINHash: p.PINHash}
}

// normalLogin is the login as stored: people type it with capitals and spaces around it.
func normalLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// CheckLogin bounds a login: 2 to 32 of a-z, 0-9, dot, hyphen, underscore,
// beginning with a letter.
func CheckLogin(login string) error {
	bad := len(login) < 2 || len(login) > 32 || login[0] < 'a' || login[0] > 'z' ||
		strings.ContainsFunc(login, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
		})
	if bad {
		return fmt.Errorf("login is not 2 to 32 letters a-z, digits, dots, hyphens or underscores, beginning with a letter")
	}
	return nil
}

func checkName(name string) error {
	if n := utf8.RuneCountInString(name); n < 1 || n > 80 || !plainText(name) || strings.TrimSpace(name) != name {
		return fmt.Errorf("printed name is not 1 to 80 characters of text")
	}
	return nil
}

func checkRoles(roles []act.Role, inCharge bool) error {
	if len(roles) == 0 {
		return fmt.Errorf("person has no role")
	}
	for i, r := range roles {
		if !r.Valid() || slices.Contains(roles[:i], r) {
			return fmt.Errorf("role %q is unknown or given twice", r)
		}
	}
	if inCharge && !slices.Contains(roles, act.Nurse) {
		return fmt.Errorf("only a nurse can be nurse in charge")
	}
	return nil
}

const mostCredentials = 32

func checkCredentials(cs []Credential) error {
	if len(cs) > mostCredentials {
		return fmt.Errorf("%d credentials are more than %d", len(cs), mostCredentials)
	}
	for _, c := range cs {
		if err := c.Check(); err != nil {
			return err
		}
	}
	return nil
}
