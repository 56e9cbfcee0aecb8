package scenariotest

import (
	"context"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

// Clinic is a place where a scenario is played. It takes what is done and
// shows what its record holds; it knows nothing of what a scenario expects.
type Clinic interface {
	// Time is the instant of a time of day of the scenario.
	Time(sinceMidnight time.Duration) time.Time
	// Date is the day, YYYY-MM-DD, that stands for a date of the scenario.
	Date(date string) string
	// Reach lets time pass until then: the monitors speak, the watch looks.
	Reach(ctx context.Context, to time.Time) error
	// Monitor lets the monitor of a chair fall silent or speak again.
	Monitor(ctx context.Context, chair ident.Chair, speaks bool) error
	// Station lets the station's page fall silent or sound again.
	Station(ctx context.Context, sounds bool) error
	// SignRoom signs the morning's room check.
	SignRoom(ctx context.Context, by Speaker, missing []house.Equipment) error
	// Say takes commands: one, or several said at the same moment.
	Say(ctx context.Context, said ...Said) ([]Reply, error)
	// Visit is what the record holds of the visit at a chair.
	Visit(ctx context.Context, chair ident.Chair) (Visit, error)
	// Shown is what the pages show of it; ok is false where there are none.
	Shown(ctx context.Context, chair ident.Chair) (p Pages, ok bool, err error)
	// End closes the clinic and looks whether its record is sound.
	End(ctx context.Context) error
}

// Said is one command of a person or a device.
type Said struct {
	Chair   ident.Chair
	By      Speaker
	Witness Speaker // the second person; Nobody for none
	Paper   Speaker // who wrote it on paper first; Nobody for none
	Other   bool    // on the chair's other tablet
	Act     act.Act
	Holds   time.Time // occurred at, as claimed
	Body    any       // as a page would send it
}

// Reply is what became of a command.
type Reply struct {
	// Outcome is "accepted", "refused" (by a rule) or "malformed".
	Outcome string
	Rule    string
	Text    string
	Needs   []string
	Gate    []Check // of a refusal by a gate
}

// Check is one line of a gate, in words.
type Check struct {
	ID, Outcome, Why, Settle string
	Blocks                   bool
}

// Visit is what the record holds of one visit.
type Visit struct {
	State   session.State
	Entries []session.Entry
	Patient ident.Patient
	Monitor ident.Device
	Persons map[Speaker]ident.Person
}

// Pages is what the chair and the record of a visit show.
type Pages struct {
	Phase string // of the chair's page; empty when the visit has left it
	Given string // of the record's page: "8.22 mg, 0.114 mg/kg, 8.22 mL"
	Open  []string
}

// doing turns a line into what is done, with what is known when it is done.
type doing func(b Book) (Deed, error)

// Book is what is known when a line is done.
type Book struct {
	Visit
	Chair   ident.Chair
	Setting Setting
	Time    func(sinceMidnight time.Duration) time.Time
	Date    func(date string) string
	NewID   func() string
	// Holds is the line's own time.
	Holds time.Time
}

// Deed is what a line does: a command, the room check, or a monitor or the
// station that falls silent.
type Deed struct {
	Act     act.Act
	Body    any
	Witness Speaker

	Room    bool
	Missing []house.Equipment

	Monitor, Station bool
	Speaks           bool
}

func tell(what act.Act, body any) (Deed, error) { return Deed{Act: what, Body: body}, nil }

// always is a doing whose command depends on nothing.
func always(what act.Act, body any) func(gaps) (doing, error) {
	return func(gaps) (doing, error) {
		return func(Book) (Deed, error) { return tell(what, body) }, nil
	}
}

// with is a doing whose body needs the gaps only.
func with(what act.Act, body func(gaps) (any, error)) func(gaps) (doing, error) {
	return func(g gaps) (doing, error) {
		b, err := body(g)
		return func(Book) (Deed, error) { return tell(what, b) }, err
	}
}

// knowing is a doing whose body needs what is known when it is done.
func knowing(what act.Act, body func(g gaps, b Book) (any, error)) func(gaps) (doing, error) {
	return func(g gaps) (doing, error) {
		return func(b Book) (Deed, error) {
			x, err := body(g, b)
			return Deed{Act: what, Body: x}, err
		}, nil
	}
}

// doings is everything that can be done, by area.
var doings = join(visitDoings(), drawUpDoings(), pumpDoings(), monitorDoings(), chartDoings(), helpDoings(), endDoings())

func join[T any](parts ...[]T) []T {
	var out []T
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
