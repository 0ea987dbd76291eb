-- name: ResourcesByID :many
select * from resources where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: ResourcesByKey :many
select * from resources where workspace_id = @workspace_id and key = any(@keys::text[]);

-- name: LockResource :one
select * from resources where workspace_id = @workspace_id and id = @id for no key update;

-- name: ResourceLabels :many
select * from resource_labels where workspace_id = @workspace_id and resource_id = any(@resource_ids::uuid[]) order by resource_id, ord;

-- name: ClearResourceLabels :exec
delete from resource_labels where workspace_id = @workspace_id and resource_id = @resource_id;

-- name: ResourceVersions :many
-- The newest versions of each resource, at most so many.
select v.* from resource_versions v join resources r on r.workspace_id = v.workspace_id and r.id = v.resource_id
where v.workspace_id = @workspace_id and v.resource_id = any(@resource_ids::uuid[]) and v.edition > r.edition - @most::int order by v.edition desc;

-- name: ResourceCandidates :many
-- The current resources that fit each cell of persona and position, with what was observed of them there; of many those that moved most.
select c.ord, k.* from (select unnest(@persona_ids::uuid[]) as persona_id, unnest(@positions::text[]) as position, generate_subscripts(@positions::text[], 1)::bigint as ord) c
cross join lateral (
  select r.id, r.published_at, exists (select from resource_labels o where o.workspace_id = @workspace_id and o.resource_id = r.id and o.position = c.position and o.persona_id = c.persona_id)::bool as own,
    (f.resource_id is not null)::bool as observed, coalesce(f.viewers, 0)::int as viewers, coalesce(f.viewers_moved, 0)::int as viewers_moved, coalesce(f.others, 0)::int as others,
    coalesce(f.others_moved, 0)::int as others_moved, coalesce(f.computed_at, r.published_at)::timestamptz as computed_at
  from resources r
  left join resource_lifts f on f.workspace_id = @workspace_id and f.persona_id = c.persona_id and f.position = c.position and f.resource_id = r.id
  where r.workspace_id = @workspace_id and r.retired_at is null and coalesce(r.expires_at > @now::timestamptz, true)
    and exists (select from resource_labels l where l.workspace_id = @workspace_id and l.resource_id = r.id and l.position = c.position and coalesce(l.persona_id = c.persona_id, true))
  order by coalesce(f.lift, 1) desc, r.published_at desc, r.id limit @most::int) k;

-- name: SeenResources :many
-- What was shown to people, or opened by them.
select distinct t.contact_id, t.resource_id::uuid as resource_id from touches t
where t.workspace_id = @workspace_id and t.contact_id = any(@contact_ids::uuid[]) and t.resource_id = any(@resource_ids::uuid[]);

-- name: ResourceCells :many
-- What there is for each active persona at each position, and what is wrong with it. Negative personas are not to be won, so nothing is for them.
select p.id as persona_id, l.position, count(distinct r.id) as resources, count(distinct r.id) filter (where l.persona_id is not null) as own_labelled,
  count(distinct r.id) filter (where r.expires_at < @soon::timestamptz) as expire_soon,
  count(distinct r.id) filter (where r.published_at < @outdated::timestamptz) as outdated,
  count(distinct r.id) filter (where r.created_at < @unused::timestamptz and not r.used) as unused
from (select p.id from personas p where p.workspace_id = @workspace_id and p.active and not p.negative order by p.priority, p.id limit @most::int) p
join resource_labels l on l.workspace_id = @workspace_id and (l.persona_id is null or l.persona_id = p.id)
join (select r.id, r.expires_at, r.published_at, r.created_at,
    exists (select from touches t where t.workspace_id = @workspace_id and t.resource_id = r.id and t.occurred_at >= @unused::timestamptz) as used
  from resources r where r.workspace_id = @workspace_id and r.retired_at is null and coalesce(r.expires_at > @now::timestamptz, true) offset 0) r on r.id = l.resource_id
group by p.id, l.position;

-- name: CellPersonas :many
select p.id, coalesce(l.stage, '')::text as stage, count(l.id) as leads
from (select p.id, p.priority from personas p where p.workspace_id = @workspace_id and p.active and not p.negative order by p.priority, p.id limit @most::int) p
left join leads l on l.workspace_id = @workspace_id and l.persona_id = p.id and l.stage = any(@stages::text[])
group by p.id, p.priority, l.stage order by p.priority, p.id;

-- name: ResourceLiftCounts :many
-- For each persona, position and resource: how many leads saw it there and moved forward within the window behind it, and how many like leads did not see it there. A lead
-- stands somewhere from one move that changes its rung to the next; a stay, or a view, that is too young to have had its window counts nowhere.
with stages as (select unnest(@stages::text[]) as stage, unnest(@steps::int[]) as step, unnest(@positions::text[]) as position),
begun as (
  select l.id as lead_id, l.created_at as at, 0 as step, 'TOP' as position from leads l where l.workspace_id = @workspace_id and l.created_at >= @since::timestamptz
  union all
  select m.lead_id, m.at, coalesce(b.step, -1), coalesce(b.position, '') from moves m
  left join stages a on a.stage = m.from_stage left join stages b on b.stage = m.to_stage
  where m.workspace_id = @workspace_id and m.at >= @since::timestamptz and (a.step, a.position) is distinct from (b.step, b.position)
),
stays as (
  select b.lead_id, b.at, b.step, b.position, lead(b.at) over w as until, coalesce(lead(b.step) over w > b.step, false) as forward
  from begun b window w as (partition by b.lead_id order by b.at, b.step)
),
judged as materialized (
  select l.contact_id, coalesce(l.persona_id, '00000000-0000-0000-0000-000000000000') as persona_id, s.position, s.lead_id, s.at, s.until, s.forward,
    (s.forward and s.until <= s.at + make_interval(secs => @seconds::float8)) as moved
  from stays s join leads l on l.workspace_id = @workspace_id and l.id = s.lead_id
  where s.step >= 0 and s.position <> 'CUSTOMER' and s.at <= @matured::timestamptz
),
cells as (select persona_id, position, count(*) as n, count(*) filter (where moved) as moved from judged group by 1, 2),
views as (
  select j.persona_id, j.position, t.resource_id, j.lead_id, j.at, j.until, j.forward, j.moved, min(t.occurred_at) as seen
  from touches t join judged j on j.contact_id = t.contact_id and t.occurred_at >= j.at and t.occurred_at < coalesce(j.until, 'infinity')
  where t.workspace_id = @workspace_id and t.resource_id is not null and t.direction = 'INBOUND' and t.kind = any(@kinds::text[]) and t.occurred_at >= @since::timestamptz
  group by 1, 2, 3, 4, 5, 6, 7, 8
)
select v.persona_id::uuid as persona_id, v.position::text as position, v.resource_id::uuid as resource_id,
  count(*) filter (where v.seen <= @matured::timestamptz) as viewers,
  count(*) filter (where v.seen <= @matured::timestamptz and v.forward and v.until <= v.seen + make_interval(secs => @seconds::float8)) as viewers_moved,
  (c.n - count(*))::bigint as others, (c.moved - count(*) filter (where v.moved))::bigint as others_moved
from views v join cells c on c.persona_id = v.persona_id and c.position = v.position
group by v.persona_id, v.position, v.resource_id, c.n, c.moved
having count(*) filter (where v.seen <= @matured::timestamptz) > 0;

-- name: ClearResourceLifts :exec
delete from resource_lifts where workspace_id = @workspace_id;

-- name: ResourcesInUse :one
-- Whether anybody was shown, or opened, a resource since a moment.
select exists (select from touches t where t.workspace_id = @workspace_id and t.resource_id is not null and t.occurred_at >= @since::timestamptz) as used;
