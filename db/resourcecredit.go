package db

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
)

// ResourceCredit is what touches with a resource earn of won deals, in one currency.
type ResourceCredit struct {
	Currency    string
	Deals       int
	AmountMinor int64
}

// resourceCredits adds up the frozen runs of deals that were won in a time, each under the default model of the policy that it was made under; a run keeps its credits model by model. The
// periods of single resources lie within that time.
const resourceCredits = `select p.ord, r.currency, count(distinct r.deal_id), sum(r.credits[(m.at - 1) * cardinality(r.touch_ids) + x.at])::bigint
from deals d join attribution_runs r on r.workspace_id = $1 and r.deal_id = d.id and r.number = 1
join agreements a on a.workspace_id = $1 and a.id = r.policy_id
cross join lateral (select array_position(r.models, a.body -> 'attributionPolicy' ->> 'defaultModel') as at) m
cross join lateral unnest(r.resource_ids) with ordinality x(resource_id, at)
join unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) with ordinality p(resource_id, from_at, to_at, ord) on p.resource_id = x.resource_id and d.closed_at >= p.from_at and d.closed_at < p.to_at
where d.workspace_id = $1 and d.outcome = 'WON' and d.closed_at >= $5 and d.closed_at < $6 and r.outcomes[m.at] = 'ANSWERED' group by 1, 2 order by 1, 2`

// ResourceCredits are what attribution gives to several resources in their periods, by currency, in one statement.
func (r *Reader) ResourceCredits(ctx context.Context, of []*ResourceOutcomes) ([][]*ResourceCredit, error) {
	resources, froms, tos := make([]id.UUID, len(of)), make([]time.Time, len(of)), make([]time.Time, len(of))
	first, last := of[0].From, of[0].To
	out := make([][]*ResourceCredit, len(of))
	for i, o := range of {
		resources[i], froms[i], tos[i], out[i] = o.resource, o.From, o.To, []*ResourceCredit{}
		if o.From.Before(first) {
			first = o.From
		}
		if o.To.After(last) {
			last = o.To
		}
	}
	rows, err := r.tenant.send(ctx, resourceCredits, []any{r.Workspace, resources, froms, tos, first, last})
	if err != nil {
		return nil, fmt.Errorf("read what resources earn: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at int
		c := &ResourceCredit{}
		if err := rows.Scan(&at, &c.Currency, &c.Deals, &c.AmountMinor); err != nil {
			return nil, fmt.Errorf("read what resources earn: %w", err)
		}
		out[at-1] = append(out[at-1], c)
	}
	return out, rows.Err()
}
