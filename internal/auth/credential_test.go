package auth

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

// west is a clinic's zone eight hours behind UTC.
func west() *time.Location { return time.FixedZone("west", -8*3600) }

func TestStanding(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, west())
	for expires, want := range map[Date]Standing{
		"2026-03-01": {State: Expired, DaysLeft: -1},
		"2026-03-02": {State: ExpiresSoon, DaysLeft: 0}, // good through its last day
		"2026-03-03": {State: ExpiresSoon, DaysLeft: 1},
		"2026-04-01": {State: ExpiresSoon, DaysLeft: 30},
		"2026-04-02": {State: Valid, DaysLeft: 31},
		"2030-01-01": {State: Valid, DaysLeft: 1401},
	} {
		want.Kind, want.Expires = ACLS, expires
		if got := (Credential{Kind: ACLS, Expires: expires}).Standing(noon, west()); got != want {
			t.Errorf("expires %s: %+v, want %+v", expires, got, want)
		}
	}
}

// The day ends with the clinic's midnight, not with UTC's.
func TestStanding_ClinicZone(t *testing.T) {
	t.Parallel()
	c := Credential{Kind: ACLS, Expires: "2026-03-02"}
	for at, want := range map[time.Time]CredentialState{
		time.Date(2026, 3, 3, 7, 59, 59, 0, time.UTC): ExpiresSoon, // 23:59:59 on the 2nd
		time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC):   Expired,
	} {
		if got := c.Standing(at, west()); got.State != want {
			t.Errorf("at %s: %s, want %s", at, got.State, want)
		}
	}
}

func TestStanding_UnreadableDateNeverCounts(t *testing.T) {
	t.Parallel()
	for _, d := range []Date{"", "soon", "2026-02-30", "9999"} {
		if got := (Credential{Kind: ACLS, Expires: d}).Standing(morning(), time.UTC); got.State != Missing || got.Good() {
			t.Errorf("%q: %+v", d, got)
		}
	}
}

func TestStandingOf_TakesTheLongest(t *testing.T) {
	t.Parallel()
	cs := []Credential{
		{Kind: ACLS, Number: "old", Expires: "2026-01-01"},
		{Kind: ACLS, Number: "new", Expires: "2028-01-01"},
		{Kind: ACLS, Number: "broken"},
		{Kind: Licence, Expires: "2031-01-01"},
	}
	rapid.Check(t, func(t *rapid.T) {
		got := StandingOf(rapid.Permutation(cs).Draw(t, "order"), ACLS, morning(), time.UTC)
		if got.State != Valid || got.Expires != "2028-01-01" {
			t.Fatalf("standing is %+v", got)
		}
	})
	if got := StandingOf(cs, PumpCompetence, morning(), time.UTC); got.State != Missing || got.Kind != PumpCompetence {
		t.Fatalf("standing of none is %+v", got)
	}
}

func TestStanding_Message(t *testing.T) {
	t.Parallel()
	for state, want := range map[CredentialState]string{
		Valid: "", ExpiresSoon: "credential.expires_soon", Expired: "credential.expired", Missing: "credential.missing",
	} {
		m, ok := Standing{Kind: ACLS, State: state}.Message()
		if string(m.ID) != want || ok != (want != "") {
			t.Errorf("%s says %q", state, m.ID)
		}
		if ok && m.Args[0] != "ACLS" {
			t.Errorf("%s does not name the credential: %v", state, m.Args)
		}
	}
}

func TestCredential_Check(t *testing.T) {
	t.Parallel()
	good := Credential{Kind: Licence, Number: "RN 12-345", Expires: "2027-05-31"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Credential){
		"kind":     func(c *Credential) { c.Kind = "diploma" },
		"empty":    func(c *Credential) { c.Number = "" },
		"padded":   func(c *Credential) { c.Number = " 1" },
		"long":     func(c *Credential) { c.Number = strings.Repeat("1", 65) },
		"control":  func(c *Credential) { c.Number = "1\x00" },
		"no date":  func(c *Credential) { c.Expires = "" },
		"odd date": func(c *Credential) { c.Expires = "31.05.2027" },
		"no day":   func(c *Credential) { c.Expires = "2027-02-29" },
	} {
		c := good
		spoil(&c)
		err := c.Check()
		if err == nil {
			t.Errorf("%s is accepted", name)
			continue
		}
		if strings.Contains(err.Error(), "12-345") {
			t.Errorf("%s: the error shows the number", name)
		}
	}
}

func TestCredentialKind_EachHasAName(t *testing.T) {
	t.Parallel()
	for _, k := range CredentialKinds() {
		if strings.Contains(k.Name(), "_") || k.Name() == "" {
			t.Errorf("%s is called %q", k, k.Name())
		}
	}
}

func TestRequirements_Default(t *testing.T) {
	t.Parallel()
	rs := DefaultRequirements()
	if err := rs.Check(); err != nil {
		t.Fatal(err)
	}
	for a, want := range map[act.Act][]CredentialKind{
		session.ActStart:       {Licence, ACLS, SedationTraining, PumpCompetence},
		session.ActResume:      {Licence, ACLS, SedationTraining, PumpCompetence},
		session.ActOpenVials:   {Licence},
		session.ActCompute:     {Licence},
		session.ActAttachOrder: {Licence},
		session.ActStop:        nil, // what is done is never refused
		session.ActObserve:     nil,
		session.ActHelp:        nil,
		session.ActGiveDrug:    nil,
		session.ActReady:       {Licence, ACLS, SedationTraining}, // as the start: P-2
		session.ActRate:        {Licence, PumpCompetence},         // lowering is open: see qualified in session
	} {
		if got := Needs(a); !slices.Equal(got, want) {
			t.Errorf("%s needs %v, want %v", a, got, want)
		}
	}
	if got := rs.Needs(session.ActStart, Supervisor); !slices.Equal(got, []CredentialKind{Licence, ACLS, SedationTraining}) {
		t.Errorf("the supervisor of a start needs %v", got)
	}
}

// What is recalled from the guideline is marked so, and the rest is ours.
func TestRequirements_SaysHowItIsKnown(t *testing.T) {
	t.Parallel()
	for _, r := range DefaultRequirements() {
		fromGuideline := r.Kind == ACLS || r.Kind == SedationTraining
		if fromGuideline && (r.Mark != cite.Unverified || r.Source.ID != "COHEN18") {
			t.Errorf("%s of %s is marked %s from %s", r.Kind, r.Act, r.Mark, r.Source.ID)
		}
		if !fromGuideline && (r.Mark != cite.Default || r.Source.Kind != cite.Ours) {
			t.Errorf("%s of %s is marked %s from %s", r.Kind, r.Act, r.Mark, r.Source.ID)
		}
		if got := cite.Wording(r.Source, r.Mark); got != "Clinic setting" {
			t.Errorf("%s of %s would be worded %q", r.Kind, r.Act, got)
		}
	}
}

func TestRequirements_Check(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(Requirements) Requirements{
		"twice":     func(rs Requirements) Requirements { return append(rs, rs[0]) },
		"no holder": func(rs Requirements) Requirements { rs[0].Holder = ""; return rs },
		"no kind":   func(rs Requirements) Requirements { rs[0].Kind = ""; return rs },
		"no mark":   func(rs Requirements) Requirements { rs[0].Mark = ""; return rs },
		"no source": func(rs Requirements) Requirements { rs[0].Source = cite.Source{}; return rs },
		"no act":    func(rs Requirements) Requirements { rs[0].Act = ""; return rs },
	} {
		if spoil(DefaultRequirements()).Check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// papers is every credential, good until a day.
func papers(expires Date) []Credential {
	var cs []Credential
	for _, k := range CredentialKinds() {
		cs = append(cs, Credential{Kind: k, Number: "1", Expires: expires})
	}
	return cs
}

func TestFindings(t *testing.T) {
	t.Parallel()
	rs := DefaultRequirements()
	find := func(cs []Credential) []Finding {
		return rs.Findings(session.ActStart, Performer, cs, morning(), time.UTC)
	}
	if got := find(papers("2028-01-01")); len(got) != 0 {
		t.Errorf("good papers give %+v", got)
	}
	for name, tc := range map[string]struct {
		cs     []Credential
		blocks bool
	}{
		"none":    {nil, true},
		"expired": {papers("2026-03-01"), true},
		"soon":    {papers("2026-03-20"), false},
	} {
		got := find(tc.cs)
		if len(got) != 4 {
			t.Errorf("%s: %d findings, want 4", name, len(got))
		}
		for _, f := range got {
			if f.Blocks() != tc.blocks {
				t.Errorf("%s: %s blocks %v", name, f.Requirement.Kind, f.Blocks())
			}
		}
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	rosa, paul, pia, gone := c.hire("rosa", act.Nurse), c.hire("paul", act.Prescriber), c.hire("pia", act.Prescriber), c.hire("gone", act.Prescriber)
	by := jobActor(c.now())
	must(c.SetCredentials(t.Context(), by, rosa.ID, []Credential{
		{Kind: Licence, Number: "1", Expires: "2028-01-01"},
		{Kind: ACLS, Number: "2", Expires: "2026-03-01"},
		{Kind: PumpCompetence, Number: "3", Expires: "2026-03-10"},
	}))(t)
	must(c.SetCredentials(t.Context(), by, paul.ID, papers("2028-01-01")))(t)
	must(c.Disable(t.Context(), by, gone.ID))(t)
	d := must(NewDirectory(c.Service, DefaultRequirements(), time.UTC))(t)

	missing, expiring, err := d.Missing(t.Context(), rosa.ID, session.ActStart, c.now())
	if err != nil || !slices.Equal(missing, []string{"ACLS", "sedation training"}) || !slices.Equal(expiring, []string{"pump competence"}) {
		t.Errorf("missing %v, expiring %v, %v", missing, expiring, err)
	}
	if missing, _, err := d.Missing(t.Context(), rosa.ID, session.ActStop, c.now()); err != nil || missing != nil {
		t.Errorf("a stop asks for %v, %v", missing, err)
	}
	_, _, err = d.Missing(t.Context(), "nobody", session.ActStart, c.now())
	wantErr(t, err, ErrNoRow)

	names := must(d.Names(t.Context()))(t)
	if names[rosa.ID] != "Nurse rosa" || names[gone.ID] == "" {
		t.Errorf("names are %v", names)
	}
	stand := must(d.Prescribers(t.Context(), c.now()))(t)
	if want := (map[ident.Person]bool{paul.ID: true, pia.ID: false}); len(stand) != 2 || stand[paul.ID] != want[paul.ID] || stand[pia.ID] != want[pia.ID] {
		t.Errorf("prescribers are %v, want %v", stand, want)
	}
	if _, err := NewDirectory(c.Service, Requirements{{}}, time.UTC); err == nil {
		t.Error("a broken table is accepted")
	}
}

func TestSetCredentials_Refuses(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	rosa := c.hire("rosa", act.Nurse)
	for name, cs := range map[string][]Credential{
		"broken":   {{Kind: ACLS}},
		"too many": slices.Repeat(papers("2028-01-01"), 9),
	} {
		if _, err := c.SetCredentials(t.Context(), jobActor(c.now()), rosa.ID, cs); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
