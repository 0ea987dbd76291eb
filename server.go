// Command leadgraph serves the headless lead platform: one GraphQL API for marketing and sales.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones of contacts and calendars, on machines that have none

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/urfave/cli/v3"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph"
	"github.com/leadgraph/leadgraph/graph/generated"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/gate"
	"github.com/leadgraph/leadgraph/internal/httpapi"
	"github.com/leadgraph/leadgraph/internal/httpapi/files"
	"github.com/leadgraph/leadgraph/internal/httpapi/metrics"
	"github.com/leadgraph/leadgraph/internal/httpapi/playground"
	"github.com/leadgraph/leadgraph/internal/jobs"
	"github.com/leadgraph/leadgraph/internal/outbound"
	"github.com/leadgraph/leadgraph/internal/page"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().Run(ctx, os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "leadgraph: "+err.Error())
		os.Exit(1)
	}
}

// command is the command line.
func command() *cli.Command {
	return &cli.Command{
		Name:  "leadgraph",
		Usage: "the headless lead platform for sales and marketing",
		Description: "Start with `leadgraph dev`: it brings its own PostgreSQL, a demo company and the Playground.\n" +
			"In production run `leadgraph migrate` once and `leadgraph serve` on every server.",
		Suggest:  true,
		Commands: []*cli.Command{devCommand(), serveCommand(), migrateCommand(), keyCommand(), importCommand(), versionCommand()},
	}
}

// server is everything wired together.
type server struct {
	settings settings
	db       *db.DB
	funnel   *funnel.Funnel
	jobs     *river.Client[pgx.Tx]
	handler  http.Handler
	closers  []func()
}

// wire makes a server of its settings; nothing runs yet.
func wire(ctx context.Context, s settings, log *slog.Logger) (_ *server, err error) {
	out := &server{settings: s}
	defer func() {
		if err != nil {
			out.close()
		}
	}()
	tracer, err := out.tracing(ctx)
	if err != nil {
		return nil, err
	}
	secret := []byte(s.Secret)
	sealer := page.NewSealer(auth.Derive(secret, "cursors"))
	out.db, err = db.Open(ctx, db.Config{URL: s.DatabaseURL, Conns: s.Conns, Pooler: s.Pooler, Sealer: sealer, Tracer: tracer, QueryTracer: s.dev.queries()})
	if err != nil {
		return nil, err
	}
	out.closers = append(out.closers, out.db.Close)
	issuer, err := auth.NewIssuer(auth.IssuerConfig{Secret: secret, PreviousSecret: []byte(s.PreviousSecret), Issuer: "leadgraph", Audience: "leadgraph"})
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	workers := &jobs.Workers{}
	if out.jobs, err = jobs.NewClient(out.db.Pool(), workers, log, s.Jobs); err != nil {
		return nil, err
	}
	out.funnel = funnel.New(funnel.Config{DB: out.db, Now: time.Now, Issuer: issuer, Passwords: auth.NewPasswords(runtime.NumCPU()), Brake: auth.NewBrake(time.Now),
		Sealer: sealer, TicketKey: auth.Derive(secret, "tickets"), BaseURL: strings.TrimSuffix(s.URL, "/"), Jobs: out.jobs, LiveKeys: s.dev == nil})
	workers.Funnel = out.funnel
	external, err := out.outside(ctx)
	if err != nil {
		return nil, err
	}
	door := gate.New(out.db, out.funnel, issuer, external, time.Now)
	out.handler, err = out.http(door, issuer, log, tracer)
	return out, err
}

// outside is the external issuer of tokens, if there is one.
func (s *server) outside(ctx context.Context) (*auth.External, error) {
	if s.settings.OIDCKeys == "" {
		return nil, nil
	}
	e, err := auth.NewExternal(auth.ExternalConfig{URL: s.settings.OIDCKeys, Issuer: s.settings.OIDCIssuer, Audience: s.settings.OIDCAudience,
		Client: outbound.SafeClient(5 * time.Second)})
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
func (s *server) http(door *gate.Gate, issuer *auth.Issuer, log *slog.Logger, tracer traces) (http.Handler, error) {
	perCaller, err := newRates(s.settings.RateCost, s.settings.RateRestore)
	if err != nil {
		return nil, err
	}
	counts := metrics.New(prometheus.NewRegistry())
	routes := files.Routes(s.funnel, func(r *http.Request, err error) {
		log.ErrorContext(r.Context(), "file", "requestId", auth.From(r.Context()).RequestID, "error", err.Error())
	})
	routes["GET /metrics"] = counts.Handler()
	routes["GET /.well-known/jwks.json"] = jwks(issuer)
	if s.settings.dev != nil {
		examples, err := playground.Examples()
		if err != nil {
			return nil, err
		}
		page := playground.New(playground.Config{Endpoint: "/graphql", Examples: examples, Identities: s.settings.dev.identities, SignIn: s.devSignIn})
		routes["/playground"], routes["/playground/"] = page, page
		routes["GET /{$}"] = http.RedirectHandler("/playground", http.StatusFound)
	}
	schema := generated.NewExecutableSchema(generated.Config{Resolvers: &graph.Resolver{DB: s.db, Funnel: s.funnel}, Directives: generated.DirectiveRoot{Pii: graph.PII}})
	return httpapi.New(httpapi.Config{Schema: schema, Authenticate: door.Authenticate, Limit: perCaller.take, Refund: perCaller.refund, Logger: log,
		Introspection: func(v *auth.Viewer) bool { return s.settings.dev != nil || v.Signed() }, Suggestions: s.settings.dev != nil,
		Observe: counts.Observe, Tracer: tracer, Origins: s.settings.Origins, Routes: routes,
		Ready: map[string]func(context.Context) error{"database": s.db.Ping}}), nil
}

// close gives everything back, in the opposite order.
func (s *server) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
}
