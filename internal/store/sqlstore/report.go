package sqlstore

import (
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// VerifyOptions say what to verify against, beside what the store holds.
type VerifyOptions struct {
	// Checkpoint is one kept outside: in a backup, by a third party.
	Checkpoint *journal.Checkpoint
	// Printed is a head of the record that stands on paper.
	Printed *Printed
}

// Printed is a head of the record as documents show it: no signature, but out
// of reach of whoever can change the record.
type Printed struct {
	Position int64
	Hash     journal.Hash
}

// Report is what Verify found.
type Report struct {
	Clinic ident.Clinic
	// Record, Audit and Telemetry are the three chains.
	Record, Audit, Telemetry ChainReport
	Streams                  int
	Commands                 int64
	Details                  int // references whose row is there and fits
	Erased                   int // references whose row was erased by an event
	Chunks                   int64
	Samples                  int64 // in chunks
	Unsealed                 int64 // messages no chunk holds yet: under no chain
	Quoted                   int   // chunk heads quoted by entries of the record
	Lines                    int   // of checkpoints.log
	// Outside says that what was given to compare with fits its log.
	Outside bool
	// Problem is the first thing that does not fit; nil when all does.
	Problem *Problem
}

// ChainReport is where one chain stands.
type ChainReport struct {
	Entries int64
	Head    journal.Checkpoint
}

// Problem is one thing that does not fit. It names no content.
type Problem struct {
	Chain    string // record, audit, telemetry
	Stream   string // of an entry; the device of a chunk
	Position int64
	Differs  string
}

func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Chain)
	if p.Stream != "" {
		b.WriteString(", " + p.Stream)
	}
	if p.Position > 0 {
		fmt.Fprintf(&b, ", position %d", p.Position)
	}
	return b.String() + ": " + p.Differs
}

// OK reports whether everything fits.
func (r Report) OK() bool { return r.Problem == nil }

// Text is the report for a terminal.
func (r Report) Text() string {
	var b strings.Builder
	if r.Problem != nil {
		fmt.Fprintf(&b, "clinic %s: NOT WHAT WAS WRITTEN\n%v\n", r.Clinic, r.Problem)
		return b.String()
	}
	fmt.Fprintf(&b, "clinic %s: every chain holds\n", r.Clinic)
	fmt.Fprintf(&b, "record     %d entries in %d streams, %d commands, %d details (%d more erased)\n", r.Record.Entries, r.Streams, r.Commands, r.Details, r.Erased)
	fmt.Fprintf(&b, "audit      %d entries\n", r.Audit.Entries)
	fmt.Fprintf(&b, "telemetry  %d chunks with %d samples, %d quoted by the record; %d messages not sealed yet\n", r.Chunks, r.Samples, r.Quoted, r.Unsealed)
	fmt.Fprintf(&b, "checkpoints.log fits: %d lines\n", r.Lines)
	if r.Outside {
		b.WriteString("what was given to compare with fits\n")
	}
	for _, c := range []ChainReport{r.Record, r.Audit, r.Telemetry} {
		b.WriteString(c.Head.Line() + "\n")
	}
	return b.String()
}
