-- +goose Up
-- Who brought the money of won deals in: what was credited, and what the models that learn were fitted to.

-- MARKOV and SHAPLEY fitted to journeys under one version of the attribution policy.
create table attribution_fits (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  policy_id uuid not null,
  from_at timestamptz not null, -- journeys that ended from here
  to_at timestamptz not null, -- to before here
  state text not null check (state in ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  total bigint not null default 0, -- journeys
  done bigint not null default 0,
  report jsonb, -- what was learned; null until it has succeeded
  refreshed bigint not null default 0, -- deals credited anew with it, for they were won before there was one
  tries int not null default 0,
  failure text,
  created_by uuid, -- null: leadgraph itself
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, policy_id) references agreements (workspace_id, id),
  foreign key (workspace_id, created_by) references members (workspace_id, id)
);
create index attribution_fits_created on attribution_fits (workspace_id, created_at desc, id desc);
create index attribution_fits_policy on attribution_fits (workspace_id, policy_id, created_at desc, id desc);

-- What a won deal gives to the touches that led to it: number 1 is frozen in the transaction that wins the deal, later ones stand beside it. The
-- arrays from touch_ids to milestones have an element for each touch that counts, first touch first, with what was known of it then; a zero id and an empty
-- word are none. Shares and credits have them once for each model, one model behind the other.
create table attribution_runs (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  deal_id uuid not null,
  number int not null check (number > 0),
  cause text not null check (cause in ('WON', 'LATE_TOUCHES', 'FITTED')),
  at timestamptz not null, -- when it was made
  policy_id uuid not null,
  fit_id uuid, -- what MARKOV and SHAPLEY had learned by then
  persona_id uuid, -- of the lead
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  closed_at timestamptz not null,
  touch_ids uuid[] not null,
  occurred_at timestamptz[] not null,
  channel_groups text[] not null,
  channels text[] not null,
  departments text[] not null,
  campaign_ids uuid[] not null,
  source_ids uuid[] not null,
  resource_ids uuid[] not null,
  milestones int[] not null, -- a bit for each milestone that the touch holds, in the order of a deal's life
  models text[] not null,
  outcomes text[] not null, -- of the models
  reasons text[] not null, -- of the models
  shares double precision[] not null,
  credits bigint[] not null, -- minor units
  primary key (workspace_id, id),
  unique (workspace_id, deal_id, number),
  foreign key (workspace_id, deal_id) references deals (workspace_id, id),
  foreign key (workspace_id, policy_id) references agreements (workspace_id, id),
  foreign key (workspace_id, fit_id) references attribution_fits (workspace_id, id)
);
create index attribution_runs_deal on attribution_runs (workspace_id, deal_id, at desc, id desc);

-- How far the event log was searched for touches that came after the close of the deal that they belong to. Only workspaces with runs have a row.
create table attribution_marks (
  workspace_id uuid primary key references workspaces (id),
  xid xid8 not null,
  seq bigint not null
);

-- Journeys are read in the order of their ends.
create index deals_closed on deals (workspace_id, outcome, closed_at desc, id desc);

-- Crediting reads every touch of a buyer: all that it asks about stands in the index, so that a million touches are read without their rows, in a third of the time.
drop index touches_contact;
create index touches_contact on touches (workspace_id, contact_id, occurred_at desc, id desc)
  include (kind, channel, direction, resource_position, campaign_id, department, source_id, resource_id);

select lg_protect(t) from unnest(array['attribution_fits', 'attribution_runs', 'attribution_marks']::regclass[]) t;
revoke update, delete on attribution_runs from lg_app; -- what was credited is never rewritten

-- Which workspaces have news since their log was searched: no more than where to look.
create policy search on attribution_marks for select to lg_search using (true);
grant select on attribution_marks to lg_search;
create function lg_find_late() returns table (workspace_id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select m.workspace_id from attribution_marks m where exists (select from events e where e.workspace_id = m.workspace_id and (e.xid, e.seq) > (m.xid, m.seq)) limit 100';
grant create on schema public to lg_search;
alter function lg_find_late() owner to lg_search;
revoke create on schema public from lg_search;
revoke execute on function lg_find_late() from public;
grant execute on function lg_find_late() to lg_app;
