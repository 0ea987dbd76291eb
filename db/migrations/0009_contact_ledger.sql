-- +goose Up
-- One ledger of all messages to a person, over both departments.

-- What stands about a person beside consents: who owns the conversation, and until when nobody may write. One row for each person of whom there
-- is something to say; it is also what those who reserve at once queue up for.
create table standings (
  workspace_id uuid not null,
  contact_id uuid not null,
  floor_department text check (floor_department in ('MARKETING', 'SALES')),
  floor_event text,
  floor_since timestamptz,
  floor_until timestamptz, -- null with a department: until the other one gets it
  suppressed_at timestamptz,
  suppressed_note text,
  bounced text[] not null default '{}', -- channels whose address takes no messages
  not_before timestamptz, -- the day on which to come back, as agreed
  updated_at timestamptz not null,
  version int not null default 1,
  primary key (workspace_id, contact_id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
) with (fillfactor = 85);

create table messages (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  contact_id uuid not null,
  account_id uuid,
  channel text not null,
  purpose text not null check (purpose in ('MARKETING', 'SALES', 'TRANSACTIONAL')),
  department text not null check (department in ('MARKETING', 'SALES')),
  campaign_id uuid,
  state text not null check (state in ('RESERVED', 'SENT', 'CANCELLED')),
  at timestamptz not null, -- when it is to go, or went
  expires_at timestamptz, -- of a reservation: from when on it counts no more
  policy_id uuid, -- the version that let it through; null: it was recorded after the fact
  touch_id uuid, -- what was recorded of it
  actor_kind text not null check (actor_kind in ('MEMBER', 'API_KEY', 'SYSTEM')),
  actor_id uuid,
  created_at timestamptz not null,
  settled_at timestamptz, -- confirmed or cancelled
  version int not null default 1,
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id),
  foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id),
  foreign key (workspace_id, policy_id) references agreements (workspace_id, id)
);
create index messages_contact on messages (workspace_id, contact_id, at desc, id desc);
create index messages_account on messages (workspace_id, account_id, at desc, id desc);
create index messages_at on messages (workspace_id, at desc, id desc);
create unique index messages_touch on messages (workspace_id, touch_id) where touch_id is not null;
create index deals_contact on deals (workspace_id, contact_id) where outcome = 'OPEN';

-- An acquisition campaign reaches customers only where both departments know of it.
alter table campaigns add column acknowledged_by_marketing uuid, add column acknowledged_by_sales uuid;
alter table campaigns
  add foreign key (workspace_id, acknowledged_by_marketing) references members (workspace_id, id),
  add foreign key (workspace_id, acknowledged_by_sales) references members (workspace_id, id);

select lg_protect(t) from unnest(array['standings', 'messages']::regclass[]) t;
