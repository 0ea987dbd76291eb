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
	tx := newTx(begun.Tx(), workspace)
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
	return tx.Commit(ctx)
}
