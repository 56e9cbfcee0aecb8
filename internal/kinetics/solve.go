package kinetics

import (
	"errors"
	"fmt"
	"math"
)

// MaxTimes bounds how many times one run answers for.
const MaxTimes = 100_000

// ErrTimes refuses times that are no times.
var ErrTimes = errors.New("times are minutes from 0 to 172800, each later than the one before")

// Solve calls each with the state at every asked time, in minutes from the start.
// At the moment of a bolus the state is the one after it. What is asked does not
// change what is answered beyond rounding.
func Solve(m *Model, pieces []Piece, times []float64, each func(i int, s *State)) error {
	if len(times) > MaxTimes {
		return fmt.Errorf("%w; at most %d of them", ErrTimes, MaxTimes)
	}
	last := -1.0
	for _, t := range times {
		if !(t > last && t >= 0 && t <= 2*maxMinutes) {
			return ErrTimes
		}
		last = t
	}
	for i, p := range pieces {
		if !(p.BolusMg >= 0 && p.BolusMg < 1e9 && p.MgPerMin >= 0 && p.MgPerMin < 1e9 && p.Minutes >= 0 && p.Minutes <= maxMinutes) {
			return fmt.Errorf("part %d of the regimen is out of every range", i+1)
		}
	}
	var s State
	var step Step
	move := func(minutes, rate float64) {
		switch {
		case minutes <= 0:
			return
		case step.m == nil:
			step = NewStep(m, minutes)
		case step.minutes != minutes:
			step.set(minutes)
		}
		step.Apply(&s, rate)
	}
	now, next := 0.0, 0
	for _, p := range pieces {
		s.Bolus(p.BolusMg)
		// What is left of a piece is taken from its own length, not from the clock: late
		// on the clock a minute is rounded, and over many pieces drug would be lost.
		from, end, left := now, now+p.Minutes, p.Minutes
		for ; next < len(times) && times[next] < end; next++ {
			move(times[next]-from, p.MgPerMin)
			from, left = times[next], p.Minutes-(times[next]-now)
			each(next, &s)
		}
		move(left, p.MgPerMin)
		now = end
	}
	for ; next < len(times); next++ {
		move(times[next]-now, 0)
		now = times[next]
		each(next, &s)
	}
	return nil
}

// ErrNeverBelow says that a level is not reached in sixty days.
var ErrNeverBelow = errors.New("the concentration does not fall below the level within 60 days of the end")

// Washout is how many minutes after the end of a regimen plasma falls below a
// level in ng/mL and stays there; 0 where it is below at the end. The answer
// of plasma to a dose into it is a sum of falling exponentials with weights that are
// not negative; so after the end it only falls, and the first time below is the last.
func Washout(m *Model, pieces []Piece, ngPerML float64) (float64, error) {
	end := 0.0
	for _, p := range pieces {
		end += p.Minutes
	}
	var from State
	if err := Solve(m, pieces, []float64{end}, func(_ int, s *State) { from = *s }); err != nil {
		return 0, err
	}
	if from.NgPerML(m.Plasma) < ngPerML {
		return 0, nil
	}
	// The logarithm of such a sum falls and is convex: Newton's steps from the end come
	// from one side and do not pass the time.
	step, at, t := NewStep(m, 1), from, 0.0
	for range 200 {
		level, slope := at.NgPerML(m.Plasma), at.slope(m)
		if !(slope < 0) {
			return 0, ErrNeverBelow
		}
		move := level / slope * math.Log(ngPerML/level)
		if t += move; t > maxMinutes {
			return 0, ErrNeverBelow
		}
		if math.Abs(move) <= 1e-13*t+1e-12 {
			return t, nil
		}
		step.set(t)
		at = from
		step.Apply(&at, 0)
	}
	return 0, fmt.Errorf("%w: the time below %g ng/mL did not settle", ErrModel, ngPerML)
}

// slope is how fast the plasma concentration changes without an infusion, in ng/mL for
// each minute.
func (s *State) slope(m *Model) float64 {
	var d State
	for j := range m.n {
		d.x[m.Plasma.State] += m.rate[m.Plasma.State][j] * s.x[j]
	}
	return d.NgPerML(m.Plasma)
}
