package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// Paper is where an entry comes from that was written on paper first and is
// entered afterwards: its author, who wrote it, is another than who types it.
type Paper struct {
	Author ident.Person `json:"author"`
	// Sheets are the positions of the photos on which it can be read.
	Sheets []int64 `json:"sheets,omitempty"`
}

// The rules of a paper.
const (
	RuleGateUnasked    = "paper.unasked" // a gate that nobody was asked about: the server was down
	RuleReconcileTotal = "SW-RECONCILE"  // the pump's own total against the record's
)

// SheetKind is the media type of a photo.
type SheetKind string

// The kinds of photo that are taken.
const (
	SheetJPEG SheetKind = "image/jpeg"
	SheetPNG  SheetKind = "image/png"
)

// Sheet is a photo of a paper. Its bytes stand in rows of personal detail, in
// the order of Parts, so that each is checked, backed up and erased as every
// other is.
type Sheet struct {
	Kind   SheetKind           `json:"kind"`
	Width  int                 `json:"width"` // pixels, as its header says
	Height int                 `json:"height"`
	Bytes  int64               `json:"bytes"`
	Parts  []journal.DetailRef `json:"parts"`
}

// Entering afterwards what was written on paper.
type (
	// EnteredFromPaper says that the other entries of its command were written
	// on paper, and by whom. Its own author typed them.
	EnteredFromPaper struct {
		Paper
		// Deviations: what the rules would have asked for, and what could not
		// be checked afterwards.
		Deviations []Deviation `json:"deviations,omitempty"`
	}
	// SheetKept holds a photo of the paper.
	SheetKept struct {
		Sheet
	}
	// Unwatched says that Stillwatch was not watching this patient for a while.
	Unwatched struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
	}
	// TotalReconciled holds the pump's own total against the record's.
	TotalReconciled struct {
		// Volume or Mass is what the pump displayed; of a mass, Programmed is
		// the concentration that the pump had computed it with.
		Volume     *unit.Volume       `json:"volume,omitempty"`
		Mass       *unit.Mass         `json:"mass,omitempty"`
		Programmed unit.Concentration `json:"programmed,omitzero"`
		// Pump is what that is in ketamine of the bag's own concentration,
		// Record what the rates add up to, both rounded once.
		Pump       unit.Mass       `json:"pump"`
		Record     unit.Mass       `json:"record"`
		Reason     journal.Private `json:"reason,omitzero"`
		Deviations []Deviation     `json:"deviations,omitempty"`
	}
)

func (EnteredFromPaper) event() {}
func (SheetKept) event()        {}
func (Unwatched) event()        {}
func (TotalReconciled) event()  {}

// The acts of entering afterwards.
const (
	ActKeepSheet act.Act = "session.keep-sheet"
	ActUnwatched act.Act = "session.unwatched"
	ActReconcile act.Act = "session.reconcile"
)

type (
	// KeepSheet keeps the photo that came with it. What was sent beside it is
	// known by its SHA-256: a command must not point at somebody else's rows.
	KeepSheet struct {
		SHA256 string `json:"sha256"` // of the photo, in hex
	}
	// MarkUnwatched says from when to when Stillwatch was not watching.
	MarkUnwatched struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
	}
	// Reconcile says the total that the pump shows: a volume, or a mass with
	// the concentration that the pump was programmed with.
	Reconcile struct {
		Volume     *unit.Volume       `json:"volume,omitempty"`
		Mass       *unit.Mass         `json:"mass,omitempty"`
		Programmed unit.Concentration `json:"programmed,omitzero"`
		Reason     journal.Private    `json:"reason,omitzero"`
	}
)

// Act names the command on the wire.
func (KeepSheet) Act() act.Act     { return ActKeepSheet }
func (MarkUnwatched) Act() act.Act { return ActUnwatched }
func (Reconcile) Act() act.Act     { return ActReconcile }

// Planned is false: what stands on a paper and what a pump shows are facts.
func (KeepSheet) Planned() bool     { return false }
func (MarkUnwatched) Planned() bool { return false }
func (Reconcile) Planned() bool     { return false }

func (KeepSheet) command()     {}
func (MarkUnwatched) command() {}
func (Reconcile) command()     {}

// TypedFact says of the entries of one command that they were typed from paper.
type TypedFact struct {
	Stamp // who typed them, and for when
	Paper
	TypedAt time.Time
	Found   []Deviation // what the rules would have asked for
}

// SheetFact is one photo of a paper.
type SheetFact struct {
	Stamp
	Sheet
}

// UnwatchedFact is a time in which Stillwatch was not watching.
type UnwatchedFact struct {
	Stamp
	From, To time.Time
}

// ReconciledFact is the latest comparison with the pump's own total.
type ReconciledFact struct {
	Stamp
	Comparison
}

// Comparison is what a TotalReconciled says, as a fact of the state: no event
// itself.
type Comparison TotalReconciled

// Typed says of an entry that it was entered from paper, and by whom; ok is
// false for an entry that was made where it happened.
func (s State) Typed(e Entry) (f TypedFact, ok bool) {
	if e.Command == "" {
		return TypedFact{}, false
	}
	f, ok = s.TypedBy[e.Command]
	return f, ok
}

// SheetAt is the photo that an entry kept.
func (s State) SheetAt(position int64) (f SheetFact, ok bool) {
	for _, f := range s.Sheets {
		if f.Position == position {
			return f, true
		}
	}
	return SheetFact{}, false
}

// earliest is the instant before which nothing of this visit can have happened:
// its planning, or, of a visit that was put in afterwards, the beginning of the
// day it was planned for.
func (s State) earliest(zone *time.Location) time.Time {
	if zone == nil || s.PlannedStart.IsZero() {
		return s.CreatedAt
	}
	y, m, day := s.PlannedStart.In(zone).Date()
	if start := time.Date(y, m, day, 0, 0, 0, 0, zone); start.Before(s.CreatedAt) {
		return journal.Time(start)
	}
	return s.CreatedAt
}
