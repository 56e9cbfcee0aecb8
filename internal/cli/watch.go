package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/simmon"
	"github.com/stillwatch/stillwatch/internal/vital"
	shipped "github.com/stillwatch/stillwatch/library"
)

type watchCmd struct {
	Replay watchReplayCmd `cmd:"" help:"Say which alarms recorded numerics raise, and when, by the shipped alarm library."`
}

type watchReplayCmd struct {
	CSV    string `name:"csv" help:"Recorded numerics: a column 'minute', then columns such as HR_bpm, SpO2_%, NBPSys_mmHg. Empty or 0 is no valid reading." required:"" placeholder:"FILE"`
	Limits string `help:"One patient's own limits and baseline, YAML or JSON. Without a baseline there, the first valid rows are it." placeholder:"FILE"`
	Bare   bool   `help:"Leave out onset delays, margins and second cuff readings, to compare."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// maxLimits bounds a file of one patient's limits, in bytes.
const maxLimits = 64 << 10

// replayed is one alarm of a replay, as printed. Minutes are those of the
// recording.
type replayed struct {
	Condition alarm.ID       `json:"condition"`
	Priority  alarm.Priority `json:"priority"`
	Raised    float64        `json:"raised_min"`
	Announced float64        `json:"announced_min"`
	Cleared   *float64       `json:"cleared_min"`
	Text      string         `json:"text"`
}

func (c watchReplayCmd) Run(e *env) error {
	session, alarms, err := shippedLibraries()
	if err != nil {
		return err
	}
	rec, err := readRecording(c.CSV)
	if err != nil {
		return err
	}
	var patient library.Patient
	if c.Limits != "" {
		raw, err := readBounded(c.Limits, maxLimits)
		if err != nil {
			return fmt.Errorf("limits: %w", err)
		}
		if patient, err = library.DecodePatient(raw, alarms); err != nil {
			return err
		}
	}
	run := newReplay(rec, session)
	if len(patient.Rest) == 0 {
		patient.Rest = run.baseline()
	}
	rules := alarms.Rules()
	if c.Bare {
		rules = alarm.Bare(rules)
	}
	limits := alarm.NewLimits(rules, alarms.Settings(), patient.Limits, patient.Rest)
	out := run.alarms(limits)
	if c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(out)
	}
	return printReplay(e.out, run, limits, out)
}

func shippedLibraries() (library.Session, library.Alarms, error) {
	session, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		return library.Session{}, library.Alarms{}, err
	}
	alarms, err := library.DecodeAlarms(shipped.AlarmsYAML())
	return session, alarms, err
}

func readRecording(path string) (*simmon.Recording, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	defer func() { _ = f.Close() }()
	return simmon.ReadCSV(f)
}

// replay plays a recording to the alarm machine. The patient is watched from
// the first row; a sign is expected from its first valid reading on.
type replay struct {
	rec   *simmon.Recording
	every time.Duration // between rows, as a rule
	sets  int           // of a baseline
	apart time.Duration // between them
}

func newReplay(rec *simmon.Recording, lib library.Session) replay {
	r := replay{rec: rec, every: time.Minute, sets: lib.Count(library.BaselineSets), apart: lib.Duration(library.BaselineApart)}
	rows := rec.Rows()
	for i := 1; i < len(rows); i++ {
		if d := at(rows[i].Minute).Sub(at(rows[i-1].Minute)); i == 1 || d < r.every {
			r.every = d
		}
	}
	return r
}

// at is the instant of a minute of the recording, on a clock of its own.
func at(minute float64) time.Time {
	return time.Unix(0, 0).UTC().Add(time.Duration(minute * float64(time.Minute)))
}

func minuteOf(t time.Time) float64 { return t.Sub(time.Unix(0, 0)).Minutes() }

// baseline is the mean of the first valid readings of each sign, as many and as
// far apart as the session library asks of resting sets. A sign without them
// has none.
func (r replay) baseline() []alarm.Rest {
	var out []alarm.Rest
	for _, k := range r.rec.Kinds() {
		var sum vital.Value
		n, last := 0, time.Time{}
		for _, row := range r.rec.Rows() {
			v, ok := valueOf(row, k)
			if !ok || n == r.sets || (n > 0 && at(row.Minute).Sub(last) < r.apart) {
				continue
			}
			sum, n, last = sum+v, n+1, at(row.Minute)
		}
		if n == r.sets {
			out = append(out, alarm.Rest{Kind: k, Value: sum / vital.Value(n)})
		}
	}
	return out
}

func valueOf(row simmon.Row, k vital.Kind) (vital.Value, bool) {
	for _, v := range row.Values {
		if v.Kind == k {
			return k.Round(v.Value), true
		}
	}
	return 0, false
}

// continuous are the signs whose sensors stay on the patient.
var continuous = []vital.Kind{vital.SpO2, vital.HR, vital.RR}

func (r replay) alarms(limits alarm.Limits) []replayed {
	rows := r.rec.Rows()
	facts := alarm.Facts{Watching: true, Since: at(rows[0].Minute)}
	inputs := []alarm.Input{alarm.FactsChanged{Told: alarm.Told(facts.Since), Facts: facts}}
	seen := map[vital.Kind]bool{}
	for _, row := range rows {
		told := alarm.Told(at(row.Minute))
		for _, v := range row.Values {
			inputs = append(inputs, alarm.Sample{Told: told, Kind: v.Kind, Value: v.Value, At: at(row.Minute), Quality: vital.Good})
		}
		for _, k := range continuous {
			if _, ok := valueOf(row, k); ok && !seen[k] {
				seen[k] = true
				facts.Expected = append(facts.Expected, alarm.Expected{Kind: k, Every: r.every, Continuous: true})
				inputs = append(inputs, alarm.FactsChanged{Told: told, Facts: facts})
			}
		}
		inputs = append(inputs, alarm.Heard{Told: told})
	}
	out := []replayed{}
	for _, x := range alarm.Replay(limits, inputs, at(rows[len(rows)-1].Minute).Add(r.every)) {
		one := replayed{Condition: x.Condition, Priority: x.Priority, Raised: minuteOf(x.Raised), Announced: minuteOf(x.Announced), Text: x.Text}
		if !x.Cleared.IsZero() {
			cleared := minuteOf(x.Cleared)
			one.Cleared = &cleared
		}
		out = append(out, one)
	}
	return out
}

// hours is how long the recording is.
func (r replay) hours() float64 {
	rows := r.rec.Rows()
	return (at(rows[len(rows)-1].Minute).Sub(at(rows[0].Minute)) + r.every).Hours()
}

func printReplay(w io.Writer, r replay, limits alarm.Limits, out []replayed) error {
	for _, m := range limits.CouldNot() {
		if _, err := fmt.Fprintln(w, "not checked:", m.English()); err != nil {
			return err
		}
	}
	aside := 0
	for _, row := range r.rec.Rows() {
		aside += row.SetAside
	}
	if aside > 0 {
		if _, err := fmt.Fprintf(w, "set aside: %d values that are not plausible\n", aside); err != nil {
			return err
		}
	}
	for _, x := range out {
		cleared := "stands at the end"
		if x.Cleared != nil {
			cleared = fmt.Sprintf("cleared %.2f", *x.Cleared)
		}
		if _, err := fmt.Fprintf(w, "%-6s %-20s began %.2f  announced %.2f  %s  %s\n", x.Priority, x.Condition, x.Raised, x.Announced, cleared, x.Text); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d alarms in %.1f hours: %.2f per hour\n", len(out), r.hours(), float64(len(out))/r.hours())
	return err
}
