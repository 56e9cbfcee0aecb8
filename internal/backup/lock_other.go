//go:build !unix

package backup

import (
	"errors"
	"os"
)

// lock keeps a second writer out by a file that only one can make. After a
// crash a person removes it.
func lock(path string) (release func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, errors.Join(errors.New("open backup: another process is writing there, or crashed: then remove its file lock"), err)
	}
	return func() error { return errors.Join(f.Close(), os.Remove(path)) }, nil
}
