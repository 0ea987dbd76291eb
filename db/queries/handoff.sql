-- name: HandoffsByID :many
select * from handoffs where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: HandoffsOf :many
-- The hand-offs of leads, newest first; at most 100 of each.
select h.* from unnest(@lead_ids::uuid[]) as p(lead_id)
cross join lateral (select * from handoffs c where c.workspace_id = @workspace_id and c.lead_id = p.lead_id order by c.number desc limit 100) h;

-- name: AlertsOf :many
-- Who was told of offers that nobody was eligible for, of each a few.
select * from alerts where workspace_id = @workspace_id and handoff_id = any(@handoff_ids::uuid[]) order by handoff_id, member_id;

-- name: HandoffsBefore :many
-- Who had these leads, and what became of it.
select lead_id, number, state, direction, member_id, decided_by from handoffs where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[]) order by lead_id, number;

-- name: LockLeadOfHandoff :one
select l.* from leads l where l.workspace_id = @workspace_id
  and l.id = (select h.lead_id from handoffs h where h.workspace_id = @workspace_id and h.id = @handoff_id) for no key update;

-- name: LockLeadsOfHandoffs :many
-- In the order of their ids, as everybody locks leads.
select l.* from leads l where l.workspace_id = @workspace_id
  and l.id in (select h.lead_id from handoffs h where h.workspace_id = @workspace_id and h.id = any(@handoff_ids::uuid[])) order by l.id for no key update;

-- name: AnswerHandoff :many
-- Compare and set: no row where somebody else has answered.
update handoffs set state = @state, member_id = @member_id, decided_by = @decided_by, decided_at = @at::timestamptz, reason_id = @reason_id, feedback = @feedback,
  credited = @credited, version = version + 1
where workspace_id = @workspace_id and id = @id and state = 'OFFERED' returning *;

-- name: ReplyToHandoff :many
-- Once: no row where there is a reply already.
update handoffs set reply = @reply::text, replied_by = @replied_by, replied_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = @id and state = 'REJECTED' and replied_at is null returning *;

-- name: ExpireHandoffs :many
update handoffs set state = 'EXPIRED', decided_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and id = any(@ids::uuid[]) and state = 'OFFERED' returning *;

-- name: CloseHandoffs :many
-- The hand-offs of leads that went elsewhere before they were answered.
update handoffs set state = 'WITHDRAWN', decided_by = @decided_by, decided_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[]) and state = 'OFFERED' returning *;

-- name: RouteHandoff :exec
-- Somebody else shall answer.
update handoffs set member_id = @member_id, version = version + 1
where workspace_id = @workspace_id and lead_id = @lead_id and state = 'OFFERED' and direction = 'MARKETING_TO_SALES';

-- name: RoutingMembers :many
-- Who could be given leads, with what routing asks of them; at most 5,000. What they have is counted only where the policy has caps.
select m.id, m.name, m.email, m.department, m.territories, m.skills, m.languages, m.calendar_id,
  (select count(*) from leads l where @open_cap::boolean and l.workspace_id = m.workspace_id and l.owner_id = m.id
    and l.stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED'))::int as has_open,
  (select count(*) from handoffs h where @daily_cap::boolean and h.workspace_id = m.workspace_id and h.member_id = m.id and h.direction = 'MARKETING_TO_SALES'
    and h.offered_at >= timezone(m.time_zone, date_trunc('day', timezone(m.time_zone, @at::timestamptz))))::int as given_today,
  array(select a.starts_at from absences a where a.workspace_id = m.workspace_id and a.member_id = m.id and a.cancelled_at is null and a.ends_at > @at::timestamptz
    order by a.ends_at, a.id limit 100)::timestamptz[] as absent_from,
  array(select a.ends_at from absences a where a.workspace_id = m.workspace_id and a.member_id = m.id and a.cancelled_at is null and a.ends_at > @at::timestamptz
    order by a.ends_at, a.id limit 100)::timestamptz[] as absent_to
from members m where m.workspace_id = @workspace_id and m.active and m.role <> 'ANALYST' and m.department = any(@departments::text[]) order by m.id limit 5000;

-- name: LockRoutingEntries :many
-- What the members of pools were given, locked in one order.
select * from routing_entries where workspace_id = @workspace_id and pool = any(@pools::text[]) order by pool, member_id for update;

-- name: RoutingEntries :many
-- The same for who only asks.
select * from routing_entries where workspace_id = @workspace_id and pool = any(@pools::text[]) order by pool, member_id;

-- name: LockRoutingEntry :many
-- At most one.
select * from routing_entries where workspace_id = @workspace_id and pool = @pool and member_id = @member_id for update;
