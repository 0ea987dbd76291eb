package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// testSDL is a small graph with one of everything that the pipeline treats in its own way.
const testSDL = `
directive @can(do: [String!]!) on FIELD_DEFINITION | OBJECT
directive @anyone on FIELD_DEFINITION
directive @cost(weight: Int!) on FIELD_DEFINITION
scalar Attributes
enum Band { HOT WARM COOL }
interface Node { id: ID! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Member implements Node @can(do: ["members:read"]) { id: ID! name: String! leads(first: Int, last: Int): LeadConnection! }
type Account implements Node { id: ID! name: String! parent: Account }
type Touch implements Node { id: ID! kind: String! by: Member }
type Lead implements Node @can(do: ["leads:read"]) {
  id: ID! name: String! band: Band account: Account persona: Account owner: Member clock: Touch
  touches(first: Int = 3, last: Int): TouchConnection! history: [Touch!]! team: [Member!]! score: Int! @cost(weight: 7)
}
type ApiKey implements Node @can(do: ["keys:read"]) { id: ID! createdBy: Member }
type LeadEdge { cursor: String! node: Lead! }
type LeadConnection { edges: [LeadEdge!]! nodes: [Lead!]! pageInfo: PageInfo! totalCount: Int! }
type TouchConnection { nodes: [Touch!]! pageInfo: PageInfo! }
type Viewer { member: Member apiKey: ApiKey }
input Pick @oneOf { id: ID email: String }
input Note { text: String! band: Band weight: Int tags: [String!] attributes: Attributes inner: Note size: Int! = 1 }
type Query {
  viewer: Viewer @anyone
  hello(name: String, n: Int!  = 1, ratio: Float, note: Note, pick: Pick, ids: [ID!]): String @anyone
  lead(id: ID!): Lead
  leads(first: Int, after: String, last: Int, band: Band): LeadConnection! @can(do: ["leads:read"])
  apiKeys(first: Int): [ApiKey!]! @can(do: ["keys:read"])
  node(id: ID!): Node @can(do: [])
  nodes(ids: [ID!]!): [Node]! @can(do: []) @cost(weight: 10)
  fails(how: String!): String @anyone
  must: String! @anyone
}
type Mutation {
  signIn(password: String!): Viewer @anyone
  save(note: Note!): Lead! @can(do: ["leads:write"])
}
type Subscription { ticks(after: String): Int! @anyone }
`

func testLead(n int) map[string]any {
	account := map[string]any{"__typename": "Account", "id": "account_1", "name": "ACME"}
	account["parent"] = account
	touch := map[string]any{"__typename": "Touch", "id": "touch_1", "kind": "OPEN"}
	return map[string]any{
		"__typename": "Lead", "id": "lead_" + strings.Repeat("x", n%3+1), "name": "Ada", "band": "HOT", "account": account, "persona": account,
		"owner": map[string]any{"__typename": "Member", "id": "member_1", "name": "Bo"}, "clock": touch, "score": 70,
		"history": []any{touch}, "team": []any{}, "touches": map[string]any{"nodes": []any{touch, touch, touch}, "pageInfo": map[string]any{"hasNextPage": false}},
	}
}

// pgError is an error of Postgres with values in its texts, as they have.
func pgError(code string) error {
	return &pgconn.PgError{Code: code, Message: `duplicate key value "canary@example.com"`, Detail: "Key (email)=(canary@example.com) exists", TableName: "leads"}
}

func testResolvers() resolvers {
	echo := func(_ context.Context, _ any, args map[string]any) (any, error) {
		out, err := json.Marshal(args)
		return string(out), err
	}
	return resolvers{
		"Query.hello":   echo,
		"Query.lead":    func(context.Context, any, map[string]any) (any, error) { return testLead(1), nil },
		"Query.node":    func(context.Context, any, map[string]any) (any, error) { return testLead(1), nil },
		"Query.nodes":   func(context.Context, any, map[string]any) (any, error) { return []any{testLead(1), nil}, nil },
		"Query.leads":   testLeads,
		"Member.leads":  testLeads,
		"Query.apiKeys": func(context.Context, any, map[string]any) (any, error) { return []any{}, nil },
		"Query.viewer": func(ctx context.Context, _ any, _ map[string]any) (any, error) {
			return map[string]any{"member": map[string]any{"id": "member_1", "name": auth.From(ctx).IdempotencyKey}}, nil
		},
		"Query.must": func(context.Context, any, map[string]any) (any, error) {
			return nil, pgError("57P01")
		},
		"Mutation.signIn": func(context.Context, any, map[string]any) (any, error) {
			return map[string]any{"member": map[string]any{"id": "member_1", "name": "Bo"}}, nil
		},
		"Mutation.save": func(ctx context.Context, _ any, _ map[string]any) (any, error) {
			l := testLead(1)
			l["name"] = auth.From(ctx).IdempotencyKey
			return l, nil
		},
		"Query.fails": testFailure,
	}
}

func testLeads(_ context.Context, _ any, args map[string]any) (any, error) {
	n := 25
	if f, ok := args["first"].(json.Number); ok {
		i, _ := f.Int64()
		n = int(i)
	} else if i, ok := args["first"].(int64); ok {
		n = int(i)
	}
	leads, edges := make([]any, n), make([]any, n)
	for i := range leads {
		leads[i] = testLead(i)
		edges[i] = map[string]any{"cursor": "c", "node": leads[i]}
	}
	return map[string]any{"nodes": leads, "edges": edges, "totalCount": n, "pageInfo": map[string]any{"hasNextPage": true}}, nil
}

func testFailure(ctx context.Context, _ any, args map[string]any) (any, error) {
	switch args["how"] {
	case "fault":
		return nil, fault.Input("input.email", "This is no address.").With("hint", "x")
	case "list":
		return nil, fault.List{fault.Input("a", "First."), fault.Input("b", "Second."), fault.Input("c", "Third.")}
	case "internal":
		return nil, errors.New("dial tcp: canary@example.com password=hunter2")
	case "panic":
		panic("canary@example.com")
	case "late":
		<-ctx.Done()
		return nil, ctx.Err()
	case "wait":
		return nil, context.DeadlineExceeded
	}
	return nil, pgError(args["how"].(string))
}

// testViewer signs callers in by a word in the Authorization header.
func testViewer(_ context.Context, r *http.Request) (*auth.Viewer, error) {
	switch r.Header.Get("Authorization") {
	case "":
		return &auth.Viewer{}, nil
	case "Bearer all":
		return &auth.Viewer{Kind: auth.ActorMember, Workspace: id.New(), Permissions: auth.All()}, nil
	case "Bearer leads":
		return &auth.Viewer{Kind: auth.ActorAPIKey, Workspace: id.New(), Permissions: []auth.Permission{auth.LeadsRead, auth.MembersRead}}, nil
	case "Bearer none":
		return &auth.Viewer{Kind: auth.ActorAPIKey, Workspace: id.New()}, nil
	}
	return nil, fault.New(fault.Unauthenticated, "The token is not one of ours. Sign in again.")
}

// patience is how long "in the end" may take, on a machine that may be busy with other things.
const patience = time.Minute

func testConfig() Config {
	return Config{
		Schema: newGraph(testSDL, testResolvers()), Authenticate: testViewer, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Timeout: patience,
	}
}

// got is an answer as tests read it.
type got struct {
	Status int         `json:"-"`
	Header http.Header `json:"-"`
	Body   string      `json:"-"`
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Path       []any
		Locations  []struct{ Line, Column int }
		Extensions map[string]any
	}
	Extensions struct {
		Cost *struct {
			Requested, Actual int
			Throttle          map[string]float64
		}
	}
}

func (g got) code() string {
	if len(g.Errors) == 0 {
		return "OK"
	}
	code, _ := g.Errors[0].Extensions["code"].(string)
	return code
}

func (g got) field() string {
	if len(g.Errors) == 0 {
		return ""
	}
	field, _ := g.Errors[0].Extensions["field"].(string)
	return field
}

// send takes a request to a handler and reads the answer.
func send(t testing.TB, h http.Handler, r *http.Request) got {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	g := got{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &g), g.Body)
	}
	return g
}

// ask posts a query as the given viewer, accepting application/graphql-response+json.
func ask(t testing.TB, h http.Handler, viewer, query string, variables map[string]any) got {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	require.NoError(t, err)
	return send(t, h, post(viewer, string(body)))
}

func post(viewer, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/graphql-response+json")
	if viewer != "" {
		r.Header.Set("Authorization", "Bearer "+viewer)
	}
	return r
}

// oracle reads a file of the reference data that matches a pattern; it skips the test where there is none.
func oracle(t *testing.T, pattern string, into any) {
	t.Helper()
	dir := os.Getenv("LEADGRAPH_DATA")
	if dir == "" {
		root, err := os.Getwd()
		require.NoError(t, err)
		for root != "/" {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, "graphql", pattern))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("no reference data: set LEADGRAPH_DATA to its folder")
	}
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

func signedOnly(v *auth.Viewer) bool { return v.Signed() }

func get(params map[string]string) *http.Request {
	values := url.Values{}
	for k, v := range params {
		values.Set(k, v)
	}
	r := httptest.NewRequest(http.MethodGet, "/graphql?"+values.Encode(), nil)
	r.Header.Set("Accept", "application/graphql-response+json")
	return r
}

func quoteJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// unescaped is an answer with the JSON inside its texts readable.
func unescaped(s string) string { return strings.ReplaceAll(s, `\"`, `"`) }
