-- +goose Up
-- That the breach of a clock was told to its queue is one word, not a row for each who takes from it: they are a department, and who joins it hears of what waits there. Those whom a rule names
-- by their part, managers and directors, have rows as before.
alter table clocks add column escalated_to_queue boolean not null default false;
create index clocks_queue on clocks (workspace_id, department, starts_at desc, id desc) where escalated_to_queue;
create index members_heads on members (workspace_id, name, id) where active and role in ('MANAGER', 'DIRECTOR');

-- What was told to a queue before. Row-level security is not in the way of its owner for that long.
alter table clocks no force row level security;
alter table escalations no force row level security;
alter table members no force row level security;
with queued as (
  delete from escalations e using members m, clocks c where m.workspace_id = e.workspace_id and m.id = e.member_id and m.role = 'MEMBER'
    and c.workspace_id = e.workspace_id and c.id = e.clock_id and c.member_id is null returning e.workspace_id, e.clock_id)
update clocks c set escalated_to_queue = true from queued q where c.workspace_id = q.workspace_id and c.id = q.clock_id;
alter table clocks force row level security;
alter table escalations force row level security;
alter table members force row level security;
