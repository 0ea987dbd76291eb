// Package breadthtest holds what tests and benchmarks of the executor share: resolvers that ask one function, values made up from a
// seed, and documents made up from the schema.
package breadthtest

import (
	"context"
	"reflect"
)

// Resolvers are resolvers for the whole schema that ask one function for every answer.
type Resolvers struct {
	// Answer answers a field, such as Lead.contact, for its parents: a slice for batch resolvers, nothing for roots.
	Answer func(ctx context.Context, field string, result reflect.Type, parents any, args []any) (any, error)
}

// answer asks and gives the answer its type back.
func answer[R any](ctx context.Context, r *Resolvers, field string, parents any, args ...any) (R, error) {
	v, err := r.Answer(ctx, field, reflect.TypeFor[R](), parents, args)
	typed, _ := v.(R)
	return typed, err
}
