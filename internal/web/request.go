package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// forProgram reports whether a program asks, not a person turning pages.
func forProgram(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/v1/") }

// next remembers where a page was wanted. Only reading goes on by itself.
func next(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return ""
	}
	return "?next=" + url.QueryEscape(r.URL.Path)
}

// safeNext takes a path of this host and nothing else.
func safeNext(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > 256 || u.IsAbs() || u.Host != "" || !strings.HasPrefix(s, "/") ||
		strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return u.EscapedPath()
}

// said maps what a redirect says was done to a sentence. The words never
// travel in the address.
var said = map[string]string{
	"planned":    "The visit is planned.",
	"recorded":   "Recorded.",
	"paper":      "The paper is in the record. A second person compares the two.",
	"ordered":    "The order is attached. Print the paper for this visit now, and throw older paper of it away.",
	"sent":       "Sent to the clinic. Thank you.",
	"opened":     "The record is open to you for one hour. The director reviews why.",
	"adopted":    "The library is adopted.",
	"protocol":   "The protocol is signed.",
	"referral":   "The referral is recorded.",
	"course":     "It is recorded.",
	"struck":     "It is struck. It stays in the record, and counts no more.",
	"accepted":   "It is recorded that you answer for it.",
	"decided":    "The decision is signed.",
	"consent":    "The consent is signed.",
	"withdrawn":  "The withdrawal is recorded.",
	"reviewed":   "The review is recorded.",
	"patient":    "The patient is in the register.",
	"person":     "The account was changed.",
	"credential": "The credential is recorded.",
	"monitor":    "The monitor is in the register.",
	"revoked":    "The device may no longer be used.",
	"room":       "The room check is signed.",
	"tested":     "The test of sound and screen is recorded.",
	"enrolled":   "This device is enrolled.",
	"password":   "Your password is set.",
	"out":        "You are signed out.",
	"ended":      "Your sign-in has ended here. Sign in to see the room again.",
}

func done(r *http.Request) string { return said[r.URL.Query().Get("done")] }

func redirectDone(w http.ResponseWriter, r *http.Request, path, what string) error {
	http.Redirect(w, r, path+"?done="+what, http.StatusSeeOther)
	return nil
}

// posted reads a form within bounds, with its idempotency key.
func posted(r *http.Request) (url.Values, ident.Command, error) {
	if err := r.ParseForm(); err != nil {
		return nil, "", fmt.Errorf("read form: %w", asMalformed(err))
	}
	id, err := ident.Parse[ident.Command](r.PostForm.Get("command"))
	if err != nil {
		return nil, "", malformed("This form is not one of ours, or it is too old.")
	}
	return r.PostForm, id, nil
}

func asMalformed(err error) error {
	if t := troubleOf(err); t.Status == http.StatusRequestEntityTooLarge {
		return t
	}
	return malformed("The form could not be read.")
}

// field is a text of a form, trimmed and bounded.
func field(f url.Values, name string) string {
	s := strings.TrimSpace(f.Get(name))
	if len(s) > 500 {
		return s[:500]
	}
	return s
}

func chairOf(s string) (ident.Chair, bool) {
	n, err := strconv.Atoi(s)
	c := ident.Chair(n)
	return c, err == nil && c.Valid() && s == strconv.Itoa(n)
}

func sessionOf(r *http.Request) (ident.Session, error) {
	id, err := ident.Parse[ident.Session](r.PathValue("id"))
	if err != nil {
		return "", errNotFound
	}
	return id, nil
}
