package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
)

// Copy writes one database file of a data directory to w as it stands at one
// instant, while a server goes on writing: its pages, read in one
// transaction. What is in the write-ahead log is in it.
func Copy(ctx context.Context, dir, name string, w io.Writer) (err error) {
	if name != RecordFile && name != TelemetryFile {
		return fmt.Errorf("copy: %q is no database of a data directory", name)
	}
	if !Exists(dir) {
		return errors.New("copy: there is no record here")
	}
	db, err := sql.Open("sqlite", source(filepath.Join(dir, name), "query_only(1)"))
	if err != nil {
		return fmt.Errorf("copy %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	// One statement is one snapshot.
	rows, err := db.QueryContext(ctx, "SELECT pgno, data FROM sqlite_dbpage ORDER BY pgno")
	if err != nil {
		return fmt.Errorf("copy %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var page sql.RawBytes
	for number, want := 0, 1; rows.Next(); want++ {
		if err := rows.Scan(&number, &page); err != nil {
			return fmt.Errorf("copy %s: %w", name, err)
		}
		if number != want || len(page) == 0 {
			return fmt.Errorf("copy %s: page %d came where page %d was due", name, number, want)
		}
		if _, err := w.Write(page); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("copy %s: %w", name, err)
	}
	return nil
}
