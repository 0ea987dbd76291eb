package graph

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/id"
)

// versionsOf are the versions that numbers rest on: when each was in force is asked once for all, and then what the answer shows of them.
func versionsOf[T any](ctx context.Context, r *Resolver, numbers []*T, on func(*T) db.Rests) ([][]*db.Agreement, error) {
	rests := make([]db.Rests, len(numbers))
	for i, n := range numbers {
		rests[i] = on(n)
	}
	ids, err := r.read(ctx).VersionsUnder(ctx, rests)
	if err != nil {
		return nil, err
	}
	var all []*id.UUID
	for _, of := range ids {
		for i := range of {
			all = append(all, &of[i])
		}
	}
	rows, err := agreementsOf(ctx, r, all, func(i *id.UUID) *id.UUID { return i })
	if err != nil {
		return nil, err
	}
	out := make([][]*db.Agreement, len(numbers))
	for i, of := range ids {
		out[i], rows = rows[:len(of):len(of)], rows[len(of):]
	}
	return out, nil
}

// each asks every parent for one thing that it knows.
func each[P, T any](parents []*P, of func(*P) *T) []*T {
	out := make([]*T, len(parents))
	for i, p := range parents {
		out[i] = of(p)
	}
	return out
}

func counted(p *db.CountedPage) *model.CountedConnection {
	return &model.CountedConnection{CountedPage: p}
}
