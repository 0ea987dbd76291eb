-- +goose Up
-- Who was told of an offer that nobody was eligible for: whom the routing policy names, or the managers and directors of sales, as they were then.
create table alerts (
  workspace_id uuid not null references workspaces (id),
  handoff_id uuid not null,
  member_id uuid not null,
  at timestamptz not null,
  primary key (workspace_id, handoff_id, member_id),
  foreign key (workspace_id, handoff_id) references handoffs (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create index alerts_member on alerts (workspace_id, member_id, handoff_id);
select lg_protect('alerts');
