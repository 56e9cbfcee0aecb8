package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/paper"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Paper is the page on which a paper of a visit is typed.
func (s visits) Paper(ctx context.Context, v web.Visitor, id ident.Session) (view.Paper, error) {
	visit, err := s.typing(ctx, v, id)
	if err != nil {
		return view.Paper{}, err
	}
	p := present.Paper(visit)
	if last, back, ok := s.app.Silence(); ok {
		p.Last, p.Back = s.moment(last), s.moment(back)
	}
	return p, nil
}

// moment is an instant as the page's fields take it.
func (s visits) moment(t time.Time) string { return t.In(s.app.Zone).Format("2006-01-02 15:04") }

// typing reads a visit for one who may enter what was written on paper.
func (s visits) typing(ctx context.Context, v web.Visitor, id ident.Session) (app.Visit, error) {
	if err := need(v, session.ActKeepSheet); err != nil {
		return app.Visit{}, err
	}
	return s.readable(ctx, v, id)
}

// TryPaper says what a paper would become. Nothing is recorded.
func (s visits) TryPaper(ctx context.Context, v web.Visitor, id ident.Session, raw []byte) (view.PaperAnswer, view.PaperPreview, error) {
	before, err := s.typing(ctx, v, id)
	if err != nil {
		return view.PaperAnswer{}, view.PaperPreview{}, err
	}
	d, err := paper.DecodeDraft(raw)
	if err != nil {
		return view.PaperAnswer{}, view.PaperPreview{}, &web.Trouble{Status: http.StatusBadRequest, What: upper(err.Error()) + ".", Do: "Nothing was recorded; what you typed is still here."}
	}
	said, problems := paper.Read(d, s.app.Zone)
	rs := make([]app.Request, len(said))
	for i := range said {
		if said[i].At.IsZero() {
			said[i].At = journal.Time(s.app.Now())
		}
		rs[i] = app.Request{
			Act: said[i].Act, Schema: 1, ID: said[i].ID, Session: id, OccurredAt: said[i].At,
			Actor: v.Actor, Device: v.Actor.Via, Paper: said[i].Paper, Body: said[i].Body,
		}
	}
	results, after, err := s.app.Rehearse(ctx, id, rs)
	if errors.Is(err, app.ErrMalformed) {
		return view.PaperAnswer{}, view.PaperPreview{}, badInput(err)
	}
	if err != nil {
		return view.PaperAnswer{}, view.PaperPreview{}, err
	}
	answer, preview := present.PaperAnswer(before, after, said, results)
	for _, p := range problems {
		answer.Problems = append(answer.Problems, view.PaperProblem{Row: string(p.Row), Cell: p.Cell, Text: p.Text})
	}
	return answer, preview, nil
}

// KeepSheet keeps a photo of a paper.
func (s visits) KeepSheet(ctx context.Context, v web.Visitor, id ident.Session, cmd ident.Command, raw []byte) (view.PaperSheet, error) {
	if _, err := s.typing(ctx, v, id); err != nil {
		return view.PaperSheet{}, err
	}
	ans, err := s.app.KeepSheet(ctx, app.Request{ID: cmd, Session: id, OccurredAt: s.app.Now(), Actor: v.Actor, Device: v.Actor.Via, Chair: v.Chair}, raw)
	switch {
	case errors.Is(err, app.ErrMalformed):
		return view.PaperSheet{}, &web.Trouble{Status: http.StatusUnprocessableEntity, What: upper(wordsOf(err)) + ".", Do: "Take it again as JPEG or PNG."}
	case errors.Is(err, journal.ErrDigest):
		return view.PaperSheet{}, &web.Trouble{Status: http.StatusConflict, What: "Another photo was kept under this id.", Do: "Choose the photo again."}
	case err != nil:
		return view.PaperSheet{}, err
	case ans.Refusal != nil:
		return view.PaperSheet{}, refused(ans.Refusal)
	}
	visit, err := s.visit(ctx, id)
	if err != nil {
		return view.PaperSheet{}, err
	}
	for _, sheet := range present.Sheets(visit) {
		if sheet.Position == ans.Position {
			return sheet, nil
		}
	}
	return view.PaperSheet{}, noSheet
}

// Sheet is a photo of a paper; its read is audited as one of the record.
func (s visits) Sheet(ctx context.Context, v web.Visitor, id ident.Session, position int64) (kind string, raw []byte, err error) {
	visit, err := s.readable(ctx, v, id)
	if err != nil {
		return "", nil, err
	}
	k, raw, ok, err := s.app.Sheet(ctx, visit, position)
	switch {
	case errors.Is(err, app.ErrNoSession):
		return "", nil, noSheet
	case err != nil:
		return "", nil, err
	case !ok:
		return "", nil, &web.Trouble{Status: http.StatusGone, What: "This photo was erased.", Do: "The record says so, and when."}
	}
	return string(k), raw, nil
}

var noSheet = &web.Trouble{Status: http.StatusNotFound, What: "There is no such photo in this record.", Do: "Open the record: it lists its photos."}
