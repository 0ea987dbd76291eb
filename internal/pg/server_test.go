//go:build unix

package pg

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

// folder is where a test may have a server: unlike t.TempDir within reach of the user that root's servers run as.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "leadgraph-pg-test-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// start starts a server that the test's end stops.
func start(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

// query is the first value of a query's outcome.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	results, err := conn.Exec(t.Context(), sql).ReadAll()
	require.NoError(t, err)
	last := results[len(results)-1]
	if len(last.Rows) == 0 {
		return ""
	}
	return string(last.Rows[0][0])
}

func TestStart(t *testing.T) {
	t.Parallel()

	t.Run("a durable server keeps what was committed from one start to the next", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		var log bytes.Buffer
		first := start(t, Options{Dir: dir, Durable: true, Log: &log})
		require.Equal(t, "on", query(t, first.URL("postgres"), "show fsync"))
		query(t, first.URL("postgres"), "create table kept as select 7 as n")
		first.Stop()
		first.Stop() // once more is no harm
		require.Contains(t, log.String(), "database system is shut down")

		began := time.Now()
		second := start(t, Options{Dir: dir, Durable: true})
		t.Logf("second start in %v", time.Since(began))
		require.Equal(t, "7", query(t, second.URL("postgres"), "select n from kept"))
	})

	t.Run("a server for tests is hasty, listens to no network and folds the case of all letters", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: folder(t)})
		url := s.URL("postgres")
		require.Equal(t, "off", query(t, url, "show fsync"))
		require.Empty(t, query(t, url, "show listen_addresses"))
		require.Equal(t, "ä", query(t, url, "select lower('Ä')"))
		require.Equal(t, "UTC", query(t, url, "show timezone"))
		require.Equal(t, strconv.Itoa(s.PID()), firstLine(t, filepath.Join(s.Dir(), "data", "postmaster.pid")))
	})

	t.Run("a superuser's login can act as the application's role", func(t *testing.T) {
		t.Parallel()
		url := start(t, Options{Dir: folder(t)}).URL("postgres")
		query(t, url, "create role lg_app")
		require.Equal(t, "lg_app", query(t, AppURL(url), "select current_user"))
		require.Equal(t, "host=/tmp role=lg_app", AppURL("host=/tmp"))
		require.Equal(t, "postgres://db/x?role=lg_app", AppURL("postgres://db/x"))
	})
}

func TestStartFolder(t *testing.T) {
	t.Parallel()

	t.Run("a second server on the same folder is refused with the first one's process id", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: folder(t)})
		_, err := Start(t.Context(), Options{Dir: s.Dir()})
		require.ErrorContains(t, err, "process id "+strconv.Itoa(s.PID()))
	})

	t.Run("of several starts at once on a new folder one wins", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		var wg sync.WaitGroup
		won := make(chan *Server, 3)
		for range 3 {
			wg.Go(func() {
				if s, err := Start(context.Background(), Options{Dir: dir}); err == nil {
					won <- s
				}
			})
		}
		wg.Wait()
		close(won)
		require.Len(t, won, 1)
		(<-won).Stop()
	})

	t.Run("a path too long or too strange for a socket still works", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), strings.Repeat("very long, ", 20))
		s := start(t, Options{Dir: dir})
		require.Equal(t, "1", query(t, s.URL("postgres"), "select 1"))
		s.Stop()
		require.NoDirExists(t, s.cluster.sockets)

		dir = filepath.Join(folder(t), `a "b", c+d&e`)
		s = start(t, Options{Dir: dir})
		require.Equal(t, "1", query(t, s.URL("postgres"), "select 1"))
	})
}

func TestStartFolderOfOthers(t *testing.T) {
	t.Parallel()

	t.Run("data of a version that is not installed are left alone", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "data"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9\n"), 0o600))
		_, err := Start(t.Context(), Options{Dir: dir})
		require.ErrorContains(t, err, "written by PostgreSQL 9")
	})

	t.Run("a folder that the server's user cannot reach is replaced by one that it can", func(t *testing.T) {
		t.Parallel()
		if os.Geteuid() != 0 {
			t.Skip("only root's servers run as somebody else")
		}
		dir := filepath.Join(t.TempDir(), "pg")
		s := start(t, Options{Dir: dir})
		t.Cleanup(func() { s.Stop(); _ = Remove(dir) })
		require.Contains(t, s.Dir(), "/var/tmp/leadgraph-pg-")
		query(t, s.URL("postgres"), "create table kept as select 7 as n")
		s.Stop()
		again := start(t, Options{Dir: dir})
		require.Equal(t, "7", query(t, again.URL("postgres"), "select n from kept"))
		require.NoError(t, Remove(dir), "by the name it was started with, while it runs")
		<-again.gone
		require.NoDirExists(t, again.Dir())
		require.NoDirExists(t, dir)
	})
}

func TestStartAfterCrash(t *testing.T) {
	t.Parallel()

	t.Run("a killed server's traces are no obstacle", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		s := start(t, Options{Dir: dir, Durable: true})
		query(t, s.URL("postgres"), "create table kept as select 7 as n")
		require.NoError(t, syscall.Kill(s.PID(), syscall.SIGKILL))
		<-s.gone
		require.FileExists(t, filepath.Join(s.Dir(), "data", "postmaster.pid"))
		again := start(t, Options{Dir: dir, Durable: true})
		require.Equal(t, "7", query(t, again.URL("postgres"), "select n from kept"))
	})

	t.Run("a process id that a stranger has by now is no obstacle", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		s := start(t, Options{Dir: dir})
		s.Stop()
		stranger := exec.Command("sleep", "60")
		stranger.SysProcAttr = s.cluster.as.attributes() // Postgres would believe in one of its own user
		require.NoError(t, stranger.Start())
		t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
		trace := strconv.Itoa(stranger.Process.Pid) + "\n" + s.cluster.data + "\n1700000000\n5432\n" + s.cluster.data + "\n\n  1 1\nready\n"
		require.NoError(t, os.WriteFile(filepath.Join(s.cluster.data, "postmaster.pid"), []byte(trace), 0o600))
		require.NoError(t, os.WriteFile(s.cluster.socket()+".lock", []byte(trace), 0o600))
		again := start(t, Options{Dir: dir})
		require.NotEqual(t, stranger.Process.Pid, again.PID())
	})

	t.Run("a server that somebody started by hand is left alone", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		s := start(t, Options{Dir: dir})
		s.Stop()
		byHand := exec.Command(filepath.Join(s.cluster.bin, "postgres"), s.cluster.args()...)
		byHand.Dir, byHand.SysProcAttr = s.cluster.data, s.cluster.as.attributes()
		require.NoError(t, byHand.Start())
		t.Cleanup(func() { _ = byHand.Process.Signal(syscall.SIGQUIT); _ = byHand.Wait() })
		require.Eventually(t, func() bool { _, state := postmaster(s.cluster.data); return state == "ready" }, time.Minute, 5*time.Millisecond)
		_, err := Start(t.Context(), Options{Dir: dir})
		require.ErrorContains(t, err, "process id "+strconv.Itoa(byHand.Process.Pid))
	})
}

func TestLeftovers(t *testing.T) {
	t.Parallel()

	t.Run("a folder with a living server can be removed", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: folder(t)})
		require.NoError(t, Remove(s.Dir()))
		<-s.gone
		require.NoDirExists(t, s.Dir())
	})

	t.Run("a start that is given up leaves nothing running", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // in the middle of initdb
		defer cancel()
		_, err := Start(ctx, Options{Dir: dir})
		require.Error(t, err)
		s := start(t, Options{Dir: dir})
		require.Equal(t, "1", query(t, s.URL("postgres"), "select 1"))
	})
}

// parentFolder names the variable that makes TestParent the parent of a server, to be killed.
const parentFolder = "LEADGRAPH_PG_PARENT"

// TestParent is no test, but what TestEndsWithParent starts and kills.
func TestParent(t *testing.T) {
	dir := os.Getenv(parentFolder)
	if dir == "" {
		t.Skip("only as a child of TestEndsWithParent")
	}
	s, err := Start(t.Context(), Options{Dir: dir, Durable: true})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "up"), []byte(strconv.Itoa(s.PID())), 0o600))
	select {}
}

func TestEndsWithParent(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a process with its parent")
	}
	dir := folder(t)
	self, err := os.Executable()
	require.NoError(t, err)
	parent := exec.Command(self, "-test.run=^TestParent$")
	parent.Env = append(os.Environ(), parentFolder+"="+dir)
	require.NoError(t, parent.Start())
	require.Eventually(t, func() bool {
		up, err := os.ReadFile(filepath.Join(dir, "up"))
		return err == nil && len(up) > 0
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, parent.Process.Kill())
	_ = parent.Wait()

	began := time.Now()
	s := start(t, Options{Dir: dir, Durable: true}) // waits for the other one to end
	t.Logf("started %v after the kill", time.Since(began))
	require.Equal(t, "1", query(t, s.URL("postgres"), "select 1"))
}

// firstLine is the first line of a file.
func firstLine(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}
