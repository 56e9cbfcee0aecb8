package auth

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

func TestEnrol_AtTheTablet(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	by := c.director()
	e := c.tablet(by, "tablet 3")
	d := must(c.Device(t.Context(), e.Token))(t)
	if d != e.Device || d.Kind != ChairTablet || d.Chair != 3 || d.EnrolledBy != by.Person.ID || !d.EnrolledAt.Equal(c.now()) {
		t.Fatalf("device is %+v", d)
	}
	if strings.Contains(c.store.text(), e.Token) {
		t.Fatal("the device token is stored")
	}
	if last := c.store.lastAudit(); last.Type != "device.enrolled" || last.Actor.Person != by.Person.ID {
		t.Fatalf("audit entry is %+v", last)
	}
	a := d.Actor()
	if a.Kind != act.Device || a.Via != d.ID || a.Proof != act.Enrolled || a.Person != "" {
		t.Fatalf("device acts as %+v", a)
	}
}

func TestMayEnrol(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		role   act.Role
		charge bool
		want   bool
	}{
		{act.Administrator, false, true},
		{act.Director, false, true},
		{act.Nurse, true, true},
		{act.Nurse, false, false},
		{act.Prescriber, false, false},
		{act.Pharmacist, false, false},
		{act.FrontDesk, false, false},
		{act.FrontDesk, true, false},
	} {
		if got := (Person{Roles: []act.Role{tc.role}, InCharge: tc.charge}).MayEnrol(); got != tc.want {
			t.Errorf("%s, in charge %v: may enrol %v", tc.role, tc.charge, got)
		}
	}
}

func TestEnrol_Refuses(t *testing.T) {
	t.Parallel()
	c, in := signedIn(t)
	good := Placement{Kind: Station, Name: "station"}
	_, err := c.Enrol(t.Context(), in.View, good)
	wantErr(t, err, ErrMayNotEnrol)
	_, _, err = c.EnrolmentCode(t.Context(), in.View, good)
	wantErr(t, err, ErrMayNotEnrol)
	wantErr(t, c.Revoke(t.Context(), in.View, "any"), ErrMayNotEnrol)

	by := c.director()
	locked := must(c.Lock(t.Context(), by))(t)
	_, err = c.Enrol(t.Context(), locked, good)
	wantErr(t, err, ErrNotActive)
	for name, as := range map[string]Placement{
		"no kind":          {Name: "x"},
		"unknown kind":     {Kind: "monitor", Name: "x"},
		"tablet, no chair": {Kind: ChairTablet, Name: "x"},
		"tablet, chair 0":  {Kind: ChairTablet, Chair: 0, Name: "x"},
		"chair 1000":       {Kind: ChairTablet, Chair: ident.MaxChair + 1, Name: "x"},
		"station at chair": {Kind: Station, Chair: 1, Name: "x"},
		"no name":          {Kind: Station},
		"long name":        {Kind: Station, Name: strings.Repeat("x", 61)},
	} {
		if _, err := c.Enrol(t.Context(), by, as); err == nil {
			t.Errorf("%s is enrolled", name)
		}
		if _, _, err := c.EnrolmentCode(t.Context(), by, as); err == nil {
			t.Errorf("%s gets a code", name)
		}
	}
}

func TestEnrolByCode_Once(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	by := c.director()
	code, until, err := c.EnrolmentCode(t.Context(), by, Placement{Kind: ChairTablet, Chair: 5, Name: "tablet 5"})
	if err != nil || !until.Equal(c.now().Add(10*time.Minute)) {
		t.Fatalf("code until %s, %v", until, err)
	}
	if strings.Contains(c.store.text(), strings.ReplaceAll(code, "-", "")) {
		t.Fatal("the code is stored")
	}
	e := must(c.EnrolByCode(t.Context(), strings.ToUpper(code), outside()))(t)
	if e.Device.Chair != 5 || e.Device.EnrolledBy != by.Person.ID {
		t.Fatalf("device is %+v", e.Device)
	}
	must(c.Device(t.Context(), e.Token))(t)
	_, err = c.EnrolByCode(t.Context(), code, outside())
	wantErr(t, err, ErrWrongCode)
}

func TestEnrolByCode_Late(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	code, _, err := c.EnrolmentCode(t.Context(), c.director(), Placement{Kind: Station, Name: "station"})
	if err != nil {
		t.Fatal(err)
	}
	c.pass(10 * time.Minute)
	_, err = c.EnrolByCode(t.Context(), code, outside())
	wantErr(t, err, ErrWrongCode)
}

func TestEnrolByCode_GuessesAreSlowed(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	code, _, err := c.EnrolmentCode(t.Context(), c.director(), Placement{Kind: Station, Name: "station"})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		_, err := c.EnrolByCode(t.Context(), "0000-0000", outside())
		wantErr(t, err, ErrWrongCode)
	}
	_, err = c.EnrolByCode(t.Context(), code, outside())
	wantWait(t, err, time.Second)
	must(c.EnrolByCode(t.Context(), code, Source{Address: "192.168.1.41"}))(t)
}

// Two tablets with one code: one is enrolled.
func TestEnrolByCode_Race(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	code, _, err := c.EnrolmentCode(t.Context(), c.director(), Placement{Kind: Station, Name: "station"})
	if err != nil {
		t.Fatal(err)
	}
	won := make(chan bool, 8)
	for i := range cap(won) {
		go func() {
			_, err := c.EnrolByCode(t.Context(), code, Source{Address: "10.0.0." + string(rune('1'+i))})
			won <- err == nil
		}()
	}
	winners := 0
	for range cap(won) {
		if <-won {
			winners++
		}
	}
	if winners != 1 || len(must(c.Devices(t.Context()))(t)) != 1 {
		t.Fatalf("%d tablets were enrolled with one code", winners)
	}
}

func TestRevoke_EndsDeviceAndItsSessions(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	by := c.director()
	e := c.tablet(by, "tablet 3")
	c.hire("rosa", act.Nurse)
	in := must(c.SignIn(t.Context(), "rosa", goodPassword, Source{Device: e.Device}))(t)
	if err := c.Revoke(t.Context(), by, e.Device.ID); err != nil {
		t.Fatal(err)
	}
	_, err := c.Device(t.Context(), e.Token)
	wantErr(t, err, ErrNotEnrolled)
	_, err = c.Session(t.Context(), in.Token, Device{})
	wantErr(t, err, ErrNoSession)
	first := must(c.Devices(t.Context()))(t)[0]
	if first.RevokedBy != by.Person.ID || !first.RevokedAt.Equal(c.now()) {
		t.Fatalf("revoked device is %+v", first)
	}
	c.pass(time.Second)
	if err := c.Revoke(t.Context(), by, e.Device.ID); err != nil {
		t.Fatal(err)
	}
	if again := must(c.Devices(t.Context()))(t)[0]; again != first {
		t.Fatal("revoking again changed the entry")
	}
	wantErr(t, c.Revoke(t.Context(), by, "unknown"), ErrNoRow)
}

func TestDevice_UnknownToken(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for _, token := range []string{"", "x", must(newToken(newTestRandom(5)))(t)} {
		_, err := c.Device(t.Context(), token)
		wantErr(t, err, ErrNotEnrolled)
	}
}

func TestDevices_NewestFirst(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	by := c.director()
	for _, name := range []string{"one", "two", "three"} {
		c.tablet(by, name)
		c.pass(time.Second)
	}
	var order []string
	for _, d := range must(c.Devices(t.Context()))(t) {
		order = append(order, d.Name)
	}
	if got := strings.Join(order, " "); got != "three two one" {
		t.Fatalf("devices are %s", got)
	}
}
