package kinetics

import (
	"errors"
	"fmt"
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
		from, end := now, now+p.Minutes
		for ; next < len(times) && times[next] < end; next++ {
			move(times[next]-from, p.MgPerMin)
			from = times[next]
			each(next, &s)
		}
		move(end-from, p.MgPerMin)
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
	after := func(minutes float64) float64 {
		s := from
		step := NewStep(m, minutes)
		step.Apply(&s, 0)
		return s.NgPerML(m.Plasma)
	}
	if from.NgPerML(m.Plasma) < ngPerML {
		return 0, nil
	}
	low, high := 0.0, 1.0
	for after(high) >= ngPerML {
		if low, high = high, 2*high; high > maxMinutes {
			return 0, ErrNeverBelow
		}
	}
	for range 60 {
		if mid := (low + high) / 2; after(mid) >= ngPerML {
			low = mid
		} else {
			high = mid
		}
	}
	return high, nil
}
