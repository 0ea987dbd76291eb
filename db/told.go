package db

import (
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// toldTo is where it stands who was told of the rows of a list, beside the member of each.
type toldTo struct {
	table, row, field, things string
	queue                     string // what says that a department's queue was told, whose department is the row's; empty: no queue is
}

// add asks for what some members were told of, and for what is mine: a member's own, what the member was told of, and what the member's queue was.
func (o toldTo) add(q *query, members []id.Global, mine *bool, me id.UUID) error {
	if members != nil {
		of := &query{args: q.args}
		if err := inIDs(of, o.field, "member_id", id.Member, members); err != nil {
			return err
		}
		q.args = of.args
		q.and("l.id in (select l." + o.row + " from " + o.table + " l where l.workspace_id = $1 and " + of.where[0] + ")")
	}
	switch {
	case mine == nil:
		return nil
	case me.IsZero():
		return fault.Input("filter.mine", "Only members have %s of their own: leave this out, or sign in as one.", o.things)
	}
	all := o.branches(q.arg(me))
	if *mine {
		q.branches, q.custom = all, true // heads are told of thousands, all others of nothing: that decides what is read first
		return nil
	}
	for _, b := range all {
		q.and(b.not)
	}
	return nil
}

// branches are the ways in which a row can be a member's.
func (o toldTo) branches(member string) []branch {
	told := "exists (select from " + o.table + " t where t.workspace_id = $1 and t." + o.row + " = l.id and t.member_id = " + member + ")"
	all := []branch{{"l.member_id = " + member, "l.member_id is distinct from " + member}, {told, "not " + told}}
	if o.queue != "" {
		takes := o.queue + " and l.department = (select m.department from members m where m.workspace_id = $1 and m.id = " + member + " and m.role <> 'ANALYST')"
		all = append(all, branch{takes, "(" + takes + ") is not true"})
	}
	return all
}
