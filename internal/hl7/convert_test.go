package hl7

import (
	"errors"
	"math/big"
	"testing"

	"github.com/stillwatch/stillwatch/internal/vital"
)

func rat(t *testing.T, s string) *big.Rat {
	t.Helper()
	x, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is no number", s)
	}
	return x
}

// TestMeasure_RoundsOnce covers the fixed conversions and the halves, where
// binary floating point would go either way.
func TestMeasure_RoundsOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind  vital.Kind
		scale scale
		in    string
		want  string
	}{
		{vital.NIBPSys, kPa, "16", "120"},   // 120.00992
		{vital.NIBPSys, kPa, "17.1", "128"}, // 128.260602
		{vital.EtCO2, kPa, "4.8", "36"},     // 36.002976
		{vital.EtCO2, kPa, "5.0", "38"},     // 37.5031
		{vital.Temp, fahrenheit, "98.6", "37.0"},
		{vital.Temp, fahrenheit, "100.4", "38.0"},
		{vital.Temp, fahrenheit, "97.97", "36.7"}, // 36.65 exactly: up
		{vital.Temp, celsius, "36.65", "36.7"},
		{vital.Temp, celsius, "36.649999", "36.6"},
		{vital.HR, beats, "78", "78"},
		{vital.HR, perMinute, "78.5", "79"},
		{vital.RR, breaths, "14.0", "14"},
		{vital.SpO2, percent, "97.4", "97"},
	}
	for _, tt := range tests {
		v, text, err := measure(tt.kind, tt.scale, rat(t, tt.in))
		if err != nil || text != tt.want || tt.kind.Text(v) != tt.want {
			t.Errorf("%s %s %s = %q (%v), %v; want %q", tt.kind, tt.in, tt.scale, text, v, err, tt.want)
		}
	}
}

func TestMeasure_RefusesTheImplausible(t *testing.T) {
	t.Parallel()
	for _, f := range vital.Fields() {
		own := scalesOf(f.Kind)
		if len(own) == 0 {
			t.Errorf("%s has no unit", f.Kind)
			continue
		}
		for _, x := range []vital.Value{f.Low, f.High} {
			if _, _, err := measure(f.Kind, own[0], rat(t, f.Kind.Text(x))); err != nil {
				t.Errorf("%s %v: %v, want the bound itself taken", f.Kind, x, err)
			}
		}
		for _, x := range []string{f.Kind.Text(f.High) + "1", "-" + f.Kind.Text(f.High)} {
			if _, _, err := measure(f.Kind, own[0], rat(t, x)); err == nil {
				t.Errorf("%s %s is taken", f.Kind, x)
			}
		}
	}
	_, _, err := measure(vital.SpO2, percent, rat(t, "100.04"))
	if want := "100.04 % is not plausible in a living adult (20 to 100)"; err == nil || err.Error() != want {
		t.Errorf("reason %v, want %q", err, want)
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	good := map[string]string{"78": "78", "+78": "78", "078": "78", "78.": "78", ".5": "1/2", "36.80": "184/5", " 78 ": "78", "-5": "-5"}
	for in, want := range good {
		x, err := number("NM", Field{raw: in, sep: usual})
		if err != nil || x.Cmp(rat(t, want)) != 0 {
			t.Errorf("number(%q) = %v, %v; want %s", in, x, err, want)
		}
	}
	bad := map[string]Cause{
		"": CauseNoResult, `""`: CauseNoResult,
		"Other": CauseNotNumber, "7e1": CauseNotNumber, "0x4E": CauseNotNumber, "78,5": CauseNotNumber, "NaN": CauseNotNumber,
		"Inf": CauseNotNumber, "-": CauseNotNumber, ".": CauseNotNumber, "+-7": CauseNotNumber, "--7": CauseNotNumber, "7 8": CauseNotNumber,
		"1/2": CauseNotNumber, "7_8": CauseNotNumber, "1.2.3": CauseNotNumber, "78~79": CauseNotNumber, "78^79": CauseNotNumber,
		"12345678901234567": CauseNotNumber, "٧٨": CauseNotNumber,
		"0": CauseSentinel, "0.0": CauseSentinel, "-0": CauseSentinel, "-1": CauseSentinel, "-1.0": CauseSentinel, "-100": CauseSentinel,
		"-10000": CauseSentinel, "8388607": CauseSentinel, "8388607.000": CauseSentinel,
	}
	for in, want := range bad {
		_, err := number("NM", Field{raw: in, sep: usual})
		var r *refusal
		if !errors.As(err, &r) || r.cause != want {
			t.Errorf("number(%q): %v, want cause %s", in, err, want)
		}
	}
	for _, typ := range []string{"", "ST", "SN", "CWE", "nm", "NA"} {
		if _, err := number(typ, Field{raw: "78", sep: usual}); err == nil {
			t.Errorf("type %q is taken for a number", typ)
		}
	}
}

func TestUnitOf(t *testing.T) {
	t.Parallel()
	good := []struct {
		unit string
		kind vital.Kind
		want scale
	}{
		{"264864^MDC_DIM_BEAT_PER_MIN^MDC", vital.HR, beats},
		{"264864^^MDC", vital.HR, beats},
		{"^MDC_DIM_BEAT_PER_MIN", vital.HR, beats},
		{"^MDC_DIM_BEAT_PER_MIN^MDC", vital.Pulse, beats},
		{"264864^MDC_DIM_BEAT_PER_MIN", vital.HR, beats},
		{"MDC_DIM_BEAT_PER_MIN", vital.HR, beats},
		{"264928^MDC_DIM_RESP_PER_MIN^MDC", vital.RR, breaths},
		{"{beat}/min^{beat}/min^UCUM", vital.HR, beats},
		{"{breaths}/min^breaths per minute^UCUM", vital.RR, breaths},
		{"/min^/min^UCUM", vital.RR, perMinute},
		{"/min", vital.HR, perMinute},
		{"bpm", vital.HR, perMinute},
		{"BPM", vital.Pulse, perMinute},
		{"mm[Hg]^mmHg^UCUM", vital.NIBPSys, mmHg},
		{"mmHg", vital.ARTMean, mmHg},
		{"mmhg^mmHg", vital.ARTMean, mmHg},
		{"266016^MDC_DIM_MMHG^MDC^mm[Hg]^mm[Hg]^UCUM", vital.NIBPDia, mmHg},
		{"264864^MDC_DIM_BEAT_PER_MIN^MDC^/min^/min^UCUM", vital.HR, beats},
		{"265987^MDC_DIM_KILO_PASCAL^MDC", vital.EtCO2, kPa},
		{"kPa", vital.NIBPMean, kPa},
		{"%", vital.SpO2, percent},
		{"262688^MDC_DIM_PERCENT^MDC", vital.SpO2, percent},
		{"268192^MDC_DIM_DEGC^MDC", vital.Temp, celsius},
		{"Cel", vital.Temp, celsius},
		{"°C", vital.Temp, celsius},
		{"268160^MDC_DIM_FAHR^MDC", vital.Temp, fahrenheit},
		{"266560^MDC_DIM_FAHR^MDC", vital.Temp, fahrenheit},
		{"[degF]^°F^UCUM", vital.Temp, fahrenheit},
	}
	for _, tt := range good {
		if got, err := unitOf(Field{tt.unit, usual}, tt.kind); err != nil || got != tt.want {
			t.Errorf("%s in %q: %q, %v; want %q", tt.kind, tt.unit, got, err, tt.want)
		}
	}
	bad := map[string]vital.Kind{
		"":                                     vital.HR,
		"x":                                    vital.HR,
		"264928^MDC_DIM_RESP_PER_MIN^MDC":      vital.HR, // breaths are no heart rate
		"264864^MDC_DIM_BEAT_PER_MIN^MDC":      vital.RR,
		"266016^MDC_DIM_KILO_PASCAL^MDC":       vital.NIBPSys,
		"266016^mmHg^MDC":                      vital.NIBPSys,
		"^mmHg^MDC":                            vital.NIBPSys,
		"mm[Hg]^kPa^UCUM":                      vital.NIBPSys,
		"MM[HG]^^UCUM":                         vital.NIBPSys,
		"mmHg^kPa":                             vital.NIBPSys,
		"mmHg^mmHg^99MON":                      vital.NIBPSys,
		"266016^MDC_DIM_MMHG^MDC^kPa^kPa^UCUM": vital.NIBPSys,
		"cm[H2O]^cm[H2O]^UCUM":                 vital.NIBPSys,
		"%^%^UCUM":                             vital.EtCO2,
		"1^1^UCUM":                             vital.SpO2,
		"C":                                    vital.Temp,
		"F":                                    vital.Temp,
		"268192^MDC_DIM_FAHR^MDC":              vital.Temp,
		"K":                                    vital.Temp,
		"mmHg~kPa":                             vital.Temp,
		"264864^MDC_DIM_BEAT_PER_MIN^MDC^%^%^UCUM": vital.HR,
	}
	for unit, kind := range bad {
		if got, err := unitOf(Field{unit, usual}, kind); err == nil {
			t.Errorf("%s in %q is taken as %q", kind, unit, got)
		}
	}
}

// TestCodes_EveryRowIsReadAlone checks each row of the table with both names,
// and that the number alone, the name alone and a neighbour's name are not
// enough.
func TestCodes_EveryRowIsReadAlone(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i, c := range Codes() {
		if seen[c.Number] || seen[c.Name] || !c.Kind.Valid() || c.Means == "" {
			t.Errorf("row %d is doubled or not whole: %+v", i, c)
		}
		seen[c.Number], seen[c.Name] = true, true
		other := Codes()[(i+1)%len(codes)]
		for id, ok := range map[string]bool{
			c.Number + "^" + c.Name + "^MDC":                                     true,
			c.Number + "^" + c.Name:                                              true,
			c.Number + "^" + c.Name + "^99X":                                     false,
			c.Number + "^" + c.Name + "^LN":                                      false,
			c.Number + "^^MDC":                                                   false,
			"^" + c.Name + "^MDC":                                                false,
			c.Number + "^" + other.Name + "^MDC":                                 false,
			other.Number + "^" + c.Name + "^MDC":                                 false,
			c.Number + "^" + c.Name + "X^MDC":                                    false,
			c.Number + "^" + c.Name + "^MDC^" + c.Number + "^" + c.Name + "^MDC": true,
			c.Number + "^" + c.Name + "^MDC^8867-4^Heart rate^LN":                true,
			c.Number + "^" + c.Name + "^MDC^147842^MDC_LEN_BODY_ACTUAL^MDC":      false,
		} {
			if got, err := codeOf(Field{id, usual}); (err == nil) != ok || ok && got.Number != c.Number {
				t.Errorf("%q: row %q, %v; want accepted %v", id, got.Number, err, ok)
			}
		}
	}
}
