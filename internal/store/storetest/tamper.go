package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// MustVerify verifies a store that must let itself be looked at.
func MustVerify(t testing.TB, s *sqlstore.Store) sqlstore.Report {
	t.Helper()
	r, err := s.Verify(t.Context(), sqlstore.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Fill makes a record with something of everything, and closes it.
func Fill(t *testing.T, p Place) {
	t.Helper()
	s := p.MustOpen(t)
	stream := Stream()
	MustAppend(t, s, Batch(stream, 0, "one", "two"))
	kept, _ := WithDetail(stream, 2, "a text that is kept")
	MustAppend(t, s, kept)
	gone, d := WithDetail(stream, 3, "a text that is erased")
	MustAppend(t, s, gone)
	MustAppend(t, s, Erase(0, d.ID))
	if err := s.Audit(t.Context(), Note("read", "a"), Note("read", "b"), Note("read", "c")); err != nil {
		t.Fatal(err)
	}
	for minute := 1; minute <= 3; minute++ {
		MustReceive(t, s, Monitor, 60*(minute-1), 60*(minute-1)+5)
		if err := s.Seal(t.Context(), Start().Add(time.Duration(minute)*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if minute == 2 {
			quote(t, s, stream)
		}
	}
	MustAppend(t, s, Batch(Stream(), 0, "last"))
	MustClose(t, s)
}

// quote appends an event that names the monitor's chunk head.
func quote(t *testing.T, s *sqlstore.Store, stream journal.Stream) {
	t.Helper()
	head, err := s.ChunkHead(t.Context(), Monitor)
	if err != nil {
		t.Fatal(err)
	}
	b := Batch(stream, 4, "")
	b.Events[0].Payload = payload(struct {
		Telemetry string `json:"telemetry"`
	}{head})
	MustAppend(t, s, b)
}

func testVerify(t *testing.T, p Place) {
	Fill(t, p)
	s := p.MustRead(t)
	r := MustVerify(t, s)
	if !r.OK() {
		t.Fatal(r.Text())
	}
	want := sqlstore.Report{
		Clinic: Clinic, Streams: 3, Commands: 6, Details: 1, Erased: 1, Chunks: 3, Samples: 30, Quoted: 1, Lines: 6 + 1 + 3,
		Record: r.Record, Audit: r.Audit, Telemetry: r.Telemetry,
	}
	if fmt.Sprint(r) != fmt.Sprint(want) || r.Record.Entries != 7 || r.Audit.Entries != 3 || r.Telemetry.Entries != 3 {
		t.Errorf("report\n%+v\nwant\n%+v", r, want)
	}
	line := r.Record.Head.Line()
	c, err := journal.ParseCheckpoint(line)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Verify(t.Context(), sqlstore.VerifyOptions{Checkpoint: &c})
	if err != nil || !again.OK() || !again.Outside {
		t.Errorf("with a checkpoint from outside: %v, %s", err, again.Text())
	}
	c.Clinic = "other"
	if again, err = s.Verify(t.Context(), sqlstore.VerifyOptions{Checkpoint: &c}); err != nil || again.OK() {
		t.Errorf("a checkpoint of another clinic fits: %v", err)
	}
}

// table is one table that tampering is tried on.
type table struct {
	name, key string
	telemetry bool
	// free columns are under no chain, each for a reason.
	free []string
	rows string // which rows are tried, as a condition
}

func tables() []table {
	return []table{
		{name: "event", key: "position", rows: "position IN (1, 3, 7)"},
		{name: "audit", key: "position", rows: "position IN (1, 3)"},
		{name: "detail", key: "id", rows: "salt IS NOT NULL"},
		// What a repeated command is answered by is checked; that another content
		// would be refused, and when, is not part of the record.
		{name: "command", key: "command", rows: "position IN (1, 7)", free: []string{"digest", "recorded_at"}},
		{name: "log_head", key: "kind", rows: "1 = 1"},
		{name: "chunk", key: "position", rows: "position IN (1, 3)", telemetry: true},
		// The cursor counts messages of the last minutes, sealed or not.
		{name: "telemetry_head", key: "log", rows: "1 = 1", telemetry: true, free: []string{"cursor", "holder"}},
	}
}

// tamperer changes rows under a store and puts them back.
type tamperer struct {
	t     *testing.T
	p     Place
	store *sqlstore.Store
	db    *sql.DB
	table table
	// columns and rows as they were.
	columns []string
	rows    [][]any
}

func testTamper(t *testing.T, p Place) {
	Fill(t, p)
	s := p.MustRead(t)
	for _, table := range tables() {
		tp := &tamperer{t: t, p: p, store: s, table: table, db: p.Record(t)}
		if table.telemetry {
			tp.db = p.Telemetry(t)
		}
		tp.read()
		tp.flipColumns()
		tp.flipBytes()
		tp.remove()
		tp.swap()
	}
	if r := MustVerify(t, s); !r.OK() {
		t.Fatalf("the test did not put back what it changed: %s", r.Text())
	}
}

func (tp *tamperer) read() {
	tp.t.Helper()
	rows, err := tp.db.QueryContext(tp.t.Context(), "SELECT * FROM "+tp.table.name+" WHERE "+tp.table.rows+" ORDER BY "+tp.table.key)
	if err != nil {
		tp.t.Fatal(err)
	}
	defer rows.Close() // rows.Err below
	if tp.columns, err = rows.Columns(); err != nil {
		tp.t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(tp.columns)), make([]any, len(tp.columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			tp.t.Fatal(err)
		}
		tp.rows = append(tp.rows, values)
	}
	if err := rows.Err(); err != nil || len(tp.rows) == 0 {
		tp.t.Fatalf("no rows of %s to tamper with (%v)", tp.table.name, err)
	}
}

// mark writes an argument the engine's way.
func (tp *tamperer) mark(n int) string {
	if tp.p.Dialect.Numbered {
		return fmt.Sprint("$", n)
	}
	return "?"
}

func (tp *tamperer) exec(query string, args ...any) {
	tp.t.Helper()
	if _, err := tp.db.ExecContext(context.WithoutCancel(tp.t.Context()), query, args...); err != nil {
		tp.t.Fatalf("%s: %v", query, err)
	}
}

// found demands that verify finds something.
func (tp *tamperer) found(what string) {
	tp.t.Helper()
	r, err := tp.store.Verify(tp.t.Context(), sqlstore.VerifyOptions{})
	if err == nil && r.OK() {
		tp.t.Errorf("%s: not found", what)
	}
}

func (tp *tamperer) set(row []any, column int, value any) {
	tp.t.Helper()
	key := slices.Index(tp.columns, tp.table.key)
	tp.exec("UPDATE "+tp.table.name+" SET "+tp.columns[column]+" = "+tp.mark(1)+" WHERE "+tp.table.key+" = "+tp.mark(2), value, row[key])
}

func (tp *tamperer) remake(row []any) {
	tp.t.Helper()
	marks := make([]string, len(row))
	for i := range row {
		marks[i] = tp.mark(i + 1)
	}
	tp.exec("INSERT INTO "+tp.table.name+" ("+strings.Join(tp.columns, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", row...)
}

func (tp *tamperer) drop(column string, value any) {
	tp.t.Helper()
	tp.exec("DELETE FROM "+tp.table.name+" WHERE "+column+" = "+tp.mark(1), value)
}

func (tp *tamperer) flipColumns() {
	key := slices.Index(tp.columns, tp.table.key)
	for _, row := range tp.rows {
		for i, column := range tp.columns {
			if slices.Contains(tp.table.free, column) {
				continue
			}
			changed := flip(row[i])
			tp.set(row, i, changed)
			tp.found(fmt.Sprintf("%s.%s changed in row %v", tp.table.name, column, row[key]))
			if i == key {
				tp.drop(column, changed)
				tp.remake(row)
				continue
			}
			tp.set(row, i, row[i])
		}
	}
}

func flip(v any) any {
	switch v := v.(type) {
	case int64:
		return v + 1000
	case string:
		return v + "x"
	case []byte:
		out := bytes.Clone(v)
		out[len(out)/2] ^= 1
		return out
	}
	return v
}

// flipBytes flips one bit of each byte of the columns that hold content.
func (tp *tamperer) flipBytes() {
	row := tp.rows[len(tp.rows)-1]
	for i, column := range tp.columns {
		content, ok := row[i].([]byte)
		if !ok || slices.Contains(tp.table.free, column) {
			continue
		}
		for at := range content {
			changed := bytes.Clone(content)
			changed[at] ^= 1 << (at % 8)
			tp.set(row, i, changed)
			tp.found(fmt.Sprintf("byte %d of %s.%s flipped", at, tp.table.name, column))
		}
		tp.set(row, i, append(bytes.Clone(content), 0))
		tp.found(fmt.Sprintf("a byte added to %s.%s", tp.table.name, column))
		tp.set(row, i, content)
	}
}

func (tp *tamperer) remove() {
	key := slices.Index(tp.columns, tp.table.key)
	for _, row := range tp.rows {
		tp.drop(tp.table.key, row[key])
		tp.found(fmt.Sprintf("row %v of %s removed", row[key], tp.table.name))
		tp.remake(row)
	}
}

// swap exchanges two rows of a chain.
func (tp *tamperer) swap() {
	if tp.table.key != "position" {
		return
	}
	to := func(from, to any) {
		tp.exec("UPDATE "+tp.table.name+" SET position = "+tp.mark(1)+" WHERE position = "+tp.mark(2), to, from)
	}
	a, b := int64(1), int64(3)
	exchange := func() { to(a, int64(-1)); to(b, a); to(int64(-1), b) }
	exchange()
	tp.found("two rows of " + tp.table.name + " exchanged")
	exchange()
}
