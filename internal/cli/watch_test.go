package cli

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/testenv"
)

func replayJSON(t *testing.T, args ...string) []replayed {
	t.Helper()
	status, out, errOut := say(t, append([]string{"watch", "replay", "--json"}, args...)...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, errOut)
	}
	var got []replayed
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return got
}

// short writes an alarm as the files of expected ones do.
func short(a replayed) string {
	cleared := "-"
	if a.Cleared != nil {
		cleared = number(*a.Cleared)
	}
	return fmt.Sprintf("%s %s %s %s %s", a.Condition, a.Priority, number(a.Raised), number(a.Announced), cleared)
}

func number(x float64) string { return strconv.FormatFloat(math.Round(x*1e4)/1e4, 'f', -1, 64) }

func shorts(all []replayed) []string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = short(a)
	}
	slices.Sort(out)
	return out
}

// TestWatchReplay_OwnRecording: a recording of our own, with the alarms written
// down beside it.
func TestWatchReplay_OwnRecording(t *testing.T) {
	t.Parallel()
	want := []string{
		"spo2_low medium 7 7.5 8.25",    // 93 for a minute
		"spo2_low high 8 8.25 9.25",     // 88 for the next
		"sbp_high medium 10 10 12",      // 182 by the cuff: recheck
		"sbp_high high 10 12 15.25",     // nobody did
		"hr_high high 16 16.25 18.25",   // 135, then 108 within the margin of yellow, then 100
		"sbp_high high 20 20 25.25",     // 225: at once
		"no_reading high 27 28 31.0833", // SpO2 absent for five minutes
		"rr_low high 32 32.25 33.25",    // 8
		"spo2_low high 35 35 36.25",     // 84: at once
	}
	slices.Sort(want)
	got := replayJSON(t, "--csv", "testdata/watch.csv")
	if d := cmp.Diff(want, shorts(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if text := got[0].Text; text != "SpO₂ 93 % for 30 s. Limit: below 94 %." {
		t.Error(text)
	}
}

// TestWatchReplay_RealRecording compares with what was written down beforehand.
func TestWatchReplay_RealRecording(t *testing.T) {
	t.Parallel()
	csv := testenv.Shared(t, "monitor/mimic2_s00001.csv")
	raw, err := os.ReadFile("testdata/mimic2_s00001.expected")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for l := range strings.Lines(string(raw)) {
		if l = strings.TrimSpace(l); !strings.HasPrefix(l, "#") {
			want = append(want, l)
		}
	}
	slices.Sort(want)
	got := replayJSON(t, "--csv", csv)
	if d := cmp.Diff(want, shorts(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	bare := replayJSON(t, "--csv", csv, "--bare")
	hours := 1936.0 / 60
	t.Logf("alarms per hour: %.2f; without delays, margins and second readings: %.2f", float64(len(got))/hours, float64(len(bare))/hours)
	if len(bare) <= len(got) {
		t.Errorf("%d alarms, and %d without delays and margins", len(got), len(bare))
	}
}

// TestWatchReplay_Limits: a patient's own limits and baseline move what is
// raised; a file with a mistake is refused with its line.
func TestWatchReplay_Limits(t *testing.T) {
	t.Parallel()
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "limits.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	got := shorts(replayJSON(t, "--csv", "testdata/watch.csv", "--limits", file("limits:\n  - {kind: spo2, side: low, yellow: \"90\", red: \"88\"}\n  - {kind: hr, side: high, yellow: \"140\", red: \"150\"}\n")))
	for _, gone := range []string{"spo2_low high 8 8.25 9.25", "spo2_low medium 7 7.5 8.25", "hr_high high 16 16.25 18.25"} {
		if slices.Contains(got, gone) {
			t.Errorf("%s is raised in spite of the limits", gone)
		}
	}
	for _, there := range []string{"spo2_low medium 8 8.5 9.25", "spo2_low high 35 35 36.25"} { // 84 is at once, whatever the order says
		if !slices.Contains(got, there) {
			t.Errorf("%s is not raised: %v", there, got)
		}
	}
	got = shorts(replayJSON(t, "--csv", "testdata/watch.csv", "--limits", file("baseline:\n  - {kind: nibp_sys, value: \"100\"}\n")))
	if slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "sbp_high medium 15") }) { // 130 is 1.3 times 100, and below the floor
		t.Error(got)
	}
	for what, text := range map[string]string{"line 2": "limits:\n  - {kind: spo2, side: up, red: \"88\"}\n", "unknown": "limit: 3\n"} {
		status, out, errOut := say(t, "watch", "replay", "--csv", "testdata/watch.csv", "--limits", file(text))
		if status != 2 || out != "" || !strings.Contains(errOut, "limits") {
			t.Errorf("%s: status %d, %q, %q", what, status, out, errOut)
		}
	}
}

func TestWatchReplay_Text(t *testing.T) {
	t.Parallel()
	status, out, errOut := say(t, "watch", "replay", "--csv", "testdata/watch.csv")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errOut)
	}
	for _, part := range []string{
		"not checked: EtCO₂ high: the limit that depends on the baseline is not checked for EtCO₂; there is no baseline.",
		"high   sbp_high             began 10.00  announced 12.00  cleared 15.25  Systolic 182 mmHg. Limit: 180 mmHg or more.",
		"9 alarms in 0.6 hours:",
	} {
		if !strings.Contains(out, part) {
			t.Errorf("does not say %q:\n%s", part, out)
		}
	}
	for _, args := range [][]string{{"--csv", "testdata/none.csv"}, {}, {"--csv", "testdata/mimic2_s00001.expected"}} {
		if status, _, errOut := say(t, append([]string{"watch", "replay"}, args...)...); status == 0 || errOut == "" {
			t.Errorf("%v: status %d, %q", args, status, errOut)
		}
	}
	// Whoever hears no alarm sees an empty list, not null.
	quiet := filepath.Join(t.TempDir(), "quiet.csv")
	if err := os.WriteFile(quiet, []byte("minute,HR_bpm\n0,70\n1,71\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, out, _ := say(t, "watch", "replay", "--json", "--csv", quiet); strings.TrimSpace(out) != "[]" {
		t.Errorf("%q", out)
	}
}
