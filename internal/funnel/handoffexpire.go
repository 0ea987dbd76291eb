package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// ExpireHandoffs ends hand-offs of a workspace that nobody answered in time, and offers their leads to others. It answers how many there
// were; those that have their answer are left alone, so running it twice changes nothing the second time. It is the system's own verb.
func (f *Funnel) ExpireHandoffs(ctx context.Context, workspace id.UUID, handoffs []id.UUID) (n int, err error) {
	err = f.as(ctx, auth.System(workspace), func(t *tx) error {
		n, err = t.expire(ctx, handoffs)
		return err
	})
	return n, err
}

// expire ends hand-offs whose ACCEPT clock ran out and routes their leads again, to nobody who had them before, in a number of statements
// that does not grow with the number of hand-offs.
func (t *tx) expire(ctx context.Context, handoffs []id.UUID) (int, error) {
	if len(handoffs) == 0 {
		return 0, nil
	}
	rows, err := t.LockLeadsOfHandoffs(ctx, db.LockLeadsOfHandoffsParams{WorkspaceID: t.Workspace, HandoffIds: handoffs})
	if err != nil {
		return 0, fmt.Errorf("lock the leads of hand-offs: %w", err)
	}
	t.settle()
	ended, err := t.Queries.ExpireHandoffs(ctx, db.ExpireHandoffsParams{WorkspaceID: t.Workspace, Ids: handoffs, At: t.now})
	if err != nil {
		return 0, fmt.Errorf("end hand-offs: %w", err)
	}
	of := make(map[id.UUID]*db.Handoff, len(ended))
	for _, h := range ended {
		if h.Direction == lifecycle.MarketingToSales {
			of[h.LeadID] = h
		}
	}
	var again []*db.Lead
	for _, l := range rows {
		if of[l.ID] != nil && l.Stage == lifecycle.Offered {
			again = append(again, l)
		}
	}
	if len(again) == 0 {
		return len(ended), nil
	}
	all, err := t.offered(ctx, again, &offer{by: lifecycle.System})
	if err != nil {
		return 0, err
	}
	for _, l := range all {
		e := t.about(event.HandoffExpired, of[l.row.ID])
		e.data.To = l.handoff.who
		t.emit(e)
	}
	return len(ended), nil
}

// closeHandoffs withdraws the hand-offs of leads that went elsewhere while they waited for an answer: there is nothing left to answer.
func (t *tx) closeHandoffs(ctx context.Context, all []*passage) error {
	var leads []id.UUID
	for _, p := range all {
		if (p.row.FromStage == lifecycle.Offered || p.row.FromStage == lifecycle.Returned) && p.handoff == nil {
			leads = append(leads, p.Lead.ID)
		}
	}
	if len(leads) == 0 {
		return nil
	}
	rows, err := t.CloseHandoffs(ctx, db.CloseHandoffsParams{WorkspaceID: t.Workspace, LeadIds: leads, DecidedBy: nonzero(t.who.Member), At: t.now})
	if err != nil {
		return fmt.Errorf("withdraw hand-offs: %w", err)
	}
	for _, h := range rows {
		t.emit(t.about(event.HandoffWithdrawn, h))
	}
	return nil
}

// restoreHandoffs offers leads that were disqualified while they were offered, and restored: to whom they were offered where nobody had
// answered, else to the queue, for who rejected a lead does not get it back. What the offer rests on is what it rested on before.
func (t *tx) restoreHandoffs(ctx context.Context, all []*passage) error {
	of := map[id.UUID]*passage{}
	var leads []id.UUID
	for _, p := range all {
		if p.row.FromStage == lifecycle.Disqualified && p.row.ToStage == lifecycle.Offered && p.handoff == nil {
			of[p.Lead.ID], leads = p, append(leads, p.Lead.ID)
		}
	}
	if len(leads) == 0 {
		return nil
	}
	rows, err := t.HandoffsOf(ctx, db.HandoffsOfParams{WorkspaceID: t.Workspace, LeadIds: leads}) // newest first
	if err != nil {
		return fmt.Errorf("read hand-offs: %w", err)
	}
	var again []*db.Handoff
	var owned []*db.Lead
	for _, h := range rows {
		p := of[h.LeadID]
		if p == nil || p.handoff != nil || h.Direction != lifecycle.MarketingToSales {
			continue
		}
		n := &db.Handoff{WorkspaceID: h.WorkspaceID, ID: id.New(), LeadID: h.LeadID, ContactID: h.ContactID, Direction: h.Direction, State: lifecycle.HandoffOffered, Number: h.Number + 1,
			Queue: h.Queue, Evidence: h.Evidence, RoutingID: h.RoutingID, DefinitionID: h.DefinitionID, ModelID: h.ModelID, OfferedBy: nonzero(t.who.Member), OfferedAt: t.now, Version: 1}
		if h.State == lifecycle.HandoffWithdrawn {
			n.MemberID = h.MemberID
		}
		p.handoff = &n.ID
		p.Lead.OwnerID, p.Lead.Queue = n.MemberID, n.Queue
		again, owned = append(again, n), append(owned, p.Lead)
		e := t.about(event.HandoffOffered, n)
		e.data.To = "whom it was offered to before"
		if n.MemberID == nil {
			e.data.To = "the queue " + n.Queue
		}
		t.emit(e)
	}
	db.UpdateLater(t.Tx, "leads", owned, "created_at")
	db.InsertLater(t.Tx, "handoffs", again, "")
	return nil
}
