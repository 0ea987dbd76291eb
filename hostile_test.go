package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// reference reads a file of the reference data; it skips the test where there is none.
func reference(t *testing.T, pattern string, into any) {
	t.Helper()
	file := referenceFile(t, pattern)
	if file == "" {
		t.Skip("no reference data: set LEADGRAPH_DATA to its folder")
	}
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, into))
}

// recipe is how a long text is made.
type recipe struct {
	Name                                    string
	Prefix, Unit, Separator, Middle, Suffix string
	Times                                   int
	CloseUnit                               string `json:"close_unit"`
	CloseTimes                              int    `json:"close_times"`
}

func (r *recipe) text() string {
	middle := strings.Repeat(r.Unit+r.Separator, r.Times)
	if strings.Contains(r.Unit, "{i}") {
		var b strings.Builder
		for i := range r.Times {
			b.WriteString(strings.NewReplacer("{i}", strconv.Itoa(i), "{j}", strconv.Itoa(i+1)).Replace(r.Unit) + r.Separator)
		}
		middle = b.String()
	}
	return r.Prefix + strings.TrimSuffix(middle, r.Separator) + r.Middle + strings.Repeat(r.CloseUnit, r.CloseTimes) + r.Suffix
}

// attack is a hostile request.
type attack struct {
	ID      string
	Request struct {
		Method        string
		Headers       map[string]string
		Params        map[string]string
		JSON          json.RawMessage `json:"json"`
		Body          *string
		QueryTemplate *recipe `json:"query_template"`
		BodyTemplate  *recipe `json:"body_template"`
		GzipOf        *recipe `json:"gzip_of"`
		HeaderRepeat  *recipe `json:"header_repeat"`
		StringInput   *string `json:"string_input"`
	}
	Expect struct {
		Rule       string
		MustRefuse bool `json:"must_refuse"`
	}
}

// body is what the attack sends.
func (a *attack) body(t *testing.T) []byte {
	t.Helper()
	q := a.Request
	switch {
	case q.QueryTemplate != nil:
		b, err := json.Marshal(map[string]string{"query": q.QueryTemplate.text()})
		require.NoError(t, err)
		return b
	case q.BodyTemplate != nil:
		return []byte(q.BodyTemplate.text())
	case q.Body != nil:
		return []byte(*q.Body)
	case q.GzipOf != nil:
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, err := io.WriteString(z, q.GzipOf.text())
		require.NoError(t, err)
		require.NoError(t, z.Close())
		return packed.Bytes()
	}
	return q.JSON
}

// send sends the attack to a server.
func (a *attack) send(t *testing.T, endpoint, token string, sent []byte) (res *http.Response, body string) {
	t.Helper()
	values := url.Values{}
	for k, v := range a.Request.Params {
		values.Set(k, v)
	}
	if len(values) > 0 {
		endpoint += "?" + values.Encode()
	}
	req, err := http.NewRequestWithContext(context.Background(), a.Request.Method, endpoint, bytes.NewReader(sent))
	require.NoError(t, err)
	for k, v := range a.Request.Headers {
		req.Header.Set(k, v)
	}
	if h := a.Request.HeaderRepeat; h != nil {
		req.Header.Set(h.Name, h.text())
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err = http.DefaultClient.Do(req)
	require.NoError(t, err, "the server stays there")
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(b)
}

// timed sends the attack and makes sure that the answer comes soon.
func (a *attack) timed(t *testing.T, endpoint, token string) (res *http.Response, body string, took time.Duration) {
	t.Helper()
	sent := a.body(t)
	for try := 0; try == 0 || took >= quick && try < tries; try++ {
		began := time.Now()
		res, body = a.send(t, endpoint, token, sent)
		took = time.Since(began)
	}
	require.Less(t, took, quick, a.ID)
	return res, body, took
}

// production is a server as it runs in production, and a founder's token.
func production(t *testing.T) (p *process, a *testAPI, token string) {
	t.Helper()
	database, address := pgtest.Database(t, db.Migrate, db.Fingerprint()), freePort(t)
	p = serve(t, database, address)
	a = &testAPI{t: t, owner: database, url: "http://" + address + "/graphql"}
	token = a.signUp("brightwater")
	return p, a, token
}

// memory is how much the process holds, in MiB; 0 where the system does not tell.
func (p *process) memory() (mib int) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	_, _ = fmt.Sscanf(between(string(b), "VmRSS:", "kB"), "%d", &mib)
	return mib >> 10
}

func TestOracleDocumentsOnTheServer(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			ID, Doc string
			Parses  bool `json:"graphql_js_parses"`
			Errors  *int `json:"graphql_js_errors"`
		}
	}
	reference(t, "graphql/documents*.json", &file)
	_, a, token := production(t)
	for _, c := range file.Cases {
		body, err := json.Marshal(map[string]string{"query": c.Doc, "operationName": map[bool]string{true: "A"}[strings.Contains(c.Doc, "query A")]})
		require.NoError(t, err)
		h := attack{ID: c.Doc}
		h.Request.Method, h.Request.JSON, h.Request.Headers = http.MethodPost, body, map[string]string{"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
		res, text, _ := h.timed(t, a.url, token)
		require.NotContains(t, text, "INTERNAL", c.Doc)
		// A subscription is valid to graphql-js, which does not look for the root type while it validates.
		if c.Parses && c.Errors != nil && *c.Errors == 0 && !strings.HasPrefix(c.Doc, "subscription") {
			require.Equal(t, http.StatusOK, res.StatusCode, "%q: %s", c.Doc, text)
			require.NotContains(t, text, `"errors"`, c.Doc)
		} else {
			require.Equal(t, http.StatusBadRequest, res.StatusCode, "%q: %s", c.Doc, text)
			require.NotContains(t, text, `"data"`, c.Doc)
		}
	}
	t.Logf("%d documents judged as graphql-js does", len(file.Cases))
}

func TestOracleAttacksOnTheServer(t *testing.T) {
	t.Parallel()
	var file struct{ Cases []attack }
	reference(t, "graphql/attacks*.json", &file)
	p, a, token := production(t)
	before, slowest := p.memory(), time.Duration(0)
	for _, c := range file.Cases {
		if c.Request.StringInput != nil || c.Request.Method == "" {
			continue // through every input: TestOracleHostileTexts; alias-login: below; idor: TestForeignIDsAreUnknownIDs
		}
		for _, who := range []string{"", token} {
			res, text, took := c.timed(t, a.url, who)
			slowest = max(slowest, took)
			require.Less(t, res.StatusCode, 500, "%s: %s", c.ID, text)
			require.NotContains(t, text, "INTERNAL", c.ID)
			require.NotContains(t, text, "Did you mean", c.ID)
			require.LessOrEqual(t, strings.Count(text, `"message"`), 10, c.ID)
			hidden := who == "" && strings.HasPrefix(c.ID, "introspection")
			if c.Expect.MustRefuse || hidden || strings.HasPrefix(c.Expect.Rule, "4") {
				require.NotContains(t, text, `"data":{`, c.ID)
				require.True(t, res.StatusCode >= 400 || strings.Contains(text, `"errors"`), "%s: %d %s", c.ID, res.StatusCode, text)
			}
		}
		require.Empty(t, a.do(token, `{ viewer { kind } }`, nil).Errors, "the next request after %s", c.ID)
	}
	t.Logf("slowest %s; the server's memory went from %d to %d MiB", slowest.Round(time.Millisecond), before, p.memory())
	t.Run("guesses of a password under twenty aliases", func(t *testing.T) {
		var b strings.Builder
		for i := range 20 {
			fmt.Fprintf(&b, `a%d: signIn(input: {email: "ada@brightwater.example", password: "guess number %d"}) { accessToken } `, i, i)
		}
		res := a.do("", "mutation { "+b.String()+"}", nil)
		require.NotEmpty(t, res.Errors)
		require.Empty(t, res.Data)
		require.Empty(t, a.do("", `mutation { signIn(input: {email: "ada@brightwater.example", password: "a long passphrase 42"}) { accessToken } }`, nil).Errors, "none was tried")
	})
}
