-- +goose Up
-- People: workspaces, members, sessions, API keys; the marks of repeated requests; the event log.
--
-- Every table holds rows of many workspaces, so every table has row-level security, forced even on its owner: a statement sees
-- the rows of the workspace that its transaction named in app.ws, and none without. The sub-select makes Postgres read the
-- setting once per statement instead of once per row.

-- +goose StatementBegin
do $$
begin
  -- lg_app serves requests: no owner, no BYPASSRLS. lg_search owns the few functions that must look across workspaces.
  if not exists (select from pg_roles where rolname = 'lg_app') then create role lg_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'lg_search') then create role lg_search nologin; end if;
exception when duplicate_object or unique_violation then null; -- another database of the same server was quicker
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
begin
  if not pg_has_role(current_user, 'lg_app', 'member') then execute format('grant lg_app to %I', current_user); end if;
  if not pg_has_role(current_user, 'lg_search', 'member') then execute format('grant lg_search to %I', current_user); end if;
end $$;
-- +goose StatementEnd
grant usage on schema public to lg_app, lg_search;

create table workspaces (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'),
  name text not null,
  default_region text not null default 'US', -- of phone numbers written without a country code
  time_zone text not null default 'UTC',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1
);

create table members (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  email text not null,
  email_key text not null, -- what two spellings of one address share
  name text not null,
  password_hash text, -- null: signs in through the external issuer only
  external_subject text,
  department text not null check (department in ('MARKETING', 'SALES')),
  role text not null check (role in ('DIRECTOR', 'MANAGER', 'MEMBER', 'ANALYST')),
  admin boolean not null default false,
  active boolean not null default true,
  session_version int not null default 1, -- raised to end all sessions at once
  time_zone text not null default 'UTC',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_sign_in_at timestamptz,
  version int not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, email_key)
);
create index members_email on members (email_key);
create index members_subject on members (external_subject) where external_subject is not null;
create index members_name on members (workspace_id, name, id);

create table sessions (
  workspace_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create index sessions_member on sessions (workspace_id, member_id);

-- One row for each refresh token ever given out: a used one that comes back is theft, and ends its session.
create table refresh_tokens (
  workspace_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  hash bytea not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, session_id) references sessions (workspace_id, id)
);
create index refresh_tokens_hash on refresh_tokens (hash);
create index refresh_tokens_session on refresh_tokens (workspace_id, session_id);

create table sources (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  key text not null check (key ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  name text not null,
  kind text not null check (kind in ('FORM', 'CAMPAIGN', 'PARTNER', 'VENDOR_LIST', 'REP', 'EVENT', 'PRODUCT', 'IMPORT')),
  channel text not null check (channel in ('EMAIL', 'PHONE', 'SMS', 'CHAT', 'WEB', 'ORGANIC_SEARCH', 'PAID_SEARCH', 'SOCIAL', 'PAID_SOCIAL', 'DISPLAY', 'WEBINAR', 'EVENT', 'REFERRAL', 'PARTNER', 'DIRECT_MAIL', 'DIRECT', 'PRODUCT')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, key)
);
create index sources_name on sources (workspace_id, name, id);

create table api_keys (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  prefix text not null, -- enough of the secret to recognise it in a list
  hash bytea not null, -- sha256 of the secret, which is shown once and not kept
  scopes text[] not null,
  source_id uuid, -- the only source the key may write as
  created_by uuid,
  rotated_from uuid, -- the key this one replaces
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz, -- to the minute: at most one write a minute
  primary key (workspace_id, id),
  foreign key (workspace_id, source_id) references sources (workspace_id, id),
  foreign key (workspace_id, created_by) references members (workspace_id, id),
  foreign key (workspace_id, rotated_from) references api_keys (workspace_id, id)
);
create index api_keys_hash on api_keys (hash);
create index api_keys_created on api_keys (workspace_id, created_at desc, id desc);

-- A request that carries an idempotency key leaves its answer here, in the transaction of its effect.
create table idempotency (
  workspace_id uuid not null references workspaces (id),
  actor uuid not null,
  key text not null,
  request_hash bytea not null,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (workspace_id, actor, key)
);
create index idempotency_age on idempotency (workspace_id, actor, created_at);

-- The log of every change: outbox, audit, timeline and source of streams. xid lets a reader tell which rows can no longer be
-- overtaken by a transaction that began earlier and commits later; a bare sequence could not.
create sequence event_seq;
create table events (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  at timestamptz not null,
  seq bigint not null default nextval('event_seq'),
  xid xid8 not null default pg_current_xact_id(),
  kind text not null,
  actor_kind text not null check (actor_kind in ('MEMBER', 'API_KEY', 'SYSTEM')),
  actor_id uuid,
  lead_id uuid,
  contact_id uuid,
  account_id uuid,
  subject_id uuid, -- whatever else the event is about
  data jsonb not null default '{}',
  primary key (workspace_id, id, at)
) partition by range (at);
create table events_past partition of events for values from (minvalue) to ('2026-01-01');
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
create table events_2027 partition of events for values from ('2027-01-01') to ('2028-01-01');
create table events_later partition of events for values from ('2028-01-01') to (maxvalue);
create index events_lead on events (workspace_id, lead_id, at desc, id desc) where lead_id is not null;
create index events_cursor on events (workspace_id, xid, seq);

-- +goose StatementBegin
create function lg_protect(target regclass, tenant text default 'workspace_id') returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy tenant on %s using (%I = (select nullif(current_setting(''app.ws'', true), '''')::uuid))', target, tenant);
  execute format('grant select, insert, update, delete on %s to lg_app', target);
end $$;
-- +goose StatementEnd

select lg_protect('workspaces', 'id');
select lg_protect(t) from unnest(array['members', 'sessions', 'refresh_tokens', 'sources', 'api_keys', 'idempotency', 'events', 'events_past', 'events_2026', 'events_2027', 'events_later']::regclass[]) t;
revoke update, delete on events, events_past, events_2026, events_2027, events_later from lg_app; -- append only
grant usage on sequence event_seq to lg_app;

-- Signing in comes before a workspace is known. These functions, and only these, look across workspaces; each returns no more
-- than where to look.
create policy search on members for select to lg_search using (true);
create policy search on workspaces for select to lg_search using (true);
create policy search on api_keys for select to lg_search using (true);
create policy search on refresh_tokens for select to lg_search using (true);
grant select on members, workspaces, api_keys, refresh_tokens to lg_search;

create function lg_find_members(email_key text, slug text) returns table (workspace_id uuid, id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select m.workspace_id, m.id from members m join workspaces w on w.id = m.workspace_id
 where m.email_key = $1 and ($2 is null or w.slug = $2) order by m.created_at, m.id limit 20';

create function lg_find_subject(subject text, email_key text, slug text) returns table (workspace_id uuid, id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select m.workspace_id, m.id from members m join workspaces w on w.id = m.workspace_id
 where (m.external_subject = $1 or m.external_subject is null and m.email_key = $2) and ($3 is null or w.slug = $3)
 order by m.external_subject is null, m.created_at, m.id limit 2';

create function lg_find_api_key(hash bytea) returns table (workspace_id uuid, id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select k.workspace_id, k.id from api_keys k where k.hash = $1 limit 1';

create function lg_find_refresh_token(hash bytea) returns table (workspace_id uuid, id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select r.workspace_id, r.id from refresh_tokens r where r.hash = $1 limit 1';

create function lg_find_workspace(slug text) returns table (id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select w.id from workspaces w where w.slug = $1';

grant create on schema public to lg_search;
alter function lg_find_workspace(text) owner to lg_search;
alter function lg_find_members(text, text) owner to lg_search;
alter function lg_find_subject(text, text, text) owner to lg_search;
alter function lg_find_api_key(bytea) owner to lg_search;
alter function lg_find_refresh_token(bytea) owner to lg_search;
revoke create on schema public from lg_search;
revoke execute on function lg_find_members(text, text), lg_find_subject(text, text, text), lg_find_api_key(bytea), lg_find_refresh_token(bytea), lg_find_workspace(text) from public;
grant execute on function lg_find_members(text, text), lg_find_subject(text, text, text), lg_find_api_key(bytea), lg_find_refresh_token(bytea), lg_find_workspace(text) to lg_app;
