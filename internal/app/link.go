package app

import (
	"context"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
)

// The causes of a doubt.
const (
	doubtDrop    = "drop"
	doubtDevice  = "device changed"
	doubtBed     = "bed changed"
	doubtChair   = "chair changed"
	doubtPatient = "patient id changed"
)

// doubt says why a link needs a person again, and since when; empty while it
// does not. What the monitor sent when it was linked stands in the record, so
// that a start of the server forgets nothing.
func (a *App) doubt(ctx context.Context, s session.State, now time.Time) (cause string, since time.Time) {
	if s.Link.Monitor == "" || !s.Link.Confirmed {
		return "", time.Time{}
	}
	f, ok := a.monitors.feed(s.Link.Monitor)
	if !ok {
		return doubtDrop, s.Link.Since
	}
	switch {
	case f.Monitor.Chair != 0 && f.Monitor.Chair != s.Chair && f.Monitor.ChairAt.After(s.Link.Since):
		// Said anew since a person confirmed; whoever confirms again has seen it.
		return doubtChair, now
	case a.differs(ctx, s.Link.SentID, f.SentPatient):
		return doubtPatient, now
	case a.differs(ctx, s.Link.SentBed, f.SentBed):
		return doubtBed, now
	case now.Before(s.OffTill):
		return "", time.Time{}
	}
	return a.silent(s, f, now)
}

// silent doubts a monitor that was not heard for a while, and at once one in
// whose place another answers. A server that just started has not listened
// long enough to tell.
func (a *App) silent(s session.State, f Feed, now time.Time) (cause string, since time.Time) {
	last := f.LastAt
	if last.Before(s.Link.Since) {
		last = s.Link.Since
	}
	gap, up := now.Sub(last), now.Sub(a.started)
	live, offline := a.Knows().Rules.Duration(library.MonitorLive), a.Knows().Rules.Duration(library.MonitorOffline)
	switch {
	case gap > live && up > live && a.replaced(f, live):
		return doubtDevice, last
	case gap > offline && up > offline:
		return doubtDrop, last
	}
	return "", time.Time{}
}

// replaced reports whether another monitor of the same chair was heard by more
// than a span later than this one. A pump that speaks there is no monitor.
func (a *App) replaced(f Feed, span time.Duration) bool {
	if f.Monitor.Chair == 0 {
		return false
	}
	for _, o := range a.monitors.all() {
		if o.Monitor.ID != f.Monitor.ID && !o.Monitor.Pump && o.Monitor.Chair == f.Monitor.Chair && o.LastAt.Sub(f.LastAt) > span {
			return true
		}
	}
	return false
}

// differs reports whether a monitor sends something else now than when it was
// linked. What it did not send then, or does not send now, is no difference.
func (a *App) differs(ctx context.Context, linkedAs journal.Private, now string) bool {
	if !linkedAs.Given() || now == "" {
		return false
	}
	then, ok := a.monitors.sent(linkedAs.ID)
	if !ok {
		body, found, err := a.Store.Detail(ctx, linkedAs.ID)
		if err != nil {
			a.Log.Warn("what a monitor sent at its link could not be read", "error", err)
			return false // asked again at the next tick
		}
		if !found {
			return false // erased: nothing to compare with
		}
		then = string(body)
		a.monitors.remember(linkedAs.ID, then)
	}
	return then != now
}

// sentNow seals the patient id and the bed that the device of a link sends.
func (a *App) sentNow(cmd session.Command) (id, bed journal.Private, details []journal.Detail) {
	var device ident.Device
	switch c := cmd.(type) {
	case session.LinkMonitor:
		device = c.Monitor
	case session.LinkPump:
		device = c.Pump
	default:
		return id, bed, nil
	}
	f, ok := a.monitors.feed(device)
	if !ok {
		return id, bed, nil
	}
	keep := func(text string) journal.Private {
		if text == "" {
			return journal.Private{}
		}
		d := a.detail(text)
		details = append(details, d)
		return journal.Private{ID: d.ID, Hash: d.Hash()}
	}
	return keep(f.SentPatient), keep(f.SentBed), details
}

// detail makes a row of personal text, with a salt of its own.
func (a *App) detail(text string) journal.Detail {
	return a.detailOf([]byte(text))
}

func (a *App) detailOf(body []byte) journal.Detail {
	salt := make([]byte, journal.MinSalt)
	a.Random(salt)
	return journal.NewDetail(NewID[ident.Detail](a), salt, body)
}

func (m *monitors) sent(id ident.Detail) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	text, ok := m.texts[id]
	return text, ok
}

// remember keeps what a link's texts say; a day has few links.
func (m *monitors) remember(id ident.Detail, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.texts) >= mostTexts {
		clear(m.texts)
	}
	m.texts[id] = text
}

// mostTexts bounds what is remembered; beyond it all are read again.
const mostTexts = 4096
