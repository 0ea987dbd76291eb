-- +goose Up
-- The numbers by which both departments are measured, and goals on them.

alter table members add column team text; -- in the workspace's own words; null: in none

create table goals (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  metric text not null,
  department text not null check (department in ('MARKETING', 'SALES')), -- whose goal it is
  team text, -- a team's alone
  member_id uuid, -- a member's alone
  target double precision not null check (target >= 0),
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  note text,
  created_by uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  ended_at timestamptz, -- given up before its time
  version int not null default 1,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id),
  foreign key (workspace_id, created_by) references members (workspace_id, id),
  check (team is null or member_id is null)
);
create index goals_end on goals (workspace_id, ends_at desc, id desc);
create unique index goals_once on goals (workspace_id, metric, department, coalesce(team, ''), coalesce(member_id, '00000000-0000-0000-0000-000000000000'), starts_at, ends_at) where ended_at is null;

-- What became of leads is counted from the index alone: which stage, when, of whom.
drop index moves_lead;
create index moves_lead on moves (workspace_id, lead_id, at desc, id desc) include (from_stage, to_stage);
create index moves_turns on moves (workspace_id, to_stage, at) include (lead_id)
  where to_stage in ('QUALIFIED', 'ACCEPTED', 'WON', 'LOST', 'RETURNED', 'RETARGETING');
create index deals_handoff on deals (workspace_id, handoff_id) include (closed_at) where outcome = 'WON' and handoff_id is not null;

select lg_protect('goals');
