package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// objectionWindow is how long the other department may object to a disqualification.
const objectionWindow = 7 * 24 * time.Hour

// DisqualifyLeadInput ends a pursuit.
type DisqualifyLeadInput struct {
	LeadID          id.Global
	Reason          string
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// DisqualifyLead ends the pursuit of a lead, for a reason. Members of either department may; the other one may object within its window. An offered
// lead sales rejects instead.
func (f *Funnel) DisqualifyLead(ctx context.Context, in DisqualifyLeadInput) (*LeadPayload, error) {
	var c checks
	key, note := c.line("input.reason", in.Reason, 50), c.note(in.Note)
	return onLead(ctx, f, in.IdempotencyKey, in, &c, in.LeadID, in.ExpectedVersion, func(t *tx, s *subject) error {
		r, err := t.reason(ctx, "input.reason", lifecycle.ToDisqualify, key)
		if err != nil {
			return err
		}
		from := s.row.Stage
		p, err := t.step(s, lifecycle.Disqualified, t.actor(s.row))
		if err != nil {
			return err
		}
		p.because(r, note)
		p.row.ObjectUntil = new(t.now.Add(objectionWindow))
		if from == lifecycle.Opportunity {
			return t.endDeals(ctx, s, r, note)
		}
		return nil
	})
}

// endDeals closes the open deal of a lead that is not pursued any more.
func (t *tx) endDeals(ctx context.Context, s *subject, r *db.Reason, note *string) error {
	deals, err := t.LockOpenDeals(ctx, db.LockOpenDealsParams{WorkspaceID: t.Workspace, LeadID: s.row.ID})
	if err != nil {
		return fmt.Errorf("read the deal: %w", err)
	}
	for _, d := range deals {
		d.Outcome, d.ReasonID, d.ClosedAt = lifecycle.DealLost, &r.ID, &t.now
		if note != nil {
			d.Note = note
		}
		if err := t.putDeal(ctx, d); err != nil {
			return err
		}
		t.tellDeal(event.DealLost, d, r.Label)
	}
	return nil
}

// ObjectToDisqualificationInput says why a pursuit goes on.
type ObjectToDisqualificationInput struct {
	LeadID          id.Global
	Note            string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// ObjectToDisqualification brings a lead back to where it was when the other department disqualified it. Members of the department that did not disqualify it may,
// within the window.
func (f *Funnel) ObjectToDisqualification(ctx context.Context, in ObjectToDisqualificationInput) (*LeadPayload, error) {
	var c checks
	note := c.note(&in.Note)
	if note == nil {
		c.add(fault.Input("input.note", "Say why the lead is worth to be pursued."))
	}
	return onLead(ctx, f, in.IdempotencyKey, in, &c, in.LeadID, in.ExpectedVersion, func(t *tx, s *subject) error {
		if s.row.Stage != lifecycle.Disqualified {
			return fault.New(fault.Conflict, "This lead is not disqualified: there is nothing to object to.").With("allowed", lifecycle.Allowed(s.row.Stage))
		}
		last, err := t.LastMoves(ctx, db.LastMovesParams{WorkspaceID: t.Workspace, LeadIds: []id.UUID{s.row.ID}})
		if err != nil {
			return fmt.Errorf("read why it was disqualified: %w", err)
		}
		if err := t.mayObject(ctx, s, last); err != nil {
			return err
		}
		ended := last[0]
		s.objected = true
		p, err := t.step(s, ended.FromStage, t.actor(s.row))
		if err != nil {
			return err
		}
		p.row.Reason, p.row.Note = new("The other department objected to the disqualification."), note
		switch ended.FromStage {
		case lifecycle.Returned:
			return t.ReopenHandoffs(ctx, db.ReopenHandoffsParams{WorkspaceID: t.Workspace, LeadID: s.row.ID, DecidedAt: ended.At})
		case lifecycle.Opportunity:
			return t.reopenDeal(ctx, s, ended.At)
		}
		return nil
	})
}

// mayObject refuses an objection by the department that disqualified the lead, behind its window, or while somebody pursues the person anew.
func (t *tx) mayObject(ctx context.Context, s *subject, last []*db.Move) error {
	if len(last) == 0 || last[0].ToStage != lifecycle.Disqualified || last[0].ObjectUntil == nil || last[0].Department == nil {
		return fault.New(fault.Conflict, "Nobody may object: this lead was not disqualified by a department on its own account.")
	}
	m := last[0]
	switch {
	case *m.Department == t.who.Department:
		return fault.New(fault.Forbidden, "Your own department disqualified this lead: only %s can object.", other(*m.Department))
	case !t.now.Before(*m.ObjectUntil):
		return fault.New(fault.Conflict, "The window for objections ended at %s.", m.ObjectUntil.UTC().Format(time.RFC3339))
	}
	rows, err := t.OpenLeads(ctx, db.OpenLeadsParams{WorkspaceID: t.Workspace, ContactIds: []id.UUID{s.row.ContactID}})
	if err != nil {
		return fmt.Errorf("read open leads: %w", err)
	}
	if len(rows) > 0 {
		return fault.New(fault.Conflict, "The person has another open lead by now: go on with that one.").With("leadId", rows[0].GlobalID().String())
	}
	return nil
}

// reopenDeal opens the deal that ended with the disqualification.
func (t *tx) reopenDeal(ctx context.Context, s *subject, ended time.Time) error {
	deals, err := t.LatestDeals(ctx, db.LatestDealsParams{WorkspaceID: t.Workspace, LeadIds: []id.UUID{s.row.ID}})
	if err != nil {
		return fmt.Errorf("read the deal: %w", err)
	}
	for _, d := range deals {
		if d.ClosedAt == nil || !d.ClosedAt.Equal(ended) {
			continue
		}
		d.Outcome, d.ReasonID, d.ClosedAt = lifecycle.DealOpen, nil, nil
		if err := t.putDeal(ctx, d); err != nil {
			return err
		}
		t.tellDeal(event.DealReopened, d, "")
	}
	return nil
}
