// Package act holds who may do what: acts, roles, the role × act table and
// the actor that every entry of the record names. It is pure data and the
// only place where authority is decided.
package act

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// Role is what a person may be in a clinic. One person may hold several.
type Role string

// The roles.
const (
	Nurse         Role = "nurse"
	Prescriber    Role = "prescriber"
	Pharmacist    Role = "pharmacist"
	Director      Role = "director"
	FrontDesk     Role = "front desk"
	Administrator Role = "administrator"
)

// Roles lists every role, in the order they are shown.
func Roles() []Role {
	return []Role{Nurse, Prescriber, Pharmacist, Director, FrontDesk, Administrator}
}

// Valid reports whether r is a known role.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Kind says what kind of author an entry has.
type Kind string

// The kinds of author.
const (
	Person Kind = "person"
	Device Kind = "device"
	Job    Kind = "job"
	// Patient is whoever holds a link that the clinic gave the patient, and knew the
	// patient's date of birth.
	Patient Kind = "patient"
)

// Proof says how a person was known when the entry was made.
type Proof string

// The proofs.
const (
	Password Proof = "password"
	PIN      Proof = "pin"
	Grant    Proof = "grant"
	Enrolled Proof = "enrolled device"
	System   Proof = "system"
	Link     Proof = "link"
)

// Actor is the authenticated author of an entry. Roles are those held when
// the entry was made. Via is the enrolled device or station it came from.
type Actor struct {
	Kind     Kind         `json:"kind"`
	Person   ident.Person `json:"person,omitempty"`
	Roles    []Role       `json:"roles,omitempty"`
	Via      ident.Device `json:"via,omitempty"`
	Job      string       `json:"job,omitempty"`
	Proof    Proof        `json:"proof"`
	ProvedAt time.Time    `json:"proved_at,omitzero"`
}

// Is reports whether the actor is a person holding role r.
func (a Actor) Is(r Role) bool { return a.Kind == Person && slices.Contains(a.Roles, r) }

// Act is one thing that can be done. An act's name is the command's type.
type Act string

// Permission answers whether an actor may perform an act.
type Permission struct {
	Allowed bool
	// Needs lists the roles of which one would do, when not allowed.
	Needs []Role
}

// May looks the act up in the role × act table. An act that is not in the
// table is allowed to no one. A device may only stop, call for help, take its
// own call back and log the emergency.
func May(a Actor, what Act) Permission {
	need, ok := table[what]
	if !ok {
		return Permission{}
	}
	switch a.Kind {
	case Job:
		return Permission{Allowed: need.job}
	case Device:
		return Permission{Allowed: need.device, Needs: slices.Clone(need.roles)}
	case Patient:
		return Permission{Allowed: need.patient}
	case Person:
		for _, r := range a.Roles {
			if slices.Contains(need.roles, r) {
				return Permission{Allowed: true}
			}
		}
	}
	return Permission{Needs: slices.Clone(need.roles)}
}

// Unsigned reports whether an act is taken from an enrolled device as well:
// it is never refused for want of a proved author.
func Unsigned(what Act) bool { return table[what].device }

// MayAs answers whether the actor holds one of the roles that a rule names
// for accepting its finding. A rule that names nobody allows nobody.
func MayAs(a Actor, roles []Role) Permission {
	for _, r := range roles {
		if a.Is(r) {
			return Permission{Allowed: true}
		}
	}
	return Permission{Needs: slices.Clone(roles)}
}

// Signs reports whether an act is a signature: its author is proved again
// when it is given at the desk.
func Signs(what Act) bool {
	switch what {
	case "session.attach-order", "session.review-order", "session.grant-exception", "session.sign-spoken-order", "session.review", "house.sign-alarms", "house.adopt-library", "house.sign-protocol", "course.accept-finding", "course.decide", "course.sign-consent", "course.strike":
		return true
	}
	return false
}

// Known reports whether the act is in the table.
func Known(what Act) bool { _, ok := table[what]; return ok }

// Acts lists every act of the table, sorted by name.
func Acts() []Act {
	out := make([]Act, 0, len(table))
	for a := range table {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

type need struct {
	roles  []Role
	device bool
	job    bool
	// patient marks the few acts of a patient; nobody else does them.
	patient bool
}
