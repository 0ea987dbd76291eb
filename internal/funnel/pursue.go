package funnel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// engaged is the first genuine response among touches with the person of a lead that sales has taken and not answered; zero for none.
func engaged(l *db.Lead, touches []*db.Touch) (first time.Time) {
	if l.Stage != lifecycle.Accepted {
		return first
	}
	for _, t := range touches {
		if t.ContactID == l.ContactID && genuine(t) && !t.OccurredAt.Before(l.StageSince) && (first.IsZero() || t.OccurredAt.Before(first)) {
			first = t.OccurredAt
		}
	}
	return first
}

// pursue lets new touches move what sales owes: the first genuine response meets ENGAGE, attempts do steps, a reply ends the wait for it, and the
// plan may have come nearer to its end, or further from it. An earlier response may become known later; the earliest counts. The leads are locked
// and their attempts written.
func (t *tx) pursue(ctx context.Context, leads []*db.Lead, touches []*db.Touch) error {
	people := map[id.UUID]id.UUID{}
	var ids []id.UUID
	since := t.now
	for _, l := range leads {
		if slices.Contains(pursued, l.Stage) && slices.ContainsFunc(touches, func(x *db.Touch) bool { return x.ContactID == l.ContactID && genuine(x) }) {
			ids, people[l.ID] = append(ids, l.ID), l.ContactID
		}
	}
	if len(ids) == 0 {
		return nil
	}
	plans, err := t.pursuits(ctx, ids)
	if err != nil {
		return err
	}
	if err := answers(ctx, t.Queries, t.Workspace, plans, people); err != nil {
		return err
	}
	for _, l := range leads {
		if p := plans[l.ID]; p != nil {
			since = earlier(since, p.row.AcceptedAt)
		} else if people[l.ID] != (id.UUID{}) {
			since = earlier(since, l.StageSince)
		}
	}
	if err := t.turnSalesClocks(ctx, leads, since, people, plans, touches); err != nil {
		return err
	}
	t.noteEnds(plans)
	return nil
}

// noteEnds keeps when plans come to their end, where that is another instant than before.
func (t *tx) noteEnds(plans map[id.UUID]*pursuit) {
	var changed []*db.FollowUp
	for _, p := range plans {
		c := p.certificate(t.now)
		if !sameTime(p.row.ExhaustedAt, c.ExhaustedAt) {
			p.row.ExhaustedAt, p.row.Version = c.ExhaustedAt, p.row.Version+1
			changed = append(changed, p.row)
		}
	}
	db.UpdateLater(t.Tx, "follow_ups", changed, "lead_id", "policy_id", "rule", "calendar_id", "accepted_at", "steps", "excused_by", "excused_at", "excuse", "ended_at")
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// turnSalesClocks turns the clocks of leads that sales follows up by what happened with their people.
func (t *tx) turnSalesClocks(ctx context.Context, leads []*db.Lead, since time.Time, people map[id.UUID]id.UUID, plans map[id.UUID]*pursuit, touches []*db.Touch) error {
	rows, err := t.LockSalesClocks(ctx, db.LockSalesClocksParams{WorkspaceID: t.Workspace, LeadIds: slices.Collect(maps.Keys(people)), Since: since})
	if err != nil {
		return fmt.Errorf("read clocks: %w", err)
	}
	b, err := t.clocks(ctx, rows)
	if err != nil {
		return err
	}
	for _, s := range b.all {
		if s.row.State == sla.Waived {
			continue
		}
		for _, x := range touches {
			if x.ContactID != people[s.row.LeadID] || !genuine(x) {
				continue
			}
			if err := t.reply(ctx, s, x); err != nil {
				return err
			}
			if s.row.Stage == sla.Engage && !x.OccurredAt.Before(s.row.StartsAt) {
				s.set(s.value().Fulfil(s.table, x.OccurredAt))
			}
		}
		p := plans[s.row.LeadID]
		if s.row.Stage != sla.Step || p == nil || s.row.Step == nil || int(*s.row.Step) > len(p.plan.Steps) {
			continue
		}
		if done := p.certificate(t.now).Steps[*s.row.Step-1].DoneAt; done != nil {
			s.set(s.value().Fulfil(s.table, *done))
		}
	}
	if err := b.turnReturns(ctx, leads, plans); err != nil {
		return err
	}
	return b.write(ctx)
}

// reply is the pause audit: what a clock waited for the person after the person had replied counts again, where the rules say so.
func (t *tx) reply(ctx context.Context, s *clockState, x *db.Touch) error {
	if !followup.Answered(x.Kind, x.Direction) || !slices.ContainsFunc(s.value().Pauses, func(p sla.Pause) bool { return p.Reason == sla.WaitingForLead }) {
		return nil
	}
	d, err := t.deadlines(ctx, s.row.PolicyID)
	if err != nil {
		return err
	}
	if may := d.terms.Policy().MayPause(s.row.Stage, sla.WaitingForLead); may != nil && may.CountsAfterReply {
		s.set(s.value().Replied(s.table, x.OccurredAt, t.now))
		s.keep = true
	}
	return nil
}

// maxExhausted is how many leads one transaction gives back.
const maxExhausted = 100

// returnExhausted gives back the leads whose plans have come to their end without an answer, and answers how many there were.
func (t *tx) returnExhausted(ctx context.Context) (int, error) {
	rows, err := t.LockExhausted(ctx, db.LockExhaustedParams{WorkspaceID: t.Workspace, At: t.now, Rows: maxExhausted})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	ids := make([]id.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.LeadID
	}
	leads, err := t.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return 0, fmt.Errorf("read leads: %w", err)
	}
	return len(rows), t.giveBack(ctx, leads)
}
