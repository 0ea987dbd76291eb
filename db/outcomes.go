package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/resource"
)

// ResourceOutcomes are what came behind the views of a resource in a period.
type ResourceOutcomes struct {
	From, To                                         time.Time
	Views, Leads, Moves, LeadsMoved, Deals, DealsWon int
	Won                                              []*WonAmount

	resource id.UUID
}

// WonAmount is what deals that were won are worth, in one currency.
type WonAmount struct {
	Currency    string
	AmountMinor int64
}

// viewed are the views of resources, each with the lead that the person was at the time: the last that had opened, or opens within a day.
func viewed(q *query, workspace, resources string, from, to time.Time) string {
	return `select t.resource_id, l.id as lead_id, t.id as touch_id, t.occurred_at as at from touches t
  cross join lateral (select x.id from leads x where x.workspace_id = ` + workspace + ` and x.contact_id = t.contact_id and x.created_at <= t.occurred_at + interval '1 day' order by x.created_at desc limit 1) l
  where t.workspace_id = ` + workspace + ` and t.resource_id ` + resources + ` and t.direction = 'INBOUND' and t.kind = any(` + q.arg(resource.Views) + `) and t.occurred_at >= ` + q.arg(from) + ` and t.occurred_at < ` + q.arg(to)
}

// followed are the moves forward that came within the window behind a view.
func followed(q *query, workspace, views string) string {
	var from, to []string
	for _, a := range lifecycle.Stages {
		for _, b := range lifecycle.Stages {
			if resource.Forward(a, b) {
				from, to = append(from, string(a)), append(to, string(b))
			}
		}
	}
	return `select distinct v.resource_id, v.lead_id, m.id from ` + views + ` v join moves m on m.workspace_id = ` + workspace + ` and m.lead_id = v.lead_id and m.at > v.at and m.at <= v.at + ` +
		`make_interval(secs => ` + q.arg(resource.Window.Seconds()) + `::float8) join unnest(` + q.arg(from) + `::text[], ` + q.arg(to) + `::text[]) as f(from_stage, to_stage) on f.from_stage = m.from_stage and f.to_stage = m.to_stage`
}

// dealt are the deals that were open, or not yet there, when a view came.
func dealt(workspace, views string) string {
	return `select distinct v.resource_id, v.lead_id, d.id, d.outcome, d.currency, d.amount_minor from ` + views + ` v join deals d on d.workspace_id = ` + workspace +
		` and d.lead_id = v.lead_id and v.at <= coalesce(d.closed_at, 'infinity')`
}

// ResourceOutcomes are what came behind the views of several resources in a period, in one statement; without an end it ends now, without a beginning it has 90 days.
func (r *Reader) ResourceOutcomes(ctx context.Context, resources []id.UUID, from, to *time.Time, now time.Time) ([]*ResourceOutcomes, error) {
	start, end, err := period(from, to, now)
	if err != nil {
		return nil, err
	}
	q := &query{}
	ws := q.arg(r.Workspace)
	sql := "with views as materialized (" + viewed(q, ws, "= any("+q.arg(resources)+")", start, end) + "),\nmoved as (" + followed(q, ws, "views") + "),\nsold as (" + dealt(ws, "views") + `)
select resource_id, 'VIEWS', '', count(*), count(distinct lead_id), 0::bigint from views group by 1
union all select resource_id, 'MOVES', '', count(*), count(distinct lead_id), 0 from moved group by 1
union all select resource_id, outcome, currency, count(*), count(distinct lead_id), sum(amount_minor)::bigint from sold group by 1, 2, 3`
	rows, err := r.tenant.planned(true).Query(ctx, sql, q.args...)
	if err != nil {
		return nil, fmt.Errorf("read what came of resources: %w", err)
	}
	defer rows.Close()
	out, at := make([]*ResourceOutcomes, len(resources)), make(map[id.UUID]*ResourceOutcomes, len(resources))
	for i, res := range resources {
		out[i] = &ResourceOutcomes{From: start, To: end, Won: []*WonAmount{}, resource: res}
		at[res] = out[i]
	}
	for rows.Next() {
		var of id.UUID
		var what, currency string
		var n, leads, sum int64
		if err := rows.Scan(&of, &what, &currency, &n, &leads, &sum); err != nil {
			return nil, fmt.Errorf("read what came of resources: %w", err)
		}
		at[of].add(what, currency, int(n), int(leads), sum)
	}
	return out, rows.Err()
}

// add takes one row of the statement.
func (o *ResourceOutcomes) add(what, currency string, n, leads int, sum int64) {
	switch what {
	case "VIEWS":
		o.Views, o.Leads = n, leads
	case "MOVES":
		o.Moves, o.LeadsMoved = n, leads
	default:
		o.Deals += n
	}
	if what == string(lifecycle.DealWon) {
		o.DealsWon += n
		o.Won = append(o.Won, &WonAmount{currency, sum})
		slices.SortFunc(o.Won, func(a, b *WonAmount) int { return slices.Compare([]byte(a.Currency), []byte(b.Currency)) })
	}
}

// InfluencedLeads are the leads behind the numbers of several resources, the last active first.
func (r *Reader) InfluencedLeads(ctx context.Context, resources []id.UUID, a page.Args, result string, from, to *time.Time, now time.Time) ([]*Page[Lead], error) {
	start, end, err := period(from, to, now)
	if err != nil {
		return nil, err
	}
	var key []any // a page goes on where it was, though the period that nobody gave moved on
	if from != nil || to != nil {
		key = []any{from, to}
	}
	filter := func(q *query) error {
		ws := q.arg(r.Workspace)
		views := "(" + viewed(q, ws, "= p.id", start, end) + ")"
		of := map[string]string{"VIEWED": "select v.lead_id from " + views + " v", "DEAL": "select v.lead_id from (" + dealt(ws, views) + ") v",
			"WON": "select v.lead_id from (" + dealt(ws, views) + ") v where v.outcome = 'WON'"}[result]
		if result == "MOVED" {
			of = "select v.lead_id from (" + followed(q, ws, views) + ") v"
		}
		q.joins = " join (select distinct i.lead_id from (" + of + ") i) i on i.lead_id = l.id"
		q.custom = true // how many viewed it decides what is read first
		return nil
	}
	return list(ctx, r, listing[Lead]{shape: leads, order: "LAST_ACTIVITY_DESC", args: a, key: append([]any{"resource", result}, key...), filter: filter, parent: "resource", parents: resources, joined: true})
}
