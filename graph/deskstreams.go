package graph

import (
	"context"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/feed"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// The kinds of event that come to desks.
var (
	batons  = []event.Kind{event.HandoffOffered, event.HandoffUnrouted, event.HandoffAccepted, event.HandoffRejected, event.HandoffReplied, event.HandoffWithdrawn, event.HandoffExpired}
	replies = []event.Kind{event.HandoffAccepted, event.HandoffRejected, event.HandoffExpired} // to who offered
	alerts  = []event.Kind{event.ClockWarned, event.ClockBreached}
)

// handoffInbox is the stream of what comes to a department's desk.
func (r *Resolver) handoffInbox(ctx context.Context, department *auth.Department, members []*id.Global, after *string) (<-chan *model.InboxEvent, error) {
	who, err := keys("memberIds", plain(members), id.Member)
	if err != nil {
		return nil, err
	}
	q := r.view(ctx, after, batons, all)
	if read := r.read(ctx); department != nil || who != nil {
		q.Pick = func(ctx context.Context, events []*db.Event) ([]*db.Event, error) {
			rows, err := read.HandoffsByID(ctx, db.HandoffsByIDParams{WorkspaceID: read.Workspace, Ids: subjects(events)})
			return ofSubjects(events, rows, err, func(h *db.Handoff) id.UUID { return h.ID }, func(e *db.Event, h *db.Handoff) bool {
				return (department == nil || h.Direction == db.Answered(*department) || slices.Contains(replies, e.Kind)) &&
					(who == nil || has(who, h.MemberID) || has(who, h.DecidedBy) || has(who, h.OfferedBy))
			})
		}
	}
	return feed.Open(ctx, r.Feed, q, model.NewInboxEvent)
}

// slaAlerts is the stream of deadlines that are nearly up, or passed.
func (r *Resolver) slaAlerts(ctx context.Context, department *auth.Department, members []*id.Global, stages []sla.Stage, after *string) (<-chan *model.SLAAlert, error) {
	who, err := keys("memberIds", plain(members), id.Member)
	if err != nil {
		return nil, err
	}
	q := r.view(ctx, after, alerts, func(e *db.Event) bool { return among(stages, sla.Stage(e.Data.Name)) })
	if read := r.read(ctx); department != nil || who != nil {
		q.Pick = func(ctx context.Context, events []*db.Event) ([]*db.Event, error) {
			rows, err := read.ClocksByID(ctx, db.ClocksByIDParams{WorkspaceID: read.Workspace, Ids: subjects(events)})
			return ofSubjects(events, rows, err, func(c *db.Clock) id.UUID { return c.ID }, func(_ *db.Event, c *db.Clock) bool {
				return (department == nil || c.Department == *department) && (who == nil || has(who, c.MemberID))
			})
		}
	}
	return feed.Open(ctx, r.Feed, q, model.NewSLAAlert)
}

// plain are ids as filters have them; nil where there are none.
func plain(of []*id.Global) (out []id.Global) {
	for _, g := range of {
		out = append(out, *g)
	}
	if of != nil && out == nil {
		return []id.Global{}
	}
	return out
}

// all lets every event through.
func all(*db.Event) bool { return true }

// has tells whether somebody, who may be nobody, is among members.
func has(members map[id.UUID]bool, who *id.UUID) bool { return who != nil && members[*who] }

// subjects are what events are about.
func subjects(events []*db.Event) []id.UUID {
	out := make([]id.UUID, len(events))
	for i, e := range events {
		out[i] = *e.SubjectID
	}
	return out
}

// ofSubjects are the events whose subjects are such.
func ofSubjects[T any](events []*db.Event, rows []*T, err error, key func(*T) id.UUID, such func(*db.Event, *T) bool) ([]*db.Event, error) {
	if err != nil {
		return nil, err
	}
	of := make(map[id.UUID]*T, len(rows))
	for _, row := range rows {
		of[key(row)] = row
	}
	return slices.DeleteFunc(events, func(e *db.Event) bool {
		row := of[*e.SubjectID]
		return row == nil || !such(e, row)
	}), nil
}
