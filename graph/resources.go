package graph

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/resource"
)

// labelsOf are whom resources speak to.
func labelsOf(ctx context.Context, r *Resolver, of []*db.Resource) ([][]*db.ResourceLabel, error) {
	q, keys := r.read(ctx), ids(of, func(o *db.Resource) id.UUID { return o.ID })
	rows, err := q.ResourceLabels(ctx, db.ResourceLabelsParams{WorkspaceID: q.Workspace, ResourceIds: keys})
	return grouped(keys, rows, err, func(l *db.ResourceLabel) id.UUID { return l.ResourceID })
}

// maxVersions is how many versions of a resource are listed.
const maxVersions = 50

// resourceVersions are the newest versions of resources.
func resourceVersions(ctx context.Context, r *Resolver, of []*db.Resource) ([][]*db.ResourceVersion, error) {
	q, keys := r.read(ctx), ids(of, func(o *db.Resource) id.UUID { return o.ID })
	rows, err := q.ResourceVersions(ctx, db.ResourceVersionsParams{WorkspaceID: q.Workspace, ResourceIds: keys, Most: maxVersions})
	return grouped(keys, rows, err, func(v *db.ResourceVersion) id.UUID { return v.ResourceID })
}

// findResource finds a resource by its id.
func (r *Resolver) findResource(ctx context.Context, g id.Global) (*db.Resource, error) {
	return byID[*db.Resource](ctx, r, "id", g, id.Resource)
}

// maxRecommended is how many resources are recommended at once.
const maxRecommended = 20

// recommendations are the resources to show next to the people of leads.
func recommendations(ctx context.Context, r *Resolver, of []*db.Lead, first int) ([][]*resource.Recommendation, error) {
	if first < 1 || first > maxRecommended {
		return nil, fault.Input("first", "Ask for 1 to %d resources.", maxRecommended)
	}
	return r.read(ctx).Recommendations(ctx, of, first, r.Funnel.Now())
}
