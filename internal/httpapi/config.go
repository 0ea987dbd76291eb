// Package httpapi is how callers reach the graph over HTTP: the way of a request from its bytes to its answer, and every limit
// on that way.
//
// A request passes, in this order: method and media types, viewer, body, document (from the cache; or parsed, guarded, validated
// and analysed), operation, rights, variables, cost, rate, execution, answer. Whatever refuses before execution has not touched
// the graph. Each step has a file of its own, named after it.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/trace"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Config is what the API is wired from. Schema is needed; every other field may be left out.
type Config struct {
	// Schema executes operations and knows the types.
	Schema graphql.ExecutableSchema
	// Exec runs a query or mutation in Schema's place. plans belongs to the cached operation and dies with it, so that an
	// executor can keep there what it compiled; objects is how many the answer holds, negative where that was not counted.
	Exec func(ctx context.Context, plans *sync.Map, room []byte) (answer *graphql.Response, objects int)
	// Subscribe opens a subscription. next waits for an event, an Event, and is false after the last; run answers one, in a context of
	// its own. Where it cannot be opened both are nil, and the reasons are with ctx. nil serves no subscriptions.
	Subscribe func(ctx context.Context, plans *sync.Map) (next func(context.Context) (event any, ok bool), run func(ctx context.Context, event any) (answer *graphql.Response, objects int))
	// Watch calls changed, which does not wait, when somebody's access changes in a workspace, until stop is called; nil watches nothing.
	Watch func(ctx context.Context, workspace id.UUID, changed func()) (stop func(), err error)
	// Authenticate tells who calls: a viewer without workspace where there are no credentials, a fault for bad ones.
	Authenticate func(ctx context.Context, r *http.Request) (*auth.Viewer, error)
	// Introspection tells who may read the schema; nil lets everybody.
	Introspection func(v *auth.Viewer) bool
	// Suggestions adds "Did you mean" to validation errors. They tell names of the schema: leave it off in production.
	Suggestions bool
	// Limit takes an operation's cost out of its caller's allowance, and tells what is left, or when there will be enough: 0 for
	// never. nil sets no limit.
	Limit func(v *auth.Viewer, cost int, now time.Time) (left auth.Throttle, retryAfter time.Duration, ok bool)
	// Refund puts back what the answer cost less than was requested; nil keeps it.
	Refund func(v *auth.Viewer, points int, now time.Time) auth.Throttle
	// Limits are the bounds of one request; zero fields take the defaults.
	Limits Limits
	// Timeout ends operations; 10 seconds where zero.
	Timeout time.Duration
	// InitWait is how long a WebSocket may take to say who it is; 5 seconds where zero.
	InitWait time.Duration
	// CacheBytes bounds the documents kept; 16 MiB where zero.
	CacheBytes int
	// Logger takes the access log and our own failures; slog's default where nil.
	Logger *slog.Logger
	// Now is the clock; time.Now where nil.
	Now func() time.Time

	// Observe is called when a request begins, what it returns when the request ends.
	Observe func() func(Observation)
	// Tracer, where given, traces requests.
	Tracer trace.TracerProvider
	// Origins are the web pages' origins that browsers may call from, exactly as browsers send them.
	Origins []string
	// Ready are the checks behind /readyz, by name.
	Ready map[string]func(ctx context.Context) error
	// Routes are further handlers by ServeMux pattern.
	Routes map[string]http.Handler
}

// Event is what a subscription brings.
type Event interface {
	// Place grows along a stream, and an event has the same place in all streams of its workspace.
	Place() (major, minor int64)
	// Cursor is where a stream goes on behind the event.
	Cursor() string
	// Mark tells that this is no event: the stream has come to this place and waits for what comes.
	Mark() bool
}

// Observation is what one request to the graph was, for counting. It has no free text: every field has few values.
type Observation struct {
	Operation string // query, mutation, subscription; empty where the document gave none
	Status    int
	Code      string // the first error's code; OK without errors
	Cached    bool   // the document came from the cache
	Took      time.Duration
}

// Limits are the bounds of one request.
type Limits struct {
	Body          int // bytes of a request body
	JSON          int // nesting of the body and of variables
	Tokens        int // of a document
	Depth         int // nesting of fields, through fragments
	Introspection int // the same below __schema and __type
	Literal       int // nesting of lists and objects in a literal
	Aliases       int // of a document
	Roots         int // root fields of an operation
	SameKey       int // times the same response key stands in one selection set
	Fields        int // of a document
	Fragments     int // of a document
	Operations    int // of a document
	Directives    int // of a document
	Comparisons   int // pairs of fields that validation may have to compare
	Cost          int // points of an operation
	Page          int // of first and last
	Errors        int // in an answer
	ErrorBytes    int // of all errors in an answer
	Subscriptions int // and other operations at the same time on one connection
	PerCaller     int // connections and subscriptions of one caller on one server
}

// DefaultLimits are the bounds that the documentation states.
func DefaultLimits() Limits {
	return Limits{
		Body: 256 << 10, JSON: 32, Tokens: 4000, Depth: 12, Introspection: 20, Literal: 8, Aliases: 30, Roots: 30, SameKey: 3,
		Fields: 400, Fragments: 50, Operations: 5, Directives: 20, Comparisons: 10_000, Cost: 5000, Page: 250, Errors: 10,
		ErrorBytes: 64 << 10, Subscriptions: 50, PerCaller: 1000,
	}
}

// orDefault fills in what is zero.
func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	for _, f := range []struct {
		have *int
		want int
	}{
		{&l.Body, d.Body}, {&l.JSON, d.JSON}, {&l.Tokens, d.Tokens}, {&l.Depth, d.Depth}, {&l.Introspection, d.Introspection},
		{&l.Literal, d.Literal}, {&l.Aliases, d.Aliases}, {&l.Roots, d.Roots}, {&l.SameKey, d.SameKey}, {&l.Fields, d.Fields},
		{&l.Fragments, d.Fragments}, {&l.Operations, d.Operations}, {&l.Directives, d.Directives},
		{&l.Comparisons, d.Comparisons}, {&l.Cost, d.Cost}, {&l.Page, d.Page}, {&l.Errors, d.Errors}, {&l.ErrorBytes, d.ErrorBytes},
		{&l.Subscriptions, d.Subscriptions}, {&l.PerCaller, d.PerCaller},
	} {
		if *f.have == 0 {
			*f.have = f.want
		}
	}
	return l
}

// orDefault fills in what was left out.
func (c Config) orDefault() Config {
	c.Limits = c.Limits.orDefault()
	if c.Authenticate == nil {
		c.Authenticate = func(context.Context, *http.Request) (*auth.Viewer, error) { return &auth.Viewer{}, nil }
	}
	if c.Introspection == nil {
		c.Introspection = func(*auth.Viewer) bool { return true }
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.InitWait == 0 {
		c.InitWait = 5 * time.Second
	}
	if c.CacheBytes == 0 {
		c.CacheBytes = 16 << 20
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Observe == nil {
		c.Observe = func() func(Observation) { return func(Observation) {} }
	}
	return c
}
