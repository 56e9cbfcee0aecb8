package auth

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
)

func TestFirstAdministrator_IsMadeOnce(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	login, once, made, err := c.FirstAdministrator(t.Context())
	if err != nil || !made || login != "admin" || once == "" {
		t.Fatalf("first start gives %q, %q, %v, %v", login, once, made, err)
	}
	if strings.Contains(c.store.text(), once) {
		t.Fatal("the one-time password is stored")
	}
	c.restart()
	// A start that failed before it could print must not lock the clinic out.
	login, again, made, err := c.FirstAdministrator(t.Context())
	if err != nil || !made || login != "admin" || again == "" || again == once {
		t.Fatalf("a second start before anybody signed in gives %q, %q, %v, %v", login, again, made, err)
	}
	wantErr(t, c.signIn("admin", once, outside()), ErrWrong)
	once = again
	c.pass(90 * 24 * time.Hour) // the printed password waits for whoever installs
	in := must(c.SignIn(t.Context(), login, once, outside()))(t)
	if _, acts := in.View.Actor(); acts || !in.View.Person.MustChange {
		t.Fatal("the one-time password acts before it is changed")
	}
	if _, _, err := c.IssueGrant(in.View); err == nil {
		t.Fatal("the one-time password gives an author grant")
	}
	own := must(c.ChangePassword(t.Context(), in.View, once, goodPassword, outside()))(t)
	actor, acts := own.View.Actor()
	if !acts || !actor.Is(act.Administrator) {
		t.Fatalf("after the change the actor is %+v, %v", actor, acts)
	}
	wantErr(t, c.signIn("admin", once, outside()), ErrWrong)
	c.restart()
	if login, again, made, err := c.FirstAdministrator(t.Context()); err != nil || made || again != "" || login != "" {
		t.Fatalf("a start after the password was chosen gives %q, %q, %v, %v", login, again, made, err)
	}
}

func TestAddPerson_OneTimePasswordEnds(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{72*time.Hour - time.Microsecond, 72 * time.Hour} {
		c := newClinic(t)
		_, once, err := c.AddPerson(t.Context(), jobActor(c.now()), Person{Login: "rosa", Name: "Rosa Field", Roles: []act.Role{act.Nurse}})
		if err != nil {
			t.Fatal(err)
		}
		c.pass(after)
		err = c.signIn("rosa", once, outside())
		if good := after < 72*time.Hour; (err == nil) != good {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

// Nobody can be added with a hash, an id or a state of their own choosing.
func TestAddPerson_TakesOnlyWhatIsAsked(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	p, _, err := c.AddPerson(t.Context(), jobActor(c.now()), Person{
		ID: "chosen", Login: " Rosa ", Name: "Rosa Field", Roles: []act.Role{act.Nurse}, PasswordHash: "x", PINHash: "y", Disabled: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.ID == "chosen" || p.Login != "rosa" || p.PasswordHash == "x" || p.HasPIN() || p.Disabled || !p.MustChange {
		t.Fatalf("added %+v", p)
	}
}

func TestAddPerson_Refuses(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.hire("rosa", act.Nurse)
	nurse := []act.Role{act.Nurse}
	for name, p := range map[string]Person{
		"taken login":        {Login: "ROSA", Name: "Rosa", Roles: nurse},
		"no login":           {Name: "Rosa", Roles: nurse},
		"login with space":   {Login: "ro sa", Name: "Rosa", Roles: nurse},
		"long login":         {Login: strings.Repeat("r", 33), Name: "Rosa", Roles: nurse},
		"login from a digit": {Login: "1rosa", Name: "Rosa", Roles: nurse},
		"no name":            {Login: "new", Roles: nurse},
		"name with newline":  {Login: "new", Name: "Ro\nsa", Roles: nurse},
		"padded name":        {Login: "new", Name: " Rosa", Roles: nurse},
		"long name":          {Login: "new", Name: strings.Repeat("r", 81), Roles: nurse},
		"no role":            {Login: "new", Name: "Rosa"},
		"unknown role":       {Login: "new", Name: "Rosa", Roles: []act.Role{"owner"}},
		"role twice":         {Login: "new", Name: "Rosa", Roles: []act.Role{act.Nurse, act.Nurse}},
		"charge, no nurse":   {Login: "new", Name: "Rosa", Roles: []act.Role{act.FrontDesk}, InCharge: true},
		"broken credential":  {Login: "new", Name: "Rosa", Roles: nurse, Credentials: []Credential{{Kind: ACLS}}},
	} {
		if got, once, err := c.AddPerson(t.Context(), jobActor(c.now()), p); err == nil || once != "" || got.ID != "" {
			t.Errorf("%s is accepted: %+v", name, got)
		}
	}
	_, _, err := c.AddPerson(t.Context(), jobActor(c.now()), Person{Login: "rosa", Name: "Rosa", Roles: nurse})
	wantErr(t, err, ErrLoginTaken)
}

func TestPerson_GivesNoHashAway(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	rosa := c.hire("rosa", act.Nurse)
	if rosa.PasswordHash == "" || rosa.PINHash == "" {
		t.Fatal("person has no hashes to hide")
	}
	asJSON := must(json.Marshal(rosa))(t)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("someone", "who", rosa)
	for _, shown := range []string{string(asJSON), log.String()} {
		if strings.Contains(shown, "argon2") {
			t.Errorf("a hash is shown: %s", shown)
		}
	}
	if strings.Contains(log.String(), rosa.Name) || !strings.Contains(log.String(), string(rosa.ID)) {
		t.Errorf("the log names %s", log.String())
	}
}

func TestChangePassword_EndsOtherSessionsAndTurnsTheToken(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	other := must(c.SignIn(t.Context(), "rosa", goodPassword, outside()))(t)
	own := must(c.ChangePassword(t.Context(), in.View, goodPassword, "seven quiet chairs", outside()))(t)
	wantState(t, c.look(in.Token, Device{}), SessionExpired)
	wantState(t, c.look(other.Token, Device{}), SessionExpired)
	wantState(t, c.look(own.Token, Device{}), SessionActive)
	wantErr(t, c.signIn("rosa", goodPassword, outside()), ErrWrong)
	if err := c.signIn("rosa", "seven quiet chairs", outside()); err != nil {
		t.Fatal(err)
	}
}

func TestChangePassword_Refuses(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	change := func(old, chosen string) error {
		_, err := c.ChangePassword(t.Context(), in.View, old, chosen, outside())
		return err
	}
	wantErr(t, change("not her password", "seven quiet chairs"), ErrWrong)
	wantWeak(t, change(goodPassword, "short"), TooShort)
	wantWeak(t, change(goodPassword, goodPassword), Unchanged)
	in.View = must(c.Lock(t.Context(), in.View))(t)
	wantErr(t, change(goodPassword, "seven quiet chairs"), ErrNotActive)
}

func TestSetPIN_Refuses(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	set := func(password, pin string) error { return c.SetPIN(t.Context(), in.View, password, pin, outside()) }
	wantWeak(t, set(goodPassword, "123456"), Trivial)
	wantErr(t, set("not her password", "730591"), ErrWrong)
	in.View = must(c.Lock(t.Context(), in.View))(t)
	wantErr(t, set(goodPassword, "730591"), ErrNotActive)
}

func TestSetPIN_NotOnAOneTimePassword(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	_, once, _, err := c.FirstAdministrator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	in := must(c.SignIn(t.Context(), FirstLogin, once, outside()))(t)
	wantErr(t, c.SetPIN(t.Context(), in.View, once, goodPIN, outside()), ErrMustChange)
}

func TestResetPassword_TakesEverythingBack(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	once := must(c.ResetPassword(t.Context(), jobActor(c.now()), in.View.Person.ID))(t)
	wantState(t, c.look(in.Token, Device{}), SessionExpired)
	wantErr(t, c.signIn("rosa", goodPassword, outside()), ErrWrong)
	again := must(c.SignIn(t.Context(), "rosa", once, outside()))(t)
	if p := again.View.Person; !p.MustChange || p.HasPIN() {
		t.Fatalf("after the reset the person is %+v", p)
	}
	c.pass(72 * time.Hour)
	wantErr(t, c.signIn("rosa", once, outside()), ErrWrong)
}

func TestAccounts_KeepAnAdministrator(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	ada := c.hire("ada", act.Administrator)
	c.hire("rosa", act.Nurse)
	by := jobActor(c.now())
	_, err := c.Disable(t.Context(), by, ada.ID)
	wantErr(t, err, ErrLastAdministrator)
	_, err = c.Describe(t.Context(), by, ada.ID, ada.Name, []act.Role{act.Nurse}, false)
	wantErr(t, err, ErrLastAdministrator)
	must(c.Describe(t.Context(), by, ada.ID, "Ada Field", []act.Role{act.Administrator, act.Nurse}, true))(t)

	bob := c.hire("bob", act.Administrator)
	must(c.Disable(t.Context(), by, ada.ID))(t)
	_, err = c.Disable(t.Context(), by, bob.ID) // Ada is disabled and does not count
	wantErr(t, err, ErrLastAdministrator)
}

func TestAccounts_DescribeRefusesAndKeeps(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	rosa := c.hire("rosa", act.Nurse)
	if _, err := c.Describe(t.Context(), jobActor(c.now()), rosa.ID, "", []act.Role{act.Nurse}, false); err == nil {
		t.Fatal("an empty name is accepted")
	}
	after := must(c.Person(t.Context(), rosa.ID))(t)
	if after.Name != rosa.Name || after.PasswordHash != rosa.PasswordHash {
		t.Fatalf("a refused change left %+v", after)
	}
	_, err := c.Person(t.Context(), "nobody")
	wantErr(t, err, ErrNoRow)
}

func TestAccounts_DisableKeepsItsFirstTime(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	rosa := c.hire("rosa", act.Nurse)
	first := must(c.Disable(t.Context(), jobActor(c.now()), rosa.ID))(t)
	c.pass(time.Hour)
	second := must(c.Disable(t.Context(), jobActor(c.now()), rosa.ID))(t)
	if !first.DisabledAt.Equal(second.DisabledAt) {
		t.Fatal("disabling again moved the time")
	}
}

func TestPeople_AreOrderedByName(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for _, login := range []string{"zoe", "ana", "mia"} {
		c.hire(login, act.Nurse)
	}
	var order []string
	for _, p := range must(c.People(t.Context()))(t) {
		order = append(order, p.Login)
	}
	if got := strings.Join(order, " "); got != "ana mia zoe" {
		t.Fatalf("people are %s", got)
	}
}
