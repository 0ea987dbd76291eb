package funnel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// pursued are the stages in which sales follows a lead up.
var pursued = []lifecycle.Stage{lifecycle.Accepted, lifecycle.Working, lifecycle.SalesQualified}

// turnPlans makes the follow-up plans of leads that sales has taken, and ends those of leads that went on. It stands between the old clocks and the new:
// the steps of a plan have clocks.
func (u *clockTurn) turnPlans(ctx context.Context, all []*passage) error {
	var ended, reopened []id.UUID
	var made []*db.FollowUp
	for _, p := range all {
		from, to := slices.Contains(pursued, p.row.FromStage), slices.Contains(pursued, p.row.ToStage)
		switch {
		case from && !to:
			ended = append(ended, p.Lead.ID)
		case p.row.FromStage == lifecycle.Disqualified && to:
			reopened = append(reopened, p.Lead.ID)
		case p.row.ToStage == lifecycle.Accepted:
			plan, err := u.plan(ctx, p)
			if err != nil {
				return err
			}
			if plan != nil {
				made = append(made, plan)
			}
		}
	}
	t := u.t
	if len(ended) > 0 {
		if err := t.EndFollowUps(ctx, db.EndFollowUpsParams{WorkspaceID: t.Workspace, LeadIds: ended, At: t.now}); err != nil {
			return fmt.Errorf("end follow-up plans: %w", err)
		}
	}
	if len(reopened) > 0 {
		if _, err := t.ReopenFollowUps(ctx, db.ReopenFollowUpsParams{WorkspaceID: t.Workspace, LeadIds: reopened}); err != nil {
			return fmt.Errorf("reopen follow-up plans: %w", err)
		}
	}
	db.InsertLater(t.Tx, "follow_ups", made, "")
	return nil
}

// plans is the follow-up policy in force; nil where none is.
func (t *tx) plans(ctx context.Context) (*followup.Program, error) {
	in, err := t.inForce(ctx)
	if err != nil {
		return nil, err
	}
	reg, err := t.registry(ctx)
	if err != nil {
		return nil, err
	}
	return compiled(ctx, t, in[agreement.FollowUpPolicy], func(body *agreement.Body) (*followup.Program, error) {
		return followup.Compile(body.FollowUpPolicy, reg)
	})
}

// plan makes the plan of a lead that sales has taken; nil where no policy is in force.
func (u *clockTurn) plan(ctx context.Context, p *passage) (*db.FollowUp, error) {
	in, err := u.t.inForce(ctx)
	if err != nil {
		return nil, err
	}
	version := in[agreement.FollowUpPolicy]
	program, err := u.t.plans(ctx)
	if err != nil || program == nil {
		return nil, err
	}
	u.facts.Reset(u.t.now)
	if err := p.Fill(u.facts); err != nil {
		return nil, err
	}
	row := &db.FollowUp{WorkspaceID: u.t.Workspace, ID: id.New(), LeadID: p.Lead.ID, PolicyID: version, AcceptedAt: p.row.At, Version: 1}
	row.CalendarID = u.hours(p)
	tables, err := u.t.timetables(ctx, []*id.UUID{row.CalendarID})
	if err != nil {
		return nil, err
	}
	plan := program.Plan(u.facts, p.row.At, func(start time.Time, minutes int, business bool) time.Time {
		table := u.t.f.always
		if business {
			table = tables[0]
		}
		return table.Due(start, time.Duration(minutes)*time.Minute)
	})
	row.Rule, row.Steps = plan.Rule.Key, db.ListOf(plan.Steps)
	u.t.emit(logged{kind: event.FollowUpPlanned, lead: p.Lead.ID, contact: p.Lead.ContactID, data: event.Data{Name: plan.Rule.Name, Count: len(plan.Steps)}})
	return row, nil
}

// hours is the calendar by which a plan's steps are counted: that of the rule that sets the clocks of steps, or else of the first response.
func (u *clockTurn) hours(p *passage) *id.UUID {
	if u.law == nil {
		return nil
	}
	for _, stage := range []sla.Stage{sla.Step, sla.Engage} {
		if rule := u.law.terms.RuleFor(stage, u.facts); rule != nil {
			_, calendar := u.who(p.Lead, rule)
			return calendar
		}
	}
	return nil
}

// startWork makes the clocks of leads that sales works on from now on.
func (u *clockTurn) startWork(ctx context.Context, all []*passage) error {
	var leads []*db.Lead
	people := map[id.UUID]id.UUID{}
	for _, p := range all {
		if slices.Contains(worked, p.row.ToStage) {
			leads, people[p.Lead.ID] = append(leads, p.Lead), p.Lead.ContactID
		}
	}
	if len(leads) == 0 {
		return nil
	}
	plans, err := u.t.pursuits(ctx, slices.Collect(maps.Keys(people)))
	if err != nil {
		return err
	}
	if err := answers(ctx, u.t.Queries, u.t.Workspace, plans, people); err != nil {
		return err
	}
	u.t.noteEnds(plans) // of a lead that comes back the person may have answered meanwhile
	for _, p := range all {
		if f := plans[p.Lead.ID]; f != nil && u.law != nil && slices.Contains(p.law.Starts, string(sla.Step)) {
			if err := u.startSteps(ctx, p, f); err != nil {
				return err
			}
		}
	}
	return u.turnReturns(ctx, leads, plans)
}

// startSteps makes the clocks of the steps of a lead. What was done already is met; of a lead that comes back the time that has gone by does not count.
func (u *clockTurn) startSteps(ctx context.Context, p *passage, f *pursuit) error {
	u.facts.Reset(u.t.now)
	if err := p.Fill(u.facts); err != nil {
		return err
	}
	rule := u.law.terms.RuleFor(sla.Step, u.facts)
	if rule == nil {
		return nil
	}
	member, calendar := u.who(p.Lead, rule)
	tables, err := u.t.timetables(ctx, []*id.UUID{calendar})
	if err != nil {
		return err
	}
	for _, step := range f.certificate(u.t.now).Steps {
		if back := p.row.FromStage == lifecycle.Disqualified; back && step.DoneAt != nil {
			continue
		} else if back && step.DueAt.Before(p.row.At) {
			step.DueAt = p.row.At
		}
		s := u.start(&db.Clock{LeadID: p.Lead.ID, Step: new(int32(step.Number)), PolicyID: u.law.policy, MemberID: member, CalendarID: calendar}, rule, tables[0], step.DueAt)
		if step.DoneAt != nil {
			s.set(s.value().Fulfil(s.table, *step.DoneAt))
		}
	}
	return nil
}

// genuine tells whether a touch is a genuine response: the person answered, or somebody of sales reached out, which machines do not.
func genuine(t *db.Touch) bool {
	return followup.Answered(t.Kind, t.Direction) || t.Direction == contact.DirectionOutbound && t.MemberID != nil && t.Department != nil && *t.Department == auth.Sales
}
