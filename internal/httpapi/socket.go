package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// Close codes of graphql-transport-ws, and of RFC 6455.
const (
	closeBad          = 4400 // a message that is none of the protocol's
	closeUnauthorized = 4401 // no credentials, bad ones, or an operation before connection_init
	closeForbidden    = 4403 // the credentials have ended, or the rights changed
	closeProtocol     = 4406 // another subprotocol
	closeSilent       = 4408 // no connection_init in time
	closeDuplicate    = 4409 // an operation's id is in use
	closeAgain        = 4429 // connection_init a second time
	closeRestart      = 1012 // the server ends
	closeBusy         = 1013 // too slow, or too much: try again later
)

const (
	protocol = "graphql-transport-ws"
	pingIdle = 25 * time.Second // without a word of the peer, before it is pinged
	gone     = 60 * time.Second // without a word of the peer, before it is given up
	parting  = 5 * time.Second  // for the peer to answer a close frame
	lingers  = 10 * time.Second // for one that is too slow to take what is queued, and the close frame behind it
	tooSlow  = "Too slow."
)

// socket is one connection by graphql-transport-ws.
type socket struct {
	live      *live
	wire      wire
	conn      *websocket.Conn
	requestID string
	address   string
	header    http.Header // with the credentials
	link      link

	mu      sync.Mutex
	asked   bool                // connection_init has come
	known   bool                // and was acknowledged
	ops     map[string]*running // by id
	closing bool
}

// running is an operation under way.
type running struct {
	cancel context.CancelFunc
	once   bool          // a query or mutation: it has one answer, and no place in the log
	sub    *subscription // nil for those, and until it has begun
}

// serveSocket takes a request that asks for a WebSocket.
func (l *live) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !l.sameOrigin(r) {
		answerFault(w, fault.New(fault.Forbidden, "Pages of this origin may not connect: its operator has to list it."), auth.From(r.Context()).RequestID)
		return
	}
	from := auth.From(r.Context())
	if l.ending() {
		answerFault(w, leaving(), from.RequestID)
		return
	}
	s := &socket{live: l, requestID: from.RequestID, address: from.RemoteAddr, header: http.Header{}, ops: map[string]*running{}}
	if given := r.Header.Values("Authorization"); len(given) > 0 {
		s.header["Authorization"] = slices.Clone(given)
	}
	s.wire.run, s.wire.slow = l.spawn, func() { s.end(closeBusy, tooSlow) }
	conn, err := websocket.Accept(&hijacker{w, &s.wire}, r, &websocket.AcceptOptions{Subprotocols: []string{protocol}, InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil { // it has answered
		return
	}
	s.conn = conn
	conn.SetReadLimit(int64(l.engine.config.Limits.Body))
	l.spawn(s.serve) // the request's own goroutine ends, and gives its memory back
}

// sameOrigin tells whether the page that asks, if it is one, is of this server or of a listed origin. Browsers let any page open a socket
// to anywhere; others send no Origin.
func (l *live) sameOrigin(r *http.Request) bool {
	given := r.Header.Values("Origin")
	if len(given) == 0 {
		return true
	}
	at, err := url.Parse(given[0])
	return len(given) == 1 && err == nil && at.Host != "" && (strings.EqualFold(at.Host, r.Host) || slices.Contains(l.engine.config.Origins, given[0]))
}

// serve reads messages until the connection is over.
func (s *socket) serve() {
	defer s.over()
	if s.conn.Subprotocol() != protocol {
		s.end(closeProtocol, "Subprotocol not acceptable: use "+protocol+".")
	}
	silent := time.AfterFunc(s.live.engine.config.InitWait, func() {
		s.mu.Lock()
		asked := s.asked
		s.mu.Unlock()
		if !asked {
			s.end(closeSilent, "Connection initialisation timeout")
		}
	})
	defer silent.Stop()
	for {
		kind, text, err := s.conn.Read(s.live.ctx)
		if errors.Is(err, websocket.ErrMessageTooBig) {
			s.part()
		}
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			s.end(closeBad, "Messages are texts.")
			continue
		}
		s.live.aside(func() { s.message(text) })
	}
}

// part waits for the end of a peer whom the library has sent a close frame for a message that it did not read to its end: a connection
// closed on what the peer is still writing is reset, and the peer would not learn why.
func (s *socket) part() {
	s.wire.last(nil)
	_ = s.wire.Conn.SetReadDeadline(time.Now().Add(parting))
	_, _ = io.Copy(io.Discard, &s.wire)
}

// over is the end of the connection.
func (s *socket) over() {
	_ = s.conn.CloseNow()
	s.mu.Lock()
	ops, known := s.ops, s.known
	s.ops, s.closing = nil, true
	s.mu.Unlock()
	for _, op := range ops {
		s.stop(op)
	}
	if known {
		s.live.shut(&s.link)
	}
}

// stop ends an operation.
func (s *socket) stop(op *running) {
	op.cancel()
	if op.sub != nil {
		s.live.quit(op.sub)
		s.live.leave(s.link.viewer)
	}
}

// end closes the connection with a code. Nothing is sent behind that; the peer's own close frame, or its silence, ends the reading.
func (s *socket) end(code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close(code, reason)
}

// close is end, for those that hold the lock. Who is to come back is told where to go on.
func (s *socket) close(code int, reason string) {
	if s.closing {
		return
	}
	s.closing = true
	patience := parting
	if reason == tooSlow {
		patience = lingers
	}
	if code == closeRestart || code == closeBusy {
		reason += s.onward()
	}
	reason = strings.ToValidUTF8(reason[:min(len(reason), maxReason)], "") // it may quote an id, and be cut within a character
	payload := append([]byte{byte(code >> 8), byte(code)}, reason...)
	s.wire.last(append(frame(nil, opClose, len(payload)), payload...))
	_ = s.wire.Conn.SetReadDeadline(time.Now().Add(patience))
}

// maxReason is how many bytes a close frame has for its reason (RFC 6455, 5.5).
const maxReason = 123

// onward says behind which cursor to go on: that of the subscription which was sent least of the log, so that none misses anything. Where one
// has not come anywhere yet, only its caller knows where it begins: nothing is said then.
func (s *socket) onward() string {
	var least *subscription
	for _, op := range s.ops {
		switch {
		case op.once:
		case op.sub == nil || op.sub.cursor == "":
			return ""
		case least == nil || op.sub.sent.before(least.sent):
			least = op.sub
		}
	}
	if least == nil {
		return ""
	}
	return " Go on after " + least.cursor
}

// idle pings a peer that says nothing, and gives it up in the end.
func (s *socket) idle(now time.Time) {
	switch silent := now.Sub(time.Unix(s.wire.seen.Load(), 0)); {
	case silent > gone:
		_ = s.wire.Conn.Close() // its reader notices
	case silent > pingIdle:
		s.send(frame(nil, opPing, 0))
	}
}

// send sends frames, or closes a connection that does not take them.
func (s *socket) send(frames []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(frames)
}

// put is send, for those that hold the lock. It tells whether the frames are on their way: before the close frame, if one follows.
func (s *socket) put(frames []byte) bool {
	if s.closing {
		return false
	}
	if !s.wire.send(frames) {
		s.close(closeBusy, tooSlow)
		return false
	}
	return true
}
