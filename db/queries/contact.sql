-- name: ContactsByID :many
select * from contacts where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: ContactCompanies :many
-- Who exists, and where they work: all that a touch needs of its person.
select id, account_id from contacts where workspace_id = @workspace_id and id = any(@ids::uuid[]);

-- name: LockContacts :many
select * from contacts where workspace_id = @workspace_id and id = any(@ids::uuid[]) order by id for no key update;

-- name: IdentitiesOf :many
-- At most 50 for each contact.
select i.* from unnest(@contact_ids::uuid[]) as p(contact_id)
cross join lateral (select * from contact_identities c where c.workspace_id = @workspace_id and c.contact_id = p.contact_id order by c.kind, c.key limit 50) i;

-- name: ConsentsOf :many
-- What is in force: the newest row of each channel and purpose.
select distinct on (contact_id, channel, purpose) * from consents
where workspace_id = @workspace_id and contact_id = any(@contact_ids::uuid[])
order by contact_id, channel, purpose, at desc, id desc;

-- name: FindIdentities :many
select i.* from (select unnest(@kinds::text[]) as kind, unnest(@keys::text[]) as key) k
join contact_identities i on i.workspace_id = @workspace_id and i.kind = k.kind and i.key = k.key and not i.shared;

-- name: InsertConsents :exec
insert into consents (workspace_id, id, contact_id, channel, purpose, state, basis, proof, at)
select @workspace_id, u.id, u.contact_id, u.channel, u.purpose, u.state, u.basis, nullif(u.proof, ''), u.at
from (select unnest(@ids::uuid[]) as id, unnest(@contact_ids::uuid[]) as contact_id, unnest(@channels::text[]) as channel, unnest(@purposes::text[]) as purpose, unnest(@states::text[]) as state, unnest(@bases::text[]) as basis, unnest(@proofs::text[]) as proof, unnest(@ats::timestamptz[]) as at) u;

-- name: InsertIdentities :many
-- Only those that nobody has yet come back; the caller finds out who has the others.
insert into contact_identities (workspace_id, id, contact_id, kind, key, value, shared)
select @workspace_id, u.id, u.contact_id, u.kind, u.key, u.value, u.shared
from (select unnest(@ids::uuid[]) as id, unnest(@contact_ids::uuid[]) as contact_id, unnest(@kinds::text[]) as kind, unnest(@keys::text[]) as key, unnest(@vals::text[]) as value, unnest(@shared::boolean[]) as shared) u
order by u.kind, u.key
on conflict do nothing returning id;
