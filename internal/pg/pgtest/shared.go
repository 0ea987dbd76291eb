package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leadgraph/leadgraph/internal/pg"
)

// The files of a shared server, beside its data. Whoever uses the server holds the pipe open for writing; its keeper reads, and the
// kernel tells it when the last writer is gone.
const (
	holders = "holders" // the pipe
	ending  = "ending"  // the pipe's name once nobody may join any more
	address = "url"
)

// keeper is the script that ends a server: it waits until no test binary holds the pipe, allows some seconds for another to come
// (every one writes a line), then shuts the door, waits for who slipped in, and clears up. It is in sh because a test binary cannot
// run anything but tests, and this must outlive it.
const keeper = `cd "$1" || exit
while [ $(wc -c <&3) -gt 0 ]; do sleep 3; done
mv ` + holders + ` ` + ending + `
cat <&3 >/dev/null
read -r pid <data/postmaster.pid && kill -QUIT "$pid"
for i in 1 2 3 4 5 6 7 8; do [ -e data/postmaster.pid ] && kill -0 "$pid" || break; sleep 1; done
[ -e data/postmaster.pid ] && kill -KILL "$pid"
cd / && rm -rf "$1"`

// connectTimeout bounds a whole first connection: finding or starting the server.
const connectTimeout = 3 * time.Minute

// connect finds the server of DATABASE_URL, or joins the one that test binaries share.
func connect() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	if given := os.Getenv("DATABASE_URL"); given != "" {
		s := &server{url: given, templates: map[string]error{}}
		if err := s.sweep(ctx); err != nil {
			return nil, fmt.Errorf("use the server of DATABASE_URL: %w", err)
		}
		return s, nil
	}
	place := filepath.Join(workspace(), fmt.Sprintf("leadgraph-test-%d", os.Geteuid()))
	if err := pg.Private(place); err != nil {
		return nil, err
	}
	return share(ctx, place)
}

// workspace is the folder for throw-away data: in memory where there is enough of it, for a database is a thousand files.
func workspace() string {
	switch {
	case roomy("/dev/shm"):
		return "/dev/shm"
	case os.Geteuid() == 0: // the server runs as another user, who may not reach root's own
		return "/tmp"
	}
	return os.TempDir()
}

// share joins a server of the place or starts one there, one test binary at a time. What killed ones left is removed.
func share(ctx context.Context, place string) (*server, error) {
	lock, err := os.OpenFile(filepath.Join(place, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", place, err)
	}
	defer lock.Close()
	for err = syscall.EINTR; errors.Is(err, syscall.EINTR); {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", place, err)
	}
	servers, err := filepath.Glob(filepath.Join(place, "s[0-9]*"))
	if err != nil {
		return nil, err
	}
	for _, dir := range servers {
		if s := join(ctx, dir); s != nil {
			return s, nil
		}
		if kept(dir) {
			continue
		}
		if err := pg.Remove(dir); err != nil {
			return nil, fmt.Errorf("remove a server that was left behind: %w", err)
		}
	}
	return start(ctx, place)
}

// join holds a server that runs, if it does.
func join(ctx context.Context, dir string) *server {
	hold, err := grasp(filepath.Join(dir, holders))
	if err != nil {
		return nil
	}
	_, _ = syscall.Write(hold, []byte("\n")) // for the keeper to count
	s, err := greet(ctx, dir, hold)
	if err != nil {
		_ = syscall.Close(hold)
		return nil
	}
	return s
}

// greet asks the server whether it is well.
func greet(ctx context.Context, dir string, hold int) (*server, error) {
	url, err := os.ReadFile(filepath.Join(dir, address))
	if err != nil {
		return nil, err
	}
	conn, err := pgconn.Connect(ctx, string(url))
	if err != nil {
		return nil, err
	}
	return &server{url: string(url), ours: true, hold: hold, templates: map[string]error{}}, conn.Close(ctx)
}

// kept tells whether a server that cannot be joined has a keeper that will clear it up.
func kept(dir string) bool {
	for _, pipe := range []string{holders, ending} {
		if fd, err := grasp(filepath.Join(dir, pipe)); err == nil {
			return syscall.Close(fd) == nil
		}
	}
	return false
}

// grasp opens a pipe for writing, which fails when nobody reads it. No child of ours inherits it.
func grasp(pipe string) (int, error) {
	return syscall.Open(pipe, syscall.O_WRONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
}

// start starts a server with its keeper, the keeper first: from then on nothing can be left behind.
func start(ctx context.Context, place string) (*server, error) {
	dir, err := os.MkdirTemp(place, "s")
	if err != nil {
		return nil, err
	}
	hold, err := startKeeper(dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the keeper of the test server: %w", err), os.RemoveAll(dir))
	}
	s, err := pg.Start(ctx, pg.Options{Dir: dir, Detached: true})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, address), []byte(s.URL("postgres")), 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, syscall.Close(hold))
	}
	return greet(ctx, dir, hold)
}

// startKeeper makes the pipe of a server and starts its keeper. It has a session of its own, so that Ctrl-C leaves it to its work,
// and none of our output, which `go test` would wait for.
func startKeeper(dir string) (hold int, err error) {
	pipe := filepath.Join(dir, holders)
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		return 0, err
	}
	fd, err := syscall.Open(pipe, syscall.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0) // or it would wait for a writer
	if err != nil {
		return 0, err
	}
	reader := os.NewFile(uintptr(fd), pipe)
	defer reader.Close()
	if hold, err = grasp(pipe); err != nil {
		return 0, err
	}
	if err := syscall.SetNonblock(fd, false); err != nil {
		return 0, errors.Join(err, syscall.Close(hold))
	}
	script := exec.Command("/bin/sh", "-c", keeper, "leadgraph-test-keeper", dir)
	script.Dir, script.ExtraFiles, script.SysProcAttr = "/", []*os.File{reader}, &syscall.SysProcAttr{Setsid: true}
	if err := script.Start(); err != nil {
		return 0, errors.Join(err, syscall.Close(hold))
	}
	_, _ = syscall.Write(hold, []byte("\n")) // as in join
	return hold, script.Process.Release()
}
