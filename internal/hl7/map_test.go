package hl7

import (
	"strings"
	"testing"
	"time"
)

const hr70 = "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.1|70|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|||20260301101500+0000"

// TestParse_NeverMixesTwoSources covers messages whose rows may belong to
// different people or monitors: nothing of them is taken.
func TestParse_NeverMixesTwoSources(t *testing.T) {
	t.Parallel()
	mds := func(id string) string {
		return "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||||||" + id + "^^" + id + "^EUI-64"
	}
	const a, b = "0011223344556677", "8899AABBCCDDEEFF"
	tests := map[string]struct {
		rows []string
		want int
	}{
		"one patient twice":       {[]string{"PID|||P1", hr70}, 1},
		"another patient":         {[]string{hr70, "PID|||P2"}, 0},
		"patient and nobody":      {[]string{hr70, "PID|1"}, 0},
		"one bed twice":           {[]string{"PV1||O|X^1", "PV1||O|X^1", hr70}, 1},
		"two beds":                {[]string{"PV1||O|X^1", hr70, "PV1||O|X^2"}, 0},
		"one monitor twice":       {[]string{mds(a), hr70, mds(a)}, 1},
		"two monitors":            {[]string{mds(a), hr70, mds(b)}, 0},
		"a patient too wide":      {[]string{hr70, "PID" + strings.Repeat("|P2", MaxFields)}, 0},
		"a bed too wide":          {[]string{hr70, "PV1" + strings.Repeat("|P2", MaxFields)}, 0},
		"a sensor's own EUI-64":   {[]string{mds(a), hr70 + "||||" + b}, 1},
		"no patient, one monitor": {[]string{mds(a), hr70}, 1},
	}
	for name, tt := range tests {
		r := Parse(report(tt.rows...), Options{})
		if len(r.Accepted) != tt.want || r.Reply.Code != AA {
			t.Errorf("%s: %d accepted, want %d; quarantined %+v", name, len(r.Accepted), tt.want, r.Quarantined)
		}
		if tt.want == 0 && (len(r.Quarantined) != 1 || r.Quarantined[0].Cause != CauseMixed) {
			t.Errorf("%s: quarantined %+v, want the row as mixed", name, r.Quarantined)
		}
	}
}

func TestMap_MessageTypes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reply    ReplyCode
		accepted int
	}{
		"ORU^R01^ORU_R01": {AA, 1}, "ORU^R01": {AA, 1}, "ORU": {AA, 1},
		"ORU^R40^ORU_R40": {AA, 0}, "ORU^R42^ORU_R01": {AA, 0},
		"ADT^A08": {AA, 0}, "ADT^A01^ADT_A01": {AA, 0},
		"QRY^A19": {AR, 0}, "QRY^R02": {AR, 0}, "QBP^Q22": {AR, 0},
		"ORU^W01": {AR, 0}, "ORM^O01": {AR, 0}, "": {AR, 0}, "RGV^O15": {AR, 0},
	}
	for typ, want := range tests {
		raw := strings.Replace(string(report(hr70)), "ORU^R01^ORU_R01", typ, 1)
		r := Parse([]byte(raw), Options{})
		if r.Reply.Code != want.reply || len(r.Accepted) != want.accepted {
			t.Errorf("%q: reply %s with %d accepted, want %s with %d", typ, r.Reply.Code, len(r.Accepted), want.reply, want.accepted)
		}
	}
}

func TestHead_ReadsTheHeader(t *testing.T) {
	t.Parallel()
	r := Parse(report(hr70), Options{})
	if r.Version != "2.6" || r.Processing != "P" || r.Event != (Event{"ORU", "R01"}) || r.Event.String() != "ORU^R01" {
		t.Errorf("header %+v", r)
	}
	if want := time.Date(2026, 3, 1, 10, 15, 0, 0, time.UTC); !r.Sent.Equal(want) {
		t.Errorf("sent %s, want %s", r.Sent, want)
	}
	if a := r.Accepted[0]; a.SentValue != "70" || a.SentUnit != "264864^MDC_DIM_BEAT_PER_MIN^MDC" || a.UCUM() != "/min" {
		t.Errorf("sample %+v", a)
	}
}

func TestStructural_OnlyRowsWithoutTypeAndValue(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		row   string
		aside int
	}{
		"device part":            {"OBX|1||69798^MDC_DEV_ECG_VMD^MDC|1.1.0.0|||||||X", 0},
		"cuff group":             {"OBX|1||150020^MDC_PRESS_BLD_NONINV^MDC|1.3.1.0|||||||X", 0},
		"device part with value": {"OBX|1||69798^MDC_DEV_ECG_VMD^MDC|1.1.0.0|5||||||X", 1},
		"metric without a value": {"OBX|1||147842^MDC_ECG_HEART_RATE^MDC|1.1.1.1|||||||X", 1},
		"metric by name only":    {"OBX|1||1^MDC_ECG_HEART_RATE^MDC|1.1.1.1|||||||X", 1},
		"text":                   {"OBX|1|ST|68546^TEXT^MDC|1.1.0.1|hello||||||F", 1},
	}
	for name, tt := range tests {
		r := Parse(report(tt.row), Options{})
		if len(r.Accepted) != 0 || len(r.Quarantined) != tt.aside {
			t.Errorf("%s: %d accepted, quarantined %+v; want %d aside", name, len(r.Accepted), r.Quarantined, tt.aside)
		}
	}
}

func TestEUI64(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"0011223344556677^^0011223344556677^EUI-64":   "0011223344556677",
		"MON^00-11-22-33-44-aa-bb-cc^EUI-64":          "0011223344AABBCC",
		"0011223344556677^EUI-64":                     "0011223344556677",
		"0011223344556677^NAME^x^EUI-64":              "0011223344556677",
		"0011223344556677":                            "0011223344556677",
		"x~0011223344556677^^0011223344556677^EUI-64": "0011223344556677",
		"MON": "", "": "", "001122334455667": "", "MON^1.2.3^ISO": "", "001122334455667G": "",
	}
	for in, want := range tests {
		if got := eui64(Field{in, usual}); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestQuarantine_IsBoundedAndSafeToShow(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x\u202e\x07", 500)
	r := Parse(report("OBX|1|ST|"+long+"^"+long+"|"+long+"|"+long), Options{})
	q := r.Quarantined[0]
	for _, s := range []string{q.Code, q.Name, q.Value, q.Site} {
		if len([]rune(s)) > 80 || strings.ContainsAny(s, "\x07\u202e") {
			t.Errorf("%d characters shown: %q", len([]rune(s)), s)
		}
	}
}
