package graph

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/feed"
	"github.com/leadgraph/leadgraph/internal/id"
)

// follow says where a stream of the viewer's workspace begins. A stream that comes back by itself (Last-Event-ID) goes on where it was.
func follow(ctx context.Context, after *string, wants func(*db.Event) bool) feed.Query {
	who := auth.From(ctx)
	q := feed.Query{Workspace: who.Workspace, After: who.Resume, Field: "Last-Event-ID", Wants: wants}
	if q.After == "" && after != nil {
		q.After, q.Field = *after, "after"
	}
	return q
}

// leadEvents is the stream of what happens to leads.
func (r *Resolver) leadEvents(ctx context.Context, filter *model.LeadEventFilter, after *string) (<-chan *model.LeadEvent, error) {
	if filter == nil {
		filter = &model.LeadEventFilter{}
	}
	leads, err := keys("filter.leadIds", filter.LeadIDs, id.Lead)
	if err != nil {
		return nil, err
	}
	owners, err := keys("filter.ownerIds", filter.OwnerIDs, id.Member)
	if err != nil {
		return nil, err
	}
	q := follow(ctx, after, func(e *db.Event) bool {
		return e.LeadID != nil && (leads == nil || leads[*e.LeadID]) && among(filter.Kinds, e.Kind)
	})
	if filter.Stages != nil || owners != nil || filter.Queues != nil {
		read := r.read(ctx)
		q.Pick = func(ctx context.Context, events []*db.Event) ([]*db.Event, error) {
			return ofLeads(ctx, read, events, func(l *db.Lead) bool {
				return among(filter.Stages, l.Stage) && (owners == nil || l.OwnerID != nil && owners[*l.OwnerID]) &&
					among(filter.Queues, l.Queue)
			})
		}
	}
	return feed.Open(ctx, r.Feed, q, model.NewLeadEvent)
}

// among tells whether a value is in a list, or there is no list.
func among[T comparable](list []T, v T) bool { return list == nil || slices.Contains(list, v) }

// keys are the ids of a filter; nil where it has none.
func keys(field string, of []id.Global, want id.Kind) (map[id.UUID]bool, error) {
	if of == nil {
		return nil, nil
	}
	if len(of) > 250 {
		return nil, fault.Input(field, "Ask for at most 250 objects at once.")
	}
	out := map[id.UUID]bool{}
	for i, g := range of {
		if err := typed(fmt.Sprintf("%s[%d]", field, i), g, want); err != nil {
			return nil, err
		}
		out[g.UUID] = true
	}
	return out, nil
}

// ofLeads are the events whose leads are such.
func ofLeads(ctx context.Context, q *db.Reader, events []*db.Event, such func(*db.Lead) bool) ([]*db.Event, error) {
	var ids []id.UUID
	for _, e := range events {
		ids = append(ids, *e.LeadID)
	}
	rows, err := q.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: q.Workspace, Ids: ids})
	if err != nil {
		return nil, err
	}
	held := map[id.UUID]bool{}
	for _, l := range rows {
		held[l.ID] = such(l)
	}
	return slices.DeleteFunc(events, func(e *db.Event) bool { return !held[*e.LeadID] }), nil
}

// jobProgress is the stream of how jobs go on.
func (r *Resolver) jobProgress(ctx context.Context, filter *model.JobProgressFilter, after *string) (<-chan *model.JobProgress, error) {
	if filter == nil {
		filter = &model.JobProgressFilter{}
	}
	if len(filter.JobIDs) > 250 {
		return nil, fault.Input("filter.jobIds", "Ask for at most 250 objects at once.")
	}
	who := auth.From(ctx)
	imports, trials := who.May(auth.LeadsImport), who.May(auth.AgreementsRead)
	q := follow(ctx, after, func(e *db.Event) bool {
		p := e.Data.Progress
		if e.Kind != event.JobProgressed || p.Job == event.JobImport && !imports || p.Job != event.JobImport && !trials {
			return false
		}
		return among(filter.Kinds, p.Job) && among(filter.JobIDs, id.Global{Kind: model.JobObjects[p.Job], UUID: *e.SubjectID})
	})
	return feed.Open(ctx, r.Feed, q, model.NewJobProgress)
}

// imported is the import that a job works on; nil for jobs of other kinds.
func imported(p *model.JobProgress) *id.UUID {
	if p.Kind() != event.JobImport {
		return nil
	}
	return p.Event.SubjectID
}
