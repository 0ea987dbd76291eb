-- name: InsertUpload :one
insert into uploads (workspace_id, id, file_name, created_by, created_at, expires_at)
values (@workspace_id, @id, @file_name, @created_by, @created_at, @expires_at) returning *;

-- name: LockUpload :one
select * from uploads where workspace_id = @workspace_id and id = @id for no key update;

-- name: UploadByID :one
select * from uploads where workspace_id = @workspace_id and id = @id;

-- name: ClearUpload :exec
delete from upload_chunks where workspace_id = @workspace_id and upload_id = @upload_id;

-- name: UploadInUse :one
select exists (select from imports where workspace_id = @workspace_id and upload_id = @upload_id and state in ('PENDING', 'RUNNING'));

-- name: InsertChunk :exec
insert into upload_chunks (workspace_id, upload_id, n, data) values (@workspace_id, @upload_id, @n, @data);

-- name: UploadedBytes :one
-- Of all pieces together, without reading them.
select coalesce(sum(octet_length(data)), 0)::bigint from upload_chunks where workspace_id = @workspace_id and upload_id = @upload_id;

-- name: FinishUpload :one
update uploads set bytes = @bytes, complete = true where workspace_id = @workspace_id and id = @id returning *;

-- name: UploadChunk :many
-- One piece of the file: at most one row.
select data from upload_chunks where workspace_id = @workspace_id and upload_id = @upload_id and n = @n;

-- name: InsertImport :one
insert into imports (workspace_id, id, upload_id, source_id, campaign_id, file_name, layout, mapping, state, bytes_total, created_by, created_at)
values (@workspace_id, @id, @upload_id, @source_id, @campaign_id, @file_name, @layout, @mapping, 'PENDING', @bytes_total, @created_by, @created_at) returning *;

-- name: LockImport :one
select * from imports where workspace_id = @workspace_id and id = @id for no key update;

-- name: StartImport :one
update imports set state = 'RUNNING', tries = tries + 1, started_at = coalesce(started_at, @at::timestamptz) where workspace_id = @workspace_id and id = @id returning *;

-- name: AdvanceImport :one
-- In the transaction of the rows it counts: after a crash the import reads on right behind them.
update imports set cursor = @cursor, bytes_read = @bytes_read, rows_read = rows_read + @done, rows_created = rows_created + @created,
  rows_merged = rows_merged + @merged, rows_refused = rows_refused + @refused, tries = 0
where workspace_id = @workspace_id and id = @id returning *;

-- name: FinishImport :one
update imports set state = @state, failure = @failure, finished_at = @at::timestamptz where workspace_id = @workspace_id and id = @id returning *;

-- name: RefusalsAfter :many
-- A stretch of refusals, for the download.
select * from import_refusals where workspace_id = @workspace_id and import_id = @import_id and id > @after_id
order by id limit sqlc.arg('rows')::int;
