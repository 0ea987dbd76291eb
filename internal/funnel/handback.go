package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
)

// givenBack is the hand-off by which sales returns a lead: the columns that such a one has.
type givenBack struct {
	WorkspaceID  id.UUID    `db:"workspace_id"`
	ID           id.UUID    `db:"id"`
	LeadID       id.UUID    `db:"lead_id"`
	ContactID    id.UUID    `db:"contact_id"`
	Direction    string     `db:"direction"`
	State        string     `db:"state"`
	Number       int32      `db:"number"`
	Queue        string     `db:"queue"`
	Evidence     struct{}   `db:"evidence"`
	DefinitionID *id.UUID   `db:"definition_id"`
	ModelID      *id.UUID   `db:"model_id"`
	OfferedBy    *id.UUID   `db:"offered_by"`
	OfferedAt    time.Time  `db:"offered_at"`
	ReasonID     *id.UUID   `db:"reason_id"`
	Feedback     *string    `db:"feedback"`
	WakeAt       *time.Time `db:"wake_at"`
}

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
	all := make([]*givenBack, len(moves))
	for i, p := range moves {
		l := p.Lead
		all[i] = &givenBack{WorkspaceID: t.Workspace, ID: id.New(), LeadID: l.ID, ContactID: l.ContactID, Direction: "SALES_TO_MARKETING", State: "OFFERED", Number: last[l.ID] + 1, Queue: marketingQueue,
			DefinitionID: l.DefinitionID, ModelID: l.ModelID, OfferedAt: t.now, ReasonID: p.row.ReasonID, Feedback: p.row.Note, WakeAt: l.WakeAt}
		if p.row.Department != nil {
			all[i].OfferedBy = p.row.ActorID
		}
	}
	_, err = db.Insert(ctx, t.Tx, "handoffs", all, "")
	return err
}
