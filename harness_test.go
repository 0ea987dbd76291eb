package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// testAPI is a whole server on a database of its own, reached over HTTP as callers reach it.
type testAPI struct {
	t       *testing.T
	server  *server
	url     string // of /graphql
	owner   string // the database as its owner, past row-level security
	counter *statements
	ids     []string // of the events that were read last
}

// startAPI starts a server for one test. Jobs run where the test says so.
func startAPI(t *testing.T, change ...func(*settings)) *testAPI {
	t.Helper()
	url := pgtest.Database(t, db.Migrate, db.Fingerprint())
	a := &testAPI{t: t, owner: url, counter: &statements{}}
	s := settings{DatabaseURL: pg.AppURL(url), Secret: "a secret for tests that is long enough", pace: pace{patience, patience, 50 * time.Minute}, Conns: 8, Jobs: true, RateCost: 50_000_000, RateRestore: 1_000_000,
		dev: &devMode{tracer: a.counter}}
	web := httptest.NewUnstartedServer(nil)
	s.URL = "http://" + web.Listener.Addr().String()
	for _, c := range change {
		c(&s)
	}
	srv, err := wire(context.Background(), s, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	web.Config.Handler = srv.api
	web.Start()
	unfollow, err := srv.follow(context.Background())
	require.NoError(t, err)
	if s.Jobs {
		require.NoError(t, srv.jobs.Start(context.Background()))
	}
	t.Cleanup(func() {
		drain, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		srv.api.Drain(drain)
		unfollow()
		web.Close()
		if s.Jobs {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			_ = srv.jobs.StopAndCancel(ctx)
		}
		srv.close()
	})
	a.server, a.url = srv, s.URL+"/graphql"
	return a
}

// answer is what the API answers.
type answer struct {
	Status int             `json:"-"`
	Header http.Header     `json:"-"`
	Data   json.RawMessage `json:"data,omitempty"`
	Errors []struct {
		Message    string         `json:"message"`
		Path       []any          `json:"path,omitempty"`
		Extensions map[string]any `json:"extensions,omitempty"`
	} `json:"errors,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

// code is the first error's code; empty without errors.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	c, _ := a.Errors[0].Extensions["code"].(string)
	return c
}

// into reads the data, after making sure that there are no errors.
func (a answer) into(t *testing.T, v any) {
	t.Helper()
	require.Empty(t, a.Errors)
	require.NoError(t, json.Unmarshal(a.Data, v))
}

// do sends one operation with a token, or none.
func (a *testAPI) do(token, query string, variables map[string]any, header ...string) answer {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	require.NoError(a.t, err)
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, a.url, bytes.NewReader(body))
	require.NoError(a.t, err)
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(a.t, err)
	defer res.Body.Close()
	out := answer{Status: res.StatusCode, Header: res.Header}
	require.NoError(a.t, json.NewDecoder(res.Body).Decode(&out))
	return out
}

// signUp makes a workspace and answers its founder's token: a marketing director with the admin flag.
func (a *testAPI) signUp(slug string) string {
	a.t.Helper()
	var out struct{ SignUp struct{ AccessToken string } }
	a.do("", `mutation ($slug: String!, $email: String!) { signUp(input: {workspaceName: "Brightwater", slug: $slug, name: "Ada Park", email: $email,
		password: "a long passphrase 42", department: MARKETING}) { accessToken } }`,
		map[string]any{"slug": slug, "email": "ada@" + slug + ".example"}).into(a.t, &out)
	return out.SignUp.AccessToken
}

// member adds a member and signs in as them.
func (a *testAPI) member(admin, email string, d auth.Department, r auth.Role) string {
	a.t.Helper()
	const password = "another long passphrase 42"
	res := a.do(admin, `mutation ($email: String!, $password: String!, $d: Department!, $r: Role!) {
		createMember(input: {name: "Sam Reed", email: $email, password: $password, department: $d, role: $r}) { member { id } } }`,
		map[string]any{"email": email, "password": password, "d": d, "r": r})
	require.Empty(a.t, res.Errors)
	var out struct{ SignIn struct{ AccessToken string } }
	a.do("", `mutation ($email: String!, $password: String!) { signIn(input: {email: $email, password: $password}) { accessToken } }`,
		map[string]any{"email": email, "password": password}).into(a.t, &out)
	return out.SignIn.AccessToken
}

// source makes a source with this key.
func (a *testAPI) source(token, key string) {
	a.t.Helper()
	res := a.do(token, `mutation ($key: String!) { createSource(input: {key: $key, name: $key, kind: FORM, channel: WEB}) { source { id } } }`, map[string]any{"key": key})
	require.Empty(a.t, res.Errors)
}

// statements counts what is sent to Postgres: statements of the graph, without those that only name the workspace.
type statements struct {
	mu    sync.Mutex
	sql   []string
	trips int // batches, and statements outside of them
}

// reset forgets what was counted.
func (s *statements) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sql, s.trips = nil, 0
}

// all is what was sent since the last reset.
func (s *statements) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.sql...)
}

func (s *statements) add(sql string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sql != "select set_config('app.ws', $1, true)" {
		s.sql = append(s.sql, sql)
	}
}

// TraceQueryStart counts a statement that travels alone.
func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.add(d.SQL)
	s.trip()
	return ctx
}

// trip counts a round trip.
func (s *statements) trip() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trips++
}

// tripsNow is how many round trips there were since the last reset.
func (s *statements) tripsNow() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trips
}

// TraceQueryEnd has nothing to count.
func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart counts a round trip: the statements of the batch follow.
func (s *statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	s.trip()
	return ctx
}

// TraceBatchQuery counts a statement of a batch.
func (s *statements) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	s.add(d.SQL)
}

// TraceBatchEnd has nothing to count.
func (s *statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
