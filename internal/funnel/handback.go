package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// handBack makes the hand-offs by which leads go back to marketing: what the moves say of why, and the leads of when to try again.
func (t *tx) handBack(ctx context.Context, moves []*passage) error {
	leads := make([]id.UUID, len(moves))
	for i, p := range moves {
		leads[i] = p.Lead.ID
	}
	rows, err := t.HandoffNumbers(ctx, db.HandoffNumbersParams{WorkspaceID: t.Workspace, LeadIds: leads})
	if err != nil {
		return fmt.Errorf("count hand-offs: %w", err)
	}
	last := make(map[id.UUID]int32, len(rows))
	for _, r := range rows {
		last[r.LeadID] = r.Number
	}
	all := make([]*db.Handoff, len(moves))
	for i, p := range moves {
		l := p.Lead
		all[i] = &db.Handoff{WorkspaceID: t.Workspace, ID: id.New(), LeadID: l.ID, ContactID: l.ContactID, Direction: lifecycle.SalesToMarketing, State: lifecycle.HandoffOffered, Number: last[l.ID] + 1,
			Queue: marketingQueue, Evidence: stoodAt(l, p.Persona), DefinitionID: l.DefinitionID, ModelID: l.ModelID, OfferedAt: t.now, ReasonID: p.row.ReasonID, Feedback: p.row.Note, WakeAt: l.WakeAt, Version: 1}
		if p.row.Department != nil {
			all[i].OfferedBy = p.row.ActorID
		}
		p.handoff = &all[i].ID
		e := t.about(event.HandoffOffered, all[i])
		e.data.To = all[i].Queue
		t.emit(e)
	}
	db.InsertLater(t.Tx, "handoffs", all, "")
	return nil
}
