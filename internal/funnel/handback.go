package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
)

// handed is what a return says.
type handed struct {
	definition, reason *id.UUID
	feedback           *string
	wake               *time.Time
}

// handBack makes the hand-offs by which sales returns leads, in one statement, before their moves are stored. The leads are locked.
func (t *tx) handBack(ctx context.Context, all []*passage, h handed) error {
	p := db.InsertReturnsParams{WorkspaceID: t.Workspace, DefinitionID: h.definition, OfferedBy: nonzero(t.who.Member), At: t.now, ReasonID: h.reason, Feedback: h.feedback, WakeAt: h.wake}
	for _, m := range all {
		m.handoff = new(id.New())
		p.Ids, p.LeadIds = append(p.Ids, *m.handoff), append(p.LeadIds, m.Lead.ID)
	}
	if err := t.InsertReturns(ctx, p); err != nil {
		return fmt.Errorf("hand leads back: %w", err)
	}
	return nil
}
