package sqlstore

import (
	"fmt"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// lineCheck holds a log, while it is walked, against every checkpoint there
// is of it: its head row, its lines of checkpoints.log, one from outside.
type lineCheck struct {
	name    string
	head    journal.Checkpoint
	lines   []mark // by position
	next    int
	outside []given
}

// given is what the caller compares with, and how to call it.
type given struct {
	mark
	what string
}

// mark is what is needed of a line.
type mark struct {
	position int64
	hash     journal.Hash
}

func (v *verifier) lines(name string, head journal.Checkpoint) (*lineCheck, error) {
	l := &lineCheck{name: name, head: head}
	var last journal.Checkpoint
	err := eachLine(v.s.o.Dir, v.size, v.s.o.Clinic, head.Log, func(c journal.Checkpoint) error {
		if c.Position < last.Position {
			return &Problem{Chain: name, Position: c.Position, Differs: "checkpoints.log goes back from " + fmt.Sprint(last.Position)}
		}
		last = c
		l.lines = append(l.lines, mark{c.Position, c.Hash})
		return nil
	})
	if err != nil {
		return nil, err
	}
	v.report.Lines += len(l.lines)
	if len(l.lines) > 0 {
		if err := v.s.signer.verify(last); err != nil {
			return nil, &Problem{Chain: name, Position: last.Position, Differs: "last line of checkpoints.log: " + err.Error()}
		}
	}
	if o := v.o.Checkpoint; o != nil && o.Clinic == v.s.o.Clinic && o.Log == head.Log {
		if err := v.s.signer.verify(*o); err != nil {
			return nil, &Problem{Chain: name, Position: o.Position, Differs: "checkpoint given: " + err.Error()}
		}
		v.found, l.outside = true, append(l.outside, given{mark{o.Position, o.Hash}, "the checkpoint given"})
	}
	if o := v.o.Printed; o != nil && name == kindRecord {
		l.outside = append(l.outside, given{mark{o.Position, o.Hash}, "the printed head"})
	}
	return l, nil
}

// at compares the checkpoints of one position with its hash.
func (l *lineCheck) at(position int64, hash journal.Hash, stream string) error {
	differs := func(what string) error {
		return &Problem{Chain: l.name, Stream: stream, Position: position, Differs: what + " was signed with another hash for this position"}
	}
	for ; l.next < len(l.lines) && l.lines[l.next].position == position; l.next++ {
		if l.lines[l.next].hash != hash {
			return differs("a line of checkpoints.log")
		}
	}
	for _, o := range l.outside {
		if o.position == position && o.hash != hash {
			return &Problem{Chain: l.name, Stream: stream, Position: position, Differs: o.what + " has another hash for this position"}
		}
	}
	return nil
}

// end compares where the log ends.
func (l *lineCheck) end(position int64, hash journal.Hash) error {
	ahead := func(what string, at int64) error {
		return &Problem{Chain: l.name, Position: position, Differs: fmt.Sprintf("the log ends here, but %s stands at position %d: its tail was removed", what, at)}
	}
	switch {
	case l.head.Position > position:
		return ahead("its head row", l.head.Position)
	case l.head.Position < position || l.head.Hash != hash:
		return &Problem{Chain: l.name, Position: position, Differs: fmt.Sprintf("the log ends here, but its head row, at %d, does not fit", l.head.Position)}
	case l.next < len(l.lines):
		return ahead("a line of checkpoints.log", l.lines[l.next].position)
	}
	for _, o := range l.outside {
		if o.position > position {
			return ahead(o.what, o.position)
		}
	}
	return nil
}
