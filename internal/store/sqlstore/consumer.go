package sqlstore

import (
	"context"
	"fmt"
)

// Consumer is how far a job has read the record; 0 when it never has.
func (s *Store) Consumer(ctx context.Context, name string) (int64, error) {
	var position int64
	if _, err := one(ctx, s.db.readRecord(), []any{&position}, "SELECT position FROM consumer WHERE clinic = ? AND name = ?", string(s.o.Clinic), name); err != nil {
		return 0, fmt.Errorf("read consumer: %w", err)
	}
	return position, nil
}

// SetConsumer remembers how far a job has read the record.
func (s *Store) SetConsumer(ctx context.Context, name string, position int64) error {
	err := s.do(ctx, &job{run: func(ctx context.Context, t *clinicTx) error {
		return broken(t.c.exec(ctx, `INSERT INTO consumer (clinic, name, position) VALUES (?, ?, ?)
			ON CONFLICT (clinic, name) DO UPDATE SET position = excluded.position`, string(s.o.Clinic), name, position))
	}})
	if err != nil {
		return fmt.Errorf("set consumer: %w", err)
	}
	return nil
}
