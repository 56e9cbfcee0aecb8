package alarm

import "time"

// Episode is one announcement of a replay: an alarm raised, or one that came to
// be worse, with when it was over.
type Episode struct {
	Condition ID
	Priority  Priority
	Raised    time.Time // when the condition began
	Announced time.Time // when its delay had passed
	Cleared   time.Time // zero while it stands
	Text      string
}

// Replay lets inputs pass and lists what is announced, in the order it is,
// until an instant. Somebody is taken to acknowledge each announcement at once,
// so that a condition's end is seen as it comes, and a repetition of what is
// acknowledged is no alarm of its own.
func Replay(l Limits, inputs []Input, until time.Time) []Episode {
	r := replay{limits: l, open: map[ID]int{}}
	for _, in := range inputs {
		r.step(in)
		r.drain(in.told())
	}
	r.drain(until)
	r.step(Tick{Told(until)})
	return r.episodes
}

type replay struct {
	limits   Limits
	state    State
	episodes []Episode
	open     map[ID]int
}

// drain wakes the machine whenever it is due before an instant.
func (r *replay) drain(until time.Time) {
	for range mostPasses {
		due, ok := r.state.Due()
		if !ok || !due.Before(until) {
			return
		}
		r.step(Tick{Told(due)})
	}
}

func (r *replay) step(in Input) {
	if in.told().After(r.state.Building.Now) {
		r.drain(in.told())
	}
	var changes []Change
	r.state, changes = Step(r.state, r.limits, in)
	for _, c := range changes {
		r.note(c)
		if a, ok := r.state.Announced.Alarm(c.Condition); ok && !a.Acked() {
			r.state.Announced = r.state.Announced.Acknowledge(Acknowledged{
				Told: Told(c.At), Condition: c.Condition, Announcement: a.Announcement,
			})
		}
	}
}

func (r *replay) note(c Change) {
	i, open := r.open[c.Condition]
	switch c.Kind {
	case Raised, Worsened:
		if open {
			r.episodes[i].Cleared = c.At
		}
		r.open[c.Condition] = len(r.episodes)
		r.episodes = append(r.episodes, Episode{
			Condition: c.Condition, Priority: c.Priority, Raised: c.Since, Announced: c.At, Text: c.Text.English(),
		})
	case Cleared:
		if open {
			r.episodes[i].Cleared = c.At
			delete(r.open, c.Condition)
		}
	case Escalated, AnnouncedAgain, PauseEnded, Answered, Eased, Ended:
	}
}

// Bare gives rules without onset delays, margins and second readings: what an
// alarm would be that knows only its limits. It serves to compare.
func Bare(rules []Rule) []Rule {
	out := make([]Rule, len(rules))
	for i, r := range rules {
		r.Clear, r.Recheck = Clear{}, false
		levels := make([]Level, len(r.Levels))
		for j, l := range r.Levels {
			l.Hold = 0
			levels[j] = l
		}
		r.Levels = levels
		out[i] = r
	}
	return out
}
