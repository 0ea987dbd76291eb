package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// emptyDatabase is a database without anything in it.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	return pgtest.Database(t, func(context.Context, string) error { return nil }, "nothing at all")
}

func TestThreeServersMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := emptyDatabase(t)
	var all [3]*process
	for i := range all {
		all[i] = program(t, []string{"migrate"}, "DATABASE_URL="+url)
	}
	for _, p := range all {
		require.Equal(t, 0, p.ended(t), p.out.String())
		require.Contains(t, p.out.String(), "up to date")
	}
	conn := owner(t, url)
	require.Zero(t, count(t, conn, "select count(*) - count(distinct version_id) from goose_db_version"), "each migration ran once")
	require.NotZero(t, count(t, conn, "select count(*) from jobs.river_migration"))
	require.Zero(t, count(t, conn, "select count(*) - count(distinct version) from jobs.river_migration"))
	require.NoError(t, db.CheckMigrated(t.Context(), url))

	t.Run("and a server that finds it empty says what to do", func(t *testing.T) {
		t.Parallel()
		p := program(t, []string{"serve"}, "DATABASE_URL="+emptyDatabase(t), "LEADGRAPH_ADDR=127.0.0.1:0")
		require.Equal(t, 1, p.ended(t))
		require.Contains(t, p.out.String(), "run `leadgraph migrate` first")
	})
}

// capture is the body of a request that writes.
func capture(n int) []byte {
	b, _ := json.Marshal(map[string]any{"query": `mutation ($email: String!) { captureLead(input: {source: "website", contact: {email: $email}}) { outcome } }`,
		"variables": map[string]any{"email": fmt.Sprintf("p@company%d.example", n)}}) // a map of texts
	return b
}

func TestAServerThatIsStoppedAnswersWhatItHasBegun(t *testing.T) {
	t.Parallel()
	const requests = 32
	url, address := pgtest.Database(t, db.Migrate, db.Fingerprint()), freePort(t)
	p := serve(t, url, address, "LEADGRAPH_DB_CONNS=40")
	a := &testAPI{t: t, url: "http://" + address + "/graphql"}
	token := a.signUp("brightwater")
	a.source(token, "website")

	conn := owner(t, url)
	hold, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = hold.Exec(t.Context(), "lock table accounts in exclusive mode")
	require.NoError(t, err)
	var all sync.WaitGroup
	statuses := make([]string, requests)
	for i := range requests {
		all.Go(func() {
			req, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, a.url, bytes.NewReader(capture(i))) // a fixed address
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+token)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				statuses[i] = err.Error()
				return
			}
			defer res.Body.Close()
			var out answer
			err = json.NewDecoder(res.Body).Decode(&out)
			statuses[i] = fmt.Sprint(res.StatusCode, err, out.Errors)
		})
	}
	watch := owner(t, url)
	p.await(t, func() bool {
		return count(t, watch, "select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())") == requests
	})
	p.term()
	p.await(t, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	require.NoError(t, hold.Commit(t.Context()))
	all.Wait()
	for _, s := range statuses {
		require.Equal(t, "200 <nil> []", s)
	}
	require.Equal(t, 0, p.ended(t), p.out.String())
	require.Equal(t, int64(requests), count(t, conn, "select count(*) from leads"))
	require.Zero(t, count(t, conn, "select count(*) from jobs.servers"))
}

// postgres starts a Postgres of the test's own, to be changed and stopped.
func postgres(t *testing.T, dir string) *pg.Server {
	t.Helper()
	s, err := pg.Start(t.Context(), pg.Options{Dir: dir})
	require.NoError(t, err)
	return s
}

func TestRolesThatSeeTooMuchAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	t.Cleanup(func() { _ = pg.Remove(dir) })
	server := postgres(t, dir)
	t.Cleanup(server.Stop)
	url := server.URL("postgres")
	open := func(url string) error {
		d, err := db.Open(t.Context(), db.Config{URL: url, Conns: 1})
		if err == nil {
			d.Close()
		}
		return err
	}
	require.ErrorContains(t, open(url), "run `leadgraph migrate` first")
	require.NoError(t, db.Migrate(t.Context(), url))
	require.NoError(t, open(url), "a superuser's login serves as lg_app")
	conn := owner(t, url)
	run := func(statement string) {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	for change, back := range map[string]string{
		"alter role lg_app superuser": "alter role lg_app nosuperuser", "alter role lg_app bypassrls": "alter role lg_app nobypassrls",
		"alter table leads owner to lg_app": "alter table leads owner to postgres", "alter table touches_2026 owner to lg_app": "alter table touches_2026 owner to postgres",
	} {
		run(change)
		require.ErrorContains(t, open(url), "not bound by row-level security", change)
		run(back)
		require.NoError(t, open(url))
	}
	t.Run("a login of its own serves, and one that may not become lg_app does not", func(t *testing.T) {
		run("create role web login; create role stranger login; grant lg_app to web")
		host := url[len("postgres://postgres"):]
		require.ErrorContains(t, open("postgres://stranger"+host), "permission denied")
		web := "postgres://web" + host
		require.NoError(t, open(web))
		address := freePort(t)
		p := serve(t, web, address)
		token := (&testAPI{t: t, url: "http://" + address + "/graphql"}).signUp("brightwater")
		require.NotEmpty(t, token)
		p.term()
		require.Equal(t, 0, p.ended(t), p.out.String())
	})
	t.Run("serving refuses too, in one line and before it listens", func(t *testing.T) {
		run("alter role lg_app bypassrls")
		p := program(t, []string{"serve"}, "DATABASE_URL="+url, "LEADGRAPH_ADDR=127.0.0.1:0")
		require.Equal(t, 1, p.ended(t))
		require.Contains(t, p.out.String(), "not bound by row-level security")
	})
}
