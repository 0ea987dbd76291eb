-- +goose Up
-- Content: resources with their labels and versions, what was shown to whom, and what came of it.

create table resources (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  key text not null check (key ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  title text not null,
  description text,
  format text not null check (format in ('ARTICLE', 'GUIDE', 'CHECKLIST', 'CASE_STUDY', 'REPORT', 'DATASHEET', 'VIDEO', 'WEBINAR', 'TOOL', 'OTHER')),
  position text not null check (position in ('TOP', 'MIDDLE', 'BOTTOM', 'CUSTOMER')), -- of the first label: what a touch takes that names the resource
  url text not null, -- of the current version
  edition int not null default 1, -- the current version's number
  published_at timestamptz not null, -- when the current version came
  owner_id uuid,
  expires_at timestamptz,
  retired_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version int not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, key),
  foreign key (workspace_id, owner_id) references members (workspace_id, id)
);
create index resources_title on resources (workspace_id, title, id);
create index resources_created on resources (workspace_id, created_at desc, id desc);
create index resources_expires on resources (workspace_id, expires_at, id) where expires_at is not null;

-- Whom a resource speaks to, and where in the funnel. No persona: everybody there.
create table resource_labels (
  workspace_id uuid not null,
  resource_id uuid not null,
  ord int not null,
  persona_id uuid,
  position text not null check (position in ('TOP', 'MIDDLE', 'BOTTOM', 'CUSTOMER')),
  primary key (workspace_id, resource_id, ord),
  foreign key (workspace_id, resource_id) references resources (workspace_id, id),
  foreign key (workspace_id, persona_id) references personas (workspace_id, id)
);
create index resource_labels_cell on resource_labels (workspace_id, position, persona_id, resource_id);

create table resource_versions (
  workspace_id uuid not null,
  id uuid not null,
  resource_id uuid not null,
  edition int not null,
  url text not null,
  note text,
  created_by uuid, -- a member; null for keys
  created_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, resource_id, edition),
  foreign key (workspace_id, resource_id) references resources (workspace_id, id),
  foreign key (workspace_id, created_by) references members (workspace_id, id)
);

-- A resource that was sent to one person, under a link of its own.
create table shares (
  workspace_id uuid not null,
  id uuid not null, -- the link is signed over it
  resource_id uuid not null,
  contact_id uuid not null,
  source_id uuid not null, -- who tells of it, and of the views
  touch_id uuid not null, -- the outbound touch that it is
  channel text not null,
  member_id uuid, -- who sent it; null for keys
  shared_at timestamptz not null,
  views int not null default 0,
  first_viewed_at timestamptz,
  last_viewed_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, resource_id) references resources (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, source_id) references sources (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id)
) with (fillfactor = 85);
create index shares_resource on shares (workspace_id, resource_id, shared_at desc, id desc);
create index shares_contact on shares (workspace_id, contact_id, shared_at desc, id desc);

-- What leads of a persona, at a position, did after they had seen a resource, and what those did who had not. Made anew by a job.
create table resource_lifts (
  workspace_id uuid not null,
  persona_id uuid not null, -- zero: of no persona
  position text not null check (position in ('TOP', 'MIDDLE', 'BOTTOM', 'CUSTOMER')),
  resource_id uuid not null,
  viewers int not null,
  viewers_moved int not null,
  others int not null,
  others_moved int not null,
  lift double precision not null,
  computed_at timestamptz not null,
  primary key (workspace_id, persona_id, position, resource_id),
  foreign key (workspace_id, resource_id) references resources (workspace_id, id)
);

-- What was shown or opened. Resources are never deleted and are looked up in the transaction that writes the touch, so no key checks each touch of the
-- many that name none.
alter table touches add column resource_id uuid;
create index touches_resource on touches (workspace_id, resource_id, occurred_at desc, id desc) where resource_id is not null;
create index touches_seen on touches (workspace_id, contact_id, resource_id) where resource_id is not null;

select lg_protect(t) from unnest(array['resources', 'resource_labels', 'resource_versions', 'shares', 'resource_lifts']::regclass[]) t;
