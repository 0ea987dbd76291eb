-- name: GoalsByID :many
select * from goals where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LockGoal :one
select * from goals where workspace_id = @workspace_id and id = @id for no key update;

-- name: CountRunningGoals :one
-- Goals that are not over and were not given up.
select count(*) from goals where workspace_id = @workspace_id and ended_at is null and ends_at > @at::timestamptz;

-- name: UpdateGoal :one
update goals set target = @target, ends_at = @ends_at::timestamptz, note = @note, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: EndGoal :one
update goals set ended_at = @at::timestamptz, updated_at = @at::timestamptz, version = version + 1 where workspace_id = @workspace_id and id = @id returning *;

-- name: TeamExists :one
-- Whether anybody of a department who is at work is in the team.
select exists (select from members where workspace_id = @workspace_id and department = @department and team = @team and active);
