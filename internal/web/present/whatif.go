package present

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// WhatIfForm lists the levels that can be tried.
func WhatIfForm(lib library.Alarms, days int, level string) view.WhatIf {
	var out view.WhatIf
	for _, d := range app.ReviewDays() {
		out.Spans = append(out.Spans, view.AlarmSpan{Value: d, Label: lastDays(d), Here: d == days})
	}
	for _, g := range []struct {
		of    alarm.Group
		title string
	}{
		{alarm.Physiological, "The patient"}, {alarm.Infusion, "The infusion"}, {alarm.Watch, "People and rounds"}, {alarm.Technical, "The data"},
	} {
		group := view.WhatIfGroup{Title: g.title}
		for _, r := range lib.Rules() {
			if r.Condition.Group() != g.of || slices.Contains(app.NotReplayed(), r.Condition) {
				continue
			}
			for i, l := range r.Levels {
				value := r.ID + "." + strconv.Itoa(i)
				label := fmt.Sprintf("%s: %s, %s", upper(r.Condition.Name().English()), l.Priority, r.LevelWords(l))
				group.Levels = append(group.Levels, view.WhatIfLevel{Value: value, Label: label, Here: value == level})
			}
		}
		out.Groups = append(out.Groups, group)
	}
	return out
}

// mostShifts is how many alarms are listed.
const mostShifts = 100

// WhatIfResult says what a trial would have done.
func WhatIfResult(w app.WhatIf, was, trial alarm.Rule, level int, zone *time.Location) *view.WhatIfResult {
	out := &view.WhatIfResult{Title: fmt.Sprintf("%s: %s in place of %s", upper(was.Condition.Name().English()), trial.LevelWords(trial.Levels[level]), was.LevelWords(was.Levels[level]))}
	if trial.Clear != was.Clear {
		out.Title += fmt.Sprintf("; over when back inside by %v for %s", float64(trial.Clear.By), lasting(trial.Clear.For))
	}
	before, after := map[alarm.Priority]int{}, map[alarm.Priority]int{}
	var gone, fresh, later, sooner int
	for _, v := range w.Visits {
		for _, s := range v.Shifts {
			if s.Before != nil {
				before[s.Before.Priority]++
			}
			if s.After != nil {
				after[s.After.Priority]++
			}
			switch {
			case s.After == nil:
				gone++
			case s.Before == nil:
				fresh++
			case s.Later() > 0:
				later++
			case s.Later() < 0:
				sooner++
			default:
				continue
			}
			if len(out.Shifts) < mostShifts {
				out.Shifts = append(out.Shifts, shift(v, s, zone))
			}
		}
	}
	if n := gone + fresh + later + sooner - len(out.Shifts); n > 0 {
		out.More = fmt.Sprintf("%d more are counted and not listed.", n)
	}
	out.Summary = fmt.Sprintf("%s, watched for %.1f h: %d gone, %d new, %d later, %d sooner.", plural(len(w.Visits), "visit"), w.Watched.Hours(), gone, fresh, later, sooner)
	for _, p := range []alarm.Priority{alarm.High, alarm.Medium, alarm.Low} {
		if before[p]+after[p] == 0 {
			continue
		}
		out.Rows = append(out.Rows, view.WhatIfRow{
			Priority: upper(p.String()), Before: strconv.Itoa(before[p]), BeforeRate: perHour(before[p], w.Watched), After: strconv.Itoa(after[p]), AfterRate: perHour(after[p], w.Watched),
		})
	}
	out.Trust = whatIfTrust(w)
	return out
}

func perHour(n int, watched time.Duration) string {
	if watched <= 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(n)/watched.Hours(), 'f', 2, 64)
}

func shift(v app.WhatIfVisit, s alarm.Shift, zone *time.Location) view.WhatIfShift {
	e := s.Before
	if e == nil {
		e = s.After
	}
	out := view.WhatIfShift{
		Visit: "/sessions/" + string(v.ID), Day: word.Moment(v.Started.In(zone)), At: seconds(e.Announced, zone), Text: upper(e.Priority.String()) + ": " + e.Text,
	}
	switch d := s.Later(); {
	case s.After == nil:
		out.What = "gone"
	case s.Before == nil:
		out.What = "new"
	case d > 0:
		out.What = waited(d) + " later"
	default:
		out.What = waited(-d) + " sooner"
	}
	return out
}

// whatIfTrust says what the replay rests on, and what it cannot know.
func whatIfTrust(w app.WhatIf) []string {
	var out []string
	if w.Recorded > 0 {
		out = append(out, fmt.Sprintf("With the settings as they are, the replay gives %d of the %d announcements of this condition in the record, at the same second or two. "+
			"The others were decided on what is stored nowhere: a restart of the server, the monitor's clock, other settings at the time.", w.Found, w.Recorded))
	} else {
		out = append(out, "The record holds no announcement of this condition in these visits.")
	}
	out = append(out, fmt.Sprintf("Values of the monitor are stored for %.1f of the %.1f h.", min(w.Stored, w.Watched).Hours(), w.Watched.Hours()))
	var bare int
	var doubt time.Duration
	for _, v := range w.Visits {
		if v.NoValues {
			bare++
		}
		doubt += v.Unconfirmed
	}
	if bare > 0 {
		out = append(out, fmt.Sprintf("Of %s nothing of a monitor is stored: it was erased, or none was linked. Only what people charted is replayed.", plural(bare, "visit")))
	}
	if doubt > 0 {
		out = append(out, fmt.Sprintf("For %s the link to the monitor was not confirmed; its values were alarmed on then, and are here.", waited(doubt)))
	}
	if w.OwnLimits > 0 {
		out = append(out, fmt.Sprintf("In %s the patient had limits of their own for this sign: where they stand in the place of the level, a change of the library does not reach them.", plural(w.OwnLimits, "visit")))
	}
	if w.Left > 0 {
		out = append(out, fmt.Sprintf("%s of the span were not replayed: there are too many for one look. The newest are here.", upper(plural(w.Left, "older visit"))))
	}
	var names []string
	for _, id := range app.NotReplayed() {
		names = append(names, strings.ToLower(id.Name().English()))
	}
	return append(out, "Somebody is taken to acknowledge each alarm at once, before and after alike. Never replayed, since nothing of them is stored: "+strings.Join(names, "; ")+".")
}
