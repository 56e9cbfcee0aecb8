package hl7

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// alertMessage is a PCD-04 message: its facets, one OBX each.
func alertMessage(processing string, facets ...string) []byte {
	m := "MSH|^~\\&|MON^0011223344556677^EUI-64|X|STILLWATCH|C|20260301101500+0000||ORU^R40^ORU_R40|Q1|" + processing + "|2.6\rPID|||4711\rPV1||O|INF^CHAIR^3\r" +
		"OBR|1|A1^MON|A1^MON|196616^MDC_EVT_ALARM^MDC|||20260301101500+0000\r"
	return []byte(m + strings.Join(facets, "\r") + "\r")
}

const (
	alertLow      = "OBX|1|CWE|196670^MDC_EVT_LO^MDC|1.2.1.0.1|150456^MDC_PULS_OXIM_SAT_O2^MDC||90-100|L~PH~SP|||F"
	alertLowPlain = "OBX|1|CWE|196670^MDC_EVT_LO^MDC|1.2.1.0.1|150456^MDC_PULS_OXIM_SAT_O2^MDC||90-100||||F"
	alertHigh     = "OBX|1|CWE|196648^MDC_EVT_HI^MDC|1.2.1.0.1|147842^MDC_ECG_HEART_RATE^MDC|||H~PM~SP|||F"
	alertMixedUp  = "OBX|1|CWE|196670^MDC_EVT_LO^MDC|1.2.1.0.1|150456^MDC_ECG_HEART_RATE^MDC||90-100|L~PH~SP|||F"
	alertEnded    = "OBX|2|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.2.1.0.2|end||||||F"
	alertEndedToo = "OBX|2|ST|68165^MDC_ATTR_EVENT_PHASE^MDC|1.2.1.0.2|end||||||F"
	alertGoing    = "OBX|2|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.2.1.0.2|continue||||||F"
	alertInactive = "OBX|3|ST|68482^MDC_ATTR_ALARM_STATE^MDC|1.2.1.0.3|inactive||||||F"
	alertText     = "OBX|4|ST|68546^MDC_ATTR_ALARM_TEXT^MDC|1.2.1.0.4|APNOEA||||||F"
	alertPrioHigh = "OBX|5|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.2.1.0.5|PH||||||F"
	alertPrioLow  = "OBX|5|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.2.1.0.5|PL||||||F"
	alertDemo     = "OBX|6|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.2.1.0.6|86|262688^MDC_DIM_PERCENT^MDC||DEMO|||R"
)

func TestAlert(t *testing.T) {
	t.Parallel()
	opt := Options{Zone: time.UTC, Received: time.Date(2026, 3, 1, 10, 15, 1, 0, time.UTC)}
	for _, c := range []struct {
		name string
		msg  []byte
		want Alert // the zero one: it is only kept
	}{
		{"low, priority packed in OBX-8", alertMessage("P", alertLow), Alert{"A1^MON", vital.SpO2, false, "high", true, "oxygen saturation low, its limits 90-100", false, "", false}},
		{"high, without limits", alertMessage("P", alertHigh, alertGoing), Alert{"A1^MON", vital.HR, true, "medium", true, "heart rate from the ECG high", false, "", false}},
		{"priority in a facet of its own", alertMessage("P", alertLowPlain, alertPrioLow), Alert{"A1^MON", vital.SpO2, false, "low", true, "oxygen saturation low, its limits 90-100", false, "", false}},
		{"ended", alertMessage("P", alertLow, alertEnded), Alert{"A1^MON", vital.SpO2, false, "high", false, "oxygen saturation low, its limits 90-100", false, "", false}},
		{"ended, as one maker says it", alertMessage("P", alertLow, alertEndedToo), Alert{"A1^MON", vital.SpO2, false, "high", false, "oxygen saturation low, its limits 90-100", false, "", false}},
		{"inactive", alertMessage("P", alertLow, alertInactive), Alert{"A1^MON", vital.SpO2, false, "high", false, "oxygen saturation low, its limits 90-100", false, "", false}},
		{"only a text", alertMessage("P", alertText, alertPrioHigh), Alert{"A1^MON", "", false, "high", true, "APNOEA", false, "", false}},
		{"code and name of two metrics", alertMessage("P", alertMixedUp), Alert{"A1^MON", "", false, "high", true, "", false, "", false}},
		{"no priority", alertMessage("P", alertLowPlain), Alert{}},
		{"no alert", alertMessage("P"), Alert{}},
		{"simulated by MSH-11", alertMessage("T", alertLow), Alert{}},
		{"simulated by OBX-8", alertMessage("P", alertLow, alertDemo), Alert{}},
		{"of another event", []byte(strings.Replace(string(alertMessage("P", alertLow)), "196616^MDC_EVT_ALARM", "196614^MDC_EVT_ACTIVE", 1)), Alert{}},
		{"without an identifier", []byte(strings.Replace(string(alertMessage("P", alertLow)), "|A1^MON|A1^MON|", "|A1^MON||", 1)), Alert{}},
	} {
		r := Parse(c.msg, opt)
		if r.Alert != c.want && r.HasAlert || r.HasAlert != (c.want != Alert{}) {
			t.Errorf("%s: %v %+v, want %+v", c.name, r.HasAlert, r.Alert, c.want)
		}
		if len(r.Accepted) > 0 || r.Reply.Code != AA {
			t.Errorf("%s: %d values taken, answered %s", c.name, len(r.Accepted), r.Reply.Code)
		}
	}
	opt.AllowSimulated = true
	if r := Parse(alertMessage("T", alertLow), opt); !r.HasAlert || !r.Alert.Simulated {
		t.Errorf("in a demonstration: %+v", r.Alert)
	}
}
