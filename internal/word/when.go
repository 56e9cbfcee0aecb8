package word

import "time"

// Every page, record and message writes times in one of these ways: the day
// before the month in letters, so that nobody takes one for the other, and the
// hours of a day from 00 to 23. The zone is that of the value given.

// Clock is a time of day, "09:05".
func Clock(t time.Time) string { return t.Format("15:04") }

// Second is a time of day to the second, "09:05:12".
func Second(t time.Time) string { return t.Format("15:04:05") }

// Day is a date, "4 May 1981".
func Day(t time.Time) string { return t.Format("2 January 2006") }

// Weekday is a date with its day of the week, "Monday 23 November 2026".
func Weekday(t time.Time) string { return t.Format("Monday 2 January 2006") }

// Moment is a date and a time of day, "23 November 2026 09:05".
func Moment(t time.Time) string { return Day(t) + " " + Clock(t) }

// Exact is an instant as a signature bears it, "23 November 2026 09:05:12 CET".
func Exact(t time.Time) string { return Day(t) + " " + Second(t) + " " + t.Format("MST") }

// Date is a date that was written as "1981-05-04"; what is no date stays as it
// was written.
func Date(written string) string {
	t, err := time.Parse(time.DateOnly, written)
	if err != nil {
		return written
	}
	return Day(t)
}
