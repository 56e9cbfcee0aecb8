package session

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/hl7"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// limitCase is one use of a number of the library outside the gates: what a
// decision says under a library. "refused RULE" names the rule that binds,
// "taken" nothing, and "marked RULE …" the deviations of what was done.
type limitCase struct {
	name  string
	rules []string // the rows of the library that it tests
	want  string
	ask   func(library.Session) string
}

// answer is what a decision says, in the words of a limitCase.
func answer(l *log, c Command, env Env) string {
	d, r := Decide(l.state, c, env)
	if r != nil {
		return "refused " + r.Rule
	}
	var rules []string
	for _, dev := range deviationsOf(d.Events) {
		if strings.HasPrefix(dev.Rule, "LIM-") || dev.Rule == RuleCompany {
			rules = append(rules, dev.Rule)
		}
	}
	if len(rules) == 0 {
		return "taken"
	}
	return "marked " + strings.Join(rules, " ")
}

func deviationsOf(events []Event) []Deviation {
	var out []Deviation
	for _, e := range events {
		switch e := e.(type) {
		case RateChanged:
			out = append(out, e.Deviations...)
		case PumpRead:
			out = append(out, e.Deviations...)
		case DrugGiven:
			out = append(out, e.Deviations...)
		case Stopped:
			out = append(out, e.Deviations...)
		case Observed:
			out = append(out, e.Findings...)
		default:
			// the others carry none here
		}
	}
	return out
}

func limitCases() []limitCase {
	return slices.Concat(attachCases(), weightCases(), planCases(), doneCases(), watchCases())
}

// attachCases: an order at a limit is taken and one step beyond refused.
func attachCases() []limitCase {
	attach := func(name, rule, want string, change func(*drug.Order)) limitCase {
		return limitCase{"an order " + name, []string{rule}, want, func(rules library.Session) string {
			o := order()
			o.Steps = []drug.Step{{Rate: unit.MgPerKgH("0.1"), Minutes: 10}}
			change(&o)
			env := envAt(at(-40)).by(byPrescriber())
			env.Rules = rules
			return answer(until(PhaseArrived), AttachOrder{Order: o}, env)
		}}
	}
	return []limitCase{
		attach("of 1 mg/kg/h", "LIM-RATE", "taken", func(o *drug.Order) { o.Maxima.Rate = unit.MgPerKgH("1") }),
		attach("of more", "LIM-RATE", "refused LIM-RATE", func(o *drug.Order) { o.Maxima.Rate = unit.MgPerKgH("1.0001") }),
		attach("of 40 mg/h", "LIM-MASS-RATE", "taken", func(o *drug.Order) { o.Maxima.MassRate = unit.MgPerH("40") }),
		attach("of more mg/h", "LIM-MASS-RATE", "refused LIM-MASS-RATE", func(o *drug.Order) { o.Maxima.MassRate = unit.MgPerH("40.0001") }),
		attach("of 200 mg, 2 mg/kg", "LIM-TOTAL", "taken", func(o *drug.Order) { o.Maxima.Total, o.Maxima.Dose = unit.Mg("200"), unit.MgPerKg("2") }),
		attach("of more mg", "LIM-TOTAL", "refused LIM-TOTAL", func(o *drug.Order) { o.Maxima.Total = unit.Mg("200.0001") }),
		attach("of more mg/kg", "LIM-TOTAL", "refused LIM-TOTAL", func(o *drug.Order) { o.Maxima.Dose = unit.MgPerKg("2.0001") }),
		attach("of 6 h", "LIM-DURATION", "taken", func(o *drug.Order) { o.Maxima.Minutes = 360 }),
		attach("of a minute more", "LIM-DURATION", "refused LIM-DURATION", func(o *drug.Order) { o.Maxima.Minutes = 361 }),
		attach("for 100 kg", "WT-CAP", "taken", func(o *drug.Order) { o.DosingWeight = unit.Kg("100") }),
		attach("for more", "WT-CAP", "refused WT-CAP", func(o *drug.Order) { o.DosingWeight = unit.Kg("100.0001") }),
		attach("of 2 mg/mL", "SW-ORDER-DRUG", "taken", func(o *drug.Order) { o.Concentration = unit.MgPerML("2") }),
		attach("of 1.5 mg/mL", "SW-ORDER-DRUG", "refused SW-ORDER-DRUG", func(o *drug.Order) { o.Concentration = unit.MgPerML("1.5") }),
	}
}

// generous is a visit that runs under an order from before the library was
// drawn tighter: its own maxima lie far off.
func generous(steps ...drug.Step) *log {
	l := until(PhaseInfusing)
	o := order()
	o.Maxima = drug.Maxima{Rate: unit.MgPerKgH("5"), MassRate: unit.MgPerH("400"), Total: unit.Mg("2000"), Dose: unit.MgPerKg("20"), Minutes: 1200}
	o.Steps = append(o.Steps, steps...)
	return l.add(at(1), byPrescriber(), OrderAttached{Order: o})
}

// planCases: a rate that is chosen. Inside an order's steps nothing is asked
// up to the hard limits; on a spoken order a soft limit asks for a reason.
func planCases() []limitCase {
	chosen := func(name, want, rate, read string, minute float64) limitCase {
		return limitCase{"a step " + name, []string{"LIM-RATE", "LIM-MASS-RATE"}, want, func(rules library.Session) string {
			l := generous(drug.Step{Rate: unit.MgPerKgH(rate), Minutes: 10})
			if strings.HasSuffix(name, "/kg/h") { // for somebody light, so that mg/h is no matter
				o := *l.state.Order
				o.DosingWeight = unit.Kg("30")
				l.add(at(1), byNurse(), PrecheckAnswered{Precheck{Weight: &WeightMeasured{Weight: o.DosingWeight}}})
				l.add(at(1), byPrescriber(), OrderAttached{Order: o})
			}
			env := envAt(at(minute))
			env.Rules = rules
			return answer(l, SetRate{Ordered: unit.MgPerKgH(rate), Read: reading(read)}, env)
		}}
	}
	spoken := func(name, want, rate, read string, minute float64, reason bool, rules ...string) limitCase {
		return limitCase{"a spoken " + name, rules, want, func(rules library.Session) string {
			l := generous()
			l.add(at(2), byNurse(), SpokenOrderTaken{Prescriber: prescriber, What: SpokenRate, Rate: ptr(unit.MgPerKgH(rate)), Text: said(1), ReadBack: true})
			cmd := SetRate{Ordered: unit.MgPerKgH(rate), Read: reading(read), Spoken: l.position(0)}
			if reason {
				cmd.Reason = said(2)
			}
			env := envAt(at(minute))
			env.Rules = rules
			return answer(l, cmd, env)
		}}
	}
	longAgo := func(name, want string, given string, minute float64, rule string) limitCase {
		return limitCase{"a raise " + name, []string{rule}, want, func(rules library.Session) string {
			l := generous()
			if given != "" {
				l.add(at(2), byNurse(), DrugGiven{Drug: drug.Ketamine, Ketamine: unit.Mg(given)})
			}
			env := envAt(at(minute))
			env.Rules = rules
			return answer(l, SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}, env)
		}}
	}
	second := 1.0 / 60
	return []limitCase{
		chosen("of 1 mg/kg/h", "taken", "1", "30", 5),
		chosen("of more mg/kg/h", "refused LIM-RATE", "1.0001", "30", 5),
		chosen("of 40 mg/h", "taken", "0.5", "40", 5),
		chosen("of more mg/h", "refused LIM-MASS-RATE", "0.500001", "40", 5),
		spoken("raise by half", "taken", "0.3", "24", 11, false, "LIM-STEP"),
		spoken("raise by more", "refused LIM-STEP", "0.3001", "24", 11, false, "LIM-STEP"),
		spoken("raise by more, with a reason", "marked LIM-STEP", "0.3001", "24", 11, true, "LIM-STEP"),
		spoken("raise ten minutes on", "taken", "0.25", "20", 10, false, "LIM-STEP"),
		spoken("raise sooner", "refused LIM-STEP", "0.25", "20", 10-second, false, "LIM-STEP"),
		spoken("25 mg/h", "marked LIM-STEP", "0.3125", "25", 11, true, "LIM-MASS-RATE-SOFT"),
		spoken("rate of more mg/h", "marked LIM-MASS-RATE-SOFT LIM-STEP", "0.3126", "25", 11, true, "LIM-MASS-RATE-SOFT"),
		{"a spoken rate for somebody light", []string{"LIM-RATE-SOFT"}, "marked LIM-STEP; marked LIM-RATE-SOFT LIM-STEP", func(rules library.Session) string {
			var out []string
			for _, rate := range []string{"0.5", "0.5001"} {
				l := generous()
				o := *l.state.Order
				o.DosingWeight = unit.Kg("40")
				l.add(at(2), byNurse(), PrecheckAnswered{Precheck{Weight: &WeightMeasured{Weight: o.DosingWeight}}})
				l.add(at(2), byPrescriber(), OrderAttached{Order: o})
				l.add(at(2), byNurse(), SpokenOrderTaken{Prescriber: prescriber, What: SpokenRate, Rate: ptr(unit.MgPerKgH(rate)), Text: said(1), ReadBack: true})
				env := envAt(at(11))
				env.Rules = rules
				out = append(out, answer(l, SetRate{Ordered: unit.MgPerKgH(rate), Read: reading("20"), Spoken: l.position(0), Reason: said(2)}, env))
			}
			return strings.Join(out, "; ")
		}},
		longAgo("a second before 6 h", "taken", "", 360-second, "LIM-DURATION"),
		longAgo("at 6 h", "refused LIM-DURATION", "", 360, "LIM-DURATION"),
		longAgo("before 2 mg/kg", "taken", "158.39", 6, "LIM-TOTAL"), // 1.6 mg through the pump by then
		longAgo("at 2 mg/kg", "refused LIM-TOTAL", "158.4", 6, "LIM-TOTAL"),
		vialCase("10 mg/mL", "10", "refused VIAL-DILUTION"),
		vialCase("50 mg/mL", "50", "taken"),
		vialCase("100 mg/mL", "100", "taken"),
		undilutedCase(),
		drugCase(drug.Ketamine, "taken"), drugCase(drug.Esketamine, "refused VIAL-DRUG"), drugCase("", "refused VIAL-DRUG"),
	}
}

func vialCase(name, strength, want string) limitCase {
	return openingCase(name, "VIAL-DILUTION", want, func(v *drug.Vial) { v.Strength = unit.MgPerML(strength) })
}

func drugCase(what, want string) limitCase {
	return openingCase("drug "+strconv.Quote(what), RuleVialDrug, want, func(v *drug.Vial) { v.Drug = what })
}

func openingCase(name, rule, want string, change func(*drug.Vial)) limitCase {
	return limitCase{"a vial of " + name, []string{rule}, want, func(rules library.Session) string {
		l := drugless(&testing.T{})
		env := envAt(at(-30))
		l.say(&testing.T{}, MakeReady{}, env)
		env.Rules = rules
		v := vial()
		change(&v)
		return answer(l, OpenVials{[]drug.Vial{v}}, env)
	}}
}

// undilutedCase asks the check itself: no order for a bag of 100 mg/mL passes
// the gate that is asked before it.
func undilutedCase() limitCase {
	return limitCase{"vials for a bag of 100 mg/mL", []string{"VIAL-DILUTION"}, "refused VIAL-DILUTION; 99.999 mg/mL taken", func(rules library.Session) string {
		o := order()
		o.Concentration = unit.MgPerML("100")
		d := decider{s: State{Order: &o}, env: Env{Rules: rules}}
		out := "taken"
		if r := d.dilutes([]drug.Vial{{Strength: unit.MgPerML("100")}}); r != nil {
			out = "refused " + r.Rule
		}
		if d.dilutes([]drug.Vial{{Strength: unit.MgPerML("99.999")}}) == nil {
			out += "; 99.999 mg/mL taken"
		}
		return out
	}}
}

// doneCases: what was done is taken and marked.
func doneCases() []limitCase {
	read := func(name, want, rate string, weight string, rule string) limitCase {
		return limitCase{"a reading " + name, []string{rule}, want, func(rules library.Session) string {
			l := generous()
			o := *l.state.Order
			o.DosingWeight = unit.Kg(weight)
			l.add(at(2), byPrescriber(), OrderAttached{Order: o})
			env := envAt(at(5))
			env.Rules = rules
			return answer(l, ReadPump{reading(rate)}, env)
		}}
	}
	gave := func(name, want, mg string) limitCase {
		return limitCase{"a bolus " + name, []string{"LIM-BOLUS", "LIM-BOLUS-SOFT"}, want, func(rules library.Session) string {
			env := envAt(at(5))
			env.Rules = rules
			return answer(generous(), GiveDrug{Drug: drug.Ketamine, Amount: mg, Unit: "mg", Route: "IV"}, env)
		}}
	}
	stopped := func(name, want, given string, minute float64, rule string) limitCase {
		return limitCase{"a stop " + name, []string{rule}, want, func(rules library.Session) string {
			l := generous()
			l.add(at(0), byNurse(), RateChanged{Read: reading("0.1"), Authority: NoAuthority}) // next to nothing runs
			if given != "" {
				l.add(at(2), byNurse(), DrugGiven{Drug: drug.Ketamine, Ketamine: unit.Mg(given)})
			}
			env := envAt(at(minute))
			env.Rules = rules
			return answer(l, Stop{Cause: StopPlanned}, env)
		}}
	}
	second := 1.0 / 60
	return []limitCase{
		read("of 40 mg/h", "taken", "40", "80", "LIM-MASS-RATE"),
		read("of more", "marked LIM-MASS-RATE", "40.1", "80", "LIM-MASS-RATE"),
		read("of 1 mg/kg/h", "taken", "30", "30", "LIM-RATE"),
		read("of more for somebody light", "marked LIM-RATE", "30.1", "30", "LIM-RATE"),
		gave("of 0.2 mg/kg", "taken", "16"),
		gave("of more", "marked LIM-BOLUS-SOFT", "16.001"),
		gave("of 0.35 mg/kg", "marked LIM-BOLUS-SOFT", "28"),
		gave("of still more", "marked LIM-BOLUS", "28.001"),
		stopped("at 6 h", "taken", "", 360, "LIM-DURATION"),
		stopped("a second later", "marked LIM-DURATION", "", 360+second, "LIM-DURATION"),
		stopped("at 2 mg/kg", "taken", "159.9", 60, "LIM-TOTAL"), // and 0.1 mg through the pump
		stopped("beyond it", "marked LIM-TOTAL", "159.901", 60, "LIM-TOTAL"),
		{"a total for somebody heavy", []string{"LIM-TOTAL"}, "taken; marked LIM-TOTAL", func(rules library.Session) string {
			var out []string
			for _, mg := range []string{"199.9", "199.901"} {
				l := generous()
				o := *l.state.Order
				o.DosingWeight = unit.Kg("150")
				l.add(at(0), byNurse(), RateChanged{Read: reading("0.1"), Authority: NoAuthority})
				l.add(at(2), byPrescriber(), OrderAttached{Order: o})
				l.add(at(2), byNurse(), DrugGiven{Drug: drug.Ketamine, Ketamine: unit.Mg(mg)})
				env := envAt(at(60))
				env.Rules = rules
				out = append(out, answer(l, Stop{Cause: StopPlanned}, env))
			}
			return strings.Join(out, "; ")
		}},
	}
}

// watchCases: the other numbers, such as how long a call can be taken back.
func watchCases() []limitCase {
	env := func(rules library.Session, now time.Time) Env {
		e := envAt(now)
		e.Rules = rules
		return e
	}
	undo := func(after time.Duration) func(library.Session) string {
		return func(rules library.Session) string {
			l := until(PhaseInfusing)
			l.add(at(5), byNurse(), HelpCalled{})
			return answer(l, UndoHelp{}, env(rules, at(5).Add(after)))
		}
	}
	off := func(minutes int) func(library.Session) string {
		return func(rules library.Session) string {
			return answer(until(PhaseInfusing), TakeOffMonitor{Reason: OffToilet, Companion: said(1), Minutes: minutes}, env(rules, at(5)))
		}
	}
	distress := func(n scale.NRS) func(library.Session) string {
		return func(rules library.Session) string {
			return answer(until(PhaseInfusing), Observe{Observation{Purpose: ForRound, Distress: &n}}, env(rules, at(5)))
		}
	}
	total := func(rate int, shown string) func(library.Session) string { // in an hour
		return func(rules library.Session) string {
			l := until(PhaseInfusing)
			l.add(ten(), byNurse(), RateChanged{Read: reading(fmt.Sprint(rate)), Authority: NoAuthority})
			l.add(at(60), byNurse(), Stopped{Cause: StopPlanned})
			return answer(l, Reconcile{Mass: ptr(unit.Mg(shown))}, env(rules, at(70)))
		}
	}
	cuff := func(after time.Duration) func(library.Session) string {
		return func(rules library.Session) string {
			l := until(PhaseInfusing)
			o := Observation{Purpose: ForRound}
			with(vital.NIBPSys, "128")(&o)
			l.add(ten().Add(after), byNurse(), Observed{o})
			for _, i := range DueItems(l.state, env(rules, ten().Add(after))) {
				if i.What == RoundCuff {
					return i.DueAt.Sub(ten().Add(after)).String()
				}
			}
			return "none"
		}
	}
	ahead := func(by time.Duration) func(library.Session) string {
		return func(rules library.Session) string {
			raw, err := hl7.Outgoing{
				ControlID: "1", Application: "MON", Sent: at(5).Add(by), At: at(5).Add(by),
				Rows: []hl7.OutgoingRow{{Source: "MDC_PULS_OXIM_SAT_O2", Value: "97"}},
			}.Bytes()
			if err != nil {
				return err.Error()
			}
			r := hl7.Parse(raw, hl7.Options{Received: at(5), Ahead: rules.Duration(library.ClockAhead)})
			return fmt.Sprintf("%d taken", len(r.Accepted))
		}
	}
	clock := func(offset time.Duration) func(library.Session) string {
		return func(rules library.Session) string { return fmt.Sprint(ClockOff(rules, offset)) }
	}
	age := func(of func(library.Session) time.Duration) func(library.Session) string {
		return func(rules library.Session) string { return of(rules).String() }
	}
	cuffAge := func(o *drug.Order) func(library.Session) string {
		return age(func(rules library.Session) time.Duration { return CuffLiveFor(rules, o) })
	}
	return []limitCase{
		{"a value that comes all the time is live", []string{"SW-MONITOR"}, "15s", age(LiveFor)},
		{"a cuff reading without an order is live for two rounds of five minutes", []string{"SW-CUFF"}, "10m0s", cuffAge(nil)},
		{"a cuff reading of an order for every 15 min", []string{"SW-CUFF"}, "30m0s", cuffAge(&drug.Order{Watch: drug.Watch{Cuff: 15}})},
		{"a value stamped five seconds ahead", []string{"SW-MONITOR-CLOCK"}, "1 taken", ahead(5 * time.Second)},
		{"a value stamped further ahead", []string{"SW-MONITOR-CLOCK"}, "0 taken", ahead(5*time.Second + time.Millisecond)},
		{"a clock 30 s behind", []string{"SW-MONITOR-CLOCK"}, "false", clock(-30 * time.Second)},
		{"a clock further ahead", []string{"SW-MONITOR-CLOCK"}, "true", clock(30*time.Second + time.Millisecond)},
		{"a call taken back at five seconds", []string{"SW-HELP-UNDO"}, "taken", undo(5 * time.Second)},
		{"a call taken back later", []string{"SW-HELP-UNDO"}, "refused " + RuleHelp, undo(5*time.Second + time.Millisecond)},
		{"off the monitor for 10 min", []string{"SW-OFF-MONITOR"}, "taken", off(10)},
		{"off the monitor for 11 min", []string{"SW-OFF-MONITOR"}, "refused entry", off(11)},
		{"off the monitor for no time", []string{"SW-OFF-MONITOR"}, "refused entry", off(0)},
		{"distress 4", []string{"SW-DISTRESS"}, "taken", distress(4)},
		{"distress 5", []string{"SW-DISTRESS"}, "marked " + RuleCompany, distress(5)},
		{"a total of the pump 5 % off", []string{"SW-RECONCILE"}, "taken", total(100, "105")},
		{"a total of the pump further off", []string{"SW-RECONCILE"}, "refused entry", total(100, "94.999")},
		{"a small total 1 mg off", []string{"SW-RECONCILE"}, "taken", total(10, "9")},
		{"a small total further off", []string{"SW-RECONCILE"}, "refused entry", total(10, "11.001")},
		{"a cuff in the first half hour", []string{"SW-CUFF"}, "5m0s", cuff(30*time.Minute - time.Second)},
		{"a cuff after it", []string{"SW-CUFF"}, "15m0s", cuff(30 * time.Minute)},
		{"a round five minutes after it was due", []string{"SW-ROUND"}, "due", roundAt(20 * time.Minute)},
		{"a round a second later", []string{"SW-ROUND"}, "late", roundAt(20*time.Minute + time.Second)},
		{"signs of twenty minutes and a temperature of four hours", []string{"SW-NEWS2"}, "scored", warned(20, 240)},
		{"signs a moment older", []string{"SW-NEWS2"}, "not scored", warned(20.01, 240)},
		{"a temperature a moment older", []string{"SW-NEWS2"}, "not scored", warned(20, 240.01)},
		{"an order that says nothing of rounds", []string{"SW-ROUND-PERSON"}, "observation 15m0s, presence 15m0s, recovery 15m0s", unwritten(drug.Watch{})},
		{"an order that says it", []string{"SW-ROUND-PERSON"}, "observation 10m0s, presence 20m0s, recovery 30m0s", unwritten(drug.Watch{Observation: 10, Presence: 20, Recovery: 30})},
		{"a value of the minute before a round", []string{"SW-ROUND-DEVICE"}, "kept", keptOf(14 + 0.005/60)},
		{"a value of a minute before a round", []string{"SW-ROUND-DEVICE"}, "not kept", keptOf(14)},
		{"ten minutes before the end", []string{"SW-END"}, "soon", endAt(230 * time.Minute)},
		{"a second more", []string{"SW-END"}, "ahead", endAt(230*time.Minute - time.Second)},
		{"lower rates than 0.2 mg/kg/h", []string{"SW-LOWER"}, "0.05 0.1 0.15", func(rules library.Session) string {
			var out []string
			for _, r := range LowerRates(until(PhaseInfusing).state, env(rules, at(5)), 24) {
				out = append(out, r.Decimal())
			}
			return strings.Join(out, " ")
		}},
		{"a call to who went home", []string{"FOLLOW-UP"}, "24h0m0s", func(rules library.Session) string {
			s := until(PhaseDischarged).state
			due, _ := FollowUpDue(s, env(rules, at(130)))
			return due.Sub(s.DischargedAt).String()
		}},
		{"use-by", []string{"BUD-1"}, "4h0m0s", func(rules library.Session) string {
			l := computing(&testing.T{})
			good := Compute{Mass: unit.Mg("250"), Volume: unit.ML("5")}
			l.say(&testing.T{}, good, env(rules, at(-22)))
			l.say(&testing.T{}, good, env(rules, at(-20)).by(byNurseTwo()))
			return l.state.Prepared.UseBy.Sub(at(-25)).String()
		}},
		{"the pump's word of two minutes before the stop", []string{"SW-PUMP-STOP"}, "answered", saidBefore(120 * time.Second)},
		{"a word a moment older", []string{"SW-PUMP-STOP"}, "open", saidBefore(120*time.Second + time.Millisecond)},
		{"two rates charted apart", []string{"SW-RATES-APART"}, "disagree at 30s", func(rules library.Session) string {
			for _, unseen := range []time.Duration{rules.Duration(library.RatesUnseen), rules.Duration(library.RatesUnseen) + time.Second} {
				l := runningTen(&testing.T{})
				second := at(20).Add(unseen)
				l.offline(&testing.T{}, ReadPump{reading("16")}, byNurse(), 20, 20+unseen.Minutes())
				l.say(&testing.T{}, ReadPump{reading("28")}, envAt(second).by(byOther()).claimed(at(20)))
				if open := len(l.state.Contests()) > 0; open != (unseen > rules.Duration(library.RatesUnseen)) {
					return fmt.Sprintf("recorded %s after: disagree %v", unseen, open)
				}
			}
			return "disagree at " + rules.Duration(library.RatesUnseen).String()
		}},
		{"a pump that shows 2 % more", []string{"PUMP-READ"}, "taken", func(rules library.Session) string {
			return answer(until(PhaseInfusing), SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28.56")}, env(rules, at(5)))
		}},
		{"a pump that shows more", []string{"PUMP-READ"}, "refused " + RuleReadBack, func(rules library.Session) string {
			return answer(until(PhaseInfusing), SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28.57")}, env(rules, at(5)))
		}},
	}
}

// saidBefore is how the alarm on a stop stands that the pump said so long before.
func saidBefore(by time.Duration) func(library.Session) string {
	return func(rules library.Session) string {
		under := func(minute float64) Env { e := envAt(at(minute)); e.Rules = rules; return e }
		l := withPump(&testing.T{})
		l.say(&testing.T{}, Stop{Cause: StopPlanned}, under(30))
		word := halted(WhyByHand)
		word.Pump, word.At = pumpOne, at(30).Add(-by)
		l.say(&testing.T{}, NotePump{word}, under(31).by(byWatch()))
		if AlarmFacts(l.state, under(32)).StopUnconfirmed.IsZero() {
			return "answered"
		}
		return "open"
	}
}

// endAt is how near the end of an infusion of 240 minutes is after a time.
func endAt(after time.Duration) func(library.Session) string {
	return func(rules library.Session) string {
		l := until(PhaseInfusing)
		env := envAt(ten().Add(after))
		env.Rules = rules
		e, _ := EndStatus(l.state, env)
		return string(e.Near)
	}
}

// roundAt is how the first round of an infusion stands after a time.
func roundAt(after time.Duration) func(library.Session) string {
	return func(rules library.Session) string {
		env := envAt(ten().Add(after))
		env.Rules = rules
		for _, i := range DueItems(until(PhaseInfusing).state, env) {
			if i.What == RoundObservation {
				return string(i.State)
			}
		}
		return "none"
	}
}

// unwritten says how often people are due by an order.
func unwritten(w drug.Watch) func(library.Session) string {
	return func(rules library.Session) string {
		var said []string
		for _, p := range []Phase{PhaseInfusing, PhaseRecovering} {
			l := until(p)
			o := order()
			o.Watch = w
			l.state.Order = &o
			env := envAt(at(40))
			env.Rules = rules
			for _, i := range DueItems(l.state, env) {
				if i.What != RoundCuff && i.What != RoundPeak {
					said = append(said, string(i.What)+" "+i.Every.String())
				}
			}
		}
		slices.Sort(said)
		return strings.Join(said, ", ")
	}
}

func limitsTested() map[string]bool {
	out := map[string]bool{}
	for _, c := range limitCases() {
		for _, r := range c.rules {
			out[r] = true
		}
	}
	return out
}

func TestLimits_EveryCase(t *testing.T) {
	t.Parallel()
	for _, c := range limitCases() {
		if got := c.ask(rules()); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestLimits_ARefusalSaysWhat: what was asked, what is allowed, and what it
// rests on, worded no stronger than its marks.
func TestLimits_ARefusalSaysWhat(t *testing.T) {
	t.Parallel()
	o := order()
	o.Maxima.Rate = unit.MgPerKgH("1.2")
	r := until(PhaseArrived).refused(t, AttachOrder{Order: o}, envAt(at(-40)).by(byPrescriber()))
	if r.Rule != "LIM-RATE" || r.Asked != "1.2 mg/kg/h" || r.Allowed != "1 mg/kg/h" || r.Malformed {
		t.Errorf("refused by %s: asked %q, allowed %q", r.Rule, r.Asked, r.Allowed)
	}
	if !strings.Contains(r.Source, "LIM-RATE") || !strings.Contains(r.Source, "Clinic setting") || strings.Contains(r.Source, "says") {
		t.Errorf("rests on %q", r.Source)
	}
}

// TestLimits_WithoutALibrary: nothing planned goes on, everything done is taken.
func TestLimits_WithoutALibrary(t *testing.T) {
	t.Parallel()
	blind := envAt(at(5))
	blind.Rules = library.Session{}
	for _, c := range []Command{AttachOrder{Order: order()}, SetRate{Ordered: unit.MgPerKgH("0.35"), Read: reading("28")}} {
		env := blind
		if _, ok := c.(AttachOrder); ok {
			env = env.by(byPrescriber())
		}
		if got := answer(until(PhaseInfusing), c, env); got != "refused "+RuleOrder {
			t.Errorf("%s without a library: %s", c.Act(), got)
		}
	}
	n := scale.NRS(1)
	for _, c := range []struct {
		did  Command
		want string
	}{
		{ReadPump{reading("500")}, "taken"},
		{SetRate{Read: reading("500"), Found: true}, "taken"},
		{Stop{}, "taken"},
		{Pause{Cause: PauseClinical}, "taken"},
		{GiveDrug{Drug: drug.Ketamine, Amount: "100", Unit: "mg", Route: "IV"}, "marked LIM-BOLUS"},
		{Observe{Observation{Purpose: ForRound, Distress: &n}}, "marked " + RuleCompany},
	} {
		if got := answer(until(PhaseInfusing), c.did, blind); got != c.want {
			t.Errorf("%s without a library: %s, want %s", c.did.Act(), got, c.want)
		}
	}
	if LowerRates(until(PhaseInfusing).state, blind, 24) != nil {
		t.Error("lower rates are offered by a step nobody gave")
	}
	late := blind
	late.Now = at(235)
	if e, ok := EndStatus(until(PhaseInfusing).state, late); !ok || e.Near != EndAhead {
		t.Errorf("what is soon is told by a number nobody gave: %+v", e)
	}
	late.Now = at(241)
	if e, _ := EndStatus(until(PhaseInfusing).state, late); e.Near != EndPast {
		t.Errorf("an end that has passed: %+v", e)
	}
	if DueItems(until(PhaseInfusing).state, blind) != nil {
		t.Error("a round is due by numbers nobody gave")
	}
}
