//go:build unix

package httpapi

import (
	"errors"
	"net"
	"syscall"
)

// tryWrite writes to a connection as much as the system takes without waiting. Handing a message to a goroutine that writes it costs
// more than the writing, and there may be thousands of connections to write to. A connection that is not the system's own, such
// as one over TLS, has none.
func tryWrite(conn net.Conn) func([]byte) (int, error) {
	system, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := system.SyscallConn()
	if err != nil {
		return nil
	}
	return func(b []byte) (n int, err error) {
		done := raw.Write(func(fd uintptr) bool {
			n, err = syscall.Write(int(fd), b)
			return true // whatever came of it: false would wait
		})
		switch {
		case done != nil:
			return 0, done
		case errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR):
			return max(n, 0), nil
		case err != nil:
			return 0, err
		}
		return n, nil
	}
}
