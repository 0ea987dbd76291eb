package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// SlaCompliance is what became of a group of clocks.
type SlaCompliance struct {
	sla.Compliance
	Key       *string  // of stages, departments and rules
	MemberID  *id.UUID // of members
	PersonaID *id.UUID // of personas
	late      sla.Compliance
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

// groupings are the columns by which clocks are grouped.
var groupings = map[string]string{
	"STAGE": "l.stage", "DEPARTMENT": "l.department", "RULE": "l.rule", "MEMBER": "l.member_id::text",
	"PERSONA": "(select x.persona_id::text from leads x where x.workspace_id = l.workspace_id and x.id = l.lead_id)",
}

// SlaCompliance adds up what became of the clocks that started in a period, by group, as a member sees them; me is zero for other viewers. Without an end it ends now, without a beginning it has 90 days.
func (r *Reader) SlaCompliance(ctx context.Context, from, to *time.Time, by string, f *ClockFilter, me id.UUID, now time.Time) ([]*SlaCompliance, error) {
	start, end, err := period(from, to, now)
	if err != nil {
		return nil, err
	}
	q := &query{}
	q.and("l.workspace_id = " + q.arg(r.Workspace))
	span(q, "starts_at", &start, &end)
	if err := f.add(q, me); err != nil {
		return nil, err
	}
	rows, err := r.tenant.planned(true).Query(ctx, "select coalesce("+groupings[by]+", ''), l.state, l.fulfilled_at, l.elapsed_us, l.overdue_us from clocks l where "+strings.Join(q.where, " and "), q.args...)
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
			g.late.Add(&sla.Clock{State: sla.Breached, FulfilledAt: &end, Elapsed: micros(overdue)})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read clocks: %w", err)
	}
	return named(groups, by)
}

// named puts the groups in the order of their keys; what has none comes last.
func named(groups map[string]*SlaCompliance, by string) ([]*SlaCompliance, error) {
	keys := make([]string, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, last)
	out := make([]*SlaCompliance, len(keys))
	for i, k := range keys {
		out[i] = groups[k]
		if k == "" {
			continue
		}
		var which id.UUID
		switch by {
		case "MEMBER", "PERSONA":
			if err := which.UnmarshalText([]byte(k)); err != nil {
				return nil, err
			}
			if by == "MEMBER" {
				out[i].MemberID = &which
			} else {
				out[i].PersonaID = &which
			}
		default:
			out[i].Key = &k
		}
	}
	return out, nil
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
