-- name: ClocksByID :many
select * from clocks where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: ClocksOf :many
-- The clocks of leads, newest first; at most 200 of each.
select c.* from unnest(@lead_ids::uuid[]) as p(lead_id)
cross join lateral (select * from clocks x where x.workspace_id = @workspace_id and x.lead_id = p.lead_id order by x.starts_at desc, x.id desc limit 200) c;

-- name: NextClocks :many
-- What is owed next on each lead, what is overdue before all.
select distinct on (lead_id) * from clocks where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[])
  and state in ('PENDING', 'RUNNING', 'WARNING', 'PAUSED', 'BREACHED') and fulfilled_at is null and ended_at is null
order by lead_id, due_at nulls last, id;

-- name: LockOpenClocks :many
-- What is still owed on leads, overdue or not, and returns that were let go. Who asks holds the leads.
select * from clocks where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[])
  and (state in ('PENDING', 'RUNNING', 'WARNING', 'PAUSED', 'BREACHED') and fulfilled_at is null and ended_at is null or state = 'WAIVED' and stage = 'RETURN')
order by id for no key update;

-- name: LockSalesClocks :many
-- The clocks that what happens with people can move, also those that have ended: an earlier response may become known later. A return that was let go is
-- not asked for again. Who asks holds the leads.
select * from clocks where workspace_id = @workspace_id and lead_id = any(@lead_ids::uuid[]) and stage in ('ENGAGE', 'STEP', 'RETURN') and state <> 'CANCELLED' and (state <> 'WAIVED' or stage = 'RETURN')
  and starts_at >= @since::timestamptz
order by id for no key update;

-- name: LockReplyClocks :many
-- What marketing owes a rejection. Who asks holds its lead.
select * from clocks where workspace_id = @workspace_id and lead_id = @lead_id and handoff_id = @handoff_id and stage = 'REPLY' order by id for no key update;

-- name: LockClock :one
-- A clock and, before it, its lead.
select c.* from leads l join clocks c on l.workspace_id = c.workspace_id and c.lead_id = l.id
where c.workspace_id = @workspace_id and c.id = @id for no key update of l, c;

-- name: LockDueClocks :many
-- Clocks at which something happens by now, the longest due first; those that somebody is at are left to the next look.
select c.* from leads l join clocks c on l.workspace_id = c.workspace_id and c.lead_id = l.id
where c.workspace_id = @workspace_id and c.wake_at <= @at::timestamptz order by c.wake_at, c.id limit sqlc.arg('rows')::int for no key update of l, c skip locked;

-- name: ClockWorkspaces :many
select f.workspace_id::uuid as workspace_id from lg_due_clocks(@at::timestamptz) as f(workspace_id);

-- name: CalendarsByHash :many
select id, hash from calendars where workspace_id = @workspace_id and hash = any(@hashes::text[]);

-- name: WaiversByID :many
select * from waivers where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: WaiversOf :many
-- What was asked for about clocks, newest first; of each there are a few.
select * from waivers where workspace_id = @workspace_id and clock_id = any(@clock_ids::uuid[]) order by asked_at desc, id desc limit 5000;

-- name: InsertWaiver :one
insert into waivers (workspace_id, id, clock_id, state, note, asked_by, asked_at)
values (@workspace_id, @id, @clock_id, 'ASKED', @note, @asked_by, @at::timestamptz) returning *;

-- name: AnswerWaiver :one
update waivers set state = @state, answered_by = @answered_by, answered_at = @at::timestamptz, answer = @answer where workspace_id = @workspace_id and id = @id returning *;

-- name: EscalationsOf :many
-- Whom breaches were told to, of each a few: a queue has no rows.
select * from escalations where workspace_id = @workspace_id and clock_id = any(@clock_ids::uuid[]) order by clock_id, member_id;

-- name: Heads :many
-- Who runs the departments: all of them, or somebody would not hear of what they have to.
select * from members where workspace_id = @workspace_id and active and role in ('MANAGER', 'DIRECTOR') order by name, id;
