package form

import (
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// Limits are the numbers of the library that the forms say. Zero is not known:
// then only the server tells.
type Limits struct {
	OffMinutes int // off the monitor on purpose, at most
}

// Session lists the forms of every act of a visit that a person performs, in
// the order of the visit.
func Session(l Limits) []Form {
	var all []Form
	all = append(all, arriving()...)
	all = append(all, gates()...)
	all = append(all, preparing()...)
	all = append(all, monitoring(l)...)
	all = append(all, pumping()...)
	all = append(all, observing()...)
	all = append(all, helping()...)
	all = append(all, leaving()...)
	all = append(all, closing()...)
	for i := range all {
		all[i].Version = 1
		all[i].Sign = act.Signs(all[i].Act)
	}
	return all
}

// Of returns the form of an act as the desk asks it, where no limit is said.
func Of(a act.Act) (Form, bool) {
	for _, f := range Session(Limits{}) {
		if f.Act == a {
			return f, true
		}
	}
	return Form{}, false
}

func arriving() []Form {
	return []Form{
		{
			Act: session.ActSchedule, Title: "Plan a visit", Submit: "Plan visit",
			Sections: one(
				Field{Path: "patient", Label: "Patient", Input: Choice, Source: "patients", Required: true},
				whole("chair", "Chair", ident.MaxChair).must(),
				clock("planned_start", "Planned start").must(),
			),
		},
		{
			Act: session.ActArrive, Title: "Check in", Submit: "Checked in",
			Intro: "Ask; do not read out. Two different identifiers, compared with the register.",
			Sections: one(Field{
				Path: "identifiers", Label: "Compared", Input: Choices, Required: true,
				Options: options(
					say(session.ByName, "Full name"), say(session.ByBirth, "Date of birth"),
					say(session.ByNumber, "Record number"), say(session.ByPhoto, "Photo"),
					say(session.ByAddress, "Address"),
				),
			}),
		},
		{
			Act: session.ActPrecheck, Title: "Before the infusion", Submit: "Record answers",
			Intro:    "Each part is recorded as it was answered. A part not asked stays open.",
			Sections: precheck(),
		},
		{
			Act: session.ActAttest, Title: "Read on paper", Submit: "I have read it",
			Intro: "Reads “attested on paper” in the record, with your name.",
			Sections: one(
				choice("document", "Document", options(
					say(session.Consent, "Consent"), say(session.Screening, "Screening"), say(session.OrderForm, "Order"),
				)).must(),
				private("title", "Title and version").must(),
				Field{Path: "document_date", Label: "Date on the document", Input: Date, Required: true},
			),
		},
		{
			Act: session.ActReviewOrder, Title: "Review the order", Submit: "Sign the review",
			Intro: "Your signature stands beside the prescriber's. Without it no vial is opened.", Sections: one(Field{Path: "order", Input: Known, Required: true}),
		},
		{
			Act: session.ActException, Title: "Exception from the protocol", Submit: "Sign the exception",
			Intro: "For this visit only. It goes beyond the protocol and never beyond the limits of the library. Another person signs the order. Of one number the newest counts; the protocol's own most takes it back.",
			Sections: one(
				from("protocol", "Protocol", "protocols").must(),
				choice("number", "What goes beyond", exceptable()).must(),
				Field{Path: "most", Label: "Up to, in its unit", Input: Text, Required: true},
				private("reason", "Reason").must(),
			),
		},
		{Act: session.ActAttachOrder, Title: "Attach the order", Submit: "Attach order", Sections: order()},
	}
}

// exceptable are the numbers of a protocol beyond which a director may let an order go.
func exceptable() []Option {
	var out []Option
	for _, n := range protocol.Exceptable() {
		text, label := protocol.Called(n)
		if !strings.HasSuffix(text, label) {
			text += ", " + label
		}
		out = append(out, options(say(n, strings.ToUpper(text[:1])+text[1:]))...)
	}
	return out
}

func gates() []Form {
	return []Form{
		{
			Act: session.ActOverride, Title: "Accept a finding", Submit: "Accept with this reason",
			Intro: "Your name and reason stay in the record beside the finding.",
			Sections: one(
				Field{Path: "gate", Label: "Gate", Input: Known, Required: true, Options: gateOptions()},
				Field{Path: "check", Label: "Check", Input: Known, Required: true},
				private("reason", "Reason").must(),
			),
		},
		{
			Act: session.ActReady, Title: "Ready for draw-up", Submit: "Ready",
			Intro: "No vial is opened while a check stands in the way.", Sections: []Section{},
		},
		{
			Act: session.ActCancel, Title: "Cancel this visit", Submit: "Cancel visit",
			Sections: one(private("reason", "Reason").must()),
		},
	}
}

func gateOptions() []Option {
	return options(
		say(session.GateDrawUp, "Before a vial is opened"), say(session.GateStart, "Before the start"),
		say(session.GateResume, "Before resuming"), say(session.GateDischarge, "Before going home"),
	)
}

func closing() []Form {
	return []Form{
		{
			Act: session.ActWaste, Title: "Waste what is left", Submit: "Wasted, witnessed", Witness: true,
			Intro: "The witness is a second person who signs in here, not a name that is typed.",
			Sections: one(
				mass("mass", "Wasted").must(), volume("volume", "Volume wasted").must(),
				private("method", "How it was made unusable").must(),
			),
		},
		{
			Act: session.ActReturn, Title: "Return what is left", Submit: "Returned, witnessed", Witness: true,
			Sections: one(mass("mass", "Returned").must(), volume("volume", "Volume returned").must()),
		},
		{
			Act: session.ActReconcile, Title: "Compare with the pump's total", Submit: "Record the comparison",
			Intro: "What the pump itself displays as given, after the stop: in mL, or in mg with the concentration it was programmed with.",
			Sections: one(
				volume("volume", "The pump shows"), mass("mass", "Or it shows"),
				amountOf(unit.Concentration{}, "programmed", "Programmed on the pump", 3).hinted("Only where it shows mg."),
				private("reason", "Why they differ"),
			),
		},
		{
			Act: session.ActReview, Title: "Review and sign", Submit: "Sign",
			Intro: "Your name, the time and the meaning are bound to this record as it stands.",
			Sections: one(
				choice("meaning", "Meaning", []Option{
					{Value: "reviewed", Label: "Reviewed"}, {Value: "reviewed and approved", Label: "Reviewed and approved"},
				}).must(),
				private("text", "Remarks"),
			),
		},
		{
			Act: session.ActFollowUp, Title: "Follow-up call", Submit: "Record the call",
			Intro: "Ask after side effects, sleep, mood and thoughts of ending life, bladder, driving and pain.",
			Sections: one(
				choice("outcome", "The patient was", options(
					say(session.FollowUpReached, "Reached"), say(session.FollowUpAgain, "Not reached: try again"),
					hint(session.FollowUpNoMore, "Not reached: no further attempt", "Say why."),
				)).must(),
				private("said", "What was said"),
			),
		},
		{
			Act: session.ActClose, Title: "Close the record", Submit: "Close record",
			Intro:    "Closing needs every milligram accounted for and the prescriber's signature. Amendments stay possible.",
			Sections: []Section{},
		},
	}
}
