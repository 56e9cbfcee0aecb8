// Package states holds the chair's page in every state it can be in, as
// literals, for the gallery and for tests of markup, contrast and looks. The
// people in it are invented and the curves are drawn, not measured.
package states

import (
	"fmt"
	"math"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// State is the chair's page at one moment.
type State struct {
	Name  string
	Chair view.Chair
	// Lost says that the server has gone silent in this state.
	Lost bool
}

const (
	zone    = "Europe/Berlin"
	primary = "Stillwatch is a second pair of eyes: the bedside monitor is the primary alarm."
	session = "018f4c3a-5b6d-7e8f-9a0b-1c2d3e4f5a6b"
	nurse   = "018f4c3a-0001-7000-8000-000000000001"
	monitor = "018f4c3a-0002-7000-8000-000000000002"
)

// All lists every state as it would look at now.
func All(now time.Time) []State {
	return []State{
		{Name: "empty", Chair: empty(now)},
		{Name: "scheduled", Chair: scheduled(now)},
		{Name: "arrived", Chair: arrived(now)},
		{Name: "ready", Chair: ready(now)},
		{Name: "prepared", Chair: prepared(now)},
		{Name: "infusing", Chair: infusing(now)},
		{Name: "readings-not-confirmed", Chair: unconfirmed(now)},
		{Name: "paused", Chair: paused(now)},
		{Name: "stopped", Chair: stopped(now)},
		{Name: "recovering", Chair: recovering(now)},
		{Name: "discharge", Chair: discharge(now)},
		{Name: "discharged", Chair: discharged(now)},
		{Name: "locked", Chair: locked(now)},
		{Name: "server-lost", Chair: infusing(now), Lost: true},
		{Name: "monitor-lost", Chair: monitorLost(now)},
		{Name: "link-doubted", Chair: doubted(now)},
		{Name: "help", Chair: help(now)},
		{Name: "alarm-red", Chair: alarmed(now, red(now))},
		{Name: "alarm-red-locked", Chair: lockedUp(alarmed(now, red(now)))},
		{Name: "alarm-red-answered", Chair: alarmed(now, answered(now, red(now)))},
		{Name: "alarm-red-everyone", Chair: alarmed(now, everyone(red(now)))},
		{Name: "alarm-red-over", Chair: alarmed(now, over(now, red(now)))},
		{Name: "alarm-yellow", Chair: alarmed(now, yellow(now))},
		{Name: "alarm-yellow-paused", Chair: alarmed(now, paused10(now, yellow(now)))},
		{Name: "alarm-low", Chair: alarmed(now, low(now))},
		{Name: "alarm-many", Chair: alarmed(now, offline(now), answered(now, red(now)), yellow(now), low(now), noReading(now))},
		{Name: "alarm-server-lost", Chair: alarmed(now, red(now)), Lost: true},
		{Name: "unheard", Chair: unheard(alarmed(now, yellow(now)))},
		{Name: "alarms-off", Chair: alarmsOff(now)},
	}
}

// Of returns the state of that name.
func Of(name string, now time.Time) (State, bool) {
	for _, s := range All(now) {
		if s.Name == name {
			return s, true
		}
	}
	return State{}, false
}

func ms(t time.Time) int64 { return t.UnixMilli() }

func ago(now time.Time, minutes float64) time.Time {
	return now.Add(-time.Duration(minutes * float64(time.Minute)))
}

func clock(t time.Time) string {
	at, err := time.LoadLocation(zone)
	if err != nil {
		at = time.UTC
	}
	return word.Clock(t.In(at))
}

// base is what every state with a patient shares.
func base(now time.Time, phase, text string) view.Chair {
	return view.Chair{
		Head: 41, Cursor: 900, AtMS: ms(now), Chair: 3, Session: session, Table: "/v1/table.json", Zone: zone,
		Phase: phase, PhaseText: text,
		Patient: &view.Patient{
			Name: "Maria Rivera", Initials: "M. R.", Born: "born 4 May 1981", Age: "45", Weight: "72.4 kg",
			Allergies: "allergic to morphine (hives)", Known: true,
		},
		Staff: "A. Okafor RN · J. Weiss MD on site", Hearing: view.Hearing{By: []string{"station"}, Text: "heard by station"}, Alarms: calm(),
		Link:   view.Link{State: "linked", Text: "monitor", Monitor: "Monitor 3", Device: monitor, Tone: view.Plain, Beside: "Apnoea and rhythm: bedside monitor only"},
		Who:    view.Who{Person: nurse, Name: "A. Okafor RN", Roles: "nurse", Device: "tablet at chair 3", Chair: 3},
		Tiles:  tiles(now),
		Scores: scores(now),
		Device: device(now),
		Acts:   always(),
		Choices: map[string][]view.Option{
			"people":      {{Value: nurse, Label: "A. Okafor RN"}, {Value: nurse[:35] + "3", Label: "L. Brandt RN"}, {Value: nurse[:35] + "4", Label: "J. Weiss MD"}},
			"prescribers": {{Value: nurse[:35] + "4", Label: "J. Weiss MD", Hint: "on site"}},
			"rates": {
				{Value: "0.2", Label: "0.20 mg/kg/h", Hint: "14.5 mL/h"},
				{Value: "0.3", Label: "0.30 mg/kg/h", Hint: "21.7 mL/h"},
				{Value: "0.4", Label: "0.40 mg/kg/h", Hint: "29.0 mL/h"},
			},
			"adjuncts":      {{Value: "ond", Label: "Ondansetron 4 mg IV", Hint: "nausea", Body: []byte(`{"drug":"ondansetron","amount":"4","unit":"mg","route":"IV"}`)}, {Value: "mid", Label: "Midazolam 1 mg IV", Hint: "distress"}},
			"monitors":      {{Value: monitor, Label: "Monitor 3", Hint: "chair 3"}},
			"spoken_orders": {},
		},
		Entries: entries(now),
	}
}

func tiles(now time.Time) []view.Tile {
	live := ms(now.Add(-time.Second))
	const fresh = 15_000
	return []view.Tile{
		{Kind: "nibp", Label: "Pressure", Text: "141/85", Unit: "mmHg", AtMS: ms(ago(now, 2)), FreshMS: 10 * 60_000, Context: "mean 104, was 122/74"},
		{Kind: "pulse", Label: "Pulse", Text: "79", Unit: "/min", AtMS: live, FreshMS: fresh, Context: "66–84 so far"},
		{Kind: "spo2", Label: "SpO₂", Text: "97", Unit: "%", AtMS: live, FreshMS: fresh, Context: "air, lowest 95"},
		{Kind: "rr", Label: "Breathing", Text: "13", Unit: "/min", AtMS: live, FreshMS: fresh, Context: "12–16 so far"},
	}
}

func scores(now time.Time) []view.Tile {
	at := ms(ago(now, 12))
	return []view.Tile{
		{Kind: "sedation", Label: "Awake", Text: "5", Unit: "of 5", AtMS: at, FreshMS: 20 * 60_000},
		{Kind: "pain", Label: "Pain", Text: "4", Unit: "of 10", AtMS: at, FreshMS: 20 * 60_000},
		{Kind: "early", Label: "Early warning", Text: "1", Unit: "of 17", AtMS: at, FreshMS: 20 * 60_000, Context: "without consciousness; NEWS2 4"},
	}
}

func device(now time.Time) []view.Reading {
	live := ms(now.Add(-time.Second))
	cuff := ms(ago(now, 2))
	return []view.Reading{
		{Kind: "nibp_sys", V: "141", U: "mm[Hg]", AtMS: cuff, FreshMS: 5 * 60_000},
		{Kind: "nibp_dia", V: "85", U: "mm[Hg]", AtMS: cuff, FreshMS: 5 * 60_000},
		{Kind: "nibp_mean", V: "104", U: "mm[Hg]", AtMS: cuff, FreshMS: 5 * 60_000},
		{Kind: "pulse", V: "79", U: "/min", AtMS: live, FreshMS: 15_000},
		{Kind: "spo2", V: "97", U: "%", AtMS: live, FreshMS: 15_000},
		{Kind: "rr", V: "13", U: "/min", AtMS: live, FreshMS: 15_000},
	}
}

func always() []view.Act {
	return []view.Act{
		{Act: "session.help", Label: "Call for help", Enabled: true},
		{Act: "session.stop", Label: "Stop", Sub: "stop pump, then record", Enabled: true},
	}
}

func does(primary view.Act, others ...view.Act) []view.Act {
	primary.Primary, primary.Enabled = true, primary.Why == ""
	return append(append([]view.Act{primary}, others...), always()...)
}

func act(name, label string) view.Act {
	return view.Act{Act: "session." + name, Label: label, Enabled: true}
}

func entries(now time.Time) []view.Entry {
	return []view.Entry{
		{
			Position: 40, AtMS: ms(ago(now, 12)), Time: clock(ago(now, 12)), Title: "Observation", Text: "138/84, pulse 78, SpO₂ 97 %, awake 5, pain 4",
			By: "A. Okafor RN", Tone: view.Plain, Amend: &view.Act{Act: "session.amend", Label: "Amend", Enabled: true, Body: []byte(`{"entry":40}`)},
		},
		{
			Position: 36, AtMS: ms(ago(now, 20)), Time: clock(ago(now, 20)), Title: "Ondansetron", Text: "4 mg IV", By: "A. Okafor RN", Tone: view.Plain,
			Replaced: []string{"8 mg IV, amended " + clock(ago(now, 18))},
		},
		{
			Position: 31, AtMS: ms(ago(now, 52)), Time: clock(ago(now, 52)), Title: "Rate", Text: "0.30 mg/kg/h, pump read 21.7 mL/h", By: "A. Okafor RN", Tone: view.Amber,
			Findings: []string{"Changed 4 minutes before the order's step"},
		},
	}
}

// timeline draws a visit whose infusion began minutes ago.
func timeline(now time.Time, minutes float64) *view.Timeline {
	start := ago(now, minutes)
	t := &view.Timeline{
		FromMS: ms(start.Add(-2 * time.Minute)), ToMS: ms(start.Add(132 * time.Minute)), Zone: zone, RateTop: 0.5,
		Lanes: []view.Lane{
			{Kind: "rate", Label: "Rate", Unit: "mg/kg/h", Low: 0, High: 0.5},
			{Kind: "nibp", Label: "Pressure", Unit: "mmHg", Low: 60, High: 180, Baseline: &view.Level{Value: 122, Text: "baseline 122", Tone: view.Quiet}},
			{Kind: "pulse", Label: "Pulse", Unit: "/min", Low: 50, High: 110, Baseline: &view.Level{Value: 68, Text: "baseline 68", Tone: view.Quiet}},
			{Kind: "spo2", Label: "SpO₂", Unit: "%", Low: 85, High: 100},
			{Kind: "rr", Label: "Breathing", Unit: "/min", Low: 5, High: 25},
		},
		Rate: []view.Segment{
			{FromMS: ms(start), ToMS: ms(start.Add(20 * time.Minute)), Rate: 0.2, Text: "0.20"},
			{FromMS: ms(start.Add(20 * time.Minute)), ToMS: ms(now), Rate: 0.3, Text: "0.30 → 21.7 mL/h"},
		},
		Planned: []view.Segment{{FromMS: ms(now), ToMS: ms(start.Add(240 * time.Minute)), Rate: 0.3}},
		Events: []view.Mark{
			{AtMS: ms(start), Mark: "start", Text: "start"},
			{AtMS: ms(start.Add(20 * time.Minute)), Mark: "rate", Text: "rate"},
			{AtMS: ms(start.Add(31 * time.Minute)), Mark: "effect", Text: "floating 2"},
			{AtMS: ms(start.Add(45 * time.Minute)), Mark: "effect", Text: "nausea 1"},
			{AtMS: ms(start.Add(50 * time.Minute)), Mark: "drug", Text: "ondansetron"},
		},
	}
	cuffs(t, start, now)
	gap := view.Gap{FromMS: ms(start.Add(46 * time.Minute)), ToMS: ms(start.Add(49 * time.Minute))}
	gap.Text = "no signal " + clock(time.UnixMilli(gap.FromMS)) + "–" + clock(time.UnixMilli(gap.ToMS))
	t.Series = []view.Series{
		curve("pulse", start, now, func(m float64) float64 { return 66 + 10*(1-math.Exp(-m/25)) + wave(m, 1.6) }, nil),
		curve("spo2", start, now, func(m float64) float64 { return math.Round(97.4 - m/90 + wave(m, 0.7)) }, &gap),
		curve("rr", start, now, func(m float64) float64 { return 14.5 - m/60 + wave(m, 0.8) }, nil),
	}
	return t
}

func cuffs(t *view.Timeline, start, now time.Time) {
	for _, m := range []float64{0, 5, 10, 15, 20, 25, 30, 45, 60, 70, 75, 90, 105} {
		at := start.Add(time.Duration(m * float64(time.Minute)))
		done := !at.After(now)
		if done {
			rise := 21 * (1 - math.Exp(-m/15))
			sys, dia := math.Round(121+rise), math.Round(72+rise*0.6)
			t.Cuffs = append(t.Cuffs, view.Cuff{
				AtMS: ms(at), Sys: sys, Dia: dia, Mean: math.Round((sys + 2*dia) / 3), Text: fmt.Sprintf("%.0f/%.0f at %s", sys, dia, clock(at)), Unconfirmed: m >= 45,
			})
			keep(t, at, m)
		}
		t.Ticks = append(t.Ticks, view.Tick{AtMS: ms(at), Done: done})
	}
}

// keep draws what was kept of the monitor when a round was due: the last ones wait.
func keep(t *view.Timeline, at time.Time, m float64) {
	if math.Mod(m, 15) != 0 {
		return
	}
	looked := "not confirmed"
	if m < 45 {
		looked = "confirmed"
	}
	for i, value := range []float64{66 + 10*(1-math.Exp(-m/25)), 97.4 - m/90, 14.5 - m/60} {
		t.Kept = append(t.Kept, view.Kept{
			AtMS: ms(at), Kind: []string{"pulse", "spo2", "rr"}[i], Value: math.Round(value), Confirmed: m < 45, Text: fmt.Sprintf("%.0f at %s, monitor, %s", value, clock(at), looked),
		})
	}
}

func wave(m, high float64) float64 {
	return high * (math.Sin(m*2.1)*0.5 + math.Sin(m*5.3+1)*0.3 + math.Sin(m*13.7)*0.2)
}

func curve(kind string, from, to time.Time, f func(minute float64) float64, gap *view.Gap) view.Series {
	s := view.Series{Kind: kind}
	for at := from; !at.After(to); at = at.Add(5 * time.Second) {
		if gap != nil && ms(at) >= gap.FromMS && (gap.ToMS == 0 || ms(at) <= gap.ToMS) {
			continue
		}
		s.Points = append(s.Points, [2]float64{float64(ms(at)), math.Round(f(at.Sub(from).Minutes())*10) / 10})
	}
	if gap != nil {
		s.Gaps = []view.Gap{*gap}
	}
	return s
}
