package main

import (
	"bufio"
	"crypto/sha1" // the protocol's handshake is made of it (RFC 6455, 1.3)
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// broadcast is the limit of w4: whoever connects gets every event, as frames that are written by hand.
type broadcast struct {
	mu    sync.Mutex
	conns map[net.Conn][]byte // with what each message begins
}

// connect takes a WebSocket's handshake, and acknowledges without a look whatever a subscriber says first.
func (b *broadcast) connect(w http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
	out := append([]byte(head), textFrame(nil, []byte(`{"type":"connection_ack"}`))...)
	if _, err := conn.Write(append(out, textFrame(nil, []byte(`{"type":"pong"}`))...)); err != nil {
		return
	}
	b.mu.Lock()
	b.conns[conn] = []byte(`{"id":"` + strconv.Itoa(len(b.conns)) + `","type":"next","payload":`)
	b.mu.Unlock()
	_, _ = io.Copy(io.Discard, bufio.NewReaderSize(conn, 16)) // until it is closed
	b.mu.Lock()
	delete(b.conns, conn)
	b.mu.Unlock()
}

// event sends what the request holds to all.
func (b *broadcast) event(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var message, out []byte
	for conn, begin := range b.conns {
		message = append(append(append(message[:0], begin...), payload...), '}')
		out = textFrame(out[:0], message)
		_, _ = conn.Write(out) // whoever has gone is told by its own goroutine
	}
	w.Header().Set("Content-Length", "2")
	_, _ = io.Copy(w, strings.NewReader("ok"))
}

// textFrame adds a server's text frame.
func textFrame(b, text []byte) []byte {
	if len(text) < 126 {
		return append(append(b, 0x81, byte(len(text))), text...)
	}
	return append(binary.BigEndian.AppendUint16(append(b, 0x81, 126), uint16(len(text))), text...)
}
