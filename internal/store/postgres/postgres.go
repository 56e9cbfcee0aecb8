// Package postgres opens the store in a PostgreSQL database: the record and
// the telemetry in a schema each, for many clinics and several nodes.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// minVersion is the oldest server the store is tested for.
const minVersion = 150_000

// Options open a database.
type Options struct {
	sqlstore.Options
	// URL is a connection string as libpq takes it.
	URL string
	// Schema is the record's schema, "stillwatch" when empty; telemetry
	// stands in the schema of that name with "_telemetry" behind it.
	Schema   string
	ReadOnly bool
}

// Dialect is PostgreSQL's. Text compares by bytes, as SQLite's does.
func Dialect() sqlstore.Dialect {
	return sqlstore.Dialect{
		Name:      "postgres",
		Numbered:  true,
		Types:     []string{"BLOB", "BYTEA", "TEXT", `TEXT COLLATE "C"`, ") STRICT", ")"},
		Begin:     "BEGIN",
		BeginRead: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		Lock:      " FOR UPDATE",
	}
}

// Open opens one clinic's record. Closing the store closes the connections.
func Open(ctx context.Context, o Options) (*sqlstore.Store, error) {
	e, err := engine(ctx, o.URL, o.Schema, o.ReadOnly)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return sqlstore.Open(ctx, e, o.Options)
}

// OpenDB opens a database without choosing a clinic.
func OpenDB(ctx context.Context, url, schema string, readOnly bool) (*sqlstore.DB, error) {
	e, err := engine(ctx, url, schema, readOnly)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return sqlstore.NewDB(ctx, e)
}

func engine(ctx context.Context, url, schema string, readOnly bool) (sqlstore.Engine, error) {
	e := sqlstore.Engine{Dialect: Dialect(), ReadOnly: readOnly}
	if schema == "" {
		schema = "stillwatch"
	}
	if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`).MatchString(schema) {
		return e, fmt.Errorf("schema %q is not a lower-case name", schema)
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return e, errors.New("connection string cannot be read") // its text may hold a password
	}
	e.Record, e.Telemetry = pool(config, schema), pool(config, schema+"_telemetry")
	e.ReadRecord, e.ReadTelemetry = pool(config, schema), pool(config, schema+"_telemetry")
	if err := prepare(ctx, e, schema); err != nil {
		return e, errors.Join(err, e.Record.Close(), e.Telemetry.Close(), e.ReadRecord.Close(), e.ReadTelemetry.Close())
	}
	return e, nil
}

// pool connects with a schema and with commits that wait for the disk.
func pool(config *pgx.ConnConfig, schema string) *sql.DB {
	c := config.Copy()
	c.RuntimeParams["search_path"] = schema
	c.RuntimeParams["synchronous_commit"] = "on"
	c.RuntimeParams["application_name"] = "stillwatch"
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	return db
}

// prepare makes the schemas and refuses settings that would lose entries.
func prepare(ctx context.Context, e sqlstore.Engine, schema string) error {
	if !e.ReadOnly {
		for _, s := range []string{schema, schema + "_telemetry"} {
			if _, err := e.Record.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS "`+s+`"`); err != nil {
				return fmt.Errorf("make schema %s: %w", s, err)
			}
		}
	}
	var version int
	if err := e.ReadRecord.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return err
	}
	if version < minVersion {
		return fmt.Errorf("PostgreSQL %d is too old: 15 or later is needed", version/10_000)
	}
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := e.ReadRecord.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return err
		}
		if value != "on" {
			return fmt.Errorf("%s is %s: it must be on for entries to be durable", name, value)
		}
	}
	return nil
}
