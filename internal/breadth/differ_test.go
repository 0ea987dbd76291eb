package breadth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/leadgraph/leadgraph/graph/generated"
	"github.com/leadgraph/leadgraph/internal/breadth/breadthtest"
)

// result is what an executor made of an operation.
type result struct {
	data   []byte
	errors []string
}

// pii is @pii in tests: it lets pass, answers null or fails, by the seed.
func pii(seed uint64) func(context.Context, any, graphql.Resolver) (any, error) {
	return func(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
		switch seed % 4 {
		case 0:
			return nil, nil
		case 1:
			return nil, errors.New("no personal data")
		}
		return next(ctx)
	}
}

// bind makes a configuration over a world of its own.
func bind(seed uint64, trouble float64) generated.Config {
	w := breadthtest.NewWorld(seed, trouble)
	return generated.Config{Resolvers: &breadthtest.Resolvers{Answer: w.Answer}, Directives: generated.DirectiveRoot{Pii: pii(seed)}}
}

// request is a valid operation with its variables.
type request struct {
	doc       *ast.QueryDocument
	variables map[string]any
}

// prepare parses and validates; false for what is not valid.
func prepare(schema *ast.Schema, text string, variables map[string]any) (request, bool) {
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil || len(validator.ValidateWithRules(schema, doc, nil)) > 0 {
		return request{}, false
	}
	body, _ := json.Marshal(variables) // enums become strings
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	read := map[string]any{}
	if d.Decode(&read) != nil {
		return request{}, false
	}
	vars, err := validator.VariableValues(schema, doc.Operations[0], read)
	return request{doc, vars}, err == nil
}

// context is a request's context.
func (q request) context() context.Context {
	ctx := graphql.WithOperationContext(context.Background(), &graphql.OperationContext{
		Doc: q.doc, Operation: q.doc.Operations[0], Variables: q.variables,
		RecoverFunc:            func(context.Context, any) error { return errors.New("panic") },
		ResolverMiddleware:     func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
	})
	return graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, func(context.Context, any) error { return errors.New("panic") })
}

// stock runs the request in gqlgen's executor.
func (q request) stock(c generated.Config) result {
	ctx := q.context()
	answer := generated.NewExecutableSchema(c).Exec(ctx)(ctx)
	return result{answer.Data, shown(append(answer.Errors, graphql.GetErrors(ctx)...))}
}

// breadth runs it in ours.
func (q request) breadth(c generated.Config) result {
	ctx := q.context()
	answer, _ := generated.NewBreadth(c).Run(ctx, &sync.Map{}, nil)
	return result{answer.Data, shown(graphql.GetErrors(ctx))}
}

// shown are errors as path and message, in order. Messages that gqlgen words differently, or gives to the wrong one, are made the same:
// what must not be null has two wordings there, and of a batch that panics only one parent hears "panic".
func shown(list gqlerror.List) (out []string) {
	for _, e := range list {
		m := e.Message
		switch {
		case m == "must not be null":
			m = "the requested element is null which the schema does not allow"
		case strings.Contains(m, "returned unexpected result type"):
			m = "panic"
		}
		out = append(out, e.Path.String()+": "+m)
	}
	sort.Strings(out)
	return out
}

// compared counts what a comparison found.
type compared struct{ valid, bytes, errors, nulls int }

// compare runs the document of a seed in both executors.
func (c *compared) compare(schema *ast.Schema, seed uint64) error {
	text, variables := breadthtest.Document(schema, seed, seed%8 == 0)
	q, ok := prepare(schema, text, variables)
	if !ok {
		return nil
	}
	trouble := []float64{0, 0.05, 0.3}[seed%3]
	want, got := q.stock(bind(seed, trouble)), q.breadth(bind(seed, trouble))
	c.valid++
	c.errors += len(want.errors)
	if bytes.Equal(want.data, got.data) {
		c.bytes++
	}
	var a, b any
	if json.Unmarshal(want.data, &a) == nil {
		if err := json.Unmarshal(got.data, &b); err != nil {
			return fmt.Errorf("%w in %s", err, got.data)
		}
	}
	if a == nil {
		c.nulls++
	}
	if x, y := fmt.Sprint(a), fmt.Sprint(b); x != y {
		return fmt.Errorf("seed %d\n%s\nvariables %v\ngqlgen  %s\n%s\nbreadth %s\n%s", seed, text, variables, want.data, strings.Join(want.errors, "\n"), got.data, strings.Join(got.errors, "\n"))
	}
	if x, y := strings.Join(want.errors, "\n"), strings.Join(got.errors, "\n"); x != y {
		return fmt.Errorf("seed %d\n%s\nvariables %v\ndata %s\ngqlgen:\n%s\nbreadth:\n%s", seed, text, variables, got.data, x, y)
	}
	return nil
}

// operations is how many operations the test compares: LEADGRAPH_OPERATIONS, or 2,000.
func operations() int {
	if n, err := strconv.Atoi(os.Getenv("LEADGRAPH_OPERATIONS")); err == nil {
		return n
	}
	return 2000
}

func TestAnyOperationAnswersAsInGqlgensExecutor(t *testing.T) {
	t.Parallel()
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	var c compared
	differences := 0
	for seed := uint64(1); c.valid < operations(); seed++ {
		if err := c.compare(schema, seed); err != nil {
			if t.Errorf("%v\n", err); differences > 5 {
				break
			}
			differences++
		}
	}
	t.Logf("%+v", c)
	require.Greater(t, c.errors, c.valid/2, "operations go wrong often enough to compare errors")
}
