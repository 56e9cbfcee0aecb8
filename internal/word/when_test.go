package word

import (
	"testing"
	"time"
)

func TestTimes_AreWrittenOneWay(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 3, 9, 5, 12, 0, time.UTC)
	for want, got := range map[string]string{
		"09:05": Clock(at), "09:05:12": Second(at), "3 November 2026": Day(at), "Tuesday 3 November 2026": Weekday(at),
		"3 November 2026 09:05": Moment(at), "3 November 2026 09:05:12 UTC": Exact(at), "4 May 1981": Date("1981-05-04"), "2027-13": Date("2027-13"), "": Date(""),
	} {
		if got != want {
			t.Errorf("it is written %q, want %q", got, want)
		}
	}
}
