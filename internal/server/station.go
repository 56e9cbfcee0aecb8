package server

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// room shows the board and the chairs, and takes commands.
type room struct {
	app    *app.App
	people people
	chain  func() (intact time.Time, broken bool)
	// elsewhere says whether people elsewhere are told of alarms, and why not where
	// they should be.
	elsewhere func() (told bool, fault error)
	meter     *meter
	explorer  explorer
	boards    *boards  // what streams share of the board; nil where each makes its own
	glances   *glances // what streams of one chair share; nil where each looks itself
	wholes    *lane    // through which whole chairs go to streams; nil where none has to wait
}

// boards holds the newest board that a stream was shown. Making it reads every
// visit in the room, and twenty stations would each do so twice a second.
type boards struct {
	mu   sync.Mutex // held while a board is made: who waits is given that one
	made [2]madeBoard
}

type madeBoard struct {
	board *view.Board
	of    map[stationTest]*view.Board // the same, as stations show it
	shown []ident.Session
	head  int64
	// announced is what had become of alarms when it was begun.
	announced int64
	at        time.Time
	took      time.Duration
	chairs    map[ident.Session]drawnChair
}

// drawnChair is what a board showed of a visit, and when it was looked at.
type drawnChair struct {
	present.BoardChair
	standing app.Standing
	at       time.Time
}

// stands reports whether a chair may be shown as it was looked at: nothing was
// entered since, and it is no older than a board may be, or twice as old where its
// monitor has said nothing either. An alarm somewhere draws the rest of the room again
// at a fiftieth of the cost.
func (c drawnChair) stands(now app.Standing, at time.Time) bool {
	age := at.Sub(c.at)
	return c.standing.Session == now.Session && c.standing.Position == now.Position &&
		(age < boardEvery || c.standing.Cursor == now.Cursor && age < 2*boardEvery)
}

// again is when another may be made, with what has been entered since. One with
// something new about alarms may follow as soon as others had as long as this one
// took: drawing the room never takes more than half of a processor's time. It looks
// only at chairs that moved, and so does not wait long behind one that looked at all.
func (m *madeBoard) again(announced int64) time.Time {
	if announced != m.announced {
		return m.at.Add(min(m.took, chairEvery/2))
	}
	return m.at.Add(boardEvery / 2)
}

// lane lets one whole chair after another be made, with a rest after each as long as
// it took: what befalls the whole room at once, as the rounds of chairs that began
// together, takes half of a processor, and an alarm beside it is not late.
type lane struct {
	one chan struct{} // holds whoever is in it
	// after runs f later.
	after func(d time.Duration, f func())
}

func newLane() *lane {
	return &lane{make(chan struct{}, 1), func(d time.Duration, f func()) { time.AfterFunc(d, f) }}
}

// enter waits until the lane is free.
func (l *lane) enter(ctx context.Context) (leave func(), err error) {
	select {
	case l.one <- struct{}{}:
		began := time.Now()
		return func() { l.after(time.Since(began), func() { <-l.one }) }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// stationTest is what a board says of the test of its own station.
type stationTest struct {
	text   string
	failed bool
}

// shared is a board no older than half a second, of whose chairs none was looked at more
// than a second ago, or before something was entered at it. It is not to be changed. Where it
// was not made for the asking, so that something may have moved since, later is
// when a newer one can be had; else later is zero.
func (r room) shared(ctx context.Context, v web.Visitor, public bool) (b *view.Board, shown []ident.Session, later time.Time, err error) {
	if r.boards == nil {
		b, shown, err := r.board(ctx, v, public)
		return &b, shown, time.Time{}, err
	}
	r.boards.mu.Lock()
	defer r.boards.mu.Unlock()
	last := &r.boards.made[0]
	if public {
		last = &r.boards.made[1]
	}
	head, err := r.app.Position(ctx)
	if err != nil {
		return nil, nil, time.Time{}, err
	}
	now, announced := time.Now(), r.app.Announced()
	switch {
	case last.board == nil, now.Sub(last.at) >= boardEvery, last.head != head && !now.Before(last.again(announced)):
		b, shown, chairs, err := r.drawn(ctx, public, last.chairs)
		if err != nil {
			return nil, nil, time.Time{}, err
		}
		done := time.Now()
		*last = madeBoard{&b, map[stationTest]*view.Board{}, shown, head, announced, done, done.Sub(now), chairs}
	case last.head != head:
		later = last.again(announced)
	default:
		later = last.at.Add(boardEvery)
	}
	own, err := r.tested(ctx, v, *last.board)
	if err != nil {
		return nil, nil, time.Time{}, err
	}
	test := stationTest{own.Tested, own.TestFailed}
	if test == (stationTest{last.board.Tested, last.board.TestFailed}) {
		return last.board, last.shown, later, nil
	}
	if last.of[test] == nil {
		last.of[test] = &own
	}
	return last.of[test], last.shown, later, nil
}

// Do answers with what became of a command, and counts it.
func (r room) Do(ctx context.Context, v web.Visitor, c web.Command) (view.Reply, error) {
	began := time.Now()
	reply, err := r.do(ctx, v, c)
	r.meter.command(c.Act, began, replied(reply, err))
	return reply, err
}

func (r room) do(ctx context.Context, v web.Visitor, c web.Command) (view.Reply, error) {
	actor, err := r.people.author(ctx, v, c)
	if err != nil {
		return view.Reply{}, err
	}
	witness, err := r.people.second(c)
	if err != nil {
		return view.Reply{}, err
	}
	ans, err := r.app.Do(ctx, app.Request{
		Act: c.Act, Schema: c.Schema, ID: c.ID, Session: c.Session, OccurredAt: c.OccurredAt, Offset: c.Offset,
		Actor: actor, Witness: witness, Device: v.Actor.Via, Chair: v.Chair, Paper: c.Paper, Body: c.Body, Digest: c.Digest,
	})
	switch {
	case errors.Is(err, app.ErrMalformed):
		return view.Reply{Outcome: "malformed", Text: upper(wordsOf(err)) + "."}, nil
	case errors.Is(err, journal.ErrDigest):
		return view.Reply{Outcome: "conflict", Text: "This entry's id was used before for something else."}, nil
	case err != nil:
		return view.Reply{}, err
	}
	visit, err := r.app.Visit(ctx, c.Session)
	if err != nil {
		if !errors.Is(err, app.ErrNoSession) {
			return view.Reply{}, err
		}
		return present.Reply(nil, c.Act, ans), nil
	}
	return present.Reply(&visit, c.Act, ans), nil
}

// wordsOf takes our own prefix off a malformed command's error.
func wordsOf(err error) string {
	const prefix = "malformed command: "
	if s := err.Error(); len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):]
	}
	return err.Error()
}

// Board is the whole room; with names, its read is audited.
func (r room) Board(ctx context.Context, v web.Visitor, public bool) (view.Board, error) {
	b, shown, err := r.board(ctx, v, public)
	if err != nil || public {
		return b, err
	}
	if b.TestHere, b.Testers, err = r.testers(ctx, v); err != nil || len(shown) == 0 {
		return b, err
	}
	return b, r.auditRead(ctx, v, "board", "")
}

// auditRead records that a person was shown patient data. What a device shows
// while nobody is signed in, nobody in particular reads.
func (r room) auditRead(ctx context.Context, v web.Visitor, what, subject string) error {
	if v.Actor.Person == "" {
		return nil
	}
	return r.app.AuditRead(ctx, v.Actor, what, subject)
}

// board is the whole room, and whose visits it shows.
func (r room) board(ctx context.Context, v web.Visitor, public bool) (view.Board, []ident.Session, error) {
	b, shown, _, err := r.drawn(ctx, public, nil)
	if err != nil {
		return view.Board{}, nil, err
	}
	b, err = r.tested(ctx, v, b)
	return b, shown, err
}

// drawn is the whole room as every page shows it. Chairs that were drawn before, and
// stand, are not looked at again.
func (r room) drawn(ctx context.Context, public bool, before map[ident.Session]drawnChair) (view.Board, []ident.Session, map[ident.Session]drawnChair, error) {
	in := present.BoardInput{Now: r.app.Now(), Zone: r.app.Zone, Chairs: r.app.Chairs, Public: public, Demo: r.app.Demo}
	var shown []ident.Session
	in.Intact, in.Broken = r.chain()
	head, err := r.app.Position(ctx) // of before the chairs are looked at: none of them is older
	if err != nil {
		return view.Board{}, nil, nil, err
	}
	in.Head = head
	if r.elsewhere != nil {
		in.Told, in.Elsewhere = r.elsewhere()
	}
	chairs := map[ident.Session]drawnChair{}
	for chair := 1; chair <= r.app.Chairs; chair++ {
		standing, ok := r.app.Standing(ident.Chair(chair))
		if !ok {
			continue
		}
		id := standing.Session
		c, ok := before[id]
		if looked := time.Now(); !ok || !c.stands(standing, looked) {
			visit, err := r.app.Visit(ctx, id)
			if err != nil {
				return view.Board{}, nil, nil, err
			}
			c = drawnChair{present.BoardChairOf(visit, public), standing, looked}
		}
		chairs[id], in.Rows, shown = c, append(in.Rows, c.BoardChair), append(shown, id)
	}
	troubles, err := r.app.MonitorTroubles(ctx)
	if err != nil {
		return view.Board{}, nil, nil, err
	}
	in.Troubles = troubles
	return present.Board(in), shown, chairs, nil
}

// Chair is one chair, whole.
func (r room) Chair(ctx context.Context, v web.Visitor, chair ident.Chair) (view.Chair, error) {
	c, err := r.chair(ctx, v, chair)
	if err != nil {
		return view.Chair{}, err
	}
	c.Who = whoIs(v)
	if c.Session == "" {
		return c, nil
	}
	return c, r.auditRead(ctx, v, "chair", c.Session)
}

func (r room) chair(ctx context.Context, v web.Visitor, chair ident.Chair) (view.Chair, error) {
	c, _, err := r.chairOf(ctx, v, chair)
	return c, err
}

// chairOf is a chair and the visit it was made of; the visit is empty when
// nobody is at the chair.
func (r room) chairOf(ctx context.Context, v web.Visitor, chair ident.Chair) (view.Chair, app.Visit, error) {
	if !chair.Valid() || int(chair) > r.app.Chairs {
		return view.Chair{}, app.Visit{}, &web.Trouble{Status: http.StatusNotFound, What: "There is no such chair here.", Do: "Open the board."}
	}
	here, err := r.people.People(ctx, v)
	if err != nil {
		return view.Chair{}, app.Visit{}, err
	}
	id, ok := r.app.AtChair(chair)
	calls, err := r.callsElsewhere(ctx, v, id)
	if err != nil {
		return view.Chair{}, app.Visit{}, err
	}
	if !ok {
		position, _, err := r.app.Store.Head(ctx)
		c := present.EmptyChair(chair, r.app.Now(), position)
		c.Choices = map[string][]view.Option{"people": here}
		c.Zone, c.Calls = r.app.Zone.String(), calls
		return c, app.Visit{}, err
	}
	visit, err := r.app.Visit(ctx, id)
	if err != nil {
		return view.Chair{}, app.Visit{}, err
	}
	if v.SignedIn() {
		visit = r.app.SeenBy(ctx, visit, v.Actor)
	}
	c, err := r.present(ctx, visit)
	if err != nil {
		return view.Chair{}, app.Visit{}, err
	}
	c.Choices["people"], c.Calls = here, calls
	c, err = r.shownTo(ctx, v, c)
	return c, visit, err
}

// callsElsewhere are what a chair's own page does not show: the open calls for help
// of every visit but the one at the chair, and the alarms there that call the
// person at the screen by name.
func (r room) callsElsewhere(ctx context.Context, v web.Visitor, id ident.Session) ([]view.Call, error) {
	all, asked, err := r.app.Calls(ctx)
	if err != nil {
		return nil, err
	}
	var out []view.Call
	for _, c := range all {
		if c.Session != id {
			out = append(out, view.Call{Chair: int(c.Chair), SinceMS: c.Since.UnixMilli()})
		}
	}
	if !v.SignedIn() {
		return out, nil
	}
	return append(out, askedElsewhere(asked, v.Actor.Person, id)...), nil
}

// mostAsked is how many alarms elsewhere a chair's page lists by name: more do not
// fit it, and nobody goes to them all.
const mostAsked = 5

// askedElsewhere are the alarms that call a person to other chairs, the most urgent
// by name and the rest by their number.
func askedElsewhere(asked []app.Asked, who ident.Person, here ident.Session) []view.Call {
	var out []view.Call
	var first app.Asked
	more := 0
	for _, x := range asked {
		switch {
		case x.Person != who || x.Session == here || x.Priority < alarm.Medium:
		case len(out) < mostAsked:
			out = append(out, present.Asked(x))
		default:
			if more++; more == 1 {
				first = x
			}
		}
	}
	switch more {
	case 0:
	case 1:
		out = append(out, present.Asked(first))
	default:
		out = append(out, present.AskedMore(first, more))
	}
	return out
}

func (r room) present(ctx context.Context, visit app.Visit) (view.Chair, error) {
	samples, err := r.samples(ctx, visit)
	if err != nil {
		return view.Chair{}, err
	}
	c := present.Chair(visit, samples, r.texts(ctx))
	c.ClockOffMS = r.app.Knows().Rules.Duration(library.ClockOff).Milliseconds()
	return c, nil
}

func (r room) texts(ctx context.Context) present.TextOf {
	return func(p journal.Private) string { return r.app.Text(ctx, p) }
}

func whoIs(v web.Visitor) view.Who {
	w := view.Who{Person: string(v.Actor.Person), Name: v.Name, Device: v.DeviceName, Chair: int(v.Chair), Locked: v.Locked}
	for i, role := range v.Actor.Roles {
		if i > 0 {
			w.Roles += ", "
		}
		w.Roles += string(role)
	}
	return w
}

// current reports whether a row belongs on today's list.
func today(now time.Time, zone *time.Location) func(project.SessionRow) bool {
	day := now.In(zone).Format(time.DateOnly)
	return func(row project.SessionRow) bool {
		return row.PlannedStart.In(zone).Format(time.DateOnly) == day
	}
}

func unclosed(row project.SessionRow) bool {
	return row.Unclosed() || !row.Over() && row.Phase != session.PhaseScheduled
}
