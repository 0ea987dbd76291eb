package db

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// DealGrouping is by what deals are told apart.
type DealGrouping string

// The groupings, as in the SDL.
const (
	DealsByNothing   DealGrouping = "NONE"
	DealsByOwner     DealGrouping = "OWNER"
	DealsByTeam      DealGrouping = "TEAM"
	DealsByMonth     DealGrouping = "MONTH"
	DealsByIndustry  DealGrouping = "INDUSTRY"
	DealsBySource    DealGrouping = "SOURCE"
	DealsByStage     DealGrouping = "STAGE"
	DealsByAttribute DealGrouping = "ATTRIBUTE"
)

// DealGroupings lists every DealGrouping.
var DealGroupings = []DealGrouping{DealsByNothing, DealsByOwner, DealsByTeam, DealsByMonth, DealsByIndustry, DealsBySource, DealsByStage, DealsByAttribute}

// MarshalGQL writes the enum's name.
func (g DealGrouping) MarshalGQL(w io.Writer) { enum.Write(w, g) }

// UnmarshalGQL refuses what is no DealGrouping.
func (g *DealGrouping) UnmarshalGQL(v any) error { return enum.Read(v, g, DealGroupings) }

// DealReport is what became of deals.
type DealReport struct {
	By    DealGrouping
	Total *DealReportRow
	Rows  []*DealReportRow
}

// Definition says what is counted.
func (*DealReport) Definition() string {
	return "Deals by their outcome now. The win rate is won / (won + lost): open deals are in neither. Amounts are added up currency by currency, as they are now. Months are those of UTC in which deals were won or lost."
}

// DealReportRow is what became of the deals of a group.
type DealReportRow struct {
	Key                    *string
	OwnerID, SourceID      *id.UUID
	Deals, Open, Won, Lost int64
	Amounts                []*DealAmounts
	DaysToWin              *DealDays
	ask                    *asking
	group                  *string
}

// WinRate is won / (won + lost); nil where none was decided.
func (r *DealReportRow) WinRate() *float64 { return ratio(r.Won, r.Won+r.Lost) }

// Counts is what the row took in: all deals, or those with an outcome.
func (r *DealReportRow) Counts(outcome *lifecycle.DealOutcome) *Counting {
	c := &Counting{ask: r.ask, what: outcomes, group: r.group, n: r.Deals}
	if outcome != nil {
		c.detail = string(*outcome)
		c.n = map[lifecycle.DealOutcome]int64{lifecycle.DealOpen: r.Open, lifecycle.DealWon: r.Won, lifecycle.DealLost: r.Lost}[*outcome]
	}
	return c
}

// DealAmounts is what deals amount to in a currency.
type DealAmounts struct {
	Currency                       string
	OpenMinor, WonMinor, LostMinor int64
	won                            int64
}

// AverageWonMinor is what a won deal amounts to on average; nil where there is none.
func (a *DealAmounts) AverageWonMinor() *float64 { return ratio(a.WonMinor, a.won) }

// DealDays are days from opening to close.
type DealDays struct{ Mean, Median float64 }

// maxDealGroups is how many groups a report has.
const maxDealGroups = 1_000

// outcomes are deals by their outcome.
var outcomes = &counted{of: &population{kind: id.Deal}, detail: "p.outcome"}

// dealGroups are the expressions of groups.
var dealGroups = map[DealGrouping]string{DealsByNothing: alike, DealsByOwner: "p.owner_id", DealsByTeam: "p.team", DealsByMonth: "to_char(p.closed_at at time zone 'UTC', 'YYYY-MM')",
	DealsByIndustry: "p.industry", DealsBySource: "p.source_id", DealsByStage: "p.stage", DealsByAttribute: "p.attribute"}

// DealReport counts what became of deals.
func (r *Reader) DealReport(ctx context.Context, by DealGrouping, attribute *string, f *DealFilter) (*DealReport, error) {
	column, key, err := r.dealAttribute(ctx, by, attribute)
	if err != nil {
		return nil, err
	}
	if err := f.add(&query{}); err != nil {
		return nil, err
	}
	a := &asking{by: scorecard.ByNothing, windows: []window{{}}, named: []any{"deals", by, attribute, f}}
	a.from = func(q *query) (string, string, string) {
		l := &query{args: q.args}
		attr := "null::text"
		if key != "" {
			attr = column + " ->> " + l.arg(key)
		}
		_ = f.add(l) // it was checked
		q.args = l.args
		l.and("l.workspace_id = $1")
		return `(select l.id, l.owner_id, l.outcome, l.amount_minor, l.currency, l.opened_at, l.closed_at, l.stage, m.team, c.industry, x.source_id, ` + attr + ` as attribute
			from deals l left join leads x on x.workspace_id = l.workspace_id and x.id = l.lead_id left join accounts c on c.workspace_id = l.workspace_id and c.id = l.account_id
			left join members m on m.workspace_id = l.workspace_id and m.id = l.owner_id where ` + strings.Join(l.where, " and ") + `) p`, "true", dealGroups[by]
	}
	return r.dealRows(ctx, by, a)
}

// dealAttribute is the column and the key of the custom attribute that deals are told apart by.
func (r *Reader) dealAttribute(ctx context.Context, by DealGrouping, attribute *string) (column, key string, err error) {
	if (by == DealsByAttribute) != (attribute != nil) {
		return "", "", fault.Input("attribute", "Name an attribute with ATTRIBUTE, and only then.")
	}
	if attribute == nil {
		return "", "", nil
	}
	entity, key, _ := strings.Cut(*attribute, ".custom.")
	column = map[string]string{"lead": "x.attributes", "account": "c.attributes", "deal": "(to_jsonb(l) -> 'attributes')"}[entity]
	known, err := r.AttributeDefinitions(ctx, r.Workspace)
	if err != nil {
		return "", "", err
	}
	if column == "" || !slices.ContainsFunc(known, func(d *AttributeDefinition) bool { return string(d.Entity) == strings.ToUpper(entity) && d.Key == key }) {
		return "", "", fault.Input("attribute", "There is no such custom attribute of deals, leads or companies: name one as in `account.custom.region`.")
	}
	return column, key, nil
}

// dealRows reads the groups: one statement for the counts, by currency, and one for the days.
func (r *Reader) dealRows(ctx context.Context, by DealGrouping, a *asking) (*DealReport, error) {
	out := &DealReport{By: by, Total: &DealReportRow{ask: a, Amounts: []*DealAmounts{}}, Rows: []*DealReportRow{}}
	rows := map[string]*DealReportRow{}
	q := &query{args: []any{r.Workspace}}
	from, where, key := a.source(q, outcomes.of)
	found, err := r.tenant.reporting().Query(ctx, fmt.Sprintf("select coalesce((%s)::text, ''), p.currency, p.outcome, count(*), sum(p.amount_minor)::bigint from %s where %s group by 1, 2, 3 order by 2", key, from, where), q.args...)
	if err != nil {
		return nil, fmt.Errorf("count deals: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var group, currency string
		var outcome lifecycle.DealOutcome
		var n, minor int64
		if err := found.Scan(&group, &currency, &outcome, &n, &minor); err != nil {
			return nil, fmt.Errorf("count deals: %w", err)
		}
		if rows[group] == nil {
			rows[group] = &DealReportRow{ask: a, group: &group, Amounts: []*DealAmounts{}}
			rows[group].name(by, group)
			out.Rows = append(out.Rows, rows[group])
		}
		out.Total.add(currency, outcome, n, minor)
		rows[group].add(currency, outcome, n, minor)
	}
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("count deals: %w", err)
	}
	if err := r.dealDays(ctx, a, out.Total, rows); err != nil {
		return nil, err
	}
	if by == DealsByNothing {
		out.Rows = []*DealReportRow{}
	}
	slices.SortFunc(out.Rows, func(x, y *DealReportRow) int {
		if by == DealsByMonth || *x.group == "" || *y.group == "" {
			return last(*x.group, *y.group)
		}
		return cmp.Or(cmp.Compare(y.Deals, x.Deals), cmp.Compare(*x.group, *y.group))
	})
	if len(out.Rows) > maxDealGroups {
		return nil, fault.Input("by", "These deals make more than %d groups: choose another grouping, or narrow the filter.", maxDealGroups)
	}
	return out, nil
}

// name says of what the row is the group.
func (r *DealReportRow) name(by DealGrouping, key string) {
	if key == "" {
		return
	}
	if by != DealsByOwner && by != DealsBySource {
		r.Key = &key
		return
	}
	var which id.UUID
	_ = which.UnmarshalText([]byte(key)) // Postgres wrote it
	if by == DealsByOwner {
		r.OwnerID = &which
	} else {
		r.SourceID = &which
	}
}

// add takes deals in. They come currency by currency.
func (r *DealReportRow) add(currency string, outcome lifecycle.DealOutcome, n, minor int64) {
	if i := len(r.Amounts); i == 0 || r.Amounts[i-1].Currency != currency {
		r.Amounts = append(r.Amounts, &DealAmounts{Currency: currency})
	}
	a := r.Amounts[len(r.Amounts)-1]
	r.Deals += n
	switch outcome {
	case lifecycle.DealOpen:
		r.Open, a.OpenMinor = r.Open+n, a.OpenMinor+minor
	case lifecycle.DealWon:
		r.Won, a.WonMinor, a.won = r.Won+n, a.WonMinor+minor, a.won+n
	case lifecycle.DealLost:
		r.Lost, a.LostMinor = r.Lost+n, a.LostMinor+minor
	}
}

// dealDays reads how long won deals took.
func (r *Reader) dealDays(ctx context.Context, a *asking, total *DealReportRow, rows map[string]*DealReportRow) error {
	q := &query{args: []any{r.Workspace}}
	from, where, key := a.source(q, outcomes.of)
	head, by := "'"+everybody+"'", ""
	if key != alike {
		head = fmt.Sprintf("case when grouping(%s) = 1 then '%s' else coalesce((%[1]s)::text, '') end", key, everybody)
		by = fmt.Sprintf("group by grouping sets ((), (%s))", key)
	}
	took := "date_part('epoch', p.closed_at - p.opened_at) / " + strconv.Itoa(int(24*time.Hour/time.Second))
	found, err := r.tenant.reporting().Query(ctx, fmt.Sprintf(`select %s, avg(%s), percentile_cont(0.5) within group (order by %[2]s) from %s where %s and p.outcome = 'WON' %s`, head, took, from, where, by), q.args...)
	if err != nil {
		return fmt.Errorf("read how long deals took: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var group string
		var mean, median *float64
		if err := found.Scan(&group, &mean, &median); err != nil {
			return fmt.Errorf("read how long deals took: %w", err)
		}
		row := rows[group]
		if group == everybody {
			row = total
		}
		if row != nil && mean != nil {
			row.DaysToWin = &DealDays{*mean, *median}
		}
	}
	return found.Err()
}
