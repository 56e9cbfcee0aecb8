package app

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
)

// sessions keeps the index of all sessions, and the folded state of those
// that were asked for. States are values: Evolve never changes one in place,
// so that readers share them.
type sessions struct {
	store Store
	mu    sync.Mutex // held for map accesses or one fold, never for I/O
	held  map[ident.Session]held
	rows  map[ident.Session]project.SessionRow
	// Years of visits are in rows; what is asked all day long is found here.
	open      map[ident.Session]struct{} // not over
	ofPatient map[ident.Patient][]ident.Session
	atChair   map[ident.Chair][]ident.Session // not over
	running   map[ident.Person]int            // infusions of each responsible nurse
	inRoom    map[ident.Person]int            // patients in the room of each responsible nurse
	moves     uint64                          // grows with every entry that is folded
}

type held struct {
	state   session.State
	entries []session.Entry
}

// maxHeld bounds the folded states of visits that are over: a reader of old
// records must not fill the memory.
const maxHeld = 256

func newSessions(s Store) *sessions {
	return &sessions{
		store: s, held: map[ident.Session]held{}, rows: map[ident.Session]project.SessionRow{},
		open: map[ident.Session]struct{}{}, ofPatient: map[ident.Patient][]ident.Session{},
		atChair: map[ident.Chair][]ident.Session{}, running: map[ident.Person]int{}, inRoom: map[ident.Person]int{},
	}
}

func sessionStream(id ident.Session) journal.Stream { return journal.Stream("session/" + string(id)) }

// read reads the index of sessions.
func (s *sessions) read(ctx context.Context) error {
	rows, err := s.store.Projection(ctx, project.SessionsName)
	if err != nil {
		return fmt.Errorf("read index of sessions: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, body := range rows {
		row, err := project.DecodeSessionRow(body)
		if err != nil {
			return fmt.Errorf("read index of sessions: %w", err)
		}
		s.put(ident.Session(key), row)
	}
	return nil
}

// put keeps the row and where it is found; mu is held.
func (s *sessions) put(id ident.Session, row project.SessionRow) {
	old := s.rows[id]
	if _, was := s.open[id]; was != !row.Over() || old.Chair != row.Chair {
		s.atChair[old.Chair] = slices.DeleteFunc(s.atChair[old.Chair], func(x ident.Session) bool { return x == id })
		if !row.Over() {
			s.atChair[row.Chair] = append(s.atChair[row.Chair], id)
		}
	}
	if runs(old.Phase) {
		s.running[old.Nurse]--
	}
	if runs(row.Phase) {
		s.running[row.Nurse]++
	}
	if inRoom(old) {
		s.inRoom[old.Nurse]--
	}
	if inRoom(row) {
		s.inRoom[row.Nurse]++
	}
	if old.Patient != row.Patient {
		s.ofPatient[old.Patient] = slices.DeleteFunc(s.ofPatient[old.Patient], func(x ident.Session) bool { return x == id })
		s.ofPatient[row.Patient] = append(s.ofPatient[row.Patient], id)
	}
	s.rows[id] = row
	s.moves++
	if row.Over() {
		delete(s.open, id)
	} else {
		s.open[id] = struct{}{}
	}
}

// moved tells states of the index apart. It is never 0 once there is a session.
func (s *sessions) moved() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.moves
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
		s.makeRoom()
		s.held[id] = h
	}
	return h, nil
}

// makeRoom forgets the states of visits that are over when there are many;
// they are read again when asked for. mu is held.
func (s *sessions) makeRoom() {
	if len(s.held) < maxHeld+len(s.open) {
		return
	}
	for id := range s.held {
		if _, open := s.open[id]; !open {
			delete(s.held, id)
		}
	}
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

// applied folds records that are durable into what is held. Two commands may
// come here in another order than they were written in: a row that would miss
// an entry is read anew from the stream.
func (s *sessions) applied(ctx context.Context, records []journal.Record) error {
	gaps, err := s.fold(records)
	if err != nil {
		return err
	}
	for id := range gaps {
		if err := s.refold(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// fold returns the sessions whose row was behind by more than one entry.
func (s *sessions) fold(records []journal.Record) (gaps map[ident.Session]struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gaps = map[ident.Session]struct{}{}
	for _, r := range records {
		id, ok := project.SessionOf(r)
		if !ok {
			continue
		}
		if r.Sequence > s.rows[id].Sequence+1 {
			gaps[id] = struct{}{}
		} else {
			row, err := project.FoldSession(s.rows[id], r)
			if err != nil {
				return nil, err
			}
			s.put(id, row)
		}
		h := s.held[id]
		if r.Sequence != h.state.Sequence+1 {
			if r.Sequence > h.state.Sequence {
				delete(s.held, id) // a gap: read it anew when asked
			}
			continue
		}
		if h, err = h.with(r); err != nil {
			return nil, err
		}
		s.held[id] = h
		s.moves++
	}
	return gaps, nil
}

// refold makes a row anew from its stream. What it is made from is durable, so
// that a caller who has gone does not stop it; after a failed read the row is
// still behind, and the next entry tries again.
func (s *sessions) refold(ctx context.Context, id ident.Session) error {
	records, err := s.store.Load(context.WithoutCancel(ctx), sessionStream(id))
	if err != nil {
		return fmt.Errorf("read session anew for its row in the index: %w", err)
	}
	var row project.SessionRow
	for _, r := range records {
		if row, err = project.FoldSession(row, r); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if row.Sequence > s.rows[id].Sequence {
		s.put(id, row)
	}
	return nil
}

func (s *sessions) row(id ident.Session) project.SessionRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[id]
}

// known is what is held of a session, without reading it.
func (s *sessions) known(id ident.Session) held {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[id]
}

// linked is the monitor of a session whose state is held.
func (s *sessions) linked(id ident.Session) ident.Device {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[id].state.Link.Monitor
}

// current are the sessions that are not over: planned, in the room, or still
// to be closed.
func (s *sessions) current() []Listed {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Listed, 0, len(s.open))
	for id := range s.open {
		out = append(out, Listed{id, s.rows[id]})
	}
	return out
}

// openAt are the sessions of one chair that are not over.
func (s *sessions) openAt(chair ident.Chair) []Listed {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Listed, 0, len(s.atChair[chair]))
	for _, id := range s.atChair[chair] {
		out = append(out, Listed{id, s.rows[id]})
	}
	return out
}

// runningBeside counts the running infusions of a nurse other than one.
func (s *sessions) runningBeside(nurse ident.Person, other ident.Session) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.running[nurse]
	if row := s.rows[other]; runs(row.Phase) && row.Nurse == nurse {
		n--
	}
	return n
}

// inRoomOf counts the patients in the room for whom a nurse is responsible.
func (s *sessions) inRoomOf(nurse ident.Person) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inRoom[nurse]
}

// of are a patient's sessions.
func (s *sessions) of(p ident.Patient) []Listed {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Listed, 0, len(s.ofPatient[p]))
	for _, id := range s.ofPatient[p] {
		out = append(out, Listed{id, s.rows[id]})
	}
	return out
}

// accepted are the sessions a filter accepts, over or not.
func (s *sessions) accepted(accept func(project.SessionRow) bool) []Listed {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Listed
	for id, row := range s.rows {
		if accept(row) {
			out = append(out, Listed{id, row})
		}
	}
	return out
}
