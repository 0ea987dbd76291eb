package graph

import (
	"context"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
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
func (r *Resolver) handoffInbox(ctx context.Context, department *auth.Department, members []*id.Global, mine *bool, after *string) (<-chan *model.InboxEvent, error) {
	who, err := whose(ctx, members, mine)
	if err != nil {
		return nil, err
	}
	q := r.view(ctx, after, batons, all)
	if read := r.read(ctx); department != nil || who.asked() {
		q.Pick = func(ctx context.Context, events []*db.Event) ([]*db.Event, error) {
			rows, err := read.HandoffsByID(ctx, db.HandoffsByIDParams{WorkspaceID: read.Workspace, Ids: subjects(events)})
			if err != nil {
				return nil, err
			}
			told, err := alertedOf(ctx, read, who, rows)
			return ofSubjects(events, rows, err, func(h *db.Handoff) id.UUID { return h.ID }, func(e *db.Event, h *db.Handoff) bool {
				return (department == nil || h.Direction == db.Answered(*department) || slices.Contains(replies, e.Kind)) &&
					who.are(false, append(told[h.ID], h.MemberID, h.DecidedBy, h.OfferedBy)...)
			})
		}
	}
	return feed.Open(ctx, r.Feed, q, model.NewInboxEvent)
}

// slaAlerts is the stream of deadlines that are nearly up, or passed.
func (r *Resolver) slaAlerts(ctx context.Context, department *auth.Department, members []*id.Global, mine *bool, stages []sla.Stage, after *string) (<-chan *model.SLAAlert, error) {
	who, err := whose(ctx, members, mine)
	if err != nil {
		return nil, err
	}
	q := r.view(ctx, after, alerts, func(e *db.Event) bool { return among(stages, sla.Stage(e.Data.Name)) })
	if read := r.read(ctx); department != nil || who.asked() {
		q.Pick = func(ctx context.Context, events []*db.Event) ([]*db.Event, error) {
			rows, err := read.ClocksByID(ctx, db.ClocksByIDParams{WorkspaceID: read.Workspace, Ids: subjects(events)})
			if err != nil {
				return nil, err
			}
			told, err := toldOf(ctx, read, who, rows)
			return ofSubjects(events, rows, err, func(c *db.Clock) id.UUID { return c.ID }, func(e *db.Event, c *db.Clock) bool {
				people, queued := []*id.UUID{c.MemberID}, false
				if e.Kind == event.ClockBreached {
					people, queued = append(people, told[c.ID]...), c.EscalatedToQueue && c.Department == who.takes
				}
				return (department == nil || c.Department == *department) && who.are(queued, people...)
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

// owners says whose events a stream shows.
type owners struct {
	members map[id.UUID]bool // one of these; nil for all
	me      id.UUID
	takes   auth.Department // from whose queues I take; empty: from none
	mine    *bool           // mine, or all others
}

// whose reads a stream's arguments.
func whose(ctx context.Context, members []*id.Global, mine *bool) (*owners, error) {
	of, err := keys("memberIds", plain(members), id.Member)
	if err != nil {
		return nil, err
	}
	v := auth.From(ctx)
	o := &owners{members: of, me: v.Member, mine: mine}
	if v.Role != auth.Analyst {
		o.takes = v.Department
	}
	if mine != nil && o.me.IsZero() {
		return nil, fault.Input("mine", "Only members have events of their own: leave this out, or sign in as one.")
	}
	return o, nil
}

// asked tells whether not all events are shown.
func (o *owners) asked() bool { return o.members != nil || o.mine != nil }

// are tells whether an event of some people, of whom each may be nobody, is shown; it is mine too where it came to a queue that I take from.
func (o *owners) are(queued bool, people ...*id.UUID) bool {
	one := func(such func(id.UUID) bool) bool {
		return slices.ContainsFunc(people, func(p *id.UUID) bool { return p != nil && such(*p) })
	}
	return (o.members == nil || one(func(p id.UUID) bool { return o.members[p] })) && (o.mine == nil || *o.mine == (queued || one(func(p id.UUID) bool { return p == o.me })))
}

// toldOf are whom the breaches of clocks were told to, where the stream asks for people.
func toldOf(ctx context.Context, read *db.Reader, who *owners, clocks []*db.Clock) (map[id.UUID][]*id.UUID, error) {
	if !who.asked() {
		return nil, nil
	}
	rows, err := read.EscalationsOf(ctx, db.EscalationsOfParams{WorkspaceID: read.Workspace, ClockIds: ids(clocks, func(c *db.Clock) id.UUID { return c.ID })})
	out := make(map[id.UUID][]*id.UUID, len(clocks))
	for _, e := range rows {
		out[e.ClockID] = append(out[e.ClockID], &e.MemberID)
	}
	return out, err
}

// alertedOf are who was told of hand-offs that nobody was eligible for, where the stream asks for people.
func alertedOf(ctx context.Context, read *db.Reader, who *owners, handoffs []*db.Handoff) (map[id.UUID][]*id.UUID, error) {
	if !who.asked() {
		return nil, nil
	}
	rows, err := read.AlertsOf(ctx, db.AlertsOfParams{WorkspaceID: read.Workspace, HandoffIds: ids(handoffs, func(h *db.Handoff) id.UUID { return h.ID })})
	out := map[id.UUID][]*id.UUID{}
	for _, a := range rows {
		out[a.HandoffID] = append(out[a.HandoffID], &a.MemberID)
	}
	return out, err
}

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
