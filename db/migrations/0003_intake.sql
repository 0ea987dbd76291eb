-- +goose Up
-- Files of leads: uploads in pieces, imports with their progress, and the rows they refused.

create table uploads (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  file_name text not null,
  bytes bigint not null default 0, -- received so far
  complete boolean not null default false,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (workspace_id, id)
);

create table upload_chunks (
  workspace_id uuid not null,
  upload_id uuid not null,
  n int not null,
  data bytea not null,
  primary key (workspace_id, upload_id, n),
  foreign key (workspace_id, upload_id) references uploads (workspace_id, id)
);
alter table upload_chunks alter column data set storage external; -- read by byte ranges, so not compressed

create table imports (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  upload_id uuid not null,
  source_id uuid not null,
  campaign_id uuid,
  file_name text not null,
  layout jsonb not null,
  mapping jsonb not null,
  state text not null check (state in ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  cursor jsonb, -- where to read on; moves in the transaction of the rows before it
  bytes_total bigint not null,
  bytes_read bigint not null default 0,
  rows_read bigint not null default 0,
  rows_created bigint not null default 0,
  rows_merged bigint not null default 0,
  rows_refused bigint not null default 0,
  tries int not null default 0, -- starts since it last moved on
  failure text,
  created_by uuid,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, upload_id) references uploads (workspace_id, id),
  foreign key (workspace_id, source_id) references sources (workspace_id, id),
  foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id)
);
create index imports_created on imports (workspace_id, created_at desc, id desc);

create table import_refusals (
  workspace_id uuid not null,
  import_id uuid not null,
  id uuid not null, -- in the order of the file
  line bigint not null, -- of the file, from 1
  column_name text,
  code text not null,
  message text not null,
  value text,
  primary key (workspace_id, import_id, id),
  foreign key (workspace_id, import_id) references imports (workspace_id, id)
);

select lg_protect(t) from unnest(array['uploads', 'upload_chunks', 'imports', 'import_refusals']::regclass[]) t;
