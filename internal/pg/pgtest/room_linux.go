package pgtest

import "syscall"

// enough is how large a file system in memory must be, in bytes: the container default of 64 MB is not.
const enough = 4 << 30

// roomy tells whether a folder is on a file system that is large enough for the tests' databases.
func roomy(dir string) bool {
	var fs syscall.Statfs_t
	return syscall.Statfs(dir, &fs) == nil && fs.Blocks*uint64(fs.Bsize) >= enough
}
