package db

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/dispute"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// CreditEvidence is a thing that a claim or an answer rests on: exactly one of the three.
type CreditEvidence struct {
	TouchID   *id.UUID `json:"touchId,omitempty"`
	HandoffID *id.UUID `json:"handoffId,omitempty"`
	Note      *string  `json:"note,omitempty"`
}

// CreditEvidences are what a claim or an answer rests on.
type CreditEvidences = List[CreditEvidence]

// GlobalID is the dispute's id for callers.
func (d *CreditDispute) GlobalID() id.Global { return id.Global{Kind: id.Dispute, UUID: d.ID} }

// IsNode marks what `node` finds.
func (*CreditDispute) IsNode() {}

// Value is the dispute as the rules take it.
func (d *CreditDispute) Value() dispute.Dispute {
	return dispute.Dispute{State: d.State, Claimant: d.Claimant, Held: d.HeldShare, Claimed: d.ClaimedShare, Counter: d.CounterShare, DueAt: d.DueAt, EndedAt: d.EndedAt}
}

// Take lays what the rules made of the dispute over the row.
func (d *CreditDispute) Take(v dispute.Dispute) {
	d.State, d.CounterShare, d.DueAt, d.EndedAt = v.State, v.Counter, v.DueAt, v.EndedAt
}

// Agreed tells whether the other department agrees; nil while it has not answered.
func (d *CreditDispute) Agreed() *bool {
	if d.CounterShare == nil {
		return nil
	}
	return new(d.Value().Agreed())
}

// dueDispute is when a dispute in the order of deadlines is due: those that have ended are left out of it.
func dueDispute(d *CreditDispute) time.Time {
	if d.DueAt == nil {
		return time.Time{}
	}
	return *d.DueAt
}

// CreditDisputeFilter says which disputes; all that is given must hold.
type CreditDisputeFilter struct {
	States        []dispute.State
	Claimant      *auth.Department
	DealIds       []id.Global
	Tags          []string
	ClaimedFrom   *time.Time
	ClaimedBefore *time.Time
	DueBefore     *time.Time
}

func (f *CreditDisputeFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	in(q, "state", f.States)
	equal(q, "claimant", f.Claimant)
	if err := inIDs(q, "dealIds", "deal_id", id.Deal, f.DealIds); err != nil {
		return err
	}
	if f.Tags != nil {
		q.and("l.state = 'SETTLED' and exists (select from rulings r where r.workspace_id = $1 and r.id = l.ruling_id and r.tags && " + q.arg(f.Tags) + "::text[])")
	}
	span(q, "claimed_at", f.ClaimedFrom, f.ClaimedBefore)
	span(q, "due_at", nil, f.DueBefore)
	return nil
}

// Disputes are the disputes of the workspace.
func (r *Reader) Disputes(ctx context.Context, a page.Args, f *CreditDisputeFilter, order string) (*Page[CreditDispute], error) {
	return root(ctx, r, listing[CreditDispute]{shape: disputes, order: order, args: a, key: []any{f}, filter: func(q *query) error {
		if order == "DUE_ASC" {
			q.and("l.due_at is not null")
		}
		return f.add(q)
	}})
}
