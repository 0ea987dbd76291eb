// Package breadth executes GraphQL operations level by level: every field that needs work is resolved once for all its parents, over
// all lists and edges, and everything else is read while the answer is written into one buffer. gqlgen keeps the schema, the
// binding, the arguments and the resolvers; a plugin of its generator (internal/breadth/gen) describes them to this package.
package breadth

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Schema is what the generator found: all object types and the roots among them.
type Schema struct {
	// Types are the object types; fields name them by their place here.
	Types []*Type
	// Query, Mutation and Subscription are the roots' places; -1 where there is none.
	Query, Mutation, Subscription int
	// Exec makes gqlgen's own execution context of a request, which fields get back as x.
	Exec func(*graphql.OperationContext) any
}

// Type is an object type.
type Type struct {
	// Name is the type's name.
	Name string
	// Satisfies are the names of fragments' conditions that hold for the type: its own, its interfaces', its unions'.
	Satisfies []string
	// Fields are the fields by name.
	Fields map[string]*Field
}

// Field is a field of an object type. Exactly one of Write, Read, Call, Stream and Stock is set; it says how the field gets its value.
type Field struct {
	// NonNull tells for the field, then for the elements of its list, and so on inwards, whether null is refused.
	NonNull []bool
	// Of are the places of the types an object here can have; empty for scalars and enums.
	Of []int
	// Resolver and Method say what the field is bound to, as gqlgen's FieldContext does.
	Resolver, Method bool
	// Member is the field of the parent's Go struct that is read; empty where that is not all.
	Member string
	// Args reads the arguments.
	Args func(x any, ctx context.Context, raw map[string]any) (map[string]any, error)
	// Guard is the chain of directives in front of the field. It may depend on the request alone, so it is asked once for all parents.
	Guard func(x any, ctx context.Context, next graphql.Resolver) (any, error)

	// Write reads a scalar of one parent into the answer.
	Write func(w *Writer, parent any)
	// Read reads the objects below one parent.
	Read func(c *Column, parent any)
	// Call resolves the field for all parents.
	Call func(x any, ctx context.Context, parents []any, args map[string]any) (Answers, error)
	// Stream opens a subscription.
	Stream func(x any, ctx context.Context, args map[string]any) (Stream, error)
	// Stock leaves the field to gqlgen's executor.
	Stock func(x any, ctx context.Context, field graphql.CollectedField) graphql.Marshaler
}

// lists tells how many lists the field's objects stand in.
func (f *Field) lists() int { return len(f.NonNull) - 1 }

// Answers are what a call answered, one for each parent.
type Answers interface {
	len() int
	put(c *Column, i int)
	write(w *Writer, i int)
}

// answers are Answers of one Go type; one of objects and scalar is set.
type answers[R any] struct {
	of      []R
	objects func(*Column, R)
	scalar  func(*Writer, R)
}

func (a answers[R]) len() int               { return len(a.of) }
func (a answers[R]) put(c *Column, i int)   { a.objects(c, a.of[i]) }
func (a answers[R]) write(w *Writer, i int) { a.scalar(w, a.of[i]) }

// As says how an answer of a Go type is taken: as objects or as a scalar.
type As[R any] struct {
	objects func(*Column, R)
	scalar  func(*Writer, R)
}

// Objects takes answers as objects.
func Objects[R any](put func(*Column, R)) As[R] { return As[R]{objects: put} }

// Scalars takes answers as scalars.
func Scalars[R any](write func(*Writer, R)) As[R] { return As[R]{scalar: write} }

func (a As[R]) answers(of []R) Answers { return answers[R]{of, a.objects, a.scalar} }

// Call resolves a field for all its parents at once.
type Call = func(x any, ctx context.Context, parents []any, args map[string]any) (Answers, error)

// Batch is the Call of a batch resolver.
func Batch[P, R any](resolve func(x any, ctx context.Context, parents []P, args map[string]any) ([]R, error), as As[R]) Call {
	return func(x any, ctx context.Context, parents []any, args map[string]any) (Answers, error) {
		typed := make([]P, len(parents))
		for i, p := range parents {
			typed[i] = p.(P)
		}
		of, err := resolve(x, ctx, typed, args)
		return as.answers(of), err
	}
}

// Root is the Call of a root's resolver: there is one parent, and it is nothing.
func Root[R any](resolve func(x any, ctx context.Context, args map[string]any) (R, error), as As[R]) Call {
	return func(x any, ctx context.Context, _ []any, args map[string]any) (Answers, error) {
		one, err := resolve(x, ctx, args)
		return as.answers([]R{one}), err
	}
}

// Each is the Call of what takes one parent at a time: methods with a context, arguments or an error, and plain resolvers. One
// parent's failure is no other's.
func Each[P, R any](resolve func(x any, ctx context.Context, parent P, args map[string]any) (R, error), as As[R]) Call {
	return func(x any, ctx context.Context, parents []any, args map[string]any) (Answers, error) {
		of, failed := make([]R, len(parents)), graphql.BatchErrorList(nil)
		for i, p := range parents {
			one, err := guarded(ctx, func() (R, error) { return resolve(x, ctx, p.(P), args) })
			of[i] = one
			if err != nil {
				if failed == nil {
					failed = make(graphql.BatchErrorList, len(parents))
				}
				failed[i] = err
			}
		}
		if failed != nil {
			return as.answers(of), failed
		}
		return as.answers(of), nil
	}
}

// guarded turns a panic into the error that the request makes of panics.
func guarded[R any](ctx context.Context, f func() (R, error)) (_ R, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = graphql.GetOperationContext(ctx).RecoverFunc(ctx, reason)
		}
	}()
	return f()
}
