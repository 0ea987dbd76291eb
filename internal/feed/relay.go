package feed

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/mask"
)

// Bus carries wake-ups between the servers of one database. What it loses costs a second of delay and nothing else.
type Bus struct {
	Send    func(ctx context.Context, text string) error
	Receive func(ctx context.Context, hear func(text string)) error // blocks until the context or the bus ends
}

const (
	quiet = 100 * time.Millisecond // between two wake-ups: at most ten a second, whatever is written
	named = 150                    // workspaces of one wake-up; where there are more it names none
)

// relay tells the other servers where something was written, and hears it from them.
type relay struct {
	f    *Feed
	bus  Bus
	self string // this process: its own wake-ups come back
	wake chan struct{}

	mu    sync.Mutex
	fresh map[id.UUID]bool
}

// Relay connects the feed with those of other servers, until the context ends. It comes before Run.
func (f *Feed) Relay(ctx context.Context, bus Bus) {
	r := &relay{f: f, bus: bus, self: rand.Text(), wake: make(chan struct{}, 1), fresh: map[id.UUID]bool{}}
	f.relay = r
	f.work.Go(func() { f.guard(ctx, func() { r.send(ctx) }) })
	f.work.Go(func() { f.guard(ctx, func() { r.receive(ctx) }) })
}

// tell notes a workspace for the next wake-up.
func (r *relay) tell(workspace id.UUID) {
	r.mu.Lock()
	r.fresh[workspace] = true
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default: // one is about to be sent
	}
}

func (r *relay) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		}
		r.mu.Lock()
		fresh := r.fresh
		r.fresh = map[id.UUID]bool{}
		r.mu.Unlock()
		text := r.self
		for ws := range fresh {
			if len(fresh) <= named {
				text += " " + ws.String()
			}
		}
		if err := r.bus.Send(ctx, text); err != nil && ctx.Err() == nil {
			r.f.log.WarnContext(ctx, "other servers could not be woken", "error", mask.Error(err))
		}
		r.f.pause(ctx, quiet)
	}
}

func (r *relay) receive(ctx context.Context) {
	for ctx.Err() == nil {
		err := r.bus.Receive(ctx, r.hear)
		if err != nil && ctx.Err() == nil {
			r.f.log.WarnContext(ctx, "wake-ups of other servers cannot be heard", "error", mask.Error(err))
		}
		r.f.pause(ctx, away)
	}
}

// hear takes a wake-up.
func (r *relay) hear(text string) {
	from, names, some := strings.Cut(text, " ")
	if from == r.self {
		return
	}
	if !some {
		r.f.all()
		return
	}
	for name := range strings.SplitSeq(names, " ") {
		var ws id.UUID
		if err := ws.UnmarshalText([]byte(name)); err == nil {
			r.f.hint(ws)
		}
	}
}

// all makes the reader look at every workspace that somebody listens to.
func (f *Feed) all() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ws := range f.topics {
		f.hinted(ws)
	}
}
