package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Tx is one transaction in one workspace.
type Tx struct {
	*Queries
	pgx.Tx
	Workspace id.UUID
	committed bool
}

// Opening is statements that travel with the begin of a transaction, for verbs that know before what they will read. Their rows are
// there when the verb runs.
type Opening struct {
	workspace id.UUID
	batch     pgx.Batch
}

// SourcesByID reads sources.
func (o *Opening) SourcesByID(ids []id.UUID, into *[]*Source) {
	collect(o.batch.Queue(sourcesByID, o.workspace, ids), into)
}

// SourcesByKey reads sources.
func (o *Opening) SourcesByKey(keys []string, into *[]*Source) {
	collect(o.batch.Queue(sourcesByKey, o.workspace, keys), into)
}

// ResourcesByKey reads resources.
func (o *Opening) ResourcesByKey(keys []string, into *[]*Resource) {
	collect(o.batch.Queue(resourcesByKey, o.workspace, keys), into)
}

// ContactCompanies reads who exists, and where they work.
func (o *Opening) ContactCompanies(ids []id.UUID, into *[]*ContactCompaniesRow) {
	collect(o.batch.Queue(contactCompanies, o.workspace, ids), into)
}

// RulesStamp tells which rules are in force.
func (o *Opening) RulesStamp(into *id.UUID) {
	o.batch.Queue(rulesStamp, o.workspace).QueryRow(func(row pgx.Row) error { return row.Scan(into) })
}

// OpenLeads locks the open leads of people.
func (o *Opening) OpenLeads(people []id.UUID, into *[]*Lead) {
	collect(o.batch.Queue(openLeads, o.workspace, people), into)
}

// InsertTouches is the function of that name.
func (o *Opening) InsertTouches(touches []*Touch, written *[]id.UUID) {
	with, args := insertTouches(touches)
	o.batch.Queue(with+" select id from written", args...).Query(func(rows pgx.Rows) (err error) {
		*written, err = pgx.CollectRows(rows, pgx.RowTo[id.UUID])
		return err
	})
}

// ContactsByID reads people.
func (o *Opening) ContactsByID(ids []id.UUID, into *[]*Contact) {
	collect(o.batch.Queue(contactsByID, o.workspace, ids), into)
}

// AccountsByID reads companies.
func (o *Opening) AccountsByID(ids []id.UUID, into *[]*Account) {
	collect(o.batch.Queue(accountsByID, o.workspace, ids), into)
}

// TouchesOf reads what conditions ask about of people, in no order.
func (o *Opening) TouchesOf(people []id.UUID, which Touched, into *[]*TouchesOfRow) {
	collect(o.batch.Queue(touchesOf, people, o.workspace, which.Kinds, which.Since, which.Recent), into)
}

// Together sends statements within a transaction in one round trip. They run in their order.
func (t *Tx) Together(ctx context.Context, ask func(*Opening)) error {
	o := Opening{workspace: t.Workspace}
	ask(&o)
	if o.batch.Len() == 0 {
		return nil
	}
	return t.SendBatch(ctx, &o.batch).Close()
}

// collect puts the rows of a statement, whose columns are the row's fields, in a place. They share memory.
func collect[T any](q *pgx.QueuedQuery, into *[]*T) {
	q.Query(func(rows pgx.Rows) error {
		all, memory, made := whole[T](), newArena(64), slab[T]{next: 64}
		var places []any
		*into = []*T{}
		for rows.Next() {
			row := made.row()
			places = all.places(row, places[:0])
			if err := scan(rows, places, memory); err != nil {
				return err
			}
			*into = append(*into, row)
			made.next = max(made.next, 16)
		}
		return rows.Err()
	})
}

// Write runs a transaction in a workspace; what fn returns decides whether it commits. A transaction that lost against another one
// (deadlock, serialization, a unique key taken a moment before) is run again, up to five times.
func (d *DB) Write(ctx context.Context, workspace id.UUID, fn func(*Tx) error, open ...func(*Opening)) error {
	for try := 0; ; try++ {
		err := d.write(ctx, workspace, fn, open)
		if !lostRace(err) || ctx.Err() != nil {
			return err
		}
		if try == 4 {
			return &fault.Error{Code: fault.Conflict, Message: "Others are changing the same objects at this moment. Try again.", Retryable: true, RetryAfter: 100 * time.Millisecond}
		}
	}
}

// ErrRace makes Write run the transaction again: somebody else wrote first what this one was about to write.
var ErrRace = errors.New("another transaction was quicker")

func lostRace(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, ErrRace) || errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func (d *DB) write(ctx context.Context, workspace id.UUID, fn func(*Tx) error, open []func(*Opening)) error {
	c, err := d.conn(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	o := Opening{workspace: workspace}
	o.batch.BeginTx(pgx.TxOptions{})
	o.batch.Queue(setWorkspace, workspace.String())
	for _, more := range open {
		more(&o)
	}
	begun := c.SendBatch(ctx, &o.batch)
	tx := &Tx{Queries: New(begun.Tx()), Tx: begun.Tx(), Workspace: workspace}
	defer func() {
		if !tx.committed {
			_ = tx.Rollback(context.WithoutCancel(ctx)) // where it never began it does nothing
		}
	}()
	if err := begun.Close(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(tx); err != nil || tx.committed {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	tx.committed = true
	return nil
}

// CommitEvents writes the events of the transaction and commits, in one round trip. It answers the last one's place in the log.
func (t *Tx) CommitEvents(ctx context.Context, p InsertEventsParams) (place InsertEventsRow, err error) {
	b := &pgx.Batch{}
	b.Queue(insertEvents, p.WorkspaceID, p.At, p.ActorKind, p.ActorID, p.Ids, p.Kinds, p.LeadIds, p.ContactIds, p.AccountIds, p.SubjectIds, p.Datas).
		QueryRow(func(row pgx.Row) error { return row.Scan(&place.Xid, &place.Seq) })
	b.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return pgx.ErrTxCommitRollback
		}
		t.committed = true
		return nil
	})
	if err := t.SendBatch(ctx, b).Close(); err != nil {
		return place, fmt.Errorf("write events and commit: %w", err)
	}
	return place, nil
}
