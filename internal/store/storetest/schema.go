package storetest

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testSchema sees that every table's first key column is the clinic, so that
// no row can be reached without saying whose it is.
func testSchema(t *testing.T, p Place) {
	p.MustOpen(t)
	record, telemetry := p.Record(t), p.Telemetry(t)
	if found := withoutClinic(t, p, record); len(found) > 0 {
		t.Errorf("record: tables whose keys do not begin with the clinic: %q", found)
	}
	if found := withoutClinic(t, p, telemetry); len(found) > 0 {
		t.Errorf("telemetry: tables whose keys do not begin with the clinic: %q", found)
	}
	// The look itself must be able to find something.
	for _, ddl := range []string{
		"CREATE TABLE loose (clinic BIGINT)", "CREATE TABLE by_id (id BIGINT PRIMARY KEY, clinic BIGINT)",
		"CREATE TABLE by_both (clinic BIGINT, id BIGINT, PRIMARY KEY (clinic, id))", "CREATE INDEX astray ON by_both (id)",
	} {
		if _, err := record.ExecContext(t.Context(), ddl); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{"by_both", "by_id", "loose"}, withoutClinic(t, p, record)); d != "" {
		t.Errorf("bad tables (-made +found)\n%s", d)
	}
}

// withoutClinic names the tables with a key or index that does not begin with
// the clinic, or with none.
func withoutClinic(t *testing.T, p Place, db *sql.DB) []string {
	t.Helper()
	keys := firstKeys(t, p, db)
	if len(keys) < 5 {
		t.Errorf("only %d tables found", len(keys))
	}
	var out []string
	for table, columns := range keys {
		// The list of applied migrations describes the database, not a clinic.
		if table != "migration" && slices.ContainsFunc(columns, func(c string) bool { return c != "clinic" }) {
			out = append(out, table)
		}
	}
	slices.Sort(out)
	return out
}

// firstKeys returns, by table, the first column of each index and key.
func firstKeys(t *testing.T, p Place, db *sql.DB) map[string][]string {
	t.Helper()
	// Tables without any key come too, with no column.
	query := `SELECT m.name, COALESCE(x.name, '') FROM sqlite_master m LEFT JOIN pragma_index_list(m.name) l
		LEFT JOIN pragma_index_info(l.name) x ON x.seqno = 0 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
	if p.Dialect.Numbered {
		query = `SELECT c.relname, COALESCE(a.attname, '') FROM pg_class c
			JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
			LEFT JOIN pg_index i ON i.indrelid = c.oid LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
			WHERE c.relkind = 'r'`
	}
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() // rows.Err below
	out := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		out[table] = append(out[table], column)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
