package present

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Window is the stretch of time a chair's timeline shows.
func Window(v app.Visit) (from, to time.Time) {
	now := v.Env.Now
	s := v.State
	from = s.ArrivedAt
	if !s.StartedAt.IsZero() {
		from = s.StartedAt.Add(-5 * time.Minute)
	}
	if from.IsZero() || from.After(now) {
		from = now.Add(-15 * time.Minute)
	}
	to = now.Add(45 * time.Minute)
	if end := s.PlannedEnd(now); end.After(to) {
		to = end.Add(10 * time.Minute)
	}
	if limit := now.Add(75 * time.Minute); to.After(limit) {
		to = limit
	}
	return from, to
}

// Timeline draws a visit from its events and the samples of its window.
func Timeline(v app.Visit, samples []series.Row) *view.Timeline {
	from, to := Window(v)
	t := &view.Timeline{FromMS: ms(from), ToMS: ms(to), Zone: v.Zone.String()}
	t.Lanes = lanes(v)
	t.Rate, t.Planned, t.RateTop = rateLane(v, to)
	t.Cuffs = cuffs(v, samples)
	for _, k := range []vital.Kind{vital.Pulse, vital.SpO2, vital.RR} {
		t.Series = append(t.Series, curves(v, k, samples)...)
	}
	for i := range t.Series {
		t.Series[i].Gaps = append(t.Series[i].Gaps, unwatchedGaps(v)...)
	}
	t.Kept = keptValues(v)
	t.Events, t.Ticks = marks(v, from)
	return t
}

// The scales are chosen so that an ordinary reading sits in the middle; a
// value outside is drawn at the edge by the page, with its number.
func lanes(v app.Visit) []view.Lane {
	out := []view.Lane{
		{Kind: "rate", Label: "Rate", Unit: "mg/kg/h", Low: 0, High: 0.5},
		{Kind: "nibp", Label: "Pressure", Unit: "mmHg", Low: 40, High: 200},
		{Kind: "pulse", Label: "Pulse", Unit: "/min", Low: 40, High: 120},
		{Kind: "spo2", Label: "SpO₂", Unit: "%", Low: 85, High: 100},
		{Kind: "rr", Label: "Breathing", Unit: "/min", Low: 4, High: 28},
	}
	for i, k := range []vital.Kind{"", vital.NIBPSys, vital.Pulse, vital.SpO2, vital.RR} {
		if k == "" {
			continue
		}
		if b, ok := session.Baseline(v.State, v.Env, k); ok {
			out[i].Baseline = &view.Level{Value: float64(b), Text: "baseline " + k.Text(b)}
		}
	}
	return out
}

func number(r unit.DoseRate) float64 { return float64(r.Micro()) / unit.Micro }

func rateLane(v app.Visit, to time.Time) (done, planned []view.Segment, top float64) {
	s := v.State
	top = 0.5
	if s.Order == nil {
		return nil, nil, top
	}
	for _, st := range s.Order.Steps {
		top = max(top, number(st.Rate)*1.25)
	}
	for _, seg := range s.SegmentsAt(v.Env.Now) {
		if !seg.Running {
			continue
		}
		r := unit.DoseRateOf(seg.Rate, seg.Conc, s.Order.DosingWeight)
		top = max(top, number(r)*1.25)
		if n := len(done); n > 0 {
			done[n-1].Text, _, _ = strings.Cut(done[n-1].Text, " ") // only the newest says what is set
		}
		done = append(done, view.Segment{FromMS: ms(seg.From), ToMS: ms(seg.To), Rate: number(r), Text: r.Fixed(2) + " → " + seg.Rate.String()})
	}
	return done, plannedSteps(v, to), top
}

// plannedSteps is what the order still asks for, from now on.
func plannedSteps(v app.Visit, to time.Time) []view.Segment {
	s, now := v.State, v.Env.Now
	if !s.StoppedAt.IsZero() {
		return nil
	}
	at, ran := now, s.PumpedAt(now).Minutes
	if s.StartedAt.IsZero() && s.PlannedStart.After(now) {
		at = s.PlannedStart
	}
	var out []view.Segment
	for _, st := range s.Order.Steps {
		left := st.Minutes.Duration() - ran
		ran = max(ran-st.Minutes.Duration(), 0)
		if left <= 0 {
			continue
		}
		end := at.Add(left)
		if end.After(to) {
			end = to
		}
		if at.Before(end) {
			out = append(out, view.Segment{FromMS: ms(at), ToMS: ms(end), Rate: number(st.Rate), Text: st.Rate.Fixed(2)})
		}
		at = at.Add(left)
	}
	return out
}

// cuffKey tells measurements apart: two cuffs at one instant stay two.
type cuffKey struct {
	atMS    int64
	channel string
}

// stoodBehind are the monitor's readings that a person stands behind: those of a
// round that was confirmed, and those that were taken over into a set.
func stoodBehind(s session.State) (out []vital.Reading) {
	for _, f := range s.Rounds {
		if f.IsConfirmed() {
			out = append(out, f.Standing()...)
		}
	}
	for _, o := range s.Observations {
		if o.Struck {
			continue
		}
		for _, r := range o.Readings {
			if r.Origin == vital.DeviceConfirmed {
				out = append(out, r)
			}
		}
	}
	return out
}

// confirmedAt reports whether a person stands behind a value of a kind that was
// measured at an instant.
func confirmedAt(behind []vital.Reading, k vital.Kind, at int64, place string) bool {
	return slices.ContainsFunc(behind, func(r vital.Reading) bool {
		return r.Kind == k && ms(r.At) == at && project.Channel(r.Site) == place
	})
}

// keptValues are the monitor's values that stand in the record, but for the cuff's,
// which are drawn as cuffs.
func keptValues(v app.Visit) []view.Kept {
	behind := stoodBehind(v.State)
	all := slices.Clone(behind)
	for _, f := range v.State.Rounds {
		for _, r := range f.Standing() { // what a person took the trust from is no value
			if !confirmedAt(behind, r.Kind, ms(r.At), project.Channel(r.Site)) {
				all = append(all, r)
			}
		}
	}
	var out []view.Kept
	for _, r := range all {
		if !slices.Contains([]vital.Kind{vital.Pulse, vital.SpO2, vital.RR}, r.Kind) || r.At.IsZero() {
			continue
		}
		k := view.Kept{AtMS: ms(r.At), Kind: string(r.Kind), Value: float64(r.Value), Confirmed: r.Origin == vital.DeviceConfirmed}
		k.Text = r.Kind.Text(r.Value) + " at " + clock(r.At, v.Zone) + looked(k.Confirmed)
		out = append(out, k)
	}
	slices.SortStableFunc(out, func(x, y view.Kept) int { return cmp.Compare(x.AtMS, y.AtMS) })
	return slices.Compact(out)
}

// looked says of a monitor's value whether a person stands behind it.
func looked(confirmed bool) string {
	if confirmed {
		return ", monitor, confirmed"
	}
	return ", monitor, not confirmed"
}

func cuffs(v app.Visit, samples []series.Row) []view.Cuff {
	by := map[cuffKey]*view.Cuff{}
	behind, monitors := stoodBehind(v.State), map[cuffKey]bool{}
	put := func(key cuffKey, k vital.Kind, x vital.Value, q vital.Quality) {
		c, ok := by[key]
		if !ok {
			c = &view.Cuff{AtMS: key.atMS, Site: key.channel, Unconfirmed: monitors[key]}
			by[key] = c
		}
		c.Doubt = c.Doubt || q != vital.Good
		switch k {
		case vital.NIBPSys:
			c.Sys = float64(x)
		case vital.NIBPDia:
			c.Dia = float64(x)
		case vital.NIBPMean:
			c.Mean = float64(x)
		default:
		}
	}
	for _, r := range samples {
		if cuffKind(r.Sample.Kind) {
			key := cuffKey{ms(r.At), channel(r)}
			monitors[key] = !confirmedAt(behind, vital.NIBPSys, key.atMS, key.channel)
			put(key, r.Sample.Kind, r.Sample.Value, r.Sample.Quality)
		}
	}
	for _, o := range v.State.Observations {
		for _, r := range o.Readings {
			if r.Origin == vital.ByHand && !o.Struck && cuffKind(r.Kind) {
				put(cuffKey{atMS: ms(o.At)}, r.Kind, r.Value, r.Quality)
			}
		}
	}
	var out []view.Cuff
	for key, c := range by {
		if c.Sys > 0 && c.Dia > 0 {
			c.Text = vital.NIBPSys.Text(vital.Value(c.Sys)) + "/" + vital.NIBPDia.Text(vital.Value(c.Dia)) + " at " + clock(time.UnixMilli(key.atMS), v.Zone)
			if c.Doubt {
				c.Text += ", questionable"
			}
			if c.Unconfirmed {
				c.Text += looked(false)
			}
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(x, y view.Cuff) int { return cmp.Or(cmp.Compare(x.AtMS, y.AtMS), cmp.Compare(x.Site, y.Site)) })
	return out
}

func cuffKind(k vital.Kind) bool {
	return k == vital.NIBPSys || k == vital.NIBPDia || k == vital.NIBPMean
}

// mostPoints bounds what is sent for one curve; beyond it every nth sample is
// left out, and the lowest of each stretch is kept. No point is made up.
const mostPoints = 720

// curves draws each site and source of a kind as a curve of its own; a kind
// without samples is one empty curve.
func curves(v app.Visit, k vital.Kind, samples []series.Row) []view.Series {
	by := map[series.Site][]series.Row{}
	var first []series.Row // of each curve, for its name
	for _, r := range samples {
		if r.Sample.Kind != k || r.Sample.Quality == vital.Artefact {
			continue
		}
		key := r.Place()
		if len(by[key]) == 0 {
			first = append(first, r)
		}
		by[key] = append(by[key], r)
	}
	if len(first) == 0 {
		return []view.Series{{Kind: string(k), Points: thin(nil)}}
	}
	slices.SortFunc(first, func(x, y series.Row) int {
		return cmp.Or(cmp.Compare(x.Sample.Site, y.Sample.Site), cmp.Compare(x.Sample.Source, y.Sample.Source))
	})
	var out []view.Series
	for _, f := range first {
		rows := by[f.Place()]
		slices.SortFunc(rows, func(x, y series.Row) int { return x.At.Compare(y.At) })
		c := view.Series{Kind: string(k), Site: f.Sample.Site, Source: f.Sample.Source, Points: thin(rows), Gaps: gaps(v, rows)}
		if len(first) > 1 {
			c.Where = where(f, first)
		}
		out = append(out, c)
	}
	return out
}

// unwatchedGaps are the times in which Stillwatch was not watching.
func unwatchedGaps(v app.Visit) []view.Gap {
	var out []view.Gap
	for _, u := range v.State.Unwatched {
		out = append(out, view.Gap{FromMS: ms(u.From), ToMS: ms(u.To), Text: "Stillwatch was not watching " + clock(u.From, v.Zone) + "–" + clock(u.To, v.Zone)})
	}
	return out
}

func thin(rows []series.Row) [][2]float64 {
	step := (len(rows) + mostPoints - 1) / mostPoints
	out := make([][2]float64, 0, min(len(rows), mostPoints))
	for i := 0; i < len(rows); i += max(step, 1) {
		low := rows[i]
		for _, r := range rows[i:min(i+max(step, 1), len(rows))] {
			if r.Sample.Value < low.Sample.Value {
				low = r
			}
		}
		out = append(out, [2]float64{float64(ms(low.At)), float64(low.Sample.Value)})
	}
	return out
}

func gaps(v app.Visit, rows []series.Row) []view.Gap {
	var out []view.Gap
	for i := 1; i < len(rows); i++ {
		if a, b := rows[i-1].At, rows[i].At; !session.Online(v.Env.Rules, a, b) {
			out = append(out, view.Gap{FromMS: ms(a), ToMS: ms(b), Text: "no signal " + clock(a, v.Zone) + "–" + clock(b, v.Zone)})
		}
	}
	if n := len(rows); n > 0 && !session.Online(v.Env.Rules, rows[n-1].At, v.Env.Now) {
		out = append(out, view.Gap{FromMS: ms(rows[n-1].At), Text: "no signal since " + clock(rows[n-1].At, v.Zone)})
	}
	return out
}

func marks(v app.Visit, from time.Time) ([]view.Mark, []view.Tick) {
	say := Speaker(v)
	var out []view.Mark
	var ticks []view.Tick
	for _, e := range v.Entries {
		if e.EffectiveAt.Before(from) {
			continue
		}
		l := say.Say(e)
		if l.Main {
			tone := view.Plain
			if l.Mark == project.MarkHelp {
				tone = view.Amber
			}
			out = append(out, view.Mark{AtMS: ms(e.EffectiveAt), Mark: string(l.Mark), Text: short(l), Tone: tone})
		}
		if l.Mark == project.MarkObserve {
			ticks = append(ticks, view.Tick{AtMS: ms(e.EffectiveAt), Done: true})
		}
	}
	for _, d := range dueItems(v) {
		ticks = append(ticks, view.Tick{AtMS: ms(d.DueAt), Late: late(d)})
	}
	return out, ticks
}

// short is what fits beside a mark.
func short(l project.Line) string {
	switch l.Mark {
	case project.MarkStart:
		if l.Title == "Resumed" { // bears the start's mark
			return "resume"
		}
		return "start"
	case project.MarkRate:
		return "rate"
	case project.MarkStop:
		if !strings.HasPrefix(l.Title, "Stop") { // the patient's going bears the same mark
			return l.Title
		}
		return "stop"
	case project.MarkPause:
		return "pause"
	default:
		return l.Title
	}
}

// Newest turns the latest rows into points and cuffs for a live frame. Each
// point carries its own time, so that one sent twice is the same point.
func Newest(v app.Visit, rows []series.Row) ([]view.Series, []view.Cuff) {
	var out []view.Series
	for _, k := range []vital.Kind{vital.Pulse, vital.SpO2, vital.RR} {
		for _, c := range curves(v, k, rows) {
			c.Gaps = nil
			if len(c.Points) > 0 {
				out = append(out, c)
			}
		}
	}
	v.State.Observations = nil
	return out, cuffs(v, rows)
}
