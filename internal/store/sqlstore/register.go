package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// maxBody bounds one row of a register, in bytes.
const maxBody = 1 << 20

// Registers lists the registers: tables of one shape, by name.
func Registers() []string {
	return append([]string{
		"access", "chair", "credential", "device", "enrolled_device", "enrolment_code", "patient", "person", "setting",
	}, bookkeeping()...)
}

// bookkeeping registers may change without an audit entry: they say nothing of what
// anyone may do, and nothing of a patient but what is being typed of an order (draft),
// of which each opening is audited as a read.
func bookkeeping() []string {
	return []string{"browser_session", "draft", "signin_guard", "signin_proof"}
}

func checkRegister(name string) error {
	if !slices.Contains(Registers(), name) {
		return invalid("register %q is not known", name)
	}
	return nil
}

func checkPuts(puts []journal.RegisterPut, audited bool) error {
	seen := map[[2]string]bool{}
	for _, p := range puts {
		if err := checkRegister(p.Register); err != nil {
			return err
		}
		key := [2]string{p.Register, p.ID}
		switch {
		case p.ID == "" || len(p.ID) > journal.MaxStream || len(p.Alias) > 2*journal.MaxStream:
			return invalid("row of register %s has no id, or its id or alias is too long", p.Register)
		case seen[key]:
			return invalid("row of register %s is written twice", p.Register)
		case len(p.Body) > maxBody || p.Revision < 0:
			return invalid("row of register %s is larger than %d bytes or has a revision below 0", p.Register, maxBody)
		case !audited && !slices.Contains(bookkeeping(), p.Register):
			return invalid("a change of register %s needs an audit entry", p.Register)
		}
		seen[key] = true
	}
	return nil
}

// PutRows changes rows of registers, together with the audit entries that
// say so, or nothing. A row that moved on, or an alias another row has, is a
// journal.ErrConflict.
func (s *Store) PutRows(ctx context.Context, rows []journal.RegisterPut, drafts []journal.AuditDraft) error {
	if err := s.put(ctx, rows, drafts); err != nil {
		return fmt.Errorf("put rows: %w", err)
	}
	return nil
}

// Audit writes entries to the audit log.
func (s *Store) Audit(ctx context.Context, drafts ...journal.AuditDraft) error {
	if len(drafts) == 0 {
		return nil
	}
	if err := s.put(ctx, nil, drafts); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

func (s *Store) put(ctx context.Context, rows []journal.RegisterPut, drafts []journal.AuditDraft) error {
	if err := checkPuts(rows, len(drafts) > 0); err != nil {
		return err
	}
	records := make([]journal.Record, 0, len(drafts))
	for i := range drafts {
		d := drafts[i : i+1]
		r, err := prepareAudit(d, d[0].Actor, d[0].Device, d[0].At, "")
		if err != nil {
			return err
		}
		records = append(records, r...)
	}
	now := journal.Time(s.o.Now())
	return s.do(ctx, &job{run: func(ctx context.Context, t *clinicTx) error {
		if err := t.checkRows(ctx, rows); err != nil {
			return err
		}
		for _, r := range records {
			if _, err := t.extend(ctx, audit, r); err != nil {
				return err
			}
		}
		return t.putRows(ctx, rows, now)
	}})
}

// checkRows sees that each row is still the one that was read.
func (t *clinicTx) checkRows(ctx context.Context, rows []journal.RegisterPut) error {
	for _, p := range rows {
		var revision int64
		if _, err := one(ctx, t.c, []any{&revision}, "SELECT revision FROM "+p.Register+" WHERE clinic = ? AND id = ?",
			string(t.store.o.Clinic), p.ID); err != nil {
			return broken(fmt.Errorf("read register %s: %w", p.Register, err))
		}
		if revision != p.Revision {
			return &ConflictError{Register: p.Register, Row: p.ID, Expected: p.Revision, Found: revision}
		}
		if p.Alias == "" || p.Delete {
			continue
		}
		if err := t.checkAlias(ctx, p, rows); err != nil {
			return err
		}
	}
	return nil
}

// checkAlias sees that no other row has the alias, unless it goes in the same change.
func (t *clinicTx) checkAlias(ctx context.Context, p journal.RegisterPut, rows []journal.RegisterPut) error {
	var owner string
	ok, err := one(ctx, t.c, []any{&owner}, "SELECT id FROM "+p.Register+" WHERE clinic = ? AND alias = ?", string(t.store.o.Clinic), p.Alias)
	if err != nil {
		return broken(fmt.Errorf("read register %s: %w", p.Register, err))
	}
	goes := slices.ContainsFunc(rows, func(o journal.RegisterPut) bool { return o.Delete && o.Register == p.Register && o.ID == owner })
	twice := slices.ContainsFunc(rows, func(o journal.RegisterPut) bool {
		return !o.Delete && o.Register == p.Register && o.ID != p.ID && o.Alias == p.Alias
	})
	if ok && owner != p.ID && !goes || twice {
		return &ConflictError{Register: p.Register, Row: p.ID, Expected: p.Revision, Found: p.Revision}
	}
	return nil
}

// putRows writes rows that checkRows has passed: deletions first, so that an
// alias can move.
func (t *clinicTx) putRows(ctx context.Context, rows []journal.RegisterPut, now time.Time) error {
	clinic := string(t.store.o.Clinic)
	for _, p := range rows {
		if !p.Delete {
			continue
		}
		if err := t.c.exec(ctx, "DELETE FROM "+p.Register+" WHERE clinic = ? AND id = ?", clinic, p.ID); err != nil {
			return broken(fmt.Errorf("delete from register %s: %w", p.Register, err))
		}
	}
	for _, p := range rows {
		if p.Delete {
			continue
		}
		var alias any
		if p.Alias != "" {
			alias = p.Alias
		}
		if err := t.c.exec(ctx, "INSERT INTO "+p.Register+` (clinic, id, alias, body, revision, updated_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (clinic, id) DO UPDATE SET alias = excluded.alias, body = excluded.body, revision = excluded.revision, updated_at = excluded.updated_at`,
			clinic, p.ID, alias, append([]byte{}, p.Body...), p.Revision+1, now.UnixMicro()); err != nil {
			return broken(fmt.Errorf("write register %s: %w", p.Register, err))
		}
	}
	return nil
}

// Row returns a row of a register by id.
func (s *Store) Row(ctx context.Context, register, id string) (journal.RegisterRow, bool, error) {
	return s.row(ctx, register, "id = ?", id)
}

// RowByAlias returns a row of a register by its alias.
func (s *Store) RowByAlias(ctx context.Context, register, alias string) (journal.RegisterRow, bool, error) {
	return s.row(ctx, register, "alias = ?", alias)
}

// Rows returns every row of a register, ordered by id.
func (s *Store) Rows(ctx context.Context, register string) ([]journal.RegisterRow, error) {
	return s.rows(ctx, register, "1 = 1 ORDER BY id")
}

func (s *Store) row(ctx context.Context, register, where, arg string) (journal.RegisterRow, bool, error) {
	rows, err := s.rows(ctx, register, where, arg)
	if err != nil || len(rows) == 0 {
		return journal.RegisterRow{}, false, err
	}
	return rows[0], true, nil
}

func (s *Store) rows(ctx context.Context, register, where string, args ...any) ([]journal.RegisterRow, error) {
	if err := checkRegister(register); err != nil {
		return nil, fmt.Errorf("read register: %w", err)
	}
	var out []journal.RegisterRow
	err := each(ctx, s.db.readRecord(), func(scan func(...any) error) error {
		var r journal.RegisterRow
		var updated int64
		err := scan(&r.ID, &r.Alias, &r.Body, &r.Revision, &updated)
		r.UpdatedAt = time.UnixMicro(updated).UTC()
		out = append(out, r)
		return err
	}, "SELECT id, COALESCE(alias, ''), body, revision, updated_at FROM "+register+" WHERE clinic = ? AND "+where,
		append([]any{string(s.o.Clinic)}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read register %s: %w", register, err)
	}
	return out, nil
}
