-- name: EventByID :many
-- Where sqlc takes the row from; pages and look-ups read what the answer shows of it.
select * from events where workspace_id = @workspace_id and id = @id;

-- name: EventsAfter :many
-- Events in the order of the log. Only settled ones are final: no transaction that began before theirs can still add one in front of them.
select sqlc.embed(events), (events.xid < pg_snapshot_xmin(pg_current_snapshot()))::bool as settled from events
where workspace_id = @workspace_id and (xid, seq) > (@xid::xid8, @seq::bigint) order by xid, seq limit @rows::int;

-- name: FindNews :many
-- Which workspaces have events behind these places.
select f.workspace_id::uuid as workspace_id from lg_find_news(@workspaces::uuid[], (@xids::text[])::xid8[], @seqs::bigint[]) as f(workspace_id);

-- name: EventHorizon :one
-- Which transactions have ended, as Postgres writes it: all below the first number, and below the second all but those listed.
select pg_current_snapshot()::text as snapshot;

-- name: InsertEvents :one
-- One statement for all events of a transaction; answers the last one's place in the log.
with written as (
  insert into events (workspace_id, id, at, kind, actor_kind, actor_id, lead_id, contact_id, account_id, subject_id, data)
  select @workspace_id, u.id, @at::timestamptz, u.kind, @actor_kind::text, sqlc.narg('actor_id')::uuid, nullif(u.lead_id, '00000000-0000-0000-0000-000000000000'), nullif(u.contact_id, '00000000-0000-0000-0000-000000000000'), nullif(u.account_id, '00000000-0000-0000-0000-000000000000'), nullif(u.subject_id, '00000000-0000-0000-0000-000000000000'), u.data
  from (select unnest(@ids::uuid[]) as id, unnest(@kinds::text[]) as kind, unnest(@lead_ids::uuid[]) as lead_id, unnest(@contact_ids::uuid[]) as contact_id,
    unnest(@account_ids::uuid[]) as account_id, unnest(@subject_ids::uuid[]) as subject_id, unnest(@datas::jsonb[]) as data) u
  returning xid, seq)
select xid::text::bigint as xid, max(seq)::bigint as seq from written group by xid;

-- name: ClaimIdempotency :execrows
-- Waits for another request with the same key to end; writes nothing if that one succeeded.
insert into idempotency (workspace_id, actor, key, request_hash) values (@workspace_id, @actor, @key, @request_hash) on conflict do nothing;

-- name: Idempotency :one
select * from idempotency where workspace_id = @workspace_id and actor = @actor and key = @key;

-- name: AnswerIdempotency :exec
update idempotency set answer = @answer where workspace_id = @workspace_id and actor = @actor and key = @key;

-- name: ForgetIdempotency :exec
-- Answers are kept for a week. Each call clears a little, so that no sweep has to.
delete from idempotency i using (select key from idempotency o where o.workspace_id = @workspace_id and o.actor = @actor
  and o.created_at < now() - interval '7 days' order by o.created_at limit 200) old
where i.workspace_id = @workspace_id and i.actor = @actor and i.key = old.key;
