-- name: SourcesByID :many
select * from sources where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: SourcesByKey :many
select * from sources where workspace_id = @workspace_id and key = any(@keys::text[]);

-- name: InsertSource :one
insert into sources (workspace_id, id, key, name, kind, channel) values (@workspace_id, @id, @key, @name, @kind, @channel) returning *;

-- name: LockSource :one
select * from sources where workspace_id = @workspace_id and id = @id for no key update;

-- name: UpdateSource :one
update sources set name = @name, kind = @kind, channel = @channel, updated_at = now(), version = version + 1
where workspace_id = @workspace_id and id = @id returning *;

-- name: CampaignsByID :many
select * from campaigns where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: CampaignsByKey :many
select * from campaigns where workspace_id = @workspace_id and key = any(@keys::text[]);

-- name: RunningCampaigns :many
-- The campaigns of a kind that run at an instant, latest first; a workspace has few campaigns.
select * from campaigns where workspace_id = @workspace_id and kind = @kind and starts_at <= @at and (ends_at is null or ends_at > @at) order by starts_at desc, id desc limit sqlc.arg('rows')::int;

-- name: InsertCampaign :one
insert into campaigns (workspace_id, id, key, name, kind, channel, starts_at, ends_at, cost_minor, currency)
values (@workspace_id, @id, @key, @name, @kind, @channel, @starts_at, @ends_at, @cost_minor, @currency) returning *;

-- name: LockCampaign :one
select * from campaigns where workspace_id = @workspace_id and id = @id for no key update;

-- name: UpdateCampaign :one
update campaigns set name = @name, kind = @kind, channel = @channel, starts_at = @starts_at, ends_at = @ends_at, cost_minor = @cost_minor,
  currency = @currency, updated_at = now(), version = version + 1,
  acknowledged_by_marketing = case when kind = @kind then acknowledged_by_marketing end, acknowledged_by_sales = case when kind = @kind then acknowledged_by_sales end
where workspace_id = @workspace_id and id = @id returning *;

-- name: AcknowledgeCampaign :one
update campaigns set acknowledged_by_marketing = @by_marketing, acknowledged_by_sales = @by_sales, updated_at = now(), version = version + 1
where workspace_id = @workspace_id and id = @id returning *;
