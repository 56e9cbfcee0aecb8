package form

import (
	"github.com/stillwatch/stillwatch/internal/session"
)

func monitoring(l Limits) []Form {
	return []Form{
		{
			Act: session.ActLinkMonitor, Title: "Link the monitor", Submit: "This monitor is on this patient",
			Intro:    "Look at the patient, the monitor's name and the cables.",
			Sections: one(from("monitor", "Monitor", "monitors").must()),
		},
		{
			Act: session.ActLinkPump, Title: "Link the pump", Submit: "This pump is this patient's",
			Intro:    "Look at the pump's number and follow the line to the patient. What the pump says is then shown beside what you chart. It changes nothing by itself.",
			Sections: one(from("pump", "Pump", "pumps").must()),
		},
		{Act: session.ActUnlinkPump, Title: "Unlink the pump", Submit: "Unlink", Sections: []Section{}},
		{Act: session.ActUnlinkMonitor, Title: "Unlink the monitor", Submit: "Unlink", Sections: []Section{}},
		{
			Act: session.ActOffMonitor, Title: "Off the monitor on purpose", Submit: "Off the monitor",
			Sections: one(
				choice("reason", "Why", options(
					say(session.OffToilet, "Toilet"), say(session.OffStand, "Standing or walking"), say(session.OffOther, "Other"),
				)).must(),
				private("companion", "Who goes along").must(),
				offMinutes(l.OffMinutes),
			),
		},
		{Act: session.ActBackOnMonitor, Title: "Back on the monitor", Submit: "Back on the monitor", Sections: []Section{}},
	}
}

func offMinutes(most int) Field {
	f := whole("minutes", "For at most", most).must()
	f.Unit = "min"
	if most <= 0 {
		f.High = ""
	}
	return f
}

func helping() []Form {
	return []Form{
		{Act: session.ActHelp, Title: "Call for help", Submit: "Call for help", Sections: []Section{}},
		{Act: session.ActUndoHelp, Title: "Called by mistake", Submit: "Take back", Sections: []Section{}},
		{
			Act: session.ActLogHelp, Title: "Emergency log", Submit: "Log", Sections: one(
				choice("what", "What", options(
					say(session.HelpDrug, "Drug"), say(session.HelpOxygen, "Oxygen"), say(session.HelpAirway, "Airway"),
					say(session.HelpCompressions, "Compressions"), say(session.HelpShock, "Shock"),
					say(session.HelpAmbulance, "Ambulance called"), say(session.HelpArrived, "Help arrived"),
				)).must(),
				private("text", "In words"),
			),
		},
		{
			Act: session.ActEndHelp, Title: "Emergency over", Submit: "Record outcome",
			Sections: one(private("outcome", "Outcome").must()),
		},
		{
			Act: session.ActTransfer, Title: "Transfer to emergency care", Submit: "Record transfer",
			Sections: one(private("to", "To").must(), private("reason", "Why").must()),
		},
	}
}

func leaving() []Form {
	return []Form{
		{
			Act: session.ActRecover, Title: "Recovery", Submit: "Recovery begins",
			Intro: "The infusion has ended and the pump was read.", Sections: []Section{},
		},
		{
			Act: session.ActScoreDischarge, Title: "Discharge scores", Submit: "Record scores",
			Intro: "Item by item; the sum is made from the items.", Sections: []Section{mpadss(), aldrete()},
		},
		{
			Act: session.ActCheckDischarge, Title: "Before going home", Submit: "Record answers", Sections: []Section{
				{Title: "Escort, seen in person", Key: "escort_seen", Optional: true, Fields: []Field{
					yesno("escort_seen.seen", "Escort is here").must(),
					private("escort_seen.name", "Name").when("escort_seen.seen", "true"),
					private("escort_seen.second_contact", "Second contact").when("escort_seen.seen", "false"),
					private("escort_seen.manager", "Manager who decides").when("escort_seen.seen", "false"),
				}},
				{Title: "Instructions", Fields: []Field{
					yesno("taught_back", "The escort said them back"), yesno("written", "Given in writing"), text("transport", "Way home"),
				}},
				{Title: "Patient", Fields: []Field{
					yesno("drinks", "Drinks and keeps it"), yesno("line_out", "IV line out"), yesno("site_clean", "IV site clean"),
					yesno("pain_accepted", "Patient accepts the pain as it is"),
				}},
				mood(),
				{Title: "Second pair of eyes", Fields: []Field{
					yesno("sign_off", "I have seen the patient and agree").hinted("Someone other than the person who set the rate."),
				}},
			},
		},
		{Act: session.ActDischarge, Title: "Discharge", Submit: "Discharge", Sections: []Section{}},
		{
			Act: session.ActLeave, Title: "Left before ready", Submit: "Record leaving",
			Intro: "What happened is recorded as it was.", Sections: []Section{
				{Fields: []Field{
					private("told", "Who was told").must(),
					choice("capacity", "Able to decide", options(
						say(session.HasCapacity, "Yes"), say(session.LacksCapacity, "No"), say(session.CapacityUnclear, "Not clear"),
					)).must(),
					yesno("escort_called", "Escort called").must(), yesno("emergency_called", "Emergency contact called").must(),
					yesno("instructions_given", "Instructions given").must(), clock("follow_up_due", "Follow up by").ahead().must(),
				}},
				{Title: "Last signs", Fields: signs("last_signs")},
			},
		},
	}
}

// mpadss asks the five items of the modified post-anaesthetic discharge score.
func mpadss() Section {
	return Section{Title: "Discharge score (MPADSS)", Fields: []Field{
		three("mpadss.vitals", "Signs against baseline", "within 20 %", "20 to 40 %", "more than 40 %"),
		three("mpadss.ambulation", "Walking", "steady, no dizziness", "with assistance", "none"),
		three("mpadss.nausea", "Nausea and vomiting", "minimal", "moderate", "severe"),
		three("mpadss.pain", "Pain, against today's baseline", "minimal", "moderate", "severe"),
		three("mpadss.bleeding", "Bleeding at the IV site", "minimal", "moderate", "severe"),
	}}
}

// aldrete asks the five items of the modified Aldrete score, in short form.
func aldrete() Section {
	return Section{Title: "Modified Aldrete score", Fields: []Field{
		three("aldrete.activity", "Moves", "four limbs", "two limbs", "none"),
		three("aldrete.respiration", "Breathes", "deeply, coughs", "limited", "not"),
		three("aldrete.circulation", "Pressure against baseline", "within 20 %", "20 to 50 %", "more than 50 %"),
		three("aldrete.consciousness", "Awake", "fully", "on calling", "not"),
		three("aldrete.saturation", "SpO₂", "above 92 % on air", "needs oxygen to stay above 90 %", "below 90 % with oxygen"),
	}}
}

func three(path, label, two, one, zero string) Field {
	f := score(path, label, []Option{{Value: "2", Label: "2", Hint: two}, {Value: "1", Label: "1", Hint: one}, {Value: "0", Label: "0", Hint: zero}})
	f.Required = true
	return f
}
