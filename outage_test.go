package main

import (
	"encoding/json"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/pg"
)

// tally counts answers by their code; OK is one without errors.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) add(code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	if code == "" {
		code = "OK"
	}
	c.counts[code]++
}

func TestReadsGoOnAfterPostgresWasAway(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/dev/shm", "leadgraph-outage-")
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { _ = pg.Remove(dir); _ = os.RemoveAll(dir) })
	server := postgres(t, dir)
	t.Cleanup(func() { server.Stop() }) // the last one, once the API has stopped
	url := server.URL("postgres")
	require.NoError(t, db.Migrate(t.Context(), url))
	a := startAPI(t, func(s *settings) { s.DatabaseURL, s.pace = pg.AppURL(url), pace{} })
	token := a.signUp("brightwater")
	a.source(token, "website")

	var seen tally
	var stop atomic.Bool
	var readers sync.WaitGroup
	var lastRefused atomic.Int64 // when, in nanoseconds
	for range 4 {
		readers.Go(func() {
			for !stop.Load() {
				res := a.do(token, `{ sources(first: 5) { nodes { id name } } }`, nil)
				seen.add(res.code())
				if len(res.Errors) == 0 {
					continue
				}
				lastRefused.Store(time.Now().UnixNano())
				if res.code() == "UNAVAILABLE" && res.Errors[0].Extensions["retryable"] != true {
					seen.add("not retryable")
				}
			}
		})
	}
	var opened struct {
		CreateUpload struct{ UploadID, URL string }
	}
	a.do(token, openUpload, map[string]any{"name": "leads.csv"}).into(t, &opened)
	var back time.Duration
	for range 2 {
		server.Stop()
		require.Equal(t, http.StatusServiceUnavailable, upload(t, opened.CreateUpload.URL, "email\nada@company.example\n"))
		require.Equal(t, "UNAVAILABLE", a.do(token, `{ sources(first: 5) { nodes { id } } }`, nil).code())
		server = postgres(t, dir)
		up := time.Now()
		eventually(t, "reads", func() bool { return a.do(token, `{ sources(first: 5) { nodes { id } } }`, nil).code() == "" })
		<-time.After(300 * time.Millisecond) // readers on every connection
		back = max(back, time.Unix(0, lastRefused.Load()).Sub(up))
	}
	stop.Store(true)
	readers.Wait()
	t.Logf("answers while Postgres restarted twice: %v; the last refusal came %s after it was up again", seen.counts, back.Round(time.Millisecond))
	require.Less(t, back, 20*time.Second, "the pool does not go on with connections that are dead")
	require.Subset(t, []string{"OK", "UNAVAILABLE"}, keys(seen.counts), "%v", seen.counts)

	t.Run("and jobs do", func(t *testing.T) {
		var started struct {
			ImportLeads struct{ Import struct{ ID string } }
		}
		a.do(token, `mutation { importLeads(input: {source: "website", text: "email\nada@company.example\n"}) { import { id } } }`, nil).into(t, &started)
		require.Equal(t, "SUCCEEDED", a.ended(token, started.ImportLeads.Import.ID).State)
	})
}

func keys(m map[string]int) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	return all
}

func TestBusyConnectionsRefuseSoonAndHarmNoProbe(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Conns, s.pace = 2, pace{} })
	token := a.signUp("brightwater")
	a.source(token, "website")
	conn := owner(t, a.owner)
	hold, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = hold.Exec(t.Context(), "lock table accounts in exclusive mode")
	require.NoError(t, err)
	var busy sync.WaitGroup
	codes := make([]string, 2)
	for i := range codes {
		busy.Go(func() {
			var in struct {
				Query     string
				Variables map[string]any
			}
			_ = json.Unmarshal(capture(i), &in) // made a moment ago
			codes[i] = a.do(token, in.Query, in.Variables).code()
		})
	}
	watch := owner(t, a.owner)
	eventually(t, "two writers that wait", func() bool {
		return count(t, watch, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 2
	})
	var refused sync.WaitGroup
	for range 8 {
		refused.Go(func() {
			res := a.do(token, `{ sources(first: 5) { nodes { id } } }`, nil)
			if res.code() != "UNAVAILABLE" || res.Errors[0].Extensions["retryable"] != true { // who waits too long hears TIMEOUT
				t.Errorf("%s: %+v", res.code(), res.Errors)
			}
		})
	}
	fastest := patience
	for range 20 {
		began := time.Now()
		res, err := http.Get(a.server.settings.URL + "/healthz")
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, res.StatusCode)
		_ = res.Body.Close()
		fastest = min(fastest, time.Since(began))
	}
	require.Less(t, fastest, 500*time.Millisecond, "who waited for a connection would wait for a second")
	refused.Wait()
	require.NoError(t, hold.Commit(t.Context()))
	busy.Wait()
	require.Equal(t, []string{"", ""}, codes, "those who had a connection lose nothing")
	require.Empty(t, a.do(token, `{ sources(first: 5) { nodes { id } } }`, nil).Errors)
}
