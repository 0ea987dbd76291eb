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
