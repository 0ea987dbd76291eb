package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// worked are the stages in which sales is in touch with a lead: it owes the next step of the plan, and behind the last one the return.
var worked = []lifecycle.Stage{lifecycle.Working, lifecycle.SalesQualified}

// turnReturns gives each lead that sales works on the clock of its return, as soon as it is known from when on it is to be given back, and puts that clock off when something happens with the
// lead. So who has answered is not forgotten behind the last step. The other clocks of the leads are in hand.
func (b *clockBook) turnReturns(ctx context.Context, leads []*db.Lead, plans map[id.UUID]*pursuit) error {
	var due []*db.Lead
	from := map[id.UUID]time.Time{}
	for _, l := range leads {
		p := plans[l.ID]
		if p == nil || !slices.Contains(worked, l.Stage) {
			continue
		}
		left := slices.ContainsFunc(b.all, func(s *clockState) bool { return s.row.LeadID == l.ID && s.row.Stage == sla.Step && s.owed() })
		c := p.certificate(b.t.now)
		at := p.plan.ReturnFrom(&c, p.effort.LastAnswerAt, l.StageSince, left)
		begins, err := b.turnReturn(b.returning(l.ID, p.row.AcceptedAt), at)
		if err != nil {
			return err
		}
		if begins {
			due, from[l.ID] = append(due, l), later(at, b.t.now) // nobody owed it before it was known
		}
	}
	return b.startReturns(ctx, due, from)
}

// turnReturn makes of the clock of a return, if there is one, what follows from when on it is due now, and answers whether another is to be made.
func (b *clockBook) turnReturn(s *clockState, at time.Time) (begins bool, err error) {
	if s == nil {
		return !at.IsZero(), nil
	}
	owed := s.owed()
	if owed {
		s.tick(b.t.now)
	}
	switch {
	case at.IsZero() && owed:
		return false, s.cancel(b.t.now)
	case !at.After(s.row.StartsAt): // what became known late
		return false, nil
	case s.row.State == sla.Pending:
		v, err := s.value().Postpone(s.table, at, b.t.now)
		s.set(v)
		return false, err
	case owed: // something happened since: that it was to be given back is over
		err = s.cancel(b.t.now)
	}
	return true, err
}

// returning is the clock of a lead's return that is owed, or else the last that was let go since the lead was accepted; nil for none.
func (b *clockBook) returning(lead id.UUID, accepted time.Time) (last *clockState) {
	for _, s := range b.all {
		switch {
		case s.row.LeadID != lead || s.row.Stage != sla.Return:
		case s.owed():
			return s
		case s.row.State == sla.Waived && !s.row.EndedAt.Before(accepted) && (last == nil || s.row.StartsAt.After(last.row.StartsAt)):
			last = s
		}
	}
	return last
}

// startReturns makes the clocks of returns.
func (b *clockBook) startReturns(ctx context.Context, leads []*db.Lead, from map[id.UUID]time.Time) error {
	if len(leads) == 0 {
		return nil
	}
	var owners []id.UUID
	for _, l := range leads {
		if l.OwnerID != nil {
			owners = append(owners, *l.OwnerID)
		}
	}
	u := &clockTurn{clockBook: b}
	if err := u.learn(ctx, owners); err != nil || u.law == nil || !u.law.terms.Has(sla.Return) {
		return err
	}
	cases, err := b.t.cases(ctx, leads)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if err := u.begin(ctx, &passage{Case: c}, sla.Return, from[c.Lead.ID]); err != nil {
			return err
		}
	}
	return nil
}

// letGo gives a lead whose step, or whose return, was let go the clock that comes behind it.
func (t *tx) letGo(ctx context.Context, b *clockBook, s *clockState) error {
	which := s.row.LeadID
	leads, err := t.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{which}})
	if err != nil {
		return fmt.Errorf("read the lead: %w", err)
	}
	if len(leads) == 0 || !slices.Contains(worked, leads[0].Stage) {
		return nil
	}
	plans, err := t.pursuits(ctx, []id.UUID{which})
	if err != nil {
		return err
	}
	if err := answers(ctx, t.Queries, t.Workspace, plans, map[id.UUID]id.UUID{which: leads[0].ContactID}); err != nil {
		return err
	}
	rows, err := t.LockSalesClocks(ctx, db.LockSalesClocksParams{WorkspaceID: t.Workspace, LeadIds: []id.UUID{which}, Since: leads[0].CreatedAt})
	if err != nil {
		return fmt.Errorf("read clocks: %w", err)
	}
	if err := b.take(ctx, slices.DeleteFunc(rows, func(c *db.Clock) bool { return c.ID == s.row.ID })); err != nil {
		return err
	}
	return b.turnReturns(ctx, leads, plans)
}
