package auth

import (
	"net/http"
	"time"
)

// Cookies names and shapes the cookies. Under TLS their names carry the
// __Host- prefix, by which a browser binds them to this host and to TLS; plain
// HTTP is spoken only on loopback.
type Cookies struct{ TLS bool }

// deviceCookieLife is the longest that browsers keep a cookie (400 days); it
// is given anew while the device is in use.
const deviceCookieLife = 400 * 24 * time.Hour

func (c Cookies) name(base string) string {
	if c.TLS {
		return "__Host-" + base
	}
	return base
}

// SessionName is the name of the session cookie.
func (c Cookies) SessionName() string { return c.name("stillwatch") }

// DeviceName is the name of the device cookie.
func (c Cookies) DeviceName() string { return c.name("stillwatch-device") }

// Session is the cookie of a session just begun; life is the session's longest.
func (c Cookies) Session(token string, life time.Duration) *http.Cookie {
	return c.cookie(c.SessionName(), token, life)
}

// Device is the cookie of an enrolled device.
func (c Cookies) Device(token string) *http.Cookie {
	return c.cookie(c.DeviceName(), token, deviceCookieLife)
}

// NoSession takes the session cookie away.
func (c Cookies) NoSession() *http.Cookie { return c.cookie(c.SessionName(), "", -time.Second) }

// NoDevice takes the device cookie away.
func (c Cookies) NoDevice() *http.Cookie { return c.cookie(c.DeviceName(), "", -time.Second) }

func (c Cookies) cookie(name, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, Secure: c.TLS, SameSite: http.SameSiteLaxMode,
	}
}

// SessionToken reads the session cookie; empty for none.
func (c Cookies) SessionToken(r *http.Request) string { return value(r, c.SessionName()) }

// DeviceToken reads the device cookie; empty for none.
func (c Cookies) DeviceToken(r *http.Request) string { return value(r, c.DeviceName()) }

// value is empty when the cookie is absent or sent twice: which of two is
// meant cannot be told.
func value(r *http.Request, name string) string {
	found := r.CookiesNamed(name)
	if len(found) != 1 {
		return ""
	}
	return found[0].Value
}

// PatientName is the name of the cookie of a patient's phone.
func (c Cookies) PatientName() string { return c.name("stillwatch-patient") }

// Patient is the cookie of a phone whose holder gave the date of birth.
func (c Cookies) Patient(pass string, life time.Duration) *http.Cookie {
	return c.cookie(c.PatientName(), pass, life)
}

// NoPatient takes the patient's cookie away.
func (c Cookies) NoPatient() *http.Cookie { return c.cookie(c.PatientName(), "", -time.Second) }

// PatientPass reads the patient's cookie; empty for none.
func (c Cookies) PatientPass(r *http.Request) string { return value(r, c.PatientName()) }
