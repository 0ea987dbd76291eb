package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// subscription is one that a caller opened. It begins with a stream of its own, which reads the past where the caller asks for it. When it
// has come to where a group of equal ones is, it joins them, and its own stream ends.
type subscription struct {
	id     string // of the client's choosing
	quoted []byte // the id as JSON
	call   *call
	outlet outlet

	at    place // of what it was sent last, or of a mark behind that
	index int   // among the group's members

	// Of a socket, which guards them: what is certainly before its close frame.
	sent   place
	cursor string

	mu    sync.Mutex
	stop  context.CancelFunc // of its own stream
	group *group
	over  bool
}

// outlet is the connection a subscription is sent over. None of these waits.
type outlet interface {
	next(s *subscription, payload []byte, cursor string) // no payload of a mark: only the news that it has come so far
	fail(s *subscription, errors gqlerror.List)          // it could not begin
	lost(s *subscription)                                // its stream has ended, and not for the caller's sake
}

// place is an event's in all streams of its workspace.
type place struct{ major, minor int64 }

func (p place) before(o place) bool {
	return p.major < o.major || p.major == o.major && p.minor < o.minor
}

func placeOf(e Event) place {
	major, minor := e.Place()
	return place{major, minor}
}

// groupKey is what equal subscriptions share: what they ask, and what they may see. Where a stream begins does not belong to it.
type groupKey struct {
	workspace id.UUID
	document  [32]byte
	operation string
	variables string
	rights    string
	who       id.UUID // where it depends on that; else zero
}

// sight is all of a viewer that decides what is answered.
func sight(v *auth.Viewer) string {
	return fmt.Sprint(v.Kind, v.Department, v.Role, v.Admin, v.Source, v.Permissions)
}

func (c *call) groupKey() groupKey {
	variables := c.context.Variables
	if after := c.beginning(); after != "" {
		variables = make(map[string]any, len(c.context.Variables))
		for name, v := range c.context.Variables {
			if name != after {
				variables[name] = v
			}
		}
	}
	text, _ := json.Marshal(variables) // they came as JSON
	k := groupKey{c.viewer.Workspace, c.doc.key, c.op.def.Name, string(text), sight(c.viewer), id.UUID{}}
	if c.op.rights.own {
		k.who = c.viewer.Actor()
	}
	return k
}

// beginning is the variable that says where the stream begins, where it says nothing else.
func (c *call) beginning() (variable string) {
	eachField(c.op.def.SelectionSet, func(f *ast.Field) {
		if after := f.Arguments.ForName("after"); after != nil && after.Value.Kind == ast.Variable && strings.Count(c.doc.text, "$"+after.Value.Raw) == 2 {
			variable = after.Value.Raw
		}
	})
	return variable
}

// group is the equal subscriptions that have come to the same place: an event is executed and encoded once for all of them.
type group struct {
	key  groupKey
	stop context.CancelFunc // of its stream

	mu      sync.Mutex
	at      place // what was sent last
	members []*subscription
}

// subscribe runs a subscription until it joins others, or ends.
func (l *live) subscribe(s *subscription) {
	ctx, stop := context.WithCancel(auth.With(l.ctx, s.call.viewer))
	if !s.begin(stop) {
		return
	}
	next, run, refused := l.engine.subscribe(ctx, s.call)
	if next == nil {
		stop()
		s.outlet.fail(s, refused)
		return
	}
	key := s.call.groupKey()
	for {
		event, ok := nextEvent(ctx, next)
		if !ok {
			break
		}
		s.at = placeOf(event)
		s.outlet.next(s, l.payload(ctx, s.call, run, event), event.Cursor())
		switch g, first := l.join(s, key, event.Mark()); {
		case first: // its stream is the group's from here on
			l.follow(ctx, g, s.call, next, run)
			return
		case g != nil:
			stop()
			return
		}
	}
	stop()
	if !s.ended() {
		s.outlet.lost(s)
	}
}

// payload is the answer for an event; nil for a mark.
func (l *live) payload(ctx context.Context, c *call, run func(context.Context, any) (*graphql.Response, int), event Event) []byte {
	if event.Mark() {
		return nil
	}
	return l.engine.event(ctx, c, run, event)
}

func nextEvent(ctx context.Context, next func(context.Context) (any, bool)) (Event, bool) {
	one, ok := next(ctx)
	event, is := one.(Event)
	return event, ok && is
}

// join makes a subscription a member of its group, if it has come to where the group is. A group is only begun by a subscription that
// has read all of the past, for the others would wait for it.
func (l *live) join(s *subscription, key groupKey, present bool) (g *group, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g = l.groups[key]
	if g == nil && !present {
		return nil, false
	}
	if first = g == nil; first {
		g = &group{key: key, at: s.at}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if s.at.before(g.at) {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return nil, false
	}
	if first {
		g.stop = s.stop
		l.groups[key] = g
	}
	s.group, s.index = g, len(g.members)
	g.members = append(g.members, s)
	return g, first
}

// follow sends a group its events until all have left, or the stream ends.
func (l *live) follow(ctx context.Context, g *group, c *call, next func(context.Context) (any, bool), run func(context.Context, any) (*graphql.Response, int)) {
	defer l.drop(g)
	for {
		event, ok := nextEvent(ctx, next)
		if !ok {
			return
		}
		at := placeOf(event)
		payload := l.payload(ctx, c, run, event)
		g.mu.Lock()
		g.at = at
		for _, s := range g.members {
			if s.at.before(at) {
				s.at = at
				s.outlet.next(s, payload, event.Cursor())
			}
		}
		g.mu.Unlock()
	}
}

// drop is the end of a group. Members that are left have lost their stream.
func (l *live) drop(g *group) {
	l.mu.Lock()
	if l.groups[g.key] == g {
		delete(l.groups, g.key)
	}
	g.stop()
	g.mu.Lock()
	left := g.members
	g.members = nil
	g.mu.Unlock()
	l.mu.Unlock()
	for _, s := range left {
		s.outlet.lost(s)
	}
}

// begin remembers how the subscription's own stream is stopped; false where it was ended before it began.
func (s *subscription) begin(stop context.CancelFunc) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop = stop
	if s.over {
		stop()
	}
	return !s.over
}

func (s *subscription) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// quit ends a subscription: nothing is sent to it any more.
func (l *live) quit(s *subscription) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.mu.Lock()
	g, stop := s.group, s.stop
	s.over, s.group = true, nil
	s.mu.Unlock()
	if g == nil {
		if stop != nil {
			stop()
		}
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if s.index >= len(g.members) || g.members[s.index] != s { // the group is over
		return
	}
	last := len(g.members) - 1
	g.members[s.index] = g.members[last]
	g.members[s.index].index = s.index
	g.members[last] = nil
	if g.members = g.members[:last]; last == 0 {
		delete(l.groups, g.key)
		g.stop()
	}
}
