package graph

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// versionsOf are the versions that numbers rest on: when each was in force is asked once for all, and then what the answer shows of them.
func versionsOf(ctx context.Context, r *Resolver, numbers []*db.Measure) ([][]*db.Agreement, error) {
	q := r.read(ctx)
	ids, err := q.VersionsUnder(ctx, numbers)
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

// parts are what numbers took in above or below the line.
func parts(numbers []*db.Measure, of scorecard.Part) []*db.Counting {
	out := make([]*db.Counting, len(numbers))
	for i, n := range numbers {
		out[i] = n.Counts(of)
	}
	return out
}

func counted(p *db.CountedPage) *model.CountedConnection {
	return &model.CountedConnection{CountedPage: p}
}
