package server

import (
	"context"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/report"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// RecordPDF is the record of a visit as PDF; the read is audited.
func (s visits) RecordPDF(ctx context.Context, v web.Visitor, id ident.Session) ([]byte, error) {
	r, err := s.Record(ctx, v, id)
	if err != nil {
		return nil, err
	}
	d := report.Document{
		Clinic: string(s.app.Clinic), Title: "Infusion visit, " + r.When + ", " + r.Phase, Head: r.Head, Printed: r.Printed,
		Patient: r.Patient.Name + ", " + r.Patient.Born + ", " + r.Patient.Allergies, Demo: s.app.Demo, At: s.app.Now(),
	}
	for _, f := range append(r.Facts, r.Account...) {
		d.Facts = append(d.Facts, report.Fact{Term: f.Term, Text: f.Text})
	}
	for _, t := range r.Sections {
		d.Tables = append(d.Tables, report.Table{Title: t.Title, Empty: t.Empty, Columns: t.Columns, Rows: t.Rows})
	}
	for _, e := range r.Entries {
		d.Entries = append(d.Entries, reportEntry(e))
	}
	for _, g := range r.Signs {
		d.Signatures = append(d.Signatures, g.Name+" ("+g.Roles+"), "+g.Time+": "+g.Meaning+", "+g.Of)
	}
	return report.PDF(d)
}

func reportEntry(e view.Entry) report.Entry {
	out := report.Entry{Time: e.Time, Title: e.Title, Text: e.Text, By: e.By, Struck: e.Struck}
	for _, f := range e.Findings {
		out.Notes = append(out.Notes, "Finding: "+f)
	}
	for _, x := range e.Replaced {
		out.Notes = append(out.Notes, "Amended: "+x)
	}
	return out
}
