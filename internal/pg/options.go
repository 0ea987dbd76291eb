// Package pg is the Postgres that `dev` and the tests bring up by themselves.
//
// It runs the binaries that are on the machine (or, where there are none, downloads them once), talks over a unix socket that
// nobody else can reach, and never leaves a server behind: on Linux the kernel ends it with the process that started it.
// Postgres refuses to run as root; started by root it therefore runs as the user postgres, else as nobody. It needs a Unix; on
// Windows that is WSL.
package pg

import (
	"io"
	"strings"
)

// Options says where a server lives and how careful it is.
type Options struct {
	// Dir is the folder of the server: its data, its log and its lock. It is made where it is missing. Started by root, the
	// server runs as another user; a Dir which that user cannot reach (under /root, say) is replaced by
	// leadgraph-pg-<hash of Dir> in /var/tmp, which Server.Dir tells.
	Dir string

	// Durable keeps what was committed through a power cut. Without it the server is faster and fit for tests only; it also
	// leaves vacuum and analyze to those who need them, for autovacuum gets in the way of copying databases.
	Durable bool

	// Detached lets the server outlive the process that starts it. Whoever asks for this sees to its end: see Remove.
	Detached bool

	// SharedBuffers is Postgres's setting, such as "2GB", for a server that has room for a log too whose files are used again; empty for a small one.
	SharedBuffers string

	// Log gets what the server writes to its log, which is also in Dir/postgres.log. A detached server writes to the file alone.
	Log io.Writer
}

// AppURL turns the URL of an administrator's login into one that acts as lg_app, the role that row-level security binds.
func AppURL(url string) string {
	switch {
	case !strings.Contains(url, "://"):
		return url + " role=lg_app"
	case strings.Contains(url, "?"):
		return url + "&role=lg_app"
	}
	return url + "?role=lg_app"
}
