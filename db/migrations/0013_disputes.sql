-- +goose Up
-- Whose credit a won deal is, where the departments do not agree. The frozen run is never rewritten: what they settle stands beside it.

-- A department claims more of a deal than the frozen run gives it.
create table credit_disputes (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  deal_id uuid not null,
  run_id uuid not null, -- the frozen run of the deal
  policy_id uuid not null, -- its policy
  model text not null, -- the policy's default: shares are under it
  amount_minor bigint not null, -- the run's
  currency text not null,
  state text not null check (state in ('CLAIMED', 'ANSWERED', 'UNANSWERED', 'SETTLED', 'WITHDRAWN', 'LAPSED')),
  claimant text not null check (claimant in ('MARKETING', 'SALES')),
  held_share double precision not null, -- what the run gives the claimant
  claimed_share double precision not null check (claimed_share > held_share and claimed_share <= 1),
  disputed_minor bigint not null, -- what is at stake
  touch_ids uuid[] not null, -- the touches whose credit is claimed; empty: a share of the whole
  grounds text not null,
  evidence jsonb not null,
  claimed_by uuid not null,
  claimed_at timestamptz not null,
  counter_share double precision, -- what the claimant has in the eyes of the other department; claimed_share where that agrees
  answer text,
  answer_evidence jsonb not null default '[]',
  answered_by uuid,
  answered_at timestamptz,
  ruling_id uuid, -- the last that was proposed
  due_at timestamptz, -- until when it waits; null: it has ended
  ended_at timestamptz,
  updated_at timestamptz not null,
  version int not null default 1,
  primary key (workspace_id, id),
  foreign key (workspace_id, deal_id) references deals (workspace_id, id),
  foreign key (workspace_id, run_id) references attribution_runs (workspace_id, id),
  foreign key (workspace_id, policy_id) references agreements (workspace_id, id),
  foreign key (workspace_id, claimed_by) references members (workspace_id, id),
  foreign key (workspace_id, answered_by) references members (workspace_id, id),
  check ((due_at is null) = (ended_at is not null))
);
create unique index credit_disputes_open on credit_disputes (workspace_id, deal_id) where ended_at is null;
create index credit_disputes_claimed on credit_disputes (workspace_id, claimed_at desc, id desc);
create index credit_disputes_state on credit_disputes (workspace_id, state, claimed_at desc, id desc);
create index credit_disputes_due on credit_disputes (workspace_id, due_at, id) where due_at is not null;
create index credit_disputes_deal on credit_disputes (workspace_id, deal_id, claimed_at desc, id desc);

-- What directors propose and sign. A ruling never changes: another one takes its place.
create table rulings (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  dispute_id uuid not null,
  number int not null,
  marketing_share double precision not null,
  sales_share double precision not null,
  marketing_minor bigint not null,
  sales_minor bigint not null,
  summary text not null,
  tags text[] not null,
  circumstances jsonb not null, -- of the deal: by what later disputes find it
  hash text not null, -- what is signed
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  settled_at timestamptz, -- when both departments had signed
  primary key (workspace_id, id),
  unique (workspace_id, dispute_id, number),
  foreign key (workspace_id, dispute_id) references credit_disputes (workspace_id, id),
  foreign key (workspace_id, proposed_by) references members (workspace_id, id)
);
create index rulings_settled on rulings (workspace_id, settled_at desc, id desc) where settled_at is not null;
alter table credit_disputes add foreign key (workspace_id, ruling_id) references rulings (workspace_id, id);

-- One of each department, and nobody for both.
create table ruling_signatures (
  workspace_id uuid not null references workspaces (id),
  ruling_id uuid not null,
  department text not null check (department in ('MARKETING', 'SALES')),
  member_id uuid not null,
  signed_at timestamptz not null,
  primary key (workspace_id, ruling_id, department),
  unique (workspace_id, ruling_id, member_id),
  foreign key (workspace_id, ruling_id) references rulings (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id)
);

select lg_protect(t) from unnest(array['credit_disputes', 'rulings', 'ruling_signatures']::regclass[]) t;

-- Which workspaces have disputes whose time is up: no more than where to look.
create policy search on credit_disputes for select to lg_search using (true);
grant select on credit_disputes to lg_search;
create function lg_due_disputes(at timestamptz) returns table (workspace_id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select w.id from workspaces w where exists (select from credit_disputes d where d.workspace_id = w.id and d.due_at <= $1) limit 100';
grant create on schema public to lg_search;
alter function lg_due_disputes(timestamptz) owner to lg_search;
revoke create on schema public from lg_search;
revoke execute on function lg_due_disputes(timestamptz) from public;
grant execute on function lg_due_disputes(timestamptz) to lg_app;
