package db

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// GoalFilter says which goals; all that is given must hold.
type GoalFilter struct {
	Department *auth.Department
	MemberIds  []id.Global
	Metrics    []scorecard.Metric
	RunningAt  *time.Time
}

func (f *GoalFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	equal(q, "department", f.Department)
	in(q, "metric", f.Metrics)
	if f.RunningAt != nil {
		at := q.arg(*f.RunningAt)
		q.and("l.starts_at <= " + at + " and l.ends_at > " + at + " and (l.ended_at is null or l.ended_at > " + at + ")")
	}
	return inIDs(q, "memberIds", "member_id", id.Member, f.MemberIds)
}

// Goals are the goals of the workspace, the last to end first.
func (r *Reader) Goals(ctx context.Context, a page.Args, f *GoalFilter) (*Page[Goal], error) {
	return root(ctx, r, listing[Goal]{shape: goals, args: a, key: []any{f}, filter: f.add})
}

// GoalProgress is how a goal stands.
type GoalProgress struct {
	scorecard.Pace
	Measure *Measure
}

// Progress tells how goals stand: their numbers are counted together, in one statement for each population.
func (r *Reader) Progress(ctx context.Context, of []*Goal, now time.Time) ([]*GoalProgress, error) {
	b := &board{asking: &asking{by: scorecard.ByNothing}}
	for _, g := range of {
		stop := now.UTC().Truncate(time.Microsecond)
		if g.EndsAt.Before(stop) {
			stop = g.EndsAt
		}
		if g.EndedAt != nil && g.EndedAt.Before(stop) {
			stop = *g.EndedAt
		}
		b.windows = append(b.windows, window{span: scorecard.Span{From: g.StartsAt, To: stop}, until: stop, member: g.MemberID, team: g.Team})
		if !slices.Contains(b.metrics, g.Metric) {
			b.metrics = append(b.metrics, g.Metric)
		}
	}
	if err := b.count(ctx, r, now); err != nil {
		return nil, err
	}
	out := make([]*GoalProgress, len(of))
	for i, g := range of {
		w := b.windows[i]
		var group *string
		if len(of) > 1 {
			group = new(strconv.Itoa(i + 1))
		}
		m := b.number(g.Metric, group, w.span)
		for _, c := range m.parts {
			c.named = []any{"goal", g.ID}
		}
		out[i] = &GoalProgress{scorecard.PaceOf(g.Metric, m.Value, g.Target, scorecard.Span{From: g.StartsAt, To: g.EndsAt}, w.span.To), m}
	}
	return out, nil
}
