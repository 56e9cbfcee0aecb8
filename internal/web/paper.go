package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/paper"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// paperPage is where a paper is typed as it stands.
func (s *site) paperPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	p, err := s.Visits.Paper(r.Context(), v, id)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	p.Page = s.inRoom(r, v, "Enter from paper")
	return show(s, w, r, http.StatusOK, paper.Page, p)
}

// tryPaper says what a paper would become; nothing is recorded.
func (s *site) tryPaper(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return asMalformed(err)
	}
	answer, preview, err := s.Visits.TryPaper(r.Context(), v, id, raw)
	if err != nil {
		return notClosed(err)
	}
	var b bytes.Buffer
	if err := paper.Page.Fragment(&b, "preview", view.Paper{Preview: preview}); err != nil {
		return err
	}
	answer.HTML = b.String()
	s.json(w, r, http.StatusOK, answer)
	return nil
}

// keepSheet takes one photo, as the bytes of the file and nothing around them.
func (s *site) keepSheet(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	cmd, err := ident.Parse[ident.Command](r.PathValue("command"))
	if err != nil {
		return malformed("The photo has no proper id.")
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return asMalformed(err)
	}
	sheet, err := s.Visits.KeepSheet(r.Context(), v, id, cmd, raw)
	if err != nil {
		return notClosed(err)
	}
	s.json(w, r, http.StatusOK, sheet)
	return nil
}

// notClosed words a record that is closed to the visitor for a program.
func notClosed(err error) error {
	if closed := new(Closed); errors.As(err, &closed) {
		return &Trouble{Status: http.StatusForbidden, What: "This record is closed to your role.", Do: "Open it from the list of visits first."}
	}
	return err
}

// sheet shows a photo as what it is and nothing else: no page can be made of it.
func (s *site) sheet(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := sessionOf(r)
	if err != nil {
		return err
	}
	position, err := strconv.ParseInt(r.PathValue("position"), 10, 64)
	if err != nil {
		return errNotFound
	}
	kind, raw, err := s.Visits.Sheet(r.Context(), v, id, position)
	if err != nil {
		return s.orClosed(w, r, v, err)
	}
	ending, ok := map[string]string{"image/jpeg": "jpg", "image/png": "png"}[kind]
	if !ok {
		return errNotFound
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Disposition", `inline; filename="stillwatch-paper.`+ending+`"`)
	_, err = w.Write(raw)
	return err
}
