package httpapi

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
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

// template is a recipe for a long text.
type template struct {
	Prefix, Unit, Separator, Middle, Suffix string
	Times                                   int
	CloseUnit                               string `json:"close_unit"`
	CloseTimes                              int    `json:"close_times"`
}

func (p *template) text() string {
	if p.Separator == "" && !strings.Contains(p.Unit, "{i}") {
		return p.Prefix + strings.Repeat(p.Unit, p.Times) + p.Middle + strings.Repeat(p.CloseUnit, p.CloseTimes) + p.Suffix
	}
	var b strings.Builder
	b.WriteString(p.Prefix)
	for i := range p.Times {
		if i > 0 {
			b.WriteString(p.Separator)
		}
		b.WriteString(strings.NewReplacer("{i}", strconv.Itoa(i), "{j}", strconv.Itoa(i+1)).Replace(p.Unit))
	}
	return b.String() + p.Middle + strings.Repeat(p.CloseUnit, p.CloseTimes) + p.Suffix
}

// attack is a hostile request and what must come of it.
type attack struct {
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
		HeaderRepeat  *struct{} `json:"header_repeat"`
		StringInput   *string   `json:"string_input"`
	}
	Expect struct {
		Rule       string
		MustRefuse bool `json:"must_refuse"`
	}
}

// request makes the attack's request; nil for those that need more than this package.
func (a *attack) request(t *testing.T) (r *http.Request) {
	q := a.Request
	switch {
	case q.QueryTemplate != nil:
		r = post("", `{"query":`+quoteJSON(q.QueryTemplate.text())+`}`)
	case q.BodyTemplate != nil:
		r = post("", q.BodyTemplate.text())
	case q.HeaderRepeat != nil:
		t.Skip("needs a listener: see TestOverTheWire")
	case q.JSON != nil:
		r = post("", string(q.JSON))
	case q.Body != nil:
		r = post("", *q.Body)
	case q.GzipOf != nil:
		var packed strings.Builder
		z := gzip.NewWriter(&packed)
		_, err := z.Write([]byte(q.GzipOf.text()))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		r = post("", packed.String())
	case q.Params != nil || q.Method == http.MethodGet:
		r = get(q.Params)
	default:
		t.Skip("needs the product: " + a.Expect.Rule)
	}
	for k, v := range q.Headers {
		r.Header.Set(k, v)
	}
	return r
}

func TestOracleAttacks(t *testing.T) {
	t.Parallel()
	var file struct{ Cases []attack }
	oracle(t, "attacks*.json", &file)
	production := testConfig()
	production.Introspection = signedOnly
	h := New(production)
	for _, a := range file.Cases {
		t.Run(a.ID, func(t *testing.T) {
			t.Parallel()
			if a.Request.StringInput != nil {
				comesBack(t, h, *a.Request.StringInput)
				return
			}
			var g got
			took := patience
			for try := 0; took >= 500*time.Millisecond && try < 10; try++ { // the machine may be busy with other things
				r := a.request(t)
				began := time.Now()
				g = send(t, h, r)
				took = min(took, time.Since(began))
			}
			require.Less(t, took, 500*time.Millisecond)
			require.Less(t, g.Status, 500, g.Body)
			require.LessOrEqual(t, len(g.Errors), 10)
			require.NotContains(t, g.Body, "Did you mean")
			if a.Expect.MustRefuse || strings.HasPrefix(a.Expect.Rule, "4") || strings.HasPrefix(a.ID, "introspection") {
				require.GreaterOrEqual(t, g.Status, 400, g.Body)
				require.NotEmpty(t, g.Errors)
				require.Nil(t, g.Data)
			}
		})
	}
}

// comesBack sends a text as a variable and finds it in the answer as it was.
func comesBack(t *testing.T, h http.Handler, text string) {
	g := ask(t, h, "", "query($n: String){hello(name: $n)}", map[string]any{"n": text})
	var data struct{ Hello string }
	require.NoError(t, json.Unmarshal(g.Data, &data))
	var echo struct{ Name string }
	require.NoError(t, json.Unmarshal([]byte(data.Hello), &echo))
	require.Equal(t, text, echo.Name)
}
