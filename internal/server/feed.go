package server

import (
	"context"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// frameEvery bounds how often one browser is sent new values: at most twice a second.
const frameEvery = 500 * time.Millisecond

// idle is when views are made anew although nothing was said: ages, due
// times and the clock move on.
const idle = 5 * time.Second

// Follow begins a browser's live frames.
func (r room) Follow(ctx context.Context, v web.Visitor, topics []web.Topic, from web.Mark) (web.Frames, error) {
	hints, stop := r.app.Listen()
	f := &frames{room: r, visitor: v, topics: topics, hints: hints, stop: stop, sent: map[web.Topic]web.Mark{}}
	head, _, err := r.app.Store.Head(ctx)
	if err != nil {
		stop()
		return nil, err
	}
	if from.Position > head {
		f.reset = true // the browser is ahead of this record: it is another one
	}
	return f, nil
}

type frames struct {
	room    room
	visitor web.Visitor
	topics  []web.Topic
	hints   <-chan struct{}
	stop    func()
	once    sync.Once
	reset   bool
	queue   []web.Frame
	last    time.Time
	sent    map[web.Topic]web.Mark
}

// Close ends the frames.
func (f *frames) Close() { f.once.Do(f.stop) }

// Still reports who the visitor is now.
func (f *frames) Still(context.Context) (web.Visitor, error) { return f.visitor, nil }

// Next blocks until there is a frame.
func (f *frames) Next(ctx context.Context) (web.Frame, error) {
	if f.reset {
		f.reset = false
		return web.Frame{Reset: true}, nil
	}
	for len(f.queue) == 0 {
		if err := f.wait(ctx); err != nil {
			return web.Frame{}, err
		}
		if err := f.fill(ctx); err != nil {
			return web.Frame{}, err
		}
	}
	next := f.queue[0]
	f.queue = f.queue[1:]
	return next, nil
}

// wait returns when something moved, but not sooner than half a second after
// the last time; the first time at once.
func (f *frames) wait(ctx context.Context) error {
	if f.last.IsZero() {
		f.last = time.Now()
		return nil
	}
	quiet := time.NewTimer(idle)
	defer quiet.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-f.hints:
	case <-quiet.C:
	}
	if rest := frameEvery - time.Since(f.last); rest > 0 {
		t := time.NewTimer(rest)
		defer t.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
	f.last = time.Now()
	return nil
}

func (f *frames) fill(ctx context.Context) error {
	for _, topic := range f.topics {
		frame, ok, err := f.frame(ctx, topic)
		if err != nil {
			return err
		}
		if ok {
			f.queue = append(f.queue, frame)
		}
	}
	return nil
}

func (f *frames) frame(ctx context.Context, topic web.Topic) (web.Frame, bool, error) {
	if topic.Chair == 0 {
		b, err := f.room.Board(ctx, f.visitor, topic.Public)
		if err != nil {
			return web.Frame{}, false, err
		}
		return web.Frame{Mark: web.Mark{Position: b.Head}, Board: &b}, true, nil
	}
	return f.chairFrame(ctx, topic)
}

// chairFrame is the whole chair when the record moved, else its live values.
func (f *frames) chairFrame(ctx context.Context, topic web.Topic) (web.Frame, bool, error) {
	id, ok := f.room.app.AtChair(topic.Chair)
	if !ok {
		return f.whole(ctx, topic)
	}
	visit, err := f.room.app.Visit(ctx, id)
	if err != nil {
		return web.Frame{}, false, err
	}
	before, seen := f.sent[topic]
	if !seen || before.Position != visit.Row.Position {
		return f.whole(ctx, topic)
	}
	mark := web.Mark{Position: visit.Row.Position, Cursor: visit.Feed.Cursor}
	live := f.live(visit, before)
	f.sent[topic] = mark
	return web.Frame{Mark: web.Mark{Position: visit.Position, Cursor: mark.Cursor}, Live: &live}, true, nil
}

func (f *frames) whole(ctx context.Context, topic web.Topic) (web.Frame, bool, error) {
	c, err := f.room.chair(ctx, topic.Chair)
	if err != nil {
		return web.Frame{}, false, err
	}
	mark := web.Mark{Position: c.Head, Cursor: c.Cursor}
	if c.Session == "" {
		if before, seen := f.sent[topic]; seen && before == mark {
			return web.Frame{}, false, nil
		}
		f.sent[topic] = mark
	} else if id, ok := f.room.app.AtChair(topic.Chair); ok {
		visit, err := f.room.app.Visit(ctx, id)
		if err != nil {
			return web.Frame{}, false, err
		}
		f.sent[topic] = web.Mark{Position: visit.Row.Position, Cursor: c.Cursor}
	}
	c.Who = whoIs(f.visitor)
	return web.Frame{Mark: mark, Chair: &c}, true, nil
}

// live moves values between events: tiles whole, and the newest sample of
// each curve that the browser has not had.
func (f *frames) live(v app.Visit, before web.Mark) view.Live {
	l := view.Live{
		Chair: int(v.State.Chair), Head: v.Position, Cursor: v.Feed.Cursor, AtMS: v.Env.Now.UnixMilli(),
		Tiles: present.Tiles(v), Scores: present.Scores(v), Link: present.Link(v), Next: present.Next(v), Device: present.Device(v),
	}
	if v.Feed.Cursor == before.Cursor {
		return l
	}
	var rows []series.Row
	for _, row := range v.Feed.Rows {
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
