package present

import (
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// The greatest early-warning scores, with consciousness and without.
const mostWarning, mostWithout = 20, 17

// ChairScores are the scores of the chair: what was charted, and what is worked
// out from it.
func ChairScores(v app.Visit) []view.Tile { return append(Scores(v), earlyTile(v)...) }

// earlyTile is the early-warning score as the chair shows it: without
// consciousness, since ketamine's expected dissociation is no warning, and
// beside it the whole NEWS2. It is coloured by nothing.
func earlyTile(v app.Visit) []view.Tile {
	w, ok := session.EarlyWarning(v.State, v.Env)
	if !ok || !session.Watched(v.State) {
		return nil
	}
	t := view.Tile{Kind: "early", Label: "Early warning", Unit: fmt.Sprintf("of %d", mostWithout), AtMS: ms(w.Oldest), FreshMS: v.Env.Rules.Duration(library.WarningAge).Milliseconds()}
	if !w.CompleteWithout() {
		t.AtMS, t.Empty = 0, "no score: "+lacking(w)
		return []view.Tile{t}
	}
	t.Text, t.Context = fmt.Sprint(w.Without), "without consciousness; "+wholeScore(w)
	return []view.Tile{t}
}

// lacking names what keeps a score from being one.
func lacking(w session.Warning) string {
	return "missing " + strings.Join(w.Missing, ", ")
}

// wholeScore is NEWS2 with consciousness, or why there is none.
func wholeScore(w session.Warning) string {
	if !w.Complete() {
		return "NEWS2 " + lacking(w)
	}
	return fmt.Sprintf("NEWS2 %d", w.Total)
}

// earlyLine is the score in a line, with and without consciousness.
func earlyLine(w session.Warning) string {
	switch {
	case !w.CompleteWithout():
		return "Could not be computed: " + lacking(w)
	case !w.Complete():
		return fmt.Sprintf("%d of %d without consciousness. NEWS2 could not be computed: %s", w.Without, mostWithout, lacking(w))
	}
	text := fmt.Sprintf("NEWS2 %d of %d, without consciousness %d of %d", w.Total, mostWarning, w.Without, mostWithout)
	if w.ThreeWithout {
		text += ", one sign alone scores 3"
	}
	return text
}

// earlyTable is the score with its parts and how old each is.
func earlyTable(v app.Visit) view.RecordSection {
	out := view.RecordSection{Title: "Early-warning score", Columns: []string{"Part", "Points", "Found", "Measured", "By"}, Empty: "Nothing was measured in time."}
	w, ok := session.EarlyWarning(v.State, v.Env)
	if !ok {
		out.Empty = "Could not be computed: there is no adopted library."
		return out
	}
	out.Intro = earlyLine(w) + ". " + earlySource(v)
	for _, p := range w.Parts {
		in, _ := w.Input(p.Name)
		who := "a person"
		if in.Origin != "" {
			who = project.Origin(in.Origin)
		}
		out.Rows = append(out.Rows, []string{upper(p.Name), fmt.Sprint(p.Points), in.Text, clock(in.At, v.Zone), who})
	}
	for _, name := range w.Missing {
		out.Rows = append(out.Rows, []string{upper(name), "–", "missing", "–", "–"})
	}
	return out
}

// earlySource says on what the score rests, and what it is not for.
func earlySource(v app.Visit) string {
	rule, ok := v.Env.Rules.Rule(session.RuleNEWS2)
	said := ""
	for _, c := range rule.Cites {
		if c.Part == "threshold" && ok {
			said = fmt.Sprintf("Bands: %s (%s). ", c.Source, c.Mark)
		}
	}
	return said + "How old a sign may be is a setting of ours. The expected effect of ketamine scores 3 for consciousness, and no high pressure scores below 220 mmHg: it is for the trend and for recovery, no alarm, and nothing waits for it."
}
