package jobs

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/internal/mask"
)

// How often a server looks for what time alone brings. A deadline is told to the second, also where the server that should have told it was killed.
const (
	lookForLeads  = time.Second
	lookForRest   = time.Second
	lookForClocks = 250 * time.Millisecond
)

// watch does what is due, at once and then again and again, until the context ends. The first look does not wait: what fell due while no server ran is late
// already.
func (q *Queue) watch(ctx context.Context, every time.Duration, failure string, due func(context.Context) (int, error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		q.exhaust(ctx, failure, due)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// exhaust goes on until nothing is due any more, or something goes wrong.
func (q *Queue) exhaust(ctx context.Context, failure string, due func(context.Context) (int, error)) {
	for {
		n, err := q.round(ctx, failure, due)
		if err != nil && ctx.Err() == nil {
			q.log.WarnContext(ctx, failure, "error", mask.Error(err))
		}
		if err != nil || n == 0 {
			return
		}
	}
}

// round does some of what is due. A panic is this round's alone.
func (q *Queue) round(ctx context.Context, failure string, due func(context.Context) (int, error)) (n int, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			q.log.ErrorContext(ctx, failure, "error", mask.Panic(reason))
		}
	}()
	return due(ctx)
}
