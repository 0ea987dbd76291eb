package db

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/leadgraph/leadgraph/internal/level"
)

// statement is one that waits for those of the other tasks of its level, to travel with them.
type statement struct {
	ctx    context.Context
	tenant tenant
	sql    string
	args   []any

	turn  chan struct{} // closed when it is decided: rows, err or alone
	rows  *convoyRows
	err   error
	alone bool // it must be sent by itself
}

// together sends a statement with those of the level's other tasks.
func (t tenant) together(ctx context.Context, task *level.Task, sql string, args []any) (pgx.Rows, error) {
	s := &statement{ctx: ctx, tenant: t, sql: sql, args: args, turn: make(chan struct{})}
	task.Wait(s, sendTogether)
	<-s.turn
	switch {
	case s.alone:
		return t.send(ctx, sql, args)
	case s.err != nil:
		return nil, s.err
	}
	task.Open.Add(1)
	s.rows.task = task
	return s.rows, nil
}

// sendTogether sends statements in one batch behind the name of their workspace.
func sendTogether(items []any) {
	first := items[0].(*statement)
	v := &convoy{}
	for _, i := range items {
		if s := i.(*statement); s.tenant == first.tenant {
			v.rest = append(v.rest, s)
		} else {
			s.leave()
		}
	}
	if len(v.rest) == 1 {
		first.leave()
		return
	}
	defer v.recover(first.ctx)
	if v.conn, first.err = first.tenant.db.conn(first.ctx); first.err != nil {
		for _, s := range v.rest {
			s.err = first.err
			close(s.turn)
		}
		return
	}
	b := &pgx.Batch{}
	b.Queue(setWorkspace, first.tenant.workspace.String())
	for _, s := range v.rest {
		b.Queue(s.sql, s.args...)
	}
	v.batch = v.conn.SendBatch(first.ctx, b)
	_, err := v.batch.Exec()
	v.next(err) // what fails here failed for all: one of them cannot be prepared, or the connection is gone
}

// leave lets a statement go by itself.
func (s *statement) leave() {
	s.alone = true
	close(s.turn)
}

// convoy is a batch under way. Its answers come one after the other: the rows of one must be closed before the next one's begin.
type convoy struct {
	batch pgx.BatchResults
	conn  *pgxpool.Conn
	rest  []*statement
}

// recover ends a convoy that panicked on its way, over an argument that cannot be encoded. Whose it was shows when all go alone.
func (v *convoy) recover(ctx context.Context) {
	if recover() == nil {
		return
	}
	if v.conn != nil {
		_ = v.conn.Conn().Close(ctx) // half a batch may be under way on it
		v.conn.Release()
	}
	for _, s := range v.rest {
		s.leave()
	}
}

// next hands the next statement its rows. After an error Postgres ignores what is left of a batch, so that goes alone.
func (v *convoy) next(err error) {
	if err == nil && len(v.rest) > 0 {
		s := v.rest[0]
		v.rest = v.rest[1:]
		var rows pgx.Rows
		if rows, s.err = v.batch.Query(); s.err == nil {
			s.rows = &convoyRows{Rows: rows, convoy: v}
			close(s.turn)
			return
		}
		close(s.turn)
	}
	_ = v.batch.Close() // each statement has had its own error
	v.conn.Release()
	for _, s := range v.rest {
		s.leave()
	}
}

// convoyRows are one statement's rows in a convoy.
type convoyRows struct {
	pgx.Rows
	convoy *convoy // nil when closed
	task   *level.Task
}

// Next closes the rows behind the last one, as pgx does.
func (r *convoyRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Scan reads the row at hand.
func (r *convoyRows) Scan(dest ...any) error { return scan(r.Rows, dest, &arena{}) }

// Close lets the next statement have its rows; closing twice is harmless.
func (r *convoyRows) Close() {
	r.Rows.Close()
	if r.convoy == nil {
		return
	}
	v := r.convoy
	r.convoy = nil
	r.task.Open.Add(-1)
	v.next(r.Rows.Err())
}
