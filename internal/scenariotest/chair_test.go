package scenariotest

import (
	"os"
	"testing"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// TestChair_ShowsAGateAsItStands: what the chair shows in the way is what
// would refuse the act, no more and no less.
func TestChair_ShowsAGateAsItStands(t *testing.T) {
	t.Parallel()
	h, err := Hire(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.Open(t.Context(), t.TempDir(), Setting{
		Orders: map[ident.Chair]Order{usualChair: {Steps: []Step{{"0.2", 30}}, Weight: "72.4"}}, DrugAllergy: new(bool),
		Ended: []Ended{{Login: "brandt", Kind: "licence", On: "2026-11-22"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.End(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	c.until(t, "usual/arrived.chart")
	// To the tablet, where nobody is signed in, nothing stands in the way.
	shown := c.look(t, "")
	if len(shown.Gates) != 1 || !shown.Gates[0].Open {
		t.Errorf("the gate would open, and the chair shows %+v", shown.Gates)
	}
	if shown.Next == nil || shown.Next.Act != string(session.ActReady) {
		t.Errorf("next is %+v, not to ask the gate", shown.Next)
	}
	c.until(t, "usual/ready.chart")
	for login, want := range map[string]string{"okafor": "", "brandt": "credentials"} {
		got := ""
		for _, k := range c.look(t, login).Gates[0].Checks {
			if k.Blocks {
				got += k.ID
			}
		}
		if got != want {
			t.Errorf("in the way of %s the chair shows %q, not %q", login, got, want)
		}
	}
}

// until plays a scenario's lines that were not played yet.
func (c *Server) until(t *testing.T, name string) {
	t.Helper()
	s, problems := Read(os.DirFS("../../testdata/scenarios"), name)
	v, err := c.Visit(t.Context(), usualChair)
	if err != nil {
		t.Fatal(err)
	}
	if done := len(v.Entries); done > 0 {
		s.Lines = s.Lines[done+1:] // the room check is no entry of the visit
	}
	for _, p := range append(problems, Play(t.Context(), c, s)...) {
		t.Fatal(p)
	}
}

// look is the chair as a signed-in person sees it, or the tablet alone.
func (c *Server) look(t *testing.T, login string) view.Chair {
	t.Helper()
	for _, p := range Cast() {
		if p.Login == login {
			if err := c.signIn(t.Context(), login, p.Password); err != nil {
				t.Fatal(err)
			}
		}
	}
	v, err := c.chairView(t.Context(), usualChair, login)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
