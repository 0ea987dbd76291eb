// Package feed reads the event log and hands what is new to those who listen. One reader in each process reads each workspace's log once,
// however many listen; what it missed or they could not take in time is read from the log again, so that nothing is lost or doubled.
//
// Events are read in the order of (xid, seq), and only as far as no transaction that runs can still commit an event in front of them.
// A wake-up, from this process or another one, only makes the reader look earlier than it would anyway.
package feed

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/mask"
	"github.com/leadgraph/leadgraph/internal/page"
)

const (
	every  = time.Second           // how often the reader looks without being woken
	pace   = 5 * time.Millisecond  // between two looks: what commits meanwhile comes with the next
	slow   = 50 * time.Millisecond // between looks for an event that waits for an older transaction to end
	away   = time.Second           // between tries while the database is away
	rows   = 500                   // of one look
	inbox  = 1000                  // events that wait for a listener before it must read them from the log again
	within = 5 * time.Second       // for one statement
)

// Feed is this process's reader.
type Feed struct {
	db     *db.DB
	sealer *page.Sealer
	log    *slog.Logger
	work   sync.WaitGroup // the reader, the relay and the streams

	wake   chan struct{} // there is something in hints
	asking sync.Mutex    // one question at a time
	mu     sync.Mutex
	topics map[id.UUID]*topic
	opened map[*stream]bool
	hints  map[id.UUID]bool // workspaces to look at
	relay  *relay           // tells the other servers; nil without
	asked  *question        // not yet sent; nil without
	closed bool
}

// topic is one workspace that somebody listens to.
type topic struct {
	place    Place // all up to here was handed out
	streams  map[*stream]bool
	watchers map[*func()]bool
	told     map[id.UUID]bool // changes of access that watchers heard of, but that are not settled yet
}

// tell lets the watchers know of changes of access, of each once. Nobody keeps rights for as long as some older transaction runs, so they hear of it when
// it is committed; the streams, whose order counts, when it is settled.
func (t *topic) tell(events []*db.Event, settled bool) {
	news := false
	for _, e := range events {
		if event.ChangesAccess(e.Kind) {
			news = news || !t.told[e.ID]
			t.told[e.ID] = true
			if settled {
				delete(t.told, e.ID)
			}
		}
	}
	if news {
		for do := range t.watchers {
			(*do)()
		}
	}
}

// New makes a reader; Run starts it. Sealer makes the events' cursors.
func New(d *db.DB, sealer *page.Sealer, log *slog.Logger) *Feed {
	return &Feed{db: d, sealer: sealer, log: log, wake: make(chan struct{}, 1), topics: map[id.UUID]*topic{}, opened: map[*stream]bool{},
		hints: map[id.UUID]bool{}}
}

// Run reads until the context ends, then ends all streams and waits for them.
func (f *Feed) Run(ctx context.Context) {
	poll := time.NewTicker(every)
	defer poll.Stop()
	again := time.NewTimer(0) // for what could not be finished
	defer again.Stop()
	var rest map[id.UUID]bool
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-f.wake:
		case <-again.C:
		case <-poll.C:
			f.guard(ctx, func() { f.ask(ctx) })
		}
		wait := every
		f.guard(ctx, func() { rest, wait = f.look(ctx, rest) })
		again.Reset(wait)
		if f.pause(ctx, pace); len(rest) == 0 {
			again.Stop()
		}
	}
	f.close()
}

// guard keeps the reader going whatever happens in one look.
func (f *Feed) guard(ctx context.Context, do func()) {
	defer func() {
		if reason := recover(); reason != nil {
			f.log.ErrorContext(ctx, "panic", "error", mask.Panic(reason), "stack", string(debug.Stack()))
		}
	}()
	do()
}

// pause waits, but not beyond the end.
func (f *Feed) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Hint says that something was written in a workspace: by this process, where the others shall hear of it too, or by another one.
func (f *Feed) Hint(workspace id.UUID) {
	f.hint(workspace)
	if f.relay != nil {
		f.relay.tell(workspace)
	}
}

func (f *Feed) hint(workspace id.UUID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hinted(workspace)
}

// hinted is hint, for those that hold the lock.
func (f *Feed) hinted(workspace id.UUID) {
	if f.topics[workspace] == nil { // nobody listens
		return
	}
	f.hints[workspace] = true
	select {
	case f.wake <- struct{}{}:
	default: // the reader is about to look
	}
}

// ask finds the workspaces with news that nobody gave a hint of.
func (f *Feed) ask(ctx context.Context) {
	var p db.FindNewsParams
	f.mu.Lock()
	for ws, t := range f.topics {
		p.Workspaces, p.Xids, p.Seqs = append(p.Workspaces, ws), append(p.Xids, strconv.FormatInt(t.place.Xid, 10)), append(p.Seqs, t.place.Seq)
	}
	f.mu.Unlock()
	if len(p.Workspaces) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	news, err := f.db.Read(id.UUID{}).FindNews(ctx, p)
	if err != nil {
		f.missed(ctx, err)
		return
	}
	for _, ws := range news {
		f.hint(ws)
	}
}

// look reads the hinted workspaces and the rest of those before. It answers which are to be looked at again, and after how long.
func (f *Feed) look(ctx context.Context, rest map[id.UUID]bool) (map[id.UUID]bool, time.Duration) {
	f.mu.Lock()
	due := f.hints
	f.hints = map[id.UUID]bool{}
	f.mu.Unlock()
	for ws := range rest {
		due[ws] = true
	}
	again, wait := map[id.UUID]bool{}, slow
	for ws := range due {
		state, err := f.read(ctx, ws)
		if err != nil {
			f.missed(ctx, err)
			wait = away
		}
		switch {
		case err != nil || state == unsettled:
			again[ws] = true
		case state == more:
			f.hint(ws)
		}
	}
	if len(rest) == 0 && wait == slow { // what waits for another transaction waits a few milliseconds, as a rule
		wait = pace
	}
	return again, wait
}

func (f *Feed) missed(ctx context.Context, err error) {
	if ctx.Err() == nil {
		f.log.WarnContext(ctx, "the event log could not be read", "error", mask.Error(err))
	}
}

// state is what a look left behind.
type state int

const (
	done      state = iota
	more            // there are further events
	unsettled       // the next event waits for an older transaction to end
)

// read reads what is new in a workspace and hands it out.
func (f *Feed) read(ctx context.Context, workspace id.UUID) (state, error) {
	f.mu.Lock()
	t := f.topics[workspace]
	f.mu.Unlock()
	if t == nil {
		return done, nil
	}
	from := t.place // only this goroutine moves it
	events, early, s, err := f.page(ctx, workspace, from)
	if err != nil {
		return s, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	t.tell(events, true)
	t.tell(early, false)
	if len(events) == 0 {
		return s, nil
	}
	t.place = of(events[len(events)-1])
	for one := range t.streams {
		if !one.offer(events) {
			delete(t.streams, one) // it comes back when it has read the log
		}
	}
	return s, nil
}

// page reads settled events behind a place, and early those that are committed but not settled.
func (f *Feed) page(ctx context.Context, workspace id.UUID, from Place) (events, early []*db.Event, s state, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	found, err := f.db.Read(workspace).EventsAfter(ctx, db.EventsAfterParams{WorkspaceID: workspace, Xid: uint64(from.Xid), Seq: from.Seq, Rows: rows})
	if err != nil {
		return nil, nil, done, fmt.Errorf("read the event log: %w", err)
	}
	for _, r := range found {
		if !r.Settled || s == unsettled { // behind one that waits all wait
			early, s = append(early, &r.Event), unsettled
		} else {
			events = append(events, &r.Event)
		}
	}
	if len(events) == rows {
		s = more
	}
	return events, early, s, nil
}

// Watch calls do, which must not wait, whenever somebody's access changed in a workspace, until stop is called.
func (f *Feed) Watch(ctx context.Context, workspace id.UUID, do func()) (stop func(), err error) {
	h, err := f.horizon(ctx)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.topic(workspace, h.place()).watchers[&do] = true
	if f.closed {
		return func() {}, nil
	}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.topics[workspace].watchers, &do)
		f.forget(workspace)
	}, nil
}

// Listeners is how many streams wait for what comes.
func (f *Feed) Listeners() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.topics {
		n += len(t.streams)
	}
	return n
}

// topic is a workspace's topic; a new one begins at a place.
func (f *Feed) topic(workspace id.UUID, at Place) *topic {
	t := f.topics[workspace]
	if t == nil {
		t = &topic{place: at, streams: map[*stream]bool{}, watchers: map[*func()]bool{}, told: map[id.UUID]bool{}}
		f.topics[workspace] = t
	}
	return t
}

// forget drops a topic that nobody listens to.
func (f *Feed) forget(workspace id.UUID) {
	if t := f.topics[workspace]; t != nil && len(t.streams) == 0 && len(t.watchers) == 0 {
		delete(f.topics, workspace)
	}
}

// close ends all streams and waits for them.
func (f *Feed) close() {
	f.mu.Lock()
	f.closed = true
	for s := range f.opened {
		s.stop()
	}
	f.mu.Unlock()
	f.work.Wait()
}
