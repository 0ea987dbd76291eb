// Package graph is the GraphQL schema and its resolvers. A query reads through db, a mutation calls one verb of funnel; there are no
// rules, no SQL and no transactions here.
package graph

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/feed"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/page"
)

// Resolver is what resolvers need.
type Resolver struct {
	DB     *db.DB
	Funnel *funnel.Funnel
	Feed   *feed.Feed
}

// read is the database in the viewer's workspace.
func (r *Resolver) read(ctx context.Context) *db.Reader {
	return r.DB.Read(auth.From(ctx).Workspace)
}

// args are a connection's arguments.
func args(first *int32, after *string, last *int32, before *string) page.Args {
	return page.Args{First: first, After: after, Last: last, Before: before}
}
