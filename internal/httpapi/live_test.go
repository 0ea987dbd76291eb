package httpapi

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
)

const ticks = `{"id":"1","type":"subscribe","payload":{"query":"subscription { ticks }"}}`

// until waits for something to become so.
func until(t *testing.T, so func() bool) {
	t.Helper()
	require.Eventually(t, so, patience, time.Millisecond)
}

func TestTheProtocolsCloseCodes(t *testing.T) {
	t.Parallel()
	const hello = `{"type":"connection_init","payload":{"token":"all"}}`
	for name, c := range map[string]struct {
		protocols []string
		send      []string
		code      int
	}{
		"another subprotocol":                 {[]string{"graphql-ws"}, nil, 4406},
		"no subprotocol":                      {nil, nil, 4406},
		"no word":                             {[]string{protocol}, nil, 4408},
		"a second connection_init":            {[]string{protocol}, []string{hello, hello}, 4429},
		"no credentials":                      {[]string{protocol}, []string{`{"type":"connection_init"}`}, 4401},
		"bad credentials":                     {[]string{protocol}, []string{`{"type":"connection_init","payload":{"apiKey":"nobody's"}}`}, 4401},
		"credentials that are no text":        {[]string{protocol}, []string{`{"type":"connection_init","payload":{"token":7}}`}, 4400},
		"an operation before the credentials": {[]string{protocol}, []string{ticks}, 4401},
		"an id that is in use":                {[]string{protocol}, []string{hello, ticks, ticks}, 4409},
		"no JSON":                             {[]string{protocol}, []string{`hello`}, 4400},
		"no object":                           {[]string{protocol}, []string{`[]`}, 4400},
		"an unknown type":                     {[]string{protocol}, []string{`{"type":"start"}`}, 4400},
		"an operation without an id":          {[]string{protocol}, []string{hello, `{"type":"subscribe","payload":{"query":"{hello}"}}`}, 4400},
		"an operation without a payload":      {[]string{protocol}, []string{hello, `{"type":"subscribe","id":"1"}`}, 4400},
		"a message that is too long":          {[]string{protocol}, []string{hello, `{"type":"ping","payload":{"x":"` + strings.Repeat("x", 300<<10) + `"}}`}, 1009},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newLiveServer(t, func(config *Config) {
				if len(c.send) == 0 { // it ends for want of a word, or at once
					config.InitWait = 500 * time.Millisecond
				}
			})
			client := s.dial(c.protocols...)
			for _, text := range c.send {
				client.send(text)
			}
			client.closes(c.code)
		})
	}
	t.Run("an id that fills the reason is not cut within a character", func(t *testing.T) {
		t.Parallel()
		c := newLiveServer(t).signedIn()
		for range 2 {
			c.send(strings.Replace(ticks, `"1"`, `"a`+strings.Repeat("€", 60)+`"`, 1))
		}
		_, err := c.tryRead()
		var end websocket.CloseError
		require.ErrorAs(t, err, &end)
		require.Equal(t, 4409, int(end.Code))
		require.Equal(t, "Subscriber for a"+strings.Repeat("€", 35), end.Reason)
	})
	t.Run("bytes", func(t *testing.T) {
		t.Parallel()
		c := newLiveServer(t).signedIn()
		require.NoError(t, c.conn.Write(t.Context(), websocket.MessageBinary, []byte(hello)))
		c.closes(4400)
	})
}

func TestAnOriginThatIsNotListedCannotConnect(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	host := strings.TrimSuffix(strings.TrimPrefix(s.url, "ws://"), "/graphql")
	for origin, ok := range map[string]bool{"https://app.example": true, "http://" + host: true, "https://evil.example": false, "null": false, "https://app.example.evil.example": false, "": false} {
		conn, res, err := websocket.Dial(t.Context(), s.url, &websocket.DialOptions{Subprotocols: []string{protocol}, HTTPHeader: http.Header{"Origin": {origin}}})
		if !ok {
			require.Error(t, err, origin)
			require.Equal(t, http.StatusForbidden, res.StatusCode, origin)
			continue
		}
		require.NoError(t, err, origin)
		_ = conn.CloseNow()
	}
}

func TestOperationsOverASocket(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	c := s.signedIn()
	for name, e := range map[string]struct{ send, want string }{
		"a query":            {`{"id":"q","type":"subscribe","payload":{"query":"{ hello(name: \"x\") }"}}`, `"type":"next","payload":{"data":{"hello":`},
		"a mutation":         {`{"id":"m","type":"subscribe","payload":{"query":"mutation { save(note: {text: \"a\"}) { id } }"}}`, `"type":"next","payload":{"data":{"save":`},
		"a bad document":     {`{"id":"b","type":"subscribe","payload":{"query":"{ nope }"}}`, `"type":"error","payload":[{"message":`},
		"a cursor of others": {`{"id":"c","type":"subscribe","payload":{"query":"subscription ($after: String) { ticks(after: $after) }","variables":{"after":"x"}}}`, `"type":"error"`},
		"a ping":             {`{"type":"ping","payload":{"a": 1}}`, `{"type":"pong","payload":{"a":1}}`},
	} {
		c.send(e.send)
		require.Contains(t, c.read(), e.want, name)
		if strings.HasPrefix(e.want, `"type":"next"`) {
			require.Contains(t, c.read(), `"type":"complete"`, name)
		}
	}
	t.Run("an id may be used again behind its end", func(t *testing.T) {
		for range 3 {
			c.send(`{"id":"q","type":"subscribe","payload":{"query":"{ hello }"}}`)
			require.Contains(t, c.read(), `{"id":"q","type":"next"`)
			require.JSONEq(t, `{"id":"q","type":"complete"}`, c.read())
		}
	})
	t.Run("a subscription ends when its caller completes it", func(t *testing.T) {
		c.send(ticks)
		until(t, func() bool { return s.clock.streams.Load() == 1 })
		s.clock.tick(1)
		require.Contains(t, c.read(), `"payload":{"data":{"ticks":1,`)
		c.send(`{"id":"1","type":"complete"}`)
		until(t, func() bool { return s.clock.streams.Load() == 0 })
	})
}

// TestACallerNeedNotWaitForTheHandshake sends the request and what follows it in one piece, some of it more than the connection's buffer holds.
func TestACallerNeedNotWaitForTheHandshake(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	at := strings.TrimSuffix(strings.TrimPrefix(s.url, "ws://"), "/graphql")
	conn, err := net.Dial("tcp", at)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	out := fmt.Appendf(nil, "GET /graphql HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: %s\r\n\r\n", at, protocol)
	long := strings.Repeat("x", 2000)
	for _, text := range []string{`{"type":"connection_init","payload":{"token":"all"}}`, `{"type":"ping","payload":"` + long + `"}`, `{"id":"q","type":"subscribe","payload":{"query":"{ hello }"}}`} {
		out = append(out, 0x81, 0x80|126, byte(len(text)>>8), byte(len(text)), 0, 0, 0, 0) // a mask of zeros changes nothing
		out = append(out, text...)
	}
	_, err = conn.Write(out)
	require.NoError(t, err)
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, answer.StatusCode)
	for _, want := range []string{`"connection_ack"`, long, `"hello"`} {
		head := make([]byte, 2)
		_, err := io.ReadFull(in, head)
		require.NoError(t, err)
		size := int(head[1])
		if size == 126 {
			_, err = io.ReadFull(in, head)
			require.NoError(t, err)
			size = int(binary.BigEndian.Uint16(head))
		}
		text := make([]byte, size)
		_, err = io.ReadFull(in, text)
		require.NoError(t, err)
		require.Contains(t, string(text), want)
	}
}

func TestEqualSubscriptionsShareAnExecution(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	s.clock.tick(10)
	const subscribe = `{"id":"%d","type":"subscribe","payload":{"query":"subscription ($after: String) { ticks(after: $after) }","variables":{"after":"c%d"}}}`
	var all []*client
	for i := range 20 { // each begins elsewhere in the past
		c := s.signedIn()
		c.send(fmt.Sprintf(subscribe, i, 10-i%5))
		for n := 10 - i%5 + 1; n <= 10; n++ {
			require.Contains(t, c.read(), fmt.Sprintf(`{"id":"%d","type":"next","payload":{"data":{"ticks":%d,`, i, n))
		}
		all = append(all, c)
	}
	until(t, func() bool { return s.clock.streams.Load() == 1 })
	before := s.clock.runs.Load()
	s.clock.tick(50)
	for i, c := range all {
		for n := 11; n <= 60; n++ {
			require.Contains(t, c.read(), fmt.Sprintf(`{"id":"%d","type":"next","payload":{"data":{"ticks":%d,`, i, n), "nothing lost, nothing twice")
		}
	}
	require.EqualValues(t, 50, s.clock.runs.Load()-before)
	t.Run("but not one with other rights", func(t *testing.T) {
		c := s.dial(protocol)
		c.send(`{"type":"connection_init","payload":{"token":"leads"}}`)
		c.read()
		c.send(fmt.Sprintf(subscribe, 99, 60))
		until(t, func() bool { return s.clock.streams.Load() == 2 })
		s.clock.tick(1)
		require.Contains(t, c.read(), `"by":"API_KEY`)
		require.Contains(t, all[0].read(), `"by":"MEMBER`)
	})
}

func TestWhoseAccessEndsIsCutOff(t *testing.T) {
	t.Parallel()
	t.Run("when the credentials end", func(t *testing.T) {
		t.Parallel()
		s := newLiveServer(t)
		c := s.signedIn()
		c.send(ticks)
		s.dead.Store(true)
		until(t, func() bool { return s.watch.Load() != nil })
		(*s.watch.Load())()
		c.closes(4403)
	})
	t.Run("when the token expires", func(t *testing.T) {
		t.Parallel()
		s := newLiveServer(t, func(c *Config) {
			c.Authenticate = func(context.Context, *http.Request) (*auth.Viewer, error) {
				return &auth.Viewer{Workspace: workspace, Until: time.Now().Add(time.Second)}, nil
			}
		})
		s.signedIn().closes(4403)
	})
	t.Run("when the rights change", func(t *testing.T) {
		t.Parallel()
		var fewer atomic.Bool
		s := newLiveServer(t, func(c *Config) {
			c.Authenticate = func(context.Context, *http.Request) (*auth.Viewer, error) {
				if fewer.Load() {
					return &auth.Viewer{Workspace: workspace}, nil
				}
				return &auth.Viewer{Workspace: workspace, Permissions: auth.All()}, nil
			}
		})
		c := s.signedIn()
		fewer.Store(true)
		until(t, func() bool { return s.watch.Load() != nil })
		(*s.watch.Load())()
		c.closes(4403)
	})
}

func TestOneCallerHasSoManySubscriptions(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t, func(c *Config) { c.Limits.PerCaller = 60 })
	subscribe := func(c *client, i int) string {
		c.send(fmt.Sprintf(`{"id":"%d","type":"subscribe","payload":{"query":"subscription { ticks }"}}`, i))
		c.send(`{"type":"ping"}`)
		return c.read()
	}
	c := s.signedIn()
	for i := range 50 {
		require.JSONEq(t, `{"type":"pong"}`, subscribe(c, i))
	}
	require.Contains(t, subscribe(c, 50), `"code":"SUBSCRIPTION_LIMIT"`, "fifty on one connection")
	c = s.dial(protocol)
	c.send(`{"type":"connection_init","payload":{"token":"leads"}}`)
	require.JSONEq(t, `{"type":"connection_ack"}`, c.read(), "another caller is not held up")
}

func TestOfTenThousandSubscriptionsOfOneKeyAThousandAreServed(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	s.clock.tick(1)
	served, refused := 0, 0
	var all []*client
	for range 20 { // each asks for 500, of which one connection may have 50; and it counts itself
		c := s.signedIn()
		all = append(all, c)
		for i := range 500 {
			c.send(fmt.Sprintf(`{"id":"%d","type":"subscribe","payload":{"query":"subscription ($after: String) { ticks(after: $after) }","variables":{"after":"c0"}}}`, i))
		}
		for range 500 { // either the event, or why not
			if answer := c.read(); strings.Contains(answer, `"code":"SUBSCRIPTION_LIMIT"`) {
				refused++
			} else {
				require.Contains(t, answer, `"type":"next"`)
				served++
			}
		}
	}
	require.Equal(t, []int{980, 9020}, []int{served, refused})
	late := s.dial(protocol)
	late.send(`{"type":"connection_init","payload":{"token":"all"}}`)
	late.closes(int(websocket.StatusTryAgainLater))
	other := s.dial(protocol)
	other.send(`{"type":"connection_init","payload":{"token":"leads"}}`)
	require.JSONEq(t, `{"type":"connection_ack"}`, other.read(), "another caller is not held up")
	s.clock.tick(1)
	require.Contains(t, all[0].read(), `"type":"next"`, "those that are served are")
	for _, c := range all {
		require.NoError(t, c.conn.CloseNow())
	}
	until(t, func() bool {
		again := s.dial(protocol)
		again.send(`{"type":"connection_init","payload":{"token":"all"}}`)
		text, err := again.tryRead()
		return err == nil && text == `{"type":"connection_ack"}`
	})
}

// members is how many subscriptions share streams.
func (l *live) members() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, g := range l.groups {
		g.mu.Lock()
		n += len(g.members)
		g.mu.Unlock()
	}
	return n
}

func TestAServerThatEndsLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	var all []*client
	for i := range 20 {
		c := s.signedIn()
		for j := range 1 + i%3 {
			c.send(fmt.Sprintf(`{"id":"%d","type":"subscribe","payload":{"query":"subscription { ticks }"}}`, j))
		}
		all = append(all, c)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		s.api.Drain(ctx) // waits for every goroutine of its
	}()
	for _, c := range all {
		c.closes(1012)
	}
	<-ended
	until(t, func() bool { return s.clock.streams.Load() == 0 }) // the source hears of its end beside
	require.Empty(t, s.api.live.links)
	require.Empty(t, s.api.live.groups)
	require.Empty(t, s.api.live.callers)
	_, res, err := websocket.Dial(t.Context(), s.url, &websocket.DialOptions{Subprotocols: []string{protocol}})
	require.Error(t, err)
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
}

func TestEventsAsServerSent(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	s.clock.tick(3)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http"+strings.TrimPrefix(s.url, "ws")+"?query=subscription{ticks}", nil)
	require.NoError(t, err)
	req.Header = http.Header{"Accept": {"text/event-stream"}, "Authorization": {"Bearer all"}, "Last-Event-Id": {"c1"}}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	b := make([]byte, 0, 4096)
	until(t, func() bool {
		n, err := res.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		return err != nil || strings.Count(string(b), "\n\n") == 3
	})
	require.Equal(t, ":\n\nid: c2\nevent: next\ndata: {\"data\":{\"ticks\":2,\"by\":\"MEMBER\"}}\n\nid: c3\nevent: next\ndata: {\"data\":{\"ticks\":3,\"by\":\"MEMBER\"}}\n\n", string(b))
	cancel()
	until(t, func() bool { return s.clock.streams.Load() == 0 })
	t.Run("one that cannot begin says why, and ends", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"subscription ($after: String) { ticks(after: $after) }","variables":{"after":"x"}}`))
		r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}, "Authorization": {"Bearer all"}}
		g := send(t, s.api, r)
		var answer struct{ Errors []json.RawMessage }
		_, text, _ := strings.Cut(g.Body, "data: ")
		require.NoError(t, json.NewDecoder(strings.NewReader(text)).Decode(&answer))
		require.Len(t, answer.Errors, 1)
		require.Contains(t, g.Body, "event: complete")
	})
}
