package auth

import (
	"context"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

// Directory answers what the record asks about the staff: names to print and
// credentials that stand, by the clinic's table and in its zone.
type Directory struct {
	service      *Service
	requirements Requirements
	zone         *time.Location
}

// NewDirectory makes the directory of a clinic.
func NewDirectory(s *Service, rs Requirements, zone *time.Location) (*Directory, error) {
	if err := rs.Check(); err != nil {
		return nil, err
	}
	return &Directory{service: s, requirements: rs, zone: zone}, nil
}

// Names maps every person, disabled ones too, to the printed name.
func (d *Directory) Names(ctx context.Context) (map[ident.Person]string, error) {
	people, err := d.service.People(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[ident.Person]string, len(people))
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, nil
}

// Missing lists, by name, the credentials that the act needs of the person and
// that are missing or expired, and those that expire within 30 days. Someone
// not in the register is an error, never a person with all papers.
func (d *Directory) Missing(ctx context.Context, who ident.Person, what act.Act, now time.Time) (missing, expiring []string, err error) {
	p, err := d.service.Person(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range d.requirements.Findings(what, Performer, p.Credentials, now, d.zone) {
		if f.Blocks() {
			missing = append(missing, f.Standing.Kind.Name())
			continue
		}
		expiring = append(expiring, f.Standing.Kind.Name())
	}
	return missing, expiring, nil
}

// Prescribers maps each enabled prescriber to whether the credentials stand
// that supervising an infusion needs.
func (d *Directory) Prescribers(ctx context.Context, now time.Time) (map[ident.Person]bool, error) {
	people, err := d.service.People(ctx)
	if err != nil {
		return nil, err
	}
	stand := map[ident.Person]bool{}
	for _, p := range people {
		if p.Disabled || !p.Is(act.Prescriber) {
			continue
		}
		stand[p.ID] = true
		for _, f := range d.requirements.Findings(session.ActStart, Supervisor, p.Credentials, now, d.zone) {
			stand[p.ID] = stand[p.ID] && !f.Blocks()
		}
	}
	return stand, nil
}
