package session

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// timed is a set at a minute after ten.
type timed struct {
	minute float64
	Observation
}

// rested replaces the resting sets.
func rested(sets ...timed) func(*scene) {
	return func(x *scene) {
		x.s.Observations = nil
		for _, s := range sets {
			x.add(s.minute, byNurse(), Observed{s.Observation})
		}
	}
}

// last leaves the first set as it is and changes the second.
func last(changes ...func(*Observation)) func(*scene) {
	return rested(timed{-40, set(ForBaseline)}, timed{-35, set(ForBaseline, changes...)})
}

// first changes the first set and leaves the second.
func first(changes ...func(*Observation)) func(*scene) {
	return rested(timed{-40, set(ForBaseline, changes...)}, timed{-35, set(ForBaseline)})
}

// soft and hard say who may accept; note is noted and clear.
func signRow(check CheckID, k vital.Kind, value string, want Outcome, rule string, by []act.Role) row {
	return row{k.Text(mustParse(k, value)) + " last", check, want, rule, last(with(k, value)), by}
}

func mustParse(k vital.Kind, text string) vital.Value {
	x, err := k.Parse(text)
	if err != nil {
		panic(err)
	}
	return x
}

func baselineRows() []row {
	out := []row{
		signRow("systolic", vital.NIBPSys, "181", Finding, "CI-BPNOW", nil),
		signRow("systolic", vital.NIBPSys, "180", Finding, "CI-BPSOFT", thePrescriber),
		signRow("systolic", vital.NIBPSys, "160", Finding, "CI-BPSOFT", thePrescriber),
		signRow("systolic", vital.NIBPSys, "159", Clear, "CI-BPSOFT", nil), // noted: repeat at rest
		signRow("systolic", vital.NIBPSys, "141", Clear, "CI-BPSOFT", nil),
		signRow("systolic", vital.NIBPSys, "140", Clear, "CI-BPNOW", nil),
		signRow("systolic", vital.NIBPSys, "90", Clear, "CI-BPNOW", nil),
		signRow("systolic", vital.NIBPSys, "89", Finding, "CI-BPNOW", nil),
		signRow("diastolic", vital.NIBPDia, "110", Finding, "CI-TODAY", nil),
		signRow("diastolic", vital.NIBPDia, "109", Finding, "CI-TODAY-SOFT", thePrescriber),
		signRow("diastolic", vital.NIBPDia, "100", Finding, "CI-TODAY-SOFT", thePrescriber),
		signRow("diastolic", vital.NIBPDia, "99", Clear, "CI-BPSOFT", nil),
		signRow("diastolic", vital.NIBPDia, "91", Clear, "CI-BPSOFT", nil),
		signRow("diastolic", vital.NIBPDia, "90", Clear, "CI-TODAY", nil),
		signRow("heart-rate", vital.HR, "151", Finding, "CI-BPNOW", nil),
		signRow("heart-rate", vital.HR, "150", Clear, "CI-BPNOW", nil),
		signRow("heart-rate", vital.HR, "50", Clear, "CI-BPNOW", nil),
		signRow("heart-rate", vital.HR, "49", Finding, "CI-BPNOW", nil),
		signRow("breathing", vital.RR, "31", Finding, "CI-BPNOW", nil),
		signRow("breathing", vital.RR, "30", Clear, "CI-BPNOW", nil),
		signRow("breathing", vital.RR, "10", Clear, "CI-BPNOW", nil),
		signRow("breathing", vital.RR, "9", Finding, "CI-BPNOW", nil),
		signRow("saturation", vital.SpO2, "94", Clear, "CI-TODAY", nil),
		signRow("saturation", vital.SpO2, "93", Finding, "CI-TODAY-SOFT", thePrescriber),
		signRow("saturation", vital.SpO2, "92", Finding, "CI-TODAY-SOFT", thePrescriber),
		signRow("saturation", vital.SpO2, "91", Finding, "CI-TODAY", nil),
		signRow("temperature", vital.Temp, "38.5", Finding, "CI-TODAY", nil),
		signRow("temperature", vital.Temp, "38.4", Clear, "CI-TODAY", nil),
	}
	return slices.Concat(out, signMissingRows(), setRows(), againRows(), mindRows())
}

// measuredAt says that the heart rate was measured at an instant.
func measuredAt(t time.Time) func(*Observation) {
	return func(o *Observation) {
		for i := range o.Readings {
			if o.Readings[i].Kind == vital.HR {
				o.Readings[i].At = t
			}
		}
	}
}

// signMissingRows: a sign that was not taken, or not in a way to rely on.
func signMissingRows() []row {
	var out []row
	for check, k := range map[CheckID]vital.Kind{
		"systolic": vital.NIBPSys, "diastolic": vital.NIBPDia, "heart-rate": vital.HR, "breathing": vital.RR, "saturation": vital.SpO2,
	} {
		amended := func(change func(*vital.Reading)) func(*Observation) {
			return func(o *Observation) {
				for i := range o.Readings {
					if o.Readings[i].Kind == k {
						change(&o.Readings[i])
					}
				}
			}
		}
		measured := func(before time.Duration) func(*Observation) {
			return amended(func(r *vital.Reading) { r.At = at(-35).Add(-before) })
		}
		out = append(out,
			row{"missing in the last", check, CouldNotCheck, "", last(with(k, "")), nil},
			row{"missing in the first", check, CouldNotCheck, "", first(with(k, "")), nil},
			row{"doubtful", check, CouldNotCheck, "", last(amended(func(r *vital.Reading) { r.Quality = vital.Questionable })), nil},
			row{"nobody looked", check, CouldNotCheck, "", last(amended(func(r *vital.Reading) { r.Origin = vital.FromDevice })), nil},
			row{"confirmed", check, Clear, "", last(amended(func(r *vital.Reading) { r.Origin = vital.DeviceConfirmed })), nil},
			row{"measured five minutes before", check, Clear, "", last(measured(5 * time.Minute)), nil},
			row{"measured longer before", check, CouldNotCheck, "", last(measured(5*time.Minute + time.Second)), nil},
			row{"no sets", check, CouldNotCheck, "", rested(), nil})
	}
	return append(out, row{"not taken", "temperature", CouldNotCheck, "CI-TODAY", rested(timed{-40, set(ForBaseline, with(vital.Temp, ""))}, timed{-35, set(ForBaseline, with(vital.Temp, ""))}), nil})
}

// setRows: two whole sets of today, five minutes apart; what is beyond a hard
// limit is taken twice more after fifteen minutes of rest.
func setRows() []row {
	good := func(minute float64) timed { return timed{minute, set(ForBaseline)} }
	high := func(minute float64) timed { return timed{minute, set(ForBaseline, with(vital.NIBPSys, "181"))} }
	hot := func(minute float64) timed { return timed{minute, set(ForBaseline, with(vital.Temp, "38.5"))} }
	second := 1.0 / 60
	return []row{
		{"five minutes apart", "baseline", Clear, "SW-BASELINE", nil, nil},
		{"a second less", "baseline", CouldNotCheck, "SW-BASELINE", rested(good(-40), good(-35-second)), nil},
		{"one between", "baseline", Clear, "SW-BASELINE", rested(good(-40), good(-37), good(-35)), nil},
		{"none", "baseline", CouldNotCheck, "SW-BASELINE", rested(), nil},
		{"one", "baseline", CouldNotCheck, "SW-BASELINE", rested(good(-35)), nil},
		{"one not whole", "baseline", CouldNotCheck, "SW-BASELINE", first(with(vital.RR, "")), nil},
		{"one struck", "baseline", CouldNotCheck, "SW-BASELINE", func(x *scene) {
			rested(good(-40), good(-35))(x)
			x.s.Observations[0].Struck = true
		}, nil},
		{"rounds are no baseline", "baseline", CouldNotCheck, "SW-BASELINE", rested(good(-40), timed{-35, set(ForRound)}), nil},
		{"a value of five minutes before", "baseline", Clear, "SW-BASELINE", last(measuredAt(at(-40))), nil},
		{"a value of longer before", "baseline", CouldNotCheck, "SW-BASELINE", last(measuredAt(at(-40 - second))), nil},
		{"both of yesterday", "baseline", CouldNotCheck, "SW-BASELINE", rested(good(-1440), good(-1435)), nil},
		{"one of yesterday", "baseline", CouldNotCheck, "SW-BASELINE", rested(good(-1440), good(-35)), nil},
		{"no zone", "baseline", CouldNotCheck, "SW-BASELINE", func(x *scene) { x.env.Zone = nil }, nil},

		{"high, rested, twice within", "systolic", Clear, "CI-BPNOW", rested(high(-60), good(-45), good(-40)), nil},
		{"high, not rested long enough", "systolic", Finding, "CI-BPNOW", rested(high(-60), good(-45-second), good(-40)), nil},
		{"high, once within", "systolic", Finding, "CI-BPNOW", rested(good(-60), high(-55), good(-40)), nil},
		{"high again", "systolic", Finding, "CI-BPNOW", rested(high(-60), good(-45), high(-40)), nil},
		{"arterial line high", "systolic", Finding, "CI-BPNOW", last(with(vital.ARTSys, "181")), nil},
		{"pulse low", "heart-rate", Finding, "CI-BPNOW", last(with(vital.Pulse, "49")), nil},
		{"hot, rested, twice within", "temperature", Clear, "CI-TODAY", rested(hot(-60), good(-45), good(-40)), nil},
		{"hot, once within", "temperature", Finding, "CI-TODAY", rested(hot(-60), good(-40)), nil},
		{"on oxygen", "saturation", Finding, "CI-TODAY", last(func(o *Observation) { o.Oxygen = &Oxygen{Device: "mask"} }), nil},
		{"on oxygen at first", "saturation", Finding, "CI-TODAY", first(func(o *Observation) { o.Oxygen = &Oxygen{Device: "mask"} }), nil},
		{"on what is not said", "saturation", CouldNotCheck, "CI-TODAY", last(func(o *Observation) { o.Oxygen = nil }), nil},
	}
}

// againRows: a set made after the two, of some signs only, such as the pressure
// measured once more while the bag is prepared. It speaks of what it names.
func againRows() []row {
	again := func(changes ...func(*Observation)) func(*scene) {
		o := Observation{Purpose: ForBaseline}
		for _, change := range changes {
			change(&o)
		}
		return rested(timed{-40, set(ForBaseline)}, timed{-35, set(ForBaseline)}, timed{-33, o})
	}
	doubtful := func(o *Observation) { o.Readings[0].Quality = vital.Questionable }
	out := []row{
		{"the pressure alone, high", "systolic", Finding, "CI-BPNOW", again(with(vital.NIBPSys, "181")), nil},
		{"doubtful again", "saturation", CouldNotCheck, "CI-TODAY", again(func(o *Observation) { o.Oxygen = &Oxygen{Air: true} }, with(vital.SpO2, "88"), doubtful), nil},
		{"on what is not said again", "saturation", CouldNotCheck, "CI-TODAY", again(with(vital.SpO2, "97")), nil},
		{"on oxygen since", "saturation", Finding, "CI-TODAY", again(func(o *Observation) { o.Oxygen = &Oxygen{Device: "mask"} }), nil},
		{"drowsy since", "alert", Finding, "CI-TODAY", again(func(o *Observation) { o.Sedation, o.Oriented = ptr(scale.Sedation(4)), ptr(true) }), nil},
		{"confused since", "alert", Finding, "CI-TODAY", again(func(o *Observation) { o.Oriented = ptr(false) }), nil},
		{"half asked since", "alert", CouldNotCheck, "CI-TODAY", again(func(o *Observation) { o.Sedation = ptr(scale.Sedation(5)) }), nil},
	}
	for check, rule := range map[CheckID]string{
		"baseline": "SW-BASELINE", "systolic": "CI-BPNOW", "diastolic": "CI-TODAY", "heart-rate": "CI-BPNOW", "breathing": "CI-BPNOW",
		"saturation": "CI-TODAY", "alert": "CI-TODAY",
	} {
		out = append(out, row{"only the temperature again", check, Clear, rule, again(with(vital.Temp, "36.8")), nil})
	}
	return out
}

// mindRows: awake, oriented, and asked about side effects and pain.
func mindRows() []row {
	both := func(change func(*Observation)) func(*scene) {
		return rested(timed{-40, set(ForBaseline, change)}, timed{-35, set(ForBaseline, change)})
	}
	return []row{
		{"MOAA/S 5", "alert", Clear, "CI-TODAY", nil, nil},
		{"MOAA/S 4", "alert", Finding, "CI-TODAY", last(func(o *Observation) { o.Sedation = ptr(scale.Sedation(4)) }), nil},
		{"confused", "alert", Finding, "CI-TODAY", last(func(o *Observation) { o.Oriented = ptr(false) }), nil},
		{"sedation not asked", "alert", CouldNotCheck, "CI-TODAY", last(func(o *Observation) { o.Sedation = nil }), nil},
		{"orientation not asked", "alert", CouldNotCheck, "CI-TODAY", last(func(o *Observation) { o.Oriented = nil }), nil},
		{"no sets", "alert", CouldNotCheck, "CI-TODAY", rested(), nil},
		{"asked once", "side-effects-before", Clear, "SW-BASELINE-SE12", last(func(o *Observation) { o.SE12 = nil }), nil},
		{"not asked", "side-effects-before", CouldNotCheck, "SW-BASELINE-SE12", both(func(o *Observation) { o.SE12 = nil }), nil},
		{"asked yesterday", "side-effects-before", CouldNotCheck, "SW-BASELINE-SE12", rested(
			timed{-1440, set(ForBaseline)}, timed{-35, set(ForBaseline, func(o *Observation) { o.SE12 = nil })}), nil},
		{"asked once", "pain-before", Clear, "SW-BASELINE-SE12", last(func(o *Observation) { o.Pain = nil }), nil},
		{"not asked", "pain-before", CouldNotCheck, "SW-BASELINE-SE12", both(func(o *Observation) { o.Pain = nil }), nil},
	}
}
