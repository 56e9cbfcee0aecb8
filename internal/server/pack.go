package server

import (
	"context"
	"net/http"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/report"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// PackPDF is the paper of one visit for when the server is down; the read is
// audited.
func (s visits) PackPDF(ctx context.Context, v web.Visitor, id ident.Session) ([]byte, error) {
	p, err := s.pack(ctx, v, id)
	if err != nil {
		return nil, err
	}
	return report.Packs([]report.Pack{p})
}

// PacksPDF is the paper of all of today's visits that are not over for the
// patient, by planned start. Each is a read of its own in the audit log.
func (s visits) PacksPDF(ctx context.Context, v web.Visitor) ([]byte, error) {
	if err := need(v, "record.read"); err != nil {
		return nil, err
	}
	var packs []report.Pack
	for _, l := range s.app.Sessions(onPaper(today(s.app.Now(), s.app.Zone))) {
		p, err := s.pack(ctx, v, l.ID)
		if err != nil {
			return nil, err
		}
		packs = append(packs, p)
	}
	if len(packs) == 0 {
		return nil, &web.Trouble{Status: http.StatusNotFound, What: "No visit of today is still to come or under way.", Do: "Print again when a visit is planned."}
	}
	return report.Packs(packs)
}

// onPaper are the visits of a day whose patient is expected or there.
func onPaper(day func(project.SessionRow) bool) func(project.SessionRow) bool {
	return func(row project.SessionRow) bool {
		switch row.Phase {
		case session.PhaseNone, session.PhaseDischarged, session.PhaseClosed, session.PhaseCancelled, session.PhaseTransferred, session.PhaseLeft:
			return false
		default:
			return day(row)
		}
	}
}

func (s visits) pack(ctx context.Context, v web.Visitor, id ident.Session) (report.Pack, error) {
	visit, err := s.readable(ctx, v, id)
	if err != nil {
		return report.Pack{}, err
	}
	p := packDocument(present.Pack(visit, v.Name, s.texts(ctx)))
	p.Clinic, p.Demo, p.At = string(s.app.Clinic), s.app.Demo, s.app.Now()
	return p, nil
}

func packDocument(p view.Pack) report.Pack {
	tables := documentTables([]view.RecordSection{p.Steps, p.Rates, p.Limits, p.Consider})
	out := report.Pack{
		Title:   "Paper for when Stillwatch is down",
		Patient: report.Patient{Name: p.Patient.Name, Born: p.Patient.Born, Number: p.Number, Detail: p.Patient.Age, Allergies: p.Patient.Allergies, AllergiesKnown: p.Patient.Known},
		Visit:   p.Visit, NoOrder: p.NoOrder, Notes: p.Notes, Stands: documentFacts(p.Stands), Order: documentFacts(p.Order),
		Steps: tables[0], Rates: tables[1], Limits: tables[2], Consider: tables[3],
		More: p.More, EtCO2: p.EtCO2, Baseline: p.Baseline, Sets: p.Sets, Standing: p.Standing, Signatures: documentSignatures(p.Signatures),
		Head: report.Head{Short: shortHead(p.Head), Full: p.Head}, Printed: p.Printed,
	}
	if p.Patient.Weight != "" {
		out.Patient.Detail += " · " + p.Patient.Weight
	}
	for _, m := range p.Minutes {
		out.Minutes = append(out.Minutes, report.Minute(m))
	}
	for _, c := range p.Discharge {
		out.Discharge = append(out.Discharge, report.Box{ID: c.Rule, Text: c.Text})
	}
	return out
}
