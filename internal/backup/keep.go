package backup

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Keep says which snapshots stay: every one of the newest time, then the last
// of each day, then the last of each month. The newest of all always stays.
// Zero values keep none of that kind. Evidence mark of the defaults: default.
type Keep struct {
	All    time.Duration
	Days   int
	Months int
}

// DefaultKeep is two days of everything, 90 days of nightly ones, ten years of
// monthly ones.
func DefaultKeep() Keep { return Keep{All: 48 * time.Hour, Days: 90, Months: 120} }

// stays reports for each time, oldest first, whether its snapshot stays. Days
// and months are those of the zone of now.
func (k Keep) stays(times []time.Time, now time.Time) []bool {
	out := make([]bool, len(times))
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	firstDay := today.AddDate(0, 0, -k.Days)
	firstMonth := time.Date(now.Year(), now.Month()-time.Month(k.Months), 1, 0, 0, 0, 0, now.Location())
	for i, t := range times {
		last := i == len(times)-1
		t = t.In(now.Location())
		var next time.Time
		if !last {
			next = times[i+1].In(now.Location())
		}
		switch {
		case last, now.Sub(t) <= k.All:
			out[i] = true
		case !t.Before(firstDay) && t.Format(time.DateOnly) != next.Format(time.DateOnly):
			out[i] = true
		case !t.Before(firstMonth) && t.Format("2006-01") != next.Format("2006-01"):
			out[i] = true
		}
	}
	return out
}

// Prune removes the snapshots that need not stay, then the blocks that no
// snapshot uses. When one snapshot cannot be read nothing is removed: what it
// needs cannot be told.
func (p *Place) Prune(k Keep, now time.Time) (snapshots, blocks int, err error) {
	all, err := p.Snapshots()
	if err != nil {
		return 0, 0, wrap("prune: nothing was removed", err)
	}
	times := make([]time.Time, len(all))
	for i, m := range all {
		times[i] = m.MadeAt
	}
	used := map[Hash]struct{}{}
	var gone []Manifest
	for i, stays := range k.stays(times, now) {
		if !stays {
			gone = append(gone, all[i])
			continue
		}
		if err := p.mark(all[i], used); err != nil {
			return 0, 0, wrap("prune: nothing was removed", err)
		}
	}
	for _, m := range gone {
		if err := os.Remove(filepath.Join(p.dir, snapshotsDir, m.name())); err != nil {
			return snapshots, 0, wrap("prune", err)
		}
		snapshots++
	}
	if blocks, err = p.sweep(used); err != nil {
		return snapshots, blocks, wrap("prune", err)
	}
	p.known = used
	return snapshots, blocks, nil
}

func (p *Place) mark(m Manifest, used map[Hash]struct{}) error {
	for _, f := range m.Files {
		for _, h := range f.Index {
			used[h] = struct{}{}
		}
		if err := p.eachBlock(f, func(h Hash) error { used[h] = struct{}{}; return nil }); err != nil {
			return err
		}
	}
	return nil
}

func (p *Place) sweep(used map[Hash]struct{}) (n int, err error) {
	err = filepath.WalkDir(filepath.Join(p.dir, blocksDir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		var h Hash
		if h.UnmarshalText([]byte(d.Name())) == nil {
			if _, ok := used[h]; ok {
				return nil
			}
		}
		n++
		return os.Remove(path) // a block nobody uses, or one half written at a crash
	})
	return n, err
}
