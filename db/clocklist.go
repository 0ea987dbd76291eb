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
	States         []sla.State
	Stages         []sla.Stage
	Departments    []auth.Department
	MemberIds      []id.Global
	Teams          []string
	EscalatedToIds []id.Global
	Mine           *bool
	Rules          []string
	PersonaIds     []id.Global
	LeadID         *id.Global
	DueBefore      *time.Time
	StartedFrom    *time.Time
	StartedBefore  *time.Time
}

// add asks for the clocks of me, a member, where the filter says so.
func (f *ClockFilter) add(q *query, me id.UUID) error {
	if f == nil {
		return nil
	}
	if err := f.whose(q, me); err != nil {
		return err
	}
	in(q, "state", f.States)
	in(q, "stage", f.Stages)
	in(q, "department", f.Departments)
	in(q, "rule", f.Rules)
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

// whose asks for the members who have to act, and whom breaches were told to.
func (f *ClockFilter) whose(q *query, me id.UUID) error {
	if err := inIDs(q, "memberIds", "member_id", id.Member, f.MemberIds); err != nil {
		return err
	}
	if f.Teams != nil {
		q.and("l.member_id in (select m.id from members m where m.workspace_id = $1 and m.team = any(" + q.arg(f.Teams) + "))")
	}
	return toldTo{table: "escalations", row: "clock_id", field: "escalatedToIds", things: "clocks", queue: "l.escalated_to_queue"}.add(q, f.EscalatedToIds, f.Mine, me)
}

// viewedClocks are the clocks that a filter leaves, as a member sees them; me is zero for other viewers. The filter was checked.
type viewedClocks struct {
	filter *ClockFilter
	me     id.UUID
}

// where narrows a population to them.
func (v *viewedClocks) where(q *query) (where string) {
	if v == nil {
		return ""
	}
	of := &query{args: q.args}
	_ = v.filter.add(of, v.me)
	q.args = of.args
	for _, w := range of.conditions() {
		where += " and " + w
	}
	return where
}

// key is what they are called in cursors.
func (v *viewedClocks) key() []any {
	if v.filter != nil && v.filter.Mine != nil {
		return []any{v.filter, v.me} // a cursor of my list is none of yours
	}
	return []any{v.filter}
}

// Clocks are the clocks of the workspace, as a member sees them; me is zero for other viewers.
func (r *Reader) Clocks(ctx context.Context, a page.Args, f *ClockFilter, order string, me id.UUID) (*Page[Clock], error) {
	return root(ctx, r, listing[Clock]{shape: clocks, order: order, args: a, key: (&viewedClocks{f, me}).key(), filter: func(q *query) error {
		if order == "DUE_ASC" {
			q.and("l.due_at is not null")
		}
		return f.add(q, me)
	}})
}
