//go:build unix

package pg

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
)

// oldest is the first major version of Postgres that the migrations are written for.
const oldest = 15

// places are where systems put the binaries of Postgres without putting them in the PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",                               // Debian, Ubuntu
	"/opt/homebrew/opt/postgresql@*/bin",                      // Homebrew on Apple silicon,
	"/usr/local/opt/postgresql@*/bin",                         // on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",         // and on Linux
	"/usr/pgsql-*/bin",                                        // PostgreSQL's own packages for Red Hat and Fedora
	"/usr/libexec/postgresql*",                                // Alpine
	"/Applications/Postgres.app/Contents/Versions/[1-9]*/bin", // Postgres.app
}

// installers are the package managers and what they call Postgres.
var installers = []struct{ program, command string }{
	{"brew", "brew install postgresql@17"},
	{"apt-get", "sudo apt-get install postgresql"},
	{"dnf", "sudo dnf install postgresql-server"},
	{"apk", "sudo apk add postgresql"},
	{"pacman", "sudo pacman -S postgresql"},
}

var (
	digits       = regexp.MustCompile(`[0-9]+`)
	versionWords = regexp.MustCompile(`\(PostgreSQL\) ([0-9]+)`)
)

// binaries finds a folder with initdb and postgres that the account may run: the one in the PATH, else the newest. Data that
// exist already need the major version that wrote them; 0 takes any that is new enough.
func binaries(ctx context.Context, as account, major int) (string, error) {
	for _, dir := range candidates() {
		v := version(ctx, as, dir)
		if v == major || major == 0 && v >= oldest {
			return dir, nil
		}
	}
	if major != 0 && major != downloadMajor {
		return "", fmt.Errorf("these data were written by PostgreSQL %d, which is not installed: install it, or remove the folder to begin anew", major)
	}
	dir, err := download(ctx, as, mavenCentral)
	if err != nil {
		return "", fmt.Errorf("PostgreSQL %d or newer is not installed and could not be downloaded: install it with `%s`, or set DATABASE_URL "+
			"to a server that runs already (%w)", oldest, installCommand(), err)
	}
	return dir, nil
}

// candidates lists the folders that may hold the binaries, in the order in which they are liked.
func candidates() []string {
	var found []string
	for _, pattern := range places {
		dirs, _ := filepath.Glob(pattern) // fails on a malformed pattern only
		found = append(found, dirs...)
	}
	slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if initdb, err = filepath.EvalSymlinks(initdb); err == nil { // postgres need not be linked beside it
			found = slices.Insert(found, 0, filepath.Dir(initdb))
		}
	}
	return found
}

// number is the last number in a path: the version of Postgres, in all places.
func number(path string) int {
	all := digits.FindAllString(path, -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1]) // too large for an int sorts last
	return n
}

// version is the major version of the binaries in a folder; 0 where the account cannot run them.
func version(ctx context.Context, as account, dir string) int {
	if _, err := os.Stat(filepath.Join(dir, "postgres")); err != nil {
		return 0
	}
	ask := exec.CommandContext(ctx, filepath.Join(dir, "initdb"), "--version")
	ask.Dir, ask.Env, ask.SysProcAttr = "/", environment(), as.attributes()
	out, _ := ask.Output() // what cannot run says nothing
	m := versionWords.FindSubmatch(out)
	if m == nil {
		return 0
	}
	v, _ := strconv.Atoi(string(m[1])) // a number, by the expression
	return v
}

// installCommand is how to install Postgres on this machine.
func installCommand() string {
	for _, i := range installers {
		if _, err := exec.LookPath(i.program); err == nil {
			return i.command
		}
	}
	if runtime.GOOS == "darwin" {
		return installers[0].command
	}
	return installers[1].command
}
