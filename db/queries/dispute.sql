-- name: RunCircumstances :many
-- How people came and were reached in deals' frozen runs, each word once.
select r.deal_id,
  array(select distinct g from unnest(r.channel_groups) g where g <> '' order by g)::text[] as channel_groups,
  array(select distinct s from unnest(r.source_ids) s where s <> '00000000-0000-0000-0000-000000000000' order by s)::uuid[] as sources,
  array(select distinct c.kind from campaigns c where c.workspace_id = r.workspace_id and c.id = any(r.campaign_ids) order by c.kind)::text[] as campaign_kinds
from attribution_runs r where r.workspace_id = @workspace_id and r.deal_id = any(@deal_ids::uuid[]) and r.number = 1;

-- name: DisputesOf :many
-- All disputes about some deals, newest first; of each there are a few.
select * from credit_disputes where workspace_id = @workspace_id and deal_id = any(@deal_ids::uuid[]) order by claimed_at desc, id desc limit 5000;

-- name: LockDispute :one
select * from credit_disputes where workspace_id = @workspace_id and id = @id for no key update;

-- name: LockDueDisputes :many
-- Disputes whose time is up, the longest due first; those that somebody is at are left to the next look.
select * from credit_disputes where workspace_id = @workspace_id and due_at <= @at::timestamptz order by due_at, id limit sqlc.arg('rows')::int for no key update skip locked;

-- name: DisputeWorkspaces :many
select f.workspace_id::uuid as workspace_id from lg_due_disputes(@at::timestamptz) as f(workspace_id);

-- name: RulingsByID :many
select * from rulings where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: SettleRuling :exec
update rulings set settled_at = @at::timestamptz where workspace_id = @workspace_id and id = @id;

-- name: SettledRulings :many
-- The latest rulings that were signed, with the deals that they are about: what precedents are looked for among.
select r.dispute_id, r.circumstances, r.settled_at::timestamptz as settled_at, d.deal_id from rulings r join credit_disputes d on d.workspace_id = r.workspace_id and d.id = r.dispute_id
where r.workspace_id = @workspace_id and r.settled_at is not null order by r.settled_at desc, r.id desc limit 1000;

-- name: RulingSignaturesOf :many
-- At most two for each.
select * from ruling_signatures where workspace_id = @workspace_id and ruling_id = any(@ruling_ids::uuid[]) order by ruling_id, signed_at, department limit 5000;

-- name: SignRuling :exec
insert into ruling_signatures (workspace_id, ruling_id, department, member_id, signed_at) values (@workspace_id, @ruling_id, @department, @member_id, @at::timestamptz);

-- name: TouchPeople :many
-- With whom some touches were.
select id, contact_id, account_id from touches where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: DisputedCredit :one
-- What open disputes are about, by who claims, and what rulings gave: of deals won in a time, in one currency.
select count(*) filter (where d.ended_at is null) as disputed_deals, count(*) filter (where d.state = 'SETTLED') as settled_deals,
  coalesce(sum(d.disputed_minor) filter (where d.ended_at is null and d.claimant = 'MARKETING'), 0)::bigint as marketing_disputed,
  coalesce(sum(d.disputed_minor) filter (where d.ended_at is null and d.claimant = 'SALES'), 0)::bigint as sales_disputed,
  coalesce(sum(r.marketing_minor) filter (where d.state = 'SETTLED'), 0)::bigint as marketing_settled, coalesce(sum(r.sales_minor) filter (where d.state = 'SETTLED'), 0)::bigint as sales_settled
from credit_disputes d join deals e on e.workspace_id = d.workspace_id and e.id = d.deal_id left join rulings r on r.workspace_id = d.workspace_id and r.id = d.ruling_id
where d.workspace_id = @workspace_id and d.currency = @currency and e.closed_at >= @from_at::timestamptz and e.closed_at < @to_at::timestamptz;
