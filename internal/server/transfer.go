package server

import (
	"context"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/report"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Transfer is the transfer sheet of a visit, fitted to one page of paper: the
// page on screen shows what the paper shows. The read is audited.
func (s visits) Transfer(ctx context.Context, v web.Visitor, id ident.Session) (view.Transfer, []byte, error) {
	visit, err := s.readable(ctx, v, id)
	if err != nil {
		return view.Transfer{}, nil, err
	}
	t := present.Transfer(visit, s.texts(ctx))
	t.Printed = fmt.Sprintf("printed %s by %s", word.Moment(s.app.Now().In(s.app.Zone)), v.Name)
	sheet := transferSheet(t)
	sheet.Clinic, sheet.Demo, sheet.At = string(s.app.Clinic), s.app.Demo, s.app.Now()
	pdf, fitted, err := report.OnePage(sheet)
	if err != nil {
		return view.Transfer{}, nil, err
	}
	asFitted(&t, fitted)
	return t, pdf, nil
}

func transferSheet(t view.Transfer) report.Sheet {
	tables := documentTables([]view.RecordSection{t.Signs, t.Drugs, t.Log})
	p := report.Patient{Name: t.Patient.Name, Born: t.Patient.Born, Number: t.Number, Detail: t.Patient.Age, Allergies: t.Patient.Allergies, AllergiesKnown: t.Patient.Known}
	if t.Patient.Weight != "" {
		p.Detail += " · " + t.Patient.Weight
	}
	return report.Sheet{
		Title: "Transfer sheet", Patient: p, Visit: t.Visit, Given: documentFacts(t.Given), Signs: tables[0],
		Breathing: documentFacts(t.Breathing), Drugs: tables[1], Told: documentFacts(t.Told), Log: tables[2], Pinned: t.Pinned,
		Head: report.Head{Short: shortHead(t.Head), Full: t.Head}, Printed: t.Printed,
	}
}

// asFitted takes over what the paper leaves out.
func asFitted(t *view.Transfer, s report.Sheet) {
	facts := func(in []report.Fact) []view.Fact {
		out := make([]view.Fact, len(in))
		for i, f := range in {
			out[i] = view.Fact{Term: f.Term, Text: f.Text, Note: f.Note, Tone: view.Tone(f.Tone)}
		}
		return out
	}
	t.Patient.Allergies, t.Visit, t.Pinned = s.Patient.Allergies, s.Visit, s.Pinned
	t.Given, t.Breathing, t.Told = facts(s.Given), facts(s.Breathing), facts(s.Told)
	t.Signs.Rows, t.Signs.Intro = s.Signs.Rows, s.Signs.Intro
	t.Drugs.Rows, t.Drugs.Intro = s.Drugs.Rows, s.Drugs.Intro
	t.Log.Rows, t.Log.Intro = s.Log.Rows, s.Log.Intro
}
