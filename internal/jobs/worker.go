package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/leadgraph/leadgraph/internal/mask"
)

// again is after how long a job is tried again that found another server at its work.
const again = 5 * time.Second

// worker runs one kind of job.
type worker[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	q   *Queue
	run func(ctx context.Context, args T) error
}

// Work runs the job. What goes wrong is kept with the job and logged, so personal data are taken out of it.
func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) (err error) {
	w.q.hands.take(job.ID)
	defer w.q.hands.put(job.ID)
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%s: panic: %s", job.Kind, mask.Panic(reason))
		}
	}()
	err = w.run(ctx, job.Args)
	var snooze *river.JobSnoozeError
	switch {
	case err == nil || errors.As(err, &snooze):
		return err
	case ctx.Err() != nil: // this server stops: the job is not to blame, and another server may go on with it at once
		return river.JobSnooze(0)
	}
	return fmt.Errorf("%s: %s", job.Kind, mask.Error(err))
}

// NextRetry comes soon: somebody waits for the outcome.
func (w *worker[T]) NextRetry(job *river.Job[T]) time.Time {
	return time.Now().Add(min(time.Duration(job.Attempt)*time.Second, 5*time.Second))
}

// hands are the jobs that this server has in hand, each with the moment when it was put down; zero while it runs.
type hands struct {
	mu   sync.Mutex
	jobs map[int64]time.Time
}

// settle is how long a job's end may need to be written down.
const settle = time.Minute

func (h *hands) take(job int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.jobs == nil {
		h.jobs = map[int64]time.Time{}
	}
	h.jobs[job] = time.Time{}
}

func (h *hands) put(job int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.jobs[job] = time.Now()
}

// list is what runs, and what ended so short a time ago that the database may not know yet.
func (h *hands) list() []int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := []int64{}
	for job, down := range h.jobs {
		if !down.IsZero() && time.Since(down) > settle {
			delete(h.jobs, job)
			continue
		}
		all = append(all, job)
	}
	return all
}
