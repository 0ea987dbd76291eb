package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const probeSDL = `
type Query { leadgraphProbe: Int }
type Mutation { leadgraphProbe: Int }
`

func probe() http.Handler {
	config := testConfig()
	one := func(context.Context, any, map[string]any) (any, error) { return 1, nil }
	config.Schema = newGraph(probeSDL, resolvers{"Query.leadgraphProbe": one, "Mutation.leadgraphProbe": one})
	return New(config)
}

func TestOracleDocuments(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			ID, Doc, Class string
			Parses         bool `json:"graphql_js_parses"`
			Errors         *int `json:"graphql_js_errors"`
		}
	}
	oracle(t, "documents*.json", &file)
	h := probe()
	agreed := 0
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			name := ""
			if strings.Contains(c.Doc, "query A") {
				name = "A"
			}
			body, err := json.Marshal(map[string]any{"query": c.Doc, "operationName": name})
			require.NoError(t, err)
			g := send(t, h, post("all", string(body)))
			// A subscription is valid to graphql-js, which does not look for the root type while it validates.
			if c.Parses && c.Errors != nil && *c.Errors == 0 && !strings.HasPrefix(c.Doc, "subscription") {
				require.Equal(t, http.StatusOK, g.Status, "%q: %s", c.Doc, g.Body)
				require.Empty(t, g.Errors, "%q", c.Doc)
			} else {
				require.Equal(t, http.StatusBadRequest, g.Status, "%q: %s", c.Doc, g.Body)
				require.Nil(t, g.Data)
			}
			agreed++
		})
	}
	t.Logf("%d of %d documents judged as graphql-js does", agreed, len(file.Cases))
}

func TestOracleAttacks(t *testing.T) {
	t.Parallel()
	type template struct {
		Prefix, Unit, Separator, Middle, Suffix string
		Times                                   int
		CloseUnit                               string `json:"close_unit"`
		CloseTimes                              int    `json:"close_times"`
	}
	var file struct {
		Cases []struct {
			ID      string
			Request struct {
				Method        string
				Headers       map[string]string
				Params        map[string]string
				JSON          json.RawMessage `json:"json"`
				Body          *string
				QueryTemplate *template `json:"query_template"`
				BodyTemplate  *template `json:"body_template"`
				GzipOf        *template `json:"gzip_of"`
				StringInput   *string   `json:"string_input"`
				Note          string
			}
			Expect struct {
				Rule       string
				MustRefuse bool `json:"must_refuse"`
			}
		}
	}
	oracle(t, "attacks*.json", &file)
	production := testConfig()
	production.Introspection = signedOnly
	h := New(production)
	expand := func(p *template) string {
		var b strings.Builder
		b.WriteString(p.Prefix)
		for i := range p.Times {
			if i > 0 {
				b.WriteString(p.Separator)
			}
			b.WriteString(strings.NewReplacer("{i}", itoa(i), "{j}", itoa(i+1)).Replace(p.Unit))
		}
		return b.String() + p.Middle + strings.Repeat(p.CloseUnit, p.CloseTimes) + p.Suffix
	}
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			q := c.Request
			var r *http.Request
			switch {
			case q.StringInput != nil:
				body, err := json.Marshal(map[string]any{"query": "query($n: String){hello(name: $n)}", "variables": map[string]any{"n": *q.StringInput}})
				require.NoError(t, err)
				g := send(t, h, post("", string(body)))
				var data struct{ Hello string }
				require.NoError(t, json.Unmarshal(g.Data, &data))
				var echo struct{ Name string }
				require.NoError(t, json.Unmarshal([]byte(data.Hello), &echo))
				require.Equal(t, *q.StringInput, echo.Name)
				return
			case q.QueryTemplate != nil:
				body, err := json.Marshal(map[string]any{"query": expand(q.QueryTemplate)})
				require.NoError(t, err)
				r = post("", string(body))
			case q.BodyTemplate != nil:
				r = post("", expand(q.BodyTemplate))
			case q.JSON != nil:
				r = post("", string(q.JSON))
			case q.Body != nil:
				r = post("", *q.Body)
			case q.GzipOf != nil:
				r = post("", "\x1f\x8b")
			case q.Params != nil || q.Method == http.MethodGet:
				r = get(q.Params)
			default:
				t.Skip("needs the product or a socket: " + c.Expect.Rule)
			}
			for k, v := range q.Headers {
				r.Header.Set(k, v)
			}
			began := time.Now()
			g := send(t, h, r)
			require.Less(t, time.Since(began), 500*time.Millisecond)
			require.Less(t, g.Status, 500, g.Body)
			require.LessOrEqual(t, len(g.Errors), 10)
			require.NotContains(t, g.Body, "Did you mean")
			if c.Expect.MustRefuse || strings.HasPrefix(c.Expect.Rule, "4xx") || strings.HasPrefix(c.ID, "introspection") {
				require.GreaterOrEqual(t, g.Status, 400, g.Body)
				require.NotEmpty(t, g.Errors)
				require.Nil(t, g.Data)
			}
		})
	}
}
