package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// server is a process that answers requests.
type server struct {
	name string
	addr string
	cmd  *exec.Cmd
	wait sync.WaitGroup
	gone chan struct{} // closed when the process has ended
}

// start runs a server and waits until it answers. What it logs goes to a file.
func start(ctx context.Context, name, dir string, command func(addr string) *exec.Cmd) (*server, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &server{name: name, addr: addr, cmd: command(addr), gone: make(chan struct{})}
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	s.wait.Go(func() {
		_ = s.cmd.Wait() // how it ended is in its log
		close(s.gone)
	})
	if err := s.awaitReady(ctx); err != nil {
		s.stop()
		text, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("start %s: %w\n%s", name, err, text)
	}
	return s, nil
}

func (s *server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		r, err := http.Get("http://" + s.addr + "/healthz")
		if err == nil {
			return r.Body.Close()
		}
		select {
		case <-s.gone:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the process.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	timer := time.AfterFunc(5*time.Second, func() { _ = s.cmd.Process.Kill() })
	defer timer.Stop()
	s.wait.Wait()
}

// freeAddress is an address that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// usage is CPU time since a process began.
type usage struct{ server, postgres time.Duration }

// meter reads the CPU time of a server and of Postgres.
func meter(server, postgres int) func() (usage, error) {
	return func() (u usage, err error) {
		if u.server, _, err = cpuOf(server, false); err != nil {
			return u, err
		}
		u.postgres, err = cpuOfFamily(postgres)
		return u, err
	}
}

// cpuOfFamily is the CPU time of a process and its children, those that have ended included.
func cpuOfFamily(pid int) (time.Duration, error) {
	sum, _, err := cpuOf(pid, true)
	if err != nil {
		return 0, err
	}
	entries, err := os.ReadDir("/proc")
	for _, e := range entries {
		child, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if cpu, parent, err := cpuOf(child, true); err == nil && parent == pid { // others may end while we look
			sum += cpu
		}
	}
	return sum, err
}

// tick is the kernel's unit in /proc: a hundredth of a second on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// cpuOf reads a process's user and system time, its ended children's too where asked for, and its parent.
func cpuOf(pid int, children bool) (cpu time.Duration, parent int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:])) // the name before may hold anything
	if len(f) < 15 {
		return 0, 0, fmt.Errorf("read /proc/%d/stat: %q", pid, text)
	}
	parent, err = strconv.Atoi(f[1])
	times := f[11:13]
	if children {
		times = f[11:15]
	}
	for _, t := range times {
		n, bad := strconv.ParseInt(t, 10, 64)
		err = errors.Join(err, bad)
		cpu += time.Duration(n) * tick
	}
	return cpu, parent, err
}
