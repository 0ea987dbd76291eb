package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"github.com/99designs/gqlgen/graphql"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/stretchr/testify/require"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// worstDocuments are texts of up to 256 KiB that keep each step as busy as the one before lets them.
func worstDocuments() map[string]string {
	var fields, literals, spreads, nested strings.Builder
	fields.WriteString("query A {")
	for i := range 399 {
		fmt.Fprintf(&fields, "field%d(a:1,b:[$x 2]) ", i)
	}
	fields.WriteString("}")
	literals.WriteString("{hello(note:[")
	for i := range 1980 {
		fmt.Fprintf(&literals, "%d -1", i)
	}
	literals.WriteString("])}")
	spreads.WriteString("{")
	for i := range 139 {
		fmt.Fprintf(&spreads, "...F%d ", i%50)
	}
	spreads.WriteString("}")
	for i := range 50 {
		fmt.Fprintf(&spreads, "fragment F%d on Query{hello must ...F%d} ", i, i+1)
	}
	nested.WriteString("{")
	for range 33 {
		nested.WriteString("viewer{member{leads{nodes{account{parent{parent{parent{parent{parent{id name}}}}}}}}}}")
	}
	nested.WriteString("}")
	comments := "{hello} #" + strings.Repeat("é", 120<<10)
	return map[string]string{
		"fields": fields.String(), "literals": literals.String(), "spreads": spreads.String(), "nested": nested.String(),
		"comments": comments, "text": `{hello(name:"` + strings.Repeat("x", 250<<10) + `")}`, "tokens": strings.Repeat("{a ", 80<<10),
		"names": "{" + strings.Repeat(" a", 120<<10) + "}", "introspection": introspectionQuery,
	}
}

// BenchmarkGuard measures, for each of the worst documents, the steps before validation.
func BenchmarkGuard(b *testing.B) {
	limits := DefaultLimits()
	for name, doc := range worstDocuments() {
		b.Run("scan/"+name, func(b *testing.B) {
			for b.Loop() {
				scan(doc, &limits)
			}
		})
		if _, refused := scan(doc, &limits); refused != nil {
			continue
		}
		b.Run("parse/"+name, func(b *testing.B) {
			for b.Loop() {
				_, _ = parser.ParseQueryWithTokenLimit(&ast.Source{Input: doc}, 4000)
			}
		})
		tree, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: doc}, 4000)
		if err != nil {
			continue
		}
		b.Run("check/"+name, func(b *testing.B) {
			for b.Loop() {
				check(tree, &limits)
			}
		})
	}
}

// inbox is the page that a sales inbox shows: 50 leads with five relations each.
const inbox = `query Inbox($band: Band, $first: Int = 50) {
  leads(first: $first, band: $band) {
    nodes { id name band score
      account { id name } persona { id name } owner { id name } clock { id kind }
      touches(first: 3) { nodes { id kind } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`

// sink is a ResponseWriter that costs nothing.
type sink struct {
	header http.Header
	bytes  int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { s.bytes += len(b); return len(b), nil }
func (s *sink) WriteHeader(int)             {}

// readyAnswer is a configuration whose execution costs nothing: an answer of 34 KB stands ready.
func readyAnswer(t testing.TB) Config {
	data := []byte(`{"leads":[` + strings.Repeat(`{"id":"lead_01j0000000000000000000000","name":"Ada Lovelace"},`, 34<<10/60) + `null]}`)
	viewer := &auth.Viewer{Kind: auth.ActorMember, Workspace: id.New(), Permissions: auth.All()}
	limiter, err := auth.NewLimiter(1_000_000_000, 1_000_000_000, 100)
	require.NoError(t, err)
	config := testConfig()
	config.Exec = func(context.Context, *sync.Map, []byte) (*graphql.Response, int) {
		return &graphql.Response{Data: data}, 300
	}
	config.Authenticate = func(context.Context, *http.Request) (*auth.Viewer, error) { return viewer, nil }
	config.Limit = func(_ *auth.Viewer, cost int, now time.Time) (auth.Throttle, time.Duration, bool) {
		return limiter.Take("key", cost, now)
	}
	config.Refund = func(_ *auth.Viewer, points int, now time.Time) auth.Throttle {
		return limiter.Refund("key", points, now)
	}
	config.Origins = []string{"https://app.example"}
	return config
}

// again returns a function that sends the same inbox query to a handler once more.
func again(t testing.TB, h http.Handler) func() {
	body, err := json.Marshal(map[string]any{"query": inbox, "variables": map[string]any{"band": "HOT"}})
	require.NoError(t, err)
	reader := bytes.NewReader(body)
	r := httptest.NewRequest(http.MethodPost, "/graphql", io.NopCloser(reader))
	r.Header.Set("Content-Type", "application/json")
	w := &sink{header: http.Header{}}
	return func() {
		w.bytes = 0
		reader.Reset(body)
		h.ServeHTTP(w, r)
		if w.bytes < 34<<10 {
			t.Fatal("the answer is not whole")
		}
	}
}

// BenchmarkCached measures all of a request but its execution.
func BenchmarkCached(b *testing.B) {
	config := readyAnswer(b)
	for name, h := range map[string]http.Handler{"graph": NewGraphQL(config), "server": New(config)} {
		b.Run(name, func(b *testing.B) {
			send := again(b, h)
			b.ReportAllocs()
			for b.Loop() {
				send()
			}
		})
	}
}

func TestAllOfARequestButItsExecutionTakesFewAllocations(t *testing.T) {
	send := again(t, New(readyAnswer(t)))
	require.LessOrEqual(t, testing.AllocsPerRun(200, send), 60.0)
}
