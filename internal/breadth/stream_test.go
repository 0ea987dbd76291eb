package breadth

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// seat and table are the objects of a small schema with what the real one has not: lists of lists, unions, subscriptions.
type (
	seat  struct{ name *string }
	table struct{ rows [][]*seat }
)

const hall = `type Query { hall: Table any: [Thing!] }
	type Subscription { taken(free: Boolean): Seat! }
	type Table { rows: [[Seat!]]! }
	type Seat { name: String! }
	union Thing = Seat | Table`

// hallSchema binds the small schema.
func hallSchema(roots map[string]any, events func(context.Context) (<-chan *seat, error)) *Schema {
	hall := Root(func(any, context.Context, map[string]any) (*table, error) { return roots["hall"].(*table), nil }, Objects(Pointer[table]))
	things := Root(func(any, context.Context, map[string]any) (any, error) { return roots["any"], nil }, Objects(putThing))
	return &Schema{Query: 0, Mutation: -1, Subscription: 3, Exec: func(*graphql.OperationContext) any { return nil }, Types: []*Type{
		{Name: "Query", Satisfies: []string{"Query"}, Fields: map[string]*Field{
			"hall": {NonNull: []bool{false}, Of: []int{2}, Call: hall},
			"any":  {NonNull: []bool{false, true}, Of: []int{1, 2}, Call: things},
		}},
		{Name: "Seat", Satisfies: []string{"Seat", "Thing"}, Fields: map[string]*Field{"name": {NonNull: []bool{true}, Write: Get(
			func(s *seat) *string { return s.name }, WritePointer(func(w *Writer, v string) { w.String(v) }))}}},
		{Name: "Table", Satisfies: []string{"Table", "Thing"}, Fields: map[string]*Field{"rows": {NonNull: []bool{true, false, true}, Of: []int{1}, Read: Read(
			func(t *table) [][]*seat { return t.rows }, List(NullableList(Pointer[seat])))}}},
		{Name: "Subscription", Satisfies: []string{"Subscription"}, Fields: map[string]*Field{"taken": {NonNull: []bool{true}, Of: []int{1}, Stream: Events(
			func(_ any, ctx context.Context, _ map[string]any) (<-chan *seat, error) { return events(ctx) }, Objects(Pointer[seat]))}}},
	}}
}

// putThing takes what the small schema's roots answer.
func putThing(c *Column, v any) {
	switch v := v.(type) {
	case nil:
		c.Null()
	case []any:
		List(putThing)(c, v)
	case *table:
		c.Object(1, v)
	case *seat:
		c.Object(0, v)
	default:
		c.Unknown(v)
	}
}

// hallContext is a request for the small schema.
func hallContext(t *testing.T, text string) context.Context {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: hall})
	require.NoError(t, err)
	doc, problems := gqlparser.LoadQueryWithRules(schema, text, nil)
	require.Empty(t, problems)
	ctx := graphql.WithOperationContext(t.Context(), &graphql.OperationContext{Doc: doc, Operation: doc.Operations[0],
		RecoverFunc: func(context.Context, any) error { return errors.New("panic") }})
	return graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, graphql.DefaultRecover)
}

func name(s string) *seat { return &seat{&s} }

func TestListsOfLists(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		rows   [][]*seat
		data   string
		errors []string
	}{
		"whole": {[][]*seat{{name("A1"), name("A2")}, {}, nil}, `{"rows":[[{"name":"A1"},{"name":"A2"}],[],null]}`, nil},
		"an element that must not be null takes its row": {[][]*seat{{name("A1"), nil}, {name("B1")}}, `{"rows":[null,[{"name":"B1"}]]}`,
			[]string{"hall.rows[0][1]"}},
		"a field that must not be null takes its object and its row": {[][]*seat{{{}, {}}, {name("B1")}}, `{"rows":[null,[{"name":"B1"}]]}`,
			[]string{"hall.rows[0][0].name", "hall.rows[0][1].name"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			ctx := hallContext(t, "{ hall { rows { name } } }")
			answer, _ := hallSchema(map[string]any{"hall": &table{c.rows}}, nil).Run(ctx, &sync.Map{}, nil)
			require.Equal(t, `{"hall":`+c.data+`}`, string(answer.Data))
			require.Equal(t, c.errors, paths(ctx))
		})
	}
}

// paths are where a request's errors are.
func paths(ctx context.Context) (out []string) {
	for _, e := range graphql.GetErrors(ctx) {
		out = append(out, e.Path.String())
	}
	return out
}

func TestUnions(t *testing.T) {
	t.Parallel()
	const text = `{ any { __typename ... on Seat { name } ... on Table { rows { name } } } }`
	t.Run("each object has the fields of its type", func(t *testing.T) {
		t.Parallel()
		answer, objects := hallSchema(map[string]any{"any": []any{name("A1"), &table{[][]*seat{{name("B1")}}}, name("A2")}}, nil).Run(hallContext(t, text), &sync.Map{}, nil)
		require.Equal(t, `{"any":[{"__typename":"Seat","name":"A1"},{"__typename":"Table","rows":[[{"name":"B1"}]]},{"__typename":"Seat","name":"A2"}]}`, string(answer.Data))
		require.Equal(t, 4, objects)
	})
	t.Run("what has no type is an error at its place", func(t *testing.T) {
		t.Parallel()
		ctx := hallContext(t, text)
		answer, _ := hallSchema(map[string]any{"any": []any{name("A1"), 7}}, nil).Run(ctx, &sync.Map{}, nil)
		require.Equal(t, `{"any":null}`, string(answer.Data))
		require.Equal(t, []string{"any[1]"}, paths(ctx))
	})
}

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	const text = `subscription { taken { name } }`
	t.Run("each event is an answer of its own", func(t *testing.T) {
		t.Parallel()
		events := make(chan *seat, 3)
		events <- name("A1")
		events <- &seat{}
		events <- name("A2")
		close(events)
		next, run := hallSchema(nil, func(context.Context) (<-chan *seat, error) { return events, nil }).Subscribe(hallContext(t, text), &sync.Map{})
		for _, want := range []string{`{"taken":{"name":"A1"}}`, `null`, `{"taken":{"name":"A2"}}`} {
			event, ok := next(t.Context())
			require.True(t, ok)
			ctx := hallContext(t, text)
			answer, _ := run(ctx, event)
			require.Equal(t, want, string(answer.Data))
			require.Equal(t, want == "null", len(graphql.GetErrors(ctx)) == 1)
		}
		_, ok := next(t.Context())
		require.False(t, ok)
	})
	t.Run("one that cannot be opened says why", func(t *testing.T) {
		t.Parallel()
		ctx := hallContext(t, text)
		next, _ := hallSchema(nil, func(context.Context) (<-chan *seat, error) { return nil, errors.New("no") }).Subscribe(ctx, &sync.Map{})
		require.Nil(t, next)
		require.Equal(t, []string{"taken"}, paths(ctx))
	})
}
