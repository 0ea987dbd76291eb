-- name: LeadsByID :many
select * from leads where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LockLead :one
select * from leads where workspace_id = @workspace_id and id = @id for no key update;

-- name: LatestLead :many
-- The open lead of a contact, or else the latest: at most one.
select * from leads where workspace_id = @workspace_id and contact_id = @contact_id order by cycle desc limit 1;

-- name: AssignLead :one
update leads set owner_id = @owner_id, updated_at = now(), version = version + 1 where workspace_id = @workspace_id and id = @id returning *;

-- name: OpenLeads :many
-- The open leads of contacts, locked in the order of their ids so that two captures cannot wait for each other.
select * from leads where workspace_id = @workspace_id and contact_id = any(@contact_ids::uuid[])
  and stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED') order by id for no key update;

-- name: LastCycles :many
select contact_id, max(cycle)::int as cycle from leads where workspace_id = @workspace_id and contact_id = any(@contact_ids::uuid[]) group by contact_id;

-- name: ClosedLeads :many
-- The closed leads of people; a person has a handful.
select * from leads where workspace_id = @workspace_id and contact_id = any(@contact_ids::uuid[])
  and stage in ('WON', 'LOST', 'DISQUALIFIED') order by contact_id, cycle limit 20000;

-- name: LeadsAfter :many
-- A stretch of open leads by id, locked, for work that walks over all of them.
select * from leads where workspace_id = @workspace_id and id > @after_id
  and stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED') order by id limit sqlc.arg('rows')::int for no key update;

-- name: OpenLeadsOfAccount :many
-- At most 5,000, locked: the open leads of one company.
select * from leads where workspace_id = @workspace_id and account_id = @account_id
  and stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED') order by id limit 5000 for no key update;
