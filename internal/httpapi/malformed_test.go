package httpapi

import (
	"bytes"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mutate spoils a text in one to four places.
func mutate(r *rand.Rand, s string, alphabet []string) string {
	for range 1 + r.IntN(4) {
		at := r.IntN(len(s) + 1)
		end := min(at+r.IntN(12), len(s))
		switch r.IntN(5) {
		case 0:
			s = s[:at] + alphabet[r.IntN(len(alphabet))] + s[at:]
		case 1:
			s = s[:at] + s[end:]
		case 2:
			s = s[:at] + alphabet[r.IntN(len(alphabet))] + s[end:]
		case 3:
			s = s[:at] + strings.Repeat(s[at:end], 1+r.IntN(40)) + s[end:]
		case 4:
			s = s[:at] + string([]byte{byte(r.IntN(256))}) + s[at:]
		}
	}
	return s
}

func TestTenThousandMalformedRequestsAreAllAnswered(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	config := testConfig()
	config.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))
	h := New(config)
	r := rand.New(rand.NewPCG(7, 11))
	queries := []string{
		inbox, introspectionQuery, "{hello(name:\"x\",n:2,ratio:1.5,note:{text:\"\"\"y\"\"\",band:HOT,inner:{text:\"z\"}},pick:{id:1},ids:[1,2])}",
		"query($a:Boolean=true,$n:Int,$ids:[ID!]!){nodes(ids:$ids){id ...on Lead@skip(if:$a){touches(first:$n){nodes{id}}}}}",
		"mutation M($note:Note!){save(note:$note){...L}} fragment L on Lead{id owner{...M}} fragment M on Member{leads(last:3){edges{node{id}}}}",
	}
	tokens := []string{"{", "}", "(", ")", "[", "]", ":", "$a", "$", "@skip(if:$a)", "@", "...", "on", "null", "true", "1e999", "-", `"`, `"""`, `\u0000`, `\ud800`, "\x00", "\ufeff", "#", "\n", "first:-1", "__schema", "__typename", "fragment F on Query", "999999999999999999999", "é", "fails(how:\"panics\")"}
	variables := `{"note":{"text":"x","attributes":{"a":[1,{"b":null}]}},"ids":["a"],"a":false,"n":3,"band":"HOT","first":2}`
	codes := map[int]int{}
	for range 10_000 {
		query := queries[r.IntN(len(queries))]
		if r.IntN(2) == 0 {
			query = mutate(r, query, tokens)
		}
		vars := variables
		if r.IntN(3) == 0 {
			vars = mutate(r, vars, tokens)
		}
		body := `{"query":` + quoteJSON(query) + `,"variables":` + vars + `}`
		if r.IntN(4) == 0 {
			body = mutate(r, body, tokens)
		}
		req := post([]string{"", "all", "leads", "bogus"}[r.IntN(4)], body)
		switch r.IntN(12) {
		case 0:
			req = httptest.NewRequest(http.MethodGet, "/graphql", nil)
			req.URL.RawQuery = mutate(r, "query="+url.QueryEscape(query)+"&variables="+url.QueryEscape(vars), tokens)
		case 1:
			req.Header.Set("Accept", mutate(r, "application/graphql-response+json, application/json;q=0.9, */*", tokens))
		case 2:
			req.Header.Set("Content-Type", mutate(r, "application/json; charset=utf-8", tokens))
		case 3:
			req.Header["Idempotency-Key"] = []string{mutate(r, "key", tokens)}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		codes[w.Code]++
		if w.Code >= 500 {
			t.Fatalf("%d for %s", w.Code, body)
		}
	}
	require.Empty(t, log.String(), "nothing went wrong on our side")
	t.Logf("answers by status: %v", codes)
}
