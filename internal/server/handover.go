package server

import (
	"context"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/present"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Handover is what is read before one visit is taken over; the read is audited.
func (s visits) Handover(ctx context.Context, v web.Visitor, id ident.Session) (view.Handover, error) {
	visit, err := s.readable(ctx, v, id)
	if err != nil {
		return view.Handover{}, err
	}
	return view.Handover{Visits: []view.HandoverVisit{present.Handover(visit, v.Actor, s.texts(ctx))}, Printed: s.printed(v)}, nil
}

// Handovers is the same of all chairs of the visitor who is their responsible
// nurse; of all that are occupied where that is asked, or the visitor has none.
// Each is a read of its record.
func (s visits) Handovers(ctx context.Context, v web.Visitor, all bool) (view.Handover, error) {
	if err := need(v, "record.read"); err != nil {
		return view.Handover{}, err
	}
	h := view.Handover{Printed: s.printed(v), Empty: "Nobody is in a chair."}
	var mine, every []view.HandoverVisit
	for chair := 1; chair <= s.app.Chairs; chair++ {
		id, ok := s.app.AtChair(ident.Chair(chair))
		if !ok {
			continue
		}
		visit, err := s.visit(ctx, id)
		if err != nil {
			return view.Handover{}, err
		}
		own := visit.State.Nurse != "" && visit.State.Nurse == v.Actor.Person
		if !session.InRoom(visit.State.Phase) || !all && !own && mine != nil {
			continue
		}
		one := present.Handover(visit, v.Actor, s.texts(ctx))
		every = append(every, one)
		if own {
			mine = append(mine, one)
		}
	}
	h.Visits, h.Whose = every, "All chairs"
	if !all && mine != nil {
		h.Visits, h.Whose, h.Other, h.OtherHref = mine, "Your chairs", "All chairs", "/handover?all=1"
	}
	for _, x := range h.Visits {
		if err := s.app.AuditRead(ctx, v.Actor, "record", x.ID); err != nil {
			return view.Handover{}, err
		}
	}
	return h, nil
}

func (s visits) printed(v web.Visitor) string {
	return fmt.Sprintf("printed %s by %s", word.Moment(s.app.Now().In(s.app.Zone)), v.Name)
}
