package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// clockTurn is the clocks of leads that move.
type clockTurn struct {
	*clockBook
	law   *deadlines       // in force; nil for none
	facts *condition.Facts // of the lead in hand
}

// turnClocks stops and starts the clocks of leads that moved, in the order of the moves and in a number of statements that does not grow with them.
// The leads are locked.
func (t *tx) turnClocks(ctx context.Context, all []*passage) error {
	u := &clockTurn{clockBook: &clockBook{t: t}}
	if err := u.load(ctx, all); err != nil {
		return err
	}
	for _, p := range all {
		if err := u.stop(p); err != nil {
			return err
		}
		if err := u.starts(ctx, p); err != nil {
			return err
		}
	}
	if err := u.turnPlans(ctx, all); err != nil {
		return err
	}
	if err := u.startWork(ctx, all); err != nil {
		return err
	}
	return u.write(ctx)
}

// load reads what the moves may stop or put off, and what says how fast they have to go on.
func (u *clockTurn) load(ctx context.Context, all []*passage) error {
	var stopped, owners []id.UUID
	starts := false
	for _, p := range all {
		if (len(p.law.Stops) > 0 || slices.Contains(worked, p.row.ToStage)) && !p.fresh {
			stopped = append(stopped, p.Lead.ID)
		}
		if len(p.law.Starts) > 0 {
			starts = true
			if p.Lead.OwnerID != nil {
				owners = append(owners, *p.Lead.OwnerID)
			}
		}
	}
	t := u.t
	if len(stopped) > 0 {
		var rows []*db.Clock
		if err := t.Together(ctx, func(o *db.Opening) { o.LockOpenClocks(unique(stopped), &rows) }); err != nil {
			return fmt.Errorf("read clocks: %w", err)
		}
		if err := u.take(ctx, rows); err != nil {
			return err
		}
	}
	if !starts {
		return nil
	}
	if err := t.fillCases(ctx, all); err != nil {
		return err
	}
	return u.learn(ctx, owners)
}

// learn reads what says how fast leads have to go on, and who owns them.
func (u *clockTurn) learn(ctx context.Context, owners []id.UUID) (err error) {
	if u.law, err = u.t.agreed(ctx); err != nil {
		return err
	}
	reg, err := u.t.registry(ctx)
	if err != nil {
		return err
	}
	u.facts = reg.NewFacts(u.t.now)
	if u.law == nil { // nobody has to act by an instant
		return nil
	}
	return u.t.meet(ctx, owners)
}

// worker is a member who may have to act, with the calendar of their working hours.
type worker struct {
	id         id.UUID
	department auth.Department
	calendar   *id.UUID
}

// meet reads the workers among members whom the transaction has not met yet.
func (t *tx) meet(ctx context.Context, members []id.UUID) error {
	ids := slices.DeleteFunc(unique(members), func(m id.UUID) bool { _, known := t.workers[m]; return known })
	if len(ids) == 0 {
		return nil
	}
	rows, err := t.MembersByID(ctx, db.MembersByIDParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	for _, m := range rows {
		t.workers[m.ID] = worker{m.ID, m.Department, m.CalendarID}
	}
	return nil
}

// worker is an owner whom the transaction has met, and their calendar, where they are of a department; nil where not.
func (t *tx) worker(owner *id.UUID, d auth.Department) (member, calendar *id.UUID) {
	if owner == nil {
		return nil, nil
	}
	w, known := t.workers[*owner]
	if !known || w.department != d {
		return nil, nil
	}
	return &w.id, w.calendar
}

// stop ends the clocks that a move stops: they are met by it, or there is nothing left to do.
func (u *clockTurn) stop(p *passage) error {
	for _, s := range u.all {
		stage := string(s.row.Stage)
		if s.row.LeadID != p.Lead.ID || !slices.Contains(p.law.Stops, stage) || !s.owed() {
			continue
		}
		if !p.law.Meets(stage, p.by) {
			if err := s.cancel(p.row.At); err != nil {
				return err
			}
			continue
		}
		at := p.row.At
		if !p.doneAt.IsZero() {
			at = p.doneAt
		}
		s.set(s.value().Fulfil(s.table, at))
	}
	return nil
}

// starts makes the clocks that begin with a move. The steps of a follow-up plan begin with the plan.
func (u *clockTurn) starts(ctx context.Context, p *passage) error {
	for _, name := range p.law.Starts {
		if stage := sla.Stage(name); stage != sla.Step && u.law != nil && !u.runs(p.Lead.ID, stage) {
			if err := u.begin(ctx, p, stage, p.row.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// runs tells whether the lead has a clock of the stage that has not run out. Of rejections several can wait for an answer.
func (u *clockTurn) runs(lead id.UUID, stage sla.Stage) bool {
	return stage != sla.Reply && slices.ContainsFunc(u.all, func(s *clockState) bool {
		return s.row.LeadID == lead && s.row.Stage == stage && s.owed() && s.row.State != sla.Breached
	})
}

// begin makes the clock of one stage, if it has one for this lead.
func (u *clockTurn) begin(ctx context.Context, p *passage, stage sla.Stage, at time.Time) error {
	u.facts.Reset(u.t.now)
	if err := p.Fill(u.facts); err != nil {
		return err
	}
	rule := u.law.terms.RuleFor(stage, u.facts)
	if rule == nil {
		return nil
	}
	c := &db.Clock{LeadID: p.Lead.ID, PolicyID: u.law.policy}
	c.MemberID, c.CalendarID = u.who(p.Lead, rule)
	switch stage {
	case sla.Accept, sla.Reply, sla.TakeBack:
		c.HandoffID = p.handoff
	}
	tables, err := u.t.timetables(ctx, []*id.UUID{c.CalendarID})
	if err != nil {
		return err
	}
	u.start(c, rule, tables[0], at)
	return nil
}

// who is who has to act under a rule, and the calendar that it counts by: the owner's, where the owner is of the department that has to act.
func (u *clockTurn) who(l *db.Lead, rule *sla.Rule) (acts, calendar *id.UUID) {
	member, hours := u.t.worker(l.OwnerID, rule.Stage.Department())
	return member, u.law.calendar(rule, hours)
}

// fillCases reads what rules ask about of leads where a verb that moves them left it out.
func (t *tx) fillCases(ctx context.Context, all []*passage) error {
	var bare []*passage
	var leads []*db.Lead
	for _, p := range all {
		if p.Contact == nil {
			bare, leads = append(bare, p), append(leads, p.Lead)
		}
	}
	if len(bare) == 0 {
		return nil
	}
	cases, err := t.cases(ctx, leads)
	if err != nil {
		return err
	}
	for i, p := range bare {
		p.Case = cases[i]
	}
	return nil
}
