package feed

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/mask"
)

// Change is what a stream brings: an event, or only the news that the stream has come to a place.
type Change struct {
	Event *db.Event // nil for a mere mark

	at     Place
	cursor string
}

// Place is where the stream stands behind it; it grows along a stream.
func (c *Change) Place() (xid, seq int64) { return c.at.Xid, c.at.Seq }

// Cursor is that place for callers: a stream that is opened after it goes on with the next event.
func (c *Change) Cursor() string { return c.cursor }

// Mark tells that there is no event: the stream has read all of the past, and waits for what comes.
func (c *Change) Mark() bool { return c.Event == nil }

// Query says what a stream brings.
type Query struct {
	Workspace id.UUID
	After     string                                                           // a cursor; empty for what comes from now on
	Field     string                                                           // the argument that gave it, for the fault
	Wants     func(*db.Event) bool                                             // asked first, and must be quick
	Pick      func(context.Context, []*db.Event) (some []*db.Event, err error) // what is left of those; nil for all. It may ask the database
}

// Here is the cursor of where a workspace's log stands: all that comes after it has not happened yet, or is just happening.
func (f *Feed) Here(ctx context.Context, workspace id.UUID) (string, error) {
	h, err := f.horizon(ctx)
	if err != nil {
		return "", err
	}
	at := h.place()
	return f.sealer.EventCursor(workspace, at.Xid, at.Seq), nil
}

// Open begins a stream, which ends with its context, or when the process ends. A cursor that is none of this log's is a fault.
func Open[T any](ctx context.Context, f *Feed, q Query, as func(*Change) T) (<-chan T, error) {
	h, err := f.horizon(ctx)
	if err != nil {
		return nil, err
	}
	s := &stream{f: f, q: q, at: h.place(), past: h, signal: make(chan struct{}, 1)}
	if q.After != "" {
		if s.at.Xid, s.at.Seq, err = f.sealer.OpenEventCursor(q.Workspace, q.Field, q.After); err != nil {
			return nil, err
		}
		if s.at.Xid >= h.next {
			return nil, &fault.Error{Code: fault.CursorMismatch, Field: q.Field, Message: "This cursor is ahead of the event log, which was restored from an older copy: begin without it."}
		}
		s.past = horizon{}
	}
	ctx, s.stop = context.WithCancel(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		s.stop()
		return nil, ending()
	}
	out := make(chan T)
	f.opened[s] = true
	f.work.Go(func() {
		defer close(out)
		defer s.end()
		s.run(ctx, func(c *Change) bool {
			select {
			case out <- as(c):
				return true
			case <-ctx.Done():
				return false
			}
		})
	})
	return out, nil
}

// stream is one listener: it reads the past from the log until it has come to where the reader is, then takes what the reader hands out.
type stream struct {
	f      *Feed
	q      Query
	past   horizon // of a stream from now on: what had ended when it was opened is not news
	stop   context.CancelFunc
	signal chan struct{} // there is something in the queue

	mu    sync.Mutex
	near  bool  // the last page of the past was read
	at    Place // all up to here is in the queue, was sent, or is not wanted
	queue []*db.Event
	full  bool // the reader let go of it: what is missing is in the log
}

func (s *stream) end() {
	if reason := recover(); reason != nil {
		s.f.log.Error("panic", "error", mask.Panic(reason), "stack", string(debug.Stack()))
	}
	s.stop()
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	delete(s.f.opened, s)
	if t := s.f.topics[s.q.Workspace]; t != nil {
		delete(t.streams, s)
		s.f.forget(s.q.Workspace)
	}
}

func (s *stream) run(ctx context.Context, send func(*Change) bool) {
	for {
		at, joined := s.join()
		switch {
		case !joined && !s.catchUp(ctx, send):
			return
		case joined && !(send(s.change(nil, at)) && s.follow(ctx, send)):
			return
		}
	}
}

// join becomes one of those the reader hands events to, if the reader is not further than the stream. Where nobody listens yet, the
// reader begins where the stream is, so that must not be in the past.
func (s *stream) join() (at Place, joined bool) {
	f, ws := s.f, s.q.Workspace
	f.mu.Lock()
	defer f.mu.Unlock()
	if t := f.topics[ws]; t == nil && s.past.next == 0 && !s.near || t != nil && s.at.Before(t.place) {
		return s.at, false
	}
	s.full = false
	f.topic(ws, s.at).streams[s] = true
	f.hinted(ws) // something may have come between the last look and this moment
	return s.at, true
}

// offer puts events into the queue, unless it is full. The reader calls it.
func (s *stream) offer(events []*db.Event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.queue)
	for _, e := range events {
		if len(s.queue) >= inbox {
			s.full = true
			break
		}
		if s.at.Before(of(e)) {
			s.at = of(e)
			if s.wanted(e) {
				s.queue = append(s.queue, e)
			}
		}
	}
	if len(s.queue) > before || s.full {
		select {
		case s.signal <- struct{}{}:
		default: // it knows
		}
	}
	return !s.full
}

// wanted tells whether an event is news, and asked for.
func (s *stream) wanted(e *db.Event) bool {
	return !s.past.ended(int64(e.Xid)) && s.q.Wants(e)
}

// follow sends what the reader hands out. It returns true when the reader let go of the stream.
func (s *stream) follow(ctx context.Context, send func(*Change) bool) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-s.signal:
		}
		s.mu.Lock()
		events, full := s.queue, s.full
		s.queue = nil
		s.mu.Unlock()
		if !s.send(ctx, events, send) {
			return false
		}
		if full {
			return true
		}
	}
}

// catchUp reads a page of the past. It returns false at the end.
func (s *stream) catchUp(ctx context.Context, send func(*Change) bool) bool {
	h, err := s.f.horizon(ctx)
	if err != nil {
		return s.waited(ctx, err, away)
	}
	events, _, state, err := s.f.page(ctx, s.q.Workspace, s.at)
	if err != nil {
		return s.waited(ctx, err, away)
	}
	if s.near = state != more; s.near && s.at.Before(h.place()) { // what had ended before the page was read is in it
		s.at = h.place()
	}
	var wanted []*db.Event
	for _, e := range events {
		if s.at.Before(of(e)) {
			s.at = of(e)
		}
		if s.wanted(e) {
			wanted = append(wanted, e)
		}
	}
	if !s.send(ctx, wanted, send) {
		return false
	}
	return len(events) > 0 || s.waited(ctx, nil, pace)
}

// waited waits before the next try; false at the end.
func (s *stream) waited(ctx context.Context, err error, d time.Duration) bool {
	if err != nil {
		s.f.missed(ctx, err)
	}
	s.f.pause(ctx, d)
	return ctx.Err() == nil
}

// send sends what is left of some events. While the database is away it waits: nothing is left out.
func (s *stream) send(ctx context.Context, events []*db.Event, send func(*Change) bool) bool {
	for s.q.Pick != nil && len(events) > 0 {
		some, err := s.pick(ctx, events)
		if err == nil {
			events = some
			break
		}
		if !s.waited(ctx, err, away) {
			return false
		}
	}
	for _, e := range events {
		if !send(s.change(e, of(e))) {
			return false
		}
	}
	return ctx.Err() == nil
}

func (s *stream) pick(ctx context.Context, events []*db.Event) ([]*db.Event, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	some, err := s.q.Pick(ctx, events)
	if err != nil {
		return nil, fmt.Errorf("choose events: %w", err)
	}
	return some, nil
}

func (s *stream) change(e *db.Event, at Place) *Change {
	return &Change{Event: e, at: at, cursor: s.f.sealer.EventCursor(s.q.Workspace, at.Xid, at.Seq)}
}
