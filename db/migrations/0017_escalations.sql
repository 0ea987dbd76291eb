-- +goose Up
-- Whom a breach was told to, beside the owner of the clock: the managers and directors whom the rule names, as they were then.
create table escalations (
  workspace_id uuid not null references workspaces (id),
  clock_id uuid not null,
  member_id uuid not null,
  at timestamptz not null,
  primary key (workspace_id, clock_id, member_id),
  foreign key (workspace_id, clock_id) references clocks (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create index escalations_member on escalations (workspace_id, member_id, clock_id);
select lg_protect('escalations');
