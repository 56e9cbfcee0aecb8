package storetest

import (
	"bytes"
	"database/sql"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// WithDetail is a batch whose one event refers to personal text.
func WithDetail(stream journal.Stream, sequence int64, text string) (journal.Batch, journal.Detail) {
	salt := make([]byte, journal.MinSalt)
	Random(salt)
	d := journal.NewDetail(NewID[ident.Detail](), salt, []byte(text))
	b := Batch(stream, sequence, "")
	b.Events[0].Payload = payload(Said{Text: "see detail", Detail: d.Ref()})
	b.Details = []journal.Detail{d}
	return b, d
}

func testDetail(t *testing.T, p Place) {
	s := p.MustOpen(t)
	stream := Stream()
	for i, text := range []string{"a reason in free words", ""} {
		b, d := WithDetail(stream, int64(i), text)
		MustAppend(t, s, b)
		body, ok, err := s.Detail(t.Context(), d.ID)
		if err != nil || !ok || !bytes.Equal(body, []byte(text)) {
			t.Errorf("detail %q: %q, %v, %v", text, body, ok, err)
		}
	}
	if _, _, err := s.Detail(t.Context(), NewID[ident.Detail]()); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("a detail never stored: %v", err)
	}
}

// Erase is the house event that erases a detail.
func Erase(sequence int64, id ident.Detail) journal.Batch {
	b := Batch("house/erasures", sequence, "")
	b.Events[0].Type = journal.DetailErased
	b.Events[0].Payload = payload(journal.Erasure{Detail: id})
	return b
}

func testErase(t *testing.T, p Place) {
	s := p.MustOpen(t)
	b, d := WithDetail(Stream(), 0, "a name to be forgotten")
	MustAppend(t, s, b)
	MustAppend(t, s, Erase(0, d.ID))
	body, ok, err := s.Detail(t.Context(), d.ID)
	if err != nil || ok || body != nil {
		t.Errorf("after erasure: %q, %v, %v", body, ok, err)
	}
	if _, err := s.Append(t.Context(), Erase(1, NewID[ident.Detail]())); !errors.Is(err, sqlstore.ErrInvalid) {
		t.Errorf("erasure of a detail never stored: %v", err)
	}
	r := MustVerify(t, s)
	if !r.OK() || r.Erased != 1 || r.Details != 0 {
		t.Errorf("verify after erasure: %s", r.Text())
	}
}

func room(id, alias, body string, revision int64) journal.RegisterPut {
	return journal.RegisterPut{Register: "chair", ID: id, Alias: alias, Body: []byte(body), Revision: revision}
}

func testRegisters(t *testing.T, p Place) {
	s := p.MustOpen(t)
	note := []journal.AuditDraft{Note("chair.changed", "1")}
	put := func(rows ...journal.RegisterPut) error { return s.PutRows(t.Context(), rows, note) }
	steps := []struct {
		name string
		rows []journal.RegisterPut
		want error
	}{
		{"new rows", []journal.RegisterPut{room("2", "window", `{"n":2}`, 0), room("1", "", `{"n":1}`, 0), room("3", "", `{}`, 0)}, nil},
		{"new again", []journal.RegisterPut{room("1", "", `{}`, 0)}, journal.ErrConflict},
		{"changed", []journal.RegisterPut{room("1", "door", `{"n":1,"x":1}`, 1)}, nil},
		{"changed on an old reading", []journal.RegisterPut{room("1", "door", `{}`, 1)}, journal.ErrConflict},
		{"alias taken", []journal.RegisterPut{room("3", "door", `{}`, 1)}, journal.ErrConflict},
		{"alias taken in one change", []journal.RegisterPut{room("4", "new", `{}`, 0), room("5", "new", `{}`, 0)}, journal.ErrConflict},
		{"one stale row stops all", []journal.RegisterPut{room("6", "", `{}`, 0), room("1", "door", `{}`, 7)}, journal.ErrConflict},
		{"deleted, alias moves", []journal.RegisterPut{{Register: "chair", ID: "2", Revision: 1, Delete: true}, room("3", "window", `{}`, 1)}, nil},
	}
	for _, step := range steps {
		if err := put(step.rows...); !errors.Is(err, step.want) {
			t.Fatalf("%s: %v, want %v", step.name, err, step.want)
		}
	}
	got, err := s.Rows(t.Context(), "chair")
	want := []journal.RegisterRow{
		{ID: "1", Alias: "door", Body: []byte(`{"n":1,"x":1}`), Revision: 2, UpdatedAt: Start()},
		{ID: "3", Alias: "window", Body: []byte(`{}`), Revision: 2, UpdatedAt: Start()},
	}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("rows (%v)\n%s", err, d)
	}
	if row, ok, err := s.RowByAlias(t.Context(), "chair", "window"); err != nil || !ok || row.ID != "3" {
		t.Errorf("row by alias: %v, %v, %v", row.ID, ok, err)
	}
	if _, ok, err := s.Row(t.Context(), "chair", "2"); err != nil || ok {
		t.Errorf("deleted row: %v, %v", ok, err)
	}
	entries, err := s.AuditSince(t.Context(), 0, 0)
	if err != nil || len(entries) != 3 {
		t.Errorf("%d audit entries for 3 changes (%v)", len(entries), err)
	}
}

func testRegistersAudit(t *testing.T, p Place) {
	s := p.MustOpen(t)
	if err := s.PutRows(t.Context(), []journal.RegisterPut{room("1", "", `{}`, 0)}, nil); !errors.Is(err, sqlstore.ErrInvalid) {
		t.Errorf("a change of a register without audit entry: %v", err)
	}
	draft := journal.RegisterPut{Register: "draft", ID: "1", Body: []byte(`{}`)}
	if err := s.PutRows(t.Context(), []journal.RegisterPut{draft}, nil); err != nil {
		t.Errorf("a draft needs no audit entry: %v", err)
	}
	if err := s.Audit(t.Context(), Note("read", "a"), Note("read", "b")); err != nil {
		t.Fatal(err)
	}
	entries, err := s.AuditSince(t.Context(), 0, 0)
	if err != nil || len(entries) != 2 || entries[1].Stream != journal.AuditStream || entries[1].Sequence != 2 {
		t.Errorf("audit: %v, %v", entries, err)
	}
}

func testRegistersWithAppend(t *testing.T, p Place) {
	s := p.MustOpen(t)
	b := Batch(Stream(), 0, "one")
	b.Registers = []journal.RegisterPut{room("1", "", `{}`, 0)}
	b.Audit = []journal.AuditDraft{{Type: "chair.changed", Version: 1, Payload: []byte(`{}`)}}
	MustAppend(t, s, b)
	entries, err := s.AuditSince(t.Context(), 0, 0)
	if err != nil || len(entries) != 1 || entries[0].Command != b.Command || len(entries[0].Actor) == 0 {
		t.Fatalf("audit entry of the batch: %v, %v", entries, err)
	}
	if _, err := s.Append(t.Context(), b); err != nil {
		t.Errorf("replay with registers: %v", err)
	}
	stale := Batch(Stream(), 0, "two")
	stale.Registers, stale.Audit = b.Registers, b.Audit
	if _, err := s.Append(t.Context(), stale); !errors.Is(err, journal.ErrConflict) {
		t.Errorf("stale row in a batch: %v", err)
	}
	if n, _, err := s.Head(t.Context()); err != nil || n != 1 {
		t.Errorf("a batch with a stale row left its events: head at %d (%v)", n, err)
	}
}
