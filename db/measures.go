package db

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// board makes the numbers of one question.
type board struct {
	*asking
	metrics []scorecard.Metric
	tallies tallies
	costs   costs
}

// count asks the database: one statement for each population, one for what campaigns cost.
func (b *board) count(ctx context.Context, r *Reader, now time.Time) (err error) {
	var wanted []*counted
	for _, m := range b.metrics {
		for _, c := range ratios[m] {
			if c != nil && c != spending && !slices.Contains(wanted, c) {
				wanted = append(wanted, c)
			}
		}
	}
	priced := slices.ContainsFunc(b.metrics, func(m scorecard.Metric) bool { return ratios[m][0] == spending })
	if priced && b.by != scorecard.ByNothing && !b.by.Timed() && b.by != scorecard.ByCampaign {
		wanted = append(wanted, spending)
	}
	if slices.Contains(wanted, covers) {
		if b.timed, err = r.timedStages(ctx, now); err != nil {
			return err
		}
	}
	if b.tallies, err = r.tally(ctx, b.asking, wanted); err != nil || !priced {
		return err
	}
	b.costs, err = r.costs(ctx, b.asking, b.tallies)
	return err
}

// measures are the numbers of a group; of all where the group is nil.
func (b *board) measures(group *string, span scorecard.Span) []*Measure {
	out := []*Measure{}
	for _, m := range b.metrics {
		switch top := ratios[m][0]; {
		case top == covers && group != nil: // what is now belongs to no group of what was
		case top == spending:
			out = append(out, b.priced(m, group, span)...)
		default:
			if top.sum == "" {
				out = append(out, b.number(m, group, span))
			}
			if top.detail != "" {
				out = append(out, b.detailed(m, group, span)...)
			}
		}
	}
	return out
}

// number is a number of a group, over all details.
func (b *board) number(m scorecard.Metric, group *string, span scorecard.Span) *Measure {
	return b.made(m, group, "", b.tallies.of(ratios[m][0], group), span)
}

// detailed are a number for each reason, or for each currency.
func (b *board) detailed(m scorecard.Metric, group *string, span scorecard.Span) (out []*Measure) {
	top := ratios[m][0]
	details := b.tallies.details(top, group)
	for _, d := range most(details) {
		if d == "" {
			continue
		}
		n := b.made(m, group, d, details[d], span)
		if top.sum == "" {
			n.ReasonID = new(id.UUID)
			_ = n.ReasonID.UnmarshalText([]byte(d)) // Postgres wrote it
		} else {
			n.Currency = &d
		}
		out = append(out, n)
	}
	return out
}

// made makes a number.
func (b *board) made(m scorecard.Metric, group *string, detail string, s sum, span scorecard.Span) *Measure {
	top, bottom := ratios[m][0], ratios[m][1]
	n := &Measure{Metric: m, Numerator: s.rows, rests: Rests{m.Under(), span}, parts: map[scorecard.Part]*Counting{}}
	n.parts[scorecard.Numerator] = b.part(top, group, detail, s.rows)
	if top.sum != "" {
		n.Numerator = s.minor
	}
	n.over(b, bottom, group)
	return n
}

// over puts what is below the line under the number, and divides.
func (m *Measure) over(b *board, bottom *counted, group *string) {
	if bottom == nil {
		m.Value = new(float64(m.Numerator))
		return
	}
	below := b.tallies.of(bottom, group).rows
	m.Denominator = &below
	m.parts[scorecard.Denominator] = b.part(bottom, group, "", below)
	switch {
	case below > 0:
		m.Value = new(float64(m.Numerator) / float64(below))
	default:
		m.Missing = new(m.Metric.Missing())
	}
}

// most are the details of which there is most first; equals by their names.
func most(details map[string]sum) []string {
	return slices.SortedFunc(maps.Keys(details), func(a, b string) int {
		return cmp.Or(cmp.Compare(details[b].rows, details[a].rows), cmp.Compare(a, b))
	})
}

// part is what a count took in.
func (b *board) part(c *counted, group *string, detail string, n int64) *Counting {
	return &Counting{ask: b.asking, what: c, group: group, detail: detail, n: n}
}

// Counting is what a count took in: which rows, of which group.
type Counting struct {
	ask    *asking
	what   *counted
	group  *string // nil: all
	detail string  // empty: all
	n      int64
	ids    []id.UUID // where they are known already
	named  []any     // what its list is called, where the question alone does not say
}

// list names the list of what was counted, for cursors.
func (c *Counting) list(r *Reader) []byte {
	if c.named != nil {
		return page.List("counted", r.Workspace, c.named, c.what.of.kind, c.what.where)
	}
	return page.List("counted", r.Workspace, c.ask.named, c.what.of.sql, c.what.where, c.group, c.detail)
}
