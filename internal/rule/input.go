package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Type says what kind of value an input has.
type Type string

// The types of input.
const (
	Answer Type = "answer" // yes or no
	Number Type = "number" // in the input's unit
	Choice Type = "choice" // one of the input's choices
)

// Group is what an input belongs to; the groups share a greatest age.
type Group string

// The groups. Inputs of Fixed never grow old.
const (
	Fixed       Group = "fixed"
	History     Group = "history"
	Body        Group = "body"
	Signs       Group = "signs"
	Labs        Group = "labs"
	Tests       Group = "tests"
	Instruments Group = "instruments"
	Pregnancy   Group = "pregnancy"
	Bladder     Group = "bladder"
	Today       Group = "today"
	Plan        Group = "plan"
	Response    Group = "response"
	Medicines   Group = "medicines"
	Infusions   Group = "infusions"
)

// Groups lists the groups that need a greatest age.
func Groups() []Group {
	return []Group{
		History, Body, Signs, Labs, Tests, Instruments, Pregnancy, Bladder, Today, Plan, Response, Medicines, Infusions,
	}
}

// Input is one thing that a rule may ask about a patient.
type Input struct {
	// Name stands in rules: the group's prefix, a dot, the item.
	Name string
	// Text is the input in words.
	Text string
	Type Type
	// Unit is the UCUM unit of a number; "1" for a count, a score or a multiple
	// of the upper limit of normal.
	Unit string
	// Low and High are the plausible range of a number, and Step its
	// resolution, as decimals.
	Low, High, Step string
	// Choices are the values of a choice.
	Choices []string
	Group   Group
	// Lasting marks a condition that is never over: a yes does not grow old,
	// and a later no does not take it back.
	Lasting bool
	// Derived marks what is worked out here and never stated.
	Derived bool
}

func yes(name, text string) Input {
	return Input{Name: name, Text: text, Type: Answer, Group: groupOf(name)}
}

func lasting(name, text string) Input {
	in := yes(name, text)
	in.Lasting = true
	return in
}

func number(name, text, unit, low, high, step string) Input {
	return Input{Name: name, Text: text, Type: Number, Unit: unit, Low: low, High: high, Step: step, Group: groupOf(name)}
}

func choice(name, text string, choices ...string) Input {
	return Input{Name: name, Text: text, Type: Choice, Choices: choices, Group: groupOf(name)}
}

func derived(in Input) Input {
	in.Derived = true
	return in
}

// groupOf reads the group off a name's prefix.
func groupOf(name string) Group {
	prefix, _, _ := strings.Cut(name, ".")
	switch prefix {
	case "patient":
		return Fixed
	case "takes":
		return Medicines
	case "exposure":
		return Infusions
	case "mood", "misuse":
		return Instruments
	}
	return Group(prefix)
}

const one = "1"

// stated is what a snapshot may say, by section.
func stated() []Input {
	return slices.Concat(heart(), mind(), organs(), today(), measured(), planned())
}

func heart() []Input {
	return []Input{
		yes("history.unstable_angina", "unstable angina"),
		yes("history.hypertension_uncontrolled", "uncontrolled hypertension"),
		yes("history.hypertension_severe", "severe hypertension"),
		yes("history.heart_failure_decompensated", "decompensated heart failure"),
		yes("history.recent_infarction_or_stroke", "recent myocardial infarction or stroke"),
		yes("history.arrhythmia_high_risk", "high-risk arrhythmia"),
		yes("history.heart_disease_unstable", "unstable heart disease"),
		lasting("history.ischaemic_heart_disease", "known ischaemic heart disease"),
		yes("history.cardiovascular_risk", "suspected or high cardiovascular risk"),
		yes("history.pressure_hazard", "a condition in which a rise of blood pressure is a serious hazard"),
		lasting("history.aneurysm", "aneurysmal vascular disease"),
		lasting("history.arteriovenous_malformation", "arteriovenous malformation"),
		lasting("history.intracerebral_haemorrhage", "intracerebral haemorrhage at any time"),
	}
}

func mind() []Input {
	return []Input{
		lasting("history.schizophrenia", "schizophrenia"),
		yes("history.psychosis_active", "active psychosis"),
		yes("history.psychosis_uncontrolled", "poorly controlled psychosis"),
		yes("history.mania_active", "active mania"),
		yes("history.delirium", "delirium"),
		yes("history.dementia_agitated", "dementia with agitation"),
		yes("history.suicide_risk_imminent", "imminent suicide risk that needs admission"),
		yes("history.misuse_active", "active substance misuse"),
		yes("history.alcohol_misuse", "alcohol misuse"),
		yes("history.drinks_alcohol", "drinks alcohol"),
		yes("history.craving", "craving for ketamine"),
		yes("history.early_request", "asks for the next infusion early"),
		yes("history.dose_seeking", "asks for more than was ordered"),
		yes("history.other_clinic", "ketamine from another clinic or source"),
		yes("history.seizures_uncontrolled", "uncontrolled seizure disorder"),
		yes("history.intracranial_pressure_raised", "raised intracranial pressure"),
		yes("history.intracranial_mass", "intracranial mass"),
	}
}

func organs() []Input {
	return []Input{
		yes("history.intraocular_pressure_raised", "raised intraocular pressure"),
		yes("history.open_globe", "open globe injury"),
		yes("history.angle_closure_acute", "acute angle closure"),
		yes("history.liver_disease", "liver disease"),
		yes("history.hepatitis_chronic", "chronic hepatitis"),
		choice("history.child_pugh", "Child-Pugh class", "none", "A", "B", "C"),
		lasting("history.ketamine_liver_injury", "liver injury by ketamine at any time"),
		lasting("history.ketamine_cystitis", "ketamine cystitis at any time"),
		lasting("history.ketamine_reaction_serious", "serious adverse reaction to ketamine at any time"),
		lasting("history.ketamine_reaction", "other adverse reaction to ketamine at any time"),
		lasting("history.allergy_ketamine", "hypersensitivity to ketamine or an excipient"),
		yes("history.apnoea_severe_untreated", "severe untreated obstructive sleep apnoea"),
		yes("history.cpap", "CPAP at night"),
		yes("history.home_oxygen", "oxygen at home"),
		lasting("history.difficult_airway", "difficult airway"),
		yes("history.hyperthyroidism_uncontrolled", "uncontrolled hyperthyroidism"),
		lasting("history.porphyria", "porphyria"),
		yes("history.phaeochromocytoma", "phaeochromocytoma"),
		yes("history.grapefruit", "grapefruit juice"),
		yes("pregnancy.pregnant", "pregnant, by the patient's word"),
		yes("pregnancy.possible", "of child-bearing potential"),
		choice("pregnancy.test", "pregnancy test", "negative", "positive"),
		yes("pregnancy.breastfeeding", "breastfeeding"),
	}
}

func today() []Input {
	return []Input{
		yes("today.consents", "confirms consent in words"),
		yes("today.confusion", "new confusion"),
		yes("today.intoxicated", "intoxicated"),
		yes("today.new_oxygen", "new need for oxygen"),
		yes("today.escort", "responsible adult reached by phone"),
		yes("today.will_drive", "means to drive"),
		yes("today.cpap_brought", "CPAP brought along"),
		yes("today.suicide_action", "action on thoughts of ending life recorded"),
		yes("today.jaundice", "yellow skin, dark urine or other symptoms of the liver"),
		yes("today.liver_explained", "raised liver tests explained by something else"),
		yes("today.bladder_explained", "bladder symptoms explained by something else"),
		yes("today.urine_infection", "urinary infection proven"),
		number("today.alcohol_hours", "time since the last alcohol", "h", "0", "87600", "1"),
		number("today.solids_hours", "time since the last food", "h", "0", "720", "0.5"),
		number("today.clear_hours", "time since the last clear fluid", "h", "0", "720", "0.5"),
		yes("bladder.frequency", "new frequency"),
		yes("bladder.urgency", "urgency"),
		yes("bladder.nocturia", "nocturia"),
		yes("bladder.dysuria", "pain on passing water"),
		yes("bladder.haematuria", "blood in the urine"),
		yes("bladder.pelvic_pain", "pelvic pain"),
	}
}

func measured() []Input {
	return []Input{
		number("body.weight", "weight", "kg", "20", "350", "0.1"),
		number("body.height", "height", "cm", "90", "250", "1"),
		number("signs.sbp", "systolic pressure at rest", "mm[Hg]", "40", "300", "1"),
		number("signs.dbp", "diastolic pressure at rest", "mm[Hg]", "20", "200", "1"),
		number("signs.hr", "heart rate at rest", "/min", "20", "250", "1"),
		number("signs.rr", "breathing rate at rest", "/min", "2", "80", "1"),
		number("signs.spo2", "oxygen saturation on air", "%", "40", "100", "1"),
		number("signs.temp", "temperature", "Cel", "30", "43", "0.1"),
		number("signs.sedation", "MOAA/S", one, "0", "5", "1"),
		lab("labs.alt", "ALT"), lab("labs.ast", "AST"), lab("labs.alp", "ALP"), lab("labs.ggt", "GGT"), lab("labs.bilirubin", "bilirubin"),
		choice("tests.ecg", "12-lead ECG", "normal", "abnormal", "ischaemia"),
		choice("tests.urinalysis", "urinalysis", "normal", "blood", "other abnormality"),
		choice("tests.drug_screen", "urine drug screen", "negative", "positive", "not required"),
		choice("tests.pdmp", "prescription monitoring programme", "as expected", "unexpected"),
		choice("tests.cognition", "five-word recall or MoCA", "normal", "impaired"),
		number("instruments.nrs", "pain, 0 to 10", one, "0", "10", "1"),
		number("instruments.peg", "PEG, mean of three items", one, "0", "10", "0.1"),
		number("instruments.phq9_item9", "PHQ-9 item 9", one, "0", "3", "1"),
		choice("instruments.cssrs", "C-SSRS screener", "none", "low", "moderate", "high"),
		number("instruments.dast10", "DAST-10", one, "0", "10", "1"),
		number("instruments.ort", "Opioid Risk Tool", one, "0", "26", "1"),
		number("instruments.icsi", "ICSI", one, "0", "20", "1"),
	}
}

// lab is a laboratory result as a multiple of its laboratory's upper limit of
// normal: units and methods differ, the multiple does not.
func lab(name, text string) Input {
	return number(name, text+", in multiples of its upper limit of normal", one, "0", "1000", "0.1")
}

func planned() []Input {
	return []Input{
		choice("plan.indication", "indication", "crps", "spinal_cord_injury", "mixed_neuropathic", "phantom_limb", "postherpetic_neuralgia",
			"fibromyalgia", "cancer", "ischaemic", "migraine", "low_back", "other"),
		number("plan.infusions", "infusions planned", one, "0", "60", "1"),
		number("plan.hours", "longest infusion planned", "h", "0", "240", "1"),
		yes("plan.exception", "exception for this indication documented"),
		yes("plan.justification", "justification written"),
		yes("plan.second_clinician", "second clinician agrees"),
		yes("plan.endpoint", "therapeutic endpoint set"),
		yes("plan.course_defined", "number and end of the course set"),
		yes("plan.visits", "periodic visits face to face planned"),
		yes("plan.treatment_resistant", "other treatments were tried without enough relief"),
		yes("plan.adjunct", "given beside other treatment"),
		yes("plan.frequent_high_dose", "high dose at frequent intervals planned"),
		yes("plan.further_course", "a further course after an earlier one"),
		yes("plan.reason_without_response", "reason for a further course without response documented"),
		number("response.pain_reduction", "pain reduced after the last course", "%", "-1000", "100", "1"),
		number("response.peg_reduction", "PEG reduced after the last course", "%", "-1000", "100", "1"),
		yes("response.satisfied", "satisfied with the last course"),
		yes("response.after_series", "the last course was serial or inpatient"),
		number("response.relief_days", "time of relief after the last course", "d", "0", "3650", "1"),
	}
}

// worked is what is derived from what was stated.
func worked() []Input {
	inputs := []Input{
		number("patient.age", "age", "a", "0", "125", "1"),
		number("body.bmi", "body mass index", "kg/m2", "5", "200", "0.1"),
		yes("plan.serial", "serial infusions planned (two or more)"),
		yes("mood.suicidal", "thoughts of ending life (PHQ-9 item 9 or C-SSRS)"),
		yes("misuse.screened", "DAST-10 or ORT answered"),
		number("exposure.infusions_before", "infusions so far", one, "0", "2000", "1"),
		number("exposure.infusions_year", "infusions in the last 365 days", one, "0", "2000", "1"),
		number("exposure.series_year", "series in the last 365 days", one, "0", "2000", "1"),
		number("exposure.days_since_last", "time since the last infusion", "d", "0", "40000", "1"),
		number("exposure.last_hours", "length of the last infusion", "h", "0", "240", "1"),
		number("exposure.since_liver_tests", "infusions since the last ALT, AST, ALP and GGT", one, "0", "2000", "1"),
		number("exposure.since_icsi", "infusions since the last ICSI", one, "0", "2000", "1"),
	}
	for i := range inputs {
		inputs[i] = derived(inputs[i])
	}
	return inputs
}

// Inputs lists everything a rule may name: what is stated, what is derived, and
// for each class of medicines whether the patient takes one of it.
func Inputs(classes []Class) []Input {
	out := append(stated(), worked()...)
	for _, c := range classes {
		out = append(out, derived(yes("takes."+c.ID, "takes "+c.Text)))
	}
	return out
}

// Parse reads a stated value of the input.
func (in Input) Parse(text string) (Value, error) {
	v := Value{State: Known, Text: text}
	switch in.Type {
	case Answer:
		if text != "yes" && text != "no" {
			return v, fmt.Errorf("%q is not yes or no", text)
		}
		v.Yes = text == "yes"
	case Choice:
		if !slices.Contains(in.Choices, text) {
			return v, fmt.Errorf("%q is not one of: %s", text, strings.Join(in.Choices, ", "))
		}
	case Number:
		n, err := Decimal(text)
		if err != nil {
			return v, err
		}
		low, high := constant(in.Low), constant(in.High)
		if n < low || n > high {
			return v, fmt.Errorf("%s %s is not possible: %s to %s", text, in.Unit, in.Low, in.High)
		}
		v.Number = n
	}
	return v, nil
}

// constant reads a decimal of our own tables.
func constant(text string) float64 {
	n, err := Decimal(text)
	if err != nil {
		panic("rule: " + err.Error())
	}
	return n
}

// Decimal reads a plain decimal of at most nine digits before the point and
// six after it: no exponent, no sign of plus, no infinity.
func Decimal(text string) (float64, error) {
	whole, part, point := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if !digits(whole, 9) || point && !digits(part, 6) {
		return 0, fmt.Errorf("%q is not a plain number (at most nine digits before the point, six after it)", text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return n, nil
}

func digits(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "0123456789") == ""
}
