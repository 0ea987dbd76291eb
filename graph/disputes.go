package graph

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/dispute"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/id"
)

// maxPrecedents is how many precedents a deal shows.
const maxPrecedents = 20

// disputesOf are the disputes about deals, newest first.
func disputesOf(ctx context.Context, r *Resolver, deals []*db.Deal) ([][]*db.CreditDispute, error) {
	q, of := r.read(ctx), func(d *db.Deal) id.UUID { return d.ID }
	rows, err := q.DisputesOf(ctx, db.DisputesOfParams{WorkspaceID: q.Workspace, DealIds: ids(deals, of)})
	return many(deals, rows, err, of, func(d *db.CreditDispute) id.UUID { return d.DealID })
}

// precedentsOf are the rulings about other deals that have something in common with some.
func precedentsOf(ctx context.Context, r *Resolver, deals []*db.Deal) ([][]*model.Precedent, error) {
	q := r.read(ctx)
	of, err := q.RunCircumstances(ctx, db.RunCircumstancesParams{WorkspaceID: q.Workspace, DealIds: ids(deals, func(d *db.Deal) id.UUID { return d.ID })})
	if err != nil {
		return nil, err
	}
	settled, err := q.SettledRulings(ctx, q.Workspace)
	if err != nil {
		return nil, err
	}
	all := make([]dispute.Precedent, len(settled))
	for i, s := range settled {
		all[i] = dispute.Precedent{Dispute: s.DisputeID, Deal: s.DealID, At: s.SettledAt, Of: s.Circumstances}
	}
	byDeal := make(map[id.UUID][]*model.Precedent, len(of))
	for _, c := range of {
		found := funnel.Circumstances(c)
		for _, m := range dispute.Find(c.DealID, &found, all, maxPrecedents) {
			byDeal[c.DealID] = append(byDeal[c.DealID], &model.Precedent{DisputeID: m.Dispute, Shared: m.Shared})
		}
	}
	out := make([][]*model.Precedent, len(deals))
	for i, d := range deals {
		if out[i] = byDeal[d.ID]; out[i] == nil {
			out[i] = []*model.Precedent{}
		}
	}
	return out, nil
}

// rulingsOf are the rulings that were proposed last in disputes; nil where none was.
func rulingsOf(ctx context.Context, r *Resolver, disputes []*db.CreditDispute) ([]*db.Ruling, error) {
	return one(ctx, r, disputes, func(d *db.CreditDispute) *id.UUID { return d.RulingID }, func(x *db.Ruling) id.UUID { return x.ID })
}

// rulingSignaturesOf are the signatures under rulings, oldest first.
func rulingSignaturesOf(ctx context.Context, r *Resolver, rulings []*db.Ruling) ([][]*db.RulingSignature, error) {
	q, of := r.read(ctx), func(x *db.Ruling) id.UUID { return x.ID }
	rows, err := q.RulingSignaturesOf(ctx, db.RulingSignaturesOfParams{WorkspaceID: q.Workspace, RulingIds: ids(rulings, of)})
	return many(rulings, rows, err, of, func(s *db.RulingSignature) id.UUID { return s.RulingID })
}

// listed resolves lists of ids for all parents in one statement: each parent's objects in the order of its ids.
func listed[P, T any](ctx context.Context, r *Resolver, parents []*P, keys func(*P) []id.UUID, idOf func(*T) id.UUID) ([][]*T, error) {
	var flat []*id.UUID
	for _, p := range parents {
		flat = append(flat, pointers(keys(p))...)
	}
	found, err := one(ctx, r, flat, func(u *id.UUID) *id.UUID { return u }, idOf)
	if err != nil {
		return nil, err
	}
	out := make([][]*T, len(parents))
	for i, p := range parents {
		out[i] = []*T{}
		for range keys(p) {
			if found[0] != nil {
				out[i] = append(out[i], found[0])
			}
			found = found[1:]
		}
	}
	return out, nil
}

// creditEvidence takes lists of evidence apart.
func creditEvidence(disputes []*db.CreditDispute, list func(*db.CreditDispute) db.CreditEvidences) [][]*db.CreditEvidence {
	out := make([][]*db.CreditEvidence, len(disputes))
	for i, d := range disputes {
		out[i] = pointers(list(d).Items())
	}
	return out
}
