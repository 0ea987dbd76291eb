package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/level"
)

// setWorkspace names the workspace to row-level security, for this transaction only.
const setWorkspace = "select set_config('app.ws', $1, true)"

// customPlan lets Postgres plan for the values at hand: right for audiences, whose filters are as skewed as their authors like, and for what is mine.
const customPlan = "select set_config('plan_cache_mode', 'force_custom_plan', true)"

// reportPlan is for statements that read much of whole tables. Joined row by row by an index such a statement takes minutes where Postgres thinks that there are few
// rows, as it does of tables that it has not looked at yet; by hashing, the same tens of milliseconds whatever it thinks.
const reportPlan = "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"

// tenant runs single statements in a workspace. The name of the workspace and the statement travel in one batch, which Postgres
// treats as one transaction: no round trip is added.
type tenant struct {
	db        *DB
	workspace id.UUID
	planning  string // how to plan; empty: for all values
}

// planned is the same with plans for the values at hand, or for all values.
func (t tenant) planned(custom bool) tenant {
	t.planning = ""
	if custom {
		t.planning = customPlan
	}
	return t
}

// reporting is the same for statements that read much of whole tables.
func (t tenant) reporting() tenant {
	t.planning = reportPlan
	return t
}

// Query sends one reading statement: with those of the tasks beside it where there are any.
func (t tenant) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if task := level.From(ctx); task != nil && t.planning == "" && task.Open.Load() == 0 {
		return t.together(ctx, task, sql, args)
	}
	return t.send(ctx, sql, args)
}

// send sends one reading statement by itself.
func (t tenant) send(ctx context.Context, sql string, args []any) (pgx.Rows, error) {
	c, err := t.db.conn(ctx)
	if err != nil {
		return nil, err
	}
	sent := false
	defer func() {
		if !sent { // an argument panicked while it was encoded
			_ = c.Conn().Close(ctx)
			c.Release()
		}
	}()
	b := &pgx.Batch{}
	b.Queue(setWorkspace, t.workspace.String())
	if t.planning != "" {
		b.Queue(t.planning)
	}
	b.Queue(sql, args...)
	br := c.SendBatch(ctx, b)
	sent = true
	for range b.Len() - 1 {
		if _, err := br.Exec(); err != nil {
			_ = br.Close()
			c.Release()
			return nil, fmt.Errorf("name the workspace: %w", err)
		}
	}
	rows, err := br.Query()
	if err != nil {
		_ = br.Close()
		c.Release()
		return nil, err
	}
	return &tenantRows{Rows: rows, batch: br, conn: c}, nil
}

// QueryRow sends one reading statement for one row.
func (t tenant) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := t.Query(ctx, sql, args...)
	return tenantRow{rows, err}
}

// Exec sends one statement that answers no rows.
func (t tenant) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	rows, err := t.send(ctx, sql, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	rows.Close()
	return rows.CommandTag(), rows.Err()
}

// tenantRows gives the connection back when the rows are closed.
type tenantRows struct {
	pgx.Rows
	batch pgx.BatchResults
	conn  *pgxpool.Conn
	err   error
}

// Next closes the rows behind the last one, as pgx does.
func (r *tenantRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Scan reads the row at hand.
func (r *tenantRows) Scan(dest ...any) error { return scan(r.Rows, dest, &arena{}) }

// Close ends the batch and gives the connection back; closing twice is harmless.
func (r *tenantRows) Close() {
	r.Rows.Close()
	if r.conn == nil {
		return
	}
	r.err = r.batch.Close()
	r.conn.Release()
	r.conn = nil
}

// Err is the first error of the rows or of the batch they came in.
func (r *tenantRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.err
}

// tenantRow is the first of some rows.
type tenantRow struct {
	rows pgx.Rows
	err  error
}

// Scan reads the row; pgx.ErrNoRows where there is none.
func (r tenantRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
