package db

import (
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// toldTo is where it stands who was told of the rows of a list, beside the member of each.
type toldTo struct{ table, row, field, things string }

// add asks for what some members were told of, and for what is mine: a member's own, and what the member was told of.
func (o toldTo) add(q *query, members []id.Global, mine *bool, me id.UUID) error {
	told := "l.id in (select l." + o.row + " from " + o.table + " l where l.workspace_id = $1 and "
	if members != nil {
		of := &query{args: q.args}
		if err := inIDs(of, o.field, "member_id", id.Member, members); err != nil {
			return err
		}
		q.args = of.args
		q.and(told + of.where[0] + ")")
	}
	switch {
	case mine == nil:
	case me.IsZero():
		return fault.Input("filter.mine", "Only members have %s of their own: leave this out, or sign in as one.", o.things)
	default:
		n := q.arg(me)
		own := "(l.member_id is not distinct from " + n + " or " + told + "l.member_id = " + n + "))"
		if !*mine {
			own = "not " + own
		}
		q.and(own)
	}
	return nil
}
