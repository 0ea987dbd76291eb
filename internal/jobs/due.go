package jobs

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/internal/mask"
)

// look is how often a server looks for leads that time alone has moved.
const look = time.Second

// watch judges leads whose time has come, until the context ends.
func (q *Queue) watch(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for {
			n, err := q.due(ctx)
			if err != nil && ctx.Err() == nil {
				q.log.WarnContext(ctx, "leads that are due could not be judged", "error", mask.Error(err))
			}
			if err != nil || n == 0 {
				break
			}
		}
	}
}

// due judges some leads whose time has come. A panic is this round's alone.
func (q *Queue) due(ctx context.Context) (n int, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			q.log.ErrorContext(ctx, "leads that are due could not be judged", "error", mask.Panic(reason))
		}
	}()
	return q.Funnel.JudgeDue(ctx)
}
