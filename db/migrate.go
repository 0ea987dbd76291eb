package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// JobSchema holds the job queue's own tables.
const JobSchema = "jobs"

// jobVersion names the job queue's migrations, which come with its library.
const jobVersion = "river v0.51.1, servers, version shown"

// Migrate brings the database up to date, as a login that may create roles and tables. Several servers may start at once: one
// migrates, the others wait and find nothing to do.
func Migrate(ctx context.Context, url string) error {
	std, err := open(url)
	if err != nil {
		return err
	}
	defer std.Close()
	p, err := provider(std)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return migrateJobs(ctx, url)
}

// open connects in the way that goose speaks.
func open(url string) (*sql.DB, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errAddress
	}
	return stdlib.OpenDB(*c), nil
}

func provider(std *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // tries every second for five minutes
	if err != nil {
		return nil, fmt.Errorf("prepare the migration lock: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, std, files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// migrateJobs makes the job queue's tables; a lock keeps a second server out.
func migrateJobs(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to migrate: %w", err)
	}
	defer pool.Close()
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: JobSchema})
	if err != nil {
		return fmt.Errorf("prepare the job queue: %w", err)
	}
	lock, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to migrate: %w", err)
	}
	defer lock.Release()
	// Each migration is a transaction of its own, for a new value of an enum can only be used behind its commit. Hence a lock of the
	// session, which ends with the connection.
	if _, err := lock.Exec(ctx, "select pg_advisory_lock(7267363)"); err != nil {
		return fmt.Errorf("lock the job queue's tables: %w", err)
	}
	defer func() { _, _ = lock.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock(7267363)") }()
	if _, err := lock.Exec(ctx, "create schema if not exists "+JobSchema); err != nil {
		return fmt.Errorf("make the job queue's schema: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	if _, err := lock.Exec(ctx, makeServers); err != nil {
		return fmt.Errorf("make the table of servers: %w", err)
	}
	_, err = lock.Exec(ctx, "grant select on goose_db_version to lg_app; grant usage on schema "+JobSchema+" to lg_app; grant select, insert, update, delete on all tables in schema "+JobSchema+
		" to lg_app; grant usage, select on all sequences in schema "+JobSchema+" to lg_app; grant execute on all functions in schema "+JobSchema+" to lg_app")
	if err != nil {
		return fmt.Errorf("let the application use the job queue and see the version: %w", err)
	}
	return nil
}

// CheckMigrated refuses a database that is behind this program.
func CheckMigrated(ctx context.Context, url string) error {
	std, err := open(url)
	if err != nil {
		return err
	}
	defer std.Close()
	p, err := provider(std)
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	if !pending { // the job queue comes behind all else
		err = std.QueryRowContext(ctx, "select to_regclass('"+JobSchema+".servers') is null").Scan(&pending)
	}
	if err != nil {
		return fmt.Errorf("look for the job queue: %w", err)
	}
	if pending {
		return fmt.Errorf("the database is older than this program: run `leadgraph migrate` first")
	}
	return nil
}

// Fingerprint names this set of migrations; tests keep one template database for each.
func Fingerprint() string {
	h := sha256.New()
	fmt.Fprintln(h, JobSchema, jobVersion)
	files, _ := fs.Glob(migrations, "migrations/*.sql") // the pattern is right
	for _, f := range files {
		b, _ := migrations.ReadFile(f) // listed a line above
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
