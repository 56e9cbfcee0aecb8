package scenariotest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/session"
)

// A sentence is one thing that a scenario can say. Its form is the words with
// typed gaps, such as "reads <n> mL/h on the pump": the form stands in the
// README as it stands here.
type sentence[T any] struct {
	form string
	mean func(gaps) (T, error)
	re   *regexp.Regexp
}

// gapForms is what may stand in each kind of gap.
var gapForms = map[string]string{
	"n":       `\d+(?:\.\d+)?`,
	"int":     `\d+`,
	"clock":   `\d\d:\d\d(?::\d\d)?`,
	"date":    `\d{4}-\d\d-\d\d`,
	"text":    `"[^"]+"`,
	"person":  `[a-z]+(?: [a-z]+)? [A-Z][a-z]+`,
	"code":    `[A-Za-z0-9._-]+`,
	"words":   `[a-z][a-zA-Z0-9' -]*`,
	"list":    `.+`,
	"steps":   `\d.+ min`,
	"a phase": `[a-z][a-z ]*`,
}

var gap = regexp.MustCompile(`<([a-z ]+)>`)

// say makes a sentence of its form. A gap of an unknown kind cannot be read.
func say[T any](form string, mean func(gaps) (T, error)) sentence[T] {
	var b strings.Builder
	b.WriteByte('^')
	last := 0
	for _, at := range gap.FindAllStringSubmatchIndex(form, -1) {
		b.WriteString(regexp.QuoteMeta(form[last:at[0]]))
		b.WriteString("(" + gapForms[form[at[2]:at[3]]] + ")")
		last = at[1]
	}
	b.WriteString(regexp.QuoteMeta(form[last:]) + "$")
	return sentence[T]{form: form, mean: mean, re: regexp.MustCompile(b.String())}
}

// understand finds the one sentence that text is. None, or two, is an error:
// nothing is guessed.
func understand[T any](list []sentence[T], text string) (meant T, form string, err error) {
	for _, s := range list {
		m := s.re.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if form != "" {
			return meant, form, fmt.Errorf("can be read as %q and as %q", form, s.form)
		}
		form = s.form
		if meant, err = s.mean(gaps{of: m[1:]}); err != nil {
			return meant, form, err
		}
	}
	if form == "" {
		return meant, "", fmt.Errorf("not understood: %s", text)
	}
	return meant, form, nil
}

// gaps is what stood in the gaps of a sentence, in their order.
type gaps struct{ of []string }

// text is the gap as written; quotes are taken off.
func (g gaps) text(i int) string { return strings.Trim(g.of[i], `"`) }

func (g gaps) int(i int) int {
	n, err := strconv.Atoi(g.of[i])
	if err != nil {
		return -1 // the form lets digits through only: a number too long for any field
	}
	return n
}

// clock is a time of day as the time since midnight.
func (g gaps) clock(i int) (time.Duration, error) { return clockOf(g.of[i]) }

func clockOf(s string) (time.Duration, error) {
	layout := "15:04"
	if len(s) > len(layout) {
		layout = "15:04:05"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, fmt.Errorf("%s is not a time of day", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second, nil
}

// obj is a JSON object as a page would send it.
type obj map[string]any

func words(s string) obj { return obj{"text": s} }

func qty(v, u string) obj { return obj{"v": v, "u": u} }

// oneOf reads a word that must be one of those known.
func oneOf[T ~string](s string, known ...T) (T, error) {
	list := make([]string, len(known))
	for i, k := range known {
		if s == string(k) {
			return k, nil
		}
		list[i] = string(k)
	}
	return "", fmt.Errorf("%q is not one of: %s", s, strings.Join(list, ", "))
}

func anyPhase(s string) (session.Phase, error) {
	return oneOf(s, session.PhaseScheduled, session.PhaseArrived, session.PhaseReady, session.PhasePrepared,
		session.PhaseInfusing, session.PhasePaused, session.PhaseStopped, session.PhaseRecovering, session.PhaseDischarged,
		session.PhaseClosed, session.PhaseCancelled, session.PhaseTransferred, session.PhaseLeft)
}

func anyGate(s string) (session.Gate, error) {
	return oneOf(s, session.GateDrawUp, session.GateStart, session.GateResume, session.GateDischarge)
}
