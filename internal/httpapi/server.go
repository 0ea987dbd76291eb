package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/rs/cors"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// New is the whole API as one handler: /graphql, /schema.graphql, /healthz, /readyz and what Config.Routes adds, behind request
// ids, the access log, CORS and, where asked for, tracing.
func New(config Config) *API {
	graph := newGraphQL(config)
	config = graph.engine.config
	mux := http.NewServeMux()
	mux.Handle("/graphql", graph)
	mux.Handle("GET /schema.graphql", graph.schemaText())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, []byte(`{"status":"ok"}`)) })
	mux.Handle("GET /readyz", readiness(config.Ready))
	for pattern, handler := range config.Routes {
		mux.Handle(pattern, handler)
	}
	handler := crossOrigin(config.Origins, access(config.Logger, mux))
	if config.Tracer != nil {
		handler = otelhttp.NewHandler(handler, "http", otelhttp.WithTracerProvider(config.Tracer))
	}
	return &API{handler, graph.live}
}

// API is the whole API.
type API struct {
	http.Handler
	live *live
}

// Drain ends the sockets and streams, one after the other, so that their callers go on at another server, and waits for all that runs
// for them; what has not ended with the context is cut. Nothing new is taken from then on.
func (a *API) Drain(ctx context.Context) { a.live.drain(ctx) }

// Server is an http.Server with the bounds that hold before a handler runs. Bodies have bounds of their own where they are read.
func Server(addr string, handler http.Handler) *http.Server {
	return &http.Server{Addr: addr, Handler: handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
}

// crossOrigin lets the pages of the listed origins call the API from browsers. There are no cookies, so credentials are never
// allowed; `null`, the origin of sandboxed pages and local files, is nobody's and never listed.
func crossOrigin(origins []string, next http.Handler) http.Handler {
	origins = slices.DeleteFunc(slices.Clone(origins), func(o string) bool { return o == "null" || o == "*" || o == "" })
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPut}, // PUT takes uploads
		AllowedHeaders: []string{"Accept", "Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id", "Last-Event-ID"},
		ExposedHeaders: []string{"X-Request-Id", "Retry-After"},
		MaxAge:         600,
	}).Handler(next)
}

// schemaText serves the SDL to those who may introspect.
func (g *graphQL) schemaText() http.Handler {
	text := sync.OnceValue(func() []byte { return formatSchema(g.engine.schema) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := auth.From(r.Context())
		c := &call{engine: g.engine, viewer: request}
		viewer, err := g.engine.config.Authenticate(r.Context(), r)
		if err != nil {
			answerFault(w, c.faultOf(r.Context(), err, nil, ""), request.RequestID)
			return
		}
		if !g.engine.config.Introspection(marked(viewer, request)) {
			answerFault(w, fault.New(fault.Unauthenticated, "Sign in to read the schema."), request.RequestID)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(text())
	})
}

// formatSchema writes the schema as one SDL text.
func formatSchema(schema *ast.Schema) []byte {
	var b bytes.Buffer
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(schema)
	return b.Bytes()
}

// readyWithin bounds every readiness check: a probe that hangs says less than one that fails.
const readyWithin = 2 * time.Second

// readiness runs the checks one after another and names those that fail. It tells no reasons: they go to the checks' own logs.
func readiness(checks map[string]func(context.Context) error) http.Handler {
	names := make([]string, 0, len(checks))
	for name := range checks {
		names = append(names, name)
	}
	slices.Sort(names)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
		defer cancel()
		status, report := http.StatusOK, map[string]string{}
		for _, name := range names {
			report[name] = "ok"
			if err := checks[name](ctx); err != nil {
				status, report[name] = http.StatusServiceUnavailable, "failed"
			}
		}
		body, _ := json.Marshal(report) // a map of strings is always JSON
		writeJSON(w, status, body)
	})
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", typeJSON)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
