package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
)

// pursuit is a plan with what was done.
type pursuit struct {
	row    *db.FollowUp
	plan   followup.Plan
	effort followup.Effort
}

// certificate judges what was done by an instant.
func (p *pursuit) certificate(at time.Time) followup.Certificate {
	return p.plan.Certificate(p.effort, at)
}

// pursuits locks the plans of leads, which the caller holds, and reads what was done.
func (t *tx) pursuits(ctx context.Context, leads []id.UUID) (map[id.UUID]*pursuit, error) {
	rows, err := t.LockFollowUps(ctx, db.LockFollowUpsParams{WorkspaceID: t.Workspace, LeadIds: leads})
	if err != nil {
		return nil, fmt.Errorf("read follow-up plans: %w", err)
	}
	return pursuitsOf(ctx, t.Queries, t.Workspace, rows)
}

// pursuitsOf reads what was done under plans, by lead. What came in from the person is not read.
func pursuitsOf(ctx context.Context, q *db.Queries, workspace id.UUID, rows []*db.FollowUp) (map[id.UUID]*pursuit, error) {
	out := make(map[id.UUID]*pursuit, len(rows))
	if len(rows) == 0 {
		return out, nil
	}
	var leads, policies, excusers []id.UUID
	for _, r := range rows {
		leads, policies = append(leads, r.LeadID), append(policies, r.PolicyID)
		if r.ExcusedBy != nil {
			excusers = append(excusers, *r.ExcusedBy)
		}
	}
	versions, err := q.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: workspace, Ids: unique(policies)})
	if err != nil {
		return nil, fmt.Errorf("read follow-up policies: %w", err)
	}
	says := make(map[id.UUID]*followup.Policy, len(versions))
	for _, v := range versions {
		says[v.ID] = v.Body.FollowUpPolicy
	}
	for _, r := range rows {
		rule := says[r.PolicyID].Rule(r.Rule)
		if rule == nil {
			return nil, fmt.Errorf("the follow-up policy %s has no rule %q", r.PolicyID, r.Rule)
		}
		out[r.LeadID] = &pursuit{row: r, plan: followup.Plan{Rule: *rule, AcceptedAt: r.AcceptedAt, Steps: r.Steps.Items()}}
	}
	attempts, err := q.AttemptsOf(ctx, db.AttemptsOfParams{WorkspaceID: workspace, LeadIds: leads})
	if err != nil {
		return nil, fmt.Errorf("read attempts: %w", err)
	}
	for _, a := range attempts {
		p := out[a.LeadID]
		p.effort.Attempts = append(p.effort.Attempts, followup.Attempt{ID: a.TouchID, At: a.At, Channel: &a.Channel, Outcome: &a.Outcome})
	}
	return out, excused(ctx, q, workspace, out, excusers)
}

// excused reads who let reps give up early.
func excused(ctx context.Context, q *db.Queries, workspace id.UUID, all map[id.UUID]*pursuit, by []id.UUID) error {
	if len(by) == 0 {
		return nil
	}
	rows, err := q.MembersByID(ctx, db.MembersByIDParams{WorkspaceID: workspace, Ids: unique(by)})
	if err != nil {
		return fmt.Errorf("read who excused: %w", err)
	}
	for _, p := range all {
		for _, m := range rows {
			if p.row.ExcusedBy != nil && *p.row.ExcusedBy == m.ID {
				p.effort.Excuse = &followup.Excuse{Department: m.Department, Role: m.Role, At: *p.row.ExcusedAt}
			}
		}
	}
	return nil
}

// answers reads when people last answered, for their pursuits.
func answers(ctx context.Context, q *db.Queries, workspace id.UUID, all map[id.UUID]*pursuit, people map[id.UUID]id.UUID) error {
	var who []id.UUID
	for lead := range all {
		who = append(who, people[lead])
	}
	if len(who) == 0 {
		return nil
	}
	var kinds []string
	for _, k := range followup.Answers {
		kinds = append(kinds, string(k))
	}
	rows, err := q.LastAnswers(ctx, db.LastAnswersParams{WorkspaceID: workspace, ContactIds: unique(who), Kinds: kinds})
	if err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	last := make(map[id.UUID]time.Time, len(rows))
	for _, r := range rows {
		last[r.ContactID] = r.OccurredAt
	}
	for lead, p := range all {
		p.effort.LastAnswerAt = last[people[lead]]
	}
	return nil
}
