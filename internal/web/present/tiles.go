package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

func live(v app.Visit) time.Duration { return session.LiveFor(v.Env.Rules) }

func cuffFresh(v app.Visit) time.Duration { return session.CuffLiveFor(v.Env.Rules, v.State.Order) }

// Tiles are the four values of a chair: pressure, pulse, SpO₂, breathing.
func Tiles(v app.Visit) []view.Tile {
	return marked(v, []view.Tile{
		pressureTile(v),
		streamTile(v, "pulse", "Pulse", vital.Pulse, vital.HR),
		streamTile(v, "spo2", "SpO₂", vital.SpO2),
		streamTile(v, "rr", "Breathing", vital.RR),
	})
}

func pressureTile(v app.Visit) view.Tile {
	t := view.Tile{Kind: "nibp", Label: "Pressure", Unit: "mmHg", FreshMS: cuffFresh(v).Milliseconds()}
	c := latestCuff(v)
	if c.all == "" {
		t.Empty = noValue(v)
		return t
	}
	t.Text, t.Context, t.AtMS, t.Doubt = c.all, c.context, ms(c.at), c.doubt
	if b, ok := baselineText(v, vital.NIBPSys); ok {
		d, _ := baselineText(v, vital.NIBPDia)
		t.Context = join(t.Context, "was "+b+"/"+d)
	}
	return t
}

// cuffText is what the tile says of the pressure.
type cuffText struct {
	all, context string
	at           time.Time
	doubt        bool
}

// latestCuff is the newest cuff reading, from the monitor or charted by hand.
// Two cuffs are two readings, as old as the older.
func latestCuff(v app.Visit) cuffText {
	out := monitorCuffs(cuffsNow(v))
	for i := len(v.State.Observations) - 1; i >= 0; i-- {
		o := v.State.Observations[i]
		cuffs, beside := charted(o, vital.NIBPSys)
		if o.Struck || !strings.Contains(cuffs, "/") {
			continue
		}
		if o.At.After(out.at) {
			mean, _ := charted(o, vital.NIBPMean)
			return cuffText{cuffs, join(meanText(mean), beside), o.At, doubted(o, vital.NIBPSys, vital.NIBPDia)}
		}
		break
	}
	return out
}

func monitorCuffs(cuffs []cuffed) cuffText {
	var out cuffText
	var values, named []string
	for i, c := range cuffs {
		value := text(c.sys) + "/" + text(c.dia)
		beside := meanText(c.mean)
		if questionable([]series.Row{c.sys, c.dia}) {
			beside, out.doubt = join(beside, string(vital.Questionable)), true
		}
		values = append(values, value)
		named = append(named, join(value+" at "+site(c.sys), beside))
		if i == 0 || c.sys.At.Before(out.at) {
			out.at = c.sys.At
		}
		out.context = beside
	}
	out.all = strings.Join(values, " · ")
	if len(cuffs) > 1 {
		out.context = strings.Join(named, "; ")
	}
	return out
}

// doubted reports whether what was charted of the kinds is not good.
func doubted(o session.ObservationFact, kinds ...vital.Kind) bool {
	return slices.ContainsFunc(o.Readings, func(r vital.Reading) bool { return slices.Contains(kinds, r.Kind) && r.Quality != vital.Good })
}

func meanText(mean string) string {
	if mean == "" {
		return ""
	}
	return "mean " + mean
}

// since keeps values from before the link, which may be another patient's,
// off the page.
func since(v app.Visit, r series.Row) bool {
	return v.State.Link.Monitor != "" && !r.ReceivedAt.Before(v.State.Link.Since)
}

func text(r series.Row) string { return r.Sample.Kind.Text(r.Sample.Value) }

// charted are the values that an observation holds of a kind, each with what
// stands beside it: the numbers, and where there is more to say, all of it.
func charted(o session.ObservationFact, kinds ...vital.Kind) (numbers, beside string) {
	var all, said []string
	more := false
	for _, x := range project.Values(o.Readings) {
		if slices.Contains(kinds, x.Kind) {
			all, said = append(all, x.Number), append(said, x.Text())
			more = more || x.Beside != ""
		}
	}
	switch {
	case !more:
		return strings.Join(all, " · "), ""
	case len(all) == 1:
		return all[0], strings.TrimPrefix(said[0], all[0]+" ")
	}
	return strings.Join(all, " · "), strings.Join(said, "; ")
}

func streamTile(v app.Visit, kind, label string, kinds ...vital.Kind) view.Tile {
	f, _ := vital.Of(kinds[0])
	t := view.Tile{Kind: kind, Label: label, Unit: f.Unit, FreshMS: live(v).Milliseconds()}
	for _, k := range kinds {
		rows := current(v, k, live(v))
		if len(rows) == 0 {
			continue
		}
		var at time.Time
		t.Text, t.Context, at = apart(rows)
		t.AtMS = ms(at)
		if k == vital.HR {
			t.Context = join("by ECG", t.Context)
		}
		if questionable(rows) {
			t.Context, t.Doubt = join(t.Context, string(vital.Questionable)), true
		}
		if k == vital.SpO2 {
			t.Context = join(t.Context, oxygen(v))
		}
		if b, ok := baselineText(v, k); ok {
			t.Context = join(t.Context, "was "+b)
		}
		return t
	}
	return byHand(v, t, kinds)
}

// byHand falls back to what was charted by hand when no monitor is linked.
func byHand(v app.Visit, t view.Tile, kinds []vital.Kind) view.Tile {
	for i := len(v.State.Observations) - 1; i >= 0; i-- {
		o := v.State.Observations[i]
		for _, k := range kinds {
			if c, beside := charted(o, k); c != "" && !o.Struck {
				t.Text, t.AtMS, t.Context = c, ms(o.At), join("charted", beside)
				t.Doubt = doubted(o, k)
				t.FreshMS = cuffFresh(v).Milliseconds()
				return t
			}
		}
	}
	t.Empty = noValue(v)
	return t
}

func oxygen(v app.Visit) string {
	for i := len(v.State.Observations) - 1; i >= 0; i-- {
		if o := v.State.Observations[i].Oxygen; o != nil && !v.State.Observations[i].Struck {
			if o.Air {
				return "air"
			}
			return "oxygen " + o.Flow.String()
		}
	}
	return ""
}

func noValue(v app.Visit) string {
	switch {
	case v.State.Link.Monitor == "":
		return "no monitor linked"
	case v.Feed.LastAt.IsZero():
		return "nothing received"
	}
	return "not sent by the monitor"
}

// baselineText is the mean of the two resting sets.
func baselineText(v app.Visit, k vital.Kind) (string, bool) {
	b, ok := session.Baseline(v.State, v.Env, k)
	if !ok {
		return "", false
	}
	return k.Text(b), true
}

func join(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + ", " + b
}

// Scores are the newest sedation, pain and distress.
func Scores(v app.Visit) []view.Tile {
	sed := view.Tile{Kind: "sedation", Label: "Awake", Unit: "of 5", Empty: "not charted"}
	pain := view.Tile{Kind: "pain", Label: "Pain", Unit: "of 10", Empty: "not charted"}
	for _, o := range v.State.Observations {
		if o.Struck {
			continue
		}
		if o.Sedation != nil {
			sed.Text, sed.AtMS, sed.Context, sed.Empty = fmt.Sprint(int(*o.Sedation)), ms(o.At), o.Sedation.Text(), ""
		}
		if o.Pain != nil {
			pain.Text, pain.AtMS, pain.Empty = nrs(*o.Pain), ms(o.At), ""
		}
	}
	return marked(v, []view.Tile{sed, pain})
}

func nrs(n scale.NRS) string { return fmt.Sprint(int(n)) }
