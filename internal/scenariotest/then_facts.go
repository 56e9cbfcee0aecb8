package scenariotest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/word"
)

// phaseThens: where the visit stands.
func phaseThens() []sentence[expect] {
	return []sentence[expect]{
		say("the phase is <a phase>", func(g gaps) (expect, error) {
			want, err := anyPhase(g.text(0))
			return func(ctx context.Context, s *seen) error {
				if s.State.Phase != want {
					return fmt.Errorf("the phase is %q, not %q", s.State.Phase, want)
				}
				p, ok, err := s.clinic.Shown(ctx, s.chair)
				if err != nil || !ok || p.Phase == "" {
					return err
				}
				return same("the phase that the chair shows", p.Phase, string(want))
			}, err
		}),
		say("the phase when it was stopped was <a phase>", func(g gaps) (expect, error) {
			want, err := anyPhase(g.text(0))
			return func(_ context.Context, s *seen) error {
				if n := len(s.State.Stops); n > 0 {
					return same("the phase", string(s.State.Stops[n-1].Phase), string(want))
				}
				return errors.New("no stop is recorded")
			}, err
		}),
	}
}

// clockOr is a time of day, or words for none.
func (s *seen) clock(t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	return t.UTC().Format("15:04:05")
}

func (s *seen) sameTime(what string, got time.Time, g gaps, i int) error {
	want, err := s.at(g, i)
	if err != nil {
		return err
	}
	// A clinic whose clock runs by itself is told times to the second.
	if got.IsZero() || got.Sub(want).Abs() >= time.Second {
		return fmt.Errorf("%s is %s, not %s", what, s.clock(got, "never"), s.clock(want, ""))
	}
	return nil
}

// pumpThens: what ran, how much of it, and on whose word.
func pumpThens() []sentence[expect] {
	total := func(unit string, of func(t session.Totals, decimals int) string) sentence[expect] {
		return say("the total at <clock> is <n> "+unit, holds(func(g gaps, s *seen) error {
			at, err := s.at(g, 0)
			if err != nil {
				return err
			}
			_, frac, _ := strings.Cut(g.text(1), ".")
			return same("the total", of(s.State.TotalsAt(at), len(frac)), g.text(1))
		}))
	}
	return []sentence[expect]{
		total("mg", func(t session.Totals, n int) string { return t.Mass.Fixed(n) }),
		total("mg/kg", func(t session.Totals, n int) string { return t.Dose.Fixed(n) }),
		total("mL", func(t session.Totals, n int) string { return t.Volume.Fixed(n) }),
		total("min", func(t session.Totals, n int) string { return strconv.FormatFloat(t.Minutes.Minutes(), 'f', n, 64) }),
		say("the pages show <list> as given", func(g gaps) (expect, error) {
			return func(ctx context.Context, s *seen) error {
				mass, dose, volume := s.State.TotalsAt(s.now).Shown()
				if err := same("what was given", mass+", "+dose+", "+volume, g.text(0)); err != nil {
					return err
				}
				p, ok, err := s.clinic.Shown(ctx, s.chair)
				if err != nil || !ok {
					return err
				}
				return same("what the record's page shows as given", p.Given, g.text(0))
			}, nil
		}),
		say("the pump runs at <n> mL/h at <clock>", holds(func(g gaps, s *seen) error {
			at, err := s.at(g, 1)
			if err != nil {
				return err
			}
			return same("the rate", s.State.RateAt(at).Decimal(), g.text(0))
		})),
		say("the pump does not run at <clock>", holds(func(g gaps, s *seen) error {
			at, err := s.at(g, 0)
			if err == nil && s.State.RunningAt(at) {
				return fmt.Errorf("it runs at %s", s.State.RateAt(at))
			}
			return err
		})),
		say("the pump was to be set to <n> mL/h", holds(func(g gaps, s *seen) error {
			return same("the rate to set", s.State.ToSet.Decimal(), g.text(0))
		})),
		say("the rate stands on <words>", holds(func(g gaps, s *seen) error {
			for _, e := range s.last() {
				switch e := e.Event.(type) {
				case session.RateChanged:
					return same("the authority", authority(e.Authority), g.text(0))
				case session.Resumed:
					return same("the authority", authority(e.Authority), g.text(0))
				default: // the others set no rate
				}
			}
			return errors.New("no rate was set")
		})),
		say("the rates that were charted apart and wait for a person are <list>", holds(func(g gaps, s *seen) error {
			off := session.AlarmFacts(s.State, session.Env{Now: s.now, Zone: time.UTC}).RatesApart
			return same("what disagrees", cmp.Or(off.Found, "none"), g.text(0))
		})),
		say("the infusion ended at <clock>", holds(func(g gaps, s *seen) error {
			return s.sameTime("the end", s.State.StoppedAt, g, 0)
		})),
		say("the infusion has not ended", holds(func(_ gaps, s *seen) error {
			if !s.State.StoppedAt.IsZero() {
				return fmt.Errorf("it ended at %s", s.clock(s.State.StoppedAt, ""))
			}
			return nil
		})),
		say("<int> stops are kept, <int> as a repeat", holds(func(g gaps, s *seen) error {
			repeats := 0
			for _, f := range s.State.Stops {
				if f.Repeat {
					repeats++
				}
			}
			return same("the count", fmt.Sprintf("%d, %d", len(s.State.Stops), repeats), g.text(0)+", "+g.text(1))
		})),
		say("who stopped is to be confirmed", holds(func(_ gaps, s *seen) error {
			if len(s.State.StopsToClaim()) == 0 {
				return errors.New("every stop has its person")
			}
			return nil
		})),
		say("<person> is known to have stopped", holds(func(g gaps, s *seen) error {
			who, err := personNamed(g.text(0))
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(s.State.Stops, func(f session.StopFact) bool {
				return f.Claimed == s.Persons[who] || f.By == s.Persons[who]
			}) {
				return errors.New("no stop names this person")
			}
			return nil
		})),
	}
}

// authority is the word on which a rate stands, as a sentence takes it.
func authority(a session.Authority) string {
	return map[session.Authority]string{
		session.WithinOrder: "the order", session.Lowered: "lowering", session.NewOrder: "a new order",
		session.SpokenOrder: "a spoken order", session.NoAuthority: "nobody's word",
	}[a]
}

// factThens: what was charted, the link, and the bag.
func factThens() []sentence[expect] {
	return []sentence[expect]{
		say("<int> sets are charted", holds(func(g gaps, s *seen) error {
			return same("the count", strconv.Itoa(len(s.State.Observations)), g.text(0))
		})),
		say("the set of <clock> reads pain <int>", holds(func(g gaps, s *seen) error {
			o, err := s.set(g)
			if err != nil {
				return err
			}
			return same("pain", nrs(o.Observation), g.text(1))
		})),
		say("the set of <clock> first read pain <int>", holds(func(g gaps, s *seen) error {
			o, err := s.set(g)
			if err != nil {
				return err
			}
			if o.Was == nil {
				return errors.New("it was not corrected")
			}
			return same("pain as first charted", nrs(*o.Was), g.text(1))
		})),
		say("the set of <clock> is struck and still kept", holds(func(g gaps, s *seen) error {
			o, err := s.set(g)
			if err == nil && !o.Struck {
				return errors.New("it stands")
			}
			return err
		})),
		say("the last set of <clock> was recorded at <clock>", holds(func(g gaps, s *seen) error {
			o, err := s.set(g)
			if err != nil {
				return err
			}
			return s.sameTime("the time of recording", o.RecordedAt, g, 1)
		})),
		say("the set of <clock> was written by <person> and typed by <person>", holds(func(g gaps, s *seen) error {
			o, err := s.set(g)
			if err != nil {
				return err
			}
			author, err := personNamed(g.text(1))
			if err != nil {
				return err
			}
			typist, err := personNamed(g.text(2))
			if err != nil {
				return err
			}
			for _, e := range s.Entries {
				f, typed := s.State.Typed(e)
				if e.Position != o.Stamp.Position || !typed {
					continue
				}
				if o.By != s.Persons[author] || f.By != s.Persons[typist] {
					return errors.New("somebody else wrote it, or typed it")
				}
				return nil
			}
			return errors.New("it was not entered from paper")
		})),
		say("Stillwatch was not watching from <clock> to <clock>", holds(func(g gaps, s *seen) error {
			if len(s.State.Unwatched) == 0 {
				return errors.New("nobody said that it was not watching")
			}
			u := s.State.Unwatched[len(s.State.Unwatched)-1]
			return errors.Join(s.sameTime("the beginning", u.From, g, 0), s.sameTime("the end", u.To, g, 1))
		})),
		say("the bag may be started until <clock>", holds(func(g gaps, s *seen) error {
			if s.State.Prepared == nil {
				return errors.New("no bag is prepared")
			}
			return s.sameTime("the use-by", s.State.Prepared.UseBy, g, 0)
		})),
		say("no bag is prepared", holds(func(_ gaps, s *seen) error {
			if s.State.Prepared != nil {
				return errors.New("a bag is prepared")
			}
			return nil
		})),
		say("the two computations disagreed: <text>", holds(func(g gaps, s *seen) error {
			for _, e := range s.last() {
				if d, ok := e.Event.(session.DrawUpDisagreed); ok {
					return same("the reason", d.Message.English(), g.text(0))
				}
			}
			return errors.New("they did not")
		})),
		say("the link is confirmed", holds(func(_ gaps, s *seen) error {
			if !s.State.Link.Confirmed {
				return fmt.Errorf("it is not: %s", s.State.Link.DoubtWhy)
			}
			return nil
		})),
		say("the link is in doubt since <clock>: <text>", holds(func(g gaps, s *seen) error {
			if s.State.Link.Confirmed || s.State.Link.Monitor == "" {
				return errors.New("it is not in doubt")
			}
			return errors.Join(s.sameTime("the doubt", s.State.Link.DoubtFrom, g, 0), same("the reason", s.State.Link.DoubtWhy, g.text(1)))
		})),
		say("the gap without the monitor is <clock> to <clock>", holds(func(g gaps, s *seen) error {
			for _, e := range s.last() {
				if l, ok := e.Event.(session.MonitorLinked); ok && l.Gap != nil {
					return errors.Join(s.sameTime("the beginning", l.Gap.From, g, 0), s.sameTime("the end", l.Gap.To, g, 1))
				}
			}
			return errors.New("no gap was recorded")
		})),
		say("the patient is off the monitor until <clock>", holds(func(g gaps, s *seen) error {
			return s.sameTime("the end", s.State.OffTill, g, 0)
		})),
		say("a call for help is open", holds(func(_ gaps, s *seen) error {
			if s.State.Help == nil {
				return errors.New("none is open")
			}
			return nil
		})),
		say("the log of the emergency has <int> lines", holds(func(g gaps, s *seen) error {
			return same("the count", strconv.Itoa(len(s.State.HelpLog)), g.text(0))
		})),
		say("<code> has grade <int>", holds(func(g gaps, s *seen) error {
			f, err := s.effect(g.text(0))
			if err != nil {
				return err
			}
			return same("the grade", strconv.Itoa(f.Grade), g.text(1))
		})),
		say("<code> is resolved", holds(func(g gaps, s *seen) error {
			f, err := s.effect(g.text(0))
			if err == nil && f.ResolvedAt.IsZero() {
				return errors.New("it goes on")
			}
			return err
		})),
		say("<person> is responsible", holds(func(g gaps, s *seen) error {
			who, err := personNamed(g.text(0))
			if err == nil && s.State.Nurse != s.Persons[who] && s.State.Prescriber != s.Persons[who] {
				err = errors.New("somebody else is, or nobody")
			}
			return err
		})),
	}
}

func (s *seen) effect(code string) (session.EffectFact, error) {
	for _, f := range s.State.Effects {
		if f.Code == code {
			return f, nil
		}
	}
	return session.EffectFact{}, fmt.Errorf("%s was not noted", code)
}

func (s *seen) set(g gaps) (session.ObservationFact, error) {
	at, err := s.at(g, 0)
	if err != nil {
		return session.ObservationFact{}, err
	}
	var found *session.ObservationFact
	for i, o := range s.State.Observations {
		if o.At.Equal(at) {
			found = &s.State.Observations[i]
		}
	}
	if found == nil {
		return session.ObservationFact{}, errors.New("no set was charted for then")
	}
	return *found, nil
}

func nrs(o session.Observation) string {
	if o.Pain == nil {
		return "not asked"
	}
	return strconv.Itoa(int(*o.Pain))
}

// closingThens: what the record still needs, and the account of the drug.
func closingThens() []sentence[expect] {
	open := func(ctx context.Context, s *seen, want []string) error {
		if err := same("what is open", strings.Join(english(s.State.Unclosed(s.now)), " | "), strings.Join(want, " | ")); err != nil {
			return err
		}
		p, ok, err := s.clinic.Shown(ctx, s.chair)
		if err != nil || !ok {
			return err
		}
		return same("what the record's page shows as open", strings.Join(p.Open, " | "), strings.Join(want, " | "))
	}
	return []sentence[expect]{
		say("nothing keeps the record open", func(gaps) (expect, error) {
			return func(ctx context.Context, s *seen) error { return open(ctx, s, nil) }, nil
		}),
		say("the record is kept open by: <text>", func(g gaps) (expect, error) {
			return func(ctx context.Context, s *seen) error { return open(ctx, s, strings.Split(g.text(0), " | ")) }, nil
		}),
		say("the drug is <n> mg drawn, <n> given, <n> wasted, <n> returned", holds(func(g gaps, s *seen) error {
			b := s.State.Balance(s.now)
			got := fmt.Sprintf("%s, %s, %s, %s", b.Drawn.Fixed(2), b.Given.Fixed(2), b.Wasted.Fixed(2), b.Returned.Fixed(2))
			return same("the account", got, strings.Join(g.of, ", "))
		})),
		say("the patient may drive again from <date> <clock>", holds(func(g gaps, s *seen) error {
			if s.State.Discharged == nil {
				return errors.New("the patient was not discharged")
			}
			return same("the time", s.State.Discharged.DrivingUntil.UTC().Format("2006-01-02 15:04"), g.text(0)+" "+g.text(1))
		})),
	}
}

func english(list []word.Message) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.English())
	}
	return out
}
