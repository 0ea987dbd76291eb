package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
)

// store writes what judgements leave besides the leads' own rows, which are written before: scores with their factors, the history of
// scores, moves, and the events of all that.
func (t *tx) store(ctx context.Context, leads []*leadState) error {
	var scores []*db.Score
	var history []*db.ScoreHistory
	var moves []*passage
	for _, l := range leads {
		if l.score != nil {
			scores = append(scores, l.score)
		}
		if l.history != nil {
			history = append(history, l.history)
		}
		moves = append(moves, l.passed...)
	}
	if err := db.PutScores(ctx, t.Tx, scores); err != nil {
		return err
	}
	if _, err := db.Insert(ctx, t.Tx, "score_history", history, ""); err != nil {
		return err
	}
	if err := t.matched(ctx, leads); err != nil {
		return err
	}
	for _, l := range leads {
		t.rated(l)
	}
	if err := t.writeHandoffs(ctx, leads); err != nil {
		return err
	}
	if err := t.passed(ctx, moves); err != nil {
		return err
	}
	t.tellHandoffs(leads)
	return nil
}

// rated records that a lead's band is another one. The first band of a new lead goes without saying.
func (t *tx) rated(l *leadState) {
	row := l.row
	if row.Band != nil && !equal(l.band, row.Band) && !l.fresh {
		e := logged{kind: event.LeadScored, lead: row.ID, contact: row.ContactID, data: event.Data{To: string(*row.Band), Detail: fmt.Sprintf("%d points", *row.Score)}}
		if l.band != nil {
			e.data.From = string(*l.band)
		}
		t.emit(e)
	}
}

// matched records which leads fit another persona than before; of new leads it goes without saying.
func (t *tx) matched(ctx context.Context, leads []*leadState) error {
	var moved []*leadState
	var ids []id.UUID
	for _, l := range leads {
		if l.fresh || equal(l.persona, l.row.PersonaID) {
			continue
		}
		moved = append(moved, l)
		for _, p := range []*id.UUID{l.persona, l.row.PersonaID} {
			if p != nil {
				ids = append(ids, *p)
			}
		}
	}
	if len(moved) == 0 {
		return nil
	}
	rows, err := t.PersonasByID(ctx, db.PersonasByIDParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return fmt.Errorf("read personas: %w", err)
	}
	names := map[id.UUID]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	name := func(p *id.UUID) string {
		if p == nil {
			return ""
		}
		return names[*p]
	}
	for _, l := range moved {
		t.emit(logged{kind: event.LeadMatched, lead: l.row.ID, contact: l.row.ContactID, data: event.Data{From: name(l.persona), To: name(l.row.PersonaID)}})
	}
	return nil
}
