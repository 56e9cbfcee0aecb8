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
	r := NewRun(true)
	for _, in := range inputs {
		r.Step(l, in)
		r.drain(in.told())
	}
	return r.End(l, until)
}

// Run is a replay in which limits may change from one input to the next, as
// they do within a visit.
type Run struct {
	limits   Limits
	state    State
	answers  bool
	episodes []Episode
	open     map[ID]int
}

// NewRun begins a replay. Where answers is set somebody is taken to acknowledge
// each announcement at once; else only the inputs answer.
func NewRun(answers bool) *Run { return &Run{answers: answers, open: map[ID]int{}} }

// Step lets an input pass under limits.
func (r *Run) Step(l Limits, in Input) {
	r.limits = l
	r.step(in)
}

// End lets time pass to an instant and lists what was announced, in order.
func (r *Run) End(l Limits, until time.Time) []Episode {
	r.limits = l
	r.drain(until)
	r.step(Tick{Told(until)})
	return r.episodes
}

// drain wakes the machine whenever it is due before an instant.
func (r *Run) drain(until time.Time) {
	for range mostPasses {
		due, ok := r.state.Due()
		if !ok || !due.Before(until) {
			return
		}
		r.step(Tick{Told(due)})
	}
}

func (r *Run) step(in Input) {
	if in.told().After(r.state.Building.Now) {
		r.drain(in.told())
	}
	var changes []Change
	r.state, changes = Step(r.state, r.limits, in)
	for _, c := range changes {
		r.note(c)
	}
	if !r.answers {
		return
	}
	// An acknowledgement is an input like any other: what is due follows from it.
	for _, c := range changes {
		if a, ok := r.state.Announced.Alarm(c.Condition); ok && !a.Acked() {
			var said []Change
			r.state, said = Step(r.state, r.limits, Acknowledged{Told: Told(c.At), Condition: c.Condition, Announcement: a.Announcement})
			for _, x := range said {
				r.note(x)
			}
		}
	}
}

func (r *Run) note(c Change) {
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
