package server

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var ten = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func TestSteady_FollowsAheadAtOnceAndBackSlowly(t *testing.T) {
	t.Parallel()
	wall := ten
	c := newSteady(func() time.Time { return wall })
	wall = wall.Add(3 * time.Hour) // set ahead, or the machine slept
	if got := c.Now(); !got.Equal(wall) {
		t.Errorf("after a jump ahead it is %s, want %s", got, wall)
	}
	before := c.Now()
	wall = wall.Add(-10 * time.Minute)
	if got := c.Now(); !got.Equal(before) || c.ahead() != 10*time.Minute {
		t.Errorf("set back ten minutes it is %s, %s ahead; want %s, 10 min", got, c.ahead(), before)
	}
	wall = wall.Add(100 * time.Minute) // a twentieth of them goes into falling back
	if got, want := c.ahead(), 5*time.Minute; got != want {
		t.Errorf("100 minutes later it is %s ahead, want %s", got, want)
	}
	wall = wall.Add(100 * time.Minute)
	if got := c.Now(); !got.Equal(wall) {
		t.Errorf("200 minutes later it is %s, the machine's %s", got, wall)
	}
}

func TestSteady_NeverRunsBackward(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		wall := ten
		c := newSteady(func() time.Time { return wall })
		last := c.Now()
		for _, jump := range rapid.SliceOf(rapid.Int64Range(-int64(48*time.Hour), int64(48*time.Hour))).Draw(rt, "jumps") {
			wall = wall.Add(time.Duration(jump))
			now := c.Now()
			if now.Before(last) {
				rt.Fatalf("ran from %s back to %s", last, now)
			}
			if now.Before(wall) {
				rt.Fatalf("stands at %s behind the machine's %s", now, wall)
			}
			last = now
		}
	})
}

func TestSteady_GoesOnFromTheRecord(t *testing.T) {
	t.Parallel()
	for gap, want := range map[time.Duration]time.Duration{
		-time.Minute: 0, 30 * time.Minute: 30 * time.Minute, time.Hour: time.Hour,
		time.Hour + time.Second: 0, // the clock of then was wrong, not this one
	} {
		c := newSteady(func() time.Time { return ten })
		c.notBefore(ten.Add(gap))
		if got := c.ahead(); got != want {
			t.Errorf("the record ends %s ahead: the clinic's time stands %s ahead, want %s", gap, got, want)
		}
	}
}
