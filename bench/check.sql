-- What a request of W3 wrote, as one JSON text.
select json_build_object(
  'touches', (select json_agg(x order by x.external_id) from (
    select contact_id, account_id, source_id, campaign_id, member_id, kind, channel, direction, department, resource_position, subject, external_id, occurred_at
    from touches where external_id like 'b-%') x),
  'keys', (select json_agg(x order by x.external_id) from (
    select k.source_id, k.external_id, t.contact_id from touch_keys k join touches t on t.id = k.touch_id where k.external_id like 'b-%') x),
  'leads', (select json_agg(x order by x.id) from (
    select l.id, l.last_activity_at, l.version - b.version as versions, l.updated_at > b.updated_at as moved
    from leads l join before b on b.id = l.id where l.updated_at <> b.updated_at) x),
  'events', (select json_agg(x order by x.contact_id) from (
    select e.kind, e.actor_kind, e.actor_id, e.lead_id, e.contact_id, e.account_id, e.subject_id, e.data from events e where e.seq > (select seq from began)) x))::text
