-- name: AttributionRunsByID :many
-- Where sqlc takes the row from; pages and look-ups read what the answer shows of it.
select * from attribution_runs where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LatestRuns :many
-- The latest run of each deal.
select r.* from unnest(@deal_ids::uuid[]) as p(deal_id)
cross join lateral (select * from attribution_runs x where x.workspace_id = @workspace_id and x.deal_id = p.deal_id order by x.number desc limit 1) r;

-- name: NumberedRuns :many
-- The run of each deal with a number.
select r.* from attribution_runs r where r.workspace_id = @workspace_id and r.deal_id = any(@deal_ids::uuid[]) and r.number = @number;

-- name: DealMilestones :many
-- What a run looks at of deals besides their touches: when their leads were created, or else they themselves opened, which persona these have, and the number of the latest run.
select d.id, coalesce(l.created_at, d.opened_at)::timestamptz as created_at, l.persona_id, coalesce((select max(r.number) from attribution_runs r where r.workspace_id = @workspace_id and r.deal_id = d.id), 0)::int as number
from deals d left join leads l on l.workspace_id = d.workspace_id and l.id = d.lead_id where d.workspace_id = @workspace_id and d.id = any(@ids::uuid[]);

-- name: CampaignKinds :many
select id, kind from campaigns where workspace_id = @workspace_id;

-- name: AttributionFitsByID :many
select * from attribution_fits where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LastFits :many
-- The latest fit of a version in which a model learned: at most one. Where none did, there is nothing to credit with.
select * from attribution_fits where workspace_id = @workspace_id and policy_id = @policy_id and jsonb_path_exists(report, '$.*.outcome ? (@ == "ANSWERED")') order by created_at desc, id desc limit 1;

-- name: LastFitAsked :many
-- When a fit of a version was last asked for, whatever came of it: at most one.
select created_at from attribution_fits where workspace_id = @workspace_id and policy_id = @policy_id order by created_at desc, id desc limit 1;

-- name: CountOpenFits :one
select count(*) from attribution_fits where workspace_id = @workspace_id and state in ('PENDING', 'RUNNING');

-- name: LockAttributionFit :one
select * from attribution_fits where workspace_id = @workspace_id and id = @id for no key update;

-- name: InsertAttributionFit :one
insert into attribution_fits (workspace_id, id, policy_id, from_at, to_at, state, created_by, created_at)
values (@workspace_id, @id, @policy_id, @from_at, @to_at, 'PENDING', @created_by, @at::timestamptz) returning *;

-- name: StartAttributionFit :one
update attribution_fits set state = 'RUNNING', started_at = coalesce(started_at, @at::timestamptz), done = 0, tries = tries + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: AdvanceAttributionFit :exec
update attribution_fits set done = @done, total = @total where workspace_id = @workspace_id and id = @id and state = 'RUNNING';

-- name: FinishAttributionFit :one
update attribution_fits set state = @state, failure = @failure, report = @report, total = greatest(total, done), done = greatest(total, done), finished_at = @at::timestamptz where workspace_id = @workspace_id and id = @id returning *;

-- name: CountRefreshed :exec
update attribution_fits set refreshed = refreshed + sqlc.arg('more')::bigint where workspace_id = @workspace_id and id = @id;

-- name: UnfittedDeals :many
-- Won deals that were credited under a version before it had a fit in which a model learned, and not since.
select d.* from attribution_runs r join deals d on d.workspace_id = r.workspace_id and d.id = r.deal_id
where r.workspace_id = @workspace_id and r.policy_id = @policy_id and r.number = 1
  and not exists (select from attribution_runs x join attribution_fits f on f.workspace_id = x.workspace_id and f.id = x.fit_id
    where x.workspace_id = r.workspace_id and x.deal_id = r.deal_id and jsonb_path_exists(f.report, '$.*.outcome ? (@ == "ANSWERED")'))
order by d.id limit sqlc.arg('rows')::int for no key update of d;

-- name: UncreditedDeals :many
-- Won deals that were never credited.
select d.* from deals d where d.workspace_id = @workspace_id and d.outcome = 'WON' and not exists (select from attribution_runs r where r.workspace_id = d.workspace_id and r.deal_id = d.id)
order by d.closed_at, d.id limit sqlc.arg('rows')::int for no key update of d;

-- name: EnoughWon :one
-- Whether as many deals as the number says were won.
select (count(*) >= sqlc.arg('least')::int)::bool as enough from (select from deals d where d.workspace_id = @workspace_id and d.outcome = 'WON' limit sqlc.arg('least')::int) w;

-- name: BeginLateSearch :exec
-- The log is searched from the first run of a workspace on: from the oldest transaction whose touches that run may not have seen.
insert into attribution_marks (workspace_id, xid, seq) values (@workspace_id, pg_snapshot_xmin(pg_current_snapshot()), 0) on conflict do nothing;

-- name: LateWorkspaces :many
select f.workspace_id::uuid as workspace_id from lg_find_late() as f(workspace_id);

-- name: LockLateSearch :many
-- The place up to which the log was searched, unless another server searches.
select m.xid, m.seq from attribution_marks m where m.workspace_id = @workspace_id for no key update of m skip locked;

-- name: EventPeople :many
-- Whom the log is about behind a place, up to where no transaction that runs can still add to it.
select e.xid, e.seq, e.kind, e.contact_id from events e where e.workspace_id = @workspace_id and (e.xid, e.seq) > (@xid::xid8, @seq::bigint)
  and e.xid < pg_snapshot_xmin(pg_current_snapshot()) order by e.xid, e.seq limit sqlc.arg('rows')::int;

-- name: MoveLateSearch :exec
update attribution_marks set xid = @xid::xid8, seq = @seq where workspace_id = @workspace_id;

-- name: LateDeals :many
-- Won deals with the companies of people, or with these themselves, to which a touch of theirs before the close was recorded since their latest run. A run does not see touches of transactions
-- that ran beside its own, which take no longer than ten minutes. Offset 0 keeps Postgres on the way from the people to their deals.
select d.* from deals d where d.workspace_id = @workspace_id and d.id in (
  select x.id from unnest(@contact_ids::uuid[]) as p(id)
  cross join lateral (select c.id, c.account_id from contacts c where c.workspace_id = @workspace_id and c.id = p.id offset 0) c
  cross join lateral (select y.id, y.closed_at from deals y where y.workspace_id = @workspace_id and y.account_id = c.account_id and y.outcome = 'WON'
    union all select y.id, y.closed_at from (select l.id from leads l where l.workspace_id = @workspace_id and l.contact_id = c.id offset 0) l
      cross join lateral (select y.id, y.closed_at from deals y where y.workspace_id = @workspace_id and y.lead_id = l.id and y.outcome = 'WON' offset 0) y
    union all select y.id, y.closed_at from deals y where y.workspace_id = @workspace_id and y.contact_id = c.id and y.lead_id is null and y.outcome = 'WON') x
  cross join lateral (select r.at from attribution_runs r where r.workspace_id = @workspace_id and r.deal_id = x.id order by r.number desc limit 1) r
  where exists (select from touches t where t.workspace_id = @workspace_id and t.contact_id = c.id and t.occurred_at <= x.closed_at and t.recorded_at > r.at - interval '10 minutes' offset 0) offset 0) order by d.id for no key update of d;

-- name: WonByCurrency :many
-- How many deals were won in a time, the currency of most first.
select currency, count(*) as deals from deals where workspace_id = @workspace_id and outcome = 'WON' and closed_at >= @from_at::timestamptz and closed_at < @to_at::timestamptz
group by currency order by count(*) desc, currency;

-- name: EndedIn :one
-- How many deals and leads ended in a time: those among which a fit looks for journeys.
select ((select count(*) from deals d where d.workspace_id = @workspace_id and d.outcome <> 'OPEN' and d.closed_at >= @from_at::timestamptz and d.closed_at < @to_at::timestamptz)
  + (select count(*) from leads l where l.workspace_id = @workspace_id and l.last_activity_at >= @from_at::timestamptz and l.last_activity_at < @to_at::timestamptz and l.stage <> 'ERASED'
    and (l.stage in ('LOST', 'DISQUALIFIED', 'WON') or l.last_activity_at < @silent::timestamptz)))::bigint as ended;
