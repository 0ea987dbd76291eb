-- name: BackTestsByID :many
select * from back_tests where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LockBackTest :one
select * from back_tests where workspace_id = @workspace_id and id = @id for no key update;

-- name: InsertBackTest :one
insert into back_tests (workspace_id, id, agreement_id, hash, cohort, capacity_per_week, state, created_by, created_at)
values (@workspace_id, @id, @agreement_id, @hash, @cohort, @capacity_per_week, 'PENDING', @created_by, @at::timestamptz) returning *;

-- name: StartBackTest :one
update back_tests set state = 'RUNNING', started_at = coalesce(started_at, @at::timestamptz), done = 0, total = @total, tries = tries + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: AdvanceBackTest :exec
update back_tests set done = @done where workspace_id = @workspace_id and id = @id and state = 'RUNNING';

-- name: FinishBackTest :one
update back_tests set state = @state, failure = @failure, report = @report, done = total, finished_at = @at::timestamptz where workspace_id = @workspace_id and id = @id returning *;

-- name: CountOpenBackTests :one
select count(*) from back_tests where workspace_id = @workspace_id and state in ('PENDING', 'RUNNING');

-- name: CountCohort :one
select count(*) from leads where workspace_id = @workspace_id and created_at >= @from_at::timestamptz and created_at < @to_at::timestamptz;

-- name: CohortAfter :many
-- A stretch of the leads created in a time, by id.
select * from leads where workspace_id = @workspace_id and id > @after_id and created_at >= @from_at::timestamptz and created_at < @to_at::timestamptz
order by id limit sqlc.arg('rows')::int;

-- name: ModelFitsByID :many
select * from model_fits where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LockModelFit :one
select * from model_fits where workspace_id = @workspace_id and id = @id for no key update;

-- name: InsertModelFit :one
insert into model_fits (workspace_id, id, cohort, state, created_by, created_at)
values (@workspace_id, @id, @cohort, 'PENDING', @created_by, @at::timestamptz) returning *;

-- name: StartModelFit :one
update model_fits set state = 'RUNNING', started_at = coalesce(started_at, @at::timestamptz), done = 0, total = @total, tries = tries + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: AdvanceModelFit :exec
update model_fits set done = @done where workspace_id = @workspace_id and id = @id and state = 'RUNNING';

-- name: FinishModelFit :one
update model_fits set state = @state, failure = @failure, report = @report, agreement_id = @agreement_id, done = total, finished_at = @at::timestamptz
where workspace_id = @workspace_id and id = @id returning *;

-- name: CountOpenModelFits :one
select count(*) from model_fits where workspace_id = @workspace_id and state in ('PENDING', 'RUNNING');
