-- name: PersonasByID :many
select * from personas where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: ActivePersonas :many
-- In the order of matching: negative ones first, then by priority. A workspace has at most 200.
select * from personas where workspace_id = @workspace_id and active order by negative desc, priority, id limit 200;

-- name: CountPersonas :one
select count(*) from personas where workspace_id = @workspace_id and active;

-- name: InsertPersona :one
insert into personas (workspace_id, id, name, description, condition, asks_touches, priority, negative)
values (@workspace_id, @id, @name, @description, @condition, @asks_touches, @priority, @negative) returning *;

-- name: LockPersona :one
select * from personas where workspace_id = @workspace_id and id = @id for no key update;

-- name: UpdatePersona :one
update personas set name = @name, description = @description, condition = @condition, asks_touches = @asks_touches, priority = @priority, negative = @negative, active = @active,
  updated_at = now(), version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: AttributeDefinitions :many
-- A workspace has at most 500.
select * from attribute_definitions where workspace_id = @workspace_id order by entity, key limit 500;

-- name: UpsertAttribute :one
insert into attribute_definitions (workspace_id, id, entity, key, type, label, description)
values (@workspace_id, @id, @entity, @key, @type, @label, @description)
on conflict (workspace_id, entity, key) do update set label = excluded.label, description = coalesce(excluded.description, attribute_definitions.description)
returning *;

-- name: PersonaCounts :many
-- What became of leads by persona and month of UTC, from @before_at up to @to_at: a lead is in LEADS, QUALIFIED and ACCEPTED of the month it was created in,
-- the latter two by the end of its period; it is in WON and LOST of the month in which it first was that.
select c.persona_id, (c.at >= @from_at::timestamptz)::bool as current, (date_trunc('month', c.at, 'UTC'))::timestamptz as month, c.what::text as what, count(*) as n
from (
  select l.persona_id, l.created_at as at, v.what
  from leads l
  cross join lateral (
    select bool_or(m.to_stage = 'QUALIFIED') as qualified, bool_or(m.to_stage = 'ACCEPTED') as accepted from moves m
    where m.workspace_id = @workspace_id and m.lead_id = l.id and m.at < case when l.created_at < @from_at::timestamptz then @from_at::timestamptz else @to_at::timestamptz end
  ) r
  cross join lateral (select 'LEADS' as what union all select 'QUALIFIED' where r.qualified union all select 'ACCEPTED' where r.accepted) v
  where l.workspace_id = @workspace_id and l.created_at >= @before_at::timestamptz and l.created_at < @to_at::timestamptz
  union all
  select l.persona_id, m.at, m.to_stage
  from moves m join leads l on l.workspace_id = m.workspace_id and l.id = m.lead_id
  where m.workspace_id = @workspace_id and m.to_stage in ('WON', 'LOST') and m.at >= @before_at::timestamptz and m.at < @to_at::timestamptz
    and not exists (select from moves e where e.workspace_id = m.workspace_id and e.lead_id = m.lead_id and e.to_stage = m.to_stage and (e.at, e.id) < (m.at, m.id))
) c
group by 1, 2, 3, 4;
