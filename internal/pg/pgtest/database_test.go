package pgtest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

// query is the first value of a query's outcome, empty where there is none.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgconn.Connect(context.Background(), url)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	results, err := conn.Exec(context.Background(), sql).ReadAll()
	require.NoError(t, err)
	last := results[len(results)-1]
	if len(last.Rows) == 0 {
		return ""
	}
	return string(last.Rows[0][0])
}

// schema is a migration with some tables, to be slow enough for others to come in between.
func schema(ctx context.Context, url string) error {
	conn, err := pgconn.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `create table migrated (n int primary key);
		do $$ begin for i in 1..40 loop
			execute format('create table t%s (id uuid primary key, w uuid not null, a text, at timestamptz)', i);
			execute format('create index on t%s (w, at)', i);
		end loop; end $$`).ReadAll()
	return err // the connection stays open: a pool that nobody closed must not be in the way
}

// forget drops the templates of fingerprints, for the server may be one that outlives us.
func forget(t *testing.T, fingerprints ...string) {
	t.Helper()
	s, err := theServer()
	require.NoError(t, err)
	for _, f := range fingerprints {
		require.NoError(t, s.exec(context.Background(), "alter database "+templateName(f)+" is_template false"))
		require.NoError(t, s.exec(context.Background(), "drop database "+templateName(f)))
	}
}

func TestDatabase(t *testing.T) {
	t.Parallel()
	var migrations atomic.Int32
	fingerprint := fmt.Sprint("a schema of this run, ", time.Now().UnixNano())
	migrate := func(ctx context.Context, url string) error {
		migrations.Add(1)
		return schema(ctx, url)
	}
	t.Cleanup(func() { forget(t, fingerprint) })

	for i := range 8 {
		t.Run("every test finds the schema and nobody else's rows", func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			url := Database(t, migrate, fingerprint)
			t.Logf("database in %v", time.Since(began))
			require.Equal(t, "0", query(t, url, "select count(*) from migrated"))
			query(t, url, fmt.Sprintf("insert into migrated values (%d)", i))
			require.Equal(t, "1", query(t, url, "select count(*) from migrated"))
			require.EqualValues(t, 1, migrations.Load())
		})
	}

	t.Run("the database is gone after its test, whoever is connected", func(t *testing.T) {
		t.Parallel()
		var url string
		t.Run("with a connection left open", func(t *testing.T) {
			url = Database(t, migrate, fingerprint)
			_, err := pgconn.Connect(t.Context(), url)
			require.NoError(t, err)
		})
		_, err := pgconn.Connect(t.Context(), url)
		require.ErrorContains(t, err, "does not exist")
	})
}

func TestTemplate(t *testing.T) {
	t.Parallel()
	fingerprint := fmt.Sprint("another schema of this run, ", time.Now().UnixNano())
	t.Cleanup(func() { forget(t, fingerprint+", broken", fingerprint+", half") })

	t.Run("a migration that fails is told, not tried again", func(t *testing.T) {
		t.Parallel()
		s, err := theServer()
		require.NoError(t, err)
		tried := 0
		refuse := func(context.Context, string) error { tried++; return fmt.Errorf("column missing") }
		for range 2 {
			_, err = s.template(t.Context(), refuse, fingerprint+", broken")
			require.ErrorContains(t, err, "column missing")
		}
		require.Equal(t, 1, tried)
	})

	t.Run("what a killed test left half migrated is made anew", func(t *testing.T) {
		t.Parallel()
		s, err := theServer()
		require.NoError(t, err)
		name, err := s.template(t.Context(), func(context.Context, string) error { return fmt.Errorf("killed") }, fingerprint+", half")
		require.Error(t, err)
		s.mu.Lock()
		delete(s.templates, name) // as in another test binary
		s.mu.Unlock()
		url := Database(t, schema, fingerprint+", half")
		require.Equal(t, "0", query(t, url, "select count(*) from migrated"))
	})
}

func TestInDatabase(t *testing.T) {
	t.Parallel()
	require.Equal(t, "postgres://u:p@host:1/lg_test_1?sslmode=disable", inDatabase("postgres://u:p@host:1/app?sslmode=disable", "lg_test_1"))
	require.Equal(t, "postgres://postgres@/x?host=/tmp/s&port=5432", inDatabase("postgres://postgres@/postgres?host=/tmp/s&port=5432", "x"))
	require.Equal(t, "host=/tmp dbname=app dbname=x", inDatabase("host=/tmp dbname=app", "x"))
}
