package web

import (
	"fmt"
	"net/http"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/password"
	"github.com/stillwatch/stillwatch/internal/web/signin"
	"github.com/stillwatch/stillwatch/internal/web/unlock"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// home is the chair for its tablet and the board for everybody else.
func (s *site) home(w http.ResponseWriter, r *http.Request, v Visitor) error {
	to := "/board"
	if v.Chair.Valid() {
		to = "/chair/" + v.Chair.String()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (s *site) signInPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	p := view.SignIn{Page: s.inRoom(r, v, "Sign in"), Next: safeNext(r.URL.Query().Get("next"))}
	return show(s, w, r, http.StatusOK, signin.Page, p)
}

func (s *site) signIn(w http.ResponseWriter, r *http.Request, v Visitor) error {
	if err := r.ParseForm(); err != nil {
		return asMalformed(err)
	}
	login, next := field(r.PostForm, "login"), safeNext(r.PostForm.Get("next"))
	in, err := s.Auth.SignIn(w, r, login, r.PostForm.Get("password"))
	if err != nil {
		return s.signInAgain(w, r, v, err, login, next)
	}
	if in.MustChange {
		next = "/password"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// signInAgain gives the page back with what went wrong. What was typed as a
// password never comes back.
func (s *site) signInAgain(w http.ResponseWriter, r *http.Request, v Visitor, err error, login, next string) error {
	t := troubleOf(err)
	if t.Status >= http.StatusInternalServerError {
		return err
	}
	p := view.SignIn{Page: s.inRoom(r, v, "Sign in"), Login: login, Next: next}
	p.Trouble = t.What
	if t.Wait > 0 {
		p.Wait = fmt.Sprintf("Try again in %d s.", int(t.Wait.Seconds())+1)
	}
	return show(s, w, r, t.Status, signin.Page, p)
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	if err := s.Auth.SignOut(w, r); err != nil {
		return err
	}
	return redirectDone(w, r, "/sign-in", "out")
}

func (s *site) newPassword(r *http.Request, v Visitor) view.NewPassword {
	return view.NewPassword{
		Page: s.frame(r, v, "Choose your password"), WithPIN: true,
		Rules: []string{"At least 12 characters; a few words are best.", "Not your name."},
	}
}

func (s *site) passwordPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return show(s, w, r, http.StatusOK, password.Page, s.newPassword(r, v))
}

func (s *site) setPassword(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, _, err := posted(r)
	if err != nil {
		return err
	}
	if _, err := s.Auth.SetPassword(w, r, f.Get("old"), f.Get("new"), f.Get("pin")); err != nil {
		t := troubleOf(err)
		if t.Status >= http.StatusInternalServerError {
			return err
		}
		p := s.newPassword(r, v)
		p.Trouble = t.What + " " + t.Do
		return show(s, w, r, t.Status, password.Page, p)
	}
	return redirectDone(w, r, "/sessions", "password")
}

func (s *site) unlockView(r *http.Request, v Visitor, next string) (view.Unlock, error) {
	people, err := s.Auth.People(r.Context(), v)
	if err != nil {
		return view.Unlock{}, err
	}
	title := "Sign in at this device"
	if v.Locked {
		title = "Locked"
	}
	return view.Unlock{
		Page: s.dim(r, v, title), Next: next, People: people, Person: string(v.Actor.Person),
		Stop: v.Chair.Valid(), Chair: int(v.Chair),
	}, nil
}

func (s *site) unlockPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	p, err := s.unlockView(r, v, safeNext(r.URL.Query().Get("next")))
	if err != nil {
		return err
	}
	return show(s, w, r, http.StatusOK, unlock.Page, p)
}

func (s *site) unlock(w http.ResponseWriter, r *http.Request, v Visitor) error {
	if err := r.ParseForm(); err != nil {
		return asMalformed(err)
	}
	next := safeNext(r.PostForm.Get("next"))
	person, err := ident.Parse[ident.Person](r.PostForm.Get("person"))
	if err != nil {
		return malformed("Say first who you are.")
	}
	if _, err := s.Auth.Unlock(w, r, person, r.PostForm.Get("pin")); err != nil {
		t := troubleOf(err)
		if t.Status >= http.StatusInternalServerError {
			return err
		}
		p, err := s.unlockView(r, v, next)
		if err != nil {
			return err
		}
		p.Person, p.Trouble = string(person), t.What+" "+t.Do
		return show(s, w, r, t.Status, unlock.Page, p)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (s *site) lock(w http.ResponseWriter, r *http.Request, v Visitor) error {
	if err := s.Auth.Lock(w, r); err != nil {
		return err
	}
	return s.home(w, r, v)
}
