package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// caller is one keep-alive connection to a server. It reads no more of HTTP than our servers write, and costs little.
type caller struct {
	conn net.Conn
	in   *bufio.Reader
	head []byte // what every request begins with
	out  []byte
	body []byte
}

func dial(ctx context.Context, addr, path, key string) (*caller, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	head := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: ", path, addr, key)
	return &caller{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), head: head}, nil
}

// call sends a body and returns the answer's, which is good until the next call. An answer with errors is an error; one that says
// the server is too busy is errBusy.
func (c *caller) call(body []byte) ([]byte, error) {
	c.out = strconv.AppendInt(append(c.out[:0], c.head...), int64(len(body)), 10)
	c.out = append(append(c.out, "\r\n\r\n"...), body...)
	if _, err := c.conn.Write(c.out); err != nil {
		return nil, err
	}
	status, err := c.in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	length := -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(": ")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 {
		return nil, errors.New("an answer without Content-Length")
	}
	c.body = append(c.body[:0], make([]byte, length)...)
	if _, err := io.ReadFull(c.in, c.body); err != nil {
		return nil, err
	}
	if strings.HasPrefix(status, "HTTP/1.1 503 ") || bytes.Contains(c.body, []byte(`"code":"UNAVAILABLE"`)) { // of the whole request, or of a part
		return nil, fmt.Errorf("%w: %.600s", errBusy, c.body)
	}
	if !strings.HasPrefix(status, "HTTP/1.1 200 ") || bytes.Contains(c.body, []byte(`"errors":[`)) {
		return nil, fmt.Errorf("%s: %.600s", strings.TrimSpace(status), c.body)
	}
	return c.body, nil
}

// errBusy is a request that the server refused because it had too much to do.
var errBusy = errors.New("the server is too busy")

// sample is what a window showed.
type sample struct {
	requests int // that were answered
	refused  int // because the server was too busy; their cost is the others'
	took     time.Duration
	p99      time.Duration
	server   time.Duration // CPU
	postgres time.Duration // CPU
}

// finished is one request that came to its end.
type finished struct {
	at, took time.Duration
	refused  bool
}

// drive lets callers send one request after the other, and looks at what that costs behind a warm-up.
func drive(ctx context.Context, o options, conns []*caller, body func(worker int, b []byte) []byte, cpu func() (usage, error)) (sample, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	began := time.Now()
	logs := make([][]finished, len(conns))
	var all sync.WaitGroup
	for i, c := range conns {
		all.Go(func() {
			var b []byte
			for ctx.Err() == nil {
				b = body(i, b[:0])
				sent := time.Since(began)
				_, err := c.call(b)
				if err != nil && !errors.Is(err, errBusy) {
					cancel(err)
					return
				}
				now := time.Since(began)
				logs[i] = append(logs[i], finished{now, now - sent, err != nil})
			}
		})
	}
	pause(ctx, o.warmup)
	from := time.Since(began)
	before, err := cpu()
	pause(ctx, o.window)
	to := time.Since(began)
	after, err2 := cpu()
	failed := context.Cause(ctx)
	cancel(nil)
	all.Wait()
	if err := errors.Join(failed, err, err2); err != nil {
		return sample{}, err
	}
	s := summary(logs, from, to)
	s.server, s.postgres = after.server-before.server, after.postgres-before.postgres
	if s.requests == 0 {
		return s, errors.New("no request was answered in the window")
	}
	return s, nil
}

// pause waits, but not beyond the end of the context.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
