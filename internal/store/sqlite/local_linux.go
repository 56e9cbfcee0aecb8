package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// remote are file systems on which SQLite's write-ahead log is not safe: its
// shared memory does not reach other machines, and locks may lie.
func remote() map[int64]string {
	return map[int64]string{
		0x6969:     "NFS",
		0x517b:     "SMB",
		0xff534d42: "CIFS",
		0xfe534d42: "SMB2",
		0x564c:     "NCP",
		0x5346414f: "AFS",
		0x73757245: "Coda",
		0x01021997: "9P",
		0x00c36400: "Ceph",
		0x0bd00bd0: "Lustre",
		0x47504653: "GPFS",
		0x01161970: "GFS2",
		0x7461636f: "OCFS2",
		0x65735546: "FUSE",
	}
}

// fileSystem is the kind of file system a directory is on.
func fileSystem(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("look at file system: %w", err)
	}
	return int64(uint32(st.Type)), nil //nolint:unconvert // the field's type differs between architectures
}

// refuseRemote refuses a file system that is not a local disk's.
func refuseRemote(kind int64) error {
	if name, bad := remote()[kind]; bad {
		return fmt.Errorf("the directory is on a %s file system: the record must be on a local disk", name)
	}
	return nil
}

// lock keeps a second process out; the system drops it when this one dies.
func lock(dir string) (release func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		err = fmt.Errorf("another process has this data directory open: %w", err)
		return nil, errors.Join(err, f.Close())
	}
	// Closing alone would leave the lock with a child just being started.
	return func() error { return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close()) }, nil
}
