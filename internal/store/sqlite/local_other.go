//go:build !linux

package sqlite

import (
	"errors"
	"os"
	"path/filepath"
)

// fileSystem cannot tell here: the documents ask for a local disk.
func fileSystem(string) (int64, error) { return 0, nil }

func refuseRemote(int64) error { return nil }

// lock keeps a second process out by a file that only one can make. After a
// crash a person removes it.
func lock(dir string) (release func() error, err error) {
	path := filepath.Join(dir, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, errors.Join(errors.New("another process has this data directory open, or crashed: then remove its file lock"), err)
	}
	return func() error { return errors.Join(f.Close(), os.Remove(path)) }, nil
}
