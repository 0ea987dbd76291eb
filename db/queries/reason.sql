-- name: ReasonsOf :many
-- The reasons for a use, in the order of the list. Each use has at most 100.
select * from reasons where workspace_id = @workspace_id and use = @use order by position, key limit 100;

-- name: ReasonByKey :many
-- At most one.
select * from reasons where workspace_id = @workspace_id and use = @use and key = @key;

-- name: LockReason :one
select * from reasons where workspace_id = @workspace_id and id = @id for no key update;

-- name: UpdateReason :one
update reasons set label = @label, leads_to = @leads_to, credits = @credits, active = @active, position = @position, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: Reasons :many
-- The reasons for a use, or all, in the order of the list.
select * from reasons where workspace_id = @workspace_id and (sqlc.narg('use')::text is null or use = sqlc.narg('use')::text) order by use, position, key limit 400;

-- name: ReasonsByID :many
select * from reasons where workspace_id = @workspace_id and id = any(@ids::uuid[]);
