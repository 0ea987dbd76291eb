package jobs

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/internal/mask"
)

// look is how often a server looks for what time alone brings.
const look = time.Second

// watch does what is due, again and again, until the context ends.
func (q *Queue) watch(ctx context.Context, failure string, due func(context.Context) (int, error)) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		q.exhaust(ctx, failure, due)
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
