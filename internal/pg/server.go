//go:build unix

package pg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// How long a start may take, recovery after a crash included, and how long a server may take to end before it is pressed.
const (
	startTimeout = 2 * time.Minute
	stopTimeout  = 15 * time.Second
)

// Server is a running Postgres.
type Server struct {
	cluster *cluster
	cmd     *exec.Cmd
	keeper  sync.WaitGroup // the thread the kernel ties the server to
	gone    chan struct{}  // closed when the server has ended
	stop    sync.Once
}

// Start brings up the server of a folder, making it where it is new, and returns when it takes connections. The context
// bounds the start alone. A folder on which a server already runs is refused.
func Start(ctx context.Context, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	c, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer c.lock.Close() // from here on the server itself holds it
	s := &Server{cluster: c, gone: make(chan struct{})}
	if err := s.launch(o); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	if err := s.awaitReady(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// URL is the way to a database as the superuser postgres.
func (s *Server) URL(database string) string {
	return "postgres://postgres@/" + url.PathEscape(database) + "?host=" + s.cluster.sockets + "&port=" + port
}

// PID is the process id of the postmaster.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Dir is the folder the server really lives in; see Options.Dir.
func (s *Server) Dir() string { return s.cluster.dir }

// Stop ends the server: open transactions are rolled back, connections closed, the data left clean.
func (s *Server) Stop() {
	s.stop.Do(func() {
		for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} { // fast, immediate, none of its own
			_ = s.cmd.Process.Signal(sig)
			select {
			case <-s.gone:
				s.keeper.Wait()
				s.cluster.dropSockets()
				return
			case <-time.After(stopTimeout):
			}
		}
	})
}

// launch starts the postmaster. The kernel ends it with the *thread* that started it, not with the process, so that one
// goroutine keeps its thread to itself for as long as the server lives.
func (s *Server) launch(o Options) error {
	_ = os.Remove(s.cluster.log()) // it may be another user's, of an earlier start
	log, err := os.OpenFile(s.cluster.log(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	s.cmd = exec.Command(filepath.Join(s.cluster.bin, "postgres"), s.cluster.args()...)
	s.cmd.Dir, s.cmd.Env, s.cmd.SysProcAttr = s.cluster.data, environment(), s.cluster.as.attributes()
	s.cmd.SysProcAttr.Setsid = true // Ctrl-C in the terminal is for us: we drain first and then stop the server
	s.cmd.ExtraFiles = []*os.File{s.cluster.lock}
	s.cmd.Stderr = log
	if !o.Detached {
		endWithParent(s.cmd.SysProcAttr, syscall.SIGINT)
		if o.Log != nil {
			s.cmd.Stderr, s.cmd.WaitDelay = io.MultiWriter(log, o.Log), time.Second
		}
	}
	started := make(chan error, 1)
	s.keeper.Go(func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer log.Close()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			_ = s.cmd.Wait() // how it ended is in the log
			close(s.gone)
		}
	})
	return <-started
}

// awaitReady connects until the server lets us in.
func (s *Server) awaitReady(ctx context.Context) error {
	for {
		conn, err := pgconn.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.gone:
			return fmt.Errorf("postgres ended while it was starting:\n%s", s.cluster.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("wait for postgres: %w\n%s", errors.Join(ctx.Err(), err), s.cluster.lastWords())
		case <-time.After(5 * time.Millisecond):
		}
	}
}
