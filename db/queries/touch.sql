-- name: TouchByID :many
-- Where sqlc takes the row from; pages and look-ups read what the answer shows of it.
select * from touches where workspace_id = @workspace_id and id = @id;

-- name: TouchesOf :many
-- What conditions ask about of people, in no order: touches of some kinds, and of others those since a moment, of each contact the latest 2,000 at least. They are read in one walk, and only where
-- somebody may have far more, contact by contact. The campaigns, which are few, are joined behind the walk.
with walk as materialized (
  select c.contact_id, c.id, c.kind, c.channel, c.direction, c.resource_position, c.occurred_at, c.campaign_id from touches c
  where c.workspace_id = @workspace_id and c.contact_id = any(@contact_ids::uuid[])
    and (c.kind = any(@kinds::text[]) or c.occurred_at > @since::timestamptz and c.kind = any(@recent::text[])) limit 2001 + 100 * cardinality(@contact_ids::uuid[])),
done as (select count(*) <= 2000 + 100 * cardinality(@contact_ids::uuid[]) as so from walk)
select t.contact_id, t.id, t.kind, t.channel, t.direction, t.resource_position, t.occurred_at, coalesce(k.kind, '')::text as campaign_kind
from (select * from walk where (select so from done)
  union all
  select c.* from (select distinct unnest(@contact_ids::uuid[]) as contact_id) p
  cross join lateral (select c.contact_id, c.id, c.kind, c.channel, c.direction, c.resource_position, c.occurred_at, c.campaign_id from touches c
    where c.workspace_id = @workspace_id and c.contact_id = p.contact_id
      and (c.kind = any(@kinds::text[]) or c.occurred_at > @since::timestamptz and c.kind = any(@recent::text[])) order by c.occurred_at desc, c.id desc limit 2000) c
  where not (select so from done)) t
left join campaigns k on k.workspace_id = @workspace_id and k.id = t.campaign_id;

-- name: TouchKeys :many
select k.* from (select unnest(@source_ids::uuid[]) as source_id, unnest(@external_ids::text[]) as external_id) u
join touch_keys k on k.workspace_id = @workspace_id and k.source_id = u.source_id and k.external_id = u.external_id;

-- name: RulesStamp :one
-- What leads are judged by, as one value that is another after each change of it: personas, attributes and what is in force. Zero where there is nothing.
select coalesce(md5(nullif(concat(
  (select string_agg(concat(p.id, p.version, p.updated_at), ',' order by p.id) from personas p where p.workspace_id = @workspace_id and p.active), ';',
  (select string_agg(a.id::text, ',' order by a.id) from agreements a where a.workspace_id = @workspace_id and a.state = 'PUBLISHED'), ';',
  (select string_agg(concat(d.id, d.label), ',' order by d.id) from attribute_definitions d where d.workspace_id = @workspace_id)), ';;')), '00000000000000000000000000000000')::uuid as stamp;
