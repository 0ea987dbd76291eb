package db

import (
	"context"
	"fmt"
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
	ask         *asking
	group       *string // nil: all
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

// The counts of a stage. They are read where somebody asks who was counted.
var (
	reaches  = &counted{of: reached, detail: "p.stage"}
	stands   = &counted{of: walked, detail: "p.stage"}
	advances = &counted{of: advanced, detail: "p.stage"}
	leaves   = &counted{of: leavers, detail: "p.stage"}
)

// Counts is what a number of the stage took in; nil where the stage does not have it.
func (s *FunnelStage) Counts(of string) *Counting {
	switch {
	case of == "REACHED":
		return s.part(reaches, s.Reached)
	case of == "STANDING":
		return s.part(stands, s.Standing)
	case s.NextReached != nil:
		return s.part(advances, *s.NextReached)
	}
	return nil
}

// part is what a count of the stage took in.
func (s *FunnelStage) part(c *counted, n int64) *Counting {
	return &Counting{ask: s.ask, what: c, group: s.group, detail: string(s.Stage), n: n}
}

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
		s := &FunnelStage{Stage: stage, leads: row.Leads, ask: a, group: group}
		bits, onward := both(stage)
		n := int64(0)
		for _, c := range of {
			if c.mask>>i&1 == 1 {
				s.Reached += c.leads
			}
			if c.mask&bits == bits {
				n += c.leads
			}
			if c.standing == stage {
				s.Standing += c.leads
			}
		}
		if next, _ := scorecard.Next(stage); onward {
			s.Next, s.NextReached = &next, &n
		}
		row.Stages = append(row.Stages, s)
	}
	return row
}
