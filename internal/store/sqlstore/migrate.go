package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed migration
var migrations embed.FS

// migrate applies the migrations of one database that are not applied yet,
// in order of name, each in its own transaction. There is no way back: a
// database newer than the program is refused.
func migrate(ctx context.Context, pool *sql.DB, d Dialect, set string) error {
	c := newConn(pool, d)
	defer c.drop()
	// The only table without a clinic: it describes the database, not a clinic.
	if err := inTx(ctx, c, func() error {
		return c.exec(ctx, d.respell("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY) STRICT;"))
	}); err != nil {
		return fmt.Errorf("migrate %s: %w", set, err)
	}
	files, err := fs.ReadDir(migrations, path.Join("migration", set))
	if err != nil {
		return fmt.Errorf("migrate %s: %w", set, err)
	}
	for _, f := range files {
		if err := inTx(ctx, c, func() error { return applyOnce(ctx, c, set, f.Name()) }); err != nil {
			return fmt.Errorf("migrate %s: %s: %w", set, f.Name(), err)
		}
	}
	return refuseNewer(ctx, c, set, files)
}

func applyOnce(ctx context.Context, c *conn, set, name string) error {
	var found string
	if ok, err := one(ctx, c, []any{&found}, "SELECT name FROM migration WHERE name = ?", name); err != nil || ok {
		return err
	}
	text, err := migrations.ReadFile(path.Join("migration", set, name))
	if err != nil {
		return err
	}
	for _, statement := range statements(string(text)) {
		if _, err := c.c.ExecContext(ctx, c.dialect.respell(statement)); err != nil {
			return err
		}
	}
	return c.exec(ctx, "INSERT INTO migration (name) VALUES (?)", name)
}

// statements cuts a migration at its semicolons, without comments: no
// statement of ours has either in a literal.
func statements(text string) []string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "--")
		b.WriteString(strings.TrimRight(code, "\n"))
		b.WriteByte('\n')
	}
	var out []string
	for s := range strings.SplitSeq(b.String(), ";") {
		if strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
	}
	return out
}

func refuseNewer(ctx context.Context, c *conn, set string, files []fs.DirEntry) error {
	known := map[string]bool{}
	for _, f := range files {
		known[f.Name()] = true
	}
	return each(ctx, c, func(scan func(...any) error) error {
		var name string
		if err := scan(&name); err != nil {
			return err
		}
		if !known[name] {
			return fmt.Errorf("migrate %s: the database was written by a newer program (%s)", set, name)
		}
		return nil
	}, "SELECT name FROM migration")
}

func inTx(ctx context.Context, c *conn, f func() error) error {
	if err := c.begin(ctx); err != nil {
		return err
	}
	if err := f(); err != nil {
		c.rollback(ctx)
		return err
	}
	return c.commit(ctx)
}
