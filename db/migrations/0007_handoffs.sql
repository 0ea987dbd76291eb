-- +goose Up
-- The baton: who gets a lead, who answered how, and why.

-- What routing asks of people, and who owns the leads of a company.
alter table members
  add column territories text[] not null default '{}',
  add column skills text[] not null default '{}',
  add column languages text[] not null default '{}',
  add column calendar_id uuid; -- when the member works; null: not known
alter table accounts add column owner_id uuid;
alter table accounts add foreign key (workspace_id, owner_id) references members (workspace_id, id);

-- Working hours. A calendar never changes: another one takes its place, so that what was promised under the first can still be counted.
create table calendars (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  hash text not null, -- of the body
  body jsonb not null,
  created_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, hash)
);
alter table members add foreign key (workspace_id, calendar_id) references calendars (workspace_id, id);

-- Holidays and illness.
create table absences (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  member_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  note text,
  created_at timestamptz not null,
  cancelled_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create index absences_member on absences (workspace_id, member_id, ends_at, id) where cancelled_at is null;

-- Why leads are rejected, returned, disqualified or lost: each workspace has its own list.
create table reasons (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  use text not null check (use in ('REJECT', 'RETURN', 'DISQUALIFY', 'LOSE')),
  key text not null check (key ~ '^[A-Z][A-Z0-9_]{0,49}$'),
  label text not null,
  leads_to text, -- of REJECT and LOSE: the stage that the lead moves to
  credits boolean not null default false, -- of REJECT: the lead was bad, so the rep gets the turn back
  active boolean not null default true,
  position int not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version int not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, use, key),
  check (use <> 'REJECT' or leads_to = 'NURTURING' or leads_to = 'DISQUALIFIED'),
  check (use <> 'LOSE' or leads_to = 'RETARGETING' or leads_to = 'DISQUALIFIED'),
  check ((leads_to is null) = (use = 'RETURN' or use = 'DISQUALIFY'))
);

-- The baton passed from one department to the other, with what it rested on at that instant.
create table handoffs (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  lead_id uuid not null,
  contact_id uuid not null,
  direction text not null check (direction in ('MARKETING_TO_SALES', 'SALES_TO_MARKETING')),
  state text not null check (state in ('OFFERED', 'ACCEPTED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  number int not null, -- 1 for the lead's first hand-off
  member_id uuid, -- who was chosen; null: it waits in the queue
  queue text not null,
  evidence jsonb not null, -- score, grades, persona and the definition's answers, as they were
  routing jsonb, -- who was chosen and why, with every candidate; null where nothing was routed
  routing_id uuid, -- the versions that it was made under
  definition_id uuid,
  model_id uuid,
  note text, -- from who offered it
  offered_by uuid, -- null: leadgraph itself
  offered_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz, -- accepted, rejected, withdrawn or expired
  reason_id uuid,
  feedback text, -- from who rejected or returned it
  wake_at timestamptz, -- of a return: when the person wants to be asked again
  credited boolean not null default false, -- the rep got the turn back
  reply text, -- the other department's answer to a rejection
  replied_by uuid,
  replied_at timestamptz,
  version int not null default 1,
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references leads (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id),
  foreign key (workspace_id, reason_id) references reasons (workspace_id, id),
  foreign key (workspace_id, routing_id) references agreements (workspace_id, id),
  foreign key (workspace_id, definition_id) references agreements (workspace_id, id),
  foreign key (workspace_id, model_id) references agreements (workspace_id, id)
);
create unique index handoffs_number on handoffs (workspace_id, lead_id, number);
create unique index handoffs_open on handoffs (workspace_id, lead_id) where state = 'OFFERED';
create index handoffs_offered on handoffs (workspace_id, offered_at desc, id desc);
create index handoffs_inbox on handoffs (workspace_id, direction, state, offered_at desc, id desc);
create index handoffs_member on handoffs (workspace_id, member_id, offered_at desc, id desc);

-- How many leads each member was given in a pool: what the fair pick counts.
create table routing_entries (
  workspace_id uuid not null references workspaces (id),
  pool text not null,
  member_id uuid not null,
  assigned int not null,
  calibration double precision not null,
  credits int not null,
  updated_at timestamptz not null,
  primary key (workspace_id, pool, member_id),
  foreign key (workspace_id, member_id) references members (workspace_id, id)
);

-- The opportunity that a lead became.
create table deals (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  lead_id uuid not null,
  contact_id uuid not null,
  account_id uuid,
  handoff_id uuid, -- the hand-off that it came from; null: sales found the lead itself
  owner_id uuid,
  name text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  stage text, -- in the workspace's own words
  outcome text not null check (outcome in ('OPEN', 'WON', 'LOST')),
  reason_id uuid, -- why it was lost
  note text,
  expected_at timestamptz,
  opened_at timestamptz not null,
  closed_at timestamptz,
  updated_at timestamptz not null,
  version int not null default 1,
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references leads (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id),
  foreign key (workspace_id, handoff_id) references handoffs (workspace_id, id),
  foreign key (workspace_id, owner_id) references members (workspace_id, id),
  foreign key (workspace_id, reason_id) references reasons (workspace_id, id)
);
create unique index deals_open on deals (workspace_id, lead_id) where outcome = 'OPEN'; -- a second crack may bring another one
create index deals_lead on deals (workspace_id, lead_id, opened_at desc, id desc);
create index deals_outcome on deals (workspace_id, outcome, opened_at desc, id desc);
create index deals_owner on deals (workspace_id, owner_id, opened_at desc, id desc);
create index deals_opened on deals (workspace_id, opened_at desc, id desc);
create index deals_account on deals (workspace_id, account_id, opened_at desc, id desc);

-- A lead that was returned or lost rests until a day.
alter table leads add column wake_at timestamptz; -- not worth another try before then

-- Who answers for open leads is counted without reading them.
create index leads_covered on leads (workspace_id, stage) include (owner_id, queue, id) where stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED');

-- Disqualified leads can be restored to where they were while the other department may object.
alter table moves
  add column object_until timestamptz,
  add column reason_id uuid, -- of the workspace's list; null: the rules decided
  add column note text, -- in the words of who moved it
  add column department text check (department in ('MARKETING', 'SALES')); -- of the member who moved it
alter table moves add foreign key (workspace_id, reason_id) references reasons (workspace_id, id);

-- What workspaces that are there already begin with; new ones get the same from leadgraph.
alter table workspaces no force row level security; -- the owner reads them all
insert into reasons (workspace_id, id, use, key, label, leads_to, credits, position, created_at, updated_at)
select w.id, gen_random_uuid(), r.use, r.key, r.label, r.leads_to, r.credits, r.position, now(), now() from workspaces w cross join (values
  ('REJECT', 'NOT_A_FIT', 'Not a fit', 'DISQUALIFIED', true, 1),
  ('REJECT', 'BAD_DATA', 'Wrong or missing data', 'DISQUALIFIED', true, 2),
  ('REJECT', 'DUPLICATE', 'Known already', 'DISQUALIFIED', true, 3),
  ('REJECT', 'ASKED_TO_STOP', 'Asked not to be contacted', 'DISQUALIFIED', false, 4),
  ('REJECT', 'TIMING', 'Too early', 'NURTURING', false, 5),
  ('REJECT', 'NO_BUDGET', 'No budget', 'NURTURING', false, 6),
  ('REJECT', 'NO_RESPONSE', 'Cannot be reached', 'NURTURING', false, 7),
  ('RETURN', 'NO_RESPONSE', 'No response', null, false, 1),
  ('RETURN', 'TIMING', 'Not now', null, false, 2),
  ('RETURN', 'NO_BUDGET', 'No budget', null, false, 3),
  ('RETURN', 'COMPETITOR', 'Bound to a competitor', null, false, 4),
  ('DISQUALIFY', 'NOT_A_FIT', 'Not a fit', null, false, 1),
  ('DISQUALIFY', 'BAD_DATA', 'Wrong or missing data', null, false, 2),
  ('DISQUALIFY', 'DUPLICATE', 'Known already', null, false, 3),
  ('DISQUALIFY', 'COMPETITOR', 'Works for a competitor', null, false, 4),
  ('DISQUALIFY', 'ASKED_TO_STOP', 'Asked not to be contacted', null, false, 5),
  ('LOSE', 'COMPETITOR', 'Chose a competitor', 'RETARGETING', false, 1),
  ('LOSE', 'NO_BUDGET', 'No budget', 'RETARGETING', false, 2),
  ('LOSE', 'TIMING', 'Not now', 'RETARGETING', false, 3),
  ('LOSE', 'NO_RESPONSE', 'Stopped answering', 'RETARGETING', false, 4),
  ('LOSE', 'NOT_A_FIT', 'Not a fit', 'DISQUALIFIED', false, 5),
  ('LOSE', 'ASKED_TO_STOP', 'Asked not to be contacted', 'DISQUALIFIED', false, 6)
) as r(use, key, label, leads_to, credits, position);
alter table workspaces force row level security;

select lg_protect(t) from unnest(array['calendars', 'absences', 'reasons', 'handoffs', 'routing_entries', 'deals']::regclass[]) t;
