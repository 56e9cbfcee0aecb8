package present

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// unconfirmed says how many rounds of the monitor wait for a person; empty when
// none does.
func unconfirmed(v app.Visit) string {
	if n := len(v.State.Unconfirmed()); n > 0 {
		return plural(n, "reading") + " not confirmed"
	}
	return ""
}

// mostListed bounds how many rounds one touch confirms: what is confirmed is
// read first, on one screen.
const mostListed = 12

// confirmRounds confirms exactly what it lists; nil when nothing waits. What
// comes while it is open is in the next list.
func confirmRounds(v app.Visit) *view.Act {
	open := v.State.Unconfirmed()
	if len(open) == 0 || !session.InRoom(v.State.Phase) {
		return nil
	}
	all := len(open)
	open = open[:min(all, mostListed)]
	entries := make([]int64, len(open))
	lines := make([]string, len(open))
	for i, f := range open {
		entries[i] = f.Position
		lines[i] = clock(f.Taken.Due, v.Zone) + " " + roundLine(v, f)
	}
	b := known(session.ActConfirmReadings, "Confirm "+plural(len(open), "reading"), map[string]any{"entries": entries})
	b.Sub = "from the monitor"
	b.Intro = "Read each line. One that is wrong is marked in the list of entries first, and then counts no more."
	if all > len(open) {
		b.Intro += fmt.Sprintf(" These are the oldest %d of %d.", len(open), all)
	}
	b.Beside = lines
	return b
}

// roundLine is what stands of one round of the monitor, in a line.
func roundLine(v app.Visit, f session.RoundFact) string {
	text := signsLine(f.Standing())
	if age := f.Taken.Due.Sub(newestAt(f)); age.Minutes() >= 1 { // a cuff
		text += ", measured " + clock(newestAt(f), v.Zone)
	}
	if without := project.Without(f.Taken.Without); without != "" {
		text = join(text, lower(without))
	}
	return text
}

func signsLine(rs []vital.Reading) string {
	text := ""
	for _, x := range project.Values(rs) {
		f, _ := vital.Of(x.Kind)
		label := f.Label
		if x.Kind == vital.NIBPSys {
			label = "pressure"
		}
		text = join(text, lower(label)+" "+x.Text()+" "+x.Unit)
	}
	return text
}

// roundButtons are the acts about rounds that arise now: what the monitor
// showed is confirmed, and a late round is closed with its reason.
func roundButtons(v app.Visit) []view.Act {
	var out []view.Act
	if b := confirmRounds(v); b != nil {
		out = append(out, *b)
	}
	for _, d := range dueItems(v) {
		if !late(d) {
			continue
		}
		b := missRound(d.What, v, d)
		out = append(out, *b)
	}
	return out
}

// newestAt is when the newest reading of a round was measured.
func newestAt(f session.RoundFact) time.Time {
	var at time.Time
	for _, r := range f.Taken.Readings {
		if r.At.After(at) {
			at = r.At
		}
	}
	return at
}

// lower writes the first letter small, unless capitals are part of the word.
func lower(s string) string {
	if s == "" || strings.ContainsFunc(s[1:], unicode.IsUpper) && !strings.Contains(s, " ") {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func missRound(w schedule.What, v app.Visit, d schedule.Item) *view.Act {
	b := known(session.ActMissRound, "Missed: "+lower(roundText(w)), map[string]any{"round": w, "due": d.DueAt.UTC()})
	b.Sub = "due " + clock(d.DueAt, v.Zone)
	b.Beside = []string{roundText(w) + ", due " + clock(d.DueAt, v.Zone) + ", " + span(v.Env.Now.Sub(d.DueAt)) + " ago."}
	return b
}

// deviceTable are the rounds of the monitor: what was kept when each was due,
// what had no valid reading, and who looked at it.
func deviceTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{
		Title: "Monitor's readings when rounds were due", Columns: []string{"Due", "Pressure mmHg", "Pulse /min", "SpO₂ %", "Breathing /min", "Other signs", "No valid reading", "Looked at"},
		Intro: "Kept by Stillwatch from the linked monitor. Until a person confirms them they fill no round, and nothing planned rests on them; such a line bears the sign " + unlooked + ".",
		Empty: "No round was due.",
	}
	env := v.Env
	env.Now = env.Now.Add(-session.RoundSettles(env.Rules))
	facts := v.State.Rounds
	for _, d := range session.DueRounds(v.State, env) {
		if v.State.Kept(d) {
			continue
		}
		for len(facts) > 0 && facts[0].Taken.Due.Before(d.Due) {
			out.Rows, facts = append(out.Rows, deviceRow(v, facts[0])), facts[1:]
		}
		out.Rows = append(out.Rows, []string{clock(d.Due, v.Zone), "–", "–", "–", "–", "–", "any sign", "nothing was kept"})
	}
	for _, f := range facts {
		out.Rows = append(out.Rows, deviceRow(v, f))
	}
	return out
}

// unlooked is the sign beside a time whose readings no person has confirmed.
const unlooked = "○"

func deviceRow(v app.Visit, f session.RoundFact) []string {
	cells := signColumns(f.Taken.Readings)
	due := clock(f.Taken.Due, v.Zone)
	if !f.IsConfirmed() {
		due += " " + unlooked
	}
	row := slices.Concat([]string{due}, cells[:5], []string{project.Without(f.Taken.Without), lookedAt(v, f)})
	for i := range row {
		if row[i] == "" {
			row[i] = "–"
		}
	}
	return row
}

// lookedAt says whether a person stands behind a round of the monitor.
func lookedAt(v app.Visit, f session.RoundFact) string {
	said := "not confirmed"
	if f.IsConfirmed() {
		said = "confirmed " + clock(f.Confirmed.At, v.Zone) + " by " + name(v.Names, f.Confirmed.By)
	}
	if f.Taken.Late {
		said += ", kept late at " + clock(f.RecordedAt, v.Zone)
	}
	for _, d := range f.Doubts {
		what := "all"
		if field, ok := vital.Of(d.Kind); ok {
			what = lower(field.Label)
		}
		said += fmt.Sprintf("; %s does not count: %s, %s by %s", what, d.Why, clock(d.At, v.Zone), name(v.Names, d.By))
	}
	return said
}
