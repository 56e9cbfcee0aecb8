package storetest

import (
	"database/sql"
	"slices"
	"testing"
)

// testSchema sees that every table's first key column is the clinic, so that
// no row can be reached without saying whose it is.
func testSchema(t *testing.T, p Place) {
	p.MustOpen(t)
	for name, db := range map[string]*sql.DB{"record": p.Record(t), "telemetry": p.Telemetry(t)} {
		keys := firstKeys(t, p, db)
		if len(keys) < 5 {
			t.Errorf("%s: only %d tables found", name, len(keys))
		}
		for table, columns := range keys {
			// The list of applied migrations describes the database, not a clinic.
			if table != "migration" && (len(columns) == 0 || slices.ContainsFunc(columns, func(c string) bool { return c != "clinic" })) {
				t.Errorf("%s: table %s has keys or indexes that begin with %v, want clinic", name, table, columns)
			}
		}
	}
}

// firstKeys returns, by table, the first column of each index and key.
func firstKeys(t *testing.T, p Place, db *sql.DB) map[string][]string {
	t.Helper()
	query := `SELECT m.name, x.name FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) x
		WHERE m.type = 'table' AND x.seqno = 0 AND m.name NOT LIKE 'sqlite_%'`
	if p.Dialect.Numbered {
		query = `SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
			JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]`
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
