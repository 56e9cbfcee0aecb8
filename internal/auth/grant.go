package auth

import (
	"bytes"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

var (
	// ErrGrantMalformed refuses text that is no author grant.
	ErrGrantMalformed = errors.New("author grant is malformed")
	// ErrGrantForged refuses a grant this server's key did not make for this clinic.
	ErrGrantForged = errors.New("author grant is not authentic")
	// ErrGrantExpired refuses an entry made after the grant ended.
	ErrGrantExpired = errors.New("author grant had expired")
	// ErrGrantNotYet refuses an entry made before the grant was given.
	ErrGrantNotYet = errors.New("author grant was not given yet")
	// ErrGrantPerson refuses a grant given to someone who had no access then.
	ErrGrantPerson = errors.New("author grant names a person without access when it was given")
)

// Grant lets a browser write entries in a person's name, also while the server
// cannot be reached. It holds ids and roles, no name.
type Grant struct {
	ID     string       `json:"id"`
	Person ident.Person `json:"person"`
	// Roles are those held when it was given.
	Roles  []act.Role   `json:"roles"`
	Device ident.Device `json:"device,omitempty"`
	// Proof says how the person was known when it was given.
	Proof   act.Proof `json:"proof"`
	Issued  time.Time `json:"issued"`
	Expires time.Time `json:"expires"`
}

// Actor is the author of an entry made under the grant.
func (g Grant) Actor() act.Actor {
	return act.Actor{Kind: act.Person, Person: g.Person, Roles: g.Roles, Via: g.Device, Proof: act.Grant, ProvedAt: g.Issued}
}

const (
	grantPrefix = "swg1."
	grantMost   = 1024
)

// Grants makes and checks the grants of one clinic. Nothing is stored.
type Grants struct {
	key  []byte
	life time.Duration
}

// NewGrants makes the grants of one clinic.
func NewGrants(k ServerKey, clinic ident.Clinic, life time.Duration) Grants {
	return Grants{key: k.Derive("grant/1", clinic), life: life}
}

// Issue seals a grant given now: swg1.<payload>.<HMAC-SHA-256 of both parts
// before>, base64url. Issued and Expires are set here.
func (gs Grants) Issue(g Grant, now time.Time) (string, Grant, error) {
	g.Issued = now.UTC().Truncate(time.Microsecond)
	g.Expires = g.Issued.Add(gs.life)
	payload, err := json.Marshal(g)
	if err != nil {
		return "", Grant{}, fmt.Errorf("encode author grant: %w", err)
	}
	signed := grantPrefix + tokenBase64.EncodeToString(payload)
	token := signed + "." + tokenBase64.EncodeToString(mac(gs.key, signed))
	if len(token) > grantMost {
		return "", Grant{}, fmt.Errorf("author grant of %d bytes is longer than %d", len(token), grantMost)
	}
	return token, g, nil
}

// Check opens a grant and says whether it held at the moment an entry was made
// on the device. That is not the moment the entry describes: a late entry
// made under a good grant tells of a time before it.
func (gs Grants) Check(token string, at time.Time) (Grant, error) {
	g, err := gs.open(token)
	switch {
	case err != nil:
		return Grant{}, err
	case at.Before(g.Issued):
		return g, ErrGrantNotYet
	case !at.Before(g.Expires):
		return g, ErrGrantExpired
	}
	return g, nil
}

// open authenticates before it decodes anything of the payload.
func (gs Grants) open(token string) (Grant, error) {
	if len(token) > grantMost || !strings.HasPrefix(token, grantPrefix) {
		return Grant{}, ErrGrantMalformed
	}
	dot := strings.LastIndexByte(token, '.')
	if dot < len(grantPrefix) {
		return Grant{}, ErrGrantMalformed
	}
	sum, err := tokenBase64.DecodeString(token[dot+1:])
	if err != nil {
		return Grant{}, ErrGrantMalformed
	}
	payload, err := tokenBase64.DecodeString(token[len(grantPrefix):dot])
	if err != nil {
		return Grant{}, ErrGrantMalformed
	}
	if !hmac.Equal(sum, mac(gs.key, token[:dot])) {
		return Grant{}, ErrGrantForged
	}
	return decodeGrant(payload)
}

// decodeGrant reads a payload strictly: bounded, no unknown field, every field sound.
func decodeGrant(payload []byte) (Grant, error) {
	var g Grant
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if err := d.Decode(&g); err != nil || d.More() {
		return Grant{}, ErrGrantMalformed
	}
	if !ident.Valid(g.Person) || g.Device != "" && !ident.Valid(g.Device) || g.ID == "" || !g.Expires.After(g.Issued) {
		return Grant{}, ErrGrantMalformed
	}
	for _, r := range g.Roles {
		if !r.Valid() {
			return Grant{}, ErrGrantMalformed
		}
	}
	return g, nil
}
