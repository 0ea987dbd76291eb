package db

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// costs are what campaigns cost in a period, and how each cost is divided among groups.
type costs struct {
	campaigns []spent
	groups    map[string]map[id.UUID]int64 // by group and campaign, where costs are divided
}

// spent is what one campaign costs.
type spent struct {
	scorecard.Spend
	id       id.UUID
	currency string
}

// costs reads the campaigns that cost anything in the period, and divides each cost by the leads that came by it.
func (r *Reader) costs(ctx context.Context, a *asking, t tallies) (out costs, err error) {
	span := a.windows[0].span
	if out.campaigns, err = r.spent(ctx, span); err != nil {
		return out, err
	}
	if by := t[spending]; by != nil {
		out.divide(by, span)
	}
	return out, nil
}

// spent reads the campaigns that cost anything in a period.
func (r *Reader) spent(ctx context.Context, span scorecard.Span) (all []spent, err error) {
	rows, err := r.tenant.reporting().Query(ctx, `select c.id, c.starts_at, c.ends_at, c.cost_minor, c.currency from campaigns c
		where c.workspace_id = $1 and c.cost_minor > 0 and c.starts_at < $3 and (c.ends_at > $2 or c.ends_at is null and c.starts_at >= $2) order by c.id`, r.Workspace, span.From, span.To)
	if err != nil {
		return nil, fmt.Errorf("read what campaigns cost: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s spent
		if err := rows.Scan(&s.id, &s.Starts, &s.Ends, &s.Minor, &s.currency); err != nil {
			return nil, fmt.Errorf("read what campaigns cost: %w", err)
		}
		if s.Within(span) > 0 { // of a small cost little time may be none
			all = append(all, s)
		}
	}
	return all, rows.Err()
}

// divide gives each group its part of each campaign's cost.
func (c *costs) divide(leads map[string]map[string]sum, span scorecard.Span) {
	c.groups = map[string]map[id.UUID]int64{}
	keys := slices.SortedFunc(maps.Keys(leads), last)
	for _, s := range c.campaigns {
		counts := make([]int64, len(keys))
		for i, k := range keys {
			counts[i] = leads[k][s.id.String()].rows
		}
		for i, part := range attribution.Divide(s.Within(span), counts) {
			if c.groups[keys[i]] == nil {
				c.groups[keys[i]] = map[id.UUID]int64{}
			}
			c.groups[keys[i]][s.id] = part
		}
	}
}

// of is what a campaign cost a group in a stretch of time.
func (b *board) costOf(s spent, group *string, span scorecard.Span) int64 {
	switch {
	case group == nil || b.by.Timed():
		return s.Within(span)
	case b.by == scorecard.ByCampaign:
		if *group != s.id.String() {
			return 0
		}
		return s.Within(span)
	}
	return b.costs.groups[*group][s.id]
}

// noCost says why there is no cost per lead.
const noCost = "No campaign has a cost in the period."

// priced are the numbers of a metric that counts money spent, one for each currency.
func (b *board) priced(m scorecard.Metric, group *string, span scorecard.Span) []*Measure {
	found := map[string]*Measure{}
	number := func(currency *string) *Measure {
		n := &Measure{Metric: m, Currency: currency, rests: Rests{m.Under(), span}, parts: map[scorecard.Part]*Counting{}}
		n.parts[scorecard.Numerator] = b.part(spending, group, "", 0)
		return n
	}
	for _, s := range b.costs.campaigns {
		cost := b.costOf(s, group, span)
		if cost == 0 {
			continue
		}
		n := found[s.currency]
		if n == nil {
			n = number(new(s.currency))
			found[s.currency] = n
		}
		n.Numerator += cost
		of := n.parts[scorecard.Numerator]
		of.n, of.detail, of.ids = of.n+1, s.currency, append(of.ids, s.id)
	}
	var out []*Measure
	for _, currency := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[currency])
	}
	if len(out) == 0 {
		out = append(out, number(nil))
	}
	for _, n := range out {
		n.over(b, ratios[m][1], group)
		if n.Currency == nil && n.Denominator != nil {
			n.Value, n.Missing = nil, new(noCost)
		}
	}
	return out
}
