package app

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
)

const visit = ident.Session("018f4c3a-5b6d-7e8f-9a0b-1c2d3e4f5a6b")

// streamStore holds one stream; failing, it cannot be read.
type streamStore struct {
	Store
	records []journal.Record
	err     error
}

func (s *streamStore) Load(context.Context, journal.Stream) ([]journal.Record, error) {
	return slices.Clone(s.records), s.err
}

// written are the records of events, a minute apart.
func written(t *testing.T, events ...session.Event) []journal.Record {
	t.Helper()
	var out []journal.Record
	for i, ev := range events {
		typ, version, payload, err := session.Codec.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 23, 9, i, 0, 0, time.UTC)
		out = append(out, journal.Record{
			Stream: sessionStream(visit), Position: int64(100 + i), Sequence: int64(1 + i), Type: typ, Version: version, Payload: payload,
			OccurredAt: at, EffectiveAt: at, RecordedAt: at, Actor: []byte(`{"kind":"person","proof":"pin"}`),
		})
	}
	return out
}

// TestSessions_LateEntryIsNotLost: two commands were written one after the
// other and come to the index the other way round. What the first one said,
// here that the infusion started, must stand in the row.
func TestSessions_LateEntryIsNotLost(t *testing.T) {
	t.Parallel()
	all := written(t, session.Scheduled{Patient: "p", Chair: 3}, session.Arrived{}, session.Readied{}, session.Prepared{},
		session.Started{}, session.NurseResponsible{Nurse: "okafor"})
	store := &streamStore{records: all}
	s := newSessions(store)
	for _, step := range [][]journal.Record{all[:4], all[5:], all[4:5]} {
		if err := s.applied(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	want := project.SessionRow{}
	for _, r := range all {
		var err error
		if want, err = project.FoldSession(want, r); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.row(visit); got != want || got.Phase != session.PhaseInfusing || got.Nurse != "okafor" {
		t.Errorf("row is %+v, want %+v", got, want)
	}
	if h, err := s.get(t.Context(), visit); err != nil || h.state.Sequence != 6 || h.state.Phase != session.PhaseInfusing {
		t.Errorf("state is at %d in %s (%v), want 6, infusing", h.state.Sequence, h.state.Phase, err)
	}
}

// TestSessions_UnreadGapIsTriedAgain: a stream that could not be read leaves
// the row behind, not advanced over what it has not seen.
func TestSessions_UnreadGapIsTriedAgain(t *testing.T) {
	t.Parallel()
	all := written(t, session.Scheduled{Patient: "p", Chair: 3}, session.Arrived{}, session.NurseResponsible{Nurse: "okafor"},
		session.NurseResponsible{Nurse: "weiss"})
	store := &streamStore{records: all, err: context.DeadlineExceeded}
	s := newSessions(store)
	if err := s.applied(t.Context(), all[:1]); err != nil {
		t.Fatal(err)
	}
	if err := s.applied(t.Context(), all[2:3]); err == nil || s.row(visit).Sequence != 1 {
		t.Errorf("row is at %d (%v), want 1 and the error", s.row(visit).Sequence, err)
	}
	store.err = nil
	if err := s.applied(t.Context(), all[3:]); err != nil {
		t.Fatal(err)
	}
	if got := s.row(visit); got.Sequence != 4 || got.Phase != session.PhaseArrived || got.Nurse != "weiss" {
		t.Errorf("row is %+v, want the arrival and the second nurse", got)
	}
}

// TestSessions_InRoomOfANurse: whom a nurse is responsible for is counted from the
// arrival until the patient has gone, and moves with the responsibility.
func TestSessions_InRoomOfANurse(t *testing.T) {
	t.Parallel()
	all := written(t, session.Scheduled{Patient: "p", Chair: 3}, session.NurseResponsible{Nurse: "okafor"}, session.Arrived{}, session.Started{},
		session.NurseResponsible{Nurse: "brandt"}, session.Discharged{})
	s := newSessions(&streamStore{records: all})
	for i, want := range [][2]int{{0, 0}, {0, 0}, {1, 0}, {1, 0}, {0, 1}, {0, 0}} {
		if err := s.applied(t.Context(), all[i:i+1]); err != nil {
			t.Fatal(err)
		}
		if got := [2]int{s.inRoomOf("okafor"), s.inRoomOf("brandt")}; got != want {
			t.Errorf("after %s: %v, want %v", all[i].Type, got, want)
		}
	}
}
