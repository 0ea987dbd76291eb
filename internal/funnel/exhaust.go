package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Why leads are given back that were followed up to the end; where the workspace has the reason, by its own name.
const (
	noResponse = "NO_RESPONSE"
	exhausted  = "The follow-up plan came to its end without an answer."
)

// restAfterSilence is how long a lead rests that did not answer, unless the person asks for something.
const restAfterSilence = 90 * 24 * time.Hour

// giveBack returns leads to marketing whose plans are exhausted.
func (t *tx) giveBack(ctx context.Context, leads []*db.Lead) error {
	cases, err := t.cases(ctx, leads)
	if err != nil {
		return err
	}
	moves := make([]*passage, len(leads))
	for i, l := range leads {
		if moves[i], err = t.pass(cases[i], lifecycle.Returned, lifecycle.System); err != nil {
			return err
		}
		moves[i].row.Reason = new(exhausted)
		t.emit(logged{kind: event.FollowUpExhausted, lead: l.ID, contact: l.ContactID})
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
