package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// Why leads are given back that were followed up to the end; where the workspace has the reason, by its own name.
const (
	noResponse = "NO_RESPONSE"
	exhausted  = "The follow-up plan came to its end without an answer."
)

// restAfterSilence is how long a lead rests that did not answer, unless the person asks for something.
const restAfterSilence = 90 * 24 * time.Hour

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
		if moves[i], err = t.pass(cases[i], lifecycle.Returned, lifecycle.System); err != nil {
			return err
		}
		moves[i].row.Reason = new(exhausted)
		t.emit(logged{kind: event.FollowUpExhausted, lead: l.ID, contact: l.ContactID})
	}
	if err := t.startReturns(ctx, moves, since); err != nil {
		return err
	}
	for _, l := range leads {
		rest := t.now.Add(restAfterSilence)
		l.OwnerID, l.Queue, l.WakeAt, l.UpdatedAt, l.Version = nil, marketingQueue, &rest, t.now, l.Version+1
	}
	db.UpdateLater(t.Tx, "leads", leads, given...)
	reasons, err := t.ReasonByKey(ctx, db.ReasonByKeyParams{WorkspaceID: t.Workspace, Use: lifecycle.ToReturn, Key: noResponse})
	if err != nil {
		return fmt.Errorf("read the reason: %w", err)
	}
	for _, r := range reasons {
		for _, p := range moves {
			p.because(r, new(exhausted))
		}
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
