package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/internal/mask"
)

// A server that works gives a sign of life every pulse. The jobs of one that gave none for the time of silence go to the others: it was
// killed, or its machine is gone. Where it was only slow, two servers may run one job for a while, which every verb of a job withstands.
const (
	pulse   = time.Second
	silence = 4 * time.Second
)

// Start begins to run jobs.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.beat(ctx); err != nil { // before the first job is fetched, or it would look like a dead server's
		return fmt.Errorf("start jobs: %w", err)
	}
	ctx, q.stop = context.WithCancel(ctx)
	q.alive.Go(func() {
		tick := time.NewTicker(pulse)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := q.beat(ctx); err != nil && ctx.Err() == nil {
				q.log.WarnContext(ctx, "the job queue could not be reached", "error", mask.Error(err))
			}
		}
	})
	// None waits for the others: there may be many leads to judge, and deadlines are to the second.
	q.alive.Go(func() { q.watch(ctx, lookForLeads, "leads that are due could not be judged", q.Funnel.JudgeDue) })
	q.alive.Go(func() { q.watch(ctx, lookForClocks, "clocks that are due could not be turned", q.Funnel.TurnClocks) })
	q.alive.Go(func() { q.watch(ctx, lookForRest, "deals could not be credited for late touches", q.Funnel.CreditLate) })
	q.alive.Go(func() {
		q.watch(ctx, lookForRest, "disputes whose time is up could not be looked at", q.Funnel.TurnDisputes)
	})
	return q.Client.Start(ctx)
}

// beat gives a sign of life and takes over what dead servers left.
func (q *Queue) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	taken, err := q.db.KeepJobs(ctx, q.ID(), q.hands.list(), silence, settle)
	if taken > 0 {
		q.log.InfoContext(ctx, "took over jobs that a server left behind", "jobs", taken)
	}
	return err
}

// StopAndCancel asks running jobs to stop behind what they are at, and waits for them.
func (q *Queue) StopAndCancel(ctx context.Context) error {
	err := q.Client.StopAndCancel(ctx)
	if q.stop != nil {
		q.stop()
	}
	q.alive.Wait()
	if err == nil {
		err = q.db.LeaveJobs(ctx, q.ID())
	}
	return err
}
