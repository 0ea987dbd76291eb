//go:build unix

package pg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// How long a start waits for a server that is about to end, and for one that shows no sign of it.
const (
	endingPatience = 15 * time.Second
	livingPatience = 300 * time.Millisecond // a server whose parent was killed a moment ago does not know it yet
)

// claim takes the lock of a folder. Every process of a server holds it too, so that whoever gets it knows that none is left.
func claim(ctx context.Context, dir string) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	for began := time.Now(); ; {
		err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return lock, nil
		}
		pid, state := postmaster(filepath.Join(dir, "data"))
		patience := livingPatience
		if pid == 0 || state == "stopping" { // without a process id it is in initdb, or in its very last act
			patience = endingPatience
		}
		switch {
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			err = fmt.Errorf("lock %s: %w", dir, err)
		case ctx.Err() != nil:
			err = fmt.Errorf("lock %s: %w", dir, ctx.Err())
		case time.Since(began) > patience:
			err = inUse(dir, pid)
		default:
			time.Sleep(10 * time.Millisecond)
			continue
		}
		_ = lock.Close()
		return nil, err
	}
}

// inUse refuses a folder on which a server runs.
func inUse(dir string, pid int) error {
	if pid == 0 {
		return fmt.Errorf("another start of Postgres is at work on %s: wait for it, or use another folder", dir)
	}
	return fmt.Errorf("a Postgres with process id %d runs on %s already: stop it or what started it (`kill -INT %d` ends it), "+
		"or use another folder", pid, dir, pid)
}

// postmaster reads the process id and the state of the server that runs, or ran, on the data; 0 where there is no trace of one.
func postmaster(data string) (pid int, state string) {
	trace, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0, ""
	}
	lines := strings.Split(string(trace), "\n")
	pid, _ = strconv.Atoi(strings.TrimSpace(lines[0])) // half a file is as good as none
	if len(lines) > 7 {
		state = strings.TrimSpace(lines[7])
	}
	return max(pid, 0), state
}

// Remove ends the server that was started on a folder, if one was left there, and removes the folder and its data, wherever root's
// servers have them.
func Remove(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("find the folder of postgres: %w", err)
	}
	return errors.Join(remove(dir), remove(elsewhere(dir)))
}

func remove(dir string) error {
	if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		lock, err := claim(context.Background(), dir)
		if err == nil {
			defer lock.Close()
			break
		}
		if pid, _ := postmaster(filepath.Join(dir, "data")); pid > 0 { // it holds the lock: the process id is its own
			_ = syscall.Kill(pid, sig)
		}
	}
	return os.RemoveAll(dir)
}
