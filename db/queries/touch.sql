-- name: TouchByID :many
-- Where sqlc takes the row from; pages and look-ups read what the answer shows of it.
select * from touches where workspace_id = @workspace_id and id = @id;

-- name: TouchesOf :many
-- What conditions ask about, at most 2,000 touches for each contact, with the contact's place among those asked for: touches of some kinds, and of
-- others those since a moment. The campaigns, which are few, are joined behind the walk over the contacts (hence the offset), and the rows are put in order by who reads them: here either would cost as
-- much as the walk.
select t.ord, t.id, t.kind, t.channel, t.direction, t.resource_position, t.occurred_at, coalesce(k.kind, '')::text as campaign_kind
from (select p.ord::bigint as ord, c.* from unnest(@contact_ids::uuid[]) with ordinality as p(contact_id, ord)
  cross join lateral (select c.workspace_id, c.id, c.kind, c.channel, c.direction, c.resource_position, c.occurred_at, c.campaign_id from touches c
    where c.workspace_id = @workspace_id and c.contact_id = p.contact_id
      and (c.kind = any(@kinds::text[]) or c.occurred_at > @since::timestamptz and c.kind = any(@recent::text[])) order by c.occurred_at desc, c.id desc limit 2000) c offset 0) t
left join campaigns k on k.workspace_id = t.workspace_id and k.id = t.campaign_id;

-- name: TouchKeys :many
select k.* from (select unnest(@source_ids::uuid[]) as source_id, unnest(@external_ids::text[]) as external_id) u
join touch_keys k on k.workspace_id = @workspace_id and k.source_id = u.source_id and k.external_id = u.external_id;

-- name: RulesStamp :one
-- What leads are judged by, as one value that is another after each change of it: personas, attributes and what is in force. Zero where there is nothing.
select coalesce(md5(nullif(concat(
  (select string_agg(concat(p.id, p.version, p.updated_at), ',' order by p.id) from personas p where p.workspace_id = @workspace_id and p.active), ';',
  (select string_agg(a.id::text, ',' order by a.id) from agreements a where a.workspace_id = @workspace_id and a.state = 'PUBLISHED'), ';',
  (select string_agg(concat(d.id, d.label), ',' order by d.id) from attribute_definitions d where d.workspace_id = @workspace_id)), ';;')), '00000000000000000000000000000000')::uuid as stamp;
