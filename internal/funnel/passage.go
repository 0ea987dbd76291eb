package funnel

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// passage is a lead's move from one stage to another, with what others have to know of it: which clocks stop and start, who owns the
// conversation, what is told.
type passage struct {
	db.Case                // the lead as it is afterwards, and what rules ask about
	law     lifecycle.Move // the row of the table that allows it
	by      lifecycle.Actor
	row     *db.Move  // as it is stored
	fresh   bool      // so is the lead
	handoff *id.UUID  // that it is about; nil for moves without one
	queue   string    // that had the lead before
	doneAt  time.Time // when what it rests on happened, where that was before; zero: with the move
}

// actor is who the viewer is to a lead.
func (t *tx) actor(l *db.Lead) lifecycle.Actor { return l.SeenBy(t.who) }

// pass moves a lead to another stage, if the table lets the actor. The caller writes the lead's row, and then all passages together.
func (t *tx) pass(c db.Case, to lifecycle.Stage, by lifecycle.Actor) (*passage, error) {
	l := c.Lead
	if err := lifecycle.Check(l.Stage, to, by); err != nil {
		return nil, err
	}
	law, _ := lifecycle.Find(l.Stage, to, by)
	p := &passage{Case: c, queue: l.Queue, law: law, by: by, row: &db.Move{WorkspaceID: l.WorkspaceID, ID: id.New(), LeadID: l.ID, FromStage: l.Stage, ToStage: to, At: t.now, ActorKind: t.who.Kind}}
	if by == lifecycle.System {
		p.row.ActorKind = auth.ActorSystem
	} else if actor := t.who.Actor(); !actor.IsZero() {
		p.row.ActorID = &actor
		if t.who.Kind == auth.ActorMember {
			p.row.Department = &t.who.Department
		}
	}
	l.Stage, l.StageSince = to, t.now
	return p, nil
}

// passed stores moves, in their order, and does what comes of them. The leads' rows are written before.
func (t *tx) passed(ctx context.Context, all []*passage) error {
	if len(all) == 0 {
		return nil
	}
	rows := make([]*db.Move, len(all))
	for i, p := range all {
		rows[i] = p.row
		e := logged{kind: event.LeadMoved, lead: p.Lead.ID, contact: p.Lead.ContactID, data: event.Data{From: string(p.row.FromStage), To: string(p.row.ToStage)}}
		switch {
		case p.row.Reason != nil:
			e.data.Detail = *p.row.Reason
		case p.row.ToStage == lifecycle.Qualified:
			e.data.Detail = "It meets the lead definition."
		}
		t.emit(e)
	}
	db.InsertLater(t.Tx, "moves", rows, "")
	t.requeued(all)
	if err := t.closeHandoffs(ctx, all); err != nil {
		return err
	}
	if err := t.restoreHandoffs(ctx, all); err != nil {
		return err
	}
	if err := t.turnClocks(ctx, all); err != nil {
		return err
	}
	return t.giveFloor(ctx, floorsOf(all))
}

// requeued keeps which queues had leads before they moved, for those who ask how leads were.
func (t *tx) requeued(all []*passage) {
	var changes []*db.FactChange
	seen := map[id.UUID]bool{} // a lead may move twice at once
	for _, p := range all {
		if !seen[p.Lead.ID] && p.queue != p.Lead.Queue && p.Lead.CreatedAt.Before(p.row.At) {
			changes = append(changes, db.QueueChange(p.Lead, p.queue, t.now))
		}
		seen[p.Lead.ID] = true
	}
	db.InsertLater(t.Tx, "fact_changes", changes, "")
}
