package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/mask"
)

const (
	tick    = time.Second      // between two looks at the connections
	trusted = 30 * time.Second // for so long a caller's rights are believed of whom nobody says that they changed
	litter  = 256              // connections, or a quarter of all, whose opening leaves enough behind to be collected: four times what they keep, which the heap would let lie
	spread  = 5 * time.Second  // over which a server that ends closes its connections, so that their callers do not all come back at once
)

// live is all of this server that stays open: connections and subscriptions.
type live struct {
	engine *engine
	ctx    context.Context // of all that runs
	stop   context.CancelFunc
	opened sync.WaitGroup // the connections
	work   sync.WaitGroup // the goroutines

	mu      sync.Mutex
	links   map[*link]bool
	groups  map[groupKey]*group
	callers map[string]int // connections and subscriptions of each caller
	watches map[id.UUID]*watch
	due     map[id.UUID]bool // workspaces in which somebody's access changed
	litter  int              // connections opened since the last collection
	running bool             // the look at the connections
	closing bool
}

// watch is a workspace that connections belong to.
type watch struct {
	links int
	stop  func()
}

// link is one connection that stays open: a socket, or a stream of events.
type link struct {
	viewer *auth.Viewer
	again  func(context.Context) (*auth.Viewer, error) // reads the credentials anew
	end    func(code int, reason string)               // ends the connection: a close code of the protocol; it does not wait
	idle   func(now time.Time)                         // looks after a connection on which nothing happens
	seen   time.Time                                   // when the credentials were read last
}

func newLive(e *engine) *live {
	ctx, stop := context.WithCancel(context.Background())
	return &live{engine: e, ctx: ctx, stop: stop, links: map[*link]bool{}, groups: map[groupKey]*group{}, callers: map[string]int{},
		watches: map[id.UUID]*watch{}, due: map[id.UUID]bool{}}
}

// spawn runs something beside; a panic there ends that, not the process.
func (l *live) spawn(do func()) {
	l.work.Go(func() {
		defer func() {
			if reason := recover(); reason != nil {
				l.engine.config.Logger.LogAttrs(l.ctx, slog.LevelError, "panic", slog.String("error", mask.Panic(reason)), slog.String("stack", string(debug.Stack())))
			}
		}()
		do()
	})
}

// ending tells that nothing new is begun.
func (l *live) ending() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closing
}

// aside runs something on a stack of its own and waits for it: that of a goroutine which waits for the next message stays small.
func (l *live) aside(do func()) {
	var done sync.WaitGroup
	done.Add(1)
	l.spawn(func() {
		defer done.Done()
		do()
	})
	done.Wait()
}

// leaving is what a server answers that is about to end.
func leaving() *fault.Error {
	return &fault.Error{Code: fault.Unavailable, Retryable: true, RetryAfter: time.Second, Message: "This server is about to end. Connect again."}
}

// caller names who the limits of connections and subscriptions count for.
func caller(v *auth.Viewer) string {
	if !v.Signed() {
		return "address " + v.RemoteAddr
	}
	return v.Workspace.String() + " " + v.Actor().String()
}

// enter counts one more connection or subscription of a caller, or refuses it.
func (l *live) enter(v *auth.Viewer) *fault.Error {
	l.mu.Lock()
	defer l.mu.Unlock()
	name, most := caller(v), l.engine.config.Limits.PerCaller
	switch {
	case l.closing:
		return leaving()
	case l.callers[name] >= most:
		return fault.New(fault.SubscriptionLimit, "You have %d connections and subscriptions open on this server, the most that one caller may: end some, "+
			"or let several readers share one.", most)
	}
	l.callers[name]++
	return nil
}

// leave is the end of what enter counted.
func (l *live) leave(v *auth.Viewer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := caller(v)
	if l.callers[name]--; l.callers[name] == 0 {
		delete(l.callers, name)
	}
}

// open takes a connection whose caller is known among those that are looked after, until shut.
func (l *live) open(k *link) *fault.Error {
	if refused := l.enter(k.viewer); refused != nil {
		return refused
	}
	ws := k.viewer.Workspace
	l.mu.Lock()
	defer l.mu.Unlock()
	k.seen = time.Now()
	l.links[k] = true
	l.opened.Add(1)
	w := l.watches[ws]
	if w == nil {
		w = &watch{stop: func() {}}
		l.watches[ws] = w
		l.spawn(func() { l.watch(ws, w) })
	}
	w.links++
	if l.litter++; l.litter > max(litter, len(l.links)/4) {
		l.litter = 0
		l.spawn(runtime.GC)
	}
	if !l.running {
		l.running = true
		l.spawn(l.look)
	}
	return nil
}

// shut is the end of a connection.
func (l *live) shut(k *link) {
	defer l.opened.Done()
	l.leave(k.viewer)
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.links, k)
	ws := k.viewer.Workspace
	if w := l.watches[ws]; w != nil {
		if w.links--; w.links == 0 {
			delete(l.watches, ws)
			l.spawn(w.stop)
		}
	}
}

// watch asks to be told when somebody's access changes in a workspace. Where that cannot be had, the look at the connections is enough,
// only later.
func (l *live) watch(ws id.UUID, w *watch) {
	if l.engine.config.Watch == nil {
		return
	}
	stop, err := l.engine.config.Watch(l.ctx, ws, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.due[ws] = true
	})
	if err != nil {
		l.engine.config.Logger.LogAttrs(l.ctx, slog.LevelWarn, "changes of access cannot be heard of", slog.String("error", mask.Error(err)))
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.stop = stop; l.watches[ws] != w {
		l.spawn(stop)
	}
}

// authenticate reads a connection's credentials anew.
func (l *live) authenticate(ctx context.Context, header http.Header, from *auth.Viewer) (*auth.Viewer, error) {
	v, err := l.engine.config.Authenticate(ctx, (&http.Request{Header: header}).WithContext(ctx))
	if err != nil {
		return nil, err
	}
	return marked(v, from), nil
}

// look looks after the connections while there are any.
func (l *live) look() {
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-l.ctx.Done():
		}
		l.mu.Lock()
		due, all := l.due, make([]*link, 0, len(l.links))
		l.due = map[id.UUID]bool{}
		for k := range l.links {
			all = append(all, k)
		}
		l.running = len(all) > 0 && l.ctx.Err() == nil
		again := l.running
		l.mu.Unlock()
		if !again {
			return
		}
		for _, k := range all {
			l.check(k, due[k.viewer.Workspace])
		}
	}
}

// check ends a connection whose caller may not go on.
func (l *live) check(k *link, changed bool) {
	now := l.engine.config.Now()
	k.idle(now)
	if until := k.viewer.Until; !until.IsZero() && !now.Before(until) {
		k.end(closeForbidden, "Your credentials have ended: connect again with new ones.")
		return
	}
	if !changed && now.Sub(k.seen) < trusted {
		return
	}
	ctx, cancel := context.WithTimeout(l.ctx, l.engine.config.Timeout)
	defer cancel()
	viewer, err := k.again(ctx)
	switch f := fault.As(err); {
	case err == nil && sight(viewer) == sight(k.viewer):
		k.seen = now
	case err == nil:
		k.end(closeForbidden, "Your rights have changed: connect again.")
	case f != nil && !f.Retryable:
		k.end(closeForbidden, "Your credentials have ended: connect again with new ones.")
	case changed: // the database is away: ask again
		l.mu.Lock()
		l.due[k.viewer.Workspace] = true
		l.mu.Unlock()
	}
}

// drain ends all connections, one after the other, and waits for all that runs, but not beyond the context.
func (l *live) drain(ctx context.Context) {
	l.mu.Lock()
	l.closing = true
	all := make([]*link, 0, len(l.links))
	for k := range l.links {
		all = append(all, k)
	}
	l.mu.Unlock()
	for _, k := range all {
		k.end(closeRestart, "This server ends.")
		pause(ctx, min(spread/time.Duration(len(all)), 10*time.Millisecond))
	}
	defer context.AfterFunc(ctx, l.stop)() // what does not end by itself is cut
	l.opened.Wait()
	l.stop()
	l.work.Wait()
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
