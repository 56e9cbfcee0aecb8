package gallery

import (
	"net/url"
	"strings"

	"github.com/stillwatch/stillwatch/internal/web/own"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/trust"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// ownPages are the pages of patients in every state, and those of staff around them.
func ownPages() []State {
	return []State{
		state("own-entry", own.Entry, view.OwnEntry{Page: ofPatient("Your pages")}),
		state("own-entry-wrong", own.Entry, ownEntryWrong()),
		state("own-entry-again", own.Entry, ownEntryAgain()),
		state("own-closed", own.Entry, view.OwnEntry{Page: ofPatient("Your pages"), Closed: true}),
		state("own-home", own.Home, ownHome()),
		state("own-home-new", own.Home, ownHomeNew()),
		state("own-health", own.History, ownHistory(ofPatient("Your health"))),
		state("own-health-dim", own.History, ownHistory(dimmed(ofPatient("Your health")))),
		state("own-medicines", own.Medicines, view.OwnMedicines{Page: ofPatient("Medicines and allergies"), Sent: "Sent 24 November. What you send now takes its place."}),
		state("own-medicines-refused", own.Medicines, ownMedicinesRefused()),
		state("own-read", own.Reading, ownReading(false)),
		state("own-read-answered", own.Reading, ownReading(true)),
		state("own-options", own.Options, ownOptions()),
		state("own-facts", own.Facts, ownFacts()),
		state("own-day", own.Day, ownDay()),
		state("own-day-late", own.Day, ownDayLate()),
		state("own-day-sent", own.Day, ownDaySent()),
		state("own-day-none", own.Day, ownDayNone()),
		state("own-link", own.Link, ownLink(light("A link for the patient"))),
		state("own-link-dim", own.Link, ownLink(dimmed(light("A link for the patient")))),
		state("own-link-used", own.Link, view.OwnLink{Page: light("A link for the patient"), ID: courseID, Patient: "Maria Rivera", Born: "4 May 1981", State: "In use on a phone since 24 November."}),
		state("consent", referral.Consent, consent(light("Consent"), nil)),
		state("consent-drawn", referral.Consent, consent(light("Consent"), drawn())),
		state("consent-drawn-dim", referral.Consent, consent(dimmed(light("Consent")), drawn())),
		state("consent-signed", referral.Consent, consentSigned(light("Consent"))),
		state("consent-signed-dim", referral.Consent, consentSigned(dimmed(light("Consent")))),
		state("course", referral.Course, courseOf()),
		state("strike", referral.Strike, strikeOf()),
		state("strike-refused", referral.Strike, strikeRefused()),
	}
}

const courseID = "018f4c3a-5b6d-7e8f-9a0b-1c2d3e4f5a6b"

// ofPatient is the frame of a patient's page: it names nobody and leads nowhere.
func ofPatient(title string) view.Page {
	return view.Page{Title: title, Theme: "light", Clinic: "Clinic of the gallery", Command: "01890a5d-ac96-774b-bcce-b302099a8057"}
}

// dimmed is a page as a tablet of the room shows it.
func dimmed(p view.Page) view.Page {
	p.Theme = "dim"
	return p
}

func refused(p view.Page, what string) view.Page {
	p.Trouble = what
	return p
}

func ownEntryWrong() view.OwnEntry {
	return view.OwnEntry{
		Page: refused(ofPatient("Your pages"), "This is not the date of birth that the clinic has for this link. Please check it. After a few wrong dates the link closes."),
		Day:  "4", Month: "5", Year: "1918",
	}
}

func ownEntryAgain() view.OwnEntry {
	return view.OwnEntry{
		Page:  refused(ofPatient("Your pages"), "These pages closed while you were writing. Give your date of birth: what you wrote is kept and is sent then."),
		Again: true, To: "/own/again", Then: "/own/health", Kept: []view.OwnKept{{Name: "words", Value: "Loud rooms frighten me."}},
	}
}

func ownHome() view.OwnHome {
	p := ownHomeNew()
	p.Visit = "Monday 30 November 2026, 10:00"
	for i, said := range []string{"Sent 24 November", "Sent 24 November", "2 of 5 pages read", "", "", ""} {
		p.Parts[i].State, p.Parts[i].Done = said, i < 2
	}
	return p
}

func ownHomeNew() view.OwnHome {
	return view.OwnHome{Page: ofPatient("Your pages"), Until: "Monday 7 December 2026, 09:00", Parts: []view.OwnPart{
		{Href: "/own/health", Title: "Your health", Text: "Questions that we need before we can treat you"},
		{Href: "/own/medicines", Title: "Medicines and allergies", Text: "All that you take, and what you do not bear"},
		{Href: "/own/read", Title: "About the treatment", Text: "What it is, whether it helps, what it feels like, what can go wrong"},
		{Href: "/own/options", Title: "What else there is", Text: "Good and bad of other ways, and of doing nothing now"},
		{Href: "/own/facts", Title: "What is often said", Text: "Claims that you may read, and how they hold up"},
		{Href: "/own/day", Title: "The day of your infusion", Text: "Food, drink, the way home; when to call us"},
	}}
}

func ownHistory(p view.Page) view.OwnHistory {
	answers := []view.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}, {Value: "unknown", Label: "I do not know"}}
	return view.OwnHistory{
		Page: p, Lead: "Answer as well as you can. “I do not know” is a good answer: we will ask you again when we see you.",
		Danger: "Nobody reads this at once. If you feel very unwell, or think of ending your life, call the emergency number now.",
		Groups: []view.OwnGroup{
			{Title: "Heart and blood vessels", Questions: []view.OwnQuestion{
				{Name: "history.aneurysm", Text: "Has a doctor ever told you that you have an aneurysm, a weak spot that bulges in a blood vessel?", Answers: answers},
				{Name: "history.intracerebral_haemorrhage", Text: "Have you ever had bleeding in the brain?", Answers: answers},
			}},
			{Title: "Bladder", Questions: []view.OwnQuestion{{Name: "bladder.urgency", Text: "Do you have to rush to the toilet?", Answers: answers}}},
		},
	}
}

func ownMedicinesRefused() view.OwnMedicines {
	return view.OwnMedicines{
		Page:      refused(ofPatient("Medicines and allergies"), "Tell us whether this is everything you take. Nothing was sent."),
		Medicines: "sertraline in the morning\nibuprofen when it hurts", NoAllergies: true, WholeAllergies: "yes",
	}
}

func ownReading(answered bool) view.OwnReading {
	q := view.OwnQuestion{Name: "Q-STOP", Text: "May you ask to stop while it runs?", Answers: []view.Option{{Value: "a", Label: "Yes, at any time"}, {Value: "b", Label: "No, once it runs it must end"}}}
	p := view.OwnReading{
		Page: ofPatient("What is a ketamine infusion?"), Document: "3f6b5c0e", ID: "EDU-WHAT", Heading: "What is a ketamine infusion?", Of: "Page 1 of 5", Next: "/own/read/EDU-HELP",
		Texts: []view.OwnText{
			{Text: "You lie in a quiet room. A nurse stays near and watches you all the time.", Source: "our clinic"},
			{Text: "It is approved for sleep in surgery, not for long-lasting pain. Using it for pain is called off-label use.", Source: "Ketamine hydrochloride injection, US prescribing information (rev 10/2024) and its mirrors"},
		},
	}
	if answered {
		q.Chosen, q.Said = "b", "Not quite. You can say stop at any time. The nurse will stop it."
		p.Read, p.Flash = true, "Sent to the clinic. Thank you."
	}
	p.Questions = []view.OwnQuestion{q}
	return p
}

func ownOptions() view.OwnOptions {
	return view.OwnOptions{Page: ofPatient("What else there is"), Options: []view.OwnOption{{
		Title: "Doing nothing new for now", Benefit: []view.OwnText{{Text: "Nothing new can go wrong, and you can decide later.", Source: "our clinic"}}, Harm: []view.OwnText{{Text: "The pain may stay as it is.", Source: "our clinic"}},
	}}}
}

func ownFacts() view.OwnFacts {
	return view.OwnFacts{Page: ofPatient("What is often said"), Claims: []view.OwnClaim{{
		Text: "It is approved for pain.", Verdict: "Not so.", Why: []view.OwnText{{Text: "It is approved for sleep in surgery.", Source: "Ketamine hydrochloride injection, US prescribing information (rev 10/2024) and its mirrors"}},
	}}}
}

func ownDay() view.OwnDay {
	return view.OwnDay{
		Page: ofPatient("The day of your infusion"), Document: "77aa01", VisitID: courseID, Visit: "Monday 30 November 2026, 10:00", By: "Sunday 29 November 2026, 10:00",
		Items: []view.OwnItem{
			{
				ID: "DAY-FOOD", Text: "Do not eat in the six hours before your visit.", When: "That is from Monday 30 November 2026, 04:00 on.",
				Others: []view.OwnText{{Text: "Other clinics ask for eight hours.", Source: "our clinic"}},
			},
			{ID: "DAY-ESCORT", Text: "An adult takes you home and stays with you."},
		},
		Parts: []view.OwnAdvice{
			{Title: "Afterwards", Texts: []view.OwnText{{Text: "Rest for the day. Do not drive before the next day, after a night of good sleep."}}},
			{Title: "Call the emergency number now", Urgent: true, Texts: []view.OwnText{{Text: "If it is hard to breathe, or nobody can wake you."}}},
		},
	}
}

func ownDayLate() view.OwnDay {
	p := ownDay()
	p.Late = true
	return p
}

func ownDaySent() view.OwnDay {
	p := ownDay()
	p.Sent, p.Items[0].Done = "Sent today. We will call you about what you left open.", true
	return p
}

func ownDayNone() view.OwnDay {
	p := ownDay()
	p.VisitID, p.Visit, p.By = "", "", ""
	for i := range p.Items {
		p.Items[i].When = ""
	}
	return p
}

func ownLink(p view.Page) view.OwnLink {
	out := view.OwnLink{
		Page: p, ID: courseID, Patient: "Maria Rivera", Born: "4 May 1981", Link: courseID, Opens: true,
		Address: "https://stillwatch.local:8443/p/gallery-opens-nothing-7Qm2vX0cTz", Until: "8 December 2026",
	}
	var err error
	if out.QR, out.QRSize, err = trust.Draw(out.Address); err != nil {
		return view.OwnLink{Page: p, State: err.Error()} // the states' tests would see it
	}
	return out
}

// drawn is the form of a consent that is about to be signed with a finger.
func drawn() url.Values {
	return url.Values{
		"capacity": {"has capacity"}, "questions": {"yes"}, "asked": {"Whether she may stop at any time."}, "infusions": {"4"}, "until": {"2027-02-28"}, "registry": {"no"},
		"role": {"patient"}, "name": {"Maria Rivera"}, "method": {"drawn on screen"}, "copy": {"printed"},
	}
}

// ink is a signature as it was drawn.
const ink = "60,150 80,110 120,90 150,140 170,200 210,180 240,100 280,90 300,160;340,150 380,140 420,155 470,150 520,120 600,150"

func consent(p view.Page, typed url.Values) view.ConsentPage {
	out := view.ConsentPage{
		Page: p, ID: courseID, Patient: "Maria Rivera", Born: "4 May 1981", Document: "9a0364b9e99bb480dd25e1f0284c8555", MaySign: true, Form: referral.ConsentForm(typed, 12, 12),
		Standing: []view.CourseNote{{Text: "Nobody has signed yet.", Tone: view.Amber}},
		Parts: []view.ConsentPart{
			{Title: "Off-label use", Text: []view.ConsentText{{Text: "Ketamine is approved for sleep in surgery, not for long-lasting pain.", Source: "LABEL"}}},
			{Title: "Your right to stop", Text: []view.ConsentText{{Text: "You may say stop at any time. The nurse stops it.", Source: "OURS"}}},
		},
	}
	if typed != nil {
		out.Strokes = ink
		out.SignTrouble = "That is not your password."
	}
	return out
}

func consentSigned(p view.Page) view.ConsentPage {
	out := consent(p, nil)
	out.Standing, out.MayWithdraw = []view.CourseNote{{Text: "Signed today. It covers 4 infusions, until 28 February 2027.", Tone: view.Plain}}, true
	out.Signed = &view.SignedConsent{
		Name: "Maria Rivera", Role: "patient", Method: "drawn on screen", At: "24 November 2026 10:12", Taken: "A. Okafor RN", Capacity: "has capacity", Interpreter: "nobody had to interpret",
		Questions: "answered: Whether she may stop at any time.", Registry: "no", Copy: "printed", Until: "28 February 2027", Infusions: 4, Document: out.Document,
		Ink: strings.Split(ink, ";"),
	}
	return out
}

func courseOf() view.Course {
	at := "/courses/" + courseID
	return view.Course{
		Page: light("Course"), ID: courseID, Patient: "Maria Rivera", Born: "4 May 1981", Number: "10021", Allergies: "allergic to morphine", Received: "20 November 2026", Referrer: "Dr Patel, pain clinic", Reason: "CRPS of the left hand",
		Standing: []view.CourseNote{{Text: "Nothing is decided yet.", Tone: view.Amber}}, Open: true, MayDecide: true,
		Own: view.CourseOwn{
			MayGive: true, MayTake: true, Prepared: "Confirmed for the day today: 6 points, 1 left open.",
			Links: []view.CourseLink{{Link: courseID, Given: "today by A. Okafor RN", State: "In use on a phone since today.", MayEnd: true}},
			Told:  []view.CourseTold{{Told: "21", At: "today", Waits: true, Facts: []view.CourseFact{{Name: "In the patient’s words", Value: "Loud rooms frighten me."}}}},
		},
		Sections: []view.CourseSection{
			{
				ID: "history", Title: "History", Form: at + "/enter/history", Label: "Add to the history", StrikeAt: at + "/strike/history",
				Facts:  []view.CourseFact{{Name: "Answered no", Value: "schizophrenia; aneurysm", Said: "patient, today"}},
				Struck: []view.CourseFact{{Name: "Letter, 20 November, recorded by A. Okafor RN", Value: "Active or poorly controlled psychosis: yes", Said: "struck today by M. Haas MD: the letter is of another patient"}},
			},
			{ID: "medicines", Title: "Medicines", Form: at + "/enter/medicines", Label: "List the medicines", Empty: "Nobody has listed the medicines: interactions cannot be checked."},
		},
	}
}

func strikeOf() view.StrikePage {
	return view.StrikePage{Page: light("History: strike"), ID: courseID, Patient: "Maria Rivera", Born: "4 May 1981", Form: "history", Items: []view.StrikeItem{
		{Value: "104 statement 1", Label: "Active or poorly controlled psychosis: yes", Said: "letter, 20 November, recorded by A. Okafor RN"},
		{Value: "103 statement 1", Label: "Schizophrenia: no", Said: "patient, today, written by the patient"},
	}}
}

func strikeRefused() view.StrikePage {
	p := strikeOf()
	p.Page = refused(p.Page, "A rule found something by this, CI-PSY. Whoever may answer for that finding may strike it.")
	p.Chosen, p.Reason = "104 statement 1", "the letter is of another patient"
	return p
}
