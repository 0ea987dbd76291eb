// Command leadgraph serves the headless lead platform: one GraphQL API for marketing and sales.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones of contacts and calendars, on machines that have none

	"github.com/urfave/cli/v3"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/feed"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/gate"
	"github.com/leadgraph/leadgraph/internal/httpapi"
	"github.com/leadgraph/leadgraph/internal/jobs"
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
	settings   settings
	db         *db.DB
	background *db.DB // of jobs and the feed
	funnel     *funnel.Funnel
	jobs       *jobs.Queue
	feed       *feed.Feed
	api        *httpapi.API
	closers    []func()
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
	out.db, err = db.Open(ctx, db.Config{URL: s.DatabaseURL, Conns: s.Conns, AcquireTimeout: s.pace.connection, Pooler: s.Pooler, Sealer: sealer, Tracer: tracer, QueryTracer: s.dev.queries()})
	if err != nil {
		return nil, err
	}
	out.closers = append(out.closers, out.db.Close)
	issuer, err := auth.NewIssuer(auth.IssuerConfig{Secret: secret, PreviousSecret: []byte(s.PreviousSecret), Issuer: "leadgraph", Audience: "leadgraph", Life: s.pace.token})
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	// Jobs and the feed have a pool of their own: they must not keep requests waiting for a connection.
	out.background, err = db.Open(ctx, db.Config{URL: s.DatabaseURL, Conns: 6, AcquireTimeout: s.pace.connection, Pooler: s.Pooler, Sealer: sealer, Tracer: tracer})
	if err != nil {
		return nil, err
	}
	out.closers = append(out.closers, out.background.Close)
	if out.jobs, err = jobs.New(out.background, log, s.Jobs); err != nil {
		return nil, err
	}
	out.feed = feed.New(out.background, sealer, log)
	verbs := funnel.Config{DB: out.db, Now: time.Now, Issuer: issuer, Passwords: auth.NewPasswords(runtime.NumCPU()), Brake: auth.NewBrake(time.Now),
		Sealer: sealer, TicketKey: auth.Derive(secret, "tickets"), LinkKeys: linkKeys(s.Secret, s.PreviousSecret), BaseURL: strings.TrimSuffix(s.URL, "/"), Jobs: out.jobs.Client, LiveKeys: s.dev == nil,
		Hint: out.feed.Hint}
	out.funnel = funnel.New(verbs)
	verbs.DB = out.background
	out.jobs.Funnel = funnel.New(verbs)
	external, err := out.outside(ctx)
	if err != nil {
		return nil, err
	}
	door := gate.New(out.db, out.funnel, issuer, external, time.Now)
	out.api, err = out.http(door, issuer, log, tracer)
	return out, err
}

// linkKeys sign links that were sent, and read those of the secret before: a link lives longer than a token.
func linkKeys(secrets ...string) (keys [][]byte) {
	for _, s := range secrets {
		if s != "" {
			keys = append(keys, auth.Derive([]byte(s), "links"))
		}
	}
	return keys
}

// close gives everything back, in the opposite order.
func (s *server) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
}
