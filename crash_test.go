package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// referenceFile is a file of the reference data, found by a pattern; empty where there is none.
func referenceFile(t *testing.T, pattern string) string {
	t.Helper()
	dir := os.Getenv("LEADGRAPH_DATA")
	if dir == "" {
		dir = filepath.Join("..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	require.NoError(t, err)
	if len(files) == 0 {
		return ""
	}
	return files[0]
}

// crash is a database and the server on it, which is killed and started again.
type crash struct {
	*testAPI
	t        *testing.T
	database string
	address  string
	server   *process
}

func newCrash(t *testing.T) *crash {
	t.Helper()
	c := &crash{t: t, database: pgtest.Database(t, db.Migrate, db.Fingerprint()), address: freePort(t)}
	c.testAPI = &testAPI{t: t, owner: c.database, url: "http://" + c.address + "/graphql"}
	c.start()
	return c
}

func (c *crash) start() { c.server = serve(c.t, c.database, c.address) }

// imported starts an import of a text and answers its id.
func (c *crash) imported(token, text string, mapping any) string {
	c.t.Helper()
	var opened struct {
		CreateUpload struct{ UploadID, URL string }
	}
	c.do(token, openUpload, map[string]any{"name": "leads.csv"}).into(c.t, &opened)
	require.Equal(c.t, http.StatusOK, upload(c.t, opened.CreateUpload.URL, text))
	var started struct {
		ImportLeads struct{ Import struct{ ID string } }
	}
	c.do(token, startImport, map[string]any{"upload": opened.CreateUpload.UploadID, "source": "website", "mapping": mapping}).into(c.t, &started)
	return started.ImportLeads.Import.ID
}

// progress is what an import says of itself.
type progress struct {
	State                                                                 string
	BytesTotal, BytesRead, RowsRead, RowsCreated, RowsMerged, RowsRefused int64
	Failure                                                               *string
}

func (a *testAPI) progress(token, imp string) progress {
	a.t.Helper()
	var out struct{ Node progress }
	a.do(token, followImport, map[string]any{"id": imp}).into(a.t, &out)
	return out.Node
}

// ended waits for the end of an import.
func (a *testAPI) ended(token, imp string) (p progress) {
	a.t.Helper()
	eventually(a.t, "the end of the import", func() bool {
		p = a.progress(token, imp)
		return p.State != "PENDING" && p.State != "RUNNING"
	})
	return p
}

// TestOracleImportSurvivesKills imports the reference leads, or some of our own where they are absent.
func TestOracleImportSurvivesKills(t *testing.T) {
	t.Parallel()
	text, mapping, rows, leads, refused, kills := people(20_000), any(nil), int64(20_000), int64(19_800), int64(200), 5
	if slower > 1 && !long() {
		text, rows, leads, refused, kills = people(6_000), 6_000, 5_940, 60, 2
	} else if file := referenceFile(t, "scoring/x_education_leads*.csv"); file != "" {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		by, err := os.ReadFile("examples/x-education.mapping.json")
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(by, &mapping))
		text, rows, leads, refused = string(b), 9240, 9240, 0
	}
	c := newCrash(t)
	token := c.signUp("brightwater")
	c.source(token, "website")
	imp := c.imported(token, text, mapping)
	conn := owner(t, c.database)
	read, slowest := int64(0), time.Duration(0)
	for kill := range kills {
		began := time.Now()
		c.server.await(t, func() bool {
			n := count(t, conn, "select bytes_read from imports")
			moved := n > read
			read = n
			return moved
		})
		if kill > 0 {
			slowest = max(slowest, time.Since(began))
		}
		<-time.After(time.Duration(rand.IntN(120)) * time.Millisecond)
		c.server.kill()
		require.Equal(t, int64(1), count(t, conn, "select count(*) from imports where state = 'RUNNING'"), "killed while the import ran")
		read = count(t, conn, "select bytes_read from imports")
		c.start()
	}
	p := c.ended(token, imp)
	require.Equal(t, "SUCCEEDED", p.State, p.Failure)
	t.Logf("%d rows, %d kills; the import went on at most %s after the next start", rows, kills, slowest.Round(10*time.Millisecond))
	require.Less(t, slowest, time.Minute, "a job of a dead server would otherwise be taken up after an hour")
	require.Equal(t, p.RowsRead, p.RowsCreated+p.RowsMerged+p.RowsRefused)
	require.Equal(t, []int64{rows, refused}, []int64{p.RowsRead, p.RowsRefused})
	require.Equal(t, refused, count(t, conn, "select count(*) from import_refusals"))
	require.Equal(t, leads, count(t, conn, "select count(*) from leads"))
	require.Equal(t, leads, count(t, conn, "select count(*) from contacts"))
	require.Equal(t, leads, count(t, conn, "select count(distinct contact_id) from leads"))
	require.Equal(t, leads, count(t, conn, "select count(*) from events where kind = 'LEAD_CAPTURED'"))

	t.Run("the same file again makes nothing new", func(t *testing.T) {
		touches := count(t, conn, "select count(*) from touches")
		again := c.ended(token, c.imported(token, text, mapping))
		require.Equal(t, "SUCCEEDED", again.State, again.Failure)
		require.Equal(t, []int64{0, leads, refused}, []int64{again.RowsCreated, again.RowsMerged, again.RowsRefused})
		require.Equal(t, leads, count(t, conn, "select count(*) from leads"))
		require.Equal(t, touches, count(t, conn, "select count(*) from touches"))
	})
}

// captured sends one capture until it is answered, as a client does whose server may go away.
func (c *crash) captured(token string, n int) (id string) {
	body, _ := json.Marshal(map[string]any{ // maps of texts
		"query": `mutation ($email: String!, $key: String!) { captureLead(input: {source: "website", contact: {email: $email},
			touch: {kind: FORM_SUBMITTED}, idempotencyKey: $key}) { lead { id } } }`,
		"variables": map[string]any{"email": fmt.Sprintf("p%d@company.example", n), "key": fmt.Sprintf("capture %d", n)},
	})
	for {
		req, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, c.url, bytes.NewReader(body)) // a fixed address
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			<-time.After(10 * time.Millisecond)
			continue
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		var a struct {
			Data struct {
				CaptureLead struct{ Lead struct{ ID string } }
			}
			Errors []struct{ Extensions struct{ Retryable bool } }
		}
		switch {
		case err != nil || json.Unmarshal(b, &a) != nil:
		case len(a.Errors) == 0:
			return a.Data.CaptureLead.Lead.ID
		case !a.Errors[0].Extensions.Retryable:
			c.t.Errorf("refused for good: %s", b)
			return ""
		}
	}
}

func TestRetriedCapturesSurviveKills(t *testing.T) {
	t.Parallel()
	const clients, each = 8, 60
	c := newCrash(t)
	token := c.signUp("brightwater")
	c.source(token, "website")
	var all sync.WaitGroup
	var done atomic.Int64
	ids := make([]string, clients*each)
	for i := range clients {
		all.Go(func() {
			for n := i; n < len(ids); n += clients {
				ids[n] = c.captured(token, n)
				done.Add(1)
			}
		})
	}
	kills := 0
	for ; done.Load() < int64(len(ids))*9/10 && kills < 5; kills++ {
		<-time.After(time.Duration(20+rand.IntN(150)) * time.Millisecond)
		c.server.kill()
		c.start()
	}
	all.Wait()
	t.Logf("%d captures by %d clients, %d kills", len(ids), clients, kills)
	conn := owner(t, c.database)
	for what, query := range map[string]string{
		"leads": "select count(*) from leads", "people": "select count(*) from contacts", "touches": "select count(*) from touches",
		"events": "select count(*) from events where kind = 'LEAD_CAPTURED'", "answers": "select count(*) from idempotency where answer is not null",
	} {
		require.Equal(t, int64(len(ids)), count(t, conn, query), what)
	}
	t.Run("a repeat long after answers as the first did", func(t *testing.T) {
		for n := 0; n < len(ids); n += 17 {
			require.Equal(t, ids[n], c.captured(token, n))
		}
		require.Equal(t, int64(len(ids)), count(t, conn, "select count(*) from touches"))
	})
}
