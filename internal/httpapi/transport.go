package httpapi

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/mask"
)

// NewGraphQL serves GraphQL over HTTP by GET and POST as the protocol's public audits want it. It expects the request's id and the
// caller's address in the context's viewer, where New puts them; without them it answers all the same.
func NewGraphQL(config Config) http.Handler { return newGraphQL(config) }

func newGraphQL(config Config) *graphQL {
	e := newEngine(config)
	return &graphQL{e, newLive(e)}
}

type graphQL struct {
	engine *engine
	live   *live
}

// ServeHTTP takes one request.
func (g *graphQL) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	config := &g.engine.config
	if r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		g.live.serveSocket(w, r)
		return
	}
	end, began := config.Observe(), time.Now()
	b := pool.Get().(*buffers)
	defer b.release()
	c := &call{engine: g.engine, viewer: auth.From(r.Context()), room: b.data}
	a := &answer{media: negotiate(r)}
	g.answer(w, r, c, a, b)
	if cap(a.data) > cap(b.data) {
		b.data = a.data
	}
	note(w, c)
	if a.stream {
		end(Observation{Operation: string(c.kind()), Status: http.StatusOK, Code: "OK", Cached: c.cached, Took: time.Since(began)})
		g.live.serveEvents(w, r, c)
		return
	}
	a.cost = c.cost
	status, code := a.write(w, b, &config.Limits)
	end(Observation{Operation: string(c.kind()), Status: status, Code: code, Cached: c.cached, Took: time.Since(began)})
}

// answer fills in the answer; a panic of our own becomes one too.
func (g *graphQL) answer(w http.ResponseWriter, r *http.Request, c *call, a *answer, b *buffers) {
	defer func() {
		if reason := recover(); reason != nil {
			g.engine.config.Logger.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("requestId", c.viewer.RequestID),
				slog.String("error", mask.Panic(reason)), slog.String("stack", string(debug.Stack())))
			*a = answer{media: a.media, errors: gqlerror.List{c.shape(internal(), nil, nil)}}
		}
	}()
	if status, f := admit(w, r, a); f != nil {
		a.refuse(c, status, f)
		return
	}
	viewer, err := g.engine.config.Authenticate(r.Context(), r)
	if err != nil {
		f := c.faultOf(r.Context(), err, nil, "")
		a.refuse(c, statusOf(f.Code), f)
		return
	}
	c.viewer = marked(viewer, c.viewer)
	streams := a.media == typeEvents
	if streams {
		a.media, c.viewer.Resume = typeResponse, r.Header.Get("Last-Event-ID")
	}
	var q request
	var f *fault.Error
	if r.Method == http.MethodPost {
		q, f = g.engine.readPOST(w, r, b)
	} else {
		q, f = g.engine.readGET(r, b)
	}
	switch {
	case f != nil:
		a.refuse(c, statusOf(f.Code), f)
	case len(q.query) == 0:
		a.refuse(c, http.StatusBadRequest, fault.Input("query", "The request has no query: send the document as a text."))
	case !g.engine.open(c, q):
		a.errors = c.refusals
	case c.kind() == ast.Subscription && streams && g.engine.config.Subscribe == nil:
		a.refuse(c, http.StatusBadRequest, unserved())
	case c.kind() == ast.Subscription && !streams:
		a.refuse(c, http.StatusBadRequest, fault.New(fault.OperationLimit,
			"Subscriptions are served over WebSocket (graphql-transport-ws) and as server-sent events (Accept: text/event-stream)."))
	case c.kind() == ast.Mutation && r.Method == http.MethodGet:
		w.Header().Set("Allow", http.MethodPost)
		a.refuse(c, http.StatusMethodNotAllowed, fault.New(fault.OperationLimit, "Mutations are served by POST only."))
	case !g.engine.prepare(c, q, r.Header):
		a.errors = c.refusals
	case streams:
		a.stream = true
	default:
		a.executed = true
		a.data, a.errors = g.engine.execute(r.Context(), c)
	}
}

// admit checks what the headers tell; status is that of the refusal.
func admit(w http.ResponseWriter, r *http.Request, a *answer) (status int, f *fault.Error) {
	acceptable := a.media != ""
	if !acceptable {
		a.media = typeJSON
	}
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		w.Header().Set("Allow", "GET, POST")
		return http.StatusMethodNotAllowed, jsonFault("GraphQL is served by GET and POST.")
	case !acceptable:
		return http.StatusNotAcceptable, jsonFault("Answers are application/graphql-response+json or application/json, in UTF-8, or text/event-stream: accept one of them.")
	case r.Method == http.MethodPost && !isJSON(r):
		return http.StatusUnsupportedMediaType, jsonFault("Send the body as application/json in UTF-8, and say so in Content-Type.")
	case r.Header.Get("Content-Encoding") != "":
		return http.StatusUnsupportedMediaType, jsonFault("Send the body without Content-Encoding.")
	}
	return 0, nil
}

// refuse makes the answer a refusal with this status.
func (a *answer) refuse(c *call, status int, f *fault.Error) {
	a.status, a.errors = status, gqlerror.List{c.shape(f, nil, nil)}
}

// marked is a viewer with the marks of this request. It is a copy: an authenticator may hand out the same viewer many times.
func marked(viewer, request *auth.Viewer) *auth.Viewer {
	v := auth.Viewer{}
	if viewer != nil {
		v = *viewer
	}
	v.RequestID, v.RemoteAddr, v.IdempotencyKey, v.Resume = request.RequestID, request.RemoteAddr, "", ""
	return &v
}
