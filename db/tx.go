package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leadgraph/leadgraph/internal/id"
)

// Tx is one transaction in one workspace. Rows given to InsertLater and its like wait for the next statement, whatever it is, or for the end, and are
// written before it: so nobody can read past them, and what a verb writes at last is written in one statement.
type Tx struct {
	*Queries
	pgx.Tx
	Workspace id.UUID
	waiting   waiting
	committed bool
}

func newTx(begun pgx.Tx, workspace id.UUID) *Tx {
	t := &Tx{Tx: begun, Workspace: workspace}
	t.Queries = New(t)
	return t
}

// Exec runs a statement behind the rows that wait.
func (t *Tx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if err := t.flush(ctx); err != nil {
		return pgconn.CommandTag{}, err
	}
	return t.Tx.Exec(ctx, sql, args...)
}

// Query runs a statement behind the rows that wait.
func (t *Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	return t.Tx.Query(ctx, sql, args...)
}

// QueryRow runs a statement behind the rows that wait.
func (t *Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := t.flush(ctx); err != nil {
		return failed{err}
	}
	return t.Tx.QueryRow(ctx, sql, args...)
}

// failed is a row that could not be asked for.
type failed struct{ err error }

// Scan says why.
func (f failed) Scan(...any) error { return f.err }

// flush writes the rows that wait.
func (t *Tx) flush(ctx context.Context) error { return t.Together(ctx, func(*Opening) {}) }

// Together sends statements within a transaction in one round trip, behind the rows that wait. They run in their order.
func (t *Tx) Together(ctx context.Context, ask func(*Opening)) error {
	o := Opening{workspace: t.Workspace}
	contested := t.waiting.queue(&o.batch)
	ask(&o)
	if o.batch.Len() == 0 {
		return nil
	}
	return contested.lost(t.SendBatch(ctx, &o.batch).Close())
}

// Commit ends the transaction behind the rows that wait.
func (t *Tx) Commit(ctx context.Context) error {
	if err := t.Together(ctx, t.end); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func (t *Tx) end(o *Opening) {
	o.batch.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return pgx.ErrTxCommitRollback
		}
		t.committed = true
		return nil
	})
}

// CommitEvents writes the rows that wait and the events of the transaction and commits, in one round trip. It answers the last event's place in the log.
func (t *Tx) CommitEvents(ctx context.Context, p InsertEventsParams) (place InsertEventsRow, err error) {
	if err := t.Together(ctx, func(o *Opening) {
		o.batch.Queue(insertEvents, p.WorkspaceID, p.At, p.ActorKind, p.ActorID, p.Ids, p.Kinds, p.LeadIds, p.ContactIds, p.AccountIds, p.SubjectIds, p.Datas).
			QueryRow(func(row pgx.Row) error { return row.Scan(&place.Xid, &place.Seq) })
		t.end(o)
	}); err != nil {
		return place, fmt.Errorf("write events and commit: %w", err)
	}
	return place, nil
}

// contested are the tables in which somebody else may be quicker.
type contested map[string]bool

// lost turns a key that was taken a moment before into ErrRace.
func (c contested) lost(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" && c[pg.TableName] {
		return fmt.Errorf("%w: %w", ErrRace, err)
	}
	return err
}
