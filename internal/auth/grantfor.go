package auth

import (
	"context"

	"github.com/stillwatch/stillwatch/internal/act"
)

// ViewOf is the session of a person who was proved on this very request, for
// acts that ask for one. A disabled person has none.
func (s *Service) ViewOf(ctx context.Context, a act.Actor) (View, error) {
	if a.Kind != act.Person || a.Person == "" {
		return View{}, ErrNotActive
	}
	p, err := s.Person(ctx, a.Person)
	if err != nil {
		return View{}, err
	}
	if p.Disabled {
		return View{}, ErrNotActive
	}
	return View{
		Session: Session{Person: p.ID, Device: a.Via, Proof: a.Proof, ProvedAt: a.ProvedAt},
		Person:  p, State: SessionActive, Via: a.Via,
	}, nil
}
