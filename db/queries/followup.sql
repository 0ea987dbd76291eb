-- name: FollowUpsOf :many
-- The plan of each lead: of several pursuits by sales the last.
select distinct on (lead_id) * from follow_ups where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[]) order by lead_id, accepted_at desc, id desc;

-- name: LockFollowUps :many
-- As FollowUpsOf, those that have not ended. Who asks holds the leads.
select * from follow_ups where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[]) and ended_at is null order by id for no key update;

-- name: LockExhausted :many
-- Plans that have come to their end without an answer; those that somebody is at are left to the next look.
select f.* from leads l join follow_ups f on l.workspace_id = f.workspace_id and f.lead_id = l.id
where f.workspace_id = @workspace_id and f.ended_at is null and f.exhausted_at <= @at::timestamptz and l.stage in ('ACCEPTED', 'WORKING', 'SALES_QUALIFIED')
order by f.exhausted_at, f.id limit sqlc.arg('rows')::int for no key update of l, f skip locked;

-- name: ReopenFollowUps :many
-- The last plan of leads goes on where it was.
update follow_ups f set ended_at = null, version = f.version + 1
from (select distinct on (lead_id) o.id from follow_ups o where o.workspace_id = @workspace_id and o.lead_id = any(@lead_ids::uuid[]) order by o.lead_id, o.accepted_at desc, o.id desc) last
where f.workspace_id = @workspace_id and f.id = last.id returning f.*;

-- name: AttemptsOf :many
-- The attempts with leads, oldest first; at most 1,000 of each.
select a.* from unnest(@lead_ids::uuid[]) as p(lead_id)
cross join lateral (select * from attempts x where x.workspace_id = @workspace_id and x.lead_id = p.lead_id order by x.at desc, x.id desc limit 1000) a
order by a.at, a.id;

-- name: LastAnswers :many
-- When people last answered. Meetings are answers whoever asked for them.
select p.contact_id::uuid as contact_id, t.occurred_at from unnest(@contact_ids::uuid[]) as p(contact_id)
cross join lateral (select x.occurred_at from touches x where x.workspace_id = @workspace_id and x.contact_id = p.contact_id
  and (x.kind = 'MEETING' or x.direction = 'INBOUND' and x.kind = any(@kinds::text[])) order by x.occurred_at desc, x.id desc limit 1) t;

-- name: EndFollowUps :exec
update follow_ups set ended_at = @at::timestamptz, version = version + 1 where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[]) and ended_at is null;

-- name: ExcuseFollowUp :one
update follow_ups set excused_by = @excused_by, excused_at = @at::timestamptz, excuse = @excuse, version = version + 1 where workspace_id = @workspace_id and id = @id returning *;
