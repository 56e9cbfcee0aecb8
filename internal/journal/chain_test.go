package journal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// chainOf links n entries in two streams.
func chainOf(n int) []journal.Record {
	out := make([]journal.Record, n)
	hash := journal.Genesis("clinic", someLog)
	for i := range out {
		r := sample()
		r.Position, r.Sequence = int64(i+1), int64(i/2+1)
		r.Stream = journal.NewStream("session", []string{"a", "b"}[i%2])
		r.RecordedAt = start().Add(time.Duration(i) * time.Second)
		r.Hash = journal.Link(hash, r)
		hash = r.Hash
		out[i] = r
	}
	return out
}

// walk returns what a walker says of entries, in order.
func walk(records []journal.Record) (*journal.Walker, error) {
	w := journal.NewWalker("clinic", someLog)
	for _, r := range records {
		if err := w.Next(r); err != nil {
			return w, err
		}
	}
	return w, nil
}

func TestWalker(t *testing.T) {
	t.Parallel()
	records := chainOf(6)
	w, err := walk(records)
	if err != nil {
		t.Fatal(err)
	}
	if position, hash := w.Head(); position != 6 || hash != records[5].Hash || w.Streams() != 2 {
		t.Errorf("head at %d %x, %d streams", position, hash, w.Streams())
	}
	if position, hash := journal.NewWalker("clinic", someLog).Head(); position != 0 || hash != journal.Genesis("clinic", someLog) {
		t.Errorf("before the first entry: %d %x", position, hash)
	}
}

// relink makes hashes fit again, as someone would who knows the rule.
func relink(records []journal.Record) []journal.Record {
	hash := journal.Genesis("clinic", someLog)
	for i := range records {
		records[i].Hash = journal.Link(hash, records[i])
		hash = records[i].Hash
	}
	return records
}

func TestWalker_Broken(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil    func([]journal.Record) []journal.Record
		position int64
		says     string
	}{
		"payload":      {func(r []journal.Record) []journal.Record { r[2].Payload = []byte(`{}`); return r }, 3, "not what was written"},
		"hash":         {func(r []journal.Record) []journal.Record { r[2].Hash[0] ^= 1; return r }, 3, "not what was written"},
		"removed":      {func(r []journal.Record) []journal.Record { return append(r[:2], r[3:]...) }, 4, "position 3 is expected"},
		"first gone":   {func(r []journal.Record) []journal.Record { return r[1:] }, 2, "position 1 is expected"},
		"exchanged":    {func(r []journal.Record) []journal.Record { r[1], r[2] = r[2], r[1]; return r }, 3, "position 2 is expected"},
		"twice":        {func(r []journal.Record) []journal.Record { return append(r[:3], r[2]) }, 3, "position 4 is expected"},
		"other log":    {func(r []journal.Record) []journal.Record { r[2].Log = otherLog; return r }, 3, "another log"},
		"other clinic": {func(r []journal.Record) []journal.Record { r[2].Clinic = "other"; return r }, 3, "another log"},
		// These were linked again: the hashes fit, what they say does not.
		"sequence gap": {func(r []journal.Record) []journal.Record { r[2].Sequence = 5; return relink(r) }, 3, "sequence 5 in its stream, 2 expected"},
		"back in time": {func(r []journal.Record) []journal.Record { r[2].RecordedAt = start(); return relink(r) }, 3, "recorded before"},
	}
	for name, test := range tests {
		_, err := walk(test.spoil(chainOf(6)))
		var b *journal.Broken
		if !errors.As(err, &b) || b.Position != test.position || !strings.Contains(b.Differs, test.says) {
			t.Errorf("%s: %v, want position %d, %q", name, err, test.position, test.says)
		}
	}
}

// TestWalker_AnyChangeIsFound changes one field of one entry: the walk stops
// there, never later and never not at all.
func TestWalker_AnyChangeIsFound(t *testing.T) {
	t.Parallel()
	ways := changes()
	var names []string
	for name := range ways {
		names = append(names, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		records := chainOf(8)
		i := rapid.IntRange(0, len(records)-1).Draw(t, "entry")
		name := rapid.SampledFrom(names).Draw(t, "field")
		ways[name](&records[i])
		w, err := walk(records)
		if at, _ := w.Head(); err == nil || at != int64(i) {
			t.Errorf("%s of entry %d changed: walked to %d, %v", name, i+1, at, err)
		}
	})
}

func TestBroken_NamesNoContent(t *testing.T) {
	t.Parallel()
	records := chainOf(2)
	records[1].Payload = []byte(`{"text":"secret"}`)
	_, err := walk(records)
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "position 2, stream session/b") {
		t.Errorf("%v", err)
	}
}
