package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/entry"
	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// deskAct is one act of a visit as it is being asked at the desk.
type deskAct struct {
	session ident.Session
	form    form.Form
	of      string
	given   entry.Given
	page    view.DeskAct
	asking  Asking
}

func (s *site) deskAct(r *http.Request, v Visitor, of, like string) (deskAct, error) {
	id, err := sessionOf(r)
	if err != nil {
		return deskAct{}, err
	}
	f, ok := form.Of(act.Act(r.PathValue("act")))
	if !ok {
		return deskAct{}, errNotFound
	}
	a, err := s.Visits.Asking(r.Context(), v, id, f.Act, of, like)
	if err != nil {
		return deskAct{}, err
	}
	return deskAct{session: id, form: f, of: of, page: a.Page, asking: a, given: entry.Given{Choices: a.Choices}}, nil
}

// actPage asks for one act.
func (s *site) actPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	q := r.URL.Query()
	d, err := s.deskAct(r, v, q.Get("of"), q.Get("like"))
	if err != nil {
		return err
	}
	if d.asking.Like != nil {
		d.given.Answers = form.Filling{Zone: d.asking.Zone}.Answers(d.form, d.asking.Like)
	}
	return s.showAct(w, r, v, http.StatusOK, d)
}

func (s *site) showAct(w http.ResponseWriter, r *http.Request, v Visitor, status int, d deskAct) error {
	p, trouble := d.page, d.page.Trouble
	p.Page = s.frame(r, v, d.form.Title)
	p.Trouble = trouble
	p.Session, p.Act, p.Of = string(d.session), string(d.form.Act), d.of
	p.Intro, p.Submit, p.Sign, p.Witness = d.form.Intro, d.form.Submit, d.form.Sign, d.form.Witness
	p.Sections = entry.Sections(d.form, d.given)
	return show(s, w, r, status, entry.Page, p)
}

// takeAct sends what was answered through the same door as the chair's
// entries. Whatever is refused, the page comes back with all that was typed,
// passwords excepted.
func (s *site) takeAct(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	d, err := s.deskAct(r, v, field(f, "of"), "")
	if err != nil {
		return err
	}
	d.given.Answers = f
	if more := f.Get("more"); more != "" {
		d.given.More = more
		return s.showAct(w, r, v, http.StatusOK, d)
	}
	c, ok, err := s.commandOf(&d, id, f)
	if err != nil {
		return err
	}
	if !ok {
		return s.showAct(w, r, v, http.StatusUnprocessableEntity, d)
	}
	author, status, err := s.signed(r, v, &d, &c, f)
	if err != nil {
		return err
	}
	if status != 0 {
		return s.showAct(w, r, v, status, d)
	}
	reply, err := s.Commands.Do(r.Context(), author, c)
	if err != nil {
		return err
	}
	if status := statusOf(reply); status != http.StatusOK {
		d.refuse(reply)
		return s.showAct(w, r, v, status, d)
	}
	what := "recorded"
	if d.form.Act == session.ActAttachOrder {
		what = "ordered"
	}
	return redirectDone(w, r, "/sessions/"+string(d.session), what)
}

// commandOf makes the command; ok is false when answers have to be mended.
// The form's key is the command's id and gives the order its own, so that a
// form sent twice counts once.
func (s *site) commandOf(d *deskAct, id ident.Command, f url.Values) (c Command, ok bool, err error) {
	fill := form.Filling{Zone: d.asking.Zone, NewID: string(id)}
	body, wrong, err := fill.Fill(d.form, d.asking.Known, f)
	if err != nil {
		return Command{}, false, err
	}
	if len(wrong) > 0 {
		d.given.Problems = wrong
		d.page.Trouble = "Nothing was recorded: " + count(len(wrong), "answer needs", "answers need") + " another look."
		return Command{}, false, nil
	}
	c = Command{Act: d.form.Act, Schema: d.form.Version, ID: id, Session: d.session, OccurredAt: s.Now(), Body: body}
	// When the form arrived is no part of what was said: the same form a
	// minute later is the same form.
	c.Digest = digest(c.Act, envelope{ID: string(id), Session: string(d.session), Body: body})
	return c, true, nil
}

// signed proves the author of a signature, and the second person where one is
// needed. A status other than zero gives the page back.
func (s *site) signed(r *http.Request, v Visitor, d *deskAct, c *Command, f url.Values) (author Visitor, status int, err error) {
	author = v
	if d.form.Sign {
		if author, err = s.Auth.Confirm(r, v, f.Get("sign.password")); err != nil {
			status, d.page.SignTrouble, err = askAgain(err)
			return author, status, err
		}
	}
	if !d.form.Witness {
		return author, 0, nil
	}
	d.page.WitnessLogin = field(f, "witness.login")
	g, err := s.Auth.Witness(r, WitnessProof{Login: d.page.WitnessLogin, Password: f.Get("witness.password")})
	if err != nil {
		status, d.page.WitnessTrouble, err = askAgain(err)
		return author, status, err
	}
	c.Witness = g.Grant
	return author, 0, nil
}

// askAgain gives the words of a proof that was not taken; an error without
// words goes on.
func askAgain(err error) (status int, words string, _ error) {
	t := troubleOf(err)
	if t.Status >= http.StatusInternalServerError {
		return 0, "", err
	}
	return t.Status, strings.TrimSpace(t.What + " " + t.Do), nil
}

// refuse says a refusal beside the answer it is about, where there is one.
func (d *deskAct) refuse(r view.Reply) {
	words := r.Text
	if len(r.Needs) > 0 {
		words += " It needs: " + strings.Join(r.Needs, " or ") + "."
	}
	if r.Source != "" {
		words += " (" + r.Source + ")"
	}
	d.page.Trouble = "Nothing was recorded. " + words
	if r.Field != "" && asks(d.form, r.Field) {
		d.given.Problems = form.Problems{r.Field: r.Text}
	}
}

func asks(f form.Form, name string) bool {
	for _, s := range f.Sections {
		for _, q := range s.Fields {
			if q.Name("") == name {
				return true
			}
		}
	}
	return false
}

func count(n int, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return strconv.Itoa(n) + " " + many
}
