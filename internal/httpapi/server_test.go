package httpapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// serve runs the API behind a real listener.
func serve(t *testing.T, config Config) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := Server("", New(config))
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		require.ErrorIs(t, <-done, http.ErrServerClosed)
	})
	return "http://" + l.Addr().String()
}

func TestEveryRequestHasAnID(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	for given, kept := range map[string]bool{"req-12345.ABC_x": true, "short": false, "with blank in it": false, "<script>alert</script>": false, strings.Repeat("x", 65): false, "": false} {
		r := post("", `{"query":"{"}`)
		r.Header.Set("X-Request-Id", given)
		g := send(t, h, r)
		id := g.Header.Get("X-Request-Id")
		require.Equal(t, kept, id == given, given)
		require.GreaterOrEqual(t, len(id), 8)
		require.Equal(t, id, g.Errors[0].Extensions["requestId"])
	}
}

func TestBrowsersMayCallFromListedOriginsOnly(t *testing.T) {
	t.Parallel()
	config := testConfig()
	config.Origins = []string{"https://app.example", "null", "*"}
	h := New(config)
	for origin, allowed := range map[string]bool{"https://app.example": true, "https://app.example.evil": false, "http://app.example": false, "null": false, "https://other.example": false} {
		r := httptest.NewRequest(http.MethodOptions, "/graphql", nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "POST")
		r.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, allowed, w.Header().Get("Access-Control-Allow-Origin") == origin, origin)
		require.Empty(t, w.Header().Get("Access-Control-Allow-Credentials"))
	}
	r := post("", `{"query":"{hello}"}`)
	r.Header.Set("Origin", "https://app.example")
	g := send(t, h, r)
	require.Equal(t, "https://app.example", g.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "nosniff", g.Header.Get("X-Content-Type-Options"))
}

func TestHealthAndReadiness(t *testing.T) {
	t.Parallel()
	config := testConfig()
	config.Ready = map[string]func(context.Context) error{
		"database": func(context.Context) error { return errors.New("password=hunter2") },
		"jobs":     func(context.Context) error { return nil },
	}
	h := New(config)
	g := send(t, h, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	require.Equal(t, http.StatusOK, g.Status, "a process that answers is healthy, whatever it needs")
	g = send(t, h, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	require.Equal(t, http.StatusServiceUnavailable, g.Status)
	require.JSONEq(t, `{"database":"failed","jobs":"ok"}`, g.Body)
	delete(config.Ready, "database")
	require.Equal(t, http.StatusOK, send(t, New(config), httptest.NewRequest(http.MethodGet, "/readyz", nil)).Status)
}

func TestTheSchemaIsServedAsSDL(t *testing.T) {
	t.Parallel()
	config := testConfig()
	config.Introspection = signedOnly
	h := New(config)
	r := httptest.NewRequest(http.MethodGet, "/schema.graphql", nil)
	require.Equal(t, http.StatusUnauthorized, send(t, h, r).Status)
	r.Header.Set("Authorization", "Bearer none")
	g := send(t, h, r)
	require.Equal(t, http.StatusOK, g.Status)
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: g.Body})
	require.NoError(t, err, "what is served loads again")
	require.NotNil(t, schema.Types["LeadConnection"])
	require.Contains(t, g.Body, `@can(do: ["leads:read"])`)
}

func TestOverTheWire(t *testing.T) {
	t.Parallel()
	url := serve(t, testConfig())
	do := func(body io.Reader, header ...string) (*http.Response, string) {
		r, err := http.NewRequest(http.MethodPost, url+"/graphql", body)
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer, string(text)
	}
	answer, text := do(strings.NewReader(`{"query":"{hello}"}`))
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, text, `"data"`)

	answer, _ = do(strings.NewReader(`{"query":"{hello}"}`), "X-Pad", strings.Repeat("a", 32<<10))
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer.StatusCode)

	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write([]byte(`{"query":"{hello}"` + strings.Repeat(" ", 10_000_000) + "}"))
	require.NoError(t, z.Close())
	answer, _ = do(&bomb, "Content-Encoding", "gzip")
	require.Equal(t, http.StatusUnsupportedMediaType, answer.StatusCode)

	endless := &endlessBody{}
	answer, text = do(endless)
	require.Equal(t, http.StatusRequestEntityTooLarge, answer.StatusCode)
	require.Contains(t, text, "BODY_TOO_LARGE")
	require.True(t, answer.Close, "the connection is not read to its end")
	require.Less(t, endless.sent.Load(), int64(16<<20))
}

// endlessBody never ends and does not say how long it is.
type endlessBody struct{ sent atomic.Int64 }

func (b *endlessBody) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	b.sent.Add(int64(len(p)))
	return len(p), nil
}

func TestABodyThatDoesNotArriveIsGivenUp(t *testing.T) {
	t.Parallel()
	config := hasty()
	conn, err := net.Dial("tcp", strings.TrimPrefix(serve(t, config), "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	text, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Contains(t, string(text), "400 Bad Request")
}

// spanCounter counts the spans that are started.
type spanCounter struct {
	noop.TracerProvider
	started int
}

func (c *spanCounter) Tracer(string, ...trace.TracerOption) trace.Tracer {
	return countingTracer{counter: c}
}

type countingTracer struct {
	noop.Tracer
	counter *spanCounter
}

func (t countingTracer) Start(ctx context.Context, name string, o ...trace.SpanStartOption) (context.Context, trace.Span) {
	t.counter.started++
	return t.Tracer.Start(ctx, name, o...)
}

func TestRequestsAreTracedWhereATracerIsGiven(t *testing.T) {
	t.Parallel()
	spans := &spanCounter{}
	config := testConfig()
	config.Tracer = spans
	require.Equal(t, http.StatusOK, ask(t, New(config), "", "{hello}", nil).Status)
	require.Equal(t, 1, spans.started)
}

func TestTheNumbersOfARequest(t *testing.T) {
	t.Parallel()
	var seen []Observation
	config := testConfig()
	config.Observe = func() func(Observation) { return func(o Observation) { o.Took = 0; seen = append(seen, o) } }
	h := New(config)
	ask(t, h, "all", "{hello}", nil)
	ask(t, h, "all", "{hello}", nil)
	ask(t, h, "all", `mutation{save(note:{text:"x"}){id}}`, nil)
	ask(t, h, "", "{", nil)
	require.Equal(t, []Observation{
		{Operation: "query", Status: 200, Code: "OK"}, {Operation: "query", Status: 200, Code: "OK", Cached: true},
		{Operation: "mutation", Status: 200, Code: "OK"}, {Status: 400, Code: "GRAPHQL_PARSE_FAILED"},
	}, seen)
}
