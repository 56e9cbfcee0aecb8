package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// Detail returns one row of personal detail. ok is false when it was erased;
// an id that was never stored is an error.
func (s *Store) Detail(ctx context.Context, id ident.Detail) (body []byte, ok bool, err error) {
	var salt []byte
	found, err := one(ctx, s.db.readRecord(), []any{&salt, &body}, "SELECT salt, body FROM detail WHERE clinic = ? AND id = ?",
		string(s.o.Clinic), string(id))
	if err != nil {
		return nil, false, fmt.Errorf("read detail: %w", err)
	}
	if !found {
		return nil, false, fmt.Errorf("read detail: %w", sql.ErrNoRows)
	}
	if salt == nil {
		return nil, false, nil
	}
	return body, true, nil
}

// checkDetails sees that every reference and erasure names a stored row.
func (t *clinicTx) checkDetails(ctx context.Context, p *prepared) error {
	for id := range p.refs {
		if err := t.checkDetail(ctx, id); err != nil {
			return err
		}
	}
	for _, id := range p.erase {
		if err := t.checkDetail(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (t *clinicTx) checkDetail(ctx context.Context, id ident.Detail) error {
	if _, ok := t.details[id]; ok {
		return nil
	}
	var found string
	ok, err := one(ctx, t.c, []any{&found}, "SELECT id FROM detail WHERE clinic = ? AND id = ?", string(t.store.o.Clinic), string(id))
	if err != nil {
		return broken(fmt.Errorf("read detail: %w", err))
	}
	if !ok {
		return invalid("an entry refers to personal detail that is not stored")
	}
	return nil
}

var insertDetail = newInsertion("INSERT INTO detail (clinic, id, salt, body)", "", 4)

// writeDetails stores new rows, then empties erased ones.
func (t *clinicTx) writeDetails(ctx context.Context) error {
	args := make([]any, 0, len(t.details)*insertDetail.columns)
	for _, d := range t.details {
		// An empty text is not an erased one, whatever a driver makes of nil.
		args = append(args, string(t.store.o.Clinic), string(d.ID), d.Salt, append([]byte{}, d.Body...))
	}
	if err := t.c.insert(ctx, insertDetail, args); err != nil {
		return err
	}
	for _, id := range t.erase {
		if err := t.c.exec(ctx, "UPDATE detail SET salt = NULL, body = NULL WHERE clinic = ? AND id = ?", string(t.store.o.Clinic), string(id)); err != nil {
			return err
		}
	}
	return nil
}
