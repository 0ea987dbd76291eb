package graph

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/id"
)

// attribution is what one deal gives to its touches.
func (r *Resolver) attribution(ctx context.Context, deal id.Global, models []attribution.Model, run *int32) (*db.Attribution, error) {
	if err := typed("dealId", deal, id.Deal); err != nil {
		return nil, err
	}
	return first(r.read(ctx).Attributions(ctx, []id.UUID{deal.UUID}, models, run))
}

// policiesOf are the versions under which the deals of rows were credited.
func policiesOf(ctx context.Context, r *Resolver, rows []*db.AttributionReportRow) ([][]*db.Agreement, error) {
	var all []id.UUID
	for _, o := range rows {
		all = append(all, o.Policies()...)
	}
	versions, err := agreementsOf(ctx, r, pointers(all), func(v *id.UUID) *id.UUID { return v })
	if err != nil {
		return nil, err
	}
	out := make([][]*db.Agreement, len(rows))
	for i, o := range rows {
		n := len(o.Policies())
		out[i], versions = versions[:n:n], versions[n:]
	}
	return out, nil
}
