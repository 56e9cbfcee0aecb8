package present

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// scored is a visit with all that an early-warning score needs, charted a while
// before now.
func scored(t *testing.T, but vital.Kind) app.Visit {
	v := running(t, at(10))
	five, oriented := scale.Sedation(4), true
	o := session.ObservationFact{Stamp: session.Stamp{At: at(5)}, Observation: session.Observation{
		Sedation: &five, Oriented: &oriented, Oxygen: &session.Oxygen{Air: true},
	}}
	for k, x := range map[vital.Kind]vital.Value{vital.RR: 22, vital.SpO2: 97, vital.NIBPSys: 120, vital.Pulse: 70, vital.Temp: 37} {
		if k != but {
			o.Readings = append(o.Readings, vital.Reading{Kind: k, Value: x, Quality: vital.Good, Origin: vital.FromDevice})
		}
	}
	v.State.Observations = []session.ObservationFact{o}
	return v
}

func earlyOf(v app.Visit) (view.Tile, bool) {
	for _, x := range ChairScores(v) {
		if x.Kind == "early" {
			return x, true
		}
	}
	return view.Tile{}, false
}

// TestEarly_WithAndWithoutConsciousness: sedation by ketamine is expected, so
// that the score without it stands first and the whole one beside it.
func TestEarly_WithAndWithoutConsciousness(t *testing.T) {
	t.Parallel()
	v := scored(t, "")
	x, ok := earlyOf(v)
	if !ok || x.Text != "2" || x.Context != "without consciousness; NEWS2 5" || x.AtMS != ms(at(5)) || x.FreshMS != (20*time.Minute).Milliseconds() || x.Tone != "" {
		t.Errorf("%+v", x)
	}
	table := earlyTable(v)
	if len(table.Rows) != 7 || !strings.Contains(table.Intro, "NEWS2 5 of 20, without consciousness 2 of 17") || !strings.Contains(table.Intro, "RCP-NEWS2 (verified)") {
		t.Errorf("%+v", table)
	}
	if row := strings.Join(table.Rows[0], "|"); row != "Breathing|2|22 /min|10:05|monitor, not confirmed by a person" {
		t.Errorf("%s", row)
	}
}

// TestEarly_NothingIsFilledIn: with a part missing there is no number, anywhere.
func TestEarly_NothingIsFilledIn(t *testing.T) {
	t.Parallel()
	v := scored(t, vital.Temp)
	x, _ := earlyOf(v)
	if x.Text != "" || x.Empty != "no score: missing temperature" || x.Context != "" {
		t.Errorf("%+v", x)
	}
	table := earlyTable(v)
	if !strings.HasPrefix(table.Intro, "Could not be computed: missing temperature.") {
		t.Errorf("%s", table.Intro)
	}
	if row := strings.Join(table.Rows[len(table.Rows)-1], "|"); row != "Temperature|–|missing|–|–" {
		t.Errorf("%s", row)
	}
	v = scored(t, "")
	v.State.Observations[0].Sedation = nil
	if x, _ := earlyOf(v); x.Text != "2" || x.Context != "without consciousness; NEWS2 missing consciousness" {
		t.Errorf("%+v", x)
	}
	v.Env.Now = at(26)
	if x, _ := earlyOf(v); x.Text != "" {
		t.Errorf("of old signs: %+v", x)
	}
	v.State.Phase = session.PhaseDischarged
	if _, ok := earlyOf(v); ok {
		t.Error("the chair scores who has gone")
	}
}
