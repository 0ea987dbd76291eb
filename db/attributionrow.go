package db

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// keyKinds are the kinds of ids that the keys of rows are.
var keyKinds = map[attribution.Dimension]id.Kind{attribution.ByCampaign: id.Campaign, attribution.BySource: id.Source, attribution.ByPersona: id.Persona, attribution.ByResource: id.Resource}

// Key is what a row stands for; nil for touches without one.
func (r *AttributionReportRow) Key() *string {
	kind, known := keyKinds[r.report.By]
	if !known {
		return spoken(r.row.Key.Name)
	}
	if r.row.Key.ID.IsZero() {
		return nil
	}
	return new(id.Global{Kind: kind, UUID: r.row.Key.ID}.String())
}

// Object is the id of what a row stands for, in a report by a dimension; nil in reports by another one.
func (r *AttributionReportRow) Object(by attribution.Dimension) *id.UUID {
	if r.report.By != by || r.row.Key.ID.IsZero() {
		return nil
	}
	return &r.row.Key.ID
}

// Touches are those that count.
func (r *AttributionReportRow) Touches() int64 { return r.row.Touches }

// SourcedDeals are deals whose first touch was here.
func (r *AttributionReportRow) SourcedDeals() int64 { return r.row.Sourced }

// SourcedMinor is what they are worth.
func (r *AttributionReportRow) SourcedMinor() int64 { return r.row.SourcedMinor }

// SourcedShare is their part of all deals.
func (r *AttributionReportRow) SourcedShare() float64 { return partOf(r.row.Sourced, r.report.Deals) }

// InfluencedDeals are deals with any touch here.
func (r *AttributionReportRow) InfluencedDeals() int64 { return r.row.Influenced }

// InfluencedMinor is what they are worth.
func (r *AttributionReportRow) InfluencedMinor() int64 { return r.row.InfluencedMinor }

// InfluencedShare is their part of all deals.
func (r *AttributionReportRow) InfluencedShare() float64 {
	return partOf(r.row.Influenced, r.report.Deals)
}

// partOf is a part of a whole; 0 of nothing.
func partOf(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Policies are the versions under which its deals were credited.
func (r *AttributionReportRow) Policies() []id.UUID { return r.row.Policies }

// AttributionReportCredit is what a row earned under a model.
type AttributionReportCredit struct {
	Model       attribution.Model
	AmountMinor int64
	Deals       float64
	Share       float64
	CostMinor   *int64
	Return      *float64
}

// Credits are what a row earned under each model, for what it cost under it.
func (r *AttributionReportRow) Credits() []*AttributionReportCredit {
	all := make([]*AttributionReportCredit, len(r.row.Credits))
	for i, sum := range r.row.Credits {
		t, cost := r.report.Totals[i], r.costUnder(i)
		c := &AttributionReportCredit{Model: t.Model, AmountMinor: sum.AmountMinor, Deals: sum.Deals, Share: partOf(sum.AmountMinor, t.AttributedMinor), CostMinor: cost}
		answered := slices.ContainsFunc(t.Total.Outcomes, func(e attribution.Ending) bool { return e.Outcome == attribution.Answered })
		if cost != nil && *cost > 0 && answered {
			c.Return = new(float64(sum.AmountMinor) / float64(*cost))
		}
		all[i] = c
	}
	return all
}

// ReportRows are the rows of reports, a page of each.
func (r *Reader) ReportRows(of []*AttributionReport, a page.Args) ([]*Page[AttributionReportRow], error) {
	out := make([]*Page[AttributionReportRow], len(of))
	for i, o := range of {
		var err error
		if out[i], err = sliced(r, o.key, o.rows, a, func(x *AttributionReportRow) page.Tuple { return page.Tuple{Text: &x.row.Key.Name, ID: x.row.Key.ID} }); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// DealsOfRows are the deals of rows, those won last first, a page of each. They are read in one statement.
func (r *Reader) DealsOfRows(ctx context.Context, of []*AttributionReportRow, a page.Args) ([]*Page[Deal], error) {
	out := make([]*Page[Deal], len(of))
	var ids []id.UUID
	for i, o := range of {
		all := make([]*Deal, len(o.row.Deals))
		for n, d := range o.row.Deals {
			all[n] = &Deal{ID: d}
		}
		var err error
		if out[i], err = sliced(r, page.List("dealsOfRow", o.report.key, o.row.Key), all, a, func(d *Deal) page.Tuple { return page.Tuple{ID: d.ID} }); err != nil {
			return nil, err
		}
		for _, d := range out[i].Nodes {
			ids = append(ids, d.ID)
		}
	}
	rows, err := ByID[Deal](ctx, r, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[id.UUID]*Deal, len(rows))
	for _, row := range rows {
		byID[row.ID] = row
	}
	for _, p := range out {
		for n, d := range p.Nodes {
			p.Nodes[n] = byID[d.ID] // deals are never deleted
		}
	}
	return out, nil
}

// AttributionTotal is what a model made of all deals.
type AttributionTotal struct {
	attribution.Total
	UnattributedCostMinor int64 // of campaigns that earned nothing
}

// Outcomes are how the model answered.
func (t *AttributionTotal) Outcomes() []*AttributionEnding {
	all := make([]*AttributionEnding, len(t.Total.Outcomes))
	for i, e := range t.Total.Outcomes {
		all[i] = &AttributionEnding{e}
	}
	return all
}

// AttributionEnding is how a model answered for some deals.
type AttributionEnding struct{ attribution.Ending }

// Reason says why it did not; nil where it did.
func (e *AttributionEnding) Reason() *string { return spoken(e.Ending.Reason) }

// close takes the sums over.
func (o *AttributionReport) close(sums *attribution.Report) {
	o.Deals, o.UntouchedDeals = sums.Deals()
	o.AmountMinor = sums.AmountMinor()
	for _, t := range sums.Totals() {
		o.Totals = append(o.Totals, &AttributionTotal{Total: t})
	}
	for _, row := range sums.Rows() {
		slices.Reverse(row.Deals) // those won last first
		o.rows = append(o.rows, &AttributionReportRow{row: row, report: o})
	}
	slices.SortStableFunc(o.rows, func(x, y *AttributionReportRow) int {
		return cmp.Or(cmp.Compare(y.row.Credits[0].AmountMinor, x.row.Credits[0].AmountMinor), cmp.Compare(y.row.Credits[0].Deals, x.row.Credits[0].Deals),
			strings.Compare(x.row.Key.Name, y.row.Key.Name), slices.Compare(x.row.Key.ID[:], y.row.Key.ID[:]))
	})
}
