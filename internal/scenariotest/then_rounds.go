package scenariotest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	shipped "github.com/stillwatch/stillwatch/library"
)

// roundThens: which rounds of the plan were not kept, and who still has to be called.
func roundThens() []sentence[expect] {
	return []sentence[expect]{
		say("the rounds late or left out are <list>", holds(func(g gaps, s *seen) error {
			rules, err := library.DecodeSession(shipped.SessionYAML())
			if err != nil {
				return err
			}
			lapses, ok := session.Lapses(s.State, session.Env{Now: s.now, Zone: time.UTC, Rules: rules})
			if !ok {
				return same("the rounds late or left out", "not known", g.text(0))
			}
			said := make([]string, len(lapses))
			for i, l := range lapses {
				said[i] = fmt.Sprintf("%s of %s", l.What, s.told(l.DueAt))
				if !l.DoneAt.IsZero() {
					said[i] += " at " + s.told(l.DoneAt)
				}
				if l.Missed > 0 {
					said[i] += fmt.Sprintf(" and %d missed", l.Missed)
				}
			}
			if len(said) == 0 {
				said = []string{"none"}
			}
			return same("the rounds late or left out", strings.Join(said, ", "), g.text(0))
		})),
		say("somebody still has to call the patient", holds(func(_ gaps, s *seen) error {
			if !s.State.FollowUpOwed() {
				return errors.New("no call is owed")
			}
			return nil
		})),
		say("nobody has to call the patient", holds(func(_ gaps, s *seen) error {
			if s.State.FollowUpOwed() {
				return errors.New("a call is owed")
			}
			return nil
		})),
	}
}

// told is an instant as the scenario tells times, to the minute.
func (s *seen) told(t time.Time) string {
	return time.Time{}.Add(t.Sub(s.clinic.Time(0)).Round(time.Second)).Format("15:04")
}
