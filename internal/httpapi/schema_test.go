package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// resolvers answer fields by "Type.field"; a field without one is read from its parent, a map, by its name.
type resolvers map[string]func(ctx context.Context, parent any, args map[string]any) (any, error)

// graph is an ExecutableSchema without generated code: what gqlgen generates, done by interpretation.
type graph struct {
	schema    *ast.Schema
	resolvers resolvers
}

func newGraph(sdl string, r resolvers) *graph {
	return &graph{gqlparser.MustLoadSchema(&ast.Source{Name: "test.graphqls", Input: sdl}), r}
}

func (g *graph) Schema() *ast.Schema { return g.schema }

func (g *graph) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (g *graph) Exec(context.Context) graphql.ResponseHandler {
	var once sync.Once
	return func(ctx context.Context) (answer *graphql.Response) {
		once.Do(func() {
			op := graphql.GetOperationContext(ctx)
			root := g.schema.Query
			if op.Operation.Operation == ast.Mutation {
				root = g.schema.Mutation
			}
			data, err := g.object(ctx, root, nil, op.Operation.SelectionSet)
			if err != nil {
				data = []byte("null")
			}
			answer = &graphql.Response{Data: data}
		})
		return answer
	}
}

var errNull = errors.New("null where none may be")

func (g *graph) object(ctx context.Context, t *ast.Definition, parent any, set ast.SelectionSet) ([]byte, error) {
	op := graphql.GetOperationContext(ctx)
	satisfies := []string{t.Name}
	for _, d := range g.schema.GetImplements(t) {
		satisfies = append(satisfies, d.Name)
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range graphql.CollectFields(op, set, satisfies) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", f.Alias)
		v, err := g.field(ctx, t, parent, f)
		if err != nil {
			return nil, err
		}
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (g *graph) field(ctx context.Context, t *ast.Definition, parent any, f graphql.CollectedField) (out []byte, err error) {
	if f.Name == "__typename" {
		return fmt.Appendf(nil, "%q", t.Name), nil
	}
	fc := &graphql.FieldContext{Object: t.Name, Field: f}
	ctx = graphql.WithFieldContext(ctx, fc)
	op := graphql.GetOperationContext(ctx)
	failed := func(err error) ([]byte, error) {
		op.Error(ctx, graphql.AddFieldLocationToError(ctx, err))
		if f.Definition.Type.NonNull {
			return nil, errNull
		}
		return []byte("null"), nil
	}
	defer func() {
		if r := recover(); r != nil {
			out, err = failed(op.Recover(ctx, r))
		}
	}()
	args := f.ArgumentMap(op.Variables)
	v, err := g.resolve(ctx, t, parent, f, args)
	if err != nil {
		return failed(err)
	}
	out, err = g.complete(ctx, f.Definition.Type, f.Selections, v)
	if err != nil && !f.Definition.Type.NonNull {
		return []byte("null"), nil
	}
	return out, err
}

func (g *graph) resolve(ctx context.Context, t *ast.Definition, parent any, f graphql.CollectedField, args map[string]any) (any, error) {
	switch r := g.resolvers[t.Name+"."+f.Name]; {
	case r != nil:
		return r(ctx, parent, args)
	case f.Name == "__schema":
		return introspection.WrapSchema(g.schema), nil
	case f.Name == "__type":
		return introspection.WrapTypeFromDef(g.schema, g.schema.Types[args["name"].(string)]), nil
	case strings.HasPrefix(t.Name, "__"):
		return reflected(parent, f.Name, args), nil
	}
	if m, ok := parent.(map[string]any); ok {
		return m[f.Name], nil
	}
	return nil, nil
}

// reflected reads introspection's own Go types.
func reflected(parent any, name string, args map[string]any) any {
	p := reflect.ValueOf(parent)
	name = strings.ToUpper(name[:1]) + name[1:]
	for _, v := range []reflect.Value{p, reflect.Indirect(p)} {
		if m := v.MethodByName(name); m.IsValid() {
			var in []reflect.Value
			if m.Type().NumIn() == 1 {
				deprecated, _ := args["includeDeprecated"].(bool)
				in = append(in, reflect.ValueOf(deprecated))
			}
			return m.Call(in)[0].Interface()
		}
	}
	if p = reflect.Indirect(p); p.Kind() == reflect.Struct {
		if f := p.FieldByName(name); f.IsValid() {
			return f.Interface()
		}
	}
	return nil
}

func (g *graph) complete(ctx context.Context, t *ast.Type, set ast.SelectionSet, v any) ([]byte, error) {
	rv := reflect.ValueOf(v)
	if v == nil || (rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Slice) && rv.IsNil() && t.Elem == nil {
		if t.NonNull {
			graphql.AddErrorf(ctx, "must not be null")
			return nil, errNull
		}
		return []byte("null"), nil
	}
	if t.Elem != nil {
		out := []byte{'['}
		for i := range rv.Len() {
			if i > 0 {
				out = append(out, ',')
			}
			item := rv.Index(i)
			if item.Kind() == reflect.Struct {
				item = item.Addr()
			}
			b, err := g.complete(ctx, t.Elem, set, item.Interface())
			if err != nil {
				return nil, err
			}
			out = append(out, b...)
		}
		return append(out, ']'), nil
	}
	def := g.schema.Types[t.NamedType]
	if def.IsAbstractType() {
		def = g.schema.Types[v.(map[string]any)["__typename"].(string)]
	}
	if def.IsCompositeType() {
		return g.object(ctx, def, v, set)
	}
	return json.Marshal(v)
}
