package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// FunnelReport is how far the leads of a period came: all, and those of each group.
type FunnelReport struct {
	From, To, Until time.Time
	By              scorecard.Grouping
	Total           *FunnelRow
	Rows            []*FunnelRow
}

// Definition says what is counted.
func (*FunnelReport) Definition() string { return scorecard.FunnelDefinition }

// Rests is what the report rests on.
func (f *FunnelReport) Rests() Rests {
	return Rests{agreement.LeadDefinition, scorecard.Span{From: f.From, To: f.To}}
}

// FunnelRow is how far the leads of a group came.
type FunnelRow struct {
	GroupKey
	Leads  int64
	Stages []*FunnelStage
}

// FunnelStage is how many leads came to a stage, and to the next.
type FunnelStage struct {
	Stage       lifecycle.Stage
	Reached     int64
	Standing    int64
	Next        *lifecycle.Stage
	NextReached *int64
	leads       int64
	counting    *Counting
}

// Share is the part of all leads that came to the stage; nil without leads.
func (s *FunnelStage) Share() *float64 { return ratio(s.Reached, s.leads) }

// Conversion is the part of those that came to the stage which came to the next one too; nil where nobody came to it, or there is no next.
func (s *FunnelStage) Conversion() *float64 {
	if s.NextReached == nil {
		return nil
	}
	return ratio(*s.NextReached, s.Reached)
}

func ratio(a, b int64) *float64 {
	if b == 0 {
		return nil
	}
	return new(float64(a) / float64(b))
}

// Counts is what the stage counts.
func (s *FunnelStage) Counts() *Counting { return s.counting }

// stages counts leads by the stage that they came to; it is read where somebody asks who they are.
var stages = &counted{of: reached, detail: "p.stage"}

// combination is a set of leads that came to the same stages and stand in the same one.
type combination struct {
	mask, leads int64
	standing    lifecycle.Stage
}

// Funnel counts how far the leads captured in a period came.
func (r *Reader) Funnel(ctx context.Context, ask ScorecardAsk, f *CohortFilter, now time.Time) (*FunnelReport, error) {
	a, err := asks(ask.From, ask.To, ask.Until, ask.By, now)
	if err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	a.filter, a.named = f, append(a.named, f)
	found, err := r.combinations(ctx, a)
	if err != nil {
		return nil, err
	}
	w := a.windows[0]
	out := &FunnelReport{From: w.span.From, To: w.span.To, Until: w.until, By: ask.By, Rows: []*FunnelRow{}}
	var all []combination
	seen := tallies{captures: {}}
	for key, of := range found {
		all = append(all, of...)
		seen[captures][key] = nil
	}
	out.Total = a.funnel(GroupKey{From: w.span.From, To: w.span.To}, nil, all)
	for _, g := range a.groups(seen, costs{}) {
		out.Rows = append(out.Rows, a.funnel(g.GroupKey, &g.text, found[g.text]))
	}
	return out, nil
}

// combinations reads which leads came to the same stages, by group.
func (r *Reader) combinations(ctx context.Context, a *asking) (map[string][]combination, error) {
	q := &query{args: []any{r.Workspace}}
	from, where, key := a.source(q, walked)
	by := "p.mask, p.stage"
	if key != alike {
		by += ", " + key
	}
	rows, err := r.tenant.reporting().Query(ctx, fmt.Sprintf("select coalesce((%s)::text, ''), p.mask, p.stage, count(*) from %s where %s group by %s", key, from, where, by), q.args...)
	if err != nil {
		return nil, fmt.Errorf("count stages: %w", err)
	}
	defer rows.Close()
	found := map[string][]combination{}
	for rows.Next() {
		var key string
		var c combination
		if err := rows.Scan(&key, &c.mask, &c.standing, &c.leads); err != nil {
			return nil, fmt.Errorf("count stages: %w", err)
		}
		c.mask |= 1 // all begin as NEW
		found[key] = append(found[key], c)
	}
	return found, rows.Err()
}

// funnel adds up the leads of a group.
func (a *asking) funnel(key GroupKey, group *string, of []combination) *FunnelRow {
	row := &FunnelRow{GroupKey: key}
	for _, c := range of {
		row.Leads += c.leads
	}
	for i, stage := range lifecycle.Stages {
		s := &FunnelStage{Stage: stage, leads: row.Leads}
		next, onward := scorecard.Next(stage)
		both := int64(1)<<i | 1<<max(0, slices.Index(lifecycle.Stages, next))
		n := int64(0)
		for _, c := range of {
			if c.mask>>i&1 == 1 {
				s.Reached += c.leads
			}
			if c.mask&both == both {
				n += c.leads
			}
			if c.standing == stage {
				s.Standing += c.leads
			}
		}
		if onward {
			s.Next, s.NextReached = &next, &n
		}
		s.counting = &Counting{ask: a, what: stages, group: group, detail: string(stage), n: s.Reached}
		row.Stages = append(row.Stages, s)
	}
	return row
}

// StageTime is how long leads stayed in a stage, in seconds.
type StageTime struct {
	Visits         int64
	Mean, P50, P90 float64
}

// StageTimes are how long leads stayed in stages, for those that left: one statement for each report.
func (r *Reader) StageTimes(ctx context.Context, of []*FunnelStage) ([]*StageTime, error) {
	type place struct{ group, stage string }
	read := map[*asking]map[place]*StageTime{}
	out := make([]*StageTime, len(of))
	for i, s := range of {
		c := s.counting
		if read[c.ask] == nil {
			found := map[place]*StageTime{}
			err := r.stageTimes(ctx, c.ask, func(group, stage string, t *StageTime) { found[place{group, stage}] = t })
			if err != nil {
				return nil, err
			}
			read[c.ask] = found
		}
		group := everybody
		if c.group != nil {
			group = *c.group
		}
		out[i] = read[c.ask][place{group, c.detail}]
	}
	return out, nil
}

// everybody is the group of all. No team is called so, for a name is of one line.
const everybody = "\n"

func (r *Reader) stageTimes(ctx context.Context, a *asking, found func(group, stage string, t *StageTime)) error {
	q := &query{args: []any{r.Workspace}}
	from, where, key := a.source(q, visited)
	head, by := "'"+everybody+"'", "p.stage"
	if key != alike {
		head = fmt.Sprintf("case when grouping(%s) = 1 then '%s' else coalesce((%[1]s)::text, '') end", key, everybody)
		by = fmt.Sprintf("grouping sets ((p.stage), (p.stage, %s))", key)
	}
	rows, err := r.tenant.reporting().Query(ctx, fmt.Sprintf(`select %s, p.stage, count(*), avg(p.took), percentile_cont(array[0.5, 0.9]) within group (order by p.took)
		from %s where %s group by %s`, head, from, where, by), q.args...)
	if err != nil {
		return fmt.Errorf("read times in stages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var group, stage string
		var t StageTime
		var at []float64
		if err := rows.Scan(&group, &stage, &t.Visits, &t.Mean, &at); err != nil {
			return fmt.Errorf("read times in stages: %w", err)
		}
		t.P50, t.P90 = at[0], at[1]
		found(group, stage, &t)
	}
	return rows.Err()
}
