package app

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestAfterCuff: a reading that the monitor sent puts off the alarm that there
// is none, until its own interval is over; it is no presence check and no
// observation.
func TestAfterCuff(t *testing.T) {
	t.Parallel()
	at := func(m int) time.Time {
		return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC).Add(time.Duration(m) * time.Minute)
	}
	rounds := []alarm.Round{
		{What: alarm.CuffOverdue, DueAt: at(15), LateAt: at(20), Every: 15 * time.Minute},
		{What: alarm.ObservationOverdue, DueAt: at(15), LateAt: at(20), Every: 15 * time.Minute},
	}
	for name, c := range map[string]struct {
		read      time.Time
		due, late time.Time
	}{
		"none was read":               {time.Time{}, at(15), at(20)},
		"read when it was charted":    {at(0), at(15), at(20)},
		"read before it was charted":  {at(-5), at(15), at(20)},
		"read since":                  {at(4), at(19), at(24)},
		"read just when it was due":   {at(15), at(30), at(35)},
		"read late, but then it came": {at(22), at(37), at(42)},
	} {
		got := afterCuff(rounds, c.read)
		if !got[0].DueAt.Equal(c.due) || !got[0].LateAt.Equal(c.late) {
			t.Errorf("%s: due %s, late %s", name, got[0].DueAt.Format("15:04"), got[0].LateAt.Format("15:04"))
		}
		if got[1] != rounds[1] {
			t.Errorf("%s: a cuff reading moved the observation to %+v", name, got[1])
		}
	}
	if !rounds[0].DueAt.Equal(at(15)) {
		t.Error("what the record says was changed")
	}
}

func TestLastCuff(t *testing.T) {
	t.Parallel()
	linked := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	row := func(after time.Duration, k vital.Kind, q vital.Quality) series.Row {
		x := linked.Add(after)
		return series.Row{At: x, ReceivedAt: x, Sample: vital.Sample{Kind: k, Value: 120, Quality: q}}
	}
	for name, c := range map[string]struct {
		row  series.Row
		want time.Time
	}{
		"a good reading":              {row(time.Minute, vital.NIBPSys, vital.Good), linked.Add(time.Minute)},
		"one of the patient before":   {row(-time.Minute, vital.NIBPSys, vital.Good), time.Time{}},
		"one that is doubted":         {row(time.Minute, vital.NIBPSys, vital.Questionable), time.Time{}},
		"another sign":                {row(time.Minute, vital.SpO2, vital.Good), time.Time{}},
		"the mean without systolic":   {row(time.Minute, vital.NIBPMean, vital.Good), time.Time{}},
		"an artery's is not a cuff's": {row(time.Minute, vital.ARTSys, vital.Good), time.Time{}},
	} {
		f := Feed{Rows: series.Newest{}, Aside: map[vital.Kind]Aside{}, good: map[vital.Kind]series.Row{}}
		f.take(c.row)
		if got := lastCuff(f, linked); !got.Equal(c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
