package form

import (
	"strconv"

	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

func observing() []Form {
	return []Form{
		{
			Act: session.ActObserve, Title: "Observation", Submit: "Record observation",
			Intro: "What was not measured stays empty.", Sections: observation(""),
		},
		{
			Act: session.ActNoteEffect, Title: "Side effect", Submit: "Record side effect",
			Sections: one(
				Field{Path: "id", Input: NewID},
				choice("code", "What", SideEffects()).must(),
				grade(false),
				private("text", "In words"),
			),
		},
		{
			Act: session.ActGradeEffect, Title: "Grade the side effect", Submit: "Record grade",
			Sections: one(effectID(), grade(true)),
		},
		{
			Act: session.ActResolveEffect, Title: "Side effect over", Submit: "It is over",
			Sections: one(effectID()),
		},
		{
			Act: session.ActGiveDrug, Title: "Drug given", Submit: "Record drug given",
			Intro: "Record what was given, also when it was not what was ordered.",
			Sections: one(
				from("adjunct", "Ordered", "adjuncts"),
				text("drug", "Drug").must(), text("amount", "Amount").must(), text("unit", "Unit").must(), text("route", "Route").must(),
				mass("ketamine", "Ketamine in it").hinted("Only for ketamine given beside the pump."),
				yesno("from_bag", "Taken from the prepared bag").hinted("Only for ketamine."),
				fromInt("spoken", "On a spoken order", "spoken_orders"),
				yesno("ask", "It is about to be given: ask first"),
			),
		},
		{
			Act: session.ActConfirmReadings, Title: "Readings of the monitor", Submit: "I read each line: confirm",
			Sections: one(Field{Path: "entries", Input: Known, Required: true}),
		},
		{
			Act: session.ActDoubtReading, Title: "A reading that is wrong", Submit: "It does not count",
			Intro: "Both entries stay in the record.",
			Sections: one(
				known("entry"),
				choice("kind", "Which", roundSigns()).must(),
				choice("why", "Why", options(say(session.DoubtArtefact, "Artefact"), say(session.DoubtPatient, "Not this patient"))).must(),
			),
		},
		{
			Act: session.ActMissRound, Title: "Missed round", Submit: "Record why",
			Intro: "It stays missed. The next is due when it would have been.",
			Sections: one(
				Field{Path: "round", Input: Known, Required: true}, Field{Path: "due", Input: Known, Required: true},
				choice("why", "Why", options(
					say(session.MissedAway, "Patient out of the chair"), say(session.MissedDeclined, "Patient declined"),
					say(session.MissedElsewhere, "I was with another patient"), say(session.MissedEmergency, "Emergency"),
					say(session.MissedEquipment, "Equipment did not work"), say(session.MissedNotAsked, "Not done in time"),
					say(session.MissedOther, "Other, in words"),
				)).must(),
				private("text", "In words"),
			),
		},
		{
			Act: session.ActWithdrawConsent, Title: "Consent withdrawn", Submit: "Record the withdrawal",
			Intro:    "The patient no longer agrees, in words or by a sign. Stop the pump, then record the stop. Nothing is started, resumed or raised after it; care goes on.",
			Sections: one(private("words", "In the patient's words")),
		},
		{Act: session.ActPresence, Title: "Looked in", Submit: "I looked in", Sections: []Section{}},
		{
			Act: session.ActTakeNurse, Title: "Take over as nurse", Submit: "I take over",
			Intro: "You become the responsible nurse. While the pump is on, read it. The record keeps what was open.", Sections: one(Field{Path: "seen", Input: Known, Int: true}, pump("read", false)),
		},
		{
			Act: session.ActTakePrescriber, Title: "Take over as prescriber", Submit: "I take over",
			Sections: one(yesno("on_site", "I am on site").must()),
		},
		{Act: session.ActNote, Title: "Note", Submit: "Record note", Sections: one(private("text", "Note").must())},
		{
			Act: session.ActAmend, Title: "Amend an entry", Submit: "Record amendment",
			Intro: "The entry that is replaced stays visible.",
			Sections: append([]Section{{Fields: []Field{
				known("entry"), private("reason", "Why").must(),
				yesno("strike", "Strike the entry: it did not happen"),
				clock("at", "When it really was").past(),
			}}, {Title: "Pump, as it was", Key: "read", Optional: true, Fields: []Field{pump("read", false)}}},
				amended()...),
		},
	}
}

// amended asks for a whole observation again, as one object of the body.
func amended() []Section {
	out := observation("observation.")
	for i := range out {
		out[i].Key, out[i].Optional = "observation", true
	}
	return out
}

// observation asks one complete set in one pass, signs first.
func observation(at string) []Section {
	return []Section{
		{Title: "Signs", Fields: signs(at + "readings")},
		{Title: "Oxygen", Key: at + "oxygen", Optional: true, Fields: []Field{
			yesno(at+"oxygen.air", "Breathing air"),
			amountOf(unit.OxygenFlow{}, at+"oxygen.flow", "Oxygen", 1).when(at+"oxygen.air", "false"),
			text(at+"oxygen.device", "By").when(at+"oxygen.air", "false"),
		}},
		{Title: "Patient", Fields: patientFields(at)},
		{Title: "Side effects", Fields: []Field{
			yesno(at+"nothing_new", "Nothing new"),
			choice(at+"se12_not_asked", "All twelve not asked", notAsked()),
			{Path: at + "se12", Label: "All twelve, 0 none to 4 as bad as can be", Input: SE12, Options: se12(), Int: true, Low: "0", High: "4"},
			yesno(at+"worst_headache", "Sudden, worst headache ever").hinted("If yes: stop, and call for help."),
		}},
		{Title: "Line and pump", Fields: []Field{choice(at+"site", "IV site", sites()), pump(at+"pump", false)}},
		{Title: "First standing", Key: at + "stood", Optional: true, Fields: []Field{
			yesno(at+"stood.assisted", "Assisted"), yesno(at+"stood.steady", "Steady"),
		}},
		{Title: "About this set", Fields: []Field{
			choice(at+"purpose", "For", purposes()).must(),
			yesno(at+"late", "Charted after the fact"),
			private(at+"text", "Remarks"),
		}},
	}
}

// signs are those staff take or confirm; arterial lines are not used here.
func signs(path string) []Field {
	var out []Field
	for _, k := range []vital.Kind{
		vital.NIBPSys, vital.NIBPDia, vital.NIBPMean, vital.Pulse, vital.HR, vital.SpO2, vital.RR, vital.EtCO2, vital.Temp,
	} {
		out = append(out, sign(path, k))
	}
	return out
}

// roundSigns are the signs that are kept of a monitor, and all of them.
func roundSigns() []Option {
	out := []Option{{Value: string(session.AllSigns), Label: "All of them"}}
	for _, k := range []vital.Kind{
		vital.NIBPSys, vital.Pulse, vital.HR, vital.SpO2, vital.RR, vital.EtCO2,
	} {
		f, _ := vital.Of(k)
		if k == vital.NIBPSys {
			f.Label = "Pressure"
		}
		out = append(out, Option{Value: string(k), Label: f.Label})
	}
	return out
}

func patientFields(at string) []Field {
	return []Field{
		choice(at+"position", "Position", positions()),
		score(at+"sedation", "Awake", levels(func(n int) string { return scale.Sedation(n).Text() }, 5, 0)),
		score(at+"pain", "Pain now", levels(ends("none", "worst imaginable"), 0, 10)),
		choice(at+"pain_not_asked", "Pain not asked", notAsked()),
		score(at+"distress", "Distress", levels(ends("none", "worst imaginable"), 0, 10)),
		private(at+"stays_with", "Who stays with the patient").hinted("By name, where the distress is such that the patient is not left alone."),
		yesno(at+"oriented", "Knows person, place and time"),
	}
}

func score(path, label string, opts []Option) Field {
	return Field{Path: path, Label: label, Input: Score, Int: true, Options: opts}
}

// ends labels only the two ends of a rating scale.
func ends(low, high string) func(int) string {
	return func(n int) string {
		switch n {
		case 0:
			return low
		case 10:
			return high
		}
		return ""
	}
}

func se12() []Option {
	var out []Option
	for _, i := range scale.SE12Items() {
		out = append(out, Option{Value: i.Key, Label: i.Text})
	}
	return out
}

func notAsked() []Option { return options(say(session.Asleep, "Resting quietly")) }

func sites() []Option {
	return options(
		say(session.SiteFine, "Fine"), say(session.SiteRed, "Red or tender"), say(session.SiteSwollen, "Swollen"),
		say(session.SiteLeaking, "Leaking"), say(session.SiteRemoved, "Line removed"),
	)
}

func purposes() []Option {
	return options(
		say(session.ForRound, "Round"), say(session.ForBaseline, "Baseline"), say(session.ForPeak, "Peak"),
		say(session.ForRecovery, "Recovery"), say(session.ForDischarge, "Before going home"), say(session.ForConcern, "Concern"),
	)
}

// grade offers the five grades of CTCAE v5.
func grade(required bool) Field {
	words := [...]string{"mild", "moderate", "severe", "life-threatening", "death"}
	f := Field{Path: "grade", Label: "Grade", Input: Score, Int: true, Required: required}
	for i, w := range words {
		f.Options = append(f.Options, Option{Value: strconv.Itoa(i + 1), Label: strconv.Itoa(i + 1), Hint: w})
	}
	return f
}

func effectID() Field { return Field{Path: "id", Input: Known, Required: true} }
