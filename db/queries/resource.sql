-- name: ResourcesByID :many
select * from resources where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: ResourcesByKey :many
select * from resources where workspace_id = @workspace_id and key = any(@keys::text[]);

-- name: LockResource :one
select * from resources where workspace_id = @workspace_id and id = @id for no key update;

-- name: ResourceLabels :many
select * from resource_labels where workspace_id = @workspace_id and resource_id = any(@resource_ids::uuid[]) order by resource_id, ord;

-- name: ClearResourceLabels :exec
delete from resource_labels where workspace_id = @workspace_id and resource_id = @resource_id;

-- name: ResourceVersions :many
-- The newest versions of each resource, at most so many.
select v.* from resource_versions v join resources r on r.workspace_id = v.workspace_id and r.id = v.resource_id
where v.workspace_id = @workspace_id and v.resource_id = any(@resource_ids::uuid[]) and v.edition > r.edition - @most::int order by v.edition desc;
