//go:build !bench

package main

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/graph/generated"
)

// executor runs operations level by level.
func executor(c generated.Config) func(context.Context, *sync.Map, []byte) (*graphql.Response, int) {
	return generated.NewBreadth(c).Run
}
