package funnel

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// WaiverPayload is a waiver after what was done with it.
type WaiverPayload struct {
	Mark
	Waiver *db.Waiver
}

// AskWaiverInput says which deadline shall be let go, and why.
type AskWaiverInput struct {
	ClockID        id.Global
	Note           string
	IdempotencyKey *string
}

// AskWaiver asks the other department to let a deadline go. Members of the department that it runs for may.
func (f *Funnel) AskWaiver(ctx context.Context, in AskWaiverInput) (*WaiverPayload, error) {
	var c checks
	which, err := kind("input.clockId", in.ClockID, id.Clock)
	c.add(err)
	note := c.prose("input.note", &in.Note, 2000)
	if note == nil && c.err() == nil {
		c.add(fault.Input("input.note", "Say why the deadline should be let go."))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*WaiverPayload, error) {
		b, s, err := t.lockClock(ctx, which)
		if err != nil {
			return nil, err
		}
		if err := t.worksFor(s.row.Department); err != nil {
			return nil, err
		}
		if slices.Contains([]sla.State{sla.Met, sla.Cancelled, sla.Waived}, s.row.State) {
			return nil, fault.New(fault.Conflict, "This clock is %s: there is nothing to let go.", s.row.State)
		}
		rows, err := t.WaiversOf(ctx, db.WaiversOfParams{WorkspaceID: t.Workspace, ClockIds: []id.UUID{which}})
		if err != nil {
			return nil, fmt.Errorf("read waivers: %w", err)
		}
		if slices.ContainsFunc(rows, func(w *db.Waiver) bool { return w.State == db.WaiverAsked }) {
			return nil, fault.New(fault.Conflict, "This was asked for already and waits for an answer.")
		}
		w, err := t.InsertWaiver(ctx, db.InsertWaiverParams{WorkspaceID: t.Workspace, ID: id.New(), ClockID: which, Note: *note, AskedBy: t.who.Member, At: t.now})
		if err != nil {
			return nil, fmt.Errorf("store the waiver: %w", err)
		}
		t.emit(logged{kind: event.WaiverAsked, lead: s.row.LeadID, subject: which, data: event.Data{Name: string(s.row.Stage)}})
		return &WaiverPayload{Waiver: w}, b.write(ctx)
	})
}

// AnswerWaiverInput answers the wish to let a deadline go.
type AnswerWaiverInput struct {
	WaiverID       id.Global
	Answer         *string
	IdempotencyKey *string
}

// SignWaiver lets a deadline go. Managers and directors of the department may that the clock does not run for.
func (f *Funnel) SignWaiver(ctx context.Context, in AnswerWaiverInput) (*WaiverPayload, error) {
	return f.answerWaiver(ctx, in, db.WaiverSigned, func(t *tx, b *clockBook, s *clockState) error {
		v, err := s.value().Waive(s.table, t.now)
		if err != nil {
			return err
		}
		s.set(v)
		return t.letGo(ctx, b, s)
	})
}

// DeclineWaiver keeps a deadline. Managers and directors of the department may that the clock does not run for.
func (f *Funnel) DeclineWaiver(ctx context.Context, in AnswerWaiverInput) (*WaiverPayload, error) {
	return f.answerWaiver(ctx, in, db.WaiverDeclined, func(t *tx, _ *clockBook, s *clockState) error {
		t.emit(logged{kind: event.WaiverDeclined, lead: s.row.LeadID, subject: s.row.ID, data: event.Data{Name: string(s.row.Stage)}})
		return nil
	})
}

// answerWaiver locks the clock of a waiver that waits, and answers it for the other department.
func (f *Funnel) answerWaiver(ctx context.Context, in AnswerWaiverInput, state db.WaiverState, do func(*tx, *clockBook, *clockState) error) (*WaiverPayload, error) {
	var c checks
	which, err := kind("input.waiverId", in.WaiverID, id.Waiver)
	c.add(err)
	answer := c.prose("input.answer", in.Answer, 2000)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, []any{state, in}, func(t *tx) (*WaiverPayload, error) {
		w, err := t.waiver(ctx, which)
		if err != nil {
			return nil, err
		}
		b, s, err := t.lockClock(ctx, w.ClockID)
		if err != nil {
			return nil, err
		}
		if w, err = t.waiver(ctx, which); err != nil { // as it is now that nobody else is at it
			return nil, err
		}
		if err := t.heads(otherThan(s.row.Department)); err != nil {
			return nil, err
		}
		if w.State != db.WaiverAsked {
			return nil, fault.New(fault.Conflict, "This waiver is %s: it has been answered.", w.State)
		}
		if err := do(t, b, s); err != nil {
			return nil, err
		}
		if w, err = t.AnswerWaiver(ctx, db.AnswerWaiverParams{WorkspaceID: t.Workspace, ID: which, State: state, AnsweredBy: &t.who.Member, At: t.now, Answer: answer}); err != nil {
			return nil, err
		}
		return &WaiverPayload{Waiver: w}, b.write(ctx)
	})
}

// waiver reads a waiver.
func (t *tx) waiver(ctx context.Context, which id.UUID) (*db.Waiver, error) {
	rows, err := t.WaiversByID(ctx, db.WaiversByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{which}})
	if err != nil || len(rows) == 0 {
		return nil, either(err, fault.Missing("input.waiverId", "waiver"))
	}
	return rows[0], nil
}
