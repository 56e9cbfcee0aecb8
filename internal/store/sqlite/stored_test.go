package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stillwatch/stillwatch/internal/store/sqlite"
	"github.com/stillwatch/stillwatch/internal/store/storetest"
)

// entryText is about as long as a charted observation.
const entryText = "SBP 128 DBP 76 MAP 93 HR 71 SpO2 97 RR 14 EtCO2 38, MOAA/S 5, pain 3, distress 1, IV site clean, pump 14.5 mL/h, 12.1 mL given"

const eventsPerSession = 30

// kept are the records made by stored, for all rounds of a benchmark.
type kept struct {
	mu   sync.Mutex // held while one is made
	dirs map[int]string
}

var records kept

// dir returns a directory with so many sessions, making it once.
func (k *kept) dir(b *testing.B, sessions int) string {
	b.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if dir, ok := k.dirs[sessions]; ok {
		return dir
	}
	dir, err := os.MkdirTemp("", "stillwatch-bench-") //nolint:usetesting // b.TempDir ends with one round, and the next would make it again
	if err != nil {
		b.Fatal(err)
	}
	if k.dirs == nil {
		k.dirs = map[int]string{}
	}
	k.dirs[sessions] = dir
	stored(b, dir, sessions)
	return dir
}

func (k *kept) remove() {
	for _, dir := range k.dirs {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

// stored makes a directory that holds many sessions of 30 entries: a thousand
// appended, the others copied beneath the store with streams and commands of
// their own. Their hashes are not linked again, which an append never looks at.
func stored(b *testing.B, dir string, sessions int) {
	b.Helper()
	const seeds = 1_000
	p := place(b, dir)
	s := p.MustOpen(b)
	texts := slices.Repeat([]string{entryText}, eventsPerSession)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := 0; i < seeds; i += 16 {
				if _, err := s.Append(b.Context(), storetest.Batch(storetest.Stream(), 0, texts...)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	rows, _, err := s.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	storetest.MustClose(b, s)
	db, err := sql.Open("sqlite", source(dir, sqlite.RecordFile)+"&_pragma=cache_size(-200000)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	run := func(query string, args ...any) {
		if _, err := db.ExecContext(b.Context(), query, args...); err != nil {
			b.Fatal(err)
		}
	}
	for copied := 1; copied < sessions/seeds; copied++ {
		run(`INSERT INTO event SELECT clinic, position + ?1 * ?2, 'session/' || printf('%04d', ?1) || substr(stream, 13), sequence, type, version,
			printf('seed-%09d', position + ?1 * ?2), command_index,
			occurred_at, effective_at, recorded_at, actor, device, payload, hash FROM event WHERE position <= ?2`, copied, rows)
		run(`INSERT INTO command SELECT clinic, command, hash, position, 1, recorded_at FROM event WHERE position > ?1 * ?2`, copied, rows)
	}
	run("UPDATE log_head SET position = (SELECT MAX(position) FROM event) WHERE kind = 'record'")
	run("PRAGMA wal_checkpoint(TRUNCATE)")
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}
