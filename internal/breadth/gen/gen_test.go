package gen

import (
	"testing"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestWhatIsNotSupportedIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	text := &config.TypeReference{Definition: &ast.Definition{Kind: ast.Scalar, Name: "String"}, GQL: ast.NonNullNamedType("String", nil)}
	directive := func(name string) []*codegen.Directive {
		return []*codegen.Directive{{Name: name, DirectiveDefinition: &ast.DirectiveDefinition{Locations: []ast.DirectiveLocation{ast.LocationFieldDefinition}}}}
	}
	for name, c := range map[string]struct {
		field codegen.Field
		want  string
	}{
		"a has method":          {codegen.Field{HasHaser: true}, "Seat.price: the field's binding is not supported"},
		"an unknown directive":  {codegen.Field{Directives: directive("masked")}, "Seat.price: the directive @masked is not known to depend on the request alone"},
		"two of the directives": {codegen.Field{Directives: append(directive("pii"), directive("pii")...)}, "Seat.price: more than one directive that runs is not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &codegen.Object{Definition: &ast.Definition{Name: "Seat", Kind: ast.Object}}
			f := c.field
			f.FieldDefinition, f.TypeReference, f.Object = &ast.FieldDefinition{Name: "price", Type: text.GQL}, text, o
			o.Fields = []*codegen.Field{&f}
			require.EqualError(t, (&file{guards: []string{"pii"}}).refusal(o), c.want)
		})
	}
}
