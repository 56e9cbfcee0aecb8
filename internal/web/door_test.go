package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestDoors_WhoIsSentWhere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		who    Visitor
		path   string
		status int
		to     string
	}{
		{"nobody to the board", nobody, "/board", http.StatusSeeOther, "/sign-in?next=%2Fboard"},
		{"nobody to a record", nobody, "/sessions/" + idA, http.StatusSeeOther, "/sign-in?next=%2Fsessions%2F" + idA},
		{"nobody to the stream", nobody, "/v1/stream?topics=board", http.StatusUnauthorized, ""},
		{"tablet to its chair", tablet, "/chair/3", http.StatusOK, ""},
		{"tablet home", tablet, "/", http.StatusSeeOther, "/chair/3"},
		{"tablet to a record", tablet, "/sessions/" + idA, http.StatusSeeOther, "/sign-in?next=%2Fsessions%2F" + idA},
		{"locked at the chair", locked, "/chair/3", http.StatusOK, ""},
		{"locked to the visits", locked, "/sessions", http.StatusSeeOther, "/unlock?next=%2Fsessions"},
		{"one-time password", fresh, "/board", http.StatusSeeOther, "/password"},
		{"one-time password at the desk", fresh, "/people", http.StatusSeeOther, "/password"},
		{"nurse to the board", nurse, "/board", http.StatusOK, ""},
		{"nurse home", nurse, "/", http.StatusSeeOther, "/board"},
		{"chair that is not there", nurse, "/chair/7", http.StatusNotFound, ""},
		{"chair that cannot be", nurse, "/chair/0", http.StatusNotFound, ""},
		{"chair in other spelling", nurse, "/chair/03", http.StatusNotFound, ""},
		{"session that cannot be", nurse, "/sessions/1", http.StatusNotFound, ""},
		{"about without signing in", nobody, "/about", http.StatusOK, ""},
		{"trust without signing in", nobody, "/trust", http.StatusOK, ""},
		{"no such page", nurse, "/nowhere", http.StatusNotFound, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, h, _ := bench(t, tt.who)
			w := get(h, tt.path)
			if w.Code != tt.status || w.Header().Get("Location") != tt.to {
				t.Errorf("answered %d %q, want %d %q", w.Code, w.Header().Get("Location"), tt.status, tt.to)
			}
		})
	}
}

func TestHeaders_OnEveryAnswer(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nurse)
	for _, path := range []string{"/board", "/nowhere", "/v1/chair/3", "/healthz", "/assets/none.js", "/sessions/" + idA} {
		w := get(h, path)
		csp := w.Header().Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: policy lacks %s", path, part)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
			t.Errorf("%s: policy is open: %s", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
}

func TestCrossSite_PostIsRefusedInWords(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test/v1/commands/session.stop", strings.NewReader(command(idA, `{}`)))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || len(c.took) != 0 {
		t.Errorf("answered %d, took %d", w.Code, len(c.took))
	}
	if !strings.Contains(w.Body.String(), "another site") {
		t.Errorf("said %q", w.Body)
	}
}

func TestLog_HoldsNoAddressAndNoQuery(t *testing.T) {
	t.Parallel()
	_, h, log := bench(t, nurse)
	get(h, "/sessions/"+idB+"?name=Rivera")
	get(h, "/nowhere/Rivera")
	if s := log.String(); strings.Contains(s, idB) || strings.Contains(s, "Rivera") {
		t.Errorf("the log names a record or a patient: %s", s)
	}
	if s := log.String(); !strings.Contains(s, `pattern="GET /sessions/{id}"`) {
		t.Errorf("the log lacks the route: %s", s)
	}
}

func TestFailure_ShowsANumberThatTheLogHas(t *testing.T) {
	t.Parallel()
	_, h, log := bench(t, nurse)
	w := get(h, "/sessions/"+idA) // its record cannot be read
	id := w.Header().Get("X-Request-Id")
	if w.Code != http.StatusInternalServerError || id == "" || !strings.Contains(w.Body.String(), id) || !strings.Contains(log.String(), id) {
		t.Errorf("answered %d, request %q, page %q", w.Code, id, w.Body)
	}
	if strings.Contains(w.Body.String(), "EOF") {
		t.Error("the page shows the server's own words")
	}
}

func TestSafeNext_StaysOnThisHost(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/board": "/board", "/chair/3": "/chair/3", "": "/", "board": "/", "//evil.example": "/", "https://evil.example/": "/",
		"/\\evil.example": "/", "/a\nb": "/", "/x?next=//evil": "/x", "/" + strings.Repeat("a", 300): "/",
	} {
		if got := safeNext(in); got != want {
			t.Errorf("%q goes to %q, want %q", in, got, want)
		}
	}
}

func TestSignIn_WrongGivesThePageBack(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nobody)
	c.signErr = &Trouble{Status: http.StatusTooManyRequests, What: "Too many attempts.", Wait: 30 * time.Second}
	w := postForm(h, "/sign-in", "login=okafor&password=secret-words&next=/board")
	if w.Code != http.StatusTooManyRequests || strings.Contains(w.Body.String(), "secret-words") {
		t.Errorf("answered %d: %s", w.Code, w.Body)
	}
	for _, text := range []string{"Too many attempts.", "Try again in 31 s.", `value="okafor"`} {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	c.signErr = nil
	if w := postForm(h, "/sign-in", "login=okafor&password=x&next=//evil.example"); w.Header().Get("Location") != "/" {
		t.Errorf("sent to %q", w.Header().Get("Location"))
	}
}

func TestForms_TooLargeAndWithoutKeyAreGivenBack(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	if w := postForm(h, "/patients", "command=1&given=Maria"); w.Code != http.StatusBadRequest {
		t.Errorf("a form without a key answered %d", w.Code)
	}
	big := "command=" + idA + "&given=" + strings.Repeat("x", maxForm)
	if w := postForm(h, "/patients", big); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a form beyond the bound answered %d", w.Code)
	}
	if len(c.drafts) != 0 {
		t.Error("a form given back was taken")
	}
}

func TestPatients_AddRedirectsAndRefusalKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	form := "command=" + idA + "&given=Maria&family=Rivera&born=1981-05-04&number=10021"
	if w := postForm(h, "/patients", form); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/patients?done=patient" {
		t.Errorf("answered %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := get(h, "/patients?done=patient"); !strings.Contains(w.Body.String(), "The patient is in the register.") {
		t.Error("the page does not say what was done")
	}
	c.deskErr = &Trouble{Status: http.StatusConflict, What: "Number 10021 is taken.", Do: "Look the patient up."}
	w := postForm(h, "/patients", form)
	for _, text := range []string{"Number 10021 is taken. Look the patient up.", `value="Rivera"`} {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

func TestPeople_OneTimePasswordStaysOutOfAddresses(t *testing.T) {
	t.Parallel()
	_, h, log := bench(t, nurse)
	w := postForm(h, "/people", "command="+idA+"&name=B&login=b&role=nurse")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "one-time-secret") {
		t.Errorf("answered %d", w.Code)
	}
	if strings.Contains(log.String(), "secret") || w.Header().Get("Cache-Control") != "no-store" {
		t.Error("the password is kept somewhere")
	}
}

func TestRoomCheck_TakesEachAnswer(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	postForm(h, "/room-check", "command="+idA+"&room=A&item=oxygen&answer.oxygen=missing&note.oxygen=empty&item=drugs&answer.drugs=present&expiry.drugs=2027-01-31")
	want := []RoomAnswer{{"oxygen", "missing", "", "empty"}, {"drugs", "present", "2027-01-31", ""}}
	if len(c.room) != 2 || c.room[0] != want[0] || c.room[1] != want[1] {
		t.Errorf("took %+v", c.room)
	}
}

func TestHealth_PlainAndJSON(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nobody)
	c.health.Degraded = []string{"telemetry is late"}
	if w := get(h, "/healthz"); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "degraded\n- telemetry is late\n") {
		t.Errorf("answered %d %q", w.Code, w.Body)
	}
	c.health.OK = false
	r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("answered %d %q", w.Code, w.Body)
	}
}

func TestGallery_IsOpenOnlyWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nobody)
	if w := get(h, "/gallery/board-six-chairs"); w.Code != http.StatusOK {
		t.Errorf("answered %d", w.Code)
	}
	c := &clinic{who: nobody}
	plain, err := New(Deps{
		Auth: c, Assets: map[string]string{}, Now: time.Now, Random: func([]byte) {}, Log: discard(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if w := get(plain, "/gallery/board-six-chairs"); w.Code != http.StatusNotFound {
		t.Errorf("a clinic's server answered %d", w.Code)
	}
}

func TestTrust_HandsOutTheAuthority(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nobody)
	if w := get(h, "/trust"); !strings.Contains(w.Body.String(), `class="qr"`) || !strings.Contains(w.Body.String(), "9F:2C") {
		t.Error("no code or no fingerprint")
	}
	if w := get(h, "/trust/authority.crt"); w.Body.String() != "DER" || w.Header().Get("Content-Type") != "application/x-x509-ca-cert" {
		t.Errorf("handed out %q as %s", w.Body, w.Header().Get("Content-Type"))
	}
}
