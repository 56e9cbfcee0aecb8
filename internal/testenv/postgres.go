// Package testenv starts what tests need beside the program: a private
// PostgreSQL server from binaries that are installed on the machine.
package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Postgres is a running private server. It listens on a Unix socket only.
type Postgres struct {
	// URL connects to its database as its superuser.
	URL string
	dir string
	cmd *exec.Cmd
	// done is closed when the server has ended.
	done chan struct{}
}

// ErrAbsent says that PostgreSQL is not installed here.
var ErrAbsent = errors.New("PostgreSQL is not installed (initdb and postgres neither in PATH nor in /usr/lib/postgresql/*/bin): install it, on Debian with 'apt-get install postgresql', to run these tests")

// StartPostgres starts a server for the duration of a test, or skips the test
// and says why when PostgreSQL is not installed.
func StartPostgres(t *testing.T) *Postgres {
	t.Helper()
	p, err := startPostgres()
	if errors.Is(err, ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Errorf("stop PostgreSQL: %v", err)
		}
	})
	return p
}

func startPostgres() (*Postgres, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	// Not t.TempDir: a socket's path has room for some hundred bytes only, and
	// another user must be able to reach it.
	dir, err := os.MkdirTemp("", "swpg")
	if err != nil {
		return nil, err
	}
	p := &Postgres{dir: dir, done: make(chan struct{})}
	if err := p.start(bin); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return p, nil
}

// binaries finds the directory that holds initdb and postgres, newest first.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", ErrAbsent
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	return filepath.Dir(found[0]), nil
}

func version(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}

func (p *Postgres) start(bin string) error {
	who, err := other()
	if err != nil {
		return err
	}
	if who != nil {
		if err := os.Chown(p.dir, int(who.Uid), int(who.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(p.dir, "data")
	initdb := p.command(who, filepath.Join(bin, "initdb"), "-D", data, "-U", "stillwatch", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	p.cmd = p.command(who, filepath.Join(bin, "postgres"), "-D", data, "-k", p.dir, "-c", "listen_addresses=", "-c", "shared_buffers=32MB", "-c", "max_connections=200")
	log, err := os.Create(filepath.Join(p.dir, "server.log"))
	if err != nil {
		return err
	}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := errors.Join(p.cmd.Start(), log.Close()); err != nil {
		return err
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // how it ended does not matter: start and stop look at what it did
	}()
	p.URL = "host=" + p.dir + " user=stillwatch dbname=postgres"
	return p.ready(who, filepath.Join(bin, "pg_isready"))
}

// ready waits until the server answers.
func (p *Postgres) ready(who *syscall.Credential, isReady string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if p.command(who, isReady, "-q", "-h", p.dir, "-U", "stillwatch").Run() == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.done:
			log, err := os.ReadFile(filepath.Join(p.dir, "server.log"))
			return errors.Join(fmt.Errorf("server ended: %s", log), err)
		case <-ctx.Done():
			return errors.Join(errors.New("server does not answer"), p.stop())
		}
	}
}

// command runs a program in the server's directory, as another user when we
// are root, whom PostgreSQL refuses.
func (p *Postgres) command(who *syscall.Credential, path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "HOME="+p.dir, "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	return cmd
}

// other is the user to run as: nil unless we are root.
func other() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// stop ends the server at once: a test's data is not wanted any more.
func (p *Postgres) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.done
	return os.RemoveAll(p.dir)
}
