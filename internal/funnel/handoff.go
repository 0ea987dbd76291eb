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
)

// HandoffPayload is a hand-off and its lead after what was done with them.
type HandoffPayload struct {
	Mark
	Handoff *db.Handoff
	Lead    *db.Lead
}

// OfferLeadInput names a lead that sales shall take.
type OfferLeadInput struct {
	LeadID          id.Global
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// OfferLead hands a qualified lead to sales: it is judged and routed at this instant, and what the offer rests on is kept. Members of
// marketing who work leads may.
func (f *Funnel) OfferLead(ctx context.Context, in OfferLeadInput) (*HandoffPayload, error) {
	var c checks
	which, err := kind("input.leadId", in.LeadID, id.Lead)
	c.add(err)
	note := c.prose("input.note", in.Note, 2000)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*HandoffPayload, error) {
		row, err := t.LockLead(ctx, db.LockLeadParams{WorkspaceID: t.Workspace, ID: which})
		if row, err = found(row, err, "input.leadId", "lead"); err != nil {
			return nil, err
		}
		t.settle()
		if err := current(in.ExpectedVersion, row.Version); err != nil {
			return nil, err
		}
		if row.Stage == lifecycle.Offered {
			return nil, fault.New(fault.Conflict, "This lead is offered already: sales has to answer first.").With("currentVersion", row.Version)
		}
		by := t.actor(row)
		if err := lifecycle.Check(row.Stage, lifecycle.Offered, by); err != nil {
			return nil, err
		}
		l, err := t.offered(ctx, []*db.Lead{row}, &offer{by: by, note: note})
		if err != nil {
			return nil, err
		}
		return &HandoffPayload{Handoff: l[0].handoff.Handoff, Lead: row}, nil
	})
}

// offered judges locked leads and hands them over.
func (t *tx) offered(ctx context.Context, rows []*db.Lead, o *offer) ([]*leadState, error) {
	all, err := t.known(ctx, rows)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		l.offer = o
	}
	rules, err := t.rulebook(ctx)
	if err != nil {
		return nil, err
	}
	_, err = t.judgeKnown(ctx, rules, all, newGrounds(), db.CauseFacts)
	return all, err
}

// leads tells whether the viewer leads a department.
func (t *tx) leads(d auth.Department) bool {
	return t.who.Department == d && (t.who.Role == auth.Manager || t.who.Role == auth.Director)
}

// answer is what becomes of a hand-off that waits for one, and of its lead.
type answer struct {
	state    lifecycle.HandoffState
	to       lifecycle.Stage
	why      *string // of the move
	reason   *id.UUID
	feedback *string
	credited bool
}

// waiting is a hand-off that waits for an answer, and its lead; both are locked.
type waiting struct {
	t    *tx
	h    *db.Handoff
	lead *db.Lead
}

// onHandoff runs a verb on one hand-off.
func onHandoff[T any](ctx context.Context, f *Funnel, key *string, in T, c *checks, handoff id.Global, do func(*waiting) (*HandoffPayload, error)) (*HandoffPayload, error) {
	which, err := kind("input.handoffId", handoff, id.Handoff)
	c.add(err)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, key, asked[T]{fmt.Sprintf("%T", in), in}, func(t *tx) (*HandoffPayload, error) {
		w, err := t.lockHandoff(ctx, which)
		if err != nil {
			return nil, err
		}
		return do(w)
	})
}

// lockHandoff locks a hand-off through its lead, in the order in which everybody locks them.
func (t *tx) lockHandoff(ctx context.Context, which id.UUID) (*waiting, error) {
	var leads []*db.Lead
	var rows []*db.Handoff
	if err := t.Together(ctx, func(o *db.Opening) {
		o.LockLeadOfHandoff(which, &leads)
		o.HandoffsByID([]id.UUID{which}, &rows)
	}); err != nil {
		return nil, fmt.Errorf("lock the hand-off: %w", err)
	}
	if len(leads) == 0 || len(rows) == 0 {
		return nil, fault.Missing("input.handoffId", "hand-off")
	}
	t.settle()
	return &waiting{t, rows[0], leads[0]}, nil
}

// open refuses a hand-off that does not wait for an answer of sales any more, with what became of it.
func (w *waiting) open(expected *int32) error {
	if w.h.Direction != lifecycle.MarketingToSales {
		return fault.New(fault.Conflict, "Sales returned this lead: marketing takes it back.").With("direction", w.h.Direction)
	}
	if w.h.State != lifecycle.HandoffOffered {
		return w.answered()
	}
	return current(expected, w.h.Version)
}

// answered says that somebody was quicker, and who.
func (w *waiting) answered() error {
	h := w.h
	f := fault.New(fault.Conflict, "This hand-off is %s already: read it again.", h.State).With("state", h.State).With("currentVersion", h.Version)
	if h.DecidedBy != nil {
		f = f.With("decidedBy", id.Global{Kind: id.Member, UUID: *h.DecidedBy}.String())
	}
	if h.DecidedAt != nil {
		f = f.With("decidedAt", *h.DecidedAt)
	}
	return f
}

// settle writes an answer, if nobody was quicker, and moves the lead.
func (w *waiting) settle(ctx context.Context, a answer) (*HandoffPayload, error) {
	t, lead := w.t, w.lead
	cases, err := t.cases(ctx, []*db.Lead{lead})
	if err != nil {
		return nil, err
	}
	p, err := t.pass(cases[0], a.to, t.actor(lead))
	if err != nil {
		return nil, err
	}
	member := w.h.MemberID
	if a.state == lifecycle.HandoffAccepted {
		member = &t.who.Member
	}
	rows, err := t.AnswerHandoff(ctx, db.AnswerHandoffParams{WorkspaceID: t.Workspace, ID: w.h.ID, State: a.state, MemberID: member, DecidedBy: nonzero(t.who.Member), At: t.now,
		ReasonID: a.reason, Feedback: a.feedback, Credited: a.credited})
	if err != nil {
		return nil, fmt.Errorf("answer the hand-off: %w", err)
	}
	if len(rows) == 0 {
		return nil, w.answered()
	}
	lead.OwnerID = member
	if a.state != lifecycle.HandoffAccepted {
		lead.OwnerID, lead.Queue = nil, marketingQueue
	}
	lead.UpdatedAt, lead.Version = t.now, lead.Version+1
	db.UpdateLater(t.Tx, "leads", []*db.Lead{lead}, "created_at")
	p.row.Reason, p.row.ReasonID, p.handoff = a.why, a.reason, &w.h.ID
	if err := t.passed(ctx, []*passage{p}); err != nil {
		return nil, err
	}
	return &HandoffPayload{Handoff: rows[0], Lead: lead}, nil
}

// WithdrawHandoffInput says why sales shall not have a lead after all.
type WithdrawHandoffInput struct {
	HandoffID       id.Global
	Note            string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// WithdrawHandoff takes an offer back before sales has answered; the lead is qualified as before. Members of marketing who work leads may.
func (f *Funnel) WithdrawHandoff(ctx context.Context, in WithdrawHandoffInput) (*HandoffPayload, error) {
	var c checks
	why := c.must("input.note", in.Note, "Say why the lead is taken back.")
	return onHandoff(ctx, f, in.IdempotencyKey, in, &c, in.HandoffID, func(w *waiting) (*HandoffPayload, error) {
		if err := w.open(in.ExpectedVersion); err != nil {
			return nil, err
		}
		out, err := w.settle(ctx, answer{state: lifecycle.HandoffWithdrawn, to: lifecycle.Qualified, why: new("Marketing withdrew the hand-off."), feedback: why})
		if err != nil {
			return nil, err
		}
		w.t.emit(w.t.about(event.HandoffWithdrawn, w.h))
		return out, nil
	})
}

// must is a text of several lines that has to be there.
func (c *checks) must(field, s, otherwise string) *string {
	out := c.prose(field, &s, 2000)
	if out == nil && len(c.list) == 0 {
		c.add(fault.Input(field, "%s", otherwise))
	}
	return out
}
