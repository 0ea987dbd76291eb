// Package gen is a plugin of gqlgen's generator. From what gqlgen knows about the schema and its binding it writes a description of
// every object type for the breadth-first executor, into the package of gqlgen's own executor, whose arguments, directives and
// resolvers it uses. It refuses what the executor does not do, by the field's name.
package gen

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"
)

const runtime = "github.com/leadgraph/leadgraph/internal/breadth"

// Plugin writes the file breadth_gen.go beside gqlgen's executor.
type Plugin struct {
	// Guards are the directives of fields that run while an operation does. Each must depend on the request alone, not on the object,
	// and have no arguments: it is asked once for all objects.
	Guards []string
	// Stub names a file for resolvers that tests use; none where empty. Its package has the type Resolvers and the function answer.
	Stub string
}

// Name is the plugin's name.
func (p *Plugin) Name() string { return "breadth" }

func filename(c *config.Config) string { return filepath.Join(c.Exec.Dir(), "breadth_gen.go") }

// MutateConfig removes the old file, which may not fit the new types.
func (p *Plugin) MutateConfig(c *config.Config) error {
	if err := os.Remove(filename(c)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// GenerateCode writes the file.
func (p *Plugin) GenerateCode(data *codegen.Data) error {
	switch {
	case data.Config.UseFunctionSyntaxForExecutionContext:
		return errors.New("use_function_syntax_for_execution_context is not supported")
	case len(data.AllDirectives.LocationDirectives("FIELD")) > 0:
		return errors.New("directives on fields of operations are not supported")
	}
	err := templates.Render(templates.Options{
		PackageName: data.Config.Exec.Package, Filename: filename(data.Config), Data: &file{data: data, guards: p.Guards},
		GeneratedHeader: true, Packages: data.Config.Packages, Template: "{{ .Text }}", PruneOptions: data.Config.GetPruneOptions(),
	})
	if err != nil {
		return err
	}
	return p.writeStub(data)
}

// file is the file being written.
type file struct {
	data    *codegen.Data
	guards  []string
	objects []*codegen.Object // without those of introspection
	out     strings.Builder
}

func (f *file) printf(format string, args ...any) { fmt.Fprintf(&f.out, format+"\n", args...) }

// lookup names a package in the file.
func lookup(path string) string { return templates.CurrentImports.Lookup(path) }

// in names something of the executor's package.
func in(name string) string { return lookup(runtime) + "." + name }

// place is an object type's place in the schema.
func (f *file) place(name string) int {
	return slices.IndexFunc(f.objects, func(o *codegen.Object) bool { return o.Name == name })
}

// Text is the file's text.
func (f *file) Text() (string, error) {
	for _, o := range f.data.Objects {
		if !strings.HasPrefix(o.Name, "__") {
			f.objects = append(f.objects, o)
		}
	}
	f.schema()
	for _, o := range f.objects {
		if err := f.refusal(o); err != nil {
			return "", err
		}
		if err := f.object(o); err != nil {
			return "", err
		}
	}
	for _, name := range f.abstracts() {
		f.abstract(f.data.Interfaces[name])
	}
	return f.out.String(), nil
}

// schema writes the function that describes the schema.
func (f *file) schema() {
	graphql := lookup("github.com/99designs/gqlgen/graphql")
	f.printf("// NewBreadth describes the schema, bound to its resolvers, to the breadth-first executor.")
	f.printf("func NewBreadth(cfg Config) *%s {", in("Schema"))
	f.printf("e := &executableSchema{SchemaData: cfg.Schema, Resolvers: cfg.Resolvers, Directives: cfg.Directives, ComplexityRoot: cfg.Complexity}")
	f.printf("return &%s{", in("Schema"))
	root := func(o *codegen.Object) int {
		if o == nil {
			return -1
		}
		return f.place(o.Name)
	}
	f.printf("Query: %d, Mutation: %d, Subscription: %d,", root(f.data.QueryRoot), root(f.data.MutationRoot), root(f.data.SubscriptionRoot))
	f.printf("Exec: func(oc *%s.OperationContext) any { return newExecutionContext(oc, e, nil) },", graphql)
	f.printf("Types: []*%s{", in("Type"))
	for i, o := range f.objects {
		f.printf("breadth%s(), // %d", o.Name, i)
	}
	f.printf("},\n}\n}")
}

// refusal tells what the executor does not do of a type.
func (f *file) refusal(o *codegen.Object) error {
	for _, field := range o.Fields {
		err := f.refused(field)
		if field.HasHaser || field.VOkFunc || field.IsMap() || field.TypeReference.IsRoot || field.UsesSubscriptionContext() {
			err = errors.New("the field's binding is not supported")
		}
		if err != nil {
			return fmt.Errorf("%s.%s: %w", o.Name, field.Name, err)
		}
	}
	return nil
}

// refused tells what the executor does not do of the directives in front of a field.
func (f *file) refused(field *codegen.Field) error {
	directives := field.ImplDirectives()
	for _, d := range directives {
		switch {
		case len(directives) > 1:
			return errors.New("more than one directive that runs is not supported")
		case !slices.Contains(f.guards, d.Name):
			return fmt.Errorf("the directive @%s is not known to depend on the request alone", d.Name)
		case len(d.Args) > 0 || d.IsBuiltIn():
			return fmt.Errorf("the directive @%s has arguments, which is not supported", d.Name)
		}
	}
	return nil
}

// object writes the function that describes an object type.
func (f *file) object(o *codegen.Object) error {
	f.printf("\nfunc breadth%s() *%s {", o.Name, in("Type"))
	f.printf("return &%s{", in("Type"))
	f.printf("Name: %q, Satisfies: %sImplementors,", o.Name, strings.ToLower(o.Name[:1])+o.Name[1:])
	f.printf("Fields: map[string]*%s{", in("Field"))
	for _, field := range o.Fields {
		if err := f.field(field); err != nil {
			return fmt.Errorf("%s.%s: %w", o.Name, field.Name, err)
		}
	}
	f.printf("},\n}\n}")
	return nil
}

// field writes a field of an object type.
func (f *file) field(field *codegen.Field) error {
	f.printf("%q: {", field.Name)
	f.printf("NonNull: []bool{%s},", strings.Join(nonNull(field.Type), ", "))
	if field.Name == "__schema" || field.Name == "__type" {
		f.stock(field)
		return nil
	}
	if kinds := f.kinds(field); len(kinds) > 0 {
		f.printf("Of: []int{%s},", strings.Join(kinds, ", "))
	}
	if field.IsResolver {
		f.printf("Resolver: true,")
	}
	if field.IsResolver || field.IsMethod() {
		f.printf("Method: true,")
	}
	if len(field.Args) > 0 {
		f.printf("Args: func(x any, ctx %s.Context, raw map[string]any) (map[string]any, error) {", lookup("context"))
		f.printf("return x.(*executionContext).%s(ctx, raw)\n},", field.ArgsFunc())
	}
	f.guard(field)
	if err := f.value(field); err != nil {
		return err
	}
	f.printf("},")
	return nil
}

// stock leaves a field to gqlgen.
func (f *file) stock(field *codegen.Field) {
	graphql := lookup("github.com/99designs/gqlgen/graphql")
	f.printf("Stock: func(x any, ctx %s.Context, field %s.CollectedField) %s.Marshaler {", lookup("context"), graphql, graphql)
	f.printf("return x.(*executionContext)._%s_%s(ctx, field)\n},\n},", field.Object.Name, field.Name)
}

// guard writes the directive in front of a field.
func (f *file) guard(field *codegen.Field) {
	for _, d := range field.ImplDirectives() { // at most one
		f.printf("Guard: func(x any, ctx %s.Context, next %s.Resolver) (any, error) {", lookup("context"), lookup("github.com/99designs/gqlgen/graphql"))
		f.printf("return x.(*executionContext).Directives.%s(ctx, nil, next)\n},", d.CallName())
	}
}

// nonNull tells for a type and those of its elements, inwards, whether null is refused.
func nonNull(t *ast.Type) (all []string) {
	for ; t != nil; t = t.Elem {
		all = append(all, fmt.Sprint(t.NonNull))
	}
	return all
}

// composite tells whether a field has fields.
func composite(t *config.TypeReference) bool {
	return t.Definition.Kind == ast.Object || abstract(t)
}

func abstract(t *config.TypeReference) bool {
	return t.Definition.Kind == ast.Interface || t.Definition.Kind == ast.Union
}
