package gallery

import (
	"net/url"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/entry"
	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// deskAct is a page of one act, its questions taken from the form itself.
func deskAct(f form.Form, g entry.Given) view.DeskAct {
	r := recordOpen()
	p := view.DeskAct{
		Page: light(f.Title), Session: r.ID, Act: string(f.Act), Chair: r.Chair, Patient: r.Patient,
		Visit: r.When + " · chair 3 · " + r.Phase, Intro: f.Intro, Submit: f.Submit, Sign: f.Sign, Witness: f.Witness,
		Sections: entry.Sections(f, g),
	}
	return p
}

func attachOrder() view.DeskAct {
	f, _ := form.Of(session.ActAttachOrder)
	p := deskAct(f, entry.Given{})
	p.Visit = "Monday 23 November 2026 · chair 3 · Scheduled"
	p.Earlier = []view.Option{{Value: "01890a5d-ac96-774b-bcce-b302099a8059", Label: "19 November 2026"}}
	return p
}

func attachOrderRefused() view.DeskAct {
	f, _ := form.Of(session.ActAttachOrder)
	a := url.Values{
		"order.protocol.id": {"crps"}, "order.protocol.version": {"3"}, "order.dosing_weight": {"seventy"}, "order.weight_basis": {"actual"},
		"order.steps.rows": {"2"}, "order.steps.0.rate": {"0.2"}, "order.steps.0.minutes": {"20"}, "order.steps.1.rate": {"0.3"},
		"order.watch.etco2": {"false"}, "order.adjuncts.rows": {"1"}, "order.adjuncts.0.drug": {"ondansetron"},
	}
	p := deskAct(f, entry.Given{Answers: a, Problems: form.Problems{
		"order.dosing_weight": "This is not a number.", "order.steps.1.minutes": "“For” is missing.",
	}})
	p.Trouble = "Nothing was recorded: 3 answers need another look."
	return p
}

func reviewVisit() view.DeskAct {
	f, _ := form.Of(session.ActReview)
	p := deskAct(f, entry.Given{Answers: url.Values{"text": {"Agreed with the longer recovery."}}})
	r := recordOpen()
	p.Facts, p.Missing = append(r.Facts, r.Account...), []string{"3.4 mg not accounted for"}
	p.SignTrouble = "That is not your password. Nothing was signed; what was typed is kept."
	return p
}

func wasteDrug() view.DeskAct {
	f, _ := form.Of(session.ActWaste)
	p := deskAct(f, entry.Given{})
	p.Facts = recordOpen().Account
	return p
}

func deskLinks() []view.DeskLink {
	const at = "/sessions/01890a5d-ac96-774b-bcce-b302099a8057/acts/"
	return []view.DeskLink{
		{Href: at + "session.sign-spoken-order?of=4050", Label: "Sign the spoken order of 10:05", Sub: "rate 0.35 mg/kg/h", Primary: true},
		{Href: at + "session.waste", Label: "Waste what is left"},
		{Label: "Review and sign", Whose: "for a prescriber"},
		{Href: at + "session.note", Label: "Note"},
	}
}
