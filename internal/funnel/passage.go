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

// passage is a lead's move from one stage to another, with what others have to know of it: which clocks stop and start, who owns the
// conversation, what is told.
type passage struct {
	db.Case                // the lead as it is afterwards, and what rules ask about
	law     lifecycle.Move // the row of the table that allows it
	row     *db.Move       // as it is stored
	handoff *id.UUID       // that it is about; nil for moves without one
}

// pass moves a lead to another stage, if the table lets the actor. The caller writes the lead's row, and then all passages together.
func (t *tx) pass(c db.Case, to lifecycle.Stage, by lifecycle.Actor) (*passage, error) {
	l := c.Lead
	if err := lifecycle.Check(l.Stage, to, by); err != nil {
		return nil, err
	}
	law, _ := lifecycle.Find(l.Stage, to, by)
	p := &passage{Case: c, law: law, row: &db.Move{WorkspaceID: l.WorkspaceID, ID: id.New(), LeadID: l.ID, FromStage: l.Stage, ToStage: to, At: t.now, ActorKind: t.who.Kind}}
	if by == lifecycle.System {
		p.row.ActorKind = auth.ActorSystem
	} else if actor := t.who.Actor(); !actor.IsZero() {
		p.row.ActorID = &actor
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
	if _, err := db.Insert(ctx, t.Tx, "moves", rows, ""); err != nil {
		return err
	}
	if err := t.closeHandoffs(ctx, all); err != nil {
		return err
	}
	return t.restoreHandoffs(ctx, all)
}

// cases are leads with what rules ask about them, for moves that do not come of a judgement.
func (t *tx) cases(ctx context.Context, leads []*db.Lead) ([]db.Case, error) {
	all, err := t.known(ctx, leads)
	if err != nil {
		return nil, err
	}
	var accounts, sources, people, personas []id.UUID
	for _, l := range leads {
		sources, people = append(sources, l.SourceID), append(people, l.ContactID)
		if l.AccountID != nil {
			accounts = append(accounts, *l.AccountID)
		}
		if l.PersonaID != nil {
			personas = append(personas, *l.PersonaID)
		}
	}
	companies := map[id.UUID]*db.Account{}
	if err := t.accounts(ctx, accounts, companies); err != nil {
		return nil, err
	}
	from, err := t.sources(ctx, sources)
	if err != nil {
		return nil, err
	}
	touches, err := t.touchesOf(ctx, people)
	if err != nil {
		return nil, err
	}
	fits := map[id.UUID]*db.Persona{}
	if len(personas) > 0 {
		rows, err := t.PersonasByID(ctx, db.PersonasByIDParams{WorkspaceID: t.Workspace, Ids: personas})
		if err != nil {
			return nil, fmt.Errorf("read personas: %w", err)
		}
		for _, p := range rows {
			fits[p.ID] = p
		}
	}
	out := make([]db.Case, len(leads))
	for i, l := range leads {
		out[i] = db.Case{Lead: l, Contact: all[i].person.row, Source: from[l.SourceID], Touches: touches[l.ContactID]}
		if l.AccountID != nil {
			out[i].Account = companies[*l.AccountID]
		}
		if l.PersonaID != nil {
			out[i].Persona = fits[*l.PersonaID]
		}
	}
	return out, nil
}
