package httpapi

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	writeWithin = 5 * time.Second // for what waits in a connection's queue to be taken
	maxQueue    = 256 << 10       // bytes that may wait
)

// wire is a socket's connection. Whoever sends never waits: what the system does not take at once is queued and written by a goroutine
// that lives as long as there is a queue. One that has too much in its queue, or does not read for too long, is sent no more: it has some time to
// take what is queued, and the close frame behind that.
type wire struct {
	net.Conn
	try  func([]byte) (int, error) // writes what can be written without waiting; nil where that cannot be told
	run  func(func())              // starts the goroutine
	slow func()                    // hears that the peer does not read; it sends the last frame
	seen atomic.Int64              // when something was read last, in Unix seconds

	ahead []byte // what a client sent that did not wait for the answer to its request

	mu     sync.Mutex
	queue  []byte
	busy   bool // the goroutine writes
	closed bool // nothing more is sent
}

// hijacker is a ResponseWriter that hands its connection to the WebSocket library as a wire, with buffers as small as its messages are.
type hijacker struct {
	http.ResponseWriter
	wire *wire
}

// Hijack takes the connection from the HTTP server.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	h.wire.Conn, h.wire.try = conn, tryWrite(conn)
	h.wire.seen.Store(time.Now().Unix())
	if err := buffered.Flush(); err != nil {
		return nil, nil, err
	}
	ahead, err := buffered.Reader.Peek(buffered.Reader.Buffered())
	if err != nil {
		return nil, nil, err
	}
	h.wire.ahead = bytes.Clone(ahead) // the HTTP server's buffer is ten times as large as what follows needs
	return h.wire, bufio.NewReadWriter(bufio.NewReaderSize(h.wire, 512), bufio.NewWriterSize(h.wire, 256)), nil
}

// Read notes that the peer is there.
func (w *wire) Read(b []byte) (int, error) {
	if len(w.ahead) > 0 {
		n := copy(b, w.ahead)
		if w.ahead = w.ahead[n:]; len(w.ahead) == 0 {
			w.ahead = nil
		}
		return n, nil
	}
	n, err := w.Conn.Read(b)
	if n > 0 {
		w.seen.Store(time.Now().Unix())
	}
	return n, err
}

// Write takes frames that the library makes of itself. One that is not taken is no error: that would end the reading at once, and the peer
// would not get what waits and the close frame.
func (w *wire) Write(b []byte) (int, error) {
	if !w.send(b) {
		w.slow()
	}
	return len(b), nil
}

// send sends whole frames. It returns false for a connection that is too slow, or over.
func (w *wire) send(frames []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.closed && w.take(frames, maxQueue)
}

// last sends a frame behind which nothing follows, however much waits.
func (w *wire) last(frame []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed = true
		w.take(frame, math.MaxInt)
	}
}

func (w *wire) take(frames []byte, most int) bool {
	if !w.busy && w.try != nil {
		n, err := w.try(frames)
		if err != nil {
			return false
		}
		if frames = frames[n:]; len(frames) == 0 {
			return true
		}
	}
	if len(w.queue) > 0 && len(w.queue)+len(frames) > most {
		return false
	}
	w.queue = append(w.queue, frames...)
	if !w.busy {
		w.busy = true
		w.run(w.drain)
	}
	return true
}

// drain writes the queue.
func (w *wire) drain() {
	for {
		w.mu.Lock()
		due := w.queue
		w.queue = nil
		if len(due) == 0 {
			_ = w.Conn.SetWriteDeadline(time.Time{}) // it would end what is tried later
			w.busy = false
			w.mu.Unlock()
			return
		}
		w.mu.Unlock()
		if w.write(due) != nil {
			_ = w.Conn.Close() // half a frame may be out: there is nothing to mend, and the reader hears of it
			return
		}
	}
}

// write writes what was queued. A peer that does not take it in time has some more for that, and for the last frame.
func (w *wire) write(due []byte) error {
	_ = w.Conn.SetWriteDeadline(time.Now().Add(writeWithin))
	n, err := w.Conn.Write(due)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		w.slow()
		_ = w.Conn.SetWriteDeadline(time.Now().Add(lingers))
		_, err = w.Conn.Write(due[n:])
	}
	return err
}

// Opcodes of RFC 6455.
const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
)

// frame begins an unfragmented frame of a server, which is not masked, for a payload of this size (RFC 6455, 5.2).
func frame(b []byte, opcode byte, size int) []byte {
	b = append(b, 0x80|opcode)
	switch {
	case size < 126:
		return append(b, byte(size))
	case size <= 0xffff:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(size))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(size))
}
