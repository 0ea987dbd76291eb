package graph

import (
	"context"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// allowedMovesOf are the ways out of the leads' stages, as the viewer sees them. From DISQUALIFIED only the way back counts that an objection would take.
func allowedMovesOf(ctx context.Context, r *Resolver, leads []*db.Lead) ([][]*model.AllowedMove, error) {
	var ended []id.UUID
	for _, l := range leads {
		if l.Stage == lifecycle.Disqualified {
			ended = append(ended, l.ID)
		}
	}
	last := map[id.UUID]*db.Move{}
	if len(ended) > 0 {
		q := r.read(ctx)
		rows, err := q.LastMoves(ctx, db.LastMovesParams{WorkspaceID: q.Workspace, LeadIds: ended})
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			last[m.LeadID] = m
		}
	}
	who, now := auth.From(ctx), time.Now()
	out := make([][]*model.AllowedMove, len(leads))
	for i, l := range leads {
		out[i] = []*model.AllowedMove{}
		for _, m := range lifecycle.Allowed(l.Stage) {
			mine := m.By(l.SeenBy(who)) && who.May(auth.LeadsWrite)
			if slices.Contains(m.Needs, lifecycle.NeedObjection) {
				d := last[l.ID]
				if d == nil || d.FromStage != m.To || d.Department == nil || d.ObjectUntil == nil || !now.Before(*d.ObjectUntil) {
					continue
				}
				mine = mine && *d.Department != who.Department
			}
			out[i] = append(out[i], &model.AllowedMove{Move: m, Mine: mine})
		}
	}
	return out, nil
}

// dealsOf are the latest deals of leads; nil for those that have none.
func dealsOf(ctx context.Context, r *Resolver, leads []*db.Lead) ([]*db.Deal, error) {
	q := r.read(ctx)
	rows, err := q.LatestDeals(ctx, db.LatestDealsParams{WorkspaceID: q.Workspace, LeadIds: ids(leads, func(l *db.Lead) id.UUID { return l.ID })})
	if err != nil {
		return nil, err
	}
	of := make(map[id.UUID]*db.Deal, len(rows))
	for _, d := range rows {
		of[*d.LeadID] = d
	}
	out := make([]*db.Deal, len(leads))
	for i, l := range leads {
		out[i] = of[l.ID]
	}
	return out, nil
}

// uncoveredOf are the open leads that somebody or some clock is missing for.
func uncoveredOf(ctx context.Context, r *Resolver, counts []*db.Coverage) ([][]*db.Lead, error) {
	out := make([][]*db.Lead, len(counts))
	for i, c := range counts { // an answer has one
		rows, err := db.ByID[db.Lead](ctx, r.read(ctx), c.Missing)
		if err != nil {
			return nil, err
		}
		out[i] = rows
	}
	return out, nil
}
