package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// DealReport says what became of deals, for all and for each group.
type DealReport struct {
	Total  *DealReportRow
	Rows   []*DealReportRow
	Groups int // how many there are; Rows has the largest
}

// DealReportRow is what became of the deals of a group.
type DealReportRow struct {
	Key             *string  // of months, stages, industries and attributes
	OwnerID         *id.UUID // of owners
	SourceID        *id.UUID // of sources
	Deals           int
	Open, Won, Lost int
	DaysToWinMedian *float64
	DaysToWinMean   *float64
	Amounts         []*DealAmount
}

// DealAmount is what the deals of a group are worth in one currency.
type DealAmount struct {
	Currency string
	Won      int // deals
	WonMinor int64
	Open     int
	// OpenMinor leaves deals of an unknown amount out by itself: they have none.
	OpenMinor int64
}

// WinRate is won / (won + lost); nil where nothing was decided.
func (r *DealReportRow) WinRate() *float64 {
	return backtest.Share{Part: r.Won, Total: r.Won + r.Lost}.Rate()
}

// WonMinorMean is the amount of a won deal on average; nil where none was won.
func (a *DealAmount) WonMinorMean() *float64 {
	if a.Won == 0 {
		return nil
	}
	return new(float64(a.WonMinor) / float64(a.Won))
}

// maxGroups is how many groups a report tells apart.
const maxGroups = 500

// dealGroupings are the texts by which deals are grouped.
var dealGroupings = map[string]string{
	"NONE": "null::text", "MONTH": "to_char(l.closed_at at time zone 'UTC', 'YYYY-MM')", "OWNER": "l.owner_id::text", "SOURCE": "l.source_id::text", "STAGE": "l.stage",
	"INDUSTRY": dealIndustry, "ATTRIBUTE": "",
}

// dealCounts counts deals by group, by currency, by both and altogether, in one pass.
const dealCounts = `with d as materialized (select %s as key, l.currency, l.outcome, l.amount_minor, extract(epoch from l.closed_at - l.opened_at)::float8 / 86400 as days from deals l where %s)
select grouping(key) = 1, grouping(currency) = 1, key, currency, count(*), count(*) filter (where outcome = 'OPEN'), count(*) filter (where outcome = 'WON'), count(*) filter (where outcome = 'LOST'),
  coalesce(sum(amount_minor) filter (where outcome = 'OPEN'), 0)::bigint, coalesce(sum(amount_minor) filter (where outcome = 'WON'), 0)::bigint,
  percentile_cont(0.5) within group (order by days) filter (where outcome = 'WON'), avg(days) filter (where outcome = 'WON')
from d group by grouping sets ((), (currency), (key), (key, currency))`

// DealReport counts deals by group.
func (r *Reader) DealReport(ctx context.Context, by string, attribute *string, f *DealFilter) (*DealReport, error) {
	q := &query{}
	q.and("l.workspace_id = " + q.arg(r.Workspace))
	if err := f.add(q); err != nil {
		return nil, err
	}
	key := dealGroupings[by]
	switch {
	case by == "ATTRIBUTE" && attribute == nil:
		return nil, fault.Input("attribute", "Name the attribute by which deals are told apart, such as product.")
	case by != "ATTRIBUTE" && attribute != nil:
		return nil, fault.Input("attribute", "An attribute goes with by: ATTRIBUTE alone.")
	case by == "ATTRIBUTE":
		key = "l.attributes ->> " + q.arg(*attribute) + "::text"
	}
	rows, err := r.tenant.planned(true).Query(ctx, fmt.Sprintf(dealCounts, key, strings.Join(q.where, " and ")), q.args...)
	if err != nil {
		return nil, fmt.Errorf("count deals: %w", err)
	}
	defer rows.Close()
	out := &DealReport{Total: &DealReportRow{Amounts: []*DealAmount{}}}
	groups := map[string]*DealReportRow{}
	for rows.Next() {
		var total, anyCurrency bool
		var key, currency *string
		n := &DealReportRow{}
		a := &DealAmount{}
		if err := rows.Scan(&total, &anyCurrency, &key, &currency, &n.Deals, &n.Open, &n.Won, &n.Lost, &a.OpenMinor, &a.WonMinor, &n.DaysToWinMedian, &n.DaysToWinMean); err != nil {
			return nil, fmt.Errorf("count deals: %w", err)
		}
		group := out.Total
		if !total {
			if group = groups[deref(key)]; group == nil {
				group = &DealReportRow{Amounts: []*DealAmount{}}
				groups[deref(key)] = group
			}
		}
		group.put(n, a, currency, anyCurrency)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count deals: %w", err)
	}
	out.Rows = []*DealReportRow{}
	if by != "NONE" {
		err = out.arrange(groups, by)
	}
	return out, err
}

// put takes up what one line of the answer says: of all currencies, or of one.
func (r *DealReportRow) put(n *DealReportRow, a *DealAmount, currency *string, anyCurrency bool) {
	if anyCurrency {
		r.Deals, r.Open, r.Won, r.Lost, r.DaysToWinMedian, r.DaysToWinMean = n.Deals, n.Open, n.Won, n.Lost, n.DaysToWinMedian, n.DaysToWinMean
		return
	}
	a.Currency, a.Open, a.Won = deref(currency), n.Open, n.Won
	r.Amounts = append(r.Amounts, a)
	slices.SortFunc(r.Amounts, func(a, b *DealAmount) int { return strings.Compare(a.Currency, b.Currency) })
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// arrange puts months as they follow, other groups by how many deals they have, and what belongs to none last.
func (r *DealReport) arrange(groups map[string]*DealReportRow, by string) error {
	keys := make([]string, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if by == "MONTH" || a == "" || b == "" {
			return last(a, b)
		}
		return cmp.Or(groups[b].Deals-groups[a].Deals, strings.Compare(a, b))
	})
	r.Groups = len(keys)
	r.Rows = make([]*DealReportRow, 0, min(len(keys), maxGroups))
	for _, k := range keys[:min(len(keys), maxGroups)] {
		row := groups[k]
		r.Rows = append(r.Rows, row)
		if k == "" {
			continue
		}
		if by != "OWNER" && by != "SOURCE" {
			row.Key = &k
			continue
		}
		var which id.UUID
		if err := which.UnmarshalText([]byte(k)); err != nil {
			return err
		}
		if by == "OWNER" {
			row.OwnerID = &which
		} else {
			row.SourceID = &which
		}
	}
	return nil
}
