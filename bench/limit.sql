-- The statements of the limit server. Row-level security adds the workspace to each.

-- name: key
select f.workspace_id, f.id from lg_find_api_key($1) as f(workspace_id, id);

-- name: key-state
select scopes from api_keys where id = $1 and revoked_at is null and expires_at > now();

-- name: lead
select l.id, l.stage, l.stage_since, l.interest, l.queue, l.cycle, l.created_at, l.last_activity_at, l.version,
  c.id, c.full_name, c.email, c.phone, c.title, c.seniority, c.country, c.city,
  a.id, a.name, a.domain, a.industry, a.employees, a.country,
  p.id, p.name, p.priority, m.id, m.name, m.email, s.id, s.key, s.name, s.kind
from leads l join contacts c on c.id = l.contact_id join sources s on s.id = l.source_id
  left join accounts a on a.id = l.account_id left join personas p on p.id = l.persona_id left join members m on m.id = l.owner_id
where l.id = $1;

-- name: lead-touches
select t.id, t.kind, t.channel, t.direction, t.subject, t.occurred_at
from touches t where t.contact_id = (select contact_id from leads where id = $1)
order by t.occurred_at desc, t.id desc limit 5;

-- name: inbox
select l.id, l.stage, l.stage_since, l.queue, l.interest, l.last_activity_at,
  c.id, c.full_name, c.email, c.title, c.country, p.id, p.name, a.id, a.name, a.domain, a.employees, m.id, m.name, s.id, s.name
from (select * from leads where stage = $1 order by last_activity_at desc, id desc limit 51) l
  join contacts c on c.id = l.contact_id join sources s on s.id = l.source_id
  left join accounts a on a.id = l.account_id left join personas p on p.id = l.persona_id left join members m on m.id = l.owner_id
order by l.last_activity_at desc, l.id desc;

-- name: inbox-touches
select l.id, t.id, t.kind, t.channel, t.occurred_at
from (select id, contact_id, last_activity_at from leads where stage = $1 order by last_activity_at desc, id desc limit 50) l
  cross join lateral (select * from touches t where t.contact_id = l.contact_id order by t.occurred_at desc, t.id desc limit 3) t
order by l.last_activity_at desc, l.id desc;

-- name: record
with u as (
  select * from unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
    as u(id, contact_id, kind, channel, subject, external_id, occurred_at)),
s as (select id from sources where key = $3),
keys as (
  insert into touch_keys (workspace_id, source_id, external_id, touch_id)
  select $1, s.id, u.external_id, u.id from u cross join s order by u.external_id on conflict do nothing returning touch_id),
written as (
  insert into touches (workspace_id, id, contact_id, account_id, source_id, kind, channel, direction, subject, external_id, occurred_at, recorded_at)
  select $1, u.id, u.contact_id, c.account_id, s.id, u.kind, u.channel, 'INBOUND', u.subject, u.external_id, u.occurred_at, $2
  from u join keys k on k.touch_id = u.id cross join s left join contacts c on c.id = u.contact_id
  returning id, contact_id, occurred_at),
people as (select contact_id, max(occurred_at) as at, count(*) as n from written group by contact_id order by contact_id),
moved as (
  update leads l set last_activity_at = greatest(l.last_activity_at, p.at), updated_at = now(), version = l.version + case when p.at > l.last_activity_at then 1 else 0 end
  from people p where l.contact_id = p.contact_id and l.stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED') returning l.id, l.contact_id),
logged as (
  insert into events (workspace_id, id, at, kind, actor_kind, actor_id, lead_id, contact_id, data)
  select $1, e.id, $2, 'TOUCHES_RECORDED', 'API_KEY', $11, m.id, p.contact_id, jsonb_build_object('count', p.n)
  from people p join unnest($12::uuid[], $13::uuid[]) as e(contact_id, id) on e.contact_id = p.contact_id left join moved m on m.contact_id = p.contact_id)
select id from written;

-- name: known
select k.external_id, k.touch_id from touch_keys k join sources s on s.id = k.source_id where s.key = $1 and k.external_id = any($2::text[]);
