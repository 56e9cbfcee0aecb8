package session

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

func device(n ident.Device) act.Actor {
	return act.Actor{Kind: act.Device, Via: n, Proof: act.Enrolled}
}

// A call that was made on a locked tablet is taken back on that tablet, within
// the seconds that everybody has; any person may take it back as well.
func TestUndoHelp_ByWhom(t *testing.T) {
	t.Parallel()
	one, two := id[ident.Device](71), id[ident.Device](72)
	for name, c := range map[string]struct {
		called, undone act.Actor
		after          time.Duration
		refused        string
	}{
		"the same tablet":          {called: device(one), undone: device(one), after: 4 * time.Second},
		"the same tablet, late":    {called: device(one), undone: device(one), after: 6 * time.Second, refused: "session.too_late_to_undo"},
		"another tablet":           {called: device(one), undone: device(two), after: time.Second, refused: "session.not_its_call"},
		"a device nobody enrolled": {called: device(""), undone: device(""), after: time.Second, refused: "session.not_its_call"},
		"a person":                 {called: device(one), undone: byNurse(), after: 4 * time.Second},
		"a person, late":           {called: byNurse(), undone: byNurse(), after: 6 * time.Second, refused: "session.too_late_to_undo"},
	} {
		l := until(PhaseInfusing)
		l.say(t, CallHelp{}, envAt(at(5)).by(c.called))
		e := envAt(at(5).Add(c.after)).by(c.undone)
		if c.refused == "" {
			l.say(t, UndoHelp{}, e)
			if l.state.Help != nil {
				t.Errorf("%s: help is still called", name)
			}
			continue
		}
		if r := l.refused(t, UndoHelp{}, e); string(r.Message.ID) != c.refused {
			t.Errorf("%s: %s", name, r.Message.ID)
		}
	}
}
