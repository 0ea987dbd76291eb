package graph

import (
	"context"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/feed"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// The kinds of event that each stream shows. Equal subscriptions share their work: what depends on who somebody is, but for their rights, is @own in the schema.
var (
	decides = append(slices.Clone(model.MessageKinds), event.MessageRefused, event.ConsentRecorded, event.FloorTurned, event.ContactSuppressed, event.ContactUnsuppressed,
		event.ContactBounced, event.ContactBounceCleared, event.ContactPostponed)
	reviews = []event.Kind{event.AgreementDrafted, event.AgreementEdited, event.AgreementSubmitted, event.AgreementChangesRequested, event.AgreementSigned,
		event.AgreementSignaturesVoided, event.AgreementApproved, event.AgreementPublished, event.AgreementSuperseded, event.AgreementWithdrawn}
)

// view is a stream of the events of some kinds for which more holds.
func (r *Resolver) view(ctx context.Context, after *string, kinds []event.Kind, more func(*db.Event) bool) feed.Query {
	return follow(ctx, after, func(e *db.Event) bool { return slices.Contains(kinds, e.Kind) && more(e) })
}

// held lets only the events through whose leads have such an owner and queue now; it asks nothing where both are free.
func (r *Resolver) held(ctx context.Context, q *feed.Query, owners map[id.UUID]bool, queues []string) {
	if owners == nil && queues == nil {
		return
	}
	read := r.read(ctx)
	q.Pick = func(ctx context.Context, events []*db.Event) ([]*db.Event, error) {
		return ofLeads(ctx, read, events, func(l *db.Lead) bool {
			return (owners == nil || l.OwnerID != nil && owners[*l.OwnerID]) && among(queues, l.Queue)
		})
	}
}

// scoreChanged is the stream of how leads warm and cool. A lead that opens with a band has it by its capture, and none before.
func (r *Resolver) scoreChanged(ctx context.Context, filter *model.ScoreChangeFilter, after *string) (<-chan *model.ScoreChange, error) {
	if filter == nil {
		filter = &model.ScoreChangeFilter{}
	}
	leads, err := keys("filter.leadIds", filter.LeadIDs, id.Lead)
	if err != nil {
		return nil, err
	}
	owners, err := keys("filter.ownerIds", filter.OwnerIDs, id.Member)
	if err != nil {
		return nil, err
	}
	q := r.view(ctx, after, []event.Kind{event.LeadScored, event.LeadCaptured}, func(e *db.Event) bool {
		return e.Data.To != "" && (leads == nil || leads[*e.LeadID]) && among(filter.Bands, lifecycle.Band(e.Data.To))
	})
	r.held(ctx, &q, owners, filter.Queues)
	return feed.Open(ctx, r.Feed, q, model.NewScoreChange)
}

// contactDecision is the stream of what decides whether people may be contacted.
func (r *Resolver) contactDecision(ctx context.Context, who *id.Global, after *string) (<-chan *model.ContactEvent, error) {
	if who != nil {
		if err := typed("contactId", *who, id.Contact); err != nil {
			return nil, err
		}
	}
	q := r.view(ctx, after, decides, func(e *db.Event) bool { return who == nil || *e.ContactID == who.UUID })
	return feed.Open(ctx, r.Feed, q, model.NewContactEvent)
}

// agreementReview is the stream of how versions of the rules come into force.
func (r *Resolver) agreementReview(ctx context.Context, kinds []agreement.Kind, after *string) (<-chan *model.AgreementEvent, error) {
	q := r.view(ctx, after, reviews, all)
	if read := r.read(ctx); kinds != nil {
		q.Pick = func(ctx context.Context, events []*db.Event) ([]*db.Event, error) {
			rows, err := read.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: read.Workspace, Ids: subjects(events)})
			return ofSubjects(events, rows, err, func(a *db.Agreement) id.UUID { return a.ID }, func(_ *db.Event, a *db.Agreement) bool { return slices.Contains(kinds, a.Kind) })
		}
	}
	return feed.Open(ctx, r.Feed, q, model.NewAgreementEvent)
}
