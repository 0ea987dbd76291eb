package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
)

// store writes what judgements leave besides the leads' own rows, behind these: scores with their factors, the history of scores, moves, and
// the events of all that.
func (t *tx) store(ctx context.Context, rules *rulebook, leads []*leadState) error {
	var scores []*db.Score
	var history []*db.ScoreHistory
	var moves []*passage
	var standing []*db.Score
	for _, l := range leads {
		if l.stands {
			standing = append(standing, l.score)
		} else if l.score != nil {
			scores = append(scores, l.score)
		}
		if l.history != nil {
			history = append(history, l.history)
		}
		for _, p := range l.passed {
			p.fresh = l.fresh
			moves = append(moves, p)
		}
	}
	db.PutScores(t.Tx, scores)
	db.InsertLater(t.Tx, "score_history", history, "")
	if err := t.stand(ctx, standing); err != nil {
		return err
	}
	if err := t.matched(ctx, rules, leads); err != nil {
		return err
	}
	for _, l := range leads {
		t.rated(l)
	}
	t.writeHandoffs(leads)
	if err := t.passed(ctx, moves); err != nil {
		return err
	}
	t.tellHandoffs(leads)
	return nil
}

// stand writes when scores that stand will change, where the rules have another opinion on that than before.
func (t *tx) stand(ctx context.Context, scores []*db.Score) error {
	if len(scores) == 0 {
		return nil
	}
	leads := make([]id.UUID, len(scores))
	for i, s := range scores {
		leads[i] = s.LeadID
	}
	rows, err := t.NextChanges(ctx, db.NextChangesParams{WorkspaceID: t.Workspace, LeadIds: leads})
	if err != nil {
		return fmt.Errorf("read when scores change: %w", err)
	}
	before := make(map[id.UUID]*time.Time, len(rows))
	for _, r := range rows {
		before[r.LeadID] = r.NextAt
	}
	p := db.PutNextChangesParams{WorkspaceID: t.Workspace}
	for _, s := range scores {
		if was := before[s.LeadID]; (was == nil) != (s.NextAt == nil) || was != nil && !was.Equal(*s.NextAt) {
			var next time.Time
			if s.NextAt != nil {
				next = *s.NextAt
			}
			p.LeadIds, p.NextAts = append(p.LeadIds, s.LeadID), append(p.NextAts, next)
		}
	}
	if len(p.LeadIds) == 0 {
		return nil
	}
	if err := t.PutNextChanges(ctx, p); err != nil {
		return fmt.Errorf("write when scores change: %w", err)
	}
	return nil
}

// rated records that a lead's band or stage is another one. The first band of a new lead is told by its capture.
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
func (t *tx) matched(ctx context.Context, rules *rulebook, leads []*leadState) error {
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
	names, err := t.names(ctx, rules, ids)
	if err != nil {
		return err
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
