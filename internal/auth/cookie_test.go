package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestCookies_Shape(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		cookie *http.Cookie
		want   string
	}{
		{Cookies{TLS: true}.Session("T", 12*time.Hour), "__Host-stillwatch=T; Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Lax"},
		{Cookies{}.Session("T", 12*time.Hour), "stillwatch=T; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"},
		{Cookies{TLS: true}.Device("D"), "__Host-stillwatch-device=D; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax"},
		{Cookies{TLS: true}.NoSession(), "__Host-stillwatch=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"},
		{Cookies{}.NoDevice(), "stillwatch-device=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
	} {
		if got := tc.cookie.String(); got != tc.want {
			t.Errorf("cookie is %s, want %s", got, tc.want)
		}
	}
}

func TestCookies_Read(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                             "",
		"__Host-stillwatch=A":          "A",
		"stillwatch=A":                 "", // set without TLS by someone else
		"__Host-stillwatch=A; other=B": "A",
		"__Host-stillwatch=A; __Host-stillwatch=B": "", // cannot tell which
		"__Host-stillwatch-device=D":               "",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", header)
		if got := (Cookies{TLS: true}).SessionToken(r); got != want {
			t.Errorf("%q reads %q, want %q", header, got, want)
		}
		if got := (Cookies{TLS: true}).DeviceToken(r); (got == "D") != strings.HasSuffix(header, "device=D") {
			t.Errorf("%q reads device %q", header, got)
		}
	}
}
