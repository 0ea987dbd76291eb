-- name: LockStanding :one
-- What stands about a person, locked; those who ask at once queue up here. The row is made where there is none.
insert into standings (workspace_id, contact_id, updated_at) values (@workspace_id, @contact_id, @at::timestamptz)
on conflict (workspace_id, contact_id) do update set updated_at = standings.updated_at returning *;

-- name: StandingsOf :many
select * from standings where workspace_id = @workspace_id and contact_id = any(@contact_ids::uuid[]);

-- name: UpdateStanding :exec
update standings set suppressed_at = @suppressed_at, suppressed_note = @suppressed_note, bounced = @bounced, not_before = @not_before, updated_at = @at::timestamptz, version = version + 1
where workspace_id = @workspace_id and contact_id = @contact_id;

-- name: TurnFloors :many
-- Gives conversations to departments. An event that happened before the one that gave it last changes nothing.
insert into standings (workspace_id, contact_id, floor_department, floor_event, floor_since, floor_until, updated_at)
select @workspace_id, u.contact_id, u.department, u.event, u.since, u.until, @at::timestamptz
from (select unnest(@contact_ids::uuid[]) as contact_id, unnest(@departments::text[]) as department, unnest(@events::text[]) as event, unnest(@sinces::timestamptz[]) as since,
  unnest(@untils::timestamptz[]) as until) u order by u.contact_id
on conflict (workspace_id, contact_id) do update set floor_department = excluded.floor_department, floor_event = excluded.floor_event, floor_since = excluded.floor_since,
  floor_until = excluded.floor_until, updated_at = excluded.updated_at, version = standings.version + 1
where standings.floor_since is null or standings.floor_since <= excluded.floor_since
returning contact_id;

-- name: LastSenders :many
-- Which department wrote to people last before an instant: to whom they answer. Nothing for those to whom nobody did.
select u.contact_id::uuid as contact_id, u.at::timestamptz as at, coalesce(t.department, m.department)::text as department
from (select unnest(@contact_ids::uuid[]) as contact_id, unnest(@ats::timestamptz[]) as at) u
left join lateral (select x.department, x.at from messages x where x.workspace_id = @workspace_id and x.contact_id = u.contact_id and x.state = 'SENT' and x.at <= u.at
  order by x.at desc, x.id desc limit 1) m on true
left join lateral (select x.department, x.occurred_at from touches x where x.workspace_id = @workspace_id and x.contact_id = u.contact_id and x.occurred_at <= u.at and x.occurred_at > coalesce(m.at, '-infinity')
  and x.direction = 'OUTBOUND' and x.kind = any(@kinds::text[]) and x.department is not null order by x.occurred_at desc, x.id desc limit 1) t on true
where coalesce(t.department, m.department) is not null;
