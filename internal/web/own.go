package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/own"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/trust"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// ErrAgain says that a phone's pass is too old: the date of birth is asked again.
var ErrAgain = errors.New("the date of birth is asked again")

// ErrBorn says that a date of birth is another than the patient's.
var ErrBorn = errors.New("another date of birth")

// Phone is a phone whose holder opened a link and gave the date of birth.
type Phone struct {
	Course ident.Course
	Link   ident.Command
	Proved time.Time
}

// Own is what patients open on their own phones. Of a link that opens nothing its
// errors say one and the same.
type Own interface {
	// Opens is nil for a link that can be opened.
	Opens(r *http.Request, secret string) error
	// Open opens it for who knows the date of birth (YYYY-MM-DD), and sets the cookie of
	// the phone. ErrBorn is for another date.
	Open(w http.ResponseWriter, r *http.Request, id ident.Command, secret, born string) error
	// Again opens a phone again whose pass is too old.
	Again(w http.ResponseWriter, r *http.Request, id ident.Command, born string) (Phone, error)
	Leave(w http.ResponseWriter)
	// Phone is whose phone it is; ErrAgain where the date of birth is asked again.
	Phone(r *http.Request) (Phone, error)

	Home(ctx context.Context, p Phone) (view.OwnHome, error)
	History(ctx context.Context, p Phone, typed url.Values) (view.OwnHistory, error)
	Medicines(ctx context.Context, p Phone, typed url.Values) (view.OwnMedicines, error)
	// Reading is one page to read; the empty name is the first.
	Reading(ctx context.Context, p Phone, name string) (view.OwnReading, error)
	Options(ctx context.Context, p Phone) (view.OwnOptions, error)
	Facts(ctx context.Context, p Phone) (view.OwnFacts, error)
	Day(ctx context.Context, p Phone) (view.OwnDay, error)
	// Send takes what was filled in on a page: what names the page's act, name the page
	// that was read.
	Send(ctx context.Context, p Phone, id ident.Command, what act.Act, name string, f url.Values) error
}

func (s *site) ownRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /p/{secret}", s.open(anyone, s.ownEntry))
	mux.HandleFunc("POST /p/{secret}", s.open(anyone, s.ownOpen))
	mux.HandleFunc("POST /own/again", s.open(anyone, s.ownAgain))
	mux.HandleFunc("POST /own/leave", s.open(anyone, s.ownLeave))
	mux.HandleFunc("GET /own", s.phone(s.ownHome))
	mux.HandleFunc("GET /own/health", s.phone(s.ownHistory))
	mux.HandleFunc("POST /own/health", s.phone(s.sendHistory))
	mux.HandleFunc("GET /own/medicines", s.phone(s.ownMedicines))
	mux.HandleFunc("POST /own/medicines", s.phone(s.sendMedicines))
	mux.HandleFunc("GET /own/read", s.phone(s.ownReading))
	mux.HandleFunc("GET /own/read/{page}", s.phone(s.ownReading))
	mux.HandleFunc("POST /own/read/{page}", s.phone(s.sendReading))
	mux.HandleFunc("GET /own/options", s.phone(s.ownOptions))
	mux.HandleFunc("GET /own/facts", s.phone(s.ownFacts))
	mux.HandleFunc("GET /own/day", s.phone(s.ownDay))
	mux.HandleFunc("POST /own/day", s.phone(s.sendDay))

	mux.HandleFunc("POST /courses/{id}/links", s.open(staff, s.giveLink))
	mux.HandleFunc("GET /courses/{id}/links/{link}", s.open(staff, s.linkPage))
	mux.HandleFunc("POST /courses/{id}/links/{link}/end", s.open(staff, s.endLink))
	mux.HandleFunc("POST /courses/{id}/take-up", s.open(staff, s.takeUp))
}

// phone lets a phone in whose holder gave the date of birth, and asks for it where that
// was too long ago.
func (s *site) phone(h func(w http.ResponseWriter, r *http.Request, p Phone) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, err := s.Own.Phone(r)
		switch {
		case errors.Is(err, ErrAgain) && r.Method == http.MethodGet:
			err = s.showEntry(w, r, http.StatusOK, "", view.OwnEntry{Again: true})
		case errors.Is(err, ErrAgain):
			err = s.showEntry(w, r, http.StatusUnauthorized, "These pages closed while you were writing. Give your date of birth: what you wrote is kept and is sent then.", view.OwnEntry{Again: true, Then: r.URL.Path, Kept: keptOf(r)})
		case err == nil:
			err = h(w, r, p)
		}
		if err != nil {
			s.fail(w, r, Visitor{}, err)
		}
	}
}

// ofPatient reports whether a patient's page was asked for.
func ofPatient(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/p/") || r.URL.Path == "/own" || strings.HasPrefix(r.URL.Path, "/own/")
}

// ownFrame is the frame of a patient's page: it names nobody. On a tablet of the room,
// which may be handed over, it is as dim as every page there.
func (s *site) ownFrame(r *http.Request, title string) view.Page {
	p := view.Page{Title: title, Theme: "light", Clinic: s.Clinic, Demo: s.Demo, Command: string(s.commandID()), Flash: done(r)}
	if v, err := s.Auth.Visit(r); err == nil && v.DeviceName != "" {
		p.Theme = "dim"
	}
	return p
}

func (s *site) showEntry(w http.ResponseWriter, r *http.Request, status int, trouble string, p view.OwnEntry) error {
	p.Page = s.ownFrame(r, "Your pages")
	p.Trouble, p.Flash = trouble, ""
	if p.Again && r.URL.Path != "/own/again" { // the form goes to its own door
		p.To = "/own/again"
	}
	return show(s, w, r, status, own.Entry, p)
}

func (s *site) ownEntry(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	if err := s.Own.Opens(r, r.PathValue("secret")); err != nil {
		return err
	}
	return s.showEntry(w, r, http.StatusOK, "", view.OwnEntry{})
}

func (s *site) ownOpen(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	return s.asked(w, r, view.OwnEntry{}, func(id ident.Command, born string) error {
		return s.Own.Open(w, r, id, r.PathValue("secret"), born)
	}, func() error {
		http.Redirect(w, r, "/own", http.StatusSeeOther)
		return nil
	})
}

func (s *site) ownAgain(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	var p Phone
	entry := view.OwnEntry{Again: true}
	if err := r.ParseForm(); err != nil {
		return asMalformed(err)
	}
	entry.Then = field(r.PostForm, "then")
	for name, values := range r.PostForm {
		if kept, ok := strings.CutPrefix(name, keptPrefix); ok {
			for _, v := range values {
				entry.Kept = append(entry.Kept, view.OwnKept{Name: kept, Value: v})
			}
		}
	}
	return s.asked(w, r, entry, func(id ident.Command, born string) (err error) {
		p, err = s.Own.Again(w, r, id, born)
		return err
	}, func() error { return s.goOn(w, r, p, entry) })
}

// keptPrefix stands before the names of fields that were filled in on another page and
// wait for the date of birth.
const keptPrefix = "kept."

// keptOf is what was filled in on a page that had closed meanwhile.
func keptOf(r *http.Request) []view.OwnKept {
	if err := r.ParseForm(); err != nil {
		return nil // it could not be read before either
	}
	var out []view.OwnKept
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, v := range r.PostForm[name] {
			out = append(out, view.OwnKept{Name: name, Value: v})
		}
	}
	return out
}

// goOn sends what was filled in before the pages closed, else opens the first page.
func (s *site) goOn(w http.ResponseWriter, r *http.Request, p Phone, e view.OwnEntry) error {
	name, reading := strings.CutPrefix(e.Then, "/own/read/")
	to := map[string]func(http.ResponseWriter, *http.Request, Phone) error{
		"/own/health": s.sendHistory, "/own/medicines": s.sendMedicines, "/own/day": s.sendDay,
	}[e.Then]
	if reading {
		r.SetPathValue("page", name)
		to = s.sendReading
	}
	if to == nil || len(e.Kept) == 0 {
		http.Redirect(w, r, "/own", http.StatusSeeOther)
		return nil
	}
	r.PostForm = url.Values{}
	for _, k := range e.Kept {
		r.PostForm.Add(k.Name, k.Value)
	}
	return to(w, r, p)
}

// asked takes a date of birth, and goes on where it is the patient's. One that is none
// is not held against who typed it.
func (s *site) asked(w http.ResponseWriter, r *http.Request, p view.OwnEntry, open func(id ident.Command, born string) error, then func() error) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	p.Day, p.Month, p.Year = field(f, "day"), field(f, "month"), field(f, "year")
	born, ok := bornOn(p.Day, p.Month, p.Year, s.Now())
	if !ok {
		return s.showEntry(w, r, http.StatusUnprocessableEntity, "This is not a date of birth. Write the day, the month and the year in numbers.", p)
	}
	switch err := open(id, born); {
	case errors.Is(err, ErrBorn):
		return s.showEntry(w, r, http.StatusUnprocessableEntity, "This is not the date of birth that the clinic has for this link. Please check it. After a few wrong dates the link closes.", p)
	case err != nil:
		return err
	}
	return then()
}

// bornOn reads a date of birth from its three fields.
func bornOn(day, month, year string, now time.Time) (string, bool) {
	two := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	text := year + "-" + two(month) + "-" + two(day)
	t, err := time.Parse(time.DateOnly, text)
	return text, err == nil && len(year) == 4 && t.Year() >= 1900 && t.Before(now)
}

func (s *site) ownLeave(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	s.Own.Leave(w)
	return s.showEntry(w, r, http.StatusOK, "", view.OwnEntry{Closed: true})
}

func (s *site) ownHome(w http.ResponseWriter, r *http.Request, p Phone) error {
	v, err := s.Own.Home(r.Context(), p)
	if err != nil {
		return err
	}
	v.Page = s.ownFrame(r, "Your pages")
	return show(s, w, r, http.StatusOK, own.Home, v)
}

// framed is a page of a patient with its frame in place.
type framed interface{ Frame(view.Page) }

// ownPage shows one of the pages; trouble says what was not taken of it.
func ownPage[V any, P interface {
	*V
	framed
}](s *site, w http.ResponseWriter, r *http.Request, t *page.Template[V], title, trouble string, v V, err error) error {
	if err != nil {
		return err
	}
	f := s.ownFrame(r, title)
	f.Trouble = trouble
	P(&v).Frame(f)
	return show(s, w, r, statusWith(trouble), t, v)
}

// fromPhone takes what was filled in, and shows the page again where it was refused.
func (s *site) fromPhone(w http.ResponseWriter, r *http.Request, p Phone, what act.Act, name, to string, again func(trouble string, f url.Values) error) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	if err := s.Own.Send(r.Context(), p, id, what, name, f); err != nil {
		var t *Trouble
		if errors.As(err, &t) && t.Status == http.StatusUnprocessableEntity {
			return again(t.What, f)
		}
		return err
	}
	return redirectDone(w, r, to, "sent")
}

func (s *site) showHistory(w http.ResponseWriter, r *http.Request, p Phone, trouble string, f url.Values) error {
	v, err := s.Own.History(r.Context(), p, f)
	return ownPage(s, w, r, own.History, "Your health", trouble, v, err)
}

func (s *site) ownHistory(w http.ResponseWriter, r *http.Request, p Phone) error {
	return s.showHistory(w, r, p, "", nil)
}

func (s *site) sendHistory(w http.ResponseWriter, r *http.Request, p Phone) error {
	return s.fromPhone(w, r, p, course.ActTell, "health", "/own", func(trouble string, f url.Values) error { return s.showHistory(w, r, p, trouble, f) })
}

func (s *site) showMedicines(w http.ResponseWriter, r *http.Request, p Phone, trouble string, f url.Values) error {
	v, err := s.Own.Medicines(r.Context(), p, f)
	return ownPage(s, w, r, own.Medicines, "Medicines and allergies", trouble, v, err)
}

func (s *site) ownMedicines(w http.ResponseWriter, r *http.Request, p Phone) error {
	return s.showMedicines(w, r, p, "", nil)
}

func (s *site) sendMedicines(w http.ResponseWriter, r *http.Request, p Phone) error {
	return s.fromPhone(w, r, p, course.ActTell, "medicines", "/own", func(trouble string, f url.Values) error { return s.showMedicines(w, r, p, trouble, f) })
}

func (s *site) showReading(w http.ResponseWriter, r *http.Request, p Phone, trouble string) error {
	v, err := s.Own.Reading(r.Context(), p, r.PathValue("page"))
	return ownPage(s, w, r, own.Reading, v.Heading, trouble, v, err)
}

func (s *site) ownReading(w http.ResponseWriter, r *http.Request, p Phone) error {
	return s.showReading(w, r, p, "")
}

func (s *site) sendReading(w http.ResponseWriter, r *http.Request, p Phone) error {
	name := r.PathValue("page")
	return s.fromPhone(w, r, p, course.ActLearn, name, "/own/read/"+url.PathEscape(name), func(trouble string, _ url.Values) error { return s.showReading(w, r, p, trouble) })
}

func (s *site) ownOptions(w http.ResponseWriter, r *http.Request, p Phone) error {
	v, err := s.Own.Options(r.Context(), p)
	return ownPage(s, w, r, own.Options, "What else there is", "", v, err)
}

func (s *site) ownFacts(w http.ResponseWriter, r *http.Request, p Phone) error {
	v, err := s.Own.Facts(r.Context(), p)
	return ownPage(s, w, r, own.Facts, "What is often said", "", v, err)
}

func (s *site) showDay(w http.ResponseWriter, r *http.Request, p Phone, trouble string) error {
	v, err := s.Own.Day(r.Context(), p)
	return ownPage(s, w, r, own.Day, "The day of your infusion", trouble, v, err)
}

func (s *site) ownDay(w http.ResponseWriter, r *http.Request, p Phone) error {
	return s.showDay(w, r, p, "")
}

func (s *site) sendDay(w http.ResponseWriter, r *http.Request, p Phone) error {
	return s.fromPhone(w, r, p, course.ActPrepare, "day", "/own/day", func(trouble string, _ url.Values) error { return s.showDay(w, r, p, trouble) })
}

// giveLink makes a link: the form's key becomes its id, so that the same form twice
// makes one, and shows it to be printed.
func (s *site) giveLink(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, _, key, err := ofCourse(r)
	if err != nil {
		return err
	}
	body, err := s.Courses.LinkBody(key)
	if err != nil {
		return err
	}
	if err := s.Courses.DoCourse(r.Context(), v, key, id, course.ActGiveLink, body); err != nil {
		return again(err, func(t string) error { return s.showCourse(w, r, v, t) })
	}
	http.Redirect(w, r, "/courses/"+string(id)+"/links/"+string(key), http.StatusSeeOther)
	return nil
}

func linkIn(r *http.Request) (ident.Command, error) {
	id, err := ident.Parse[ident.Command](r.PathValue("link"))
	if err != nil {
		return "", errNotFound
	}
	return id, nil
}

func (s *site) linkPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	id, err := courseIn(r)
	if err != nil {
		return err
	}
	link, err := linkIn(r)
	if err != nil {
		return err
	}
	p, err := s.Courses.Link(r.Context(), v, id, link)
	if err != nil {
		return err
	}
	if p.Opens {
		if p.QR, p.QRSize, err = trust.Draw(p.Address); err != nil {
			return err
		}
	}
	p.Page, p.ID, p.Link = s.inRoom(r, v, "A link for the patient"), string(id), string(link)
	return show(s, w, r, http.StatusOK, own.Link, p)
}

func (s *site) endLink(w http.ResponseWriter, r *http.Request, v Visitor) error {
	link, err := linkIn(r)
	if err != nil {
		return err
	}
	return s.doCourse(w, r, v, course.ActEndLink, func(url.Values) ([]byte, error) { return s.Courses.LinkUse(link) })
}

func (s *site) takeUp(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.doCourse(w, r, v, course.ActTakeUp, func(f url.Values) ([]byte, error) { return s.Courses.Taking(field(f, "told")) })
}

// doCourse takes a small form of the course's page.
func (s *site) doCourse(w http.ResponseWriter, r *http.Request, v Visitor, what act.Act, bodyOf func(url.Values) ([]byte, error)) error {
	id, f, key, err := ofCourse(r)
	if err != nil {
		return err
	}
	body, err := bodyOf(f)
	if err != nil {
		return err
	}
	if err := s.Courses.DoCourse(r.Context(), v, key, id, what, body); err != nil {
		return again(err, func(t string) error { return s.showCourse(w, r, v, t) })
	}
	return redirectDone(w, r, "/courses/"+string(id), "course")
}
