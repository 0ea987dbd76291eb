package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/internal/auth"
)

// PII is the directive `@pii`: personal data reads null for viewers without the permission.
func PII(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	if !auth.From(ctx).May(auth.PIIRead) {
		return nil, nil
	}
	return next(ctx)
}
