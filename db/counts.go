package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// counted is one count over a population: how many of its rows a number takes in, and which.
type counted struct {
	of     *population
	where  string // which rows; empty: all
	sum    string // what is added up, where it is not their number
	detail string // what the rows are told apart by besides the group
}

// The counts that metrics are made of. Each number is one of them, or the ratio of two.
var (
	passes      = &counted{of: handed, where: "p.decided_at is null or p.decided_at >= {until} or p.state in ('ACCEPTED', 'REJECTED')"}
	accepts     = &counted{of: handed, where: "p.state = 'ACCEPTED' and p.decided_at < {until}"}
	answersTo   = &counted{of: handed, where: "p.state in ('ACCEPTED', 'REJECTED') and p.decided_at < {until}"}
	rejects     = &counted{of: handed, where: "p.state = 'REJECTED' and p.decided_at < {until}", detail: "p.reason_id"}
	closes      = &counted{of: handed, where: "p.state = 'ACCEPTED' and p.decided_at < {until} and p.won_at < {until}"}
	acceptMet   = &counted{of: owed, where: "p.stage = 'ACCEPT' and p.state = 'MET'"}
	acceptOwed  = &counted{of: owed, where: "p.stage = 'ACCEPT' and p.state in ('MET', 'BREACHED')"}
	engageMet   = &counted{of: owed, where: "p.stage = 'ENGAGE' and p.state = 'MET'"}
	engageOwed  = &counted{of: owed, where: "p.stage = 'ENGAGE' and p.state in ('MET', 'BREACHED')"}
	tries       = &counted{of: tried, where: "p.tried_at < {until}"}
	dealsClosed = &counted{of: decided}
	dealsWon    = &counted{of: decided, where: "p.outcome = 'WON'"}
	revenue     = &counted{of: decided, where: "p.outcome = 'WON'", sum: "p.amount_minor", detail: "p.currency"}
	recycles    = &counted{of: recycled}
	reaccepts   = &counted{of: recycled, where: "p.accepted_at < {until}"}
	rewins      = &counted{of: recycled, where: "p.won_at < {until}"}
	captures    = &counted{of: captured}
	fits        = &counted{of: captured, where: "p.fits"}
	qualifies   = &counted{of: captured, where: "p.qualified_at < {until}"}
	leadAccepts = &counted{of: captured, where: "p.accepted_at < {until}"}
	wins        = &counted{of: captured, where: "p.won_at < {until}"}
	leadRejects = &counted{of: refused, detail: "p.reason_id"}
	amounts     = &counted{of: sold, sum: "p.amount_minor", detail: "p.currency"}
	spending    = &counted{of: captured, detail: "p.campaign_id"} // by which campaigns' costs are divided
	opens       = &counted{of: pursued}
	covers      = &counted{of: pursued, where: "p.answered and (p.clocked or not p.timed)"}
)

// ratios are the metrics as counts: what is above and what is below the line; nothing below where the number is a count.
var ratios = map[scorecard.Metric][2]*counted{
	scorecard.Passed: {passes, nil}, scorecard.Accepted: {accepts, nil}, scorecard.AcceptanceRate: {accepts, answersTo}, scorecard.RejectRate: {rejects, answersTo},
	scorecard.AcceptCompliance: {acceptMet, acceptOwed}, scorecard.EngageCompliance: {engageMet, engageOwed}, scorecard.FollowUps: {tries, accepts}, scorecard.CloseRatio: {closes, accepts},
	scorecard.WinRate: {dealsWon, dealsClosed}, scorecard.Revenue: {revenue, nil},
	scorecard.RecycleYield: {reaccepts, recycles}, scorecard.RecycleWinRate: {rewins, recycles}, scorecard.CostPerAccepted: {spending, leadAccepts}, scorecard.Coverage: {covers, opens},
	scorecard.Leads: {captures, nil}, scorecard.InPersona: {fits, captures}, scorecard.Qualification: {qualifies, captures}, scorecard.LeadsAcceptance: {leadAccepts, captures},
	scorecard.LeadsRejection: {leadRejects, captures}, scorecard.Conversion: {wins, captures}, scorecard.AmountWon: {amounts, nil}, scorecard.Cost: {spending, nil},
}

// sum is a count: of rows, and of what was added up.
type sum struct{ rows, minor int64 }

func (s sum) plus(o sum) sum { return sum{s.rows + o.rows, s.minor + o.minor} }

// tallies are counts by group and by detail.
type tallies map[*counted]map[string]map[string]sum

// of is the count of a group, over all details; of all groups where the group is nil.
func (t tallies) of(c *counted, group *string) (all sum) {
	for g, details := range t[c] {
		if group == nil || *group == g {
			for _, s := range details {
				all = all.plus(s)
			}
		}
	}
	return all
}

// one is the count of a detail in a group; in all groups where the group is nil.
func (t tallies) one(c *counted, group *string, detail string) (all sum) {
	for g, details := range t[c] {
		if group == nil || *group == g {
			all = all.plus(details[detail])
		}
	}
	return all
}

// details are the counts of a group by detail; of all groups where the group is nil.
func (t tallies) details(c *counted, group *string) map[string]sum {
	all := map[string]sum{}
	for g, details := range t[c] {
		for d, s := range details {
			if group == nil || *group == g {
				all[d] = all[d].plus(s)
			}
		}
	}
	return all
}

// tally makes the counts, in one statement for each population and detail.
func (r *Reader) tally(ctx context.Context, a *asking, wanted []*counted) (tallies, error) {
	out := tallies{}
	for len(wanted) > 0 {
		first := wanted[0]
		beside := func(c *counted) bool {
			return c.of == first.of && (c.detail == "" || first.detail == "" || c.detail == first.detail)
		}
		var group []*counted
		for _, c := range wanted {
			if beside(c) {
				group = append(group, c)
				if c.detail != "" {
					first = c
				}
			}
		}
		wanted = slices.DeleteFunc(slices.Clone(wanted), func(c *counted) bool { return slices.Contains(group, c) })
		if err := r.tallyOne(ctx, a, group, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// tallyOne makes the counts over one population.
func (r *Reader) tallyOne(ctx context.Context, a *asking, group []*counted, out tallies) error {
	q := &query{args: []any{r.Workspace}}
	from, where, key := a.source(q, group[0].of)
	detail := alike
	var columns []string
	for _, c := range group {
		if c.detail != "" {
			detail = c.detail
		}
		filter := ""
		if c.where != "" {
			filter = " filter (where " + a.fill(q, c.where) + ")"
		}
		columns = append(columns, "count(*)"+filter)
		if c.sum != "" {
			columns = append(columns, "coalesce(sum("+c.sum+")"+filter+", 0)::bigint")
		}
		out[c] = map[string]map[string]sum{}
	}
	sql := fmt.Sprintf("select coalesce((%s)::text, ''), coalesce((%s)::text, ''), %s from %s where %s", key, detail, strings.Join(columns, ", "), from, where)
	if by := slices.DeleteFunc([]string{key, detail}, func(e string) bool { return e == alike }); len(by) > 0 {
		sql += " group by " + strings.Join(by, ", ")
	}
	rows, err := r.tenant.reporting().Query(ctx, sql, q.args...)
	if err != nil {
		return fmt.Errorf("count %s: %w", group[0].of.kind, err)
	}
	defer rows.Close()
	for rows.Next() {
		var key, detail string
		sums := make([]sum, len(group))
		dest := []any{&key, &detail}
		for i, c := range group {
			if dest = append(dest, &sums[i].rows); c.sum != "" {
				dest = append(dest, &sums[i].minor)
			}
		}
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("count %s: %w", group[0].of.kind, err)
		}
		for i, c := range group {
			if sums[i].rows == 0 {
				continue
			}
			if out[c][key] == nil {
				out[c][key] = map[string]sum{}
			}
			out[c][key][detail] = out[c][key][detail].plus(sums[i])
		}
	}
	return rows.Err()
}
