package auth

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

func testGrants() Grants { return NewGrants(ServerKey{secret: [32]byte{7}}, "north", 12*time.Hour) }

func testGrant() Grant {
	return Grant{
		ID: "g", Person: ident.New[ident.Person](1, [10]byte{1}), Roles: []act.Role{act.Nurse},
		Device: ident.New[ident.Device](2, [10]byte{2}), Proof: act.PIN,
	}
}

func TestGrant_HoldsForTwelveHours(t *testing.T) {
	t.Parallel()
	gs := testGrants()
	token, issued, err := gs.Issue(testGrant(), morning())
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		after time.Duration
		want  error
	}{
		{-time.Microsecond, ErrGrantNotYet},
		{0, nil},
		{12*time.Hour - time.Microsecond, nil},
		{12 * time.Hour, ErrGrantExpired},
	} {
		got, err := gs.Check(token, morning().Add(tc.after))
		wantErr(t, err, tc.want)
		if diff := cmp.Diff(issued, got); diff != "" {
			t.Errorf("after %s the grant differs (-issued +checked):\n%s", tc.after, diff)
		}
	}
}

func TestGrant_ForgedOrMalformed(t *testing.T) {
	t.Parallel()
	gs := testGrants()
	token, _, err := gs.Issue(testGrant(), morning())
	if err != nil {
		t.Fatal(err)
	}
	dot := strings.LastIndexByte(token, '.')
	otherClinic, _, _ := NewGrants(ServerKey{secret: [32]byte{7}}, "south", 12*time.Hour).Issue(testGrant(), morning())
	otherKey, _, _ := NewGrants(ServerKey{secret: [32]byte{8}}, "north", 12*time.Hour).Issue(testGrant(), morning())
	for name, tc := range map[string]struct {
		token string
		want  error
	}{
		"empty":         {"", ErrGrantMalformed},
		"prefix only":   {grantPrefix, ErrGrantMalformed},
		"other version": {"swg2" + token[4:], ErrGrantMalformed},
		"no mac":        {token[:dot], ErrGrantMalformed},
		"empty mac":     {token[:dot+1], ErrGrantForged},
		"half a mac":    {token[:len(token)-22], ErrGrantMalformed},
		"too long":      {token + strings.Repeat("A", grantMost), ErrGrantMalformed},
		"padded":        {token + "=", ErrGrantMalformed},
		"other clinic":  {otherClinic, ErrGrantForged},
		"other key":     {otherKey, ErrGrantForged},
		"no payload":    {grantPrefix + token[dot:], ErrGrantForged},
	} {
		if _, err := gs.Check(tc.token, morning()); !errors.Is(err, tc.want) {
			t.Errorf("%s: error is %v, want %v", name, err, tc.want)
		}
	}
}

// Changing any one character makes a grant worthless.
func TestGrant_AnyChangeIsFound(t *testing.T) {
	t.Parallel()
	gs := testGrants()
	token, _, err := gs.Issue(testGrant(), morning())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(token)-1).Draw(t, "at")
		to := rapid.SampledFrom([]byte("ABCabc019-_.=")).Draw(t, "to")
		if token[i] == to {
			return
		}
		changed := token[:i] + string(to) + token[i+1:]
		if _, err := gs.Check(changed, morning()); !errors.Is(err, ErrGrantForged) && !errors.Is(err, ErrGrantMalformed) {
			t.Fatalf("%q in place of %q at %d: %v", to, token[i], i, err)
		}
	})
}

// A payload with our own seal is still read strictly.
func TestGrant_StrictPayload(t *testing.T) {
	t.Parallel()
	gs := testGrants()
	seal := func(payload string) string {
		signed := grantPrefix + tokenBase64.EncodeToString([]byte(payload))
		return signed + "." + tokenBase64.EncodeToString(mac(gs.key, signed))
	}
	person := `"person":"` + string(testGrant().Person) + `"`
	times := `"issued":"2026-03-02T07:30:00Z","expires":"2026-03-02T19:30:00Z"`
	if _, err := gs.Check(seal(`{"id":"g",`+person+`,"roles":["nurse"],"proof":"pin",`+times+`}`), morning()); err != nil {
		t.Fatalf("a sound payload: %v", err)
	}
	for name, payload := range map[string]string{
		"not JSON":      `hello`,
		"unknown field": `{"id":"g",` + person + `,"admin":true,` + times + `}`,
		"two values":    `{"id":"g",` + person + `,` + times + `}{}`,
		"no id":         `{` + person + `,` + times + `}`,
		"no person":     `{"id":"g",` + times + `}`,
		"odd person":    `{"id":"g","person":"rosa",` + times + `}`,
		"odd device":    `{"id":"g","device":"x",` + person + `,` + times + `}`,
		"odd role":      `{"id":"g","roles":["owner"],` + person + `,` + times + `}`,
		"no times":      `{"id":"g",` + person + `}`,
	} {
		if _, err := gs.Check(seal(payload), morning()); !errors.Is(err, ErrGrantMalformed) {
			t.Errorf("%s: error is %v, want malformed", name, err)
		}
	}
}

func TestGrant_TooLongToIssue(t *testing.T) {
	t.Parallel()
	g := testGrant()
	g.ID = strings.Repeat("g", grantMost)
	if token, _, err := testGrants().Issue(g, morning()); err == nil || token != "" {
		t.Fatal("issued a grant that Check would refuse")
	}
}

func FuzzGrantCheck(f *testing.F) {
	gs := testGrants()
	token, _, err := gs.Issue(testGrant(), morning())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add(grantPrefix + "e30." + tokenBase64.EncodeToString(mac(gs.key, grantPrefix+"e30")))
	f.Add("swg1..")
	f.Fuzz(func(t *testing.T, s string) {
		g, err := gs.Check(s, morning())
		if err == nil && s != token {
			t.Fatalf("accepted %q as %+v", s, g)
		}
	})
}

func FuzzDecodeGrant(f *testing.F) {
	f.Add([]byte(`{"id":"g","person":"01890a5d-ac96-774b-bcce-b302099a8057","roles":["nurse"],"issued":"2026-03-02T07:30:00Z","expires":"2026-03-02T19:30:00Z"}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		g, err := decodeGrant(payload)
		if err != nil {
			return
		}
		if !ident.Valid(g.Person) || !g.Expires.After(g.Issued) {
			t.Fatalf("accepted %+v", g)
		}
	})
}

func TestAuthor_IsTheGrantsPerson(t *testing.T) {
	t.Parallel()
	c, d, rosa := chairside(t)
	in := must(c.SignInPIN(t.Context(), rosa.ID, goodPIN, d))(t)
	token, g, err := c.IssueGrant(in.View)
	if err != nil {
		t.Fatal(err)
	}
	made := c.now().Add(time.Hour)
	c.pass(30 * time.Hour) // the tablet was offline; the entry arrives the next day
	a := must(c.Author(t.Context(), token, made))(t)
	want := act.Actor{Kind: act.Person, Person: rosa.ID, Roles: []act.Role{act.Nurse}, Via: d.ID, Proof: act.Grant, ProvedAt: g.Issued}
	if diff := cmp.Diff(want, a.Actor); diff != "" || a.Disabled || a.Revoked {
		t.Fatalf("author (-want +got):\n%s%+v", diff, a)
	}
	_, err = c.Author(t.Context(), token, c.now())
	wantErr(t, err, ErrGrantExpired)
}

func TestAuthor_KeepsTheRolesOfThen(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	token, _, err := c.IssueGrant(in.View)
	if err != nil {
		t.Fatal(err)
	}
	must(c.Describe(t.Context(), jobActor(c.now()), in.View.Person.ID, "Rosa", []act.Role{act.FrontDesk}, false))(t)
	if a := must(c.Author(t.Context(), token, c.now()))(t); !a.Actor.Is(act.Nurse) {
		t.Fatalf("author is %+v", a.Actor)
	}
}

func TestAuthor_PersonDisabled(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	token, _, err := c.IssueGrant(in.View)
	if err != nil {
		t.Fatal(err)
	}
	c.pass(time.Hour)
	gone := must(c.Disable(t.Context(), jobActor(c.now()), in.View.Person.ID))(t)
	before := must(c.Author(t.Context(), token, gone.DisabledAt.Add(-time.Minute)))(t)
	after := must(c.Author(t.Context(), token, gone.DisabledAt))(t)
	if before.Disabled || !after.Disabled || after.Actor.Person != gone.ID {
		t.Fatalf("before: %+v, after: %+v", before, after)
	}
	// A grant dated after the person was disabled cannot be genuine work.
	late, _, err := c.grants.Issue(Grant{ID: "g", Person: gone.ID}, gone.DisabledAt)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Author(t.Context(), late, gone.DisabledAt)
	wantErr(t, err, ErrGrantPerson)
	nobody, _, err := c.grants.Issue(testGrant(), c.now())
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Author(t.Context(), nobody, c.now())
	wantErr(t, err, ErrGrantPerson)
}

func TestAuthor_DeviceRevoked(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	by := c.director()
	d := c.tablet(by, "tablet 3").Device
	rosa := c.hire("rosa", act.Nurse)
	in := must(c.SignInPIN(t.Context(), rosa.ID, goodPIN, d))(t)
	token, _, err := c.IssueGrant(in.View)
	if err != nil {
		t.Fatal(err)
	}
	c.pass(time.Minute)
	by = must(c.Session(t.Context(), must(c.SignIn(t.Context(), "dora", goodPassword, outside()))(t).Token, Device{}))(t)
	if err := c.Revoke(t.Context(), by, d.ID); err != nil {
		t.Fatal(err)
	}
	before := must(c.Author(t.Context(), token, c.now().Add(-time.Second)))(t)
	after := must(c.Author(t.Context(), token, c.now()))(t)
	if before.Revoked || !after.Revoked {
		t.Fatalf("before: %v, after: %v", before.Revoked, after.Revoked)
	}
}

func TestIssueGrant_OnlyToAnActiveSession(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	_, _, err := c.IssueGrant(must(c.Lock(t.Context(), in.View))(t))
	wantErr(t, err, ErrNotActive)
	_, _, err = c.IssueGrant(View{})
	wantErr(t, err, ErrNotActive)
}
