//go:build unix

package pg

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// port is only a part of the socket's name.
const port = "5432"

// plainPath is a path that needs no escape in a setting or a URL, and no longer than a socket's may be on the stricter systems.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9/._-]{1,103}$`)

// ctypes are names of a Unicode locale, of which a system knows at least one: with C, lower('Ä') would be 'Ä'.
var ctypes = []string{"C.UTF-8", "en_US.UTF-8", "C"}

// settings hold for every server: meant for a machine with two cores that does other things too.
var settings = []string{
	"listen_addresses=", "port=" + port, "unix_socket_permissions=0700",
	"shared_buffers=256MB", "effective_cache_size=1GB", "work_mem=16MB", "maintenance_work_mem=128MB",
	"max_connections=200", "random_page_cost=1.1", "jit=off", "log_checkpoints=off",
}

// hasty settings make a server fast that nobody will miss, and keep all that it has in its folder, to be removed with it.
var hasty = []string{
	"fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=256MB", "min_wal_size=64MB",
	"dynamic_shared_memory_type=mmap",
}

// cluster is the folder of a server, made ready and locked.
type cluster struct {
	dir     string   // all of it
	durable bool     // see Options
	buffers string   // see Options
	data    string   // Postgres' own folder
	sockets string   // where the socket is
	bin     string   // the binaries
	as      account  // who runs them
	lock    *os.File // see claim; the server inherits it
}

// open makes a folder ready for a server: reachable, locked, with data and without the traces of a crash.
func open(ctx context.Context, o Options) (_ *cluster, err error) {
	c := &cluster{durable: o.Durable, buffers: o.SharedBuffers}
	if c.dir, c.as, err = home(o.Dir); err != nil {
		return nil, err
	}
	c.data = filepath.Join(c.dir, "data")
	if c.lock, err = claim(ctx, c.dir); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{c.find, c.create, c.placeSocket, c.clearTraces} {
		if err := step(ctx); err != nil {
			c.lock.Close()
			return nil, err
		}
	}
	return c, nil
}

// find chooses the binaries: those that fit the data, where there are some.
func (c *cluster) find(ctx context.Context) error {
	written, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	switch {
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("the data in %s belong to another user: start this as that user or as root, or remove the folder", c.dir)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("read the version of the data: %w", err)
	}
	major, _ := strconv.Atoi(strings.TrimSpace(string(written))) // 0 where there are no data
	if c.bin, err = binaries(ctx, c.as, major); err != nil {
		return fmt.Errorf("find postgres for %s: %w", c.dir, err)
	}
	return nil
}

// create makes the data where there are none. They get their name when they are complete, so that a kill leaves no half.
func (c *cluster) create(ctx context.Context) error {
	if _, err := os.Lstat(c.data); err == nil {
		return nil
	}
	fresh := c.data + ".new"
	var failed error
	for _, ctype := range ctypes {
		if err := os.RemoveAll(fresh); err != nil {
			return fmt.Errorf("make a database cluster: %w", err)
		}
		if err := c.as.own(fresh); err != nil {
			return fmt.Errorf("make a database cluster: %w", err)
		}
		if failed = c.initdb(ctx, fresh, ctype); failed == nil {
			return os.Rename(fresh, c.data)
		}
		if !strings.Contains(failed.Error(), "locale") {
			break
		}
	}
	return errors.Join(failed, os.RemoveAll(fresh))
}

// initdb runs initdb. Text is ordered by bytes, on every machine alike.
func (c *cluster) initdb(ctx context.Context, dir, ctype string) error {
	runtime.LockOSThread() // or the kernel could end it early: see launch
	defer runtime.UnlockOSThread()
	var out bytes.Buffer
	args := []string{"--pgdata=" + dir, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--lc-ctype=" + ctype}
	if !c.durable {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, "initdb"), args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, environment(), c.as.attributes()
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &out, time.Second
	endWithParent(cmd.SysProcAttr, syscall.SIGTERM)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, tail(out.String()))
	}
	return nil
}

// placeSocket keeps the socket among the data, or if its path became too long or too strange, in a folder of its own.
func (c *cluster) placeSocket(context.Context) error {
	c.sockets = c.data
	if plainPath.MatchString(c.socket()) {
		return nil
	}
	own := fmt.Sprintf("/tmp/leadgraph-pg-%.8x", sha256.Sum256([]byte(c.data)))
	if err := Private(own); err != nil {
		return err
	}
	c.sockets = filepath.Join(own, "socket")
	if err := c.as.own(c.sockets); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make a folder for the socket: %w", err)
	}
	return nil
}

// dropSockets removes the socket's own folder, if it has one, after the server has ended.
func (c *cluster) dropSockets() {
	if c.sockets != c.data {
		_ = os.RemoveAll(filepath.Dir(c.sockets)) // an empty folder in /tmp harms nobody
	}
}

// clearTraces removes what a crash left. Postgres would go by the process id in it, which may be a stranger's by now; we hold
// the lock and know better. Only a server that was started by hand has no part in the lock: it answers.
func (c *cluster) clearTraces(context.Context) error {
	pid, _ := postmaster(c.data)
	if pid == 0 {
		return nil
	}
	if conn, err := net.Dial("unix", c.socket()); err == nil {
		_ = conn.Close()
		return inUse(c.dir, pid)
	}
	for _, trace := range []string{filepath.Join(c.data, "postmaster.pid"), c.socket() + ".lock"} {
		if err := os.Remove(trace); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("clear the traces of a crash: %w", err)
		}
	}
	return nil
}

// socket is the path of the server's socket.
func (c *cluster) socket() string { return filepath.Join(c.sockets, ".s.PGSQL."+port) }

// log is the path of the server's log.
func (c *cluster) log() string { return filepath.Join(c.dir, "postgres.log") }

// lastWords is the end of the server's log.
func (c *cluster) lastWords() string {
	log, err := os.ReadFile(c.log())
	if err != nil {
		return err.Error()
	}
	return tail(string(log))
}

// args is the command line of the server.
func (c *cluster) args() []string {
	all := append([]string{}, settings...)
	if !c.durable {
		all = append(all, hasty...)
	}
	if c.buffers != "" {
		all = append(all, "shared_buffers="+c.buffers, "max_wal_size=2GB", "min_wal_size=1GB")
	}
	all = append(all, "unix_socket_directories="+c.sockets)
	args := []string{"-D", c.data}
	for _, s := range all {
		args = append(args, "-c", s)
	}
	return args
}

// environment is what the binaries see of ours: a locale or a PGDATA of the user's would change what they do. With a time zone
// given, initdb need not search for ours.
func environment() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// tail is the last lines of a text.
func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}
