package web

import (
	"net/http"

	"github.com/stillwatch/stillwatch/internal/web/board"
	"github.com/stillwatch/stillwatch/internal/web/chair"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// boardTitle is the board's heading, in the page and in each frame of it.
const boardTitle = "Board"

// board is the station's page; ?public=1 shows initials instead of names.
func (s *site) board(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showBoard(w, r, v, http.StatusOK, "")
}

func (s *site) showBoard(w http.ResponseWriter, r *http.Request, v Visitor, status int, testTrouble string) error {
	public := r.URL.Query().Get("public") == "1"
	b, err := s.Station.Board(r.Context(), v, public)
	if err != nil {
		return err
	}
	b.Page, b.Public, b.TestTrouble = s.dim(r, v, boardTitle), public, testTrouble
	return show(s, w, r, status, board.Page, b)
}

// chair is the shell of the chair's island with the first view inside, so
// that values are there before the first frame of the stream.
func (s *site) chair(w http.ResponseWriter, r *http.Request, v Visitor) error {
	c, err := s.loadChair(r, v)
	if err != nil {
		return err
	}
	title := "Chair " + r.PathValue("n")
	return show(s, w, r, http.StatusOK, chair.Page, chair.Shell{Page: s.dim(r, v, title), Chair: c.Chair, First: c})
}

func (s *site) chairView(w http.ResponseWriter, r *http.Request, v Visitor) error {
	c, err := s.loadChair(r, v)
	if err != nil {
		return err
	}
	s.json(w, r, http.StatusOK, c)
	return nil
}

// expected is fetched by a chair's page while somebody looks at it, and never pushed.
func (s *site) expected(w http.ResponseWriter, r *http.Request, v Visitor) error {
	n, ok := chairOf(r.PathValue("n"))
	if !ok {
		return errNotFound
	}
	e, err := s.Station.Expected(r.Context(), v, n)
	if err != nil {
		return err
	}
	s.json(w, r, http.StatusOK, e)
	return nil
}

func (s *site) loadChair(r *http.Request, v Visitor) (view.Chair, error) {
	n, ok := chairOf(r.PathValue("n"))
	if !ok {
		return view.Chair{}, errNotFound
	}
	c, err := s.Station.Chair(r.Context(), v, n)
	if err != nil {
		return view.Chair{}, err
	}
	c.Chair, c.Table, c.Who = int(n), s.table.url, who(v)
	return c, nil
}
