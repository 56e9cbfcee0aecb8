package scale

import "slices"

// MaxGrade is the worst grade of CTCAE v5.
const MaxGrade = 5

// effects is the vocabulary for charting side effects, by what they touch
// (clinical.md 2.2); "other" is for what has no word there.
var effects = []string{
	"dissociation", "hallucination", "anxiety_panic", "dysphoria_emotional", "euphoria", "sedation",
	"dizziness", "vertigo", "ataxia", "diplopia_blur", "nystagmus", "dysarthria", "numbness",
	"nausea", "vomiting", "headache", "hypertension", "tachycardia", "bradycardia", "chest_pain", "palpitation",
	"desaturation", "apnoea", "laryngospasm", "hypersalivation", "rash", "anaphylaxis", "extravasation", "site_pain",
	"urinary_urgency", "dysuria", "haematuria", "pelvic_pain", "confusion_delirium", "seizure", "craving_misuse",
	"sleep_nightmare", "other",
}

// EffectLowMood is the code for a patient who is low or tearful.
const EffectLowMood = "dysphoria_emotional"

// Effects lists the codes of the vocabulary.
func Effects() []string { return slices.Clone(effects) }

// KnownEffect reports whether code is in the vocabulary.
func KnownEffect(code string) bool { return slices.Contains(effects, code) }
