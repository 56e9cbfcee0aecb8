// Package ident holds the opaque identifiers of the record. An identifier
// carries no meaning and no patient data; those made by clients are UUIDv7,
// whose embedded time is never trusted.
package ident

import (
	"encoding/hex"
	"fmt"
	"strconv"
)

// Distinct types keep a patient from standing where a person is meant.
type (
	// Clinic names one clinic: lower-case letters, digits and hyphens, at most 32.
	Clinic string
	// Log names one append-only log of a clinic.
	Log string
	// Command is the client-made id of one command (UUIDv7).
	Command string
	// Session is one infusion visit.
	Session string
	// Course is one patient's way from referral to follow-up.
	Course string
	// Patient is one patient in the clinic's register.
	Patient string
	// Person is one member of staff.
	Person string
	// Device is an enrolled tablet, station or bedside monitor.
	Device string
	// Order is one infusion order.
	Order string
	// Detail is one row of personal detail.
	Detail string
	// SideEffect is one side effect followed through a session.
	SideEffect string
)

// Chair is the number painted on the chair, 1 to MaxChair.
type Chair int

// MaxChair is the highest number a chair can have: three digits.
const MaxChair = 999

// Valid reports whether the chair number is one a clinic can paint.
func (c Chair) Valid() bool { return c >= 1 && c <= MaxChair }

func (c Chair) String() string { return strconv.Itoa(int(c)) }

// id is any identifier that is a UUIDv7 in text.
type id interface {
	Command | Session | Course | Patient | Person | Device | Order | Detail | SideEffect | Log
}

// Parse checks that s is a UUID of version 7 in canonical lower-case text.
func Parse[T id](s string) (T, error) {
	if !isUUIDv7(s) {
		return "", fmt.Errorf("identifier %q is not a lower-case UUID of version 7", clip(s))
	}
	return T(s), nil
}

// Valid reports whether v is a canonical UUIDv7.
func Valid[T id](v T) bool { return isUUIDv7(string(v)) }

// New makes a UUIDv7 from a Unix time in milliseconds and ten random bytes.
// It is pure: the caller at the edge supplies both.
func New[T id](unixMilli int64, random [10]byte) T {
	var b [16]byte
	ms := uint64(unixMilli)
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	copy(b[6:], random[:])
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:])
	return T(s[0:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:32])
}

// ValidClinic reports whether c can name a clinic.
func ValidClinic(c Clinic) bool {
	if len(c) == 0 || len(c) > 32 {
		return false
	}
	for _, r := range c {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

func isUUIDv7(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, r := range []byte(s) {
		switch i {
		case 8, 13, 18, 23:
			if r != '-' {
				return false
			}
		default:
			if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
				return false
			}
		}
	}
	return s[14] == '7' && (s[19] == '8' || s[19] == '9' || s[19] == 'a' || s[19] == 'b')
}

func clip(s string) string {
	if len(s) > 48 {
		return s[:48] + "…"
	}
	return s
}
