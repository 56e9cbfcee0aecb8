package hl7

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 3, 1, 11, 15, 1, 250e6, time.FixedZone("", 3600))

func TestAck_Accepts(t *testing.T) {
	t.Parallel()
	r := Parse(quirks(t)["01-ihe-clean"], Options{})
	got := strings.Split(string(Ack(r.Message, r.Reply.Code, r.Reply.Text, now, "S1")), "\r")
	want := []string{
		`MSH|^~\&|STILLWATCH|CLINIC|TESTMON^0011223344556677^EUI-64|STWTEST|20260301111501.250+0100||ACK^R01^ACK|S1|P|2.6||||||UNICODE UTF-8`,
		`MSA|AA|Q01|`,
		"",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAck_OnlyErrorsCarryERR(t *testing.T) {
	t.Parallel()
	files := quirks(t)
	for name, want := range map[string]struct {
		code ReplyCode
		err  bool
	}{
		"01-ihe-clean": {AA, false}, "23-query-a19": {AR, false}, "33-not-hl7": {AE, true}, "41-two-messages-in-one": {AE, true},
	} {
		r := Parse(files[name], Options{})
		ack := string(Ack(r.Message, r.Reply.Code, r.Reply.Text, now, "S1"))
		if strings.Contains(ack, "\rERR|||100^") != want.err || !strings.Contains(ack, "\rMSA|"+string(want.code)+"|"+r.ControlID+"|") {
			t.Errorf("%s: reply %q", name, ack)
		}
		a, err := ParseAck([]byte(ack))
		if err != nil || a != (Answer{want.code, r.ControlID, r.Reply.Text}) {
			t.Errorf("%s: reply reads as %+v, %v", name, a, err)
		}
	}
}

func TestAck_KeepsTheSendersSeparatorsAndMode(t *testing.T) {
	t.Parallel()
	r := Parse(quirks(t)["36-other-separators"], Options{})
	ack := string(Ack(r.Message, AA, "", now, "S1"))
	if !strings.HasPrefix(ack, `MSH$*!?@$STILLWATCH$CLINIC$TESTMON*`) || !strings.Contains(ack, "\rMSA$AA$Q36$") {
		t.Errorf("reply %q", ack)
	}
	r = Parse(quirks(t)["18-training-message"], Options{})
	if ack := string(Ack(r.Message, AA, "", now, "S1")); !strings.Contains(ack, "|ACK^R01^ACK|S1|T|2.6|") {
		t.Errorf("a training message is answered with %q", ack)
	}
}

func TestAck_NothingSentBreaksItsLines(t *testing.T) {
	t.Parallel()
	m, err := Lex([]byte("MSH|^~\\&|MON\x0b\x1c|||\x85|||ORU^R01|C\x1c1|P\r"))
	if err != nil {
		t.Fatal(err)
	}
	ack := string(Ack(m, AE, "a|b\rMSA|AA|x", now, "S\r1"))
	if strings.ContainsAny(ack, "\x0b\x1c") || strings.Count(ack, "\r") != 3 {
		t.Errorf("reply %q", ack)
	}
}

func TestMap_AReplyIsNeverRepliedTo(t *testing.T) {
	t.Parallel()
	r := Parse([]byte("MSH|^~\\&|A|B|C|D|20260301101500||ACK^R01^ACK|S1|P|2.6\rMSA|AA|Q01\r"), Options{})
	if r.Reply.Code != "" || len(r.Accepted)+len(r.Quarantined) != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestParseAck(t *testing.T) {
	t.Parallel()
	const msh = "MSH|^~\\&|A|B|C|D|20260301101500||ADR^A19|S1|P|2.6\r"
	tests := map[string]struct {
		raw  string
		want Answer
		bad  bool
	}{
		"query response":    {raw: msh + "MSA|AA|Q01|fine\rQRD|x\r", want: Answer{AA, "Q01", "fine"}},
		"commit accept":     {raw: msh + "MSA|CA|Q01\r", want: Answer{CA, "Q01", ""}},
		"no answered id":    {raw: msh + "MSA|AE\r", want: Answer{Code: AE}},
		"escaped id":        {raw: msh + `MSA|AR|Q\T\1|a\F\b`, want: Answer{AR, "Q&1", "a|b"}},
		"no MSA":            {raw: msh, bad: true},
		"unknown code":      {raw: msh + "MSA|OK|Q01\r", bad: true},
		"not a message":     {raw: "ok", bad: true},
		"report, not reply": {raw: string(report()), bad: true},
	}
	for name, tt := range tests {
		got, err := ParseAck([]byte(tt.raw))
		if (err != nil) != tt.bad || got != tt.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, tt.want)
		}
	}
	for code, positive := range map[ReplyCode]bool{AA: true, CA: true, AE: false, AR: false, CE: false, CR: false, "": false} {
		if (Answer{Code: code}).Positive() != positive {
			t.Errorf("%q positive is not %v", code, positive)
		}
	}
}
