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
		say("the monitor's readings that were kept are <list>", holds(func(g gaps, s *seen) error {
			return same("what was kept", s.kept(s.State.Rounds), g.text(0))
		})),
		say("the monitor's readings that wait for a person are <list>", holds(func(g gaps, s *seen) error {
			return same("what waits", s.kept(s.State.Unconfirmed()), g.text(0))
		})),
		say("the next <words> is due at <clock>", holds(func(g gaps, s *seen) error {
			rules, err := library.DecodeSession(shipped.SessionYAML())
			if err != nil {
				return err
			}
			for _, d := range session.DueItems(s.State, session.Env{Now: s.now, Zone: time.UTC, Rules: rules}) {
				if string(d.What) == g.text(0) {
					return same("due", s.told(d.DueAt), g.text(1))
				}
			}
			return errors.New("none is due")
		})),
		say("the prescriber is away since <clock>", holds(func(g gaps, s *seen) error {
			away := session.AlarmFacts(s.State, session.Env{Now: s.now, Zone: time.UTC}).PrescriberAway
			if away.IsZero() {
				return errors.New("the prescriber is here, or nothing runs")
			}
			return same("since", s.told(away), g.text(0))
		})),
		say("the responsible nurses are <list>", holds(func(g gaps, s *seen) error {
			var said []string
			for _, d := range session.NursesOnDuty(s.State) {
				who := "nobody"
				for name, p := range s.Persons {
					if p == d.Who {
						who = Cast()[name].Title
					}
				}
				said = append(said, who+" from "+s.told(d.From))
			}
			return same("on duty", strings.Join(said, ", "), g.text(0))
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

// kept lists rounds of the monitor.
func (s *seen) kept(rounds []session.RoundFact) string {
	if len(rounds) == 0 {
		return "none"
	}
	said := make([]string, len(rounds))
	for i, f := range rounds {
		said[i] = fmt.Sprintf("%s of %s", f.Taken.Round, s.told(f.Taken.Due))
		if f.Taken.Late {
			said[i] += " kept late"
		}
	}
	return strings.Join(said, ", ")
}

// told is an instant as the scenario tells times, to the minute.
func (s *seen) told(t time.Time) string {
	return time.Time{}.Add(t.Sub(s.clinic.Time(0)).Round(time.Second)).Format("15:04")
}
