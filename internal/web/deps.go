package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/web/page"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Deps is what the pages need. Every part but Gallery is required.
type Deps struct {
	Auth     Auth
	Commands Commands
	Station  Station
	Visits   Visits
	Desk     Desk
	Courses  Courses
	Own      Own
	Explorer Explorer
	Orders   Orders
	House    House
	Feed     Feed
	Assets   page.Assets
	Clinic   string
	Demo     bool
	Limits   form.Limits // of the adopted library
	Gallery  bool        // development: every page in every state at /gallery
	Now      func() time.Time
	Random   func([]byte) // fills with random bytes, never fails
	Log      *slog.Logger
	// Fault says, where set, what keeps entries from being written, in one
	// sentence for everybody; empty while they are.
	Fault func() string
	// Skew, where set, hears how far the clock of a visitor's device is from
	// the server's, as its page measured it: device minus server.
	Skew func(v Visitor, off time.Duration)
	// Unread, where set, hears of each command that could not be read and so
	// never reached Commands.
	Unread func(what act.Act, began time.Time)
}

// Visitor is who makes a request, as Auth proved it.
type Visitor struct {
	// Actor is the person, or the enrolled device when nobody is signed in;
	// the zero Actor when neither is known.
	Actor      act.Actor
	Name       string // "A. Okafor RN"
	DeviceName string // "tablet at chair 3", empty when not enrolled
	Chair      ident.Chair
	Locked     bool
	// MustChange says that a one-time password was used: only the page that
	// replaces it is open.
	MustChange bool
}

// SignedIn reports whether a person is signed in and the screen is open.
func (v Visitor) SignedIn() bool { return v.Actor.Kind == act.Person && !v.Locked && !v.MustChange }

// Known reports whether the request comes from a person, locked or not, or
// from an enrolled device.
func (v Visitor) Known() bool { return v.Actor.Kind == act.Person || v.Actor.Kind == act.Device }

// Auth proves who asks. It reads and sets its own cookies.
type Auth interface {
	// Visit says who makes the request. Nobody known is no error.
	Visit(r *http.Request) (Visitor, error)
	SignIn(w http.ResponseWriter, r *http.Request, login, password string) (Visitor, error)
	SignOut(w http.ResponseWriter, r *http.Request) error
	// Unlock opens a locked screen, or signs a person in on an enrolled device.
	Unlock(w http.ResponseWriter, r *http.Request, person ident.Person, pin string) (Visitor, error)
	Lock(w http.ResponseWriter, r *http.Request) error
	// SetPassword replaces a one-time password; pin is empty when not set.
	SetPassword(w http.ResponseWriter, r *http.Request, old, chosen, pin string) (Visitor, error)
	// Enrol makes this browser an enrolled device by a code from the devices page.
	Enrol(w http.ResponseWriter, r *http.Request, code string) error
	// People lists who may unlock here.
	People(ctx context.Context, v Visitor) ([]view.Option, error)
	// Grant lets the island write in the visitor's name while the server is away.
	Grant(ctx context.Context, v Visitor) (Granted, error)
	// Confirm proves once more, by password, the person who is signed in: a
	// signature is theirs and not that of whoever found the screen open.
	Confirm(r *http.Request, v Visitor, password string) (Visitor, error)
	// ProvePIN proves by PIN, on an enrolled device, who gives one entry there,
	// and signs nobody in.
	ProvePIN(r *http.Request, v Visitor, person ident.Person, pin string) (Visitor, error)
	// Witness proves a second person, by login and password or by PIN on an
	// enrolled device, and returns a grant for one act.
	Witness(r *http.Request, proof WitnessProof) (Granted, error)
}

// Granted is a grant with whom it names.
type Granted struct {
	Grant  string       `json:"grant"`
	Person ident.Person `json:"person"`
	Name   string       `json:"name"`
	Until  time.Time    `json:"until"`
	// IdleMS is how long a screen stays open without a hand at it: a page that
	// has lost the server locks itself.
	IdleMS int64 `json:"idle_ms,omitempty"`
}

// WitnessProof is how a second person proves who they are.
type WitnessProof struct {
	Login    string       `json:"login,omitempty"`
	Password string       `json:"password,omitempty"`
	Person   ident.Person `json:"person,omitempty"`
	PIN      string       `json:"pin,omitempty"`
}

// Command is one command as posted, its shape checked and nothing else.
type Command struct {
	Act        act.Act
	Schema     int
	ID         ident.Command
	Session    ident.Session
	OccurredAt time.Time
	Offset     time.Duration  // client's clock minus ours
	Grant      string         // of the author; empty: the visitor delivers and is the author
	Unsigned   bool           // nobody was known when it was said: an enrolled device is its author
	Said       ident.Person   // who was at the screen; empty where nobody was known. No proof
	Witness    string         // grant of the second person
	Paper      *session.Paper // written on paper first; nil for what is said where it happens
	Body       []byte
	Digest     [32]byte // over everything but who delivers it
}

// Commands takes commands.
type Commands interface {
	// Do answers with what became of the command. An error means that nothing
	// was written and that the same id may be sent again.
	Do(ctx context.Context, v Visitor, c Command) (view.Reply, error)
}

// Station shows the room.
type Station interface {
	Board(ctx context.Context, v Visitor, public bool) (view.Board, error)
	Chair(ctx context.Context, v Visitor, chair ident.Chair) (view.Chair, error)
	// Expected is what models expect of the rates that were read at a chair: a
	// prediction, for who asks to see it.
	Expected(ctx context.Context, v Visitor, chair ident.Chair) (view.Expected, error)
	// Hearing takes what the visitor's page says of itself: that it sounds
	// alarms now, or that it does not.
	Hearing(v Visitor, audible bool)
	// TestSound records what the visitor perceived of the test of sound and
	// screen at this station, by the names of house.Signals.
	TestSound(ctx context.Context, v Visitor, id ident.Command, perceived map[string]bool) error
}

// Visits shows visits and their records.
type Visits interface {
	Worklist(ctx context.Context, v Visitor) (view.Worklist, error)
	Record(ctx context.Context, v Visitor, id ident.Session) (view.Record, error)
	RecordPDF(ctx context.Context, v Visitor, id ident.Session) ([]byte, error)
	// Today answers whether a patient may be treated today, as the gates do.
	Today(ctx context.Context, v Visitor, id ident.Session) (view.Today, error)
	// Transfer is the sheet that goes along with a patient, fitted to one
	// page, and that page as PDF.
	Transfer(ctx context.Context, v Visitor, id ident.Session) (sheet view.Transfer, pdf []byte, err error)
	// Handover is what is read before a visit is taken over; Handovers the same
	// of all the visitor's chairs, or of all that are occupied.
	Handover(ctx context.Context, v Visitor, id ident.Session) (view.Handover, error)
	Handovers(ctx context.Context, v Visitor, all bool) (view.Handover, error)
	// PackPDF is the paper of a visit for when the server is down, PacksPDF
	// that of all of today's visits.
	PackPDF(ctx context.Context, v Visitor, id ident.Session) ([]byte, error)
	PacksPDF(ctx context.Context, v Visitor) ([]byte, error)
	// Paper is the page on which a paper is typed; TryPaper says what one would
	// become, and records nothing.
	Paper(ctx context.Context, v Visitor, id ident.Session) (view.Paper, error)
	TryPaper(ctx context.Context, v Visitor, id ident.Session, draft []byte) (view.PaperAnswer, view.PaperPreview, error)
	// KeepSheet keeps a photo of a paper; Sheet is one, with its media type.
	KeepSheet(ctx context.Context, v Visitor, id ident.Session, cmd ident.Command, raw []byte) (view.PaperSheet, error)
	Sheet(ctx context.Context, v Visitor, id ident.Session, position int64) (kind string, raw []byte, err error)
	// Asking is what one act of a visit at the desk needs; of names the entry
	// it is about, like the visit whose order it begins with, each where given.
	Asking(ctx context.Context, v Visitor, id ident.Session, what act.Act, of, like string) (Asking, error)
	// OpenRecord opens a record in an emergency to a role that does not read it.
	OpenRecord(ctx context.Context, v Visitor, id ident.Command, visit ident.Session, reason, words string) error
	// Accesses lists what was opened so, for review.
	Accesses(ctx context.Context, v Visitor) (view.Accesses, error)
	ReviewAccess(ctx context.Context, v Visitor, id, access ident.Command, justified bool, remark string) error
	Schedule(ctx context.Context, v Visitor) (view.Schedule, error)
	// Plan plans a visit; held says that it was held on paper while the server
	// was down, and is put in afterwards.
	Plan(ctx context.Context, v Visitor, id ident.Command, patient ident.Patient, chair ident.Chair, date, clock string, held bool) (ident.Session, error)
}

// Closed is the error of reading a record that is closed to the visitor's
// role and may be opened in an emergency. Of the patient it says no more than
// the board in public view.
type Closed struct{ Page view.Closed }

func (c *Closed) Error() string { return "the record is closed to this role" }

// Asking is what is known before an act is asked for at the desk.
type Asking struct {
	Page    view.DeskAct             // patient, visit, facts; the questions come from the form
	Known   map[string]any           // parts of the body that are not asked
	Like    map[string]any           // a body whose answers are shown as a beginning
	Choices map[string][]view.Option // lists that depend on the visit
	Zone    *time.Location
}

// Desk keeps the registers. Each method that changes something takes the
// idempotency key of the form: the same key twice changes once.
type Desk interface {
	Patients(ctx context.Context, v Visitor, query string) (view.Patients, error)
	AddPatient(ctx context.Context, v Visitor, id ident.Command, p view.PatientDraft) error

	People(ctx context.Context, v Visitor) (view.People, error)
	// AddPerson returns the one-time password, shown once.
	AddPerson(ctx context.Context, v Visitor, id ident.Command, p PersonDraft) (oneTime string, err error)
	ChangePerson(ctx context.Context, v Visitor, id ident.Command, p PersonChange) (oneTime string, err error)

	Devices(ctx context.Context, v Visitor) (view.Devices, error)
	AddMonitor(ctx context.Context, v Visitor, id ident.Command, m MonitorDraft) error
	// EnrolCode returns a code that enrols one tablet or station.
	EnrolCode(ctx context.Context, v Visitor, id ident.Command, kind string, chair ident.Chair) (code, until string, err error)
	Revoke(ctx context.Context, v Visitor, id ident.Command, device ident.Device) error

	RoomCheck(ctx context.Context, v Visitor, room string) (view.RoomCheck, error)
	SignRoom(ctx context.Context, v Visitor, id ident.Command, room string, answers []RoomAnswer) error

	AlarmReview(ctx context.Context, v Visitor, days int) (view.AlarmUse, error)
	// WhatIf replays past visits with one level of the alarm settings changed, as
	// asked for in the query; without a level it gives the bare form.
	WhatIf(ctx context.Context, v Visitor, ask url.Values) (view.WhatIf, error)
	LibraryPage(ctx context.Context, v Visitor) (view.Library, error)
	// PatientTexts is what patients read, do and are asked.
	PatientTexts(ctx context.Context) view.PatientTexts
	// AdoptLibrary takes the director's signature under the library of that hash.
	// The visitor was proved again for it.
	AdoptLibrary(ctx context.Context, v Visitor, id ident.Command, hash string) error
	// LibraryValues is the form of the clinic's own values, with what typed ones would
	// change; typed is nil before any are.
	LibraryValues(ctx context.Context, v Visitor, typed url.Values) (view.LibraryValues, error)
	// AdoptValues takes the director's signature under the library with these values.
	AdoptValues(ctx context.Context, v Visitor, id ident.Command, hash string, typed url.Values) error
	SignProtocol(ctx context.Context, v Visitor, id ident.Command, hash string) error
	AlarmSettings(ctx context.Context, v Visitor) (view.AlarmSettings, error)
	// SignAlarms takes the director's signature under the settings of that
	// hash. The visitor was proved again for it.
	SignAlarms(ctx context.Context, v Visitor, id ident.Command, hash string) error
}

// PersonDraft is a new account.
type PersonDraft struct {
	Name, Login string
	Roles       []act.Role
}

// PersonChange is one change of an account. What is "disable", "enable",
// "one-time password" or "credential".
type PersonChange struct {
	What                  string
	Person                ident.Person
	Kind, Number, Expires string // of a credential
}

// MonitorDraft is a new bedside monitor.
type MonitorDraft struct {
	Name, Kind, EUI, Application, Bed, Peer, Zone string
	Chair                                         ident.Chair
}

// RoomAnswer is the answer to one thing of the room check.
type RoomAnswer struct{ Item, Answer, Expiry, Note string }

// House knows the server itself.
type House interface {
	Health(ctx context.Context) view.Health
	About(ctx context.Context) view.About
	Trust(ctx context.Context) (view.Trust, error)
	// Authority is the certificate authority as PEM and as DER.
	Authority(ctx context.Context) (pem, der []byte, err error)
}

// Mark is where a stream stands.
type Mark struct{ Position, Cursor int64 }

// Frame is one thing to show. Exactly one of Board, Chair and Live is set,
// or Reset: the mark asked for can no longer be replayed.
type Frame struct {
	Mark  Mark
	Board *view.Board
	// Before is the board that the same stream was sent last; nil when it had none.
	// Only what changed since is sent.
	Before *view.Board
	Chair  *view.Chair
	Live   *view.Live
	Reset  bool
}

// Topic is one thing a browser follows: the board, or one chair.
type Topic struct {
	Chair  ident.Chair // 0 for the board
	Public bool        // the board with initials
}

// Feed makes the live frames.
type Feed interface {
	// Follow begins at a mark; the zero Mark begins with whole views.
	Follow(ctx context.Context, v Visitor, topics []Topic, from Mark) (Frames, error)
}

// Frames yields frames. Next blocks until there is one; it may skip views
// that a newer one replaces, never an event.
type Frames interface {
	Next(ctx context.Context) (Frame, error)
	Close()
}
