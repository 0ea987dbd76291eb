//go:build unix

package pg

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	require.Equal(t, 16, number("/usr/lib/postgresql/16/bin"))
	require.Greater(t, number("/usr/pgsql-17/bin"), number("/usr/lib/postgresql/9/bin"), "newest first, by number")
	require.Zero(t, number("/usr/bin"))
	require.Contains(t, installCommand(), "postgresql")
}

// us is the account of whoever runs the tests: what is downloaded here is harmless.
func us() account { return account{uid: os.Geteuid(), gid: os.Getegid()} }

// archive is a download that holds three scripts instead of Postgres.
func archive(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	for _, name := range []string{"initdb", "postgres", "pg_ctl"} {
		script := "#!/bin/sh\ncase \"$1\" in --version) echo \"$0 (PostgreSQL) 17.5\";; *) exit 1;; esac\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, "bin", name), []byte(script), 0o755))
	}
	packed, err := exec.Command("tar", "-C", dir, "-cJf", "-", "bin").Output()
	if err != nil {
		t.Skipf("no tar with xz here: %v", err)
	}
	var jar bytes.Buffer
	z := zip.NewWriter(&jar)
	w, err := z.Create("postgres-linux-x86_64.txz")
	require.NoError(t, err)
	_, err = w.Write(packed)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return jar.Bytes()
}

func TestDownload(t *testing.T) { // not parallel: it sets the environment

	t.Run("what was downloaded once is there the next time", func(t *testing.T) {
		t.Setenv("HOME", t.TempDir())
		t.Setenv("XDG_CACHE_HOME", "")
		jar, served := archive(t), 0
		repository := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".sha256") {
				sum := sha256.Sum256(jar)
				_, _ = w.Write([]byte(hex.EncodeToString(sum[:])))
				return
			}
			served++
			_, _ = w.Write(jar)
		}))
		defer repository.Close()
		first, err := download(t.Context(), us(), repository.URL)
		require.NoError(t, err)
		require.FileExists(t, filepath.Join(first, "postgres"))
		again, err := download(t.Context(), us(), repository.URL)
		require.NoError(t, err)
		require.Equal(t, first, again)
		require.Equal(t, 1, served)
	})

	t.Run("a repository that is out of reach is an error and leaves nothing", func(t *testing.T) {
		home := t.TempDir()
		t.Setenv("HOME", home)
		t.Setenv("XDG_CACHE_HOME", "")
		_, err := download(t.Context(), us(), "http://127.0.0.1:1")
		require.ErrorContains(t, err, "download PostgreSQL 17")
		left, err := filepath.Glob(filepath.Join(home, "*", "leadgraph-postgres", "*"))
		require.NoError(t, err)
		require.Empty(t, left)
	})
}
