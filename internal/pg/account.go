//go:build unix

package pg

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that Postgres runs as: ourselves, or for root somebody else.
type account struct {
	uid, gid int
	dropped  bool
}

// attributes start a process as the account.
func (a account) attributes() *syscall.SysProcAttr {
	if !a.dropped {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}}
}

// reaches tells whether the account can enter a folder, by trying: no look at permission bits knows all that can be in the way.
func (a account) reaches(dir string) bool {
	try := exec.Command("/bin/sh", "-c", ":")
	try.Dir, try.SysProcAttr = dir, a.attributes()
	return try.Run() == nil
}

// own makes a folder that only the account can enter.
func (a account) own(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if !a.dropped {
		return nil
	}
	return os.Lchown(dir, a.uid, a.gid)
}

// home makes the folder of a server, where the account that shall run it can reach it, and says which one that is: ourselves,
// or for root the owner of data that are already there, else postgres, else nobody.
func home(dir string) (string, account, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", account{}, fmt.Errorf("find the folder for postgres: %w", err)
	}
	if os.Geteuid() != 0 {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", account{}, fmt.Errorf("make the folder for postgres: %w", err)
		}
		return dir, account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	other := elsewhere(dir)
	as, err := servant(filepath.Join(dir, "data"), filepath.Join(other, "data"))
	if err != nil {
		return "", account{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", account{}, fmt.Errorf("make the folder for postgres: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err == nil && as.reaches(dir) {
		return dir, as, nil
	}
	return other, as, Private(other)
}

// elsewhere is the folder that takes the place of one that root's servers cannot reach.
func elsewhere(dir string) string {
	return filepath.Join(commonDir(), fmt.Sprintf("leadgraph-pg-%.8x", sha256.Sum256([]byte(dir))))
}

// servant is the account that Postgres runs as when root starts it.
func servant(data ...string) (account, error) {
	for _, dir := range data {
		if info, err := os.Lstat(dir); err == nil {
			if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 {
				return account{uid: int(stat.Uid), gid: int(stat.Gid), dropped: true}, nil
			}
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if errUID == nil && errGID == nil && uid != 0 {
			return account{uid: uid, gid: gid, dropped: true}, nil
		}
	}
	return account{}, errors.New("Postgres refuses to run as root, and there is no user postgres or nobody to run it as: " +
		"start this as another user, or set DATABASE_URL to a server that runs already")
}

// commonDir is a folder that every user can reach and that outlives a restart of the machine, where there is one.
func commonDir() string {
	if info, err := os.Stat("/var/tmp"); err == nil && info.IsDir() {
		return "/var/tmp"
	}
	return os.TempDir()
}

// Private makes a folder of ours below one where anybody can make folders, such as /tmp. One that is there already must be ours:
// another user could have laid it out as a trap. Everybody may pass through it to what is theirs.
func Private(dir string) error {
	if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make a folder of our own: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("make a folder of our own: %w", err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to another user: remove it", dir)
	}
	return os.Chmod(dir, 0o711) // whatever the umask took away
}
