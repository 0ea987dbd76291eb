package db

import (
	"fmt"
	"strings"
)

// branch is one of several conditions, of which a row has to fulfil one. Joined by `or` no index would find the rows; by itself each has an index that does, in the list's order.
type branch struct{ is, not string }

// branched writes a statement for each branch, none of which finds what one before it does, and all of them as one; without branches it is the statement alone.
func (q *query) branched(write func(where string) string) (sql string, several bool) {
	if len(q.branches) == 0 {
		return write(strings.Join(q.where, " and ")), false
	}
	var all []string
	where := q.where[:len(q.where):len(q.where)]
	for _, b := range q.branches {
		all = append(all, "("+write(strings.Join(append(where, b.is), " and "))+")")
		where = append(where, b.not)
	}
	return strings.Join(all, " union all "), true
}

// conditions are the whole of the where clause, for statements that read their rows once.
func (q *query) conditions() []string {
	if len(q.branches) == 0 {
		return q.where
	}
	var any []string
	for _, b := range q.branches {
		any = append(any, b.is)
	}
	return append(q.where[:len(q.where):len(q.where)], "("+strings.Join(any, " or ")+")")
}

// paged is the statement of a page: what the branches find of it, each no more than a page, in one order.
func (q *query) paged(columns, table, by string, limit int) string {
	sql, several := q.branched(func(where string) string {
		// The limit is part of the text: a plan that does not know it would sort what an index already has in order.
		return fmt.Sprintf("select %s from %s l%s where %s order by %s limit %d", columns, table, q.joins, where, by, limit)
	})
	if several {
		return fmt.Sprintf("select %s from (%s) l order by %s limit %d", columns, sql, by, limit)
	}
	return sql
}
