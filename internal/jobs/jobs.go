// Package jobs runs background work: each job calls one verb and nothing else.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/funnel"
)

// Workers holds the verbs that jobs call. The client is made before the verbs, which need it, so they are set afterwards.
type Workers struct{ Funnel *funnel.Funnel }

// NewClient makes the queue. With work it also runs jobs, on every server that has it; without it only puts them there.
// It polls: Postgres' notifications would make all commits wait for each other.
func NewClient(pool *pgxpool.Pool, w *Workers, log *slog.Logger, work bool) (*river.Client[pgx.Tx], error) {
	c := &river.Config{Schema: db.JobSchema, Logger: log, PollOnly: true, FetchPollInterval: 250 * time.Millisecond, JobTimeout: -1, MaxAttempts: 8}
	c.Workers = river.NewWorkers()
	river.AddWorker(c.Workers, &importer{w: w})
	river.AddWorker(c.Workers, &rematcher{w: w})
	river.AddWorker(c.Workers, &expirer{w: w})
	if work {
		c.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}}
	}
	client, err := river.NewClient(riverpgxv5.New(pool), c)
	if err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return client, nil
}

// importer runs imports.
type importer struct {
	river.WorkerDefaults[funnel.ImportArgs]
	w *Workers
}

// Work reads the file on from where it was left. When the last try fails the import says so.
func (i *importer) Work(ctx context.Context, job *river.Job[funnel.ImportArgs]) error {
	err := i.w.Funnel.RunImport(ctx, job.Args)
	if err == nil {
		return nil
	}
	if f := fault.As(err); f != nil && !f.Retryable {
		return i.w.Funnel.FailImport(ctx, job.Args, f.Message)
	}
	if job.Attempt >= job.MaxAttempts && ctx.Err() == nil {
		return i.w.Funnel.FailImport(ctx, job.Args, "Something went wrong on our side, several times. What landed stays; import the file again for the rest.")
	}
	return fmt.Errorf("import: %w", err)
}

// NextRetry comes soon: an import that lost its server should not rest for minutes.
func (i *importer) NextRetry(job *river.Job[funnel.ImportArgs]) time.Time {
	return time.Now().Add(time.Duration(job.Attempt) * time.Second)
}

// rematcher matches leads with personas again.
type rematcher struct {
	river.WorkerDefaults[funnel.RematchArgs]
	w *Workers
}

// Work walks over the workspace's open leads.
func (r *rematcher) Work(ctx context.Context, job *river.Job[funnel.RematchArgs]) error {
	_, err := r.w.Funnel.Rematch(ctx, job.Args.Workspace)
	return err
}

// expirer throws away the bytes of old uploads.
type expirer struct {
	river.WorkerDefaults[funnel.ExpireUploadArgs]
	w *Workers
}

// Work waits an hour where an import is still reading the file.
func (e *expirer) Work(ctx context.Context, job *river.Job[funnel.ExpireUploadArgs]) error {
	busy, err := e.w.Funnel.ExpireUpload(ctx, job.Args)
	if err == nil && busy {
		return river.JobSnooze(time.Hour)
	}
	return err
}
