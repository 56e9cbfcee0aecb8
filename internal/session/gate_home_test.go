package session

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// homeSignRows: the resting baseline is 128/78, 97 %, unless a row says
// another; pressure within 20 % of it, or inside the plain range.
func homeSignRows() []row {
	sys := func(base, now string, want Outcome, rule string, by []act.Role) row {
		return row{now + " after " + base, "systolic-home", want, rule, from(with(vital.NIBPSys, base), with(vital.NIBPSys, now)), by}
	}
	dia := func(base, now string, want Outcome, rule string, by []act.Role) row {
		return row{now + " after " + base, "diastolic-home", want, rule, from(with(vital.NIBPDia, base), with(vital.NIBPDia, now)), by}
	}
	out := []row{
		sys("128", "153", Clear, "G-3", nil), // 128 × 1.2 = 153.6
		sys("128", "154", Finding, "G-3", nil),
		sys("120", "96", Clear, "G-3", nil), // 120 × 0.8
		sys("120", "95", Finding, "G-3", nil),
		sys("100", "150", Clear, "G-3", nil), // plain, far from the baseline
		sys("100", "151", Finding, "G-3", nil),
		sys("150", "100", Clear, "G-3", nil),
		sys("150", "99", Finding, "G-3", nil),
		sys("140", "159", Clear, "G-3", nil),
		sys("140", "160", Finding, "G-3", nil), // near, and at the ceiling
		sys("159", "160", Finding, "G-3", nil),
		sys("160", "160", Finding, "G-3-HIGH", thePrescriber),
		sys("160", "159", Clear, "G-3", nil),
		dia("60", "95", Clear, "G-3", nil),
		dia("60", "96", Finding, "G-3", nil),
		dia("90", "60", Clear, "G-3", nil),
		dia("90", "59", Finding, "G-3", nil),
		dia("90", "99", Clear, "G-3", nil),
		dia("90", "100", Finding, "G-3", nil),
		dia("99", "100", Finding, "G-3", nil),
		dia("100", "100", Finding, "G-3-HIGH", thePrescriber),
	}
	for check, k := range map[CheckID]vital.Kind{"systolic-home": vital.NIBPSys, "diastolic-home": vital.NIBPDia} {
		outside := map[vital.Kind]string{vital.NIBPSys: "155", vital.NIBPDia: "97"}[k]
		out = append(out,
			row{"plain, no baseline", check, Clear, "G-3", noBaseline(), nil},
			row{"outside, no baseline", check, CouldNotCheck, "G-3", noBaseline(with(k, outside)), nil})
	}
	out = append(out, row{"the arterial line is worse", "systolic-home", Finding, "G-3", home(with(vital.ARTSys, "155")), nil})
	return slices.Concat(out, plainSignRows(), saturationHomeRows())
}

func plainSignRows() []row {
	is := func(k vital.Kind, value string) func(*scene) { return home(with(k, value)) }
	out := []row{
		{"50", "heart-rate-home", Clear, "G-3", is(vital.HR, "50"), nil},
		{"49", "heart-rate-home", Finding, "G-3", is(vital.HR, "49"), nil},
		{"110", "heart-rate-home", Clear, "G-3", is(vital.HR, "110"), nil},
		{"111", "heart-rate-home", Finding, "G-3", is(vital.HR, "111"), nil},
		{"10", "breathing-home", Clear, "G-3", is(vital.RR, "10"), nil},
		{"9", "breathing-home", Finding, "G-3", is(vital.RR, "9"), nil},
		{"24", "breathing-home", Clear, "G-3", is(vital.RR, "24"), nil},
		{"25", "breathing-home", Finding, "G-3", is(vital.RR, "25"), nil},
		{"111 charted since", "heart-rate-home", Finding, "G-3", func(x *scene) {
			o := Observation{Purpose: ForRecovery}
			with(vital.HR, "111")(&o)
			x.add(85, byNurse(), Observed{o})
		}, nil},
	}
	for check, k := range map[CheckID]vital.Kind{
		"systolic-home": vital.NIBPSys, "diastolic-home": vital.NIBPDia, "heart-rate-home": vital.HR,
		"breathing-home": vital.RR, "saturation-home": vital.SpO2,
	} {
		out = append(out, row{"not taken", check, CouldNotCheck, "G-3", is(k, ""), nil})
		out = append(out, row{"measured long before", check, CouldNotCheck, "G-3", home(func(o *Observation) {
			for i := range o.Readings {
				o.Readings[i].At = at(74)
			}
		}), nil})
		out = append(out, staleRows(check)...)
	}
	return out
}

func saturationHomeRows() []row {
	spo2 := func(v string) func(*Observation) { return with(vital.SpO2, v) }
	onOxygen := func(o *Observation) { o.Oxygen = &Oxygen{Device: "mask"} }
	since := func(o Observation) func(*scene) {
		return func(x *scene) { x.add(85, byNurse(), Observed{o}) }
	}
	return []row{
		{"94", "saturation-home", Clear, "G-3", home(spo2("94")), nil},
		{"93", "saturation-home", Finding, "G-3", home(spo2("93")), nil},
		{"93 as before", "saturation-home", Clear, "G-3", from(spo2("93"), spo2("93")), nil},
		{"92 after 93", "saturation-home", Finding, "G-3", from(spo2("93"), spo2("92")), nil},
		{"93, no baseline", "saturation-home", CouldNotCheck, "G-3", noBaseline(spo2("93")), nil},
		{"on oxygen", "saturation-home", Finding, "G-3", home(onOxygen), nil},
		{"air not said", "saturation-home", CouldNotCheck, "G-3", home(func(o *Observation) { o.Oxygen = nil }), nil},
		{"measured on oxygen, air since", "saturation-home", Finding, "G-3", func(x *scene) {
			home(onOxygen)(x)
			since(Observation{Purpose: ForRecovery, Oxygen: &Oxygen{Air: true}})(x)
		}, nil},
		{"measured on air, oxygen since", "saturation-home", Finding, "G-3", since(Observation{Purpose: ForRecovery, Oxygen: &Oxygen{Device: "mask"}}), nil},
		{"air not said, said since", "saturation-home", CouldNotCheck, "G-3", func(x *scene) {
			home(func(o *Observation) { o.Oxygen = nil })(x)
			since(Observation{Purpose: ForRecovery, Oxygen: &Oxygen{Air: true}})(x)
		}, nil},
	}
}
