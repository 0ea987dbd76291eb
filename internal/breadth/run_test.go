package breadth_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/generated"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/breadth/breadthtest"
	"github.com/leadgraph/leadgraph/internal/funnel"
)

// answering binds one function to the whole schema.
func answering(f func(ctx context.Context, field string) (any, error)) generated.Config {
	return generated.Config{Directives: generated.DirectiveRoot{Pii: pii(2)}, Resolvers: &breadthtest.Resolvers{
		Answer: func(ctx context.Context, field string, _ reflect.Type, _ any, _ []any) (any, error) {
			return f(ctx, field)
		}}}
}

// ask parses a document and runs it.
func ask(t *testing.T, c generated.Config, text string, variables map[string]any) result {
	t.Helper()
	q, ok := prepare(generated.NewExecutableSchema(c).Schema(), text, variables)
	require.True(t, ok, text)
	return q.breadth(c)
}

func leadPage(n int) *model.LeadConnection {
	return &model.LeadConnection{Page: &db.Page[db.Lead]{Nodes: copies(n, db.Lead{Queue: "inbound"})}}
}

func TestAFieldIsResolvedOnceForAllItsParents(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	calls := map[string]int{}
	c := answering(func(_ context.Context, field string) (any, error) {
		mu.Lock()
		defer mu.Unlock()
		calls[field]++
		return map[string]any{"Query.leads": leadPage(4), "Lead.contact": copies(4, db.Contact{}), "Contact.leads": []*model.LeadConnection{leadPage(1), leadPage(2), leadPage(0), leadPage(3)},
			"Lead.account": copies(6, db.Account{})}[field], nil
	})
	got := ask(t, c, `{ leads { nodes { contact { ...F leads { nodes { account { name } } } } } } } fragment F on Contact { leads { nodes { queue } } }`, nil)
	require.Empty(t, got.errors)
	require.Equal(t, 6, strings.Count(string(got.data), "inbound"))
	require.Equal(t, map[string]int{"Query.leads": 1, "Lead.contact": 1, "Contact.leads": 1, "Lead.account": 1}, calls)
}

func TestMutationsRunOneAfterTheOther(t *testing.T) {
	t.Parallel()
	var order []string
	c := answering(func(_ context.Context, field string) (any, error) {
		order = append(order, field)
		if field == "Lead.source" {
			return copies(1, db.Source{}), nil
		}
		return &funnel.AssignLeadPayload{Lead: &db.Lead{}}, nil
	})
	const id = "lead_01j00000000000000000000000"
	got := ask(t, c, `mutation { a: assignLead(input: {leadId: "`+id+`"}) { lead { source { name } } } b: assignLead(input: {leadId: "`+id+`"}) { lead { source { name } } } }`, nil)
	require.Empty(t, got.errors)
	require.Equal(t, []string{"Mutation.assignLead", "Lead.source", "Mutation.assignLead", "Lead.source"}, order)
}

func TestWhatIsCancelledIsNotAskedForAnyMore(t *testing.T) {
	t.Parallel()
	c := answering(func(_ context.Context, field string) (any, error) { return leadPage(2), nil })
	q, ok := prepare(generated.NewExecutableSchema(c).Schema(), `{ leads { nodes { queue account { name } } } }`, nil)
	require.True(t, ok)
	ctx, cancel := context.WithCancel(q.context())
	c = answering(func(_ context.Context, field string) (any, error) {
		require.Equal(t, "Query.leads", field)
		cancel()
		return leadPage(2), nil
	})
	answer, objects := generated.NewBreadth(c).Run(ctx, &sync.Map{}, nil)
	require.JSONEq(t, `{"leads": {"nodes": [{"queue": "inbound", "account": null}, {"queue": "inbound", "account": null}]}}`, string(answer.Data))
	require.Equal(t, []string{"leads.nodes[0].account: context canceled", "leads.nodes[1].account: context canceled"}, shown(graphql.GetErrors(ctx)))
	require.Equal(t, 3, objects)
}

func TestAResolverThatAnswersTooFewFailsForEachParent(t *testing.T) {
	t.Parallel()
	c := answering(func(_ context.Context, field string) (any, error) {
		if field == "Lead.account" {
			return copies(1, db.Account{}), nil
		}
		return leadPage(2), nil
	})
	got := ask(t, c, `{ leads { nodes { account { name } } } }`, nil)
	require.Equal(t, `{"leads":{"nodes":[{"account":null},{"account":null}]}}`, string(got.data))
	require.Len(t, got.errors, 2)
	require.Contains(t, got.errors[0], "Lead.account answered 1 values and 0 errors for 2 parents")
}

// Section 6.4.3 of the GraphQL specification: where a Non-Null type's completed result is null, an execution error is raised. gqlgen
// raises none for a pointer to nothing inside an interface.
func TestAPointerToNothingInAnInterfaceIsANullWithItsError(t *testing.T) {
	t.Parallel()
	c := answering(func(_ context.Context, field string) (any, error) {
		if field == "Lead.timeline" {
			return []*model.TimelineConnection{{Timeline: &db.Timeline{Entries: []db.Entry{{Touch: &db.Touch{}}, {}}}}}, nil
		}
		return leadPage(1), nil
	})
	const text = `{ leads { nodes { timeline { nodes { __typename } } } } }`
	q, ok := prepare(generated.NewExecutableSchema(c).Schema(), text, nil)
	require.True(t, ok)
	require.Equal(t, result{data: []byte("null")}, q.stock(c))
	require.Equal(t, result{[]byte("null"), []string{"leads.nodes[0].timeline.nodes[1]: the requested element is null which the schema does not allow"}}, q.breadth(c))
}

func TestEachCombinationOfConditionsHasItsFields(t *testing.T) {
	t.Parallel()
	c := answering(func(context.Context, string) (any, error) { return leadPage(1), nil })
	var head, body strings.Builder
	for i := range 7 { // 128 combinations: more than are kept
		fmt.Fprintf(&head, "$v%d: Boolean! ", i)
		fmt.Fprintf(&body, "f%d: queue @include(if: $v%d) ", i, i)
	}
	schema, kept := generated.NewBreadth(c), &sync.Map{}
	q, ok := prepare(generated.NewExecutableSchema(c).Schema(), "query ("+head.String()+") { leads { nodes { "+body.String()+"} } }", map[string]any{
		"v0": true, "v1": true, "v2": true, "v3": true, "v4": true, "v5": true, "v6": true})
	require.True(t, ok)
	for range 2 {
		for mask := range 128 {
			want := []string{}
			for i := range 7 {
				if q.variables[fmt.Sprintf("v%d", i)] = mask>>i&1 == 1; mask>>i&1 == 1 {
					want = append(want, fmt.Sprintf(`"f%d":"inbound"`, i))
				}
			}
			answer, _ := schema.Run(q.context(), kept, nil)
			require.Equal(t, `{"leads":{"nodes":[{`+strings.Join(want, ",")+`}]}}`, string(answer.Data))
		}
	}
}

func TestIntrospectionStandsBesideData(t *testing.T) {
	t.Parallel()
	c := answering(func(context.Context, string) (any, error) { return leadPage(1), nil })
	got := ask(t, c, `{ a: __typename __schema { queryType { name } } none: __type(name: "Nothing") { name } leads { nodes { queue } } __type(name: "Stage") { kind } }`, nil)
	require.Empty(t, got.errors)
	require.Equal(t, `{"a":"Query","__schema":{"queryType":{"name":"Query"}},"none":null,"leads":{"nodes":[{"queue":"inbound"}]},"__type":{"kind":"ENUM"}}`, string(got.data))
}

func TestDeferIsRefused(t *testing.T) {
	t.Parallel()
	c := answering(func(context.Context, string) (any, error) { return nil, errors.New("asked for nothing") })
	got := ask(t, c, `{ leads { nodes { ... @defer { queue } } } }`, nil)
	require.Equal(t, result{[]byte("null"), []string{": breadth: @defer is not served"}}, got)
}

func TestEveryFieldWithADirectiveThatRunsHasItsGuard(t *testing.T) {
	t.Parallel()
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	fields := 0
	for _, typ := range generated.NewBreadth(generated.Config{}).Types {
		for _, f := range schema.Types[typ.Name].Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			require.Contains(t, typ.Fields, f.Name, typ.Name)
			require.Equal(t, f.Directives.ForName("pii") != nil, typ.Fields[f.Name].Guard != nil, "%s.%s: run go generate ./graph", typ.Name, f.Name)
			fields++
		}
	}
	require.Greater(t, fields, 300)
}
