package db

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
)

// departmentCredit is what a department claims beyond its credit, and what rulings give it.
type departmentCredit struct{ disputed, settled int64 }

// disputed adds to a report what is in dispute and what was settled, in one statement. A department that earned nothing has a row where it claims, or has something by a ruling.
func (r *Reader) disputed(ctx context.Context, o *AttributionReport) error {
	if o.Currency == nil {
		return nil
	}
	s, err := r.DisputedCredit(ctx, DisputedCreditParams{WorkspaceID: r.Workspace, Currency: *o.Currency, FromAt: o.ClosedFrom, ToAt: o.ClosedBefore})
	if err != nil {
		return fmt.Errorf("read disputes: %w", err)
	}
	o.DisputedDeals, o.DisputedMinor, o.SettledDeals, o.SettledMinor = s.DisputedDeals, s.MarketingDisputed+s.SalesDisputed, s.SettledDeals, s.MarketingSettled+s.SalesSettled
	if o.By != attribution.ByDepartment {
		return nil
	}
	for d, sum := range map[auth.Department]departmentCredit{auth.Marketing: {s.MarketingDisputed, s.MarketingSettled}, auth.Sales: {s.SalesDisputed, s.SalesSettled}} {
		if row := o.department(d, sum != departmentCredit{}); row != nil {
			row.disputed = sum
		}
	}
	return nil
}

// department is the row of a department, made where there is none if it is needed.
func (o *AttributionReport) department(d auth.Department, needed bool) *AttributionReportRow {
	for _, row := range o.rows {
		if row.row.Key.Name == string(d) {
			return row
		}
	}
	if !needed {
		return nil
	}
	row := &AttributionReportRow{row: attribution.Row{Key: attribution.Key{Name: string(d)}, Credits: make([]attribution.Sum, len(o.Totals))}, report: o, costs: make([]int64, len(o.Totals))}
	o.rows = append(o.rows, row)
	return row
}

// DisputedMinor is what the department claims beyond its credit; nil in reports by something else, and for what is nobody's.
func (r *AttributionReportRow) DisputedMinor() *int64 { return r.ofDepartment(r.disputed.disputed) }

// SettledMinor is what rulings give the department; nil in reports by something else, and for what is nobody's.
func (r *AttributionReportRow) SettledMinor() *int64 { return r.ofDepartment(r.disputed.settled) }

func (r *AttributionReportRow) ofDepartment(sum int64) *int64 {
	if r.report.By != attribution.ByDepartment || r.row.Key.Name == "" {
		return nil
	}
	return &sum
}
