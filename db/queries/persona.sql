-- name: PersonasByID :many
select * from personas where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: ActivePersonas :many
-- In the order of matching: negative ones first, then by priority. A workspace has at most 200.
select * from personas where workspace_id = @workspace_id and active order by negative desc, priority, id limit 200;

-- name: CountPersonas :one
select count(*) from personas where workspace_id = @workspace_id and active;

-- name: InsertPersona :one
insert into personas (workspace_id, id, name, description, condition, priority, negative)
values (@workspace_id, @id, @name, @description, @condition, @priority, @negative) returning *;

-- name: LockPersona :one
select * from personas where workspace_id = @workspace_id and id = @id for update;

-- name: UpdatePersona :one
update personas set name = @name, description = @description, condition = @condition, priority = @priority, negative = @negative, active = @active,
  updated_at = now(), version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: SetPersonas :many
-- Writes the persona of leads; only those that change come back.
update leads l set persona_id = u.persona_id, persona_confidence = u.confidence, persona_reasons = u.reasons, stage = u.stage,
  stage_since = case when l.stage = u.stage then l.stage_since else @at::timestamptz end, updated_at = now(), version = l.version + 1
from (select unnest(@ids::uuid[]) as id, unnest(@persona_ids::uuid[]) as persona_id, unnest(@confidences::double precision[]) as confidence,
  unnest(@reasons::jsonb[]) as reasons, unnest(@stages::text[]) as stage) u
where l.workspace_id = @workspace_id and l.id = u.id
  and (l.persona_id, l.persona_confidence, l.persona_reasons, l.stage) is distinct from (u.persona_id, u.confidence, u.reasons, u.stage)
returning l.id;

-- name: AttributeDefinitions :many
-- A workspace has at most 500.
select * from attribute_definitions where workspace_id = @workspace_id order by entity, key limit 500;

-- name: UpsertAttribute :one
insert into attribute_definitions (workspace_id, id, entity, key, type, label, description)
values (@workspace_id, @id, @entity, @key, @type, @label, @description)
on conflict (workspace_id, entity, key) do update set label = excluded.label, description = coalesce(excluded.description, attribute_definitions.description)
returning *;
