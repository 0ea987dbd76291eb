package graph

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// clocksOf are the clocks of leads, newest first.
func clocksOf(ctx context.Context, r *Resolver, leads []*db.Lead) ([][]*db.Clock, error) {
	q := r.read(ctx)
	rows, err := q.ClocksOf(ctx, db.ClocksOfParams{WorkspaceID: q.Workspace, LeadIds: ids(leads, func(l *db.Lead) id.UUID { return l.ID })})
	return many(leads, rows, err, func(l *db.Lead) id.UUID { return l.ID }, func(c *db.Clock) id.UUID { return c.LeadID })
}

// nextClocks are what is owed next on leads; nil where nothing is.
func nextClocks(ctx context.Context, r *Resolver, leads []*db.Lead) ([]*db.Clock, error) {
	q := r.read(ctx)
	rows, err := q.NextClocks(ctx, db.NextClocksParams{WorkspaceID: q.Workspace, LeadIds: ids(leads, func(l *db.Lead) id.UUID { return l.ID })})
	if err != nil {
		return nil, err
	}
	of := make(map[id.UUID]*db.Clock, len(rows))
	for _, c := range rows {
		of[c.LeadID] = c
	}
	out := make([]*db.Clock, len(leads))
	for i, l := range leads {
		out[i] = of[l.ID]
	}
	return out, nil
}

// waiversOf are what was asked for about clocks, newest first.
func waiversOf(ctx context.Context, r *Resolver, clocks []*db.Clock) ([][]*db.Waiver, error) {
	q := r.read(ctx)
	rows, err := q.WaiversOf(ctx, db.WaiversOfParams{WorkspaceID: q.Workspace, ClockIds: ids(clocks, func(c *db.Clock) id.UUID { return c.ID })})
	return many(clocks, rows, err, func(c *db.Clock) id.UUID { return c.ID }, func(w *db.Waiver) id.UUID { return w.ClockID })
}

// escalatedTo are whom the breaches of clocks were told to.
func escalatedTo(ctx context.Context, r *Resolver, clocks []*db.Clock) ([][]*db.Member, error) {
	q, of := r.read(ctx), func(c *db.Clock) id.UUID { return c.ID }
	rows, err := q.EscalationsOf(ctx, db.EscalationsOfParams{WorkspaceID: q.Workspace, ClockIds: ids(clocks, of)})
	return told(ctx, r, clocks, rows, err, of, func(e *db.Escalation) (id.UUID, *id.UUID) { return e.ClockID, &e.MemberID })
}

// told groups those who were told of things by what they were told of.
func told[T, R any](ctx context.Context, r *Resolver, things []*T, rows []*R, err error, key func(*T) id.UUID, who func(*R) (of id.UUID, member *id.UUID)) ([][]*db.Member, error) {
	if err != nil {
		return nil, err
	}
	members, err := membersOf(ctx, r, rows, func(row *R) *id.UUID { _, m := who(row); return m })
	if err != nil {
		return nil, err
	}
	of := make(map[id.UUID][]*db.Member, len(things))
	for i, row := range rows {
		which, _ := who(row)
		of[which] = append(of[which], members[i])
	}
	out := make([][]*db.Member, len(things))
	for i, t := range things {
		out[i] = of[key(t)]
	}
	return out, nil
}

// pausesOf are the pauses of clocks.
func pausesOf(clocks []*db.Clock) [][]*sla.Pause {
	out := make([][]*sla.Pause, len(clocks))
	for i, c := range clocks {
		out[i] = pointers(c.Pauses.Items())
	}
	return out
}

// preview shows what a calendar means from an instant on, or from now.
func preview(c sla.Calendar, start *time.Time, days int32, minutes []int32) (*sla.Preview, error) {
	from := time.Now()
	if start != nil {
		from = *start
	}
	long := make([]int, len(minutes))
	for i, n := range minutes {
		long[i] = int(n)
	}
	return c.Preview(from, int(days), long)
}
