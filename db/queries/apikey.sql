-- name: APIKeysByID :many
select * from api_keys where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: InsertAPIKey :one
insert into api_keys (workspace_id, id, name, prefix, hash, scopes, source_id, created_by, rotated_from, created_at, expires_at)
values (@workspace_id, @id, @name, @prefix, @hash, @scopes, @source_id, @created_by, @rotated_from, @created_at, @expires_at) returning *;

-- name: LockAPIKey :one
select * from api_keys where workspace_id = @workspace_id and id = @id for no key update;

-- name: EndAPIKey :one
update api_keys set expires_at = @expires_at, revoked_at = @revoked_at where workspace_id = @workspace_id and id = @id returning *;

-- name: TouchAPIKey :exec
-- Last use to the minute. The condition keeps it to one write a minute however many servers see the key.
update api_keys set last_used_at = now()
where workspace_id = @workspace_id and id = @id and (last_used_at is null or last_used_at < now() - interval '1 minute');
