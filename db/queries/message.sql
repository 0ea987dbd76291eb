-- name: ContactState :one
-- All that the contact policy looks at of a person, for one question, in one statement: what stands about them, the consent in force for the channel and purpose, and the
-- ledger. Outbound touches that reach people are in the ledger as messages that were sent, whoever recorded them, but for those that a message names as its own: so both
-- departments' messages count, whatever way they were recorded. Where nobody said whose a touch is it counts as marketing's. What is reserved counts until it expires, as if it
-- were sent: it may be, whenever the instant that is asked about.
select c.account_id, c.time_zone, c.customer_since,
  s.floor_department, s.floor_until, s.suppressed_at, coalesce(s.bounced, '{}')::text[] as bounced, s.not_before,
  exists (select from leads l where l.workspace_id = @workspace_id and l.contact_id = c.id and l.stage = 'ERASED')::bool as erased,
  exists (select from deals d where d.workspace_id = @workspace_id and d.contact_id = c.id and d.outcome = 'OPEN')::bool as open_deal,
  coalesce(n.state, '')::text as consent_state, coalesce(n.basis, '')::text as consent_basis,
  k.id as campaign_id, coalesce(k.kind, '')::text as campaign_kind,
  (k.acknowledged_by_marketing is not null and k.acknowledged_by_sales is not null)::bool as campaign_acknowledged,
  p.id as policy_id,
  e.ats, e.colleagues, e.channels, e.purposes, e.departments, e.campaign_ids
from contacts c
left join standings s on s.workspace_id = @workspace_id and s.contact_id = c.id
left join agreements p on p.workspace_id = @workspace_id and p.kind = 'CONTACT_POLICY' and p.state = 'PUBLISHED'
left join campaigns k on k.workspace_id = @workspace_id and k.id = sqlc.narg(campaign_id)::uuid
left join lateral (select x.state, x.basis from consents x where x.workspace_id = @workspace_id and x.contact_id = c.id and x.channel = @channel::text and x.purpose = @purpose::text
  order by x.at desc, x.id desc limit 1) n on true
cross join lateral (
  select coalesce(array_agg(u.at), '{}')::timestamptz[] as ats, coalesce(array_agg(u.colleague), '{}')::bool[] as colleagues,
    coalesce(array_agg(u.channel), '{}')::text[] as channels, coalesce(array_agg(u.purpose), '{}')::text[] as purposes, coalesce(array_agg(u.department), '{}')::text[] as departments,
    coalesce(array_agg(u.campaign_id), '{}')::uuid[] as campaign_ids
  from (
    select m.at, false as colleague, m.channel, m.purpose, m.department,
      coalesce(m.campaign_id, '00000000-0000-0000-0000-000000000000') as campaign_id
    from messages m where m.workspace_id = @workspace_id and m.contact_id = c.id and m.at > @since::timestamptz
      and (m.state = 'SENT' or m.state = 'RESERVED' and m.expires_at > @now::timestamptz) and m.purpose <> 'TRANSACTIONAL' and m.id <> @leave::uuid
    union all
    select m.at, true, m.channel, m.purpose, m.department,
      coalesce(m.campaign_id, '00000000-0000-0000-0000-000000000000')
    from messages m where m.workspace_id = @workspace_id and m.account_id = c.account_id and m.contact_id <> c.id and m.at > @account_since::timestamptz
      and (m.state = 'SENT' or m.state = 'RESERVED' and m.expires_at > @now::timestamptz) and m.purpose <> 'TRANSACTIONAL' and m.id <> @leave::uuid
    union all
    select t.occurred_at, false, t.channel, coalesce(t.department, 'MARKETING'), coalesce(t.department, 'MARKETING'),
      coalesce(t.campaign_id, '00000000-0000-0000-0000-000000000000')
    from touches t where t.workspace_id = @workspace_id and t.contact_id = c.id and t.occurred_at > @since::timestamptz and t.direction = 'OUTBOUND' and t.kind = any(@kinds::text[])
      and not exists (select from messages o where o.workspace_id = @workspace_id and o.touch_id = t.id)
    union all
    select t.occurred_at, true, t.channel, coalesce(t.department, 'MARKETING'), coalesce(t.department, 'MARKETING'),
      coalesce(t.campaign_id, '00000000-0000-0000-0000-000000000000')
    from touches t where t.workspace_id = @workspace_id and t.account_id = c.account_id and t.contact_id <> c.id and t.occurred_at > @account_since::timestamptz
      and t.direction = 'OUTBOUND' and t.kind = any(@kinds::text[]) and not exists (select from messages o where o.workspace_id = @workspace_id and o.touch_id = t.id)
  ) u) e
where c.workspace_id = @workspace_id and c.id = @contact_id;

-- name: MessageByID :one
select * from messages where workspace_id = @workspace_id and id = @id;

-- name: LockMessage :one
select * from messages where workspace_id = @workspace_id and id = @id for no key update;

-- name: SettleMessage :one
update messages set state = @state, at = @at, touch_id = @touch_id, policy_id = @policy_id, settled_at = @settled_at, version = version + 1
where workspace_id = @workspace_id and id = @id returning *;
