package auth

import (
	"fmt"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

func formKey(n int) ident.Command {
	return ident.Command(fmt.Sprintf("01941f29-7c00-7000-8000-%012d", n))
}

// TestAddPersonOnce: the same form twice makes one account, and the password of
// the last answer is the one that counts.
func TestAddPersonOnce(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	by := jobActor(c.now())
	rosa := Person{Login: "Rosa ", Name: "Rosa Field", Roles: []act.Role{act.Nurse}}
	first := must(c.AddPersonOnce(t.Context(), by, formKey(1), rosa))(t)
	last := must(c.AddPersonOnce(t.Context(), by, formKey(1), rosa))(t)
	people := must(c.People(t.Context()))(t)
	if len(people) != 1 || people[0].ID != ident.Person(formKey(1)) || people[0].Login != "rosa" || first == last {
		t.Fatalf("sent twice: %+v", people)
	}
	wantErr(t, c.signIn("rosa", first, outside()), ErrWrong)
	in := must(c.SignIn(t.Context(), "rosa", last, outside()))(t)

	other := rosa
	other.Login = "ruth"
	_, err := c.AddPersonOnce(t.Context(), by, formKey(1), other)
	wantErr(t, err, ErrOtherContent)
	_, err = c.AddPersonOnce(t.Context(), by, formKey(2), rosa)
	wantErr(t, err, ErrLoginTaken)

	must(c.ChangePassword(t.Context(), in.View, last, goodPassword, outside()))(t)
	_, err = c.AddPersonOnce(t.Context(), by, formKey(1), rosa)
	wantErr(t, err, ErrShownBefore)
	if err := c.signIn("rosa", goodPassword, outside()); err != nil {
		t.Errorf("an old form took her own password away: %v", err)
	}
	if people = must(c.People(t.Context()))(t); len(people) != 1 {
		t.Errorf("%d accounts", len(people))
	}
}

// TestChangeOnce: what a form has changed it does not change again, whatever was
// changed since.
func TestChangeOnce(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.director()
	rosa := c.hire("rosa", act.Nurse)
	by := jobActor(c.now())
	acls := func(expires Date) Change {
		return Change{What: PutOnRecord, Credential: Credential{Kind: CredentialKinds()[0], Number: "88-104", Expires: expires}}
	}
	say := func(key int, change Change) string {
		t.Helper()
		return must(c.ChangeOnce(t.Context(), by, formKey(key), rosa.ID, change))(t)
	}
	now := func() Person { return must(c.Person(t.Context(), rosa.ID))(t) }

	say(1, acls("2027-01-31"))
	say(1, acls("2027-01-31"))
	say(2, acls("2028-01-31"))
	say(1, acls("2027-01-31")) // the browser went back
	if cs := now().Credentials; len(cs) != 1 || cs[0].Expires != "2028-01-31" {
		t.Errorf("credentials are %+v", cs)
	}
	_, err := c.ChangeOnce(t.Context(), by, formKey(1), rosa.ID, acls("2029-01-31"))
	wantErr(t, err, ErrOtherContent)

	say(3, Change{What: EndAccess})
	say(4, Change{What: GiveAccess})
	say(3, Change{What: EndAccess})
	if now().Disabled {
		t.Error("an old form ended her access again")
	}

	first := say(5, Change{What: NewPassword})
	last := say(5, Change{What: NewPassword})
	wantErr(t, c.signIn("rosa", first, outside()), ErrWrong)
	in := must(c.SignIn(t.Context(), "rosa", last, outside()))(t)
	must(c.ChangePassword(t.Context(), in.View, last, goodPassword, outside()))(t)
	_, err = c.ChangeOnce(t.Context(), by, formKey(5), rosa.ID, Change{What: NewPassword})
	wantErr(t, err, ErrShownBefore)

	_, err = c.ChangeOnce(t.Context(), by, formKey(6), rosa.ID, Change{What: "promote"})
	if err == nil {
		t.Error("a change that there is not was made")
	}
	for n := range 2 * mostSaid {
		say(100+n, acls("2028-01-31"))
	}
	if n := len(now().Said); n != mostSaid {
		t.Errorf("%d forms are kept", n)
	}
}
