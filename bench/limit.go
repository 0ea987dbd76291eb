package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // the statements
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/leadgraph/leadgraph/internal/id"
)

// limit is what a server could be that was written by hand for these workloads and nothing else: net/http and pgx, one round trip
// to the database for each request, rows written as JSON straight from their binary form. It does check the API key and serves
// under row-level security.
type limit struct {
	pool *pgxpool.Pool
	sql  map[string]string

	mu      sync.RWMutex
	viewers map[[32]byte]viewer
}

// viewer is the holder of an API key.
type viewer struct {
	workspace, key id.UUID
	text           string // of the workspace, for set_config
	until          time.Time
}

//go:embed limit.sql
var statements string

const setWorkspace = "select set_config('app.ws', $1, true)"

// serveLimit is the limit server's process.
func serveLimit(ctx context.Context, url, addr string) error {
	debug.SetGCPercent(400)
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err
	}
	config.MinConns, config.MaxConns = 4, 4
	params := config.ConnConfig.RuntimeParams
	params["role"], params["timezone"], params["plan_cache_mode"] = "lg_app", "UTC", "force_generic_plan"
	params["enable_memoize"] = "off" // no row is looked up twice: a sixth of the inbox's CPU time
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	l := &limit{pool: pool, sql: map[string]string{}, viewers: map[[32]byte]viewer{}}
	for _, s := range strings.Split(statements, "-- name: ")[1:] {
		name, text, _ := strings.Cut(s, "\n")
		l.sql[name] = strings.TrimSpace(text)
	}
	for _, name := range []string{"inbox", "inbox-touches"} {
		l.sql[name+"-owner"] = strings.Replace(l.sql[name], "stage = $1", "owner_id = $1", 1)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("POST /w1", l.handler(l.lead))
	mux.Handle("POST /w2", l.handler(l.inbox))
	mux.Handle("POST /w3", l.handler(l.record))
	all := &broadcast{conns: map[net.Conn][]byte{}}
	mux.HandleFunc("GET /w4", all.connect)
	mux.HandleFunc("POST /w4/event", all.event)
	server := &http.Server{Addr: addr, Handler: mux}
	var serving sync.WaitGroup
	serving.Go(func() { err = server.ListenAndServe() })
	<-ctx.Done()
	_ = server.Close() // nobody waits for an answer any more
	serving.Wait()
	return err
}

// request is one request and the memory it works in.
type request struct {
	viewer
	body bytes.Buffer
	out  []byte
	side []byte // the lists inside the rows of out, which arrive before them
	at   []list
}

// list is a piece of side: what belongs to one row.
type list struct {
	of       id.UUID
	from, to int
}

// handler is the way of every request: the caller, the body, the answer.
func (l *limit) handler(answer func(context.Context, *request) error) http.Handler {
	memory := sync.Pool{New: func() any { return new(request) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := memory.Get().(*request)
		defer memory.Put(q)
		q.out, q.side, q.at = q.out[:0], q.side[:0], q.at[:0]
		q.body.Reset()
		var err error
		if q.viewer, err = l.viewer(r); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		if _, err = q.body.ReadFrom(io.LimitReader(r.Body, 256<<10)); err == nil {
			err = answer(r.Context(), q)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(q.out)))
		_, _ = w.Write(q.out) // a caller who has gone needs no answer
	})
}

// viewer knows the bearer of a key; what the database says of one is believed for five seconds.
func (l *limit) viewer(r *http.Request) (viewer, error) {
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return viewer{}, errors.New("send an API key")
	}
	hash, now := sha256.Sum256([]byte(secret)), time.Now()
	l.mu.RLock()
	v, ok := l.viewers[hash]
	l.mu.RUnlock()
	if ok && now.Before(v.until) {
		return v, nil
	}
	var scopes []string
	err := l.pool.QueryRow(r.Context(), l.sql["key"], hash[:]).Scan(&v.workspace, &v.key)
	if err == nil {
		v.text, v.until = v.workspace.String(), now.Add(5*time.Second)
		err = pgx.BeginFunc(r.Context(), l.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(r.Context(), setWorkspace, v.text); err != nil {
				return err
			}
			return tx.QueryRow(r.Context(), l.sql["key-state"], v.key).Scan(&scopes)
		})
	}
	if err != nil {
		return v, fmt.Errorf("the API key is not valid: %w", err)
	}
	l.mu.Lock()
	l.viewers[hash] = v
	l.mu.Unlock()
	return v, nil
}
