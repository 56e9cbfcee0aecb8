package present

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

func byHandReading(k vital.Kind, x vital.Value, q vital.Quality) vital.Reading {
	return vital.Reading{Kind: k, Value: x, Quality: q, Origin: vital.ByHand}
}

func tileOf(t *testing.T, v app.Visit, kind string) view.Tile {
	t.Helper()
	for _, tile := range Tiles(v) {
		if tile.Kind == kind {
			return tile
		}
	}
	t.Fatalf("no tile %s", kind)
	return view.Tile{}
}

// TestTiles_SayWhatIsQuestionable: what a person charted as questionable, and
// what the monitor sent so, is marked on the tile and on the timeline.
func TestTiles_SayWhatIsQuestionable(t *testing.T) {
	t.Parallel()
	for _, q := range []vital.Quality{vital.Good, vital.Questionable} {
		v := running(t, at(20))
		v.State.Observations = []session.ObservationFact{{Stamp: session.Stamp{At: at(19)}, Observation: session.Observation{Readings: []vital.Reading{
			byHandReading(vital.NIBPSys, 171, q), byHandReading(vital.NIBPDia, 96, q), byHandReading(vital.SpO2, 88, q),
		}}}}
		for kind, text := range map[string]string{"nibp": "171/96", "spo2": "88"} {
			tile := tileOf(t, v, kind)
			if tile.Text != text || tile.Doubt != (q != vital.Good) || strings.Contains(tile.Context, "questionable") != tile.Doubt {
				t.Errorf("charted as %s, the tile is %+v", q, tile)
			}
		}
		drawn := cuffs(v, nil)
		if len(drawn) != 1 || drawn[0].Doubt != (q != vital.Good) || strings.Contains(drawn[0].Text, "questionable") != drawn[0].Doubt {
			t.Errorf("charted as %s, the timeline has %+v", q, drawn)
		}
	}
	v := running(t, at(20))
	v.State.Link = session.Link{Monitor: "m", Since: at(0), Confirmed: true}
	v.HasFeed = true
	v.Feed.Rows = map[series.Site]series.Row{}
	for k, x := range map[vital.Kind]vital.Value{vital.NIBPSys: 171, vital.NIBPDia: 96} {
		r := series.Row{Sample: vital.Sample{Kind: k, Value: x, At: at(20), Quality: vital.Questionable}, At: at(20), ReceivedAt: at(20)}
		v.Feed.Rows[r.Place()] = r
	}
	v.Feed.LastAt = at(20)
	if tile := tileOf(t, v, "nibp"); !tile.Doubt || !strings.Contains(tile.Context, "questionable") {
		t.Errorf("sent as questionable by the monitor, the tile is %+v", tile)
	}
}

// TestHeadline_CountsRecoveryAfterTheStop: from the stop, against what the
// discharge gate asks for, and no longer the minutes of the infusion.
func TestHeadline_CountsRecoveryAfterTheStop(t *testing.T) {
	t.Parallel()
	v := visit(session.PhaseRecovering, at(100))
	v.Env.Rules = shippedRules(t)
	v.State.Order = &drug.Order{DosingWeight: unit.Kg("70"), Steps: []drug.Step{{Minutes: 60}}, Watch: drug.Watch{RecoveryLeast: 600}}
	v.State.StartedAt, v.State.StoppedAt = at(0), at(75)
	for phase, want := range map[session.Phase]string{session.PhaseRecovering: "25 min of 10 h", session.PhaseStopped: "recovery 25 min of 10 h"} {
		v.State.Phase = phase
		if got := Headline(v)[0].Text; got != want {
			t.Errorf("%s: the chair says %q, want %q", phase, got, want)
		}
	}
	v.State.Phase = session.PhaseRecovering
	if got := Board(BoardInput{Now: at(100), Zone: time.UTC, Chairs: 1, Rows: chairsOf(false, v)}).Rows[0].Phase; got != "Recovering 25/600 min" {
		t.Errorf("the board says %q", got)
	}
	v.State.Drugs = []session.DrugFact{{Stamp: session.Stamp{At: at(90)}, Given: session.Given{Ketamine: unit.Mg("5")}}}
	if got := Headline(v)[0].Text; !strings.Contains(got, "10 min of 10 h") {
		t.Errorf("after ketamine at 90 min the chair says %q", got)
	}
	v.State.Order.DosingWeight = unit.Weight{}
	if got := Headline(v)[0].Text; got != "25 min since the stop" {
		t.Errorf("where the required time is not known the chair says %q", got)
	}
}
