package httpapi

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// heartbeat is how often a stream without events says that it lives.
const heartbeat = 12 * time.Second

// events is one operation by graphql-sse, in its distinct connections mode: server-sent events whose id is the cursor, so that a browser's
// EventSource goes on where it was.
type events struct {
	live   *live
	signal chan struct{} // there is something in the queue, or the end

	mu    sync.Mutex
	queue []byte
	id    string // that was sent last
	over  bool
}

// serveEvents answers a prepared operation as a stream.
func (l *live) serveEvents(w http.ResponseWriter, r *http.Request, c *call) {
	s := &events{live: l, signal: make(chan struct{}, 1)}
	if c.kind() != ast.Subscription {
		a := answer{executed: true, cost: c.cost}
		a.data, a.errors = l.engine.execute(r.Context(), c)
		s.push("", "next", a.append(nil, &l.engine.config.Limits))
		s.complete()
		s.write(w, r)
		return
	}
	header := http.Header{"Authorization": slices.Clone(r.Header.Values("Authorization"))}
	from := &auth.Viewer{RequestID: c.viewer.RequestID, RemoteAddr: c.viewer.RemoteAddr}
	k := &link{viewer: c.viewer, again: func(ctx context.Context) (*auth.Viewer, error) { return l.authenticate(ctx, header, from) }, idle: func(time.Time) {},
		end: func(int, string) { s.end() }}
	if refused := l.open(k); refused != nil {
		answerFault(w, refused, c.viewer.RequestID)
		return
	}
	defer l.shut(k)
	sub := &subscription{call: c, outlet: s}
	defer l.quit(sub)
	l.spawn(func() { l.subscribe(sub) })
	s.write(w, r)
}

// write writes what is queued until the end, or until the caller hangs up.
func (s *events) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // proxies are to hand on what comes
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	defer func() { _ = control.SetWriteDeadline(time.Time{}) }()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for due, more := []byte(":\n\n"), true; ; {
		if len(due) > 0 {
			_ = control.SetWriteDeadline(time.Now().Add(writeWithin)) // recorders of tests have none
			if _, err := w.Write(due); err != nil {
				return
			}
			if err := control.Flush(); err != nil {
				return
			}
		}
		if !more {
			return
		}
		select {
		case <-s.signal:
			due, more = s.take()
		case <-beat.C:
			due = []byte(":\n\n")
		case <-r.Context().Done():
			return
		case <-s.live.ctx.Done():
			return
		}
	}
}

// take takes the queue; more is false at the end.
func (s *events) take() (due []byte, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	due, s.queue = s.queue, nil
	return due, !s.over
}

// push queues an event. Where too much waits the stream ends, and its caller goes on behind the last id.
func (s *events) push(id, name string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || len(s.queue) > 0 && len(s.queue)+len(data) > maxQueue {
		s.over = true
	} else {
		s.name(id)
		s.queue = append(append(append(s.queue, "event: "...), name...), "\ndata: "...)
		s.queue = append(append(s.queue, data...), "\n\n"...)
	}
	select {
	case s.signal <- struct{}{}:
	default: // it knows
	}
}

func (s *events) complete() {
	s.push("", "complete", nil)
	s.end()
}

func (s *events) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	select {
	case s.signal <- struct{}{}:
	default: // it knows
	}
}

// name queues the line with an id, if there is one.
func (s *events) name(id string) {
	if id != "" {
		s.queue = append(append(append(s.queue, "id: "...), id...), '\n')
		s.id = id
	}
}

func (s *events) next(_ *subscription, payload []byte, cursor string) {
	if payload != nil {
		s.push(cursor, "next", payload)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.id == cursor {
		return
	}
	s.name(cursor) // an id without an event: who is cut before the first one has where to go on, too
	s.queue = append(s.queue, '\n')
	select {
	case s.signal <- struct{}{}:
	default: // it knows
	}
}

// fail answers the errors and ends: the stream has begun, so there is no other status to give.
func (s *events) fail(sub *subscription, errors gqlerror.List) {
	a := answer{errors: errors}
	s.push("", "next", a.append(nil, &s.live.engine.config.Limits))
	s.complete()
}

func (s *events) lost(*subscription) { s.end() }

// unserved refuses what a stream cannot carry.
func unserved() *fault.Error {
	return fault.New(fault.OperationLimit, "This server has no subscriptions.")
}
