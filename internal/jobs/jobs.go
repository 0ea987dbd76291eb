// Package jobs runs background work: each job calls one verb and nothing else.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/funnel"
)

// Queue is the job queue, on this server.
type Queue struct {
	*river.Client[pgx.Tx]
	Funnel *funnel.Funnel // the verbs; they need the queue, so they are set afterwards

	db    *db.DB
	log   *slog.Logger
	stop  context.CancelFunc // ends the signs of life
	alive sync.WaitGroup
	hands hands
}

// New makes the queue. With work it also runs jobs, on every server that has it; without it only puts them there.
// It polls: Postgres' notifications would make all commits wait for each other.
func New(d *db.DB, log *slog.Logger, work bool) (*Queue, error) {
	q := &Queue{db: d, log: log}
	c := &river.Config{Schema: db.JobSchema, Logger: log, PollOnly: true, FetchPollInterval: 250 * time.Millisecond, JobTimeout: -1, MaxAttempts: 8}
	c.Workers = river.NewWorkers()
	river.AddWorker(c.Workers, &worker[funnel.ImportArgs]{q: q, run: q.importLeads})
	river.AddWorker(c.Workers, &worker[funnel.RematchArgs]{q: q, run: q.rematch})
	river.AddWorker(c.Workers, &worker[funnel.ExpireUploadArgs]{q: q, run: q.expireUpload})
	river.AddWorker(c.Workers, &worker[funnel.RescoreArgs]{q: q, run: q.rescore})
	river.AddWorker(c.Workers, &worker[funnel.BackTestArgs]{q: q, run: q.backTest})
	river.AddWorker(c.Workers, &worker[funnel.ModelFitArgs]{q: q, run: q.learnModel})
	river.AddWorker(c.Workers, &worker[funnel.AttributionFitArgs]{q: q, run: q.fitAttribution})
	if work {
		c.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}}
	}
	var err error
	if q.Client, err = river.NewClient(riverpgxv5.New(d.Pool()), c); err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return q, nil
}

// importLeads reads the file on from where it was left. What cannot be mended by trying again ends the import.
func (q *Queue) importLeads(ctx context.Context, args funnel.ImportArgs) error {
	err := q.Funnel.RunImport(ctx, args)
	if errors.Is(err, funnel.ErrOvertaken) {
		return river.JobSnooze(again)
	}
	if f := fault.As(err); f != nil && !f.Retryable {
		return q.Funnel.FailImport(ctx, args, f.Message)
	}
	return err
}

// rematch walks over the workspace's open leads.
func (q *Queue) rematch(ctx context.Context, args funnel.RematchArgs) error {
	_, err := q.Funnel.Rematch(ctx, args.Workspace)
	return err
}

// expireUpload waits an hour where an import is still reading the file.
func (q *Queue) expireUpload(ctx context.Context, args funnel.ExpireUploadArgs) error {
	busy, err := q.Funnel.ExpireUpload(ctx, args)
	if err == nil && busy {
		return river.JobSnooze(time.Hour)
	}
	return err
}

// rescore walks over the workspace's open leads after a publication.
func (q *Queue) rescore(ctx context.Context, args funnel.RescoreArgs) error {
	return q.Funnel.RunRescore(ctx, args)
}

// backTest tries a scoring model. What cannot be mended by trying again ends it.
func (q *Queue) backTest(ctx context.Context, args funnel.BackTestArgs) error {
	err := q.Funnel.DoBackTest(ctx, args)
	if f := fault.As(err); f != nil && !f.Retryable {
		return q.Funnel.FailBackTest(ctx, args, f.Message)
	}
	return err
}

// learnModel learns a scoring model. What cannot be mended by trying again ends it.
func (q *Queue) learnModel(ctx context.Context, args funnel.ModelFitArgs) error {
	err := q.Funnel.DoModelFit(ctx, args)
	if f := fault.As(err); f != nil && !f.Retryable {
		return q.Funnel.FailModelFit(ctx, args, f.Message)
	}
	return err
}

// fitAttribution fits the models of attribution that learn. What cannot be mended by trying again ends it.
func (q *Queue) fitAttribution(ctx context.Context, args funnel.AttributionFitArgs) error {
	err := q.Funnel.DoAttributionFit(ctx, args)
	if f := fault.As(err); f != nil && !f.Retryable {
		return q.Funnel.FailAttributionFit(ctx, args, f.Message)
	}
	return err
}
