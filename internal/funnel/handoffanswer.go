package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/routing"
)

// AcceptHandoffInput names a hand-off that the viewer takes.
type AcceptHandoffInput struct {
	HandoffID       id.Global
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// AcceptHandoff takes an offered lead. The member to whom it was routed may or, while it waits in a queue, any member of sales who works
// leads: of several at once one gets it, and the others hear who.
func (f *Funnel) AcceptHandoff(ctx context.Context, in AcceptHandoffInput) (*HandoffPayload, error) {
	return onHandoff(ctx, f, in.IdempotencyKey, in, &checks{}, in.HandoffID, func(w *waiting) (*HandoffPayload, error) {
		if err := w.open(in.ExpectedVersion); err != nil {
			return nil, err
		}
		out, err := w.settle(ctx, answer{state: lifecycle.HandoffAccepted, to: lifecycle.Accepted})
		if err != nil {
			return nil, err
		}
		return out, w.t.accepted(ctx, w.h)
	})
}

// accepted tells that the viewer takes leads.
func (t *tx) accepted(ctx context.Context, all ...*db.Handoff) error {
	if len(all) == 0 {
		return nil
	}
	names, err := t.MembersByID(ctx, db.MembersByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{t.who.Member}})
	if err != nil || len(names) == 0 {
		return fmt.Errorf("read who accepts: %w", err)
	}
	for _, h := range all {
		e := t.about(event.HandoffAccepted, h)
		e.data.Name = names[0].Name
		t.emit(e)
	}
	return nil
}

// RejectHandoffInput says why sales does not want a lead.
type RejectHandoffInput struct {
	HandoffID       id.Global
	Reason          string
	Feedback        string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// RejectHandoff gives an offered lead back; the reason decides where it goes, and whether the rep gets the turn back. The member to whom it
// was routed and the managers and directors of sales may or, while it waits in a queue, any member of sales who works leads.
func (f *Funnel) RejectHandoff(ctx context.Context, in RejectHandoffInput) (*HandoffPayload, error) {
	var c checks
	key := c.line("input.reason", in.Reason, 50)
	feedback := c.must("input.feedback", in.Feedback, "Tell marketing what was wrong with the lead.")
	return onHandoff(ctx, f, in.IdempotencyKey, in, &c, in.HandoffID, func(w *waiting) (*HandoffPayload, error) {
		t := w.t
		reason, err := t.reason(ctx, "input.reason", lifecycle.ToReject, key)
		if err != nil {
			return nil, err
		}
		if err := w.open(in.ExpectedVersion); err != nil {
			return nil, err
		}
		switch by := t.actor(w.lead); {
		case by == lifecycle.Marketing: // it may disqualify the lead, but not in the name of sales
			return nil, lifecycle.Check(lifecycle.Offered, lifecycle.Nurturing, by)
		case by == lifecycle.Sales && !t.leads(auth.Sales):
			return nil, fault.New(fault.Forbidden, "This lead was offered to somebody else: they reject it, or a manager or director of sales.")
		}
		a := answer{state: lifecycle.HandoffRejected, to: *reason.LeadsTo, why: &reason.Label, reason: &reason.ID, feedback: feedback}
		if reason.Credits {
			if a.credited, err = t.credit(ctx, w.h); err != nil {
				return nil, err
			}
		}
		out, err := w.settle(ctx, a)
		if err != nil {
			return nil, err
		}
		e := t.about(event.HandoffRejected, w.h)
		e.data.Detail = reason.Label
		t.emit(e)
		return out, nil
	})
}

// credit gives the rep whom a pool chose the turn back. A hand-off is rejected once, so it is credited once.
func (t *tx) credit(ctx context.Context, h *db.Handoff) (bool, error) {
	o := h.Routing
	if o == nil || o.Pool == "" || o.Member == nil {
		return false, nil
	}
	rows, err := t.LockRoutingEntry(ctx, db.LockRoutingEntryParams{WorkspaceID: t.Workspace, Pool: o.Pool, MemberID: *o.Member})
	if err != nil || len(rows) == 0 {
		return false, err
	}
	row := rows[0]
	e := routing.Entry{Pool: row.Pool, Member: row.MemberID, Assigned: int(row.Assigned), Calibration: row.Calibration, Credits: int(row.Credits)}.Credit()
	row.Credits, row.UpdatedAt = int32(e.Credits), t.now
	t.putEntries(rows)
	return true, nil
}

// ReplyToRejectionInput is what marketing says to a rejection.
type ReplyToRejectionInput struct {
	HandoffID       id.Global
	Reply           string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// ReplyToRejection answers a rejection, once: what marketing learned from it. Members of marketing who work leads may.
func (f *Funnel) ReplyToRejection(ctx context.Context, in ReplyToRejectionInput) (*HandoffPayload, error) {
	var c checks
	reply := c.must("input.reply", in.Reply, "Tell sales what comes of the rejection.")
	return onHandoff(ctx, f, in.IdempotencyKey, in, &c, in.HandoffID, func(w *waiting) (*HandoffPayload, error) {
		t := w.t
		switch {
		case t.who.Kind != auth.ActorMember || t.who.Department != auth.Marketing:
			return nil, fault.New(fault.Forbidden, "Marketing replies to rejections.")
		case w.h.State != lifecycle.HandoffRejected:
			return nil, fault.New(fault.Conflict, "This hand-off is %s: only rejections are replied to.", w.h.State).With("state", w.h.State)
		case w.h.RepliedAt != nil:
			return nil, fault.New(fault.Conflict, "This rejection has its reply already.").With("currentVersion", w.h.Version)
		}
		if err := current(in.ExpectedVersion, w.h.Version); err != nil {
			return nil, err
		}
		rows, err := t.ReplyToHandoff(ctx, db.ReplyToHandoffParams{WorkspaceID: t.Workspace, ID: w.h.ID, Reply: *reply, RepliedBy: nonzero(t.who.Member), At: t.now})
		if err != nil || len(rows) == 0 {
			return nil, either(err, fault.New(fault.Conflict, "This rejection has its reply already."))
		}
		if err := t.replied(ctx, w); err != nil {
			return nil, err
		}
		t.emit(t.about(event.HandoffReplied, w.h))
		return &HandoffPayload{Handoff: rows[0], Lead: w.lead}, nil
	})
}

// replied meets the clock that ran on marketing.
func (t *tx) replied(ctx context.Context, w *waiting) error {
	rows, err := t.LockReplyClocks(ctx, db.LockReplyClocksParams{WorkspaceID: t.Workspace, LeadID: w.lead.ID, HandoffID: &w.h.ID})
	if err != nil || len(rows) == 0 {
		return err
	}
	b, err := t.clocks(ctx, rows)
	if err != nil {
		return err
	}
	for _, s := range b.all {
		if s.owed() {
			s.set(s.value().Fulfil(s.table, t.now))
		}
	}
	return b.write(ctx)
}
