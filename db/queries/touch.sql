-- name: TouchByID :many
-- Where sqlc takes the row from; pages and look-ups read what the answer shows of it.
select * from touches where workspace_id = @workspace_id and id = @id;

-- name: TouchesOf :many
-- What conditions ask about, newest first; at most 2,000 touches for each contact.
select t.contact_id, t.id, t.kind, t.channel, t.direction, t.resource_position, t.occurred_at, coalesce(k.kind, '')::text as campaign_kind
from unnest(@contact_ids::uuid[]) as p(contact_id)
cross join lateral (select * from touches c where c.workspace_id = @workspace_id and c.contact_id = p.contact_id
  order by c.occurred_at desc, c.id desc limit 2000) t
left join campaigns k on k.workspace_id = t.workspace_id and k.id = t.campaign_id
order by t.contact_id, t.occurred_at desc, t.id desc;

-- name: TouchKeys :many
select k.* from (select unnest(@source_ids::uuid[]) as source_id, unnest(@external_ids::text[]) as external_id) u
join touch_keys k on k.workspace_id = @workspace_id and k.source_id = u.source_id and k.external_id = u.external_id;

-- name: AsksTouches :one
-- Whether some rule in force asks about touches, so that leads are judged, and their clocks turned, when there are new ones.
select (exists (select from personas p where p.workspace_id = @workspace_id and p.active and p.asks_touches)
  or exists (select from agreements a where a.workspace_id = @workspace_id and a.state = 'PUBLISHED'
    and a.kind in ('SCORING_MODEL', 'LEAD_DEFINITION', 'SLA_POLICY', 'FOLLOW_UP_POLICY')))::bool as asks;
