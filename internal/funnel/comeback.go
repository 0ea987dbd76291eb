package funnel

import (
	"context"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// worked are the stages in which sales is in touch with a lead: it owes the next step of the plan, and behind the last one the return.
var worked = []lifecycle.Stage{lifecycle.Working, lifecycle.SalesQualified}

// turnReturns gives each lead that sales works on the clock of its return, as soon as it is known from when on it is to be given back, and moves that clock when something happens with the
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
		begins, err := b.turnReturn(b.returning(l.ID), at)
		if err != nil {
			return err
		}
		if begins {
			due, from[l.ID] = append(due, l), at
		}
	}
	return b.startReturns(ctx, due, from)
}

// turnReturn moves the clock of a return, if there is one, to where it begins now, and answers whether another is to be made.
func (b *clockBook) turnReturn(s *clockState, at time.Time) (begins bool, err error) {
	switch {
	case s == nil:
		return !at.IsZero(), nil
	case s.row.State == sla.Waived:
		return at.After(s.row.StartsAt), nil
	case at.IsZero():
		return false, s.cancel(b.t.now)
	case s.row.State == sla.Pending:
		v, err := s.value().Postpone(s.table, at, b.t.now)
		s.set(v)
		return false, err
	case at.After(s.row.StartsAt): // something happened since: that it was to be given back is over
		return true, s.cancel(b.t.now)
	}
	return false, nil
}

// returning is the clock of a lead's return that is owed or was let go, the one that began last; nil for none.
func (b *clockBook) returning(lead id.UUID) (last *clockState) {
	for _, s := range b.all {
		if s.row.LeadID == lead && s.row.Stage == sla.Return && (s.owed() || s.row.State == sla.Waived) && (last == nil || s.row.StartsAt.After(last.row.StartsAt)) {
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
	cases, err := b.t.cases(ctx, leads)
	if err != nil {
		return err
	}
	var owners []id.UUID
	for _, l := range leads {
		if l.OwnerID != nil {
			owners = append(owners, *l.OwnerID)
		}
	}
	u := &clockTurn{clockBook: b}
	if err := u.learn(ctx, owners); err != nil || u.law == nil {
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
	if err != nil || len(leads) == 0 || !slices.Contains(worked, leads[0].Stage) {
		return err
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
		return err
	}
	if err := b.take(ctx, slices.DeleteFunc(rows, func(c *db.Clock) bool { return c.ID == s.row.ID })); err != nil {
		return err
	}
	return b.turnReturns(ctx, leads, plans)
}
