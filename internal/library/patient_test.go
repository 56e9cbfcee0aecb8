package library_test

import (
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

func TestDecodePatient(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"YAML": "baseline:\n  - {kind: nibp_sys, value: \"118\"}\nlimits:\n  - {kind: spo2, side: low, yellow: \"92\", red: \"88\"}\n",
		"JSON": `{"baseline": [{"kind": "nibp_sys", "value": "118"}], "limits": [{"kind": "spo2", "side": "low", "yellow": "92", "red": "88"}]}`,
	} {
		p, err := library.DecodePatient([]byte(file), alarms(t))
		if err != nil || len(p.Rest) != 1 || p.Rest[0].Value != 118 || len(p.Limits) != 1 || p.Limits[0].Kind != vital.SpO2 || p.Limits[0].Red != "88" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	for name, c := range map[string][2]string{
		"nothing":                     {"", "one mapping"},
		"an unknown key":              {"limit: []\n", "limit"},
		"an unknown kind":             {"limits:\n  - {kind: mood, side: low, red: \"3\"}\n", "line 2: The order's alarm limit mood low could not be applied"},
		"another side":                {"limits:\n  - {kind: spo2, side: high, red: \"99\"}\n", "could not be applied"},
		"a limit that is no number":   {"limits:\n  - {kind: spo2, side: low, red: deep}\n", "could not be applied"},
		"a limit that limits nothing": {"limits:\n  - {kind: spo2, side: low}\n", "neither yellow nor red"},
		"a baseline not plausible":    {"baseline:\n  - {kind: spo2, value: \"7\"}\n", "line 2: baseline: SpO₂ 7 % is not plausible"},
		"a baseline of no kind":       {"baseline:\n  - {kind: mood, value: \"7\"}\n", "unknown kind"},
	} {
		if _, err := library.DecodePatient([]byte(c[0]), alarms(t)); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecodePatient(f *testing.F) {
	f.Add([]byte("baseline:\n  - {kind: nibp_sys, value: \"118\"}\nlimits:\n  - {kind: spo2, side: low, yellow: \"92\"}\n"))
	a := alarms(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := library.DecodePatient(b, a); err == nil {
			if could := a.For(p.Limits, p.Rest).CouldNot(); len(p.Limits) > 0 && strings.Contains(strings.Join(english(could), " "), "could not be applied") {
				t.Fatalf("%v", could)
			}
		}
	})
}

func english(messages []word.Message) []string {
	out := make([]string, len(messages))
	for i, m := range messages {
		out[i] = m.English()
	}
	return out
}
