package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// tickEvent is an event of the tests' stream: a number.
type tickEvent struct {
	n    int64
	mark bool
}

func (e tickEvent) Place() (major, minor int64) { return e.n, 0 }
func (e tickEvent) Cursor() string              { return fmt.Sprint("c", e.n) }
func (e tickEvent) Mark() bool                  { return e.mark }

// clock is a log of ticks; each stream reads all of the past behind its `after`, then what comes.
type clock struct {
	mu      sync.Mutex
	n       int64
	changed chan struct{} // closed by the next tick
	runs    atomic.Int64  // executions
	streams atomic.Int64  // open ones
	size    int           // of an answer
}

func newClock() *clock { return &clock{changed: make(chan struct{})} }

// tick adds events.
func (c *clock) tick(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += n
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *clock) now() (int64, chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n, c.changed
}

func (c *clock) subscribe(ctx context.Context, _ *sync.Map) (func(context.Context) (any, bool), func(context.Context, any) (*graphql.Response, int)) {
	oc := graphql.GetOperationContext(ctx)
	at, _ := c.now()
	after := auth.From(ctx).Resume
	if v, ok := oc.Variables["after"].(string); ok && after == "" {
		after = v
	}
	if after != "" {
		if _, err := fmt.Sscanf(after, "c%d", &at); err != nil {
			graphql.AddError(ctx, fault.Input("after", "This is no cursor."))
			return nil, nil
		}
	}
	c.streams.Add(1)
	context.AfterFunc(ctx, func() { c.streams.Add(-1) })
	marked := false
	return func(ctx context.Context) (any, bool) {
			for {
				n, changed := c.now()
				if at < n {
					at++
					return tickEvent{n: at}, ctx.Err() == nil
				}
				if !marked {
					marked = true
					return tickEvent{at, true}, ctx.Err() == nil
				}
				select {
				case <-changed:
				case <-ctx.Done():
					return nil, false
				}
			}
		}, func(ctx context.Context, event any) (*graphql.Response, int) {
			c.runs.Add(1)
			return &graphql.Response{Data: fmt.Appendf(nil, `{"ticks":%d,"by":"%s%s"}`, event.(tickEvent).n, auth.From(ctx).Kind, strings.Repeat("x", c.size))}, 0
		}
}

// liveServer is a server with a clock to subscribe to.
type liveServer struct {
	t     *testing.T
	url   string // ws://
	api   *API
	clock *clock
	dead  atomic.Bool // the credentials
	watch atomic.Pointer[func()]
}

// workspace is where all callers of these tests are.
var workspace = id.New()

func newLiveServer(t *testing.T, change ...func(*Config)) *liveServer {
	t.Helper()
	s := &liveServer{t: t, clock: newClock()}
	c := testConfig()
	c.Origins, c.InitWait = []string{"https://app.example"}, patience
	c.Subscribe = s.clock.subscribe
	c.Authenticate = func(ctx context.Context, r *http.Request) (*auth.Viewer, error) {
		v, err := testViewer(ctx, r)
		if err != nil || s.dead.Load() {
			return nil, fault.New(fault.Unauthenticated, "The credentials are over.")
		}
		if v.Signed() {
			v.Workspace = workspace
		}
		if v.Kind == auth.ActorMember {
			v.Member = workspace // any id: not that of the API key
		}
		return v, nil
	}
	c.Watch = func(_ context.Context, _ id.UUID, changed func()) (func(), error) {
		s.watch.Store(&changed)
		return func() {}, nil
	}
	for _, do := range change {
		do(&c)
	}
	s.api = New(c)
	web := httptest.NewServer(s.api)
	s.url = "ws" + strings.TrimPrefix(web.URL, "http") + "/graphql"
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		s.api.Drain(ctx)
		web.Close()
	})
	return s
}

// client is a caller's end.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

func (s *liveServer) dial(protocols ...string) *client {
	s.t.Helper()
	conn, _, err := websocket.Dial(s.t.Context(), s.url, &websocket.DialOptions{Subprotocols: protocols})
	require.NoError(s.t, err)
	conn.SetReadLimit(-1)
	s.t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{s.t, conn}
}

// signedIn is a connection of somebody who may do everything.
func (s *liveServer) signedIn() *client {
	s.t.Helper()
	c := s.dial(protocol)
	c.send(`{"type":"connection_init","payload":{"token":"all"}}`)
	require.JSONEq(s.t, `{"type":"connection_ack"}`, c.read())
	return c
}

func (c *client) send(text string) {
	c.t.Helper()
	require.NoError(c.t, c.conn.Write(c.t.Context(), websocket.MessageText, []byte(text)))
}

func (c *client) tryRead() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, b, err := c.conn.Read(ctx)
	return string(b), err
}

func (c *client) read() string {
	c.t.Helper()
	text, err := c.tryRead()
	require.NoError(c.t, err)
	return text
}

// closes reads to the end and expects the code.
func (c *client) closes(code int) {
	c.t.Helper()
	for {
		if _, err := c.tryRead(); err != nil {
			require.Equal(c.t, code, int(websocket.CloseStatus(err)), err)
			return
		}
	}
}
