package sqlstore

import (
	"context"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// detailCheck holds the rows of personal detail against the references in
// the entries of both logs, page by page.
type detailCheck struct {
	clinic string
	refs   []foundRef // of the page
	gone   []foundRef // rows that are empty: erased, if an event says so
	erased map[string]bool
	report *Report
}

type foundRef struct {
	journal.DetailRef
	chain    chain
	stream   journal.Stream
	position int64
}

func (d *detailCheck) take(k chain, r journal.Record) {
	for _, ref := range journal.References(r.Payload) {
		d.refs = append(d.refs, foundRef{ref, k, r.Stream, r.Position})
	}
	if id, ok, err := journal.Erased(r.Stream, r.Type, r.Payload); ok && err == nil && k == record {
		d.erased[string(id)] = true
	}
}

// page compares the references gathered since the last page.
func (d *detailCheck) page(ctx context.Context, q querier) error {
	const most = 64
	for len(d.refs) > 0 {
		n := min(most, len(d.refs))
		if err := d.compare(ctx, q, d.refs[:n], most); err != nil {
			return err
		}
		d.refs = d.refs[n:]
	}
	d.refs = nil
	return nil
}

func (d *detailCheck) compare(ctx context.Context, q querier, refs []foundRef, most int) error {
	args := []any{d.clinic}
	for i := range most {
		args = append(args, string(refs[min(i, len(refs)-1)].ID))
	}
	stored := map[ident.Detail]journal.Detail{}
	err := each(ctx, q, func(scan func(...any) error) error {
		var row journal.Detail
		err := scan(&row.ID, &row.Salt, &row.Body)
		stored[row.ID] = row
		return err
	}, "SELECT id, salt, body FROM detail WHERE clinic = ? AND id IN ("+marks(most)+")", args...)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		row, ok := stored[ref.ID]
		switch {
		case !ok:
			return ref.problem("the personal detail it refers to is missing")
		case row.Salt == nil && row.Body == nil:
			d.gone = append(d.gone, ref)
		case row.Hash() != ref.Hash:
			return ref.problem("the personal detail it refers to is not what was written")
		default:
			d.report.Details++
		}
	}
	return nil
}

func (f foundRef) problem(differs string) error {
	return &Problem{Chain: f.chain.kind(), Stream: string(f.stream), Position: f.position, Differs: differs}
}

// finish sees that empty rows were erased by an event, and erased rows are empty.
func (d *detailCheck) finish(ctx context.Context, q querier) error {
	for _, ref := range d.gone {
		if !d.erased[string(ref.ID)] {
			return ref.problem("the personal detail it refers to is empty, and no event erased it")
		}
		d.report.Erased++
	}
	return each(ctx, q, func(scan func(...any) error) error {
		var id string
		if err := scan(&id); err != nil {
			return err
		}
		if d.erased[id] {
			return &Problem{Chain: kindRecord, Differs: fmt.Sprintf("personal detail %s was erased by an event and is there again", id)}
		}
		return nil
	}, "SELECT id FROM detail WHERE clinic = ? AND salt IS NOT NULL", d.clinic)
}
