//go:build unix

package pg

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// What is downloaded where no Postgres is installed.
const (
	downloadVersion = embeddedpostgres.V17
	downloadMajor   = 17
	mavenCentral    = "https://repo1.maven.org/maven2"
)

// download fetches Postgres once for all folders of this user and returns where its binaries are.
func download(ctx context.Context, as account, repository string) (string, error) {
	dir, err := downloadDir(as)
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "bin")
	if version(ctx, as, bin) == downloadMajor {
		return bin, nil
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+"-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	if err := os.Chmod(fresh, 0o755); err != nil { // for the account
		return "", err
	}
	fetchErr := fetch(repository, fresh)
	if version(ctx, as, filepath.Join(fresh, "bin")) != downloadMajor {
		return "", fetchErr
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return bin, os.Rename(fresh, dir)
}

// downloadDir is the folder for the binaries, ours and within the account's reach.
func downloadDir(as account) (string, error) {
	parent := filepath.Join(commonDir(), "leadgraph-postgres")
	if as.dropped {
		return filepath.Join(parent, string(downloadVersion)), Private(parent)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	parent = filepath.Join(cache, "leadgraph-postgres")
	return filepath.Join(parent, string(downloadVersion)), os.MkdirAll(parent, 0o755)
}

// fetch unpacks the binaries into a folder. The library knows where they are and how they are packed, but only as the first step
// of starting a server its own way; a locale that does not exist ends it after that step. So it always returns an error.
func fetch(repository, dir string) error {
	free, err := net.Listen("tcp", "localhost:0") // it insists on a free port
	if err != nil {
		return err
	}
	port := free.Addr().(*net.TCPAddr).Port
	if err := free.Close(); err != nil {
		return err
	}
	err = embeddedpostgres.NewDatabase(embeddedpostgres.DefaultConfig().
		Version(downloadVersion).
		BinaryRepositoryURL(repository).
		CachePath(filepath.Join(dir, "archive")).
		BinariesPath(dir).
		RuntimePath(filepath.Join(dir, "unused")).
		Locale("none").
		Port(uint32(port)).
		Logger(io.Discard)).Start()
	return fmt.Errorf("download PostgreSQL %s: %w", downloadVersion, err)
}
