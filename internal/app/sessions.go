package app

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
)

// sessions keeps the folded state of sessions that were asked for. States
// are values: Evolve never changes one in place, so that readers share them.
type sessions struct {
	store Store
	mu    sync.Mutex // held for a map access or one fold, never for I/O
	held  map[ident.Session]held
	rows  map[ident.Session]project.SessionRow
}

type held struct {
	state   session.State
	entries []session.Entry
}

func newSessions(s Store) *sessions {
	return &sessions{store: s, held: map[ident.Session]held{}, rows: map[ident.Session]project.SessionRow{}}
}

func sessionStream(id ident.Session) journal.Stream { return journal.Stream("session/" + string(id)) }

// open reads the index of sessions.
func (s *sessions) open(ctx context.Context) error {
	rows, err := s.store.Projection(ctx, project.SessionsName)
	if err != nil {
		return fmt.Errorf("read index of sessions: %w", err)
	}
	for key, body := range rows {
		row, err := project.DecodeSessionRow(body)
		if err != nil {
			return fmt.Errorf("read index of sessions: %w", err)
		}
		s.rows[ident.Session(key)] = row
	}
	return nil
}

// get returns a session's state and entries, reading the stream when needed.
func (s *sessions) get(ctx context.Context, id ident.Session) (held, error) {
	s.mu.Lock()
	h, ok := s.held[id]
	s.mu.Unlock()
	if ok {
		return h, nil
	}
	return s.reload(ctx, id)
}

// reload reads the stream anew, after a conflict or for the first time.
func (s *sessions) reload(ctx context.Context, id ident.Session) (held, error) {
	records, err := s.store.Load(ctx, sessionStream(id))
	if err != nil {
		return held{}, fmt.Errorf("load session: %w", err)
	}
	var h held
	for _, r := range records {
		if h, err = h.with(r); err != nil {
			return held{}, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now, ok := s.held[id]; ok && now.state.Sequence > h.state.Sequence {
		return now, nil
	}
	if len(records) > 0 {
		s.held[id] = h
	}
	return h, nil
}

func (h held) with(r journal.Record) (held, error) {
	ev, err := session.Codec.Decode(r.Type, r.Version, r.Payload)
	if err != nil {
		return held{}, fmt.Errorf("decode entry %d: %w", r.Position, err)
	}
	meta, err := r.Meta()
	if err != nil {
		return held{}, fmt.Errorf("decode entry %d: %w", r.Position, err)
	}
	e := session.Entry{Meta: meta, Event: ev}
	h.state = session.Evolve(h.state, e)
	h.entries = append(h.entries[:len(h.entries):len(h.entries)], e)
	return h, nil
}

// applied folds records that are durable into what is held.
func (s *sessions) applied(records []journal.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		id, ok := project.SessionOf(r)
		if !ok {
			continue
		}
		row, err := project.FoldSession(s.rows[id], r)
		if err != nil {
			return err
		}
		s.rows[id] = row
		h := s.held[id]
		if r.Sequence != h.state.Sequence+1 {
			if r.Sequence > h.state.Sequence {
				delete(s.held, id) // a gap: read it anew when asked
			}
			continue
		}
		if h, err = h.with(r); err != nil {
			return err
		}
		s.held[id] = h
	}
	return nil
}

// index returns a copy of the index of sessions.
func (s *sessions) index() map[ident.Session]project.SessionRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.rows)
}
