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

-- name: CountCovered :many
-- No row where there is no open lead, else one: open leads, those somebody answers for, those in stages that have a clock, those whose clock has not ended, and up to 100 that miss one or the other.
select count(*)::int as open_leads, (count(*) filter (where o.answered))::int as answered, (count(*) filter (where o.timed))::int as timed,
  (count(*) filter (where o.clocked))::int as clocked, (count(*) filter (where o.answered and (o.clocked or not o.timed)))::int as covered,
  coalesce((array_agg(o.id) filter (where not o.answered or o.timed and not o.clocked))[1:100], '{}')::uuid[] as uncovered
from (
  select l.id, l.owner_id is not null or l.queue <> '' as answered, l.stage = any(@stages::text[]) as timed, l.stage = any(@stages::text[]) and c.lead_id is not null as clocked
  from leads l
  left join (select distinct k.lead_id from clocks k where k.workspace_id = @workspace_id and k.stage <> 'REPLY'
    and k.state in ('PENDING', 'RUNNING', 'WARNING', 'PAUSED', 'BREACHED') and k.fulfilled_at is null and k.ended_at is null) c on c.lead_id = l.id
  where l.workspace_id = @workspace_id and l.stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED')
) o having count(*) > 0;
