package db

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// due is when a clock in the order of deadlines is due: those that are not are left out of it.
func due(c *Clock) time.Time {
	if c.DueAt == nil {
		return time.Time{}
	}
	return *c.DueAt
}

// ClockFilter says which clocks; all that is given must hold.
type ClockFilter struct {
	States        []sla.State
	Stages        []sla.Stage
	Departments   []auth.Department
	MemberIds     []id.Global
	Rules         []string
	PersonaIds    []id.Global
	LeadID        *id.Global
	DueBefore     *time.Time
	StartedFrom   *time.Time
	StartedBefore *time.Time
}

func (f *ClockFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	in(q, "state", f.States)
	in(q, "stage", f.Stages)
	in(q, "department", f.Departments)
	in(q, "rule", f.Rules)
	if err := inIDs(q, "memberIds", "member_id", id.Member, f.MemberIds); err != nil {
		return err
	}
	if f.LeadID != nil {
		if f.LeadID.Kind != id.Lead {
			return fault.Input("filter.leadId", "This is the id of another type: it should begin with %s_.", id.Lead)
		}
		q.and("l.lead_id = " + q.arg(f.LeadID.UUID))
	}
	if f.PersonaIds != nil {
		of := &query{args: q.args}
		if err := inIDs(of, "personaIds", "persona_id", id.Persona, f.PersonaIds); err != nil {
			return err
		}
		q.args = of.args
		q.and("l.lead_id in (select l.id from leads l where l.workspace_id = $1 and " + of.where[0] + ")")
	}
	span(q, "due_at", nil, f.DueBefore)
	span(q, "starts_at", f.StartedFrom, f.StartedBefore)
	return nil
}

// Clocks are the clocks of the workspace.
func (r *Reader) Clocks(ctx context.Context, a page.Args, f *ClockFilter, order string) (*Page[Clock], error) {
	return root(ctx, r, listing[Clock]{shape: clocks, order: order, args: a, key: []any{f}, filter: func(q *query) error {
		if order == "DUE_ASC" {
			q.and("l.due_at is not null")
		}
		return f.add(q)
	}})
}
