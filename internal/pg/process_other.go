//go:build unix && !linux

package pg

import "syscall"

// endWithParent does nothing: only Linux ends a process with its parent. A server left behind by a kill -9 goes on, and the
// next Start on its folder says so, with its process id.
func endWithParent(*syscall.SysProcAttr, syscall.Signal) {}
