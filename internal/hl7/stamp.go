package hl7

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// The ways in which a time of measurement cannot be used.
var (
	errNoTime    = errors.New("no time of measurement was sent")
	errBadTime   = errors.New("the time of measurement cannot be read")
	errTwice     = errors.New("the time of measurement happens twice when the clocks change, and no offset was sent")
	errNotAtAll  = errors.New("the time of measurement does not exist when the clocks change, and no offset was sent")
	errImprecise = errors.New("the time of measurement is not given to the minute")
)

// stamp reads YYYYMMDDHHMM[SS[.f…]][±ZZZZ], fractions of one digit or more,
// also 17 digits with milliseconds and no point. An offset that was sent
// stays with the time; without one the wall clock of zone counts, and near is
// used to tell apart the two readings of an hour that happens twice.
func stamp(s string, zone *time.Location, near time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, errNoTime
	}
	if len(s) > 40 {
		return time.Time{}, errBadTime
	}
	clock, offset, sent, ok := cutOffset(s)
	if !ok {
		return time.Time{}, errBadTime
	}
	wall, err := wallTime(clock)
	if err != nil {
		return time.Time{}, err
	}
	if sent {
		return inOffset(wall, offset), nil
	}
	return inZone(wall, zone, near)
}

// cutOffset splits ±HHMM, ±HH:MM or Z from the end.
func cutOffset(s string) (clock string, offset time.Duration, sent, ok bool) {
	if rest, z := strings.CutSuffix(s, "Z"); z {
		return rest, 0, true, true
	}
	i := strings.LastIndexAny(s, "+-")
	if i < 0 {
		return s, 0, false, true
	}
	digits := strings.Replace(s[i+1:], ":", "", 1)
	if len(digits) != 4 || !allDigits(digits) {
		return "", 0, false, false
	}
	h, m := atoi(digits[:2]), atoi(digits[2:])
	if h > 14 || m > 59 {
		return "", 0, false, false
	}
	offset = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if s[i] == '-' {
		offset = -offset
	}
	return s[:i], offset, true, true
}

// wallTime reads the digits as if they were UTC.
func wallTime(clock string) (time.Time, error) {
	digits, fraction, point := strings.Cut(clock, ".")
	if point && (len(digits) != 14 || fraction == "" || !allDigits(fraction)) || !allDigits(digits) {
		return time.Time{}, errBadTime
	}
	switch len(digits) {
	case 12:
		digits += "00"
	case 14:
	case 17:
		digits, fraction = digits[:14], digits[14:]
	case 4, 6, 8, 10:
		return time.Time{}, errImprecise
	default:
		return time.Time{}, errBadTime
	}
	nanos := atoi((fraction + "000000000")[:9])
	month, day, hour := atoi(digits[4:6]), atoi(digits[6:8]), atoi(digits[8:10])
	minute, second := atoi(digits[10:12]), atoi(digits[12:14])
	t := time.Date(atoi(digits[:4]), time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if t.Format("20060102150405") != digits {
		return time.Time{}, errBadTime
	}
	return t, nil
}

func inOffset(wall time.Time, offset time.Duration) time.Time {
	if offset == 0 {
		return wall
	}
	return wall.Add(-offset).In(time.FixedZone("", int(offset/time.Second)))
}

// inZone finds the instants at which a clock in zone shows wall: one on most
// days, two or none around a clock change.
func inZone(wall time.Time, zone *time.Location, near time.Time) (time.Time, error) {
	if zone == nil {
		return wall, nil
	}
	var found []time.Time
	for _, guess := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, seconds := wall.Add(guess).In(zone).Zone()
		t := wall.Add(-time.Duration(seconds) * time.Second).In(zone)
		if t.Format("20060102150405") == wall.Format("20060102150405") && (len(found) == 0 || !found[0].Equal(t)) {
			found = append(found, t)
		}
	}
	switch {
	case len(found) == 0:
		return time.Time{}, errNotAtAll
	case len(found) == 1:
		return found[0], nil
	case near.IsZero():
		return time.Time{}, errTwice
	case found[1].Sub(near).Abs() < found[0].Sub(near).Abs():
		return found[1], nil
	}
	return found[0], nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// atoi reads digits that have been checked.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
