// Package db is everything Postgres: the pool, the migrations, the statements and the rows. A row is what the graph answers, so
// a method on a row may answer a field of the SDL.
package db

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.opentelemetry.io/otel/trace"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// AppRole is the role that serves requests: it owns nothing and cannot leave row-level security.
const AppRole = "lg_app"

// Config says how to reach the database.
type Config struct {
	URL            string        // of a login that is, or may become, AppRole
	Conns          int32         // size of the pool; 0 for twice the processors: fewer connections are cheaper and halve the tail
	AcquireTimeout time.Duration // how long a request waits for a connection; 0 for one second
	Sealer         *page.Sealer  // of the cursors of lists
	Pooler         bool          // behind a transaction pooler that does not know prepared statements
	Tracer         trace.TracerProvider
	QueryTracer    pgx.QueryTracer // tests count statements with it
}

// DB is the database as AppRole sees it.
type DB struct {
	pool    *pgxpool.Pool
	acquire time.Duration
	sealer  *page.Sealer
}

// Open connects as AppRole and refuses a login that could see more than one workspace.
func Open(ctx context.Context, c Config) (*DB, error) {
	pc, err := poolConfig(c)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	d := &DB{pool: pool, acquire: c.AcquireTimeout, sealer: c.Sealer}
	if d.acquire == 0 {
		d.acquire = time.Second
	}
	if err := d.checkRole(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return d, nil
}

// errAddress says nothing of what it could not read: there is a password in it.
var errAddress = errors.New("the database's address cannot be read: write it as postgres://user:password@host:5432/name")

func poolConfig(c Config) (*pgxpool.Config, error) {
	pc, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, errAddress
	}
	pc.MaxConns = c.Conns
	if pc.MaxConns == 0 {
		pc.MaxConns = int32(max(4, 2*runtime.NumCPU()))
	}
	pc.MinConns = pc.MaxConns
	pc.AfterConnect = learn
	params := pc.ConnConfig.RuntimeParams
	params["role"] = AppRole
	params["application_name"] = "leadgraph"
	params["statement_timeout"] = "8000"
	params["timezone"] = "UTC"
	// Every statement's text is fixed for its shape, so one plan serves all its values; re-planning costs a third of the CPU.
	params["plan_cache_mode"] = "force_generic_plan"
	// The few objects that a page refers to are found by their keys faster than they are remembered.
	params["enable_memoize"] = "off"
	if c.Pooler {
		// The types of a statement's values are asked for once, without a name that another connection would not know; without them pgx could write neither
		// documents nor lists of words.
		pc.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	switch {
	case c.QueryTracer != nil:
		pc.ConnConfig.Tracer = c.QueryTracer
	case c.Tracer != nil:
		pc.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithTracerProvider(c.Tracer))
	}
	return pc, nil
}

// checkRole refuses to serve as a role that row-level security does not bind.
func (d *DB) checkRole(ctx context.Context) error {
	var role string
	var free, owner bool
	err := d.pool.QueryRow(ctx, `select current_user::text, rolsuper or rolbypassrls,
		exists (select from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p'))
		from pg_roles r where rolname = current_user`).Scan(&role, &free, &owner)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "22023" || pg.Code == "42704") {
		return fmt.Errorf("the database has no role %s yet: run `leadgraph migrate` first", AppRole)
	}
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	if free || owner {
		return fmt.Errorf("the role %q is not bound by row-level security: connect with a login that may become %s", role, AppRole)
	}
	return nil
}

// Close waits for running statements and closes the pool.
func (d *DB) Close() { d.pool.Close() }

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.Ping(ctx) }

// Pool is the pool itself, for the job queue, which keeps to tables of its own.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// conn waits for a connection, but not for long: a caller that cannot be served now should hear so.
func (d *DB) conn(ctx context.Context) (*pgxpool.Conn, error) {
	wait, cancel := context.WithTimeout(ctx, d.acquire)
	defer cancel()
	c, err := d.pool.Acquire(wait)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, &fault.Error{Code: fault.Unavailable, Message: "All connections to the database are busy. Try again in a moment.", Retryable: true, RetryAfter: time.Second}
	}
	if err != nil {
		return nil, fmt.Errorf("get a connection: %w", err)
	}
	return c, nil
}

// Read is the database for statements that only read, in one workspace.
func (d *DB) Read(workspace id.UUID) *Reader {
	t := tenant{db: d, workspace: workspace}
	return &Reader{Queries: New(t), tenant: t, Workspace: workspace}
}

// Reader reads in one workspace: each statement travels in one batch with the name of the workspace, which row-level security
// compares. It may be used by several goroutines.
type Reader struct {
	*Queries
	tenant    tenant
	Workspace id.UUID
}
