package server

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// WhatIf replays past visits with one level changed. Who may read records may
// ask: the answer names no patient, and leads to the visits.
func (d desk) WhatIf(ctx context.Context, v web.Visitor, ask url.Values) (view.WhatIf, error) {
	if err := need(v, "record.read"); err != nil {
		return view.WhatIf{}, err
	}
	days, err := strconv.Atoi(ask.Get("days"))
	if err != nil {
		days = 7
	}
	out := present.WhatIfForm(d.app.Knows().AlarmRules, days, ask.Get("level"))
	out.Limit, out.Delay, out.Margin, out.Over = ask.Get("limit"), ask.Get("delay"), ask.Get("margin"), ask.Get("over")
	if !ask.Has("level") {
		return out, nil
	}
	if !slices.Contains(app.ReviewDays(), days) {
		out.Trouble = "Choose one of the spans of days."
		return out, nil
	}
	trial, rule, trouble := trialOf(d.app.Knows().AlarmRules, ask)
	if trouble != "" {
		out.Trouble = trouble
		return out, nil
	}
	changed, ok := trial.Apply([]alarm.Rule{rule})
	if !ok {
		out.Trouble = "This level has nothing of what was entered. A level at once has no delay, and one on time has no limit."
		return out, nil
	}
	w, err := d.app.WhatIf(ctx, v.Actor, days, trial)
	switch {
	case errors.Is(err, app.ErrBusy):
		out.Trouble = "Another replay runs. Try again in a moment."
		return out, nil
	case err != nil:
		return view.WhatIf{}, err
	}
	out.Result = present.WhatIfResult(w, rule, changed[0], trial.Level, d.app.Zone)
	return out, nil
}

// Bounds of what may be tried: nonsense is told from a limit.
const (
	longestTrial = 60 * time.Minute
	widestMargin = 100
	largestRatio = 10
)

// trialOf reads the form; trouble says what is wrong with it.
func trialOf(lib library.Alarms, ask url.Values) (trial alarm.Trial, rule alarm.Rule, trouble string) {
	id, place, _ := strings.Cut(ask.Get("level"), ".")
	rule, known := lib.Row(id)
	n, err := strconv.Atoi(place)
	if !known || err != nil || n < 0 || n >= len(rule.Levels) || slices.Contains(app.NotReplayed(), rule.Condition) {
		return trial, rule, "Choose one of the levels."
	}
	trial = alarm.Trial{Condition: rule.Condition, Level: n}
	if trial.Limit, trouble = limitOf(rule, rule.Levels[n], ask.Get("limit")); trouble != "" {
		return trial, rule, trouble
	}
	for _, f := range []struct {
		name string
		to   **time.Duration
	}{{"delay", &trial.Delay}, {"over", &trial.Over}} {
		text := strings.TrimSpace(ask.Get(f.name))
		if text == "" {
			continue
		}
		s, err := strconv.Atoi(text)
		d := time.Duration(s) * time.Second
		if err != nil || s < 0 || d > longestTrial {
			return trial, rule, "A delay is a whole number of seconds, from 0 to 3600."
		}
		*f.to = &d
	}
	if text := strings.TrimSpace(ask.Get("margin")); text != "" {
		m, ok := decimal(text)
		if !ok || m > widestMargin {
			return trial, rule, "A margin is a number from 0 to 100."
		}
		trial.Margin = &m
	}
	if trial.Limit == nil && trial.Delay == nil && trial.Margin == nil && trial.Over == nil {
		return trial, rule, "Enter what would be another: a limit, a delay, or when it is over."
	}
	return trial, rule, ""
}

// limitOf reads a limit in the form the level has.
func limitOf(rule alarm.Rule, l alarm.Level, text string) (limit *vital.Value, trouble string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, ""
	}
	x, ok := decimal(text)
	relative := l.OfBaseline > 0 || l.Rise > 0
	switch {
	case !ok:
		return nil, "A limit is a number, such as 88 or 1.25."
	case l.OfBaseline > 0 && (x <= 0 || x > largestRatio):
		return nil, "A factor of the baseline is a number from 0 to 10."
	case l.Rise > 0 && (x <= 0 || x > widestMargin):
		return nil, "A rise over the baseline is a number from 0 to 100."
	case !relative:
		for _, k := range rule.Condition.Kinds() {
			if !k.Plausible(x) {
				f, _ := vital.Of(k)
				return nil, "This is no value of " + f.Label + " in a living adult."
			}
		}
	}
	return &x, ""
}

// decimal reads a number that is not negative, with a point or a comma.
func decimal(text string) (vital.Value, bool) {
	if len(text) > 8 || strings.Trim(text, "0123456789.,") != "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	return vital.Value(x), err == nil
}
