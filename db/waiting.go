package db

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/internal/id"
)

// part is rows that wait to be written to a table.
type part struct {
	table     string
	contested bool
	write     func(args []any) (sql string, all []any) // with arguments behind those of other parts
	written   *[]id.UUID                               // of touches: those that were not known
}

// waiting is what waits to be written, in its order.
type waiting []part

// InsertLater inserts rows before the next statement of the transaction or its end. They are written as they are by then.
func InsertLater[T any](t *Tx, table string, rows []*T, suffix string, leave ...string) {
	insertLater(t, part{table: table}, rows, suffix, leave)
}

// ClaimLater is InsertLater of rows whose keys somebody else may take at this moment: who comes second runs the transaction again, and finds what the
// first one made.
func ClaimLater[T any](t *Tx, table string, rows []*T, leave ...string) {
	insertLater(t, part{table: table, contested: true}, rows, "", leave)
}

func insertLater[T any](t *Tx, p part, rows []*T, suffix string, leave []string) {
	if len(rows) > 0 {
		p.write = func(args []any) (string, []any) { return insertion(p.table, rows, suffix, leave, args) }
		t.waiting = append(t.waiting, p)
	}
}

// UpdateLater is Update before the next statement of the transaction or its end.
func UpdateLater[T any](t *Tx, table string, rows []*T, leave ...string) {
	if len(rows) > 0 {
		t.waiting = append(t.waiting, part{table: table, write: func(args []any) (string, []any) { return change(table, rows, leave, args) }})
	}
}

// InsertTouchesLater is InsertTouches before the next statement of the transaction or its end.
func InsertTouchesLater(t *Tx, rows []*Touch, written *[]id.UUID) {
	if len(rows) > 0 {
		t.waiting = append(t.waiting, part{table: "touches", written: written, write: func(args []any) (string, []any) { return insertTouches(rows, args) }})
	}
}

// queue asks for all that waits. The tables share a statement, whose parts are run in their order, for each is asked for what it did. A table has one part in
// it: of two changes of one row in one statement Postgres makes but one.
func (w *waiting) queue(b *pgx.Batch) contested {
	all := *w
	*w = nil
	c := contested{}
	for len(all) > 0 {
		n := 0
		for seen := map[string]bool{}; n < len(all) && !seen[all[n].table]; n++ {
			seen[all[n].table] = true
			c[all[n].table] = c[all[n].table] || all[n].contested
		}
		queue(b, all[:n])
		all = all[n:]
	}
	return c
}

// queue asks for parts in one statement.
func queue(b *pgx.Batch, parts []part) {
	var args []any
	var sql string
	with, did, into := make([]string, len(parts)), make([]string, len(parts)), make([]any, len(parts))
	for i, p := range parts {
		sql, args = p.write(args)
		if p.written != nil {
			with[i], did[i], into[i] = sql, "(select array_agg(id) from written)", p.written
			continue
		}
		with[i], did[i], into[i] = fmt.Sprintf("w%d as (%s returning 1)", i, sql), fmt.Sprintf("(select count(*) from w%d)", i), new(int64)
	}
	if len(parts) == 1 && parts[0].written == nil {
		b.Queue(sql, args...)
		return
	}
	b.Queue("with "+strings.Join(with, ",\n")+"\nselect "+strings.Join(did, ", "), args...).QueryRow(func(row pgx.Row) error { return row.Scan(into...) })
}
