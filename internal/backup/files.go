package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func wrap(what string, err error) error { return fmt.Errorf("%s: %w", what, err) }

const about = `Backups of Stillwatch. Format: ` + Format + `

To restore:  stillwatch restore --from THIS-DIRECTORY --data NEW-DIRECTORY

snapshots/  one file for each moment that can be restored
blocks/     what the files of all snapshots are made of, named by SHA-256

These files hold the whole record with personal data, and the key that signs
its checkpoints. Guard them as the record itself.
`

// claim makes a new place, or sees that it is one.
func claim(dir string) error {
	err := checkFormat(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := emptyOrNew(dir); err != nil {
		return fmt.Errorf("open backup: this is no place of backups yet, and %w", err)
	}
	for _, d := range []string{dir, filepath.Join(dir, blocksDir), filepath.Join(dir, snapshotsDir)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return wrap("open backup", err)
		}
	}
	if err := writeWhole(filepath.Join(dir, aboutFile), []byte(about)); err != nil {
		return wrap("open backup", err)
	}
	return nil
}

// checkFormat wraps fs.ErrNotExist where no backup has been.
func checkFormat(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, aboutFile))
	if err != nil {
		return wrap("open backup: "+dir+" is no place of backups", err)
	}
	if string(b) != about {
		return fmt.Errorf("open backup: %s is not of the format %s", dir, Format)
	}
	return nil
}

func emptyOrNew(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("the directory %s is not empty: name a new one", dir)
	}
	return nil
}

// writeWhole makes a file that is there whole and on the disk, or not at all.
func writeWhole(path string, b []byte) error {
	if err := writeFile(path, b); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// writeFile is writeWhole but for the directory's own entry, which the caller
// syncs.
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// moveInto puts the finished directory where it was asked for.
func moveInto(from, dir string) error {
	// A new or empty directory: Remove never takes one that holds something.
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(from, dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(filepath.Clean(dir)))
}
