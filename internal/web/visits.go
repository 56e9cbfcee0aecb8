package web

import (
	"net/http"
	"strconv"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/handover"
	"github.com/stillwatch/stillwatch/internal/web/record"
	"github.com/stillwatch/stillwatch/internal/web/referral"
	"github.com/stillwatch/stillwatch/internal/web/schedule"
	"github.com/stillwatch/stillwatch/internal/web/transfer"
	"github.com/stillwatch/stillwatch/internal/web/worklist"
)

func (s *site) worklist(w http.ResponseWriter, r *http.Request, v Visitor) error {
	l, err := s.Visits.Worklist(r.Context(), v)
	if err != nil {
		return err
	}
	l.Page = s.frame(r, v, "Visits")
	return show(s, w, r, http.StatusOK, worklist.Page, l)
}

func (s *site) record(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	rec, err := s.Visits.Record(r.Context(), v, id)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	rec.Page = s.frame(r, v, "Record of "+rec.Patient.Name)
	return show(s, w, r, http.StatusOK, record.Page, rec)
}

// todayPage answers the question of the day. On a tablet of the room it is dim.
func (s *site) todayPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	p, err := s.Visits.Today(r.Context(), v, id)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	p.Page = s.inRoom(r, v, "Today: may "+p.Patient.Name+" be treated?")
	return show(s, w, r, http.StatusOK, referral.Today, p)
}

func (s *site) recordPDF(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	b, err := s.Visits.RecordPDF(r.Context(), v, id)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	return download(w, "stillwatch-record.pdf", b)
}

// download hands out a PDF. Its name says what it is, never whose.
func download(w http.ResponseWriter, name string, b []byte) error {
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := w.Write(b)
	return err
}

// transfer is the sheet that goes along with a patient in an emergency.
func (s *site) transfer(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	sheet, _, err := s.Visits.Transfer(r.Context(), v, id)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	sheet.Page = s.frame(r, v, "Transfer sheet of "+sheet.Patient.Name)
	return show(s, w, r, http.StatusOK, transfer.Page, sheet)
}

func (s *site) transferPDF(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	_, pdf, err := s.Visits.Transfer(r.Context(), v, id)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	return download(w, "stillwatch-transfer.pdf", pdf)
}

// handover is what is read before one visit is taken over.
func (s *site) handover(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	h, err := s.Visits.Handover(r.Context(), v, id)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	h.Page = s.inRoom(r, v, "Hand-over")
	return show(s, w, r, http.StatusOK, handover.Page, h)
}

// handovers is that of all of a nurse's chairs; ?all=1 of every one.
func (s *site) handovers(w http.ResponseWriter, r *http.Request, v Visitor) error {
	h, err := s.Visits.Handovers(r.Context(), v, r.URL.Query().Get("all") == "1")
	if err != nil {
		return err
	}
	h.Page = s.inRoom(r, v, "Hand-over")
	return show(s, w, r, http.StatusOK, handover.Page, h)
}

// packPDF is the paper of one visit for when the server is down.
func (s *site) packPDF(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	b, err := s.Visits.PackPDF(r.Context(), v, id)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	return download(w, "stillwatch-paper.pdf", b)
}

// packsPDF is that of all of today's visits.
func (s *site) packsPDF(w http.ResponseWriter, r *http.Request, v Visitor) error {
	b, err := s.Visits.PacksPDF(r.Context(), v)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	return download(w, "stillwatch-paper.pdf", b)
}

func (s *site) schedulePage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	p, err := s.Visits.Schedule(r.Context(), v)
	if err != nil {
		return err
	}
	p.Page = s.frame(r, v, "Plan a visit")
	return show(s, w, r, http.StatusOK, schedule.Page, p)
}

func (s *site) plan(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	patient, err := ident.Parse[ident.Patient](f.Get("patient"))
	chair, ok := chairOf(f.Get("chair"))
	if err != nil || !ok {
		err = malformed("Choose a patient and a chair.")
	} else {
		held := f.Get("held") != ""
		var visit ident.Session
		visit, err = s.Visits.Plan(r.Context(), v, id, patient, chair, field(f, "date"), field(f, "time"), held)
		if err == nil && held && act.May(v.Actor, session.ActKeepSheet).Allowed {
			return redirectDone(w, r, "/sessions/"+string(visit)+"/paper", "planned")
		}
	}
	if err == nil {
		return redirectDone(w, r, "/sessions", "planned")
	}
	t := troubleOf(err)
	if t.Status >= http.StatusInternalServerError {
		return err
	}
	p, err := s.Visits.Schedule(r.Context(), v)
	if err != nil {
		return err
	}
	p.Page = s.frame(r, v, "Plan a visit")
	p.Trouble = t.What + " " + t.Do
	p.Patient, p.Chair, p.Date, p.Time, p.Held = f.Get("patient"), f.Get("chair"), field(f, "date"), field(f, "time"), f.Get("held") != ""
	return show(s, w, r, t.Status, schedule.Page, p)
}
