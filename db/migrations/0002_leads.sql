-- +goose Up
-- Accounts, contacts, leads and what happens between us.

create table attribute_definitions (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  entity text not null check (entity in ('LEAD', 'CONTACT', 'ACCOUNT')),
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,49}$'),
  type text not null check (type in ('TEXT', 'NUMBER', 'BOOLEAN', 'TIME')),
  label text not null,
  description text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, entity, key)
);

create table campaigns (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  key text not null check (key ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  name text not null,
  kind text not null check (kind in ('ACQUISITION', 'NURTURE', 'RETARGETING', 'RETENTION')),
  channel text not null check (channel in ('EMAIL', 'PHONE', 'SMS', 'CHAT', 'WEB', 'ORGANIC_SEARCH', 'PAID_SEARCH', 'SOCIAL', 'PAID_SOCIAL', 'DISPLAY', 'WEBINAR', 'EVENT', 'REFERRAL', 'PARTNER', 'DIRECT_MAIL', 'DIRECT', 'PRODUCT')),
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at > starts_at),
  cost_minor bigint not null default 0 check (cost_minor >= 0),
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, key)
);
create index campaigns_start on campaigns (workspace_id, starts_at desc, id desc);
create index campaigns_name on campaigns (workspace_id, name, id);

create table personas (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  description text,
  condition jsonb not null,
  asks_touches boolean not null, -- the condition asks about touches
  priority int not null, -- of two personas that match, the lower number wins
  negative boolean not null default false, -- somebody we do not want to win
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, name)
);
create index personas_priority on personas (workspace_id, priority, id);

create table accounts (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  name_key text not null, -- without legal form, folded: what spellings of one company share
  domain text, -- registrable; never a free-mail provider's
  industry text,
  employees int check (employees >= 0),
  revenue_minor bigint check (revenue_minor >= 0),
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  country text,
  city text,
  tier text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  primary key (workspace_id, id)
);
create unique index accounts_domain on accounts (workspace_id, domain) where domain is not null;
create unique index accounts_name_key on accounts (workspace_id, name_key) where domain is null;
create index accounts_any_name_key on accounts (workspace_id, name_key);
create index accounts_name on accounts (workspace_id, name, id);
create index accounts_created on accounts (workspace_id, created_at desc, id desc);

create table contacts (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  account_id uuid,
  given_name text,
  family_name text,
  full_name text,
  sort_name text not null generated always as (coalesce(lower(full_name), '~~')) stored, -- people without a name come last
  email text, -- the first address, as written
  email_domain text,
  free_mail boolean not null default false,
  phone text, -- the first number, in E.164
  title text,
  function text,
  seniority text,
  country text,
  city text,
  language text,
  time_zone text,
  attributes jsonb not null default '{}',
  customer_since timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  primary key (workspace_id, id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id)
);
create index contacts_account on contacts (workspace_id, account_id, created_at desc, id desc);
create index contacts_created on contacts (workspace_id, created_at desc, id desc);
create index contacts_name on contacts (workspace_id, sort_name, id);

-- What a contact is recognised by. A telephone may be shared by colleagues: the first holder is recognised by it, later ones
-- keep it as shared.
create table contact_identities (
  workspace_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  kind text not null check (kind in ('EMAIL', 'PHONE', 'EXTERNAL')),
  key text not null, -- normalised; of EXTERNAL: the source's key, a colon, the id there
  value text not null, -- as written
  shared boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
);
create unique index contact_identities_key on contact_identities (workspace_id, kind, key) where not shared;
create unique index contact_identities_contact on contact_identities (workspace_id, contact_id, kind, key);

-- Append only: the newest row of a channel and purpose is in force, the others prove what was in force before.
create table consents (
  workspace_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  channel text not null check (channel in ('EMAIL', 'PHONE', 'SMS', 'CHAT', 'WEB', 'ORGANIC_SEARCH', 'PAID_SEARCH', 'SOCIAL', 'PAID_SOCIAL', 'DISPLAY', 'WEBINAR', 'EVENT', 'REFERRAL', 'PARTNER', 'DIRECT_MAIL', 'DIRECT', 'PRODUCT')),
  purpose text not null check (purpose in ('MARKETING', 'SALES', 'TRANSACTIONAL')),
  state text not null check (state in ('GRANTED', 'WITHDRAWN')),
  basis text not null check (basis in ('CONSENT', 'CONTRACT', 'LEGITIMATE_INTEREST', 'LEGAL_OBLIGATION')),
  proof text,
  at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
);
create index consents_contact on consents (workspace_id, contact_id, channel, purpose, at desc, id desc);

create table leads (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  contact_id uuid not null,
  account_id uuid,
  source_id uuid not null,
  campaign_id uuid,
  persona_id uuid,
  persona_confidence double precision, -- 0 to 1
  persona_reasons jsonb not null default '[]',
  owner_id uuid,
  queue text not null default 'marketing', -- who answers for the lead while nobody owns it
  stage text not null check (stage in ('NEW', 'NURTURING', 'QUALIFIED', 'OFFERED', 'ACCEPTED', 'WORKING', 'SALES_QUALIFIED', 'OPPORTUNITY', 'WON', 'LOST', 'RETURNED', 'RETARGETING', 'DISQUALIFIED', 'ERASED')),
  stage_since timestamptz not null,
  cycle int not null default 1, -- 1 for the contact's first lead
  interest text, -- in the person's own words
  attributes jsonb not null default '{}',
  created_at timestamptz not null,
  last_activity_at timestamptz not null, -- the later of creation and last touch
  updated_at timestamptz not null default now(),
  version int not null default 1,
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id),
  foreign key (workspace_id, source_id) references sources (workspace_id, id),
  foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id),
  foreign key (workspace_id, persona_id) references personas (workspace_id, id),
  foreign key (workspace_id, owner_id) references members (workspace_id, id)
);
create unique index leads_cycle on leads (workspace_id, contact_id, cycle);
create unique index leads_open on leads (workspace_id, contact_id) where stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED');
create index leads_inbox on leads (workspace_id, stage, last_activity_at desc, id desc);
create index leads_activity on leads (workspace_id, last_activity_at desc, id desc);
create index leads_created on leads (workspace_id, created_at desc, id desc);
create index leads_owner on leads (workspace_id, owner_id, last_activity_at desc, id desc);
create index leads_account on leads (workspace_id, account_id, last_activity_at desc, id desc);
create index leads_persona on leads (workspace_id, persona_id, last_activity_at desc, id desc);
create index leads_source on leads (workspace_id, source_id, last_activity_at desc, id desc);
create index leads_campaign on leads (workspace_id, campaign_id, last_activity_at desc, id desc);

-- Partitioned by the time of the touch: the newest touches of a contact are read from the newest partition on, and old years
-- are dropped whole.
create table touches (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  contact_id uuid not null,
  account_id uuid,
  source_id uuid not null,
  campaign_id uuid,
  member_id uuid, -- who of us acted
  kind text not null,
  channel text not null,
  direction text not null check (direction in ('INBOUND', 'OUTBOUND')),
  department text check (department in ('MARKETING', 'SALES')),
  resource_position text check (resource_position in ('TOP', 'MIDDLE', 'BOTTOM', 'CUSTOMER')),
  subject text,
  external_id text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (workspace_id, id, occurred_at),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, source_id) references sources (workspace_id, id),
  foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id)
) partition by range (occurred_at);
create table touches_past partition of touches for values from (minvalue) to ('2025-01-01');
create table touches_2025 partition of touches for values from ('2025-01-01') to ('2026-01-01');
create table touches_2026 partition of touches for values from ('2026-01-01') to ('2027-01-01');
create table touches_2027 partition of touches for values from ('2027-01-01') to ('2028-01-01');
create table touches_later partition of touches for values from ('2028-01-01') to (maxvalue);
create index touches_contact on touches (workspace_id, contact_id, occurred_at desc, id desc);
create index touches_account on touches (workspace_id, account_id, occurred_at desc, id desc);
create index touches_time on touches (workspace_id, occurred_at desc, id desc);
create index touches_campaign on touches (workspace_id, campaign_id, occurred_at desc, id desc) where campaign_id is not null;

-- What makes recordTouches idempotent. Apart from touches, because a unique key of a partitioned table must hold the time, and a
-- correction of the time must not make a second touch.
create table touch_keys (
  workspace_id uuid not null,
  source_id uuid not null,
  external_id text not null,
  touch_id uuid not null,
  primary key (workspace_id, source_id, external_id),
  foreign key (workspace_id, source_id) references sources (workspace_id, id)
);

select lg_protect(t) from unnest(array['attribute_definitions', 'campaigns', 'personas', 'accounts', 'contacts', 'contact_identities', 'consents', 'leads',
  'touches', 'touches_past', 'touches_2025', 'touches_2026', 'touches_2027', 'touches_later', 'touch_keys']::regclass[]) t;
