package graph

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// absencesOf are the absences of members that are not over.
func absencesOf(ctx context.Context, r *Resolver, members []*db.Member) ([][]*db.Absence, error) {
	q := r.read(ctx)
	rows, err := q.AbsencesOf(ctx, db.AbsencesOfParams{WorkspaceID: q.Workspace, MemberIds: ids(members, func(m *db.Member) id.UUID { return m.ID }), At: time.Now()})
	return many(members, rows, err, func(m *db.Member) id.UUID { return m.ID }, func(a *db.Absence) id.UUID { return a.MemberID })
}

// workingHoursOf are the calendars of members; nil for those who have none.
func workingHoursOf(ctx context.Context, r *Resolver, members []*db.Member) ([]*sla.Calendar, error) {
	q := r.read(ctx)
	p := db.CalendarsByIDParams{WorkspaceID: q.Workspace}
	for _, m := range members {
		if m.CalendarID != nil {
			p.Ids = append(p.Ids, *m.CalendarID)
		}
	}
	out := make([]*sla.Calendar, len(members))
	if len(p.Ids) == 0 {
		return out, nil
	}
	rows, err := q.CalendarsByID(ctx, p)
	if err != nil {
		return nil, err
	}
	bodies := make(map[id.UUID]*sla.Calendar, len(rows))
	for _, c := range rows {
		bodies[c.ID] = &c.Body
	}
	for i, m := range members {
		if m.CalendarID != nil {
			out[i] = bodies[*m.CalendarID]
		}
	}
	return out, nil
}
