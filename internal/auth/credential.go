package auth

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/word"
)

// CredentialKind is what a credential shows about a person.
type CredentialKind string

// The kinds of credential.
const (
	Licence          CredentialKind = "licence"
	ACLS             CredentialKind = "acls" // advanced cardiovascular life support
	SedationTraining CredentialKind = "sedation_training"
	PumpCompetence   CredentialKind = "pump_competence"
)

// CredentialKinds lists every kind, in the order they are shown.
func CredentialKinds() []CredentialKind {
	return []CredentialKind{Licence, ACLS, SedationTraining, PumpCompetence}
}

// Valid reports whether k is a known kind.
func (k CredentialKind) Valid() bool { return slices.Contains(CredentialKinds(), k) }

// Name is the kind as people say it.
func (k CredentialKind) Name() string {
	switch k {
	case Licence:
		return "licence"
	case ACLS:
		return "ACLS"
	case SedationTraining:
		return "sedation training"
	case PumpCompetence:
		return "pump competence"
	}
	return string(k)
}

// Date is a calendar day as YYYY-MM-DD. It has no zone: the clinic's says when it ends.
type Date string

// ParseDate reads a calendar day that exists.
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil || len(s) != len(time.DateOnly) {
		return "", fmt.Errorf("date is not a day written YYYY-MM-DD")
	}
	return Date(s), nil
}

// days counts the days from the civil day of now in zone to d. It is negative once d has passed.
func (d Date) days(now time.Time, zone *time.Location) (int, bool) {
	end, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0, false
	}
	y, m, day := now.In(zone).Date()
	// Both are midnight UTC of a civil day, hence whole days apart.
	return int(end.Sub(time.Date(y, m, day, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour)), true
}

// Credential is one entry of the credential register. It is good through the
// whole of its expiry day in the clinic's zone.
type Credential struct {
	Kind    CredentialKind `json:"kind"`
	Number  string         `json:"number"`
	Expires Date           `json:"expires"`
}

// Check bounds a credential as typed.
func (c Credential) Check() error {
	if !c.Kind.Valid() {
		return fmt.Errorf("credential kind is unknown")
	}
	if strings.TrimSpace(c.Number) != c.Number || len(c.Number) == 0 || len(c.Number) > 64 || !plainText(c.Number) {
		return fmt.Errorf("credential number of %s is not 1 to 64 characters of text", c.Kind)
	}
	if _, err := ParseDate(string(c.Expires)); err != nil {
		return fmt.Errorf("credential expiry of %s: %w", c.Kind, err)
	}
	return nil
}

// CredentialState is how a credential stands on a day.
type CredentialState string

// The states of a credential.
const (
	Valid       CredentialState = "valid"
	ExpiresSoon CredentialState = "expires soon"
	Expired     CredentialState = "expired"
	Missing     CredentialState = "missing"
)

// WarnDays is how many days before its expiry a credential begins to warn.
const WarnDays = 30

// Standing is how a credential stands on a day.
type Standing struct {
	Kind  CredentialKind
	State CredentialState
	// Expires is empty when the credential is missing.
	Expires Date
	// DaysLeft is 0 on the last good day and negative afterwards; 0 when missing.
	DaysLeft int
}

// Good reports whether the credential holds today.
func (s Standing) Good() bool { return s.State == Valid || s.State == ExpiresSoon }

// Message says the standing in words; none for a valid credential.
func (s Standing) Message() (word.Message, bool) {
	switch s.State {
	case ExpiresSoon:
		return word.M("credential.expires_soon", s.Kind.Name(), string(s.Expires), fmt.Sprint(s.DaysLeft)), true
	case Expired:
		return word.M("credential.expired", s.Kind.Name(), string(s.Expires)), true
	case Missing:
		return word.M("credential.missing", s.Kind.Name()), true
	case Valid:
	}
	return word.Message{}, false
}

// Standing says how the credential stands now in the clinic's zone. A date
// that cannot be read counts as missing: it never counts as good.
func (c Credential) Standing(now time.Time, zone *time.Location) Standing {
	left, ok := c.Expires.days(now, zone)
	if !ok {
		return Standing{Kind: c.Kind, State: Missing}
	}
	s := Standing{Kind: c.Kind, State: Valid, Expires: c.Expires, DaysLeft: left}
	switch {
	case left < 0:
		s.State = Expired
	case left <= WarnDays:
		s.State = ExpiresSoon
	}
	return s
}

// StandingOf says how a person stands for one kind: by the credential of that
// kind that lasts longest, so a renewal entered beside the old one counts.
func StandingOf(cs []Credential, kind CredentialKind, now time.Time, zone *time.Location) Standing {
	best := Standing{Kind: kind, State: Missing}
	for _, c := range cs {
		if c.Kind != kind {
			continue
		}
		s := c.Standing(now, zone)
		if best.State == Missing || s.Expires > best.Expires {
			best = s
		}
	}
	return best
}
