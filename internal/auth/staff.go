package auth

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// staff keeps the list of people, which every page and every value shown
// needs: it is read from the register once and again after a change. One
// process serves a clinic, so that no change passes it by.
type staff struct {
	Registers
	mu     sync.Mutex // held while reading, so that a change cannot fall between
	people []Person   // nil while it is not known
}

// PutRows forgets the list when a person's row may have changed, also after
// an error: the rows may be durable all the same.
func (s *staff) PutRows(ctx context.Context, rows []journal.RegisterPut, audit []journal.AuditDraft) error {
	err := s.Registers.PutRows(context.WithoutCancel(ctx), rows, audit)
	if slices.ContainsFunc(rows, func(r journal.RegisterPut) bool { return r.Register == string(PersonRegister) }) {
		s.mu.Lock()
		s.people = nil
		s.mu.Unlock()
	}
	return err
}

// list is the staff by printed name; the caller must not change it.
func (s *staff) list(ctx context.Context) ([]Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people != nil {
		return s.people, nil
	}
	entries, err := findAll[personRow](ctx, s.Registers, PersonRegister)
	if err != nil {
		return nil, err
	}
	people := make([]Person, 0, len(entries))
	for _, e := range entries {
		people = append(people, e.value.person())
	}
	slices.SortStableFunc(people, func(a, b Person) int {
		if a.Name != b.Name {
			return cmp.Compare(a.Name, b.Name)
		}
		return cmp.Compare(a.Login, b.Login)
	})
	s.people = people
	return people, nil
}
