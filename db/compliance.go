package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// SlaCompliance is what became of a group of clocks.
type SlaCompliance struct {
	sla.Compliance
	GroupKey
	late sla.Compliance
	ask  *asking
	text string // the group's key as the statements tell it
}

// SlaPercentiles are percentiles in seconds.
type SlaPercentiles struct{ P50, P75, P90, P95 float64 }

// Elapsed is how long it took where it was done; nil where nothing was.
func (c *SlaCompliance) Elapsed() *SlaPercentiles { return percentiles(&c.Compliance) }

// Overdue is how late it was done, or is by the last look; nil where nothing is late.
func (c *SlaCompliance) Overdue() *SlaPercentiles { return percentiles(&c.late) }

func percentiles(c *sla.Compliance) *SlaPercentiles {
	if c.Percentile(0.5) == nil {
		return nil
	}
	at := func(p float64) float64 { return c.Percentile(p).Seconds() }
	return &SlaPercentiles{at(0.5), at(0.75), at(0.9), at(0.95)}
}

// fates are the counts of a compliance, by their names in the API.
var fates = map[string]*counted{
	"MET":       {of: started, where: "p.state = 'MET'"},
	"BREACHED":  {of: started, where: "p.state = 'BREACHED'"},
	"WAIVED":    {of: started, where: "p.state = 'WAIVED'"},
	"PAUSED":    {of: started, where: "p.state = 'PAUSED'"},
	"CANCELLED": {of: started, where: "p.state = 'CANCELLED'"},
	"OPEN":      {of: started, where: "p.state in ('PENDING', 'RUNNING', 'WARNING')"},
	"ELAPSED":   {of: started, where: "p.state in ('MET', 'BREACHED') and p.fulfilled_at is not null"},
	"OVERDUE":   {of: started, where: "p.overdue_us > 0"},
}

// Counts is what a number of the group took in.
func (c *SlaCompliance) Counts(of string) *Counting {
	n := map[string]int{"MET": c.Met, "BREACHED": c.Breached, "WAIVED": c.Waived, "PAUSED": c.Paused, "CANCELLED": c.Cancelled, "OPEN": c.Open, "ELAPSED": c.Fulfilled(), "OVERDUE": c.late.Fulfilled()}[of]
	return &Counting{ask: c.ask, what: fates[of], group: &c.text, n: int64(n)}
}

// SlaCompliance adds up what became of the clocks that started in a period, by group, as a member sees them; me is zero for other viewers. Without an end it ends now, without a beginning it has 90 days.
func (r *Reader) SlaCompliance(ctx context.Context, from, to *time.Time, by scorecard.Grouping, f *ClockFilter, me id.UUID, now time.Time) ([]*SlaCompliance, error) {
	a, err := asks(from, to, nil, by, now)
	if err == nil {
		err = f.add(&query{args: []any{r.Workspace}}, me)
	}
	if err != nil {
		return nil, err
	}
	a.clocks = &viewedClocks{f, me}
	a.named = append(a.named, a.clocks.key()...)
	found, err := r.fates(ctx, a)
	if err != nil {
		return nil, err
	}
	seen := tallies{fates["MET"]: {}}
	for key := range found {
		seen[fates["MET"]][key] = nil
	}
	out := []*SlaCompliance{}
	for _, g := range a.groups(seen, costs{}) {
		c := found[g.text]
		if c == nil { // a month or a week in which no clock started
			c = &SlaCompliance{}
		}
		c.GroupKey, c.ask, c.text = g.GroupKey, a, g.text
		out = append(out, c)
	}
	return out, nil
}

// fates adds up what became of clocks, by the keys of their groups.
func (r *Reader) fates(ctx context.Context, a *asking) (map[string]*SlaCompliance, error) {
	q := &query{args: []any{r.Workspace}}
	from, where, key := a.source(q, started)
	rows, err := r.tenant.reporting().Query(ctx, fmt.Sprintf("select coalesce((%s)::text, ''), p.state, p.fulfilled_at, p.elapsed_us, p.overdue_us from %s where %s", key, from, where), q.args...)
	if err != nil {
		return nil, fmt.Errorf("read clocks: %w", err)
	}
	defer rows.Close()
	groups := map[string]*SlaCompliance{}
	for rows.Next() {
		var key string
		var c sla.Clock
		var elapsed, overdue int64
		if err := rows.Scan(&key, &c.State, &c.FulfilledAt, &elapsed, &overdue); err != nil {
			return nil, fmt.Errorf("read clocks: %w", err)
		}
		g := groups[key]
		if g == nil {
			g = &SlaCompliance{}
			groups[key] = g
		}
		c.Elapsed = micros(elapsed)
		g.Add(&c)
		if overdue > 0 {
			g.late.Add(&sla.Clock{State: sla.Breached, FulfilledAt: new(time.Time), Elapsed: micros(overdue)})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read clocks: %w", err)
	}
	return groups, nil
}

// last orders keys; none comes last.
func last(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return strings.Compare(a, b)
}

// period is the stretch of time that a report is about.
func period(from, to *time.Time, now time.Time) (start, end time.Time, err error) {
	end = now
	if to != nil {
		end = *to
	}
	start = end.Add(-usualPeriod)
	if from != nil {
		start = *from
	}
	start, end = start.UTC().Truncate(time.Microsecond), end.UTC().Truncate(time.Microsecond)
	if length := end.Sub(start); length <= 0 || length > maxPeriod {
		field := "to"
		if to == nil { // it ends now
			field = "from"
		}
		return start, end, fault.Input(field, "The period ends after it begins, and at most %d days later.", maxPeriod/(24*time.Hour))
	}
	return start, end, nil
}
