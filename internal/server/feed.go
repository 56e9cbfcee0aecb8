package server

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// A board is drawn at most twice a second. A chair's values go out as they
// come; only a burst is drawn together.
const (
	boardEvery = 500 * time.Millisecond
	chairEvery = 50 * time.Millisecond
	// A chair's alarm comes right behind the value that raised it, and does not
	// wait for the next burst to be over.
	alarmEvery = 5 * time.Millisecond
)

// idle is when views are made anew although nothing was said: ages, due
// times and the clock move on.
const idle = 5 * time.Second

// anew is how often a chair is sent whole although its record did not move.
const anew = time.Minute

// againWhole reports whether a chair that was sent whole at an instant is to be sent so
// again: in its own second of each minute, and after a minute in any case. Chairs
// that were sent whole together, as after what befell the whole room, are not for ever
// after.
func againWhole(chair ident.Chair, sent, now time.Time) bool {
	const slots = 60
	next := sent.Truncate(anew).Add(anew / slots * time.Duration(chair%slots))
	if !next.After(sent) {
		next = next.Add(anew)
	}
	return !now.Before(next) || now.Sub(sent) >= anew
}

// Follow begins a browser's live frames.
func (r room) Follow(ctx context.Context, v web.Visitor, topics []web.Topic, from web.Mark) (web.Frames, error) {
	f := &frames{room: r, visitor: v, ear: r.app.Listen()}
	f.gone = sync.OnceFunc(r.meter.follows())
	for _, t := range topics {
		f.followed = append(f.followed, &followed{topic: t, stale: true})
	}
	head, _, err := r.app.Store.Head(ctx)
	if err != nil {
		f.Close()
		return nil, err
	}
	if from.Position > head {
		f.reset = true // the browser is ahead of this record: it is another one
	}
	return f, nil
}

type frames struct {
	room     room
	visitor  web.Visitor
	ear      *app.Listener
	ears     []ident.Device // the monitors that wake this stream; nil for all
	gone     func()         // counts the browser as gone; may be nil
	reset    bool
	queue    []web.Frame
	followed []*followed
}

// followed is one topic of a stream.
type followed struct {
	topic web.Topic
	// stale asks for a look; aged for a frame even when nothing moved.
	stale, aged bool
	announced   int64       // what had become of alarms when the newest frame was made
	last        time.Time   // of the newest frame
	later       time.Time   // before which nothing newer can be had; zero for at once
	laterOf     int64       // what had become of alarms when later was said
	drawing     *view.Board // the board of the newest frame
	whole       time.Time   // of the newest whole view
	seen        bool
	sent        web.Mark // what the newest frame held
	id          ident.Session
	shown       []ident.Session // visits of the board that the audit log knows of
	monitor     ident.Device
	calls       []view.Call // open elsewhere, as the newest frame of a chair said
	heard       []string    // by whom, as the newest whole view said
}

func (f *followed) every() time.Duration {
	if f.topic.Chair == 0 {
		return boardEvery
	}
	return chairEvery
}

// soonest is the rhythm of frames with something new about alarms. A whole board
// costs more than a chair.
func (f *followed) soonest() time.Duration {
	if f.topic.Chair == 0 {
		return chairEvery
	}
	return alarmEvery
}

// Close ends the frames.
func (f *frames) Close() {
	f.ear.Stop()
	if f.gone != nil {
		f.gone()
	}
}

// Next blocks until there is a frame.
func (f *frames) Next(ctx context.Context) (web.Frame, error) {
	if f.reset {
		f.reset = false
		return web.Frame{Reset: true}, nil
	}
	for len(f.queue) == 0 {
		due, err := f.wait(ctx)
		if err != nil {
			return web.Frame{}, err
		}
		if err := f.fill(ctx, due); err != nil {
			return web.Frame{}, err
		}
	}
	next := f.queue[0]
	f.queue = f.queue[1:]
	return next, nil
}

// wait returns the topics to look at: at least one, none sooner than its
// frames may follow one another.
func (f *frames) wait(ctx context.Context) ([]*followed, error) {
	for {
		due, next := f.due(time.Now())
		if len(due) > 0 {
			return due, nil
		}
		timer := time.NewTimer(time.Until(next))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-f.ear.C:
			for _, t := range f.followed {
				t.stale = true
			}
		case <-timer.C:
		}
		timer.Stop()
	}
}

// due are the topics to look at now, and when the next one will be.
func (f *frames) due(now time.Time) (due []*followed, next time.Time) {
	next = now.Add(idle)
	for _, t := range f.followed {
		t.aged = t.aged || !now.Before(t.last.Add(idle))
		at := t.last.Add(idle)
		if t.stale {
			at = t.last.Add(t.every())
			announced := f.room.app.Announced()
			if t.announced != announced {
				at = t.last.Add(t.soonest()) // an alarm does not wait for the rhythm
			}
			// Nor for what was said before it: a drawing that has it may follow sooner.
			if t.laterOf == announced && at.Before(t.later) {
				at = t.later
			}
		}
		switch {
		case !at.After(now):
			due = append(due, t)
		case at.Before(next):
			next = at
		}
	}
	return due, next
}

func (f *frames) fill(ctx context.Context, due []*followed) error {
	for _, t := range due {
		began, announced := time.Now(), f.room.app.Announced()
		frame, ok, err := f.frame(ctx, t)
		if err != nil {
			return err
		}
		if t.stale, t.laterOf = !t.later.IsZero(), announced; !t.stale {
			t.announced = announced
		}
		if ok {
			f.room.meter.frame(began)
			t.aged, t.last = false, time.Now()
			f.queue = append(f.queue, frame)
		}
	}
	f.listen()
	return nil
}

// listen narrows what wakes this stream to the monitors of its chairs.
func (f *frames) listen() {
	var monitors []ident.Device
	for _, t := range f.followed {
		if t.topic.Chair == 0 {
			return // the board hears of every chair
		}
		if t.monitor != "" {
			monitors = append(monitors, t.monitor)
		}
	}
	if !slices.Equal(monitors, f.ears) {
		f.ear.Only(monitors...)
		f.ears = monitors
	}
}

func (f *frames) frame(ctx context.Context, t *followed) (web.Frame, bool, error) {
	if t.topic.Chair == 0 {
		b, err := f.board(ctx, t)
		if err != nil || b == t.drawing && !t.aged { // shown already: a newer one follows
			return web.Frame{}, false, err
		}
		before := t.drawing
		t.drawing = b
		return web.Frame{Mark: web.Mark{Position: b.Head}, Board: b, Before: before}, true, nil
	}
	return f.chairFrame(ctx, t)
}

// board is the room now. With names it is a read: audited when the stream
// first shows it, and anew when a visit comes onto it.
func (f *frames) board(ctx context.Context, t *followed) (*view.Board, error) {
	b, shown, later, err := f.room.shared(ctx, f.visitor, t.topic.Public)
	t.later = later
	if err != nil || t.topic.Public {
		return b, err
	}
	before := t.shown
	t.shown = shown
	if !slices.ContainsFunc(shown, func(id ident.Session) bool { return !slices.Contains(before, id) }) {
		return b, nil
	}
	return b, f.room.auditRead(ctx, f.visitor, "board", "")
}

// chairFrame is the whole chair when its record moved, else its live values;
// nothing while neither did, no age is due and no other chair called for help
// or has ceased to.
func (f *frames) chairFrame(ctx context.Context, t *followed) (web.Frame, bool, error) {
	now, ok := f.room.app.Standing(t.topic.Chair)
	if !ok || !t.seen || now.Session != t.id || now.Position != t.sent.Position {
		return f.whole(ctx, t)
	}
	if againWhole(t.topic.Chair, t.whole, time.Now()) {
		return f.whole(ctx, t) // gates, acts and rounds move with the clock too
	}
	calls, err := f.room.callsElsewhere(ctx, f.visitor, now.Session)
	if err != nil {
		return web.Frame{}, false, err
	}
	if now.Cursor == t.sent.Cursor && !t.aged && slices.Equal(calls, t.calls) {
		return web.Frame{}, false, nil
	}
	visit, live, err := f.room.glance(ctx, t.topic.Chair, now)
	if err != nil {
		return web.Frame{}, false, err
	}
	return f.values(ctx, t, visit, live, calls)
}

// values is a frame of live values, or the whole chair when the visit that
// was read has moved since the whole chair was last sent, since an entry can come
// between the look and the reading, or when who hears the chair has changed,
// which its gates ask.
func (f *frames) values(ctx context.Context, t *followed, visit app.Visit, live view.Live, calls []view.Call) (web.Frame, bool, error) {
	if visit.State.Position != t.sent.Position || !slices.Equal(heardBy(visit), t.heard) {
		return f.whole(ctx, t)
	}
	live = f.live(visit, live, t.sent)
	live.Calls, t.calls = calls, calls
	t.sent.Cursor = visit.Feed.Cursor
	return web.Frame{Mark: web.Mark{Position: visit.Position, Cursor: visit.Feed.Cursor}, Live: &live}, true, nil
}

func heardBy(v app.Visit) []string { return v.Env.Heard.By(v.Env.Rules, v.Env.Now) }

// turn waits until a whole chair may be made. One that somebody waits to see is made
// at once.
func (r room) turn(ctx context.Context, chair ident.Chair) (done func(), err error) {
	id, ok := r.app.AtChair(chair)
	if r.wholes == nil || !ok || r.app.Pressing(id) {
		return func() {}, nil
	}
	return r.wholes.enter(ctx)
}

func (f *frames) whole(ctx context.Context, t *followed) (web.Frame, bool, error) {
	done, err := f.room.turn(ctx, t.topic.Chair)
	if err != nil {
		return web.Frame{}, false, err
	}
	defer done()
	c, visit, err := f.room.chairOf(ctx, f.visitor, t.topic.Chair)
	if err != nil {
		return web.Frame{}, false, err
	}
	before := *t
	if id := visit.ID; id != "" && id != before.id { // another patient's: a read of its own
		if err := f.room.auditRead(ctx, f.visitor, "chair", c.Session); err != nil {
			return web.Frame{}, false, err
		}
	}
	t.whole = time.Now()
	t.seen, t.id, t.monitor = true, visit.ID, visit.State.Link.Monitor
	t.heard = heardBy(visit)
	t.sent, t.calls = web.Mark{Position: visit.State.Position, Cursor: c.Cursor}, c.Calls
	if t.id == "" {
		t.sent.Position = c.Head
		if before.seen && before.id == "" && before.sent == t.sent && slices.Equal(before.calls, t.calls) && !t.aged {
			return web.Frame{}, false, nil
		}
	}
	c.Who = whoIs(f.visitor)
	return web.Frame{Mark: web.Mark{Position: c.Head, Cursor: c.Cursor}, Chair: &c}, true, nil
}

// live moves values between events: tiles whole, and the newest sample of
// each curve that the browser has not had.
func (f *frames) live(v app.Visit, l view.Live, before web.Mark) view.Live {
	l.Notices = theirNotices(f.visitor, l.Notices)
	if v.Feed.Cursor == before.Cursor {
		return l
	}
	var rows []series.Row
	for _, row := range v.Feed.All() {
		if !row.ReceivedAt.Before(v.State.Link.Since) {
			rows = append(rows, row)
		}
	}
	l.Series, l.Cuffs = present.Newest(v, rows)
	return l
}

// samples are the rows of the timeline's window, from after the link on.
func (r room) samples(ctx context.Context, v app.Visit) ([]series.Row, error) {
	if v.State.Link.Monitor == "" {
		return nil, nil
	}
	from, _ := present.Window(v)
	return r.app.Samples(ctx, v.State.Link.Monitor, from, v.Env.Now)
}
