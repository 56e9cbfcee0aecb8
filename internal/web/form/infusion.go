package form

import (
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
)

func preparing() []Form {
	return []Form{
		{
			Act: session.ActOpenVials, Title: "Open vials", Submit: "Vials opened",
			Intro: "Scan or type what stands on each vial.",
			Sections: one(Field{
				Path: "vials", Label: "Vial", Input: List, Required: true,
				Fields: []Field{
					choice("drug", "Drug on the vial", options(
						say(drug.Ketamine, "Ketamine"), say(drug.Esketamine, "Esketamine"), say("another drug", "Another drug"),
					)).must(),
					{Path: "lot", Label: "Lot", Input: Scan, Required: true},
					{Path: "expiry", Label: "Expiry", Input: Date, Required: true},
					amountOf(unit.Concentration{}, "strength", "Strength on the vial", 3).must(),
					volume("volume", "Volume drawn").must(),
				},
			}),
		},
		{
			Act: session.ActCompute, Title: "Compute the draw-up", Submit: "Record my computation",
			Intro:    "Two people compute without seeing each other's numbers. If they differ, nothing is drawn up.",
			Sections: one(mass("mass", "Ketamine in the bag").must(), volume("volume", "Volume to draw from the vials").must()),
		},
		{
			Act: session.ActDiscard, Title: "Discard what was drawn up", Submit: "Discarded, witnessed", Witness: true,
			Intro: "All of it is wasted, and the drug is prepared anew. The witness is a second person who signs in here, not a name that is typed. A vial that was only mistyped is struck in the list of entries instead.",
			Sections: one(
				choice("why", "Why", options(
					say(session.DiscardLate, "Past its use-by time"), say(session.DiscardDamaged, "Dropped, leaking or not sterile"),
					say(session.DiscardLabel, "Label wrong or unreadable"), say(session.DiscardDrug, "Wrong vial, amount or fluid"),
					say(session.DiscardOrder, "The order changed"), say(session.DiscardUnused, "Not needed any more"),
				)).must(),
				private("method", "How it was made unusable").must(),
			),
		},
	}
}

func pumping() []Form {
	return []Form{
		timeOut(),
		{
			Act: session.ActStart, Title: "Start", Submit: "Record start",
			Intro: "Program the pump and type what it shows, before you press its start. Once this is recorded, press start on the pump. This button records; it does not act on the pump.", Sections: one(pump("read", true).must()),
		},
		{
			Act: session.ActRate, Title: "Rate", Submit: "Record rate",
			Intro: "Choose, set the pump to the mL/h shown, then type what the pump shows. This button records; it does not act on the pump.",
			Sections: one(
				rateOf("ordered", "New rate").must(),
				fromInt("spoken", "On a spoken order", "spoken_orders"),
				pump("read", false).must(),
				yesno("found", "The pump was found at this rate; nobody chose it"),
				private("reason", "Reason"),
			),
		},
		{
			Act: session.ActReadPump, Title: "Read the pump", Submit: "Record reading",
			Sections: one(pump("read", false).must()),
		},
		{
			Act: session.ActSettleRate, Title: "What did the pump run at?", Submit: "Record what it ran at",
			Intro: "Readings that were made apart from each other disagree. Say what the pump ran at, and since when. All of them stay in the record.",
			Sections: one(
				known("entries"), amountOf(unit.PumpRate{}, "rate", "The pump ran at", 2).must(), clock("from", "Since").past().must(),
				private("reason", "How you know"),
			),
		},
		{
			Act: session.ActPause, Title: "Pause", Submit: "Pump paused, record",
			Intro: "Pause the pump first.", Sections: one(
				choice("cause", "Why", options(
					say(session.PausePatient, "Patient's wish"),
					hint(session.PauseClinical, "Clinical", "Resuming needs a prescriber."),
					say(session.PauseToilet, "Toilet"), say(session.PauseEquipment, "Equipment"),
				)).must(),
				private("reason", "In words"),
			),
		},
		{
			Act: session.ActResume, Title: "Resume", Submit: "Record resume",
			Intro: "Type what the pump shows, before you press its start. Once this is recorded, press start on the pump. This button records; it does not act on the pump.", Sections: one(
				rateOf("ordered", "Rate").must(),
				fromInt("spoken", "On a spoken order", "spoken_orders"),
				pump("read", true).must(),
			),
		},
		stop(),
		{
			Act: session.ActClaimStop, Title: "Who stopped?", Submit: "I did",
			Intro: "The tablet recorded a stop. Say that it was you.", Sections: one(known("stop")),
		},
		{
			Act: session.ActConfirmStop, Title: "Pump stopped", Submit: "Pump read, stopped",
			Intro: "Read the volume given from the stopped pump.", Sections: one(volume("volume", "Volume given").must()),
		},
		spokenOrder(),
		{
			Act: session.ActSignSpoken, Title: "Sign a spoken order", Submit: "Sign",
			Intro: "Your name and the time stand beside the order as it was typed.", Sections: one(known("spoken")),
		},
	}
}

func timeOut() Form {
	return Form{
		Act: session.ActTimeOut, Title: "Time-out at the chair", Submit: "Record time-out",
		Intro: "Two people at the chair, aloud. Nothing is filled in beforehand.",
		Sections: one(
			Field{Path: "label_read", Label: "Label on the bag", Input: Scan, Hint: "Scan, or type the code on the label.", Required: true},
			yesno("patient_agrees", "Bag, patient and order agree").must(),
			yesno("call_shown", "Call button shown").must(),
			yesno("call_pressed", "Call button pressed and heard").must(),
			yesno("room_quiet", "Room quiet").must(),
			choice("position", "Patient is", positions()).must(),
		),
	}
}

// stop asks for nothing before it records: the button itself records, and
// the cause may be said afterwards.
func stop() Form {
	return Form{
		Act: session.ActStop, Title: "Stop", Submit: "Stop pump, then record",
		Intro: "Stop the pump first. This button records; it does not act on the pump.",
		Sections: one(
			choice("cause", "Why", options(
				say(session.StopPlanned, "Planned end"), say(session.StopClinical, "Clinical"),
				say(session.StopPatient, "Patient's wish"), say(session.StopEmergency, "Emergency"),
				say(session.StopEquipment, "Equipment"), say(session.StopUnsaid, "Say later"),
			)).must(),
			private("reason", "In words"),
		),
	}
}

func spokenOrder() Form {
	return Form{
		Act: session.ActSpokenOrder, Title: "Spoken order", Submit: "Record spoken order",
		Intro: "Type it at once and read it back. The prescriber signs it before closing.",
		Sections: one(
			Field{Path: "prescriber", Label: "Given by", Input: Person, Source: "prescribers", Required: true},
			choice("what", "About", options(
				say(session.SpokenRate, "Rate"), say(session.SpokenBolus, "Bolus"),
				say(session.SpokenResume, "Resume"), say(session.SpokenDrug, "Drug"),
			)).must(),
			rate("rate", "Rate").when("what", string(session.SpokenRate)),
			private("text", "The order, word for word").must(),
			yesno("read_back", "Read back and confirmed").must(),
		),
	}
}

// rateOf chooses among the rates this order allows; each label shows the mL/h
// that it means on the pump before anything is recorded.
func rateOf(path, label string) Field {
	f := rate(path, label)
	f.Input, f.Source = Choice, "rates"
	return f
}

func fromInt(path, label, source string) Field {
	f := from(path, label, source)
	f.Int = true
	return f
}

func known(path string) Field {
	return Field{Path: path, Input: Known, Int: true, Required: true}
}

func positions() []Option {
	return options(
		say(session.Lying, "Lying"), say(session.Reclined, "Reclined"),
		say(session.Sitting, "Sitting"), say(session.Standing, "Standing"),
	)
}
