package present

import (
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// taken is a round of the monitor at a minute: a cuff and a saturation.
func taken(minute int, position, confirmed int64, doubts ...session.DoubtFact) session.RoundFact {
	f := session.RoundFact{Stamp: session.Stamp{At: at(minute), Position: position}, Taken: session.TakenRound{Due: at(minute)}, Doubts: doubts}
	for k, x := range map[vital.Kind]vital.Value{vital.NIBPSys: 121, vital.NIBPDia: 76, vital.SpO2: 97} {
		f.Taken.Readings = append(f.Taken.Readings, vital.Reading{Kind: k, Value: x, Quality: vital.Good, Origin: vital.FromDevice, At: at(minute), Site: "1.1.9.1"})
	}
	if confirmed != 0 {
		f.Confirmed = session.Stamp{At: at(minute + 1), Position: confirmed, By: "okafor"}
	}
	return f
}

// TestTimeline_MarksWhatNobodyConfirmed: a monitor's value says on the timeline,
// in the record and on paper whether a person stands behind it.
func TestTimeline_MarksWhatNobodyConfirmed(t *testing.T) {
	t.Parallel()
	v := running(t, at(60))
	v.State.Order.DosingWeight = unit.Kg("80")
	v.State.Rounds = []session.RoundFact{
		taken(10, 50, 51), taken(20, 52, 0), taken(30, 53, 0, session.DoubtFact{Stamp: session.Stamp{At: at(31)}, Why: session.DoubtArtefact}),
	}
	v.State.Observations = []session.ObservationFact{
		{Stamp: session.Stamp{At: at(41)}, Observation: session.Observation{Readings: []vital.Reading{ // taken over into a set
			{Kind: vital.NIBPSys, Value: 121, Quality: vital.Good, Origin: vital.DeviceConfirmed, At: at(40), Site: "1.1.9.1"},
			{Kind: vital.SpO2, Value: 97, Quality: vital.Good, Origin: vital.DeviceConfirmed, At: at(40), Site: "1.1.9.1"},
		}}},
		{Stamp: session.Stamp{At: at(45)}, Struck: true, Observation: session.Observation{Readings: []vital.Reading{
			{Kind: vital.NIBPSys, Value: 121, Quality: vital.Good, Origin: vital.DeviceConfirmed, At: at(50), Site: "1.1.9.1"},
		}}},
		{Stamp: session.Stamp{At: at(55)}, Observation: session.Observation{Readings: []vital.Reading{byHandReading(vital.NIBPSys, 120, vital.Good), byHandReading(vital.NIBPDia, 75, vital.Good)}}},
	}
	var rows []series.Row
	for _, minute := range []int{10, 20, 40, 50} {
		for k, x := range map[vital.Kind]vital.Value{vital.NIBPSys: 121, vital.NIBPDia: 76} {
			rows = append(rows, series.Row{At: at(minute), Sample: vital.Sample{Kind: k, Value: x, At: at(minute), Quality: vital.Good, Site: "1.1.9.1"}})
		}
	}
	line := Timeline(v, rows)
	open := map[int64]bool{ms(at(10)): false, ms(at(20)): true, ms(at(40)): false, ms(at(50)): true, ms(at(55)): false}
	if len(line.Cuffs) != len(open) {
		t.Fatalf("%+v", line.Cuffs)
	}
	for _, c := range line.Cuffs {
		if want := open[c.AtMS]; c.Unconfirmed != want || strings.HasSuffix(c.Text, ", monitor, not confirmed") != want {
			t.Errorf("not confirmed: %v, want %v: %q", c.Unconfirmed, want, c.Text)
		}
	}
	want := []view.Kept{
		{AtMS: ms(at(10)), Kind: "spo2", Value: 97, Confirmed: true, Text: "97 at 10:10, monitor, confirmed"},
		{AtMS: ms(at(20)), Kind: "spo2", Value: 97, Text: "97 at 10:20, monitor, not confirmed"},
		{AtMS: ms(at(40)), Kind: "spo2", Value: 97, Confirmed: true, Text: "97 at 10:40, monitor, confirmed"},
	}
	if !slices.Equal(line.Kept, want) {
		t.Errorf("kept %+v", line.Kept)
	}
	// The record and its PDF have the sign in the line, and say what it means.
	if sec := deviceTable(v); !strings.Contains(sec.Intro, "the sign "+unlooked) {
		t.Errorf("the sign is not explained: %q", sec.Intro)
	}
	for _, f := range v.State.Rounds {
		if row := deviceRow(v, f); strings.HasSuffix(row[0], unlooked) == f.IsConfirmed() || strings.Contains(row[len(row)-1], "not confirmed") == f.IsConfirmed() {
			t.Errorf("confirmed %v: %q", f.IsConfirmed(), row)
		}
	}
}
