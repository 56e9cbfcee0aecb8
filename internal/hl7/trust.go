package hl7

import (
	"github.com/stillwatch/stillwatch/internal/vital"
)

// trusted is what flags and status leave of a value.
type trusted struct {
	quality vital.Quality
	// simulated is the mark of TEST or DEMO data; empty for a patient's.
	simulated string
}

// blocking flags of OBX-8: the value is not one, or not the patient's.
var blocking = map[string]string{
	"INV":  "the monitor marks it invalid (INV)",
	"NAV":  "the monitor has no measurement (NAV)",
	"CAL":  "the monitor was calibrating (CAL)",
	"BUSY": "the monitor was still measuring (BUSY)",
	"OFF":  "the sensor or the measurement was off (OFF)",
	"NI":   "the monitor gives no information on this value (NI)",
	">":    "above the range that the monitor can measure (>)",
	"<":    "below the range that the monitor can measure (<)",
}

// harmless flags: limits, alarm state and priority on the monitor, which say
// nothing against the number.
var harmless = map[string]bool{
	"": true, "N": true, "L": true, "H": true, "LL": true, "HH": true, "A": true, "AA": true,
	"VAL": true, "ALACT": true, "ALINH": true,
	"PN": true, "PL": true, "PM": true, "PH": true, "SP": true, "ST": true, "SA": true,
}

// trust reads OBX-8, OBX-11 and the message's processing id. An unknown flag
// refuses: it may be one maker's word for "invalid".
func trust(flags []string, status, processing string) (trusted, error) {
	t := trusted{quality: vital.Good}
	for _, f := range flags {
		if why, ok := blocking[f]; ok {
			return t, refuse(CauseFlag, "%s", why)
		}
		switch {
		case f == "TEST" || f == "DEMO":
			t.simulated = f
		case f == "QUES" || f == "EARLY":
			t.quality = vital.Questionable
		case !harmless[f]:
			return t, refuse(CauseUnknownFlag, "the monitor set a flag that Stillwatch does not know (%s)", clip(f, 16))
		}
	}
	switch processing {
	case "P", "":
	case "T", "D":
		t.simulated = "MSH-11 " + processing
	default:
		return t, refuse(CauseUnknownFlag, "the message is marked %s, neither production nor training", quote(processing, 8))
	}
	return t, statusAllows(status)
}

// statusAllows reads OBX-11: R (entered, not verified) and F (final) carry a
// value; some monitors send none.
func statusAllows(status string) error {
	switch status {
	case "R", "F", "":
		return nil
	case "X":
		return refuse(CauseNoResult, "the monitor reports that there is no result (status X)")
	}
	return refuse(CauseNoResult, "result status %s is not one that carries a measurement", quote(status, 8))
}
