-- name: AccountsByID :many
select * from accounts where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LockAccount :one
select * from accounts where workspace_id = @workspace_id and id = @id for no key update;

-- name: FindAccounts :many
-- By domain or by name, locked in the order of their ids.
select * from accounts where workspace_id = @workspace_id and (domain = any(@domains::text[]) or name_key = any(@name_keys::text[])) order by id for no key update;

-- name: AccountByDomain :many
select * from accounts where workspace_id = @workspace_id and domain = @domain::text;

-- name: AccountByName :many
-- The company without a domain, or else the oldest with one.
select * from accounts where workspace_id = @workspace_id and name_key = @name_key order by domain nulls first, id limit 1;
