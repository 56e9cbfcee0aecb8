package hl7

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// said is a pump's word without its time, quantities in words.
type said struct {
	event                      PumpEvent
	state                      PumpState
	why, rate, left, delivered string
}

func saidOf(p Pump) said {
	return said{p.Event, p.State, p.Why, decimalOf(p.Rate), decimalOf(p.Remaining), decimalOf(p.Delivered)}
}

func TestPump_Quirks(t *testing.T) {
	t.Parallel()
	all := quirks(t)
	for name, want := range map[string]said{
		"42-pump-starts":             {PumpStarted, PumpRuns, "", "12", "98.05", "0"},
		"43-pump-between-two-rates":  {"", PumpBetween, "", "0", "60", "38.05"},
		"44-pump-stops-and-alarms":   {"", PumpHalted, "it alarms", "0", "60", "38.05"},
		"45-pump-contradicts-itself": {},
		"46-two-pumps-one-eui64":     {},
		"47-pump-doubtful-rows":      {"", PumpRuns, "", "", "", ""},
		"48-pump-keeps-vein-open":    {PumpStarted, PumpKeepOpen, "", "1", "0", "98.05"},
	} {
		r := Parse(all[name], Options{})
		if got := saidOf(r.Pump); got != want || r.HasPump != (want != said{}) {
			t.Errorf("%s: %v %+v, want %+v; aside %+v", name, r.HasPump, got, want, r.Quarantined)
		}
		if r.Reply.Code != AA || len(r.Accepted) > 0 {
			t.Errorf("%s: replied %+v, vitals %+v", name, r.Reply, r.Accepted)
		}
		if r.HasPump && (r.Pump.Unit != "P6013^^0012210000000000^EUI-64" || !r.Pump.At.Equal(time.Date(2026, 3, 1, 10, 15, 0, 0, time.UTC))) {
			t.Errorf("%s: said by %q at %s", name, r.Pump.Unit, r.Pump.At)
		}
	}
}

// pumpMessage is an event with these rows.
func pumpMessage(rows ...string) []byte {
	m := strings.Replace(string(report()), "ORU^R01", "ORU^R42", 1)
	return []byte(m + strings.Join(rows, "\r") + "\r")
}

const (
	rowInfusing = "OBX|1|CWE|184519^MDC_PUMP_INFUSING_STATUS^MDC|1.1.1.1|^pump-status-infusing||||||R"
	rowHalted   = "OBX|1|CWE|184519^MDC_PUMP_INFUSING_STATUS^MDC|1.1.1.1|^pump-status-not-infusing||||||R"
	rowFlow     = "OBX|2|NM|158014^MDC_FLOW_FLUID_PUMP_CURRENT^MDC|1.1.1.2|12.5|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R"
)

// TestPump_Rows: each row is taken or set aside by itself, with its reason.
func TestPump_Rows(t *testing.T) {
	t.Parallel()
	flow := func(from, to string) string { return strings.Replace(rowFlow, from, to, 1) }
	for _, c := range []struct {
		name  string
		rows  []string
		state PumpState
		rate  string
		aside Cause // of the last row; empty: nothing is set aside
	}{
		{"status and flow", []string{rowInfusing, rowFlow}, PumpRuns, "12.5", ""},
		{"flow alone", []string{rowFlow}, PumpRuns, "12.5", ""},
		{"nothing flows", []string{flow("|12.5|", "|0|")}, PumpHalted, "0", ""},
		{"unit in UCUM", []string{rowInfusing, flow("265266^MDC_DIM_MILLI_L_PER_HR^MDC", "mL/h^mL/h^UCUM")}, PumpRuns, "12.5", ""},
		{"unit of another thing", []string{rowInfusing, flow("265266^MDC_DIM_MILLI_L_PER_HR", "263762^MDC_DIM_MILLI_L")}, PumpRuns, "", CauseUnit},
		{"unit's number and name differ", []string{rowInfusing, flow("265266^", "263762^")}, PumpRuns, "", CauseUnit},
		{"second unit differs", []string{rowInfusing, flow("PER_HR^MDC", "PER_HR^MDC^mL^mL^UCUM")}, PumpRuns, "", CauseUnit},
		{"no unit", []string{rowInfusing, flow("265266^MDC_DIM_MILLI_L_PER_HR^MDC", "")}, PumpRuns, "", CauseUnit},
		{"less than nothing", []string{rowInfusing, flow("|12.5|", "|-1|")}, PumpRuns, "", CauseImplausible},
		{"faster than pumps are", []string{rowInfusing, flow("|12.5|", "|2000.1|")}, PumpRuns, "", CauseImplausible},
		{"as fast as pumps are", []string{rowInfusing, flow("|12.5|", "|2000|")}, PumpRuns, "2000", ""},
		{"no number", []string{rowInfusing, flow("|12.5|", "|fast|")}, PumpRuns, "", CauseNotNumber},
		{"empty", []string{rowInfusing, flow("|12.5|", "||")}, PumpRuns, "", CauseNoResult},
		{"another name", []string{rowInfusing, flow("MDC_FLOW_FLUID_PUMP_CURRENT", "MDC_FLOW_FLUID_PUMP")}, PumpRuns, "", CauseMismatch},
		{"another number", []string{rowInfusing, flow("158014^", "157784^")}, PumpRuns, "", CauseMismatch},
		{"a maker's own code", []string{rowInfusing, flow("^MDC|1.1.1.2", "^99X|1.1.1.2")}, PumpRuns, "", CauseUnknownCode},
		{"what is not read", []string{rowInfusing, flow("158014^MDC_FLOW_FLUID_PUMP_CURRENT", "157784^MDC_FLOW_FLUID_PUMP")}, PumpRuns, "", CauseNotReport},
		{"invalid", []string{rowInfusing, flow("|||||R", "||INV|||R")}, PumpRuns, "", CauseFlag},
		{"questionable", []string{rowInfusing, flow("|||||R", "||QUES|||R")}, PumpRuns, "", CauseFlag},
		{"of a demonstration", []string{rowInfusing, flow("|||||R", "||DEMO|||R")}, PumpRuns, "", CauseSimulated},
		{"no result", []string{rowInfusing, flow("|||||R", "|||||X")}, PumpRuns, "", CauseNoResult},
		{"two rates", []string{rowInfusing, rowFlow, flow("|12.5|", "|13|")}, PumpRuns, "12.5", CauseConflict},
		{"an unknown status", []string{rowFlow, strings.Replace(rowInfusing, "pump-status-infusing", "busy", 1)}, PumpRuns, "12.5", CauseNoResult},
		{"infuses nothing", []string{rowInfusing, flow("|12.5|", "|0|")}, "", "", CauseConflict},
		{"does not infuse 12.5", []string{rowHalted, rowFlow}, "", "", CauseConflict},
		{"a vital sign", []string{rowInfusing, hr70}, PumpRuns, "", CauseNotReport},
	} {
		r := Parse(pumpMessage(c.rows...), Options{})
		got := Cause("")
		if n := len(r.Quarantined); n > 0 {
			got = r.Quarantined[n-1].Cause
		}
		if r.Pump.State != c.state || decimalOf(r.Pump.Rate) != c.rate || got != c.aside || len(r.Accepted) > 0 {
			t.Errorf("%s: %q %q aside %q, want %q %q %q", c.name, r.Pump.State, decimalOf(r.Pump.Rate), got, c.state, c.rate, c.aside)
		}
	}
}

func TestPump_TestDataIsNoPump(t *testing.T) {
	t.Parallel()
	raw := []byte(strings.Replace(string(pumpMessage(rowInfusing, rowFlow)), "|P|2.6", "|T|2.6", 1))
	if r := Parse(raw, Options{}); r.HasPump {
		t.Errorf("taken: %+v", r.Pump)
	}
	if r := Parse(raw, Options{AllowSimulated: true}); !r.HasPump || !r.Pump.Simulated || *r.Pump.Rate != unit.MLPerH("12.5") {
		t.Errorf("in the demonstration: %+v", r.Pump)
	}
}

// TestPump_AheadOfTheClock: what is stamped in the future is no word of now.
func TestPump_AheadOfTheClock(t *testing.T) {
	t.Parallel()
	received := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	r := Parse(pumpMessage(rowInfusing, rowFlow), Options{Received: received, Ahead: 5 * time.Second})
	if r.HasPump || r.Quarantined[0].Cause != CauseAhead {
		t.Errorf("taken: %+v, aside %+v", r.Pump, r.Quarantined)
	}
}

func TestAlert_OfAPump(t *testing.T) {
	t.Parallel()
	raw := quirks(t)["49-pump-alarm-line-blocked"]
	r := Parse(raw, Options{})
	want := Alert{Key: "A77^PUMPGW", Priority: "high", Active: true, Text: "Occlusion", Pump: "P6013^^0012210000000000^EUI-64", Blocked: true}
	if !r.HasAlert || r.Alert != want {
		t.Errorf("%v %+v, want %+v", r.HasAlert, r.Alert, want)
	}
	// The number of one event with the name of another says nothing.
	other := strings.Replace(string(raw), "MDC_EVT_FLUID_LINE_OCCL", "MDC_EVT_FLUID_LINE_AIR", 1)
	if r := Parse([]byte(other), Options{}); !r.HasAlert || r.Alert.Blocked || r.Alert.Pump == "" {
		t.Errorf("number and name differ: %+v", r.Alert)
	}
}

// FuzzPump: whatever a pump sends, what is taken of it is possible and does
// not contradict itself.
func FuzzPump(f *testing.F) {
	for name, raw := range quirks(f) {
		if strings.Contains(name, "pump") {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		check(t, raw, Options{})
		r := Parse(raw, Options{AllowSimulated: true})
		p := r.Pump
		if !r.HasPump {
			return
		}
		if p.At.IsZero() || p.State == "" && p.Event == "" || len(p.Unit) > 130 {
			t.Errorf("a word of nothing: %+v", p)
		}
		if p.Rate != nil && (p.Rate.Less(unit.PumpRate{}) || unit.MLPerH("2000").Less(*p.Rate)) {
			t.Errorf("rate %s", p.Rate)
		}
		if flows := p.Rate != nil && p.Rate.Positive(); flows && (p.State == PumpHalted || p.State == PumpBetween) {
			t.Errorf("%s with %s", p.State, p.Rate)
		}
	})
}
