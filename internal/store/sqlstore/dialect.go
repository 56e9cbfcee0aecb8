package sqlstore

import (
	"strconv"
	"strings"
)

// Dialect is what differs between the engines. SQL is written once, with ?
// for arguments.
type Dialect struct {
	// Name is for messages and tests.
	Name string
	// Numbered says arguments are written $1, $2, ….
	Numbered bool
	// Types respells BIGINT, BLOB, TEXT and STRICT in migrations: pairs of
	// old and new, as strings.NewReplacer takes them.
	Types []string
	// Begin opens a writing transaction.
	Begin string
	// BeginRead opens a transaction that reads one state throughout.
	BeginRead string
	// Lock ends a query whose row must stay locked until commit.
	Lock string
	// Exclusive says that the engine itself keeps a second process out, so
	// that a lease left by a dead one may be taken at once.
	Exclusive bool
	// Version, where set, gives a number that differs from the one after the
	// connection's last commit if anybody else has changed the database
	// since. It is asked inside a transaction, of the driver's connection.
	Version func(on any) (uint64, error)
	// Move, where set, moves what is committed from the engine's write-ahead
	// log into its file, as far as readers let it, and waits for nobody. It
	// is run when MoveAt pages were written. Written is how many pages a
	// connection of the driver's has written to that log since last asked.
	Move    string
	MoveAt  int
	Written func(on any) (int, error)
	// Scrub, where set, is run after an erasure so that no copy of the row
	// is left in the engine's own files. It answers with three numbers, of
	// which the first is not 0 when it could not.
	Scrub string
}

// rebind rewrites ? to the engine's arguments. No statement of this package
// has a question mark in a literal.
func (d Dialect) rebind(query string) string {
	if !d.Numbered {
		return query
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}

// respell writes a migration in the engine's types.
func (d Dialect) respell(sql string) string { return strings.NewReplacer(d.Types...).Replace(sql) }

// values repeats "(?, …)" for n rows of a multi-row INSERT.
func values(columns, rows int) string {
	row := "(" + marks(columns) + ")"
	return strings.TrimSuffix(strings.Repeat(row+", ", rows), ", ")
}

// marks is "?, ?, …", n times.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
