package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const pcd01 = "MSH|^~\\&|MON^0011223344556677^EUI-64|WARD|STILLWATCH|CLINIC|20260301101500||ORU^R01^ORU_R01|C42|P|2.6\r" +
	"PID|||P0001^^^CLINIC^MR||DOE^JANE\r" +
	"PV1||O|INF^CHAIR^3\r" +
	"OBR|1|S1|F1^MON^0011223344556677^EUI-64|182777000^monitoring of patient^SCT|||20260301101500\r" +
	"OBX|1|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.150456|97|262688^MDC_DIM_PERCENT^MDC|||||R|||20260301101500.250+0100\r" +
	"OBX|2|NM|150344^MDC_TEMP^MDC|1.5.1.150344|98.6|268160^MDC_DIM_FAHR^MDC|||||R|||20260301101500\r" +
	"OBX|3|NM|150021^MDC_PRESS_BLD_ART_SYS^MDC|1.2.1.150021|121|266016^MDC_DIM_MMHG^MDC|||||R\r"

func messageFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "message.hl7")
	if err := os.WriteFile(path, []byte(pcd01), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestHL7Parse_JSON holds the printed form: its keys, values as decimal text,
// times that keep the offset sent, the zone where none was.
func TestHL7Parse_JSON(t *testing.T) {
	t.Parallel()
	for zone, at := range map[string]string{"": "2026-03-01T10:15:00Z", "Europe/Zurich": "2026-03-01T10:15:00+01:00"} {
		args := []string{"hl7", "parse", messageFile(t), "--json"}
		if zone != "" {
			args = append(args, "--zone", zone)
		}
		status, out, errOut := say(t, args...)
		if status != 0 {
			t.Fatalf("status %d: %s", status, errOut)
		}
		var got map[string]any
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		reason := got["quarantined"].([]any)[0].(map[string]any)["reason"]
		want := map[string]any{
			"control_id": "C42", "patient": "P0001", "location": got["location"], "device": "0011223344556677",
			"accepted": []any{
				map[string]any{"kind": "spo2", "value": "97", "unit": "%", "site": "1.3.1.150456", "at": "2026-03-01T10:15:00.25+01:00", "source": "MDC_PULS_OXIM_SAT_O2"},
				map[string]any{"kind": "temp", "value": "37.0", "unit": "Cel", "site": "1.5.1.150344", "at": at, "source": "MDC_TEMP"},
			},
			"quarantined": []any{map[string]any{"code": "150021", "name": "MDC_PRESS_BLD_ART_SYS", "value": "121", "reason": reason}},
			"ack":         map[string]any{"code": "AA", "text": ""},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("zone %q (-want +got):\n%s", zone, d)
		}
		if text, _ := reason.(string); !strings.Contains(text, "MDC_PRESS_BLD_NONINV_SYS") && !strings.Contains(text, "name") {
			t.Errorf("the mismatch of code and name is explained as %q", text)
		}
		if location, _ := got["location"].(string); !strings.Contains(location, "CHAIR") {
			t.Errorf("location is %q", location)
		}
	}
}

func TestHL7Parse_Refuses(t *testing.T) {
	t.Parallel()
	if status, _, e := say(t, "hl7", "parse", messageFile(t), "--zone", "Middle/Earth"); status != 2 || !strings.Contains(e, "IANA") {
		t.Errorf("an unknown zone: %d, %q", status, e)
	}
	if status, _, e := say(t, "hl7", "parse", filepath.Join(t.TempDir(), "none.hl7")); status != 2 || !strings.Contains(e, "read message") {
		t.Errorf("no file: %d, %q", status, e)
	}
	large := filepath.Join(t.TempDir(), "large.hl7")
	if err := os.WriteFile(large, make([]byte, maxMessage+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, e := say(t, "hl7", "parse", large); status != 2 || !strings.Contains(e, "larger than") {
		t.Errorf("too large a file: %d, %q", status, e)
	}
}
