// Package board is the station's page: one row per chair on one clock, sorted
// by need, readable from three metres.
package board

import (
	_ "embed"
	"html/template"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

//go:embed page.tmpl
var source string

// Page renders the board; its definition "live" is what the stream replaces.
var Page = page.MustWith[view.Board]("board", source, template.FuncMap{
	"x": x, "bars": bars, "spoken": spoken, "clear": clearOfNow, "stale": stale, "tests": tests, "rows": rows,
}, "board.css", "board.js")

// row is one chair with what its drawing needs of the board.
type row struct {
	Axis view.Axis
	AtMS int64
	Row  view.BoardRow
}

func rows(b view.Board) []row {
	out := make([]row, len(b.Rows))
	for i, r := range b.Rows {
		out[i] = row{b.Axis, b.AtMS, r}
	}
	return out
}

// x is where an instant lies on the axis, as an SVG percentage.
func x(a view.Axis, ms int64) string { return percent(share(a, ms)) }

// share is the part of the axis before an instant, in hundredths of a percent.
func share(a view.Axis, ms int64) int64 {
	if a.ToMS <= a.FromMS {
		return 0
	}
	ms = min(max(ms, a.FromMS), a.ToMS)
	return (ms - a.FromMS) * 100_00 / (a.ToMS - a.FromMS)
}

func percent(hundredths int64) string {
	return strconv.FormatFloat(float64(hundredths)/100, 'f', -1, 64) + "%"
}

// bar is a rectangle on a row.
type bar struct{ X, Width, Y, Height, Class string }

// bars draws what lies on the axis; what lies wholly outside is left out.
func bars(a view.Axis, all []view.Bar) []bar {
	var out []bar
	for _, b := range all {
		from, to := share(a, b.FromMS), share(a, b.ToMS)
		if to <= from {
			continue
		}
		y, height := lane(b.Kind)
		class := b.Kind
		if b.Planned {
			class += " planned"
		}
		out = append(out, bar{percent(from), percent(to - from), y, height, class})
	}
	return out
}

// lane gives the infusion the height of the row and the rest less: shape
// says the phase where colour does not.
func lane(kind string) (y, height string) {
	switch kind {
	case "infuse":
		return "28%", "44%"
	case "pause":
		return "46%", "8%"
	case "recover":
		return "38%", "24%"
	}
	return "41%", "18%"
}

// spoken says the row's picture in words.
func spoken(all []view.Bar) string {
	var out []string
	for _, b := range all {
		if b.Text != "" {
			out = append(out, b.Text)
		}
	}
	if len(out) == 0 {
		return "nothing on the clock"
	}
	return strings.Join(out, ", ")
}

// clearOfNow reports whether an hour's label does not run into the clock's.
func clearOfNow(a view.Axis, ms int64) bool {
	d := share(a, ms) - share(a, a.NowMS)
	return d > 5_00 || d < -5_00
}

// stale reports whether a value has reached the age from which it is drawn as old.
func stale(t view.Tile, nowMS int64) bool {
	return t.AtMS > 0 && t.FreshMS > 0 && nowMS-t.AtMS >= t.FreshMS
}

// selfTest is one sound and one look that the station can be asked for.
type selfTest struct {
	Tone        view.Tone
	Sound       string // as shared/sound.ts names it
	Name, Heard string
	Asks        []asked // what is asked of it, where its test is recorded
}

// asked is one question about what was perceived.
type asked struct {
	What     house.SignalID
	Question string
}

// tests are the sounds and looks of alarms, and of a lost server.
func tests() []selfTest {
	heard := func(s house.SignalID) asked { return asked{s, "Heard?"} }
	seen := func(s house.SignalID) asked { return asked{s, "Its colour and shape seen?"} }
	return []selfTest{
		{view.Red, "high", "Red alarm", "ten high pulses", []asked{heard(house.ToneHigh), seen(house.ScreenRed)}},
		{view.Amber, "medium", "Yellow alarm", "three pulses", []asked{heard(house.ToneMedium), seen(house.ScreenYellow)}},
		{view.Low, "low", "Low alarm", "two low pulses", []asked{heard(house.ToneLow)}},
		{view.Amber, "lost", "No connection to the server", "three long falling pulses", []asked{heard(house.ToneLost)}},
	}
}
