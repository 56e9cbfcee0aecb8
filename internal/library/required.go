package library

// Key names one number that the program reads, with the unit it must stand
// in. A file without it, or with another unit, does not load: a threshold is
// never missing while a gate is being decided.
type Key struct{ Rule, Name, Unit string }

// The numbers of the gates.
var (
	Identifiers = Key{"SW-IDENTITY", "identifiers", "1"}

	OverriddenShare  = Key{"SW-ORDER-OFTEN", "share", "%"}
	OverriddenWindow = Key{"SW-ORDER-OFTEN", "window", "d"}

	FirstConcentration  = Key{"SW-ORDER-DRUG", "concentration_first", "mg/mL"}
	SecondConcentration = Key{"SW-ORDER-DRUG", "concentration_second", "mg/mL"}

	MostRate         = Key{"LIM-RATE", "most", "mg/kg/h"}
	SoftRate         = Key{"LIM-RATE-SOFT", "most", "mg/kg/h"}
	MostMassRate     = Key{"LIM-MASS-RATE", "most", "mg/h"}
	SoftMassRate     = Key{"LIM-MASS-RATE-SOFT", "most", "mg/h"}
	MostBolus        = Key{"LIM-BOLUS", "most", "mg/kg"}
	LeastBolusTime   = Key{"LIM-BOLUS", "over", "s"}
	SoftBolus        = Key{"LIM-BOLUS-SOFT", "most", "mg/kg"}
	MostDose         = Key{"LIM-TOTAL", "dose", "mg/kg"}
	MostMass         = Key{"LIM-TOTAL", "mass", "mg"}
	SoftDose         = Key{"LIM-TOTAL-SOFT", "dose", "mg/kg"}
	SoftMass         = Key{"LIM-TOTAL-SOFT", "mass", "mg"}
	MostDuration     = Key{"LIM-DURATION", "most", "h"}
	SoftDuration     = Key{"LIM-DURATION-SOFT", "most", "h"}
	StepRaise        = Key{"LIM-STEP", "raise", "%"}
	StepApart        = Key{"LIM-STEP", "apart", "min"}
	OftenIn7         = Key{"LIM-OFTEN", "days_7", "1"}
	OftenIn28        = Key{"LIM-OFTEN", "days_28", "1"}
	OftenIn90        = Key{"LIM-OFTEN", "days_90", "1"}
	OftenIn365       = Key{"LIM-OFTEN", "days_365", "1"}
	MostDosingWeight = Key{"WT-CAP", "most", "kg"}
	NotDiluted       = Key{"VIAL-DILUTION", "undiluted", "mg/mL"}
	MustDilute       = Key{"VIAL-DILUTION", "diluted", "mg/mL"}

	FastSolids   = Key{"CI-NPO", "solids", "h"}
	FastClear    = Key{"CI-NPO", "clear_fluids", "h"}
	AlcoholFree  = Key{"DDI-3-ALCOHOL", "free_of", "h"}
	WeightFactor = Key{"WT-UNIT", "factor", "1"}
	WeightChange = Key{"WT-DRIFT", "change", "%"}

	WeightOldest = Key{"WT-AGE", "oldest", "d"}
	BodyLow      = Key{"WT-BODY", "low", "kg/m2"}
	BodyHigh     = Key{"WT-BODY", "high", "kg/m2"}
	AdjustFrom   = Key{"WT-ADJUST", "from", "kg/m2"}
	AdjustShare  = Key{"WT-ADJUST", "share", "1"}
	IdealMale    = Key{"WT-ADJUST", "ideal_male", "kg"}
	IdealFemale  = Key{"WT-ADJUST", "ideal_female", "kg"}
	IdealPerInch = Key{"WT-ADJUST", "per_inch", "kg"}
	IdealInches  = Key{"WT-ADJUST", "inches", "1"}

	BaselineSets  = Key{"SW-BASELINE", "sets", "1"}
	BaselineApart = Key{"SW-BASELINE", "apart", "min"}
	ReadingAge    = Key{"SW-BASELINE", "reading_age", "min"}

	TodaySBPLow    = Key{"CI-BPNOW", "sbp_low", mmHg}
	TodaySBPHigh   = Key{"CI-BPNOW", "sbp_high", mmHg}
	TodayHRLow     = Key{"CI-BPNOW", "hr_low", perMin}
	TodayHRHigh    = Key{"CI-BPNOW", "hr_high", perMin}
	TodayRRLow     = Key{"CI-BPNOW", "rr_low", perMin}
	TodayRRHigh    = Key{"CI-BPNOW", "rr_high", perMin}
	RecheckRest    = Key{"CI-BPNOW", "rest", "min"}
	Rechecks       = Key{"CI-BPNOW", "rechecks", "1"}
	TodayDBPHigh   = Key{"CI-TODAY", "dbp_high", mmHg}
	TodaySpO2Low   = Key{"CI-TODAY", "spo2_low", "%"}
	TodaySedation  = Key{"CI-TODAY", "sedation_least", "1"}
	TodayTemp      = Key{"CI-TODAY", "temp_high", "Cel"}
	SoftDBPHigh    = Key{"CI-TODAY-SOFT", "dbp_high", mmHg}
	SoftSpO2Low    = Key{"CI-TODAY-SOFT", "spo2_low", "%"}
	NoteSBP        = Key{"CI-BPSOFT", "note_sbp", mmHg}
	NoteDBP        = Key{"CI-BPSOFT", "note_dbp", mmHg}
	SoftSBP        = Key{"CI-BPSOFT", "soft_sbp", mmHg}
	SoftDBP        = Key{"CI-BPSOFT", "soft_dbp", mmHg}
	NurseRunning   = Key{"P-12-RATIO", "running", "1"}
	NurseTitration = Key{"P-12-RATIO", "titration", "1"}

	UseBy          = Key{"BUD-1", "use_by", "h"}
	PumpMismatch   = Key{"PUMP-READ", "mismatch", "%"}
	RatesUnseen    = Key{"SW-RATES-APART", "unseen", "s"}
	StopSaid       = Key{"SW-PUMP-STOP", "before", "s"}
	MonitorOffline = Key{"SW-MONITOR", "offline", "s"}
	MonitorStale   = Key{"SW-MONITOR", "stale", "s"}
	MonitorLive    = Key{"SW-MONITOR", "live", "s"}
	ClockAhead     = Key{"SW-MONITOR-CLOCK", "ahead", "s"}
	ClockOff       = Key{"SW-MONITOR-CLOCK", "off", "s"}
	HearingProof   = Key{"SW-HEARD", "proof", "s"}
	PauseLongest   = Key{"SW-PAUSE", "longest", "min"}
	QuickCuff      = Key{"SW-CUFF", "quick", "min"}
	CuffEvery      = Key{"SW-CUFF", "every", "min"}
	CuffStale      = Key{"SW-CUFF", "stale", "1"}
	RoundGrace     = Key{"SW-ROUND", "grace", "min"}
	RoundInfusing  = Key{"SW-ROUND-PERSON", "infusing", "min"}
	RoundRecovery  = Key{"SW-ROUND-PERSON", "recovery", "min"}
	RoundPresence  = Key{"SW-ROUND-PERSON", "presence", "min"}
	RoundAge       = Key{"SW-ROUND-DEVICE", "age", "s"}
	WarningAge     = Key{"SW-NEWS2", "age", "min"}
	WarningTempAge = Key{"SW-NEWS2", "temperature_age", "min"}
	FollowUpWithin = Key{"FOLLOW-UP", "within", "h"}
	EndSoon        = Key{"SW-END", "soon", "min"}
	LowerBy        = Key{"SW-LOWER", "by", "mg/kg/h"}
	OffMost        = Key{"SW-OFF-MONITOR", "longest", "min"}
	TotalApart     = Key{"SW-RECONCILE", "apart", "%"}
	TotalApartMass = Key{"SW-RECONCILE", "apart_mass", "mg"}
	UndoHelp       = Key{"SW-HELP-UNDO", "within", "s"}
	Distressed     = Key{"SW-DISTRESS", "company", "1"}

	MPADSSLeast      = Key{"G-1", "mpadss_least", "1"}
	AldreteLeast     = Key{"G-1-ALDRETE", "aldrete_least", "1"}
	HomeSedation     = Key{"G-2", "sedation_least", "1"}
	HomeEffect       = Key{"G-2", "effect_high", "1"}
	HomeDissociation = Key{"G-2", "dissociation_rise", "1"}
	HomeBPChange     = Key{"G-3", "bp_change", "%"}
	HomeSBPLow       = Key{"G-3", "sbp_low", mmHg}
	HomeSBPHigh      = Key{"G-3", "sbp_high", mmHg}
	HomeDBPLow       = Key{"G-3", "dbp_low", mmHg}
	HomeDBPHigh      = Key{"G-3", "dbp_high", mmHg}
	HomeHRLow        = Key{"G-3", "hr_low", perMin}
	HomeHRHigh       = Key{"G-3", "hr_high", perMin}
	HomeRRLow        = Key{"G-3", "rr_low", perMin}
	HomeRRHigh       = Key{"G-3", "rr_high", perMin}
	HomeSpO2Least    = Key{"G-3", "spo2_least", "%"}
	HomeSBPCeiling   = Key{"G-3-HIGH", "sbp_ceiling", mmHg}
	HomeDBPCeiling   = Key{"G-3-HIGH", "dbp_ceiling", mmHg}
	LowDose          = Key{"G-4", "low_dose", "mg/kg"}
	WaitLowDose      = Key{"G-4", "after_low_dose", "min"}
	WaitMore         = Key{"G-4", "after_more", "min"}
	WaitSedative     = Key{"G-5", "after_sedative", "min"}
)

const (
	mmHg   = "mm[Hg]"
	perMin = "/min"
)

// Keys lists every number a session library must have.
func Keys() []Key {
	return []Key{
		Identifiers, OverriddenShare, OverriddenWindow, FirstConcentration, SecondConcentration,
		MostRate, SoftRate, MostMassRate, SoftMassRate, MostBolus, LeastBolusTime, SoftBolus, MostDose, MostMass, SoftDose, SoftMass,
		MostDuration, SoftDuration, StepRaise, StepApart, OftenIn7, OftenIn28, OftenIn90, OftenIn365, MostDosingWeight, NotDiluted, MustDilute,
		FastSolids, FastClear, AlcoholFree, WeightFactor, WeightChange,
		WeightOldest, BodyLow, BodyHigh, AdjustFrom, AdjustShare, IdealMale, IdealFemale, IdealPerInch, IdealInches,
		BaselineSets, BaselineApart, ReadingAge,
		TodaySBPLow, TodaySBPHigh, TodayHRLow, TodayHRHigh, TodayRRLow, TodayRRHigh, RecheckRest, Rechecks,
		TodayDBPHigh, TodaySpO2Low, TodaySedation, TodayTemp, SoftDBPHigh, SoftSpO2Low,
		NoteSBP, NoteDBP, SoftSBP, SoftDBP, NurseRunning, NurseTitration,
		UseBy, PumpMismatch, RatesUnseen, StopSaid, MonitorOffline, MonitorStale, MonitorLive, ClockAhead, ClockOff, HearingProof, PauseLongest, QuickCuff, CuffEvery, CuffStale, RoundGrace, RoundInfusing, RoundRecovery, RoundPresence, RoundAge, WarningAge, WarningTempAge, FollowUpWithin, EndSoon, LowerBy, OffMost, UndoHelp, Distressed,
		TotalApart, TotalApartMass,
		MPADSSLeast, AldreteLeast, HomeSedation, HomeEffect, HomeDissociation,
		HomeBPChange, HomeSBPLow, HomeSBPHigh, HomeDBPLow, HomeDBPHigh, HomeHRLow, HomeHRHigh,
		HomeRRLow, HomeRRHigh, HomeSpO2Least, HomeSBPCeiling, HomeDBPCeiling,
		LowDose, WaitLowDose, WaitMore, WaitSedative,
	}
}

// OftenKey is how many infusions are given in so many days at most.
type OftenKey struct {
	Key
	Days int
}

// OftenKeys lists them, the shortest window first.
func OftenKeys() []OftenKey {
	return []OftenKey{{OftenIn7, 7}, {OftenIn28, 28}, {OftenIn90, 90}, {OftenIn365, 365}}
}

// stopsOf lists every rule the gates name, with what its finding must do. A
// file that turns a hard stop into a soft one is another version of the
// program's safety case, not a setting.
func stopsOf() map[string]Stop {
	return map[string]Stop{
		"SW-IDENTITY": Hard, "SW-ALLERGIES": Hard, "CI-ALLERGY": Hard, "SW-CONSENT": Hard,
		"CI-PRIORAE-CONSENT": Hard, "SW-SCREENING": Hard,
		"SW-ORDER": Hard, "SW-ORDER-PATIENT": Hard, "SW-ORDER-VALID": Hard, "SW-ORDER-DRUG": Hard, "SW-ORDER-LIBRARY": Hard, "SW-ORDER-REVIEW": Hard, "SW-ORDER-EXCEPTION": Hard, "SW-ORDER-OFTEN": Note, "SW-PREMED": Soft,
		"LIM-RATE": Hard, "LIM-RATE-SOFT": Soft, "LIM-MASS-RATE": Hard, "LIM-MASS-RATE-SOFT": Soft,
		"LIM-BOLUS": Hard, "LIM-BOLUS-SOFT": Soft, "LIM-TOTAL": Hard, "LIM-TOTAL-SOFT": Soft,
		"LIM-DURATION": Hard, "LIM-DURATION-SOFT": Soft, "LIM-STEP": Soft, "LIM-OFTEN": Soft, "WT-CAP": Hard, "VIAL-DILUTION": Hard, "VIAL-DRUG": Hard,
		"CI-NPO": Soft, "FAST-GLP1": Soft, "SW-GLUCOSE": Hard, "CI-OSA-CPAP": Soft, "CI-ESCORT": Hard, "CI-PREG": Hard,
		"WT-TODAY": Hard, "WT-UNIT": Hard, "WT-DRIFT": Soft, "WT-AGE": Soft, "WT-BODY": Hard, "WT-ADJUST": Hard,
		"DDI-1": Hard, "DDI-2": Soft, "DDI-3": Soft, "DDI-3-ALCOHOL": Hard, "SW-CANNABIS": Soft,
		"CI-CYST": Soft, "SUR-3": Hard, "SW-SUICIDALITY": Hard, "SW-SUICIDALITY-HOME": Hard, "SW-SUICIDALITY-ACTED": Soft, "CI-PRIORAE-LAST": Soft,
		"SW-ACCESS": Hard, "SW-BASELINE": Hard, "CI-BPNOW": Hard, "CI-TODAY": Hard, "CI-TODAY-SOFT": Soft,
		"CI-BPSOFT": Soft, "SW-BASELINE-SE12": Hard,
		"P-5": Hard, "P-1": Hard, "P-2": Hard, "P-12": Hard, "P-12-RATIO": Soft,
		"SW-READY": Hard, "SW-LABEL": Hard, "SW-BAG": Hard, "BUD-1": Hard, "PUMP-READ": Hard, "SW-RATES-APART": Note, "SW-PUMP-STOP": Note, "SW-MONITOR": Hard, "SW-MONITOR-CLOCK": Note,
		"SW-CALL-BUTTON": Hard, "SW-CALM": Hard, "SW-LIBRARY": Hard, "SW-ALARMS": Hard, "SW-HEARD": Hard, "SW-PAUSE": Soft,
		"SW-CUFF": Note, "SW-ROUND": Note, "SW-ROUND-DEVICE": Note, "SW-NEWS2": Note, "SW-ROUND-PERSON": Note, "FOLLOW-UP": Note, "SW-END": Note, "SW-LOWER": Note, "SW-OFF-MONITOR": Hard, "SW-HELP-UNDO": Hard, "SW-DISTRESS": Note,
		"SW-RECONCILE": Note,
		"SW-STOPPED":   Hard, "SW-STANDING": Hard, "G-1": Hard, "G-1-ALDRETE": Hard, "G-1-PAIN": Hard, "G-2": Hard, "G-3": Hard,
		"G-3-HIGH": Soft, "G-4": Hard, "G-5": Hard, "G-6": Hard, "G-7": Hard, "G-8": Hard, "G-9": Hard,
	}
}
