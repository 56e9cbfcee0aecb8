package hl7

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// accepted writes samples as one line each, leaving out what the standard
// case repeats: time 10:15:00Z.
func accepted(r Result) []string {
	var out []string
	for _, a := range r.Report().Accepted {
		out = append(out, strings.TrimSuffix(strings.Join([]string{a.Kind, a.Value, a.Unit, a.Site, a.At}, " "), " 2026-03-01T10:15:00Z"))
	}
	return out
}

func causes(r Result) []string {
	var out []string
	for _, q := range r.Quarantined {
		out = append(out, q.Code+" "+string(q.Cause))
	}
	return out
}

// TestParse_Quirks asserts by hand what every known quirk of a monitor must
// come to.
func TestParse_Quirks(t *testing.T) {
	t.Parallel()
	clean := []string{
		"hr 78 /min 1.1.1.1", "spo2 97 % 1.2.1.1", "pulse 77 /min 1.2.1.2",
		"nibp_sys 128 mm[Hg] 1.3.1.1", "nibp_dia 76 mm[Hg] 1.3.1.2", "nibp_mean 93 mm[Hg] 1.3.1.3", "rr 14 /min 1.4.1.1",
	}
	tests := map[string]struct {
		accepted []string
		causes   []string
		reply    ReplyCode // AA if empty
	}{
		"01-ihe-clean":        {accepted: clean},
		"02-lf-separators":    {accepted: clean},
		"03-crlf-separators":  {accepted: clean},
		"36-other-separators": {accepted: clean},
		"04-cuff-codes": {accepted: []string{
			"nibp_sys 120 mm[Hg] 1.1.9.150301", "nibp_mean 90 mm[Hg] 1.1.9.150303", "nibp_dia 80 mm[Hg] 1.1.9.150302",
		}},
		"05-code-name-mismatch": {causes: []string{"150017 code_name_mismatch", "150018 code_name_mismatch"}},
		"06-arterial-name-on-cuff-code": {
			accepted: []string{"hr 72 /min 1.1.1.1"},
			causes: []string{
				"150021 code_name_mismatch", "150033 code_name_mismatch", "188740 code_name_mismatch",
				"150456 code_name_mismatch", "150456 code_name_mismatch",
			},
		},
		"07-sentinels":  {causes: []string{"147842 sentinel", "150456 no_result", "150021 flag", "151562 sentinel", "149530 flag"}},
		"08-ucum-units": {accepted: []string{"hr 60 /min 1.1.1.1", "nibp_sys 120 mm[Hg] 1.3.1.1", "pulse 61 /min 1.2.1.2"}},
		"09-kpa-fahrenheit-name-only-units": {
			accepted: []string{
				"nibp_sys 120 mm[Hg] 1.3.1.1", "nibp_dia 75 mm[Hg] 1.3.1.2", "temp 37.0 Cel 1.5.1.1", "hr 64 /min 1.1.1.1",
				"rr 12 /min 1.4.1.1", "spo2 98 % 1.2.1.1", "pulse 65 /min 1.2.1.2", "temp 36.9 Cel 1.5.1.2", "nibp_mean 93 mm[Hg] 1.3.1.3",
			},
			causes: []string{"150456 unit", "150344 unit", "147842 no_unit", "150021 unit", "150021 unit"},
		},
		"10-bare-units-no-mds": {causes: []string{"8867-4 unknown_code", "59408-5 unknown_code"}},
		"11-timestamps": {
			accepted: []string{
				"hr 70 /min 1.1.1.1 2026-03-01T10:15:00.5+01:00", "pulse 71 /min 1.2.1.2 2026-03-01T10:15:00.1234Z",
				"spo2 97 % 1.2.1.1 2026-03-01T10:15:00.123-05:00", "rr 14 /min 1.4.1.1",
				"rr 15 /min 1.6.1.2 2026-03-01T10:15:00+05:30", "rr 16 /min 1.1.1.4 2026-03-01T10:15:00.123Z",
			},
			causes: []string{"150021 time", "150022 time", "150344 time"},
		},
		"12-one-metric-two-sites": {accepted: []string{
			"spo2 97 % 1.2.1.1", "spo2 91 % 1.2.2.1", "temp 36.8 Cel 1.5.1.1", "temp 35.1 Cel 1.5.2.1",
		}},
		"13-vendor-private-and-text-in-NM":        {causes: []string{"2279 unknown_code", "108 unknown_code"}},
		"14-gb18030-separators-inside-characters": {accepted: []string{"hr 70 /min 1.1.1.1", "spo2 97 % 1.2.1.1"}},
		"15-unknown-patient":                      {accepted: []string{"hr 70 /min 1.1.1.1"}},
		"16-nibp-older-than-report": {accepted: []string{
			"hr 70 /min 1.1.1.1", "nibp_sys 124 mm[Hg] 1.3.1.1 2026-03-01T10:07:32Z", "nibp_dia 78 mm[Hg] 1.3.1.2 2026-03-01T10:07:32Z",
		}},
		"17-demo-test-data-flags": {
			accepted: []string{"pulse 79 /min 1.2.1.2"},
			causes:   []string{"147842 simulated", "150456 simulated"},
		},
		"18-training-message": {causes: []string{"147842 simulated", "150456 simulated"}},
		"19-etco2-two-codes":  {accepted: []string{"etco2 36 mm[Hg] 1.6.1.1", "rr 13 /min 1.6.1.2", "rr 15 /min 1.1.1.4"}},
		"20-acm-r40-alarm-start": {causes: []string{
			"196670 not_a_report", "150456 not_a_report", "68481 not_a_report", "68482 not_a_report", "68483 not_a_report",
			"68484 not_a_report", "68485 not_a_report",
		}},
		"37-acm-in-alarm-end":       {causes: []string{"150456 not_a_report"}},
		"21-pump-event-r42":         {causes: []string{"68487 code_name_mismatch", "147842 not_a_report"}},
		"42-pump-starts":            {causes: []string{"184520 not_a_report"}},
		"43-pump-between-two-rates": {causes: []string{"68487 not_a_report"}},
		"44-pump-stops-and-alarms":  {causes: []string{"68487 not_a_report"}},
		"45-pump-contradicts-itself": {causes: []string{
			"68487 conflict", "184519 conflict", "158014 conflict", "158005 conflict",
		}},
		"46-two-pumps-one-eui64": {causes: []string{"68487 mixed", "184519 mixed", "158014 mixed"}},
		"47-pump-doubtful-rows": {causes: []string{
			"68487 code_name_mismatch", "158014 unit", "157872 implausible", "157993 code_name_mismatch", "158014 flag",
		}},
		"48-pump-keeps-vein-open":    {},
		"49-pump-alarm-line-blocked": {causes: []string{"196616 not_a_report", "68481 not_a_report", "68484 not_a_report"}},
		"22-adt-a08-with-height":     {causes: []string{"188740 not_a_report", "147842 not_a_report"}},
		"23-query-a19":               {reply: AR},
		"24-query-r02":               {reply: AR},
		"40-unsupported-type":        {reply: AR},
		"33-not-hl7":                 {reply: AE},
		"41-two-messages-in-one":     {reply: AE},
		"25-no-control-id":           {accepted: []string{"hr 70 /min 1.1.1.1"}},
		"26-two-patients":            {causes: []string{"147842 mixed", "147842 mixed"}},
		"27-bed-only-scanned-id":     {accepted: []string{"hr 70 /min "}},
		"28-latin1-unit":             {accepted: []string{"temp 36.8 Cel 1.5.1.1"}},
		"32-captured-with-framing":   {accepted: []string{"hr 70 /min 1.1.1.1"}},
		"29-flags": {
			accepted: []string{
				"hr 70 /min 1.1.1.1", "hr 70 /min 1.1.1.2", "hr 70 /min 1.1.1.3", "hr 70 /min 1.1.1.4", "hr 70 /min 1.1.1.5",
				"hr 70 /min 1.1.1.6", "hr 70 /min 1.1.1.7", "spo2 97 % 1.2.1.1", "spo2 97 % 1.2.1.2", "spo2 97 % 1.2.1.3",
			},
			causes: append(append(times(8, "147842 flag"), "147842 simulated", "147842 flag", "147842 unknown_flag"), times(3, "150456 no_result")...),
		},
		"30-repeats-and-conflicts": {
			accepted: []string{"hr 70 /min 1.1.1.1", "hr 71 /min 1.1.1.1 2026-03-01T10:15:01Z"},
			causes:   []string{"147842 repeat", "150456 conflict", "150456 conflict"},
		},
		"31-weight-and-height": {causes: []string{"188736 not_a_vital", "188740 not_a_vital", "68063 not_a_vital"}},
		"34-implausible": {
			accepted: []string{"rr 14 /min 1.4.1.1"},
			causes:   []string{"147842 implausible", "150456 implausible", "150344 implausible", "150021 implausible"},
		},
		"35-broken-rows-among-good": {
			accepted: []string{"spo2 97 % 1.2.1.1"},
			causes: []string{
				" no_code", "147842 no_unit", " malformed", "149530 not_a_number", "149530 not_a_number",
				"149530 not_a_number", "147842 not_a_number",
			},
		},
		"38-etco2-other-codes": {
			accepted: []string{"etco2 36 mm[Hg] 1.6.1.6"},
			causes: []string{
				"151712 not_a_vital", "151716 not_a_vital", "151728 not_a_vital", "151928 not_a_vital",
				"151708 code_name_mismatch", "151708 unit",
			},
		},
		"39-arterial-and-alias": {accepted: []string{
			"art_sys 118 mm[Hg] 1.7.1.1", "art_dia 64 mm[Hg] 1.7.1.2", "art_mean 82 mm[Hg] 1.7.1.3",
			"art_sys 119 mm[Hg] 1.8.1.1", "art_dia 65 mm[Hg] 1.8.1.2", "art_mean 83 mm[Hg] 1.8.1.3",
			"pulse 72 /min 1.7.1.4", "pulse 73 /min 1.7.1.5", "pulse 74 /min 1.3.1.4", "rr 11 /min 1.6.1.9",
		}},
	}
	files := quirks(t)
	for name := range files {
		if _, ok := tests[name]; !ok {
			t.Errorf("quirk %s has no expectation", name)
		}
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Parse(files[name], Options{})
			if d := cmp.Diff(tt.accepted, accepted(r)); d != "" {
				t.Errorf("accepted (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.causes, causes(r)); d != "" {
				t.Errorf("quarantined (-want +got):\n%s", d)
			}
			want := tt.reply
			if want == "" {
				want = AA
			}
			if r.Reply.Code != want || (want != AA) != (r.Reply.Text != "") {
				t.Errorf("reply %+v, want code %s, with a text unless AA", r.Reply, want)
			}
			for _, q := range r.Quarantined {
				if q.Reason == "" || strings.Contains(q.Reason, "%!") {
					t.Errorf("reason %q of %s says nothing", q.Reason, q.Code)
				}
			}
		})
	}
}

func times(n int, s string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s
	}
	return out
}

func TestParse_WhoAndWhere(t *testing.T) {
	t.Parallel()
	files := quirks(t)
	tests := map[string]struct {
		patient  []PatientID
		location Location
		device   Device
	}{
		"01-ihe-clean": {
			[]PatientID{{"P0001", "CLINIC", "MR"}},
			Location{"INF^CHAIR^3", "3"},
			Device{"0011223344556677", false, "TESTMON^0011223344556677^EUI-64"},
		},
		"15-unknown-patient": {
			nil,
			Location{"INF^CHAIR^3", "3"},
			Device{"0011223344556677", true, "TESTMON^0011223344556677^EUI-64"},
		},
		"10-bare-units-no-mds": {
			[]PatientID{{ID: "P0001"}},
			Location{"^^ICU&01&0&0&0", "ICU&01&0&0&0"},
			Device{"", false, "MON"},
		},
		"27-bed-only-scanned-id": {
			[]PatientID{{ID: "*P-00 17*"}},
			Location{"^^&24", "&24"},
			Device{"", false, "MON"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Parse(files[name], Options{})
			if d := cmp.Diff(tt.patient, r.Patient.IDs); d != "" {
				t.Errorf("patient (-want +got):\n%s", d)
			}
			if r.Patient.Known() != (tt.patient != nil) {
				t.Errorf("known = %v", r.Patient.Known())
			}
			if r.Location != tt.location || r.Device != tt.device {
				t.Errorf("location %+v, device %+v; want %+v, %+v", r.Location, r.Device, tt.location, tt.device)
			}
		})
	}
}

func TestParse_QuestionableIsMarked(t *testing.T) {
	t.Parallel()
	r := Parse(quirks(t)["17-demo-test-data-flags"], Options{})
	if len(r.Accepted) != 1 || r.Accepted[0].Quality != vital.Questionable || r.Accepted[0].Simulated {
		t.Fatalf("got %+v, want one questionable sample that is not simulated", r.Accepted)
	}
	r = Parse(quirks(t)["01-ihe-clean"], Options{})
	if r.Accepted[0].Quality != vital.Good {
		t.Errorf("quality %q without a flag", r.Accepted[0].Quality)
	}
}

func TestParse_SimulatedOnlyWhereAllowedAndThenMarked(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"17-demo-test-data-flags": 2, "18-training-message": 2} {
		r := Parse(quirks(t)[name], Options{AllowSimulated: true})
		simulated := 0
		for _, a := range r.Accepted {
			if a.Simulated {
				simulated++
			}
		}
		if simulated != want || len(r.Quarantined) != 0 {
			t.Errorf("%s: %d simulated samples, want %d; quarantined %v", name, simulated, want, causes(r))
		}
	}
}

func TestParse_ZonelessTimesTakeTheClinicsZone(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skipf("time zone data is not installed: %v", err)
	}
	got := accepted(Parse(quirks(t)["11-timestamps"], Options{Zone: zone}))
	want := []string{
		"hr 70 /min 1.1.1.1 2026-03-01T10:15:00.5+01:00", "pulse 71 /min 1.2.1.2 2026-03-01T10:15:00.1234-05:00",
		"spo2 97 % 1.2.1.1 2026-03-01T10:15:00.123-05:00", "rr 14 /min 1.4.1.1 2026-03-01T10:15:00-05:00",
		"rr 15 /min 1.6.1.2 2026-03-01T10:15:00+05:30", "rr 16 /min 1.1.1.4 2026-03-01T10:15:00.123-05:00",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestParse_RepeatsHaveOneKeyAndDigest(t *testing.T) {
	t.Parallel()
	files := quirks(t)
	a, b := Parse(files["01-ihe-clean"], Options{}), Parse(files["01-ihe-clean"], Options{})
	other := Parse(files["04-cuff-codes"], Options{})
	if a.DedupeKey != b.DedupeKey || a.Message.Digest != b.Message.Digest {
		t.Error("a repeat has another key or digest")
	}
	if a.DedupeKey == other.DedupeKey || a.Message.Digest == other.Message.Digest {
		t.Error("two messages share key or digest")
	}
	if want := "TESTMON^0011223344556677^EUI-64\x1fQ01"; a.DedupeKey != want {
		t.Errorf("key %q, want MSH-3 and MSH-10", a.DedupeKey)
	}
	if k := Parse(files["25-no-control-id"], Options{}).DedupeKey; !strings.HasPrefix(k, "sha256\x1f") {
		t.Errorf("key %q without a control id, want the digest", k)
	}
}

func TestParse_OneBadRowNeverLosesTheMessage(t *testing.T) {
	t.Parallel()
	clean := string(quirks(t)["01-ihe-clean"])
	for _, bad := range []string{"OBX", "OBX|", "OBX|x|NM|" + strings.Repeat("|", MaxFields), "\x01\x02", "OBX|9|NM|^^^^^^^^|~~~|\\X\\|&&|", "ÄÖ|", "obx|1"} {
		r := Parse([]byte(clean+bad+"\r"), Options{})
		if len(r.Accepted) != 7 || r.Reply.Code != AA {
			t.Errorf("row %.20q: %d accepted, reply %s; want 7 and AA", bad, len(r.Accepted), r.Reply.Code)
		}
	}
}
