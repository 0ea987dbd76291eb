package funnel

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// noResponse is why leads are given back that were followed up to the end.
const noResponse = "NO_RESPONSE: the follow-up plan came to its end without an answer."

// giveBack returns leads to marketing whose plans are exhausted.
func (t *tx) giveBack(ctx context.Context, leads []*db.Lead, plans []*db.FollowUp) error {
	cases, err := t.cases(ctx, leads)
	if err != nil {
		return err
	}
	since := make(map[id.UUID]time.Time, len(plans))
	for _, p := range plans {
		since[p.LeadID] = *p.ExhaustedAt
	}
	moves := make([]*passage, len(leads))
	for i, l := range leads {
		if moves[i], err = t.pass(cases[l.ID], lifecycle.Returned, lifecycle.System); err != nil {
			return err
		}
		moves[i].row.Reason = new(noResponse)
		t.emit(logged{kind: event.FollowUpExhausted, lead: l.ID, contact: l.ContactID})
	}
	if err := t.startReturns(ctx, moves, since); err != nil {
		return err
	}
	for _, l := range leads {
		l.OwnerID, l.Queue, l.UpdatedAt, l.Version = nil, "marketing", t.now, l.Version+1
	}
	var kept []string
	for _, column := range unchanged {
		if column != "owner_id" && column != "queue" {
			kept = append(kept, column)
		}
	}
	if err := db.Update(ctx, t.Tx, "leads", leads, kept...); err != nil {
		return err
	}
	if err := t.handBack(ctx, moves); err != nil {
		return err
	}
	return t.passed(ctx, moves)
}

// startReturns starts the clocks of leads that are to be returned, from the end of their plans on. The move that follows meets them: late, where nobody was
// there to make it.
func (t *tx) startReturns(ctx context.Context, moves []*passage, since map[id.UUID]time.Time) error {
	u := &clockTurn{clockBook: &clockBook{t: t}}
	var owners []id.UUID
	for _, p := range moves {
		if p.Lead.OwnerID != nil {
			owners = append(owners, *p.Lead.OwnerID)
		}
	}
	if err := u.learn(ctx, owners); err != nil || u.law == nil {
		return err
	}
	for _, p := range moves {
		if err := u.begin(ctx, p, sla.Return, since[p.Lead.ID]); err != nil {
			return err
		}
	}
	return u.write(ctx)
}

// handBack is told of leads that go back to marketing, before their moves are stored: the hand-off that says so is the business of returns.
func (t *tx) handBack(_ context.Context, _ []*passage) error { return nil }
