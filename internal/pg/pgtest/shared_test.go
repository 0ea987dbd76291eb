package pgtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/pg"
)

// sharedPlace names the variable that makes TestHolder hold a server of a place, until it is killed.
const sharedPlace = "LEADGRAPH_PGTEST_PLACE"

// patience is how long a server may outlive the last test binary that held it.
const patience = time.Minute

// TestHolder is no test, but what TestShare starts and kills.
func TestHolder(t *testing.T) {
	place := os.Getenv(sharedPlace)
	if place == "" {
		t.Skip("only as a child of TestShare")
	}
	s, err := share(t.Context(), place)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(place, "holder-"+strconv.Itoa(os.Getpid())), []byte(s.url), 0o600))
	select {}
}

// place is an empty place for shared servers.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(workspace(), "leadgraph-test-place-")
	require.NoError(t, err)
	require.NoError(t, pg.Private(dir))
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// hold starts a test binary that holds a server of the place.
func hold(t *testing.T, place string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	holder := exec.Command(self, "-test.run=^TestHolder$")
	holder.Env = append(os.Environ(), sharedPlace+"="+place)
	require.NoError(t, holder.Start())
	t.Cleanup(func() { kill(holder) })
	return holder
}

// kill ends a test binary without a chance to clear up.
func kill(holder *exec.Cmd) {
	_ = holder.Process.Kill()
	_ = holder.Wait()
}

// held waits until the holder has its server and returns the URL.
func held(t *testing.T, place string, holder *exec.Cmd) (url string) {
	t.Helper()
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(filepath.Join(place, "holder-"+strconv.Itoa(holder.Process.Pid)))
		url = string(text)
		return err == nil && url != ""
	}, patience, 10*time.Millisecond)
	return url
}

// servers is the folders of servers in a place.
func servers(t *testing.T, place string) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(place, "s[0-9]*"))
	require.NoError(t, err)
	return dirs
}

// gone waits until a place has no server, and no process has anything of it open.
func gone(t *testing.T, place string) {
	t.Helper()
	began := time.Now()
	require.Eventually(t, func() bool { return len(servers(t, place)) == 0 }, patience, 20*time.Millisecond)
	t.Logf("nothing left %v after the last kill", time.Since(began))
	require.Eventually(t, func() bool {
		left, _ := exec.Command("pgrep", "-f", place).Output() // nothing, where there is no pgrep
		return len(left) == 0
	}, patience, 20*time.Millisecond)
}

func TestShare(t *testing.T) {
	t.Parallel()

	t.Run("test binaries of one moment share a server, and it ends after the last was killed", func(t *testing.T) {
		t.Parallel()
		place := place(t)
		a, b, c := hold(t, place), hold(t, place), hold(t, place)
		url := held(t, place, a)
		require.Equal(t, url, held(t, place, b))
		require.Equal(t, url, held(t, place, c))
		kill(a)
		kill(b)
		require.Equal(t, "1", query(t, url, "select 1"))
		for again, try := "", 0; again != url; try++ { // the next one comes in time, if it is not the machine that is late
			require.Less(t, try, 10)
			url = held(t, place, c)
			kill(c)
			c = hold(t, place)
			again = held(t, place, c)
		}
		kill(c)
		gone(t, place)
	})

	t.Run("a binary that is killed in the middle of the start leaves nothing", func(t *testing.T) {
		t.Parallel()
		place := place(t)
		a := hold(t, place)
		require.Eventually(t, func() bool {
			making, err := filepath.Glob(filepath.Join(place, "*", "data.new", "PG_VERSION"))
			return err == nil && len(making) == 1
		}, patience, time.Millisecond)
		kill(a)
		gone(t, place)
	})
}

func TestShareAfterDeath(t *testing.T) {
	t.Parallel()

	t.Run("a server whose keeper was killed is cleared away by the next test binary", func(t *testing.T) {
		t.Parallel()
		place := place(t)
		s, err := share(context.Background(), place)
		require.NoError(t, err)
		out, err := exec.Command("pgrep", "-f", "leadgraph-test-keeper "+servers(t, place)[0]).Output()
		if err != nil {
			t.Skipf("no pgrep to find the keeper with: %v", err)
		}
		keeper, err := strconv.Atoi(strings.TrimSpace(string(out)))
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(keeper, syscall.SIGKILL))
		require.NoError(t, syscall.Close(s.hold)) // the keeper's wc is a process of its own, and ends by this
		require.Eventually(t, func() bool { return !kept(servers(t, place)[0]) }, patience, 5*time.Millisecond)
		require.Equal(t, "1", query(t, s.url, "select 1"), "nobody ends it")

		again, err := share(context.Background(), place)
		require.NoError(t, err)
		require.NotEqual(t, s.url, again.url)
		require.Len(t, servers(t, place), 1)
		require.NoError(t, syscall.Close(again.hold))
		gone(t, place)
	})

	t.Run("a server that died is left to its keeper and another one started", func(t *testing.T) {
		t.Parallel()
		place := place(t)
		s, err := share(context.Background(), place)
		require.NoError(t, err)
		pid, err := strconv.Atoi(query(t, s.url, "select pg_backend_pid()"))
		require.NoError(t, err)
		require.Positive(t, pid)
		trace, err := os.ReadFile(filepath.Join(servers(t, place)[0], "data", "postmaster.pid"))
		require.NoError(t, err)
		line, _, _ := strings.Cut(string(trace), "\n")
		postmaster, err := strconv.Atoi(line)
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(postmaster, syscall.SIGKILL))

		require.Eventually(t, func() bool {
			again, err := share(context.Background(), place)
			if err != nil || again.url == s.url {
				return false
			}
			return query(t, again.url, "select 1") == "1" && syscall.Close(again.hold) == nil
		}, patience, 50*time.Millisecond)
		require.NoError(t, syscall.Close(s.hold))
		gone(t, place) // the dead one's keeper looks for it for a while
	})
}
