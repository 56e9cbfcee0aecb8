package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/report"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Consent is the page on which the document is read and signed.
func (c courses) Consent(ctx context.Context, v web.Visitor, id ident.Course, typed url.Values) (view.ConsentPage, error) {
	one, t, err := c.read(ctx, v, id)
	if err != nil {
		return view.ConsentPage{}, err
	}
	doc := c.app.Consent
	out := view.ConsentPage{
		Patient: one.Patient.Name(), Born: word.Date(one.Patient.Born), Document: doc.Hash(), Parts: present.ConsentParts(doc),
		MaySign: may(v, course.ActSignConsent) && one.State.Ended == nil, Form: referral.ConsentForm(typed, doc.Months(), doc.Infusions()),
	}
	st := c.app.ConsentOf(app.CourseFacts{State: one.State}, one.State.Patient, one.Now)
	out.Standing = present.ConsentStanding(st)
	out.MayWithdraw = st.Has && !st.Withdrawn && may(v, course.ActWithdrawConsent)
	if st.Has {
		signed := t.Signed()
		out.Signed = &signed
	}
	if c.app.Demo {
		out.Demo = "Demonstration text, not reviewed by a clinician: for trying Stillwatch only."
	}
	return out, nil
}

// ConsentPDF is what was signed, word for word as it was read then, with the
// signatures.
func (c courses) ConsentPDF(ctx context.Context, v web.Visitor, id ident.Course) ([]byte, error) {
	one, t, err := c.read(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if one.State.Consent == nil {
		return nil, &web.Trouble{Status: http.StatusNotFound, What: "Nothing was signed yet.", Do: "Sign the consent first."}
	}
	s := t.Signed()
	d := report.Document{
		Title: "Consent to a course of ketamine infusions", Clinic: string(c.app.Clinic), Demo: c.app.Demo, At: c.app.Now(),
		Patient: report.Patient{Name: one.Patient.Name(), Born: "born " + word.Date(one.Patient.Born), Number: one.Patient.Number, Allergies: one.Patient.AllergyText(), AllergiesKnown: one.Patient.AllergiesAsked},
		Visit:   "Signed " + s.At,
		Facts: []report.Fact{
			{Term: "Signed by", Text: s.Name + ", " + s.Role, Note: s.Relationship},
			{Term: "How", Text: s.Method},
			{Term: "Can decide", Text: s.Capacity},
			{Term: "Interpreter", Text: s.Interpreter},
			{Term: "Questions", Text: s.Questions},
			{Term: "Registry", Text: s.Registry},
			{Term: "Copy", Text: s.Copy},
			{Term: "Covers", Text: fmt.Sprintf("%d infusions, until %s", s.Infusions, s.Until)},
			{Term: "Text that was signed", Text: "SHA-256 " + s.Document},
		},
		Signatures: []report.Signature{
			{Name: s.Name, Roles: s.Role, Time: s.At, Meaning: "I have read this, my questions were answered, and I agree", Of: "the text of SHA-256 " + s.Document, Ink: inkOf(s.Ink)},
			{Name: s.Taken, Roles: "clinician", Time: s.At, Meaning: "I explained it, and saw the signature", Of: "the text of SHA-256 " + s.Document},
		},
		Printed: "printed " + word.Moment(one.Now) + " by " + v.Name,
	}
	for line := range strings.Lines(t.Text(one.State.Consent.What.Words)) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "# "); ok {
			d.Chapters = append(d.Chapters, report.Chapter{Title: title})
			continue
		}
		if n := len(d.Chapters); n > 0 && line != "" {
			d.Chapters[n-1].Text = append(d.Chapters[n-1].Text, line)
		}
	}
	return report.PDF(d)
}

// inkOf is a drawn signature for the printed document.
func inkOf(strokes []string) [][][2]float64 {
	read, err := course.ReadInk(strings.Join(strokes, ";"))
	if err != nil {
		return nil
	}
	out := make([][][2]float64, len(read))
	for i, s := range read {
		for _, p := range s {
			out[i] = append(out[i], [2]float64{float64(p.X) * report.InkWidth / course.InkWidth, float64(p.Y) * report.InkHeight / course.InkHeight})
		}
	}
	return out
}
