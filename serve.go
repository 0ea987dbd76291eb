package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/urfave/cli/v3"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/httpapi"
	"github.com/leadgraph/leadgraph/internal/mask"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "serve the API in production",
		Description: "Configured by the environment: DATABASE_URL and LEADGRAPH_SECRET are needed, the README lists the others.\n" +
			"Refuses a database that `leadgraph migrate` has not brought up to date. On SIGTERM it finishes what it has begun.",
		Flags: []cli.Flag{&cli.StringFlag{Name: "nats", Usage: "also serve NATS for the other servers of this database, at an `ADDRESS` such as :4222"}},
		Action: func(ctx context.Context, c *cli.Command) error {
			s, err := readSettings()
			if err != nil {
				return err
			}
			s.NATSServe = c.String("nats")
			if err := s.check(); err != nil {
				return err
			}
			log := logger(s.LogLevel)
			if err := db.CheckMigrated(ctx, s.DatabaseURL); err != nil {
				return err
			}
			srv, err := wire(ctx, s, log)
			if err != nil {
				return err
			}
			defer srv.close()
			l, err := net.Listen("tcp", s.Addr)
			if err != nil {
				return fmt.Errorf("listen: %w", err)
			}
			log.Info("serving", "address", l.Addr().String(), "version", version())
			return srv.run(ctx, l, log)
		},
	}
}

// logger writes JSON lines of allow-listed attributes, so that no personal data can slip in.
func logger(level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	keys := append(httpapi.LogKeys(), "address", "version", "error", "requestId", "job_id", "job_kind", "kind", "queue", "client_id", "err", "jobs")
	allow := mask.Allow(keys...)
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: l, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == "err" { // the job queue's library logs Postgres' errors as they are
			return slog.String(a.Key, mask.Text(a.Value.String()))
		}
		return allow(groups, a)
	}}))
}

// run serves until the context ends, then drains: no new connections, what has begun is finished, jobs stop behind their batch.
func (s *server) run(ctx context.Context, l net.Listener, log *slog.Logger) error {
	debug.SetGCPercent(200)
	ballast := make([]byte, 32<<20) // counts as heap, though none of it is ever touched: what lives is small, and a collection need not come before there is garbage worth it
	defer runtime.KeepAlive(ballast)
	runtime.MemProfileRate = 0 // nobody asks for a profile: a library brings the means, and every 512 KB would be traced for it
	unfollow, err := s.follow(ctx)
	if err != nil {
		return err
	}
	defer unfollow()
	if s.settings.Jobs {
		if err := s.jobs.Start(context.WithoutCancel(ctx)); err != nil {
			return fmt.Errorf("start jobs: %w", err)
		}
	}
	h := httpapi.Server("", s.api)
	h.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	failed := make(chan error, 1)
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	})
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.settings.Drain)
	defer cancel()
	serving.Go(func() { s.api.Drain(drain) })
	stopped := h.Shutdown(drain)
	serving.Wait()
	if s.settings.Jobs {
		stopped = errors.Join(stopped, s.jobs.StopAndCancel(drain))
	}
	return errors.Join(err, stopped)
}

// follow reads the event log for subscribers, and hears from other servers when to look, until it is called back.
func (s *server) follow(ctx context.Context) (stop func(), err error) {
	bus, silence, err := s.hints()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if bus != nil { // without one the log is looked at every second
		s.feed.Relay(ctx, *bus)
	}
	var reading sync.WaitGroup
	reading.Go(func() { s.feed.Run(ctx) })
	return func() {
		cancel()
		reading.Wait()
		silence()
	}, nil
}

func migrateCommand() *cli.Command {
	return &cli.Command{
		Name:        "migrate",
		Usage:       "bring the database up to date",
		Description: "Reads DATABASE_URL: a login that may create tables and roles. Several may run at once; one of them migrates.",
		Action: func(ctx context.Context, _ *cli.Command) error {
			s, err := readSettings()
			if err != nil {
				return err
			}
			if s.DatabaseURL == "" {
				return errors.New("DATABASE_URL is missing")
			}
			if err := db.Migrate(ctx, s.DatabaseURL); err != nil {
				return err
			}
			fmt.Println("The database is up to date.")
			return nil
		},
	}
}

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "say which version this is",
		Action: func(context.Context, *cli.Command) error {
			fmt.Printf("leadgraph %s, %s, %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && info.Main.Version == "(devel)" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
