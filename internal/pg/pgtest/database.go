// Package pgtest gives every test a Postgres database of its own.
//
// The databases are on the server of DATABASE_URL, or where that is not set, on one that all test binaries of the moment share:
// the first that needs it starts it, and a few seconds after the last is gone, however it went, it is ended and removed.
package pgtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Every name we give a database begins so.
const (
	templatePrefix = "lg_template_"
	testPrefix     = "lg_test_"
)

// templateLock is the advisory lock under which templates are made: one at a time, for migrations make roles, which are the
// whole server's.
const templateLock = "7235405116312813"

// dropTimeout bounds the removal of a database after its test.
const dropTimeout = 30 * time.Second

// theServer is found or started once for the whole test binary, and held until that ends. A test has no other owner to hand it to.
var theServer = sync.OnceValues(connect)

// server is where this test binary makes its databases.
type server struct {
	url  string // an administrator's, to the database that is there from the start
	ours bool   // and not DATABASE_URL's
	hold int    // the file descriptor that keeps our server alive; see join

	mu        sync.Mutex
	templates map[string]error // by name: made, or why not
}

// Database returns the URL of a fresh database, as an administrator. The migrations run once for each fingerprint, the hash of what
// they hold; every database is a copy of the outcome and is dropped when the test ends, whoever is still connected.
func Database(t testing.TB, migrate func(ctx context.Context, url string) error, fingerprint string) string {
	t.Helper()
	s, err := theServer()
	if err != nil {
		t.Fatalf("A Postgres for the tests: %v", err)
	}
	template, err := s.template(t.Context(), migrate, fingerprint)
	if err != nil {
		t.Fatalf("Make the template of the test databases: %v", err)
	}
	name := fmt.Sprintf("%s%d_%s", testPrefix, time.Now().Unix(), strings.ToLower(rand.Text()[:12]))
	create := "create database " + name + " template " + template
	if s.ours {
		create += " strategy file_copy" // the quickest where nothing waits for a disk
	}
	if err := s.exec(t.Context(), create); err != nil {
		t.Fatalf("Make a test database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), dropTimeout)
		defer cancel()
		if err := s.exec(ctx, "drop database "+name+" with (force)"); err != nil {
			t.Errorf("Drop the test database: %v", err)
		}
	})
	return inDatabase(s.url, name)
}

// template makes sure of the template for a fingerprint and returns its name.
func (s *server) template(ctx context.Context, migrate func(ctx context.Context, url string) error, fingerprint string) (string, error) {
	name := templateName(fingerprint)
	s.mu.Lock()
	defer s.mu.Unlock()
	err, known := s.templates[name]
	if !known {
		err = s.makeTemplate(ctx, name, migrate)
		if ctx.Err() == nil { // what failed because one test was over may succeed in the next
			s.templates[name] = err
		}
	}
	return name, err
}

// templateName is a name that no other fingerprint has.
func templateName(fingerprint string) string {
	return fmt.Sprintf("%s%.10x", templatePrefix, sha256.Sum256([]byte(fingerprint)))
}

// makeTemplate makes a template unless another test binary did. It is marked as one when it is complete: what is not was left by
// somebody who was killed at it.
func (s *server) makeTemplate(ctx context.Context, name string, migrate func(ctx context.Context, url string) error) error {
	admin, err := pgconn.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	defer admin.Close(context.Background())
	if err := run(ctx, admin, "select pg_advisory_lock("+templateLock+")"); err != nil {
		return err
	}
	found := admin.ExecParams(ctx, "select 1 from pg_database where datistemplate and datname = $1", [][]byte{[]byte(name)}, nil, nil, nil).Read()
	if found.Err != nil || len(found.Rows) > 0 {
		return found.Err
	}
	if err := run(ctx, admin, "drop database if exists "+name+" with (force)", "create database "+name); err != nil {
		return err
	}
	if err := migrate(ctx, inDatabase(s.url, name)); err != nil {
		return err
	}
	return run(ctx, admin, "alter database "+name+" allow_connections false",
		"select pg_terminate_backend(pid) from pg_stat_activity where datname = '"+name+"'", // a pool that nobody closed
		"alter database "+name+" is_template true")
}

// exec runs one statement in the administrator's database.
func (s *server) exec(ctx context.Context, statement string) error {
	admin, err := pgconn.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	defer admin.Close(context.Background())
	return run(ctx, admin, statement)
}

// sweep drops the databases that killed tests left on a server that outlives them.
func (s *server) sweep(ctx context.Context) error {
	admin, err := pgconn.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	defer admin.Close(context.Background())
	left := admin.ExecParams(ctx, `select datname from pg_database d where datname ~ '^`+testPrefix+`[0-9]{10}_'
		and split_part(datname, '_', 3)::bigint < extract(epoch from now()) - 3600
		and not exists (select from pg_stat_activity a where a.datname = d.datname)`, nil, nil, nil, nil).Read()
	for _, row := range left.Rows {
		if err := run(ctx, admin, "drop database if exists "+string(row[0])); err != nil {
			return err
		}
	}
	return left.Err
}

// run runs statements one by one, for some refuse to be part of a transaction.
func run(ctx context.Context, conn *pgconn.PgConn, statements ...string) error {
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// inDatabase is the same login in another database of the server.
func inDatabase(admin, name string) string {
	u, err := url.Parse(admin)
	if err != nil || u.Scheme == "" {
		return admin + " dbname=" + name // the other notation, in which the last one counts
	}
	u.Path = "/" + name
	return u.String()
}
