package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
)

// SheetRow is one line of a minute sheet on paper: what the order's plan asks
// for, so many minutes after the start, or after the stop.
type SheetRow struct {
	After     drug.Minutes
	Cuff      bool
	Set       bool // an observation by a person
	Peak      bool // side effects are asked whole
	Step      int  // the step of the order that begins here, from 2 on; else 0
	AfterStop bool
}

// mostSheetRows bounds a sheet: 24 hours of infusion at 15 minutes.
const mostSheetRows = 96

// SheetRows are the lines of a minute sheet, as DueItems would ask for them if
// each step of the order began when it is planned. Without the library it
// cannot be said for how long the shorter cuff interval holds: there are none.
// whole is false when the plan is longer than a sheet is.
func SheetRows(o drug.Order, rules library.Session) (rows []SheetRow, whole bool) {
	if !rules.Ready() {
		return nil, false
	}
	o.Watch.Recovery = drug.Minutes(every(RoundRecovery, o.Watch, rules).Minutes())
	o.Watch.Observation = drug.Minutes(every(RoundObservation, o.Watch, rules).Minutes())
	end := drug.Minutes(o.Planned().Minutes())
	at := map[drug.Minutes]SheetRow{}
	mark := func(m drug.Minutes, set func(*SheetRow)) {
		r := at[m]
		r.After = m
		set(&r)
		at[m] = r
	}
	cuff, more := cuffMinutes(o, drug.Minutes(rules.Duration(library.QuickCuff).Minutes()))
	for _, m := range cuff {
		mark(m, func(r *SheetRow) { r.Cuff = true })
	}
	for n, m := 0, drug.Minutes(0); m <= end && n < mostSheetRows && (n == 0 || o.Watch.Observation > 0); n, m = n+1, m+o.Watch.Observation {
		mark(m, func(r *SheetRow) { r.Set = true })
	}
	if p := o.Watch.Peak; p > 0 && p <= end {
		mark(p, func(r *SheetRow) { r.Peak = true })
	}
	for i, m := range stepStarts(o) {
		if i > 0 {
			mark(m, func(r *SheetRow) { r.Step = i + 1 })
		}
	}
	for _, r := range at {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b SheetRow) int { return int(a.After - b.After) })
	if len(rows) > mostSheetRows {
		rows, more = rows[:mostSheetRows], true
	}
	return append(rows, recoveryRows(o.Watch)...), !more
}

// stepStarts are the minutes after the start at which each step begins.
func stepStarts(o drug.Order) []drug.Minutes {
	var out []drug.Minutes
	m := drug.Minutes(0)
	for _, s := range o.Steps[:min(len(o.Steps), mostSheetRows)] {
		out = append(out, m)
		m += s.Minutes
	}
	return out
}

// cuffMinutes are the minutes of the cuff: at the beginning of each step and,
// for quick minutes after it, by the shorter interval of the order.
func cuffMinutes(o drug.Order, quick drug.Minutes) (out []drug.Minutes, more bool) {
	starts, end := stepStarts(o), drug.Minutes(o.Planned().Minutes())
	for i, from := range starts {
		until := end
		if i+1 < len(starts) {
			until = starts[i+1] - 1
		}
		for m := from; m <= until; {
			if len(out) == mostSheetRows {
				return out, true
			}
			out = append(out, m)
			every := o.Watch.Cuff
			if m < from+quick {
				every = o.Watch.CuffFirst
			}
			if every <= 0 {
				break
			}
			m += every
		}
	}
	return out, false
}

// recoveryRows are the full sets from the stop to the earliest way home.
func recoveryRows(w drug.Watch) []SheetRow {
	var out []SheetRow
	for m := drug.Minutes(0); m <= w.RecoveryLeast && len(out) < mostSheetRows/4; m += w.Recovery {
		out = append(out, SheetRow{After: m, Cuff: true, Set: true, AfterStop: true})
		if w.Recovery <= 0 {
			break
		}
	}
	return out
}

// DischargeRules are the library's rules of the gate before going home, in the
// gate's order, each once: what a paper asks is what the gate asks.
func DischargeRules() []string {
	var out []string
	for _, l := range dischargeLines() {
		if !slices.Contains(out, l.rule) {
			out = append(out, l.rule)
		}
	}
	return out
}
