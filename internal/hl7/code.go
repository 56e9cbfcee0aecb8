package hl7

import (
	"strings"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Code is one row of the table of metrics that may become vitals: a numeric
// of ISO/IEEE 11073-10101 (partition × 65536 + term) with its reference name.
// Both must be sent and must belong to one row. Public code tables are often
// wrong, so a row stands here only where independent sources agree.
type Code struct {
	Number string
	Name   string
	Kind   vital.Kind
	// Means is the metric in words that staff use.
	Means string
	// Alias is another name that a maker is known to send with this number.
	Alias string
	// Note says what is not certain about the row.
	Note string
}

const etco2Note = "published tables disagree on the number of end-tidal CO₂; to be checked against the IEEE registry"

var codes = []Code{
	{Number: "147842", Name: "MDC_ECG_HEART_RATE", Kind: vital.HR, Means: "heart rate from the ECG"},
	{Number: "149530", Name: "MDC_PULS_OXIM_PULS_RATE", Kind: vital.Pulse, Means: "pulse from the oximeter"},
	{Number: "149546", Name: "MDC_PULS_RATE_NON_INV", Kind: vital.Pulse, Means: "pulse from the cuff"},
	{
		Number: "149522", Name: "MDC_BLD_PULS_RATE_INV", Kind: vital.Pulse, Means: "pulse from the arterial line",
		Alias: "MDC_PULS_RATE", Note: "with the alias the maker does not say where the pulse was taken",
	},
	{Number: "150456", Name: "MDC_PULS_OXIM_SAT_O2", Kind: vital.SpO2, Means: "oxygen saturation"},
	{Number: "150021", Name: "MDC_PRESS_BLD_NONINV_SYS", Kind: vital.NIBPSys, Means: "cuff systolic pressure"},
	{Number: "150022", Name: "MDC_PRESS_BLD_NONINV_DIA", Kind: vital.NIBPDia, Means: "cuff diastolic pressure"},
	{Number: "150023", Name: "MDC_PRESS_BLD_NONINV_MEAN", Kind: vital.NIBPMean, Means: "cuff mean pressure"},
	{Number: "150301", Name: "MDC_PRESS_CUFF_SYS", Kind: vital.NIBPSys, Means: "cuff systolic pressure"},
	{Number: "150302", Name: "MDC_PRESS_CUFF_DIA", Kind: vital.NIBPDia, Means: "cuff diastolic pressure"},
	{Number: "150303", Name: "MDC_PRESS_CUFF_MEAN", Kind: vital.NIBPMean, Means: "cuff mean pressure"},
	{Number: "150033", Name: "MDC_PRESS_BLD_ART_SYS", Kind: vital.ARTSys, Means: "arterial-line systolic pressure"},
	{Number: "150034", Name: "MDC_PRESS_BLD_ART_DIA", Kind: vital.ARTDia, Means: "arterial-line diastolic pressure"},
	{Number: "150035", Name: "MDC_PRESS_BLD_ART_MEAN", Kind: vital.ARTMean, Means: "arterial-line mean pressure"},
	{Number: "150037", Name: "MDC_PRESS_BLD_ART_ABP_SYS", Kind: vital.ARTSys, Means: "arterial-line systolic pressure"},
	{Number: "150038", Name: "MDC_PRESS_BLD_ART_ABP_DIA", Kind: vital.ARTDia, Means: "arterial-line diastolic pressure"},
	{Number: "150039", Name: "MDC_PRESS_BLD_ART_ABP_MEAN", Kind: vital.ARTMean, Means: "arterial-line mean pressure"},
	{Number: "151562", Name: "MDC_RESP_RATE", Kind: vital.RR, Means: "breathing rate"},
	{Number: "151578", Name: "MDC_TTHOR_RESP_RATE", Kind: vital.RR, Means: "breathing rate from chest impedance"},
	{Number: "151594", Name: "MDC_CO2_RESP_RATE", Kind: vital.RR, Means: "breathing rate from CO₂"},
	{Number: "151570", Name: "MDC_AWAY_RESP_RATE", Kind: vital.RR, Means: "breathing rate from the airway", Note: "derived from one maker's table"},
	{Number: "151708", Name: "MDC_CONC_AWAY_CO2_ET", Kind: vital.EtCO2, Means: "end-tidal CO₂", Note: etco2Note},
	{Number: "150344", Name: "MDC_TEMP", Kind: vital.Temp, Means: "temperature"},
}

// refused are codes that are known and never charted as vitals, with the
// reason. They are recognised by number or by name: either is enough to
// refuse.
var refused = []struct{ number, name, why string }{
	{"188736", "MDC_MASS_BODY_ACTUAL", "body weight is never taken from a monitor: it is measured and entered by staff"},
	{"68063", "MDC_ATTR_PT_WEIGHT", "body weight is never taken from a monitor: it is measured and entered by staff"},
	{"188740", "MDC_LEN_BODY_ACTUAL", "body height is never taken from a monitor: it is measured and entered by staff"},
	{"150020", "MDC_PRESS_BLD_NONINV", "this is the group of cuff pressures, not one of them"},
	{"151712", "MDC_CONC_AWAY_CO2_EXP", "this is expired, not end-tidal, CO₂"},
	{"151716", "MDC_CONC_AWAY_CO2_INSP", "this is inspired, not end-tidal, CO₂"},
	{"151728", "MDC_AWAY_CO2_ET", "this code for end-tidal CO₂ is not confirmed: " + etco2Note},
}

// Codes returns the table of metrics that may become vitals.
func Codes() []Code { return append([]Code(nil), codes...) }

func (c Code) named(name string) bool { return name == c.Name || c.Alias != "" && name == c.Alias }

func codeByNumber(number string) (Code, bool) {
	for _, c := range codes {
		if c.Number == number {
			return c, true
		}
	}
	return Code{}, false
}

func codeByName(name string) (Code, bool) {
	for _, c := range codes {
		if name != "" && c.named(name) {
			return c, true
		}
	}
	return Code{}, false
}

// kindOf is the kind that OBX-3 speaks of, by number or else by name; empty
// where neither is known. It is a hint for people on a row that was refused.
func kindOf(id Field) vital.Kind {
	c, ok := codeByNumber(id.Comp(1).Text())
	if !ok {
		c, _ = codeByName(id.Comp(2).Text())
	}
	return c.Kind
}

// codeOf finds the row that OBX-3 names, number and name alike.
func codeOf(id Field) (Code, error) {
	number, name, system := id.Comp(1).Text(), id.Comp(2).Text(), id.Comp(3).Text()
	if number == "" {
		return Code{}, refuse(CauseNoCode, "the monitor sent no code for this value")
	}
	if system != "" && system != "MDC" {
		return Code{}, refuse(CauseUnknownCode, "%s; only codes of the monitor standard (MDC) are used", codeSystem(system))
	}
	byNumber, numberKnown := codeByNumber(number)
	byName, nameKnown := codeByName(name)
	switch {
	case numberKnown && byNumber.named(name):
		return byNumber, alternateAgrees(id, byNumber)
	case numberKnown && name == "":
		return Code{}, refuse(CauseMismatch, "code %s (%s) came without its name; both must agree", number, byNumber.Means)
	case numberKnown && nameKnown:
		return Code{}, refuse(CauseMismatch, "code and name disagree: %s means %s, but the name means %s", number, byNumber.Means, byName.Means)
	case numberKnown:
		return Code{}, refuse(CauseMismatch, "code and name disagree: %s means %s, but the name is another", number, byNumber.Means)
	case nameKnown:
		return Code{}, refuse(CauseMismatch, "code and name disagree: the name means %s, whose code is %s", byName.Means, byName.Number)
	}
	return Code{}, unreadable(number, name)
}

// unreadable says why a metric outside the table is not used.
func unreadable(number, name string) error {
	for _, r := range refused {
		if number == r.number || name == r.name {
			return refuse(CauseNotVital, "%s", r.why)
		}
	}
	return refuse(CauseUnknownCode, "this measurement is not one that Stillwatch reads")
}

// alternateAgrees checks a second coding in OBX-3.4 to 3.6: one of the same
// system that means something else makes the row ambiguous.
func alternateAgrees(id Field, c Code) error {
	if id.Comp(6).Text() != "MDC" {
		return nil
	}
	if other, ok := codeByNumber(id.Comp(4).Text()); ok && other.Kind == c.Kind && other.named(id.Comp(5).Text()) {
		return nil
	}
	return refuse(CauseMismatch, "the monitor sent two codes that do not mean the same")
}

func codeSystem(system string) string {
	switch {
	case system == "LN":
		return "coded in LOINC"
	case strings.HasPrefix(system, "99"):
		return "a private code of the monitor's maker (" + clip(system, 20) + ")"
	}
	return "coded in " + clip(system, 20)
}
