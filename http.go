package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	liveboard "github.com/leadgraph/leadgraph/examples/live-board"
	"github.com/leadgraph/leadgraph/graph"
	"github.com/leadgraph/leadgraph/graph/generated"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/gate"
	"github.com/leadgraph/leadgraph/internal/httpapi"
	"github.com/leadgraph/leadgraph/internal/httpapi/files"
	"github.com/leadgraph/leadgraph/internal/httpapi/links"
	"github.com/leadgraph/leadgraph/internal/httpapi/metrics"
	"github.com/leadgraph/leadgraph/internal/httpapi/playground"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/mask"
	"github.com/leadgraph/leadgraph/internal/outbound"
)

// outside is the external issuer of tokens, if there is one.
func (s *server) outside(ctx context.Context) (*auth.External, error) {
	if s.settings.OIDCKeys == "" {
		return nil, nil
	}
	var allow []netip.Prefix
	if s.settings.dev != nil { // an issuer on this machine, to try it out
		allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	e, err := auth.NewExternal(auth.ExternalConfig{URL: s.settings.OIDCKeys, Issuer: s.settings.OIDCIssuer, Audience: s.settings.OIDCAudience,
		Client: outbound.SafeClient(5*time.Second, allow...)})
	if err != nil {
		return nil, fmt.Errorf("set the external issuer up: %w", err)
	}
	s.closers = append(s.closers, e.Close)
	if err := e.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("read the external issuer's keys: %w", err)
	}
	return e, nil
}

// http is the API and what stands beside it.
func (s *server) http(door *gate.Gate, issuer *auth.Issuer, log *slog.Logger, tracer traces) (*httpapi.API, error) {
	perCaller, err := newRates(s.settings.RateCost, s.settings.RateRestore)
	if err != nil {
		return nil, err
	}
	counts := metrics.New(prometheus.NewRegistry())
	report := func(r *http.Request, err error) *fault.Error {
		log.ErrorContext(r.Context(), "file", "requestId", auth.From(r.Context()).RequestID, "error", mask.Error(err))
		return httpapi.Outage(r.Context(), err)
	}
	routes, err := links.Routes(s.funnel, report)
	if err != nil {
		return nil, err
	}
	maps.Copy(routes, files.Routes(s.funnel, report))
	routes["GET /metrics"] = counts.Handler()
	routes["GET /.well-known/jwks.json"] = jwks(issuer)
	if s.settings.dev != nil {
		examples, err := playground.Examples()
		if err != nil {
			return nil, err
		}
		page := playground.New(playground.Config{Endpoint: "/graphql", Examples: examples, Identities: s.settings.dev.identities, SignIn: s.devSignIn})
		routes["/playground"], routes["/playground/"] = page, page
		if routes[liveboard.Path], err = liveboard.New(s.settings.dev.people); err != nil {
			return nil, fmt.Errorf("open the live board: %w", err)
		}
		routes["GET /{$}"] = http.RedirectHandler("/playground", http.StatusFound)
	}
	bound := generated.Config{Resolvers: &graph.Resolver{DB: s.db, Funnel: s.funnel, Feed: s.feed}, Directives: generated.DirectiveRoot{Pii: graph.PII}}
	streams := generated.NewBreadth(bound)
	watch := func(ctx context.Context, workspace id.UUID, changed func()) (func(), error) {
		return s.feed.Watch(ctx, workspace, func() { door.Forget(workspace); changed() })
	}
	return httpapi.New(httpapi.Config{Schema: generated.NewExecutableSchema(bound), Exec: executor(bound), Subscribe: streams.Subscribe, Watch: watch, Timeout: s.settings.pace.operation,
		Limits: httpapi.Limits{PerCaller: s.settings.Subscriptions}, Authenticate: door.Authenticate, Limit: perCaller.take, Refund: perCaller.refund, Logger: log,
		Introspection: func(v *auth.Viewer) bool { return s.settings.dev != nil || v.Signed() }, Suggestions: s.settings.dev != nil,
		Observe: counts.Observe, Tracer: tracer, Origins: s.settings.Origins, Routes: routes,
		Ready: map[string]func(context.Context) error{"database": s.db.Ping}}), nil
}
