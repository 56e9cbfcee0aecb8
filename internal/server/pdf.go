package server

import (
	"context"
	"strings"

	"github.com/stillwatch/stillwatch/internal/app"
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
	visit, err := s.app.Visit(ctx, id)
	if err != nil {
		return nil, err
	}
	d := recordDocument(r, visit.Patient)
	d.Clinic, d.Demo, d.At = string(s.app.Clinic), s.app.Demo, s.app.Now()
	return report.PDF(d)
}

// recordDocument is the document of a record: all that its page shows.
func recordDocument(r view.Record, p app.Patient) report.Document {
	return report.Document{
		Title: "Infusion visit record", Patient: documentPatient(r.Patient, p),
		Visit:   r.When + " · chair " + ident.Chair(r.Chair).String() + " · " + r.Phase,
		Missing: r.Missing, Facts: documentFacts(r.Facts), Gates: documentGates(r.Gates), Tables: documentTables(r.Sections),
		Account: documentFacts(r.Account), Entries: documentEntries(r.Entries), Signatures: documentSignatures(r.Signs),
		Head: report.Head{Short: shortHead(r.Head), Full: r.Head}, Printed: r.Printed,
	}
}

func documentPatient(v view.Patient, p app.Patient) report.Patient {
	out := report.Patient{Name: v.Name, Born: v.Born, Number: p.Number, Detail: v.Age, Allergies: v.Allergies, AllergiesKnown: v.Known}
	if v.Weight != "" {
		out.Detail = strings.TrimPrefix(v.Age+" · "+v.Weight, " · ")
	}
	return out
}

// shortHead is the head for the foot of a page: the hash cut to 16 digits,
// enough to compare by eye. The whole stands at the end of the document.
func shortHead(head string) string {
	words := strings.Fields(head)
	for i, w := range words {
		if hash := strings.TrimRight(w, ","); len(hash) > 16 {
			words[i] = hash[:16] + "…" + w[len(hash):]
		}
	}
	return strings.Join(words, " ")
}

func documentFacts(facts []view.Fact) []report.Fact {
	out := make([]report.Fact, len(facts))
	for i, f := range facts {
		out[i] = report.Fact{Term: f.Term, Text: f.Text, Note: f.Note, Tone: report.Tone(f.Tone)}
	}
	return out
}

func documentGates(gates []view.Gate) []report.Gate {
	out := make([]report.Gate, len(gates))
	for i, g := range gates {
		out[i] = report.Gate{Title: g.Title, Summary: g.Summary}
		for _, c := range g.Checks {
			out[i].Checks = append(out[i].Checks, report.Check{
				Outcome: c.Outcome, Title: c.Title, Why: c.Why, Settle: c.Settle, Source: c.Source, Mark: c.Mark, Tone: report.Tone(c.Tone),
			})
		}
	}
	return out
}

func documentTables(sections []view.RecordSection) []report.Table {
	out := make([]report.Table, len(sections))
	for i, s := range sections {
		out[i] = report.Table{Title: s.Title, Intro: s.Intro, Columns: s.Columns, Rows: s.Rows, Empty: s.Empty}
	}
	return out
}

func documentEntries(entries []view.Entry) []report.Entry {
	out := make([]report.Entry, len(entries))
	for i, e := range entries {
		out[i] = report.Entry{
			Position: e.Position, Time: e.Time, Title: e.Title, Text: e.Text, By: e.By, Tone: report.Tone(e.Tone),
			Findings: e.Findings, Replaced: e.Replaced, Struck: e.Struck,
		}
	}
	return out
}

func documentSignatures(signs []view.Signature) []report.Signature {
	out := make([]report.Signature, len(signs))
	for i, s := range signs {
		out[i] = report.Signature{Name: s.Name, Roles: s.Roles, Time: s.Time, Meaning: s.Meaning, Of: s.Of}
	}
	return out
}
