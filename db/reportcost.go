package db

import (
	"context"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// reportCosts are what campaigns cost in the time and the currency of a report, each as on a scorecard of that time.
type reportCosts struct {
	minor   map[id.UUID]int64
	foreign map[id.UUID]bool // those that cost something in another currency
	total   int64
}

// reportCosts reads what campaigns cost in the time of a report.
func (r *Reader) reportCosts(ctx context.Context, o *AttributionReport) (*reportCosts, error) {
	c := &reportCosts{minor: map[id.UUID]int64{}, foreign: map[id.UUID]bool{}}
	if o.Currency == nil {
		return c, nil
	}
	span := scorecard.Span{From: o.ClosedFrom, To: o.ClosedBefore}
	all, err := r.spent(ctx, span)
	for _, s := range all {
		if s.currency != *o.Currency {
			c.foreign[s.id] = true
			continue
		}
		c.minor[s.id] = s.Within(span)
		c.total += c.minor[s.id]
	}
	return c, err
}

// open prepares sums for costs: by campaign each has a row, also where it earned nothing; by something else each one's credit is kept apart by rows.
func (c *reportCosts) open(by attribution.Dimension, sums *attribution.Report) {
	var ids []id.UUID
	for campaign := range c.minor {
		if by == attribution.ByCampaign {
			sums.List(attribution.Key{ID: campaign})
		} else {
			ids = append(ids, campaign)
		}
	}
	sums.Follow(ids)
}

// cost gives the rows what they cost under each model, and the totals what campaigns cost that earned nothing. Both together are what campaigns cost.
func (o *AttributionReport) cost(c *reportCosts, sums *attribution.Report) {
	o.CostMinor, o.OtherCurrencyCampaigns = c.total, int64(len(c.foreign))
	rows := make(map[attribution.Key]*AttributionReportRow, len(o.rows))
	for _, row := range o.rows {
		rows[row.row.Key] = row
		row.costs = make([]int64, len(o.Totals))
		for n := range row.costs {
			row.costs[n] = c.minor[row.row.Key.ID] // 0 but in reports by campaign: no other id is that of one
		}
		row.unpriced = o.By == attribution.ByCampaign && (row.row.Key.ID.IsZero() || c.foreign[row.row.Key.ID])
	}
	if o.By != attribution.ByCampaign {
		o.share(c, sums.CampaignCredits(), rows)
	}
}

// share divides each campaign's cost among the rows by what its touches earned there, under each model.
func (o *AttributionReport) share(c *reportCosts, credits []attribution.CampaignCredit, rows map[attribution.Key]*AttributionReportRow) {
	for _, total := range o.Totals {
		total.UnattributedCostMinor = c.total
	}
	for len(credits) > 0 {
		n := 1
		for n < len(credits) && credits[n].Campaign == credits[0].Campaign {
			n++
		}
		for m, total := range o.Totals {
			earned := make([]int64, n)
			for i := range earned {
				earned[i] = credits[i].Credits[m]
			}
			for i, part := range attribution.Divide(c.minor[credits[0].Campaign], earned) {
				rows[credits[i].Key].costs[m] += part
				total.UnattributedCostMinor -= part
			}
		}
		credits = credits[n:]
	}
}

// CostMinor is what the row cost under the first model; nil where that is not known.
func (r *AttributionReportRow) CostMinor() *int64 { return r.costUnder(0) }

// costUnder is what the row cost under a model.
func (r *AttributionReportRow) costUnder(model int) *int64 {
	if r.unpriced {
		return nil
	}
	return &r.costs[model]
}
