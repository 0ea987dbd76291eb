package httpapi

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// analyse finds out what can be known of a validated operation before any request's variables.
func (e *engine) analyse(def *ast.OperationDefinition, strict map[string]bool) (*operation, *problem) {
	pricing := &pricing{schema: e.schema, fragments: map[string]*bill{}}
	op := &operation{def: def, strict: strict, rights: readRights(e.schema, def), cost: pricing.compile(def.SelectionSet)}
	op.bills = len(pricing.fragments)
	open := 0
	var second *ast.Field
	eachField(def.SelectionSet, func(f *ast.Field) {
		if f.Definition.Directives.ForName("anyone") != nil {
			if open++; open == 2 {
				second = f
			}
		}
		if f.Name != "__typename" {
			op.roots = append(op.roots, f.Name)
		}
	})
	// Signing in is braked by the number of requests: one document must not be many tries.
	if def.Operation == ast.Mutation && open > 1 {
		return nil, refuse(second.Position, fault.AliasLimit, "%s must be the only mutation of its kind in the operation: send one operation for each.", second.Name)
	}
	return op, nil
}
