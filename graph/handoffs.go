package graph

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// handoffsOf are the hand-offs of leads, newest first.
func handoffsOf(ctx context.Context, r *Resolver, leads []*db.Lead) ([][]*db.Handoff, error) {
	q := r.read(ctx)
	rows, err := q.HandoffsOf(ctx, db.HandoffsOfParams{WorkspaceID: q.Workspace, LeadIds: ids(leads, func(l *db.Lead) id.UUID { return l.ID })})
	return many(leads, rows, err, func(l *db.Lead) id.UUID { return l.ID }, func(h *db.Handoff) id.UUID { return h.LeadID })
}

// currentHandoffs are the hand-offs that wait for an answer, or else the latest that were accepted; nil for leads with neither.
func currentHandoffs(ctx context.Context, r *Resolver, leads []*db.Lead) ([]*db.Handoff, error) {
	all, err := handoffsOf(ctx, r, leads)
	if err != nil {
		return nil, err
	}
	out := make([]*db.Handoff, len(leads))
	for i, of := range all {
		for _, h := range of {
			if h.State == lifecycle.HandoffOffered {
				out[i] = h
				break
			}
			if out[i] == nil && h.State == lifecycle.HandoffAccepted {
				out[i] = h
			}
		}
	}
	return out, nil
}

// alerted are who was told of hand-offs that nobody was eligible for.
func alerted(ctx context.Context, r *Resolver, handoffs []*db.Handoff) ([][]*db.Member, error) {
	q, of := r.read(ctx), func(h *db.Handoff) id.UUID { return h.ID }
	rows, err := q.AlertsOf(ctx, db.AlertsOfParams{WorkspaceID: q.Workspace, HandoffIds: ids(handoffs, of)})
	return told(ctx, r, handoffs, rows, err, of, func(a *db.Alert) (id.UUID, *id.UUID) { return a.HandoffID, &a.MemberID })
}
