-- +goose Up
-- When the breach of a clock was told. A call that becomes known late takes a breach back, and a reply that becomes known later still can bring it again: that is told once.
alter table clocks add column told_at timestamptz;

-- What was told before. Row-level security is not in the way of its owner for that long.
alter table clocks no force row level security;
alter table escalations no force row level security;
update clocks c set told_at = coalesce(c.breached_at, e.at)
from clocks k left join (select workspace_id, clock_id, min(at) as at from escalations group by 1, 2) e on e.workspace_id = k.workspace_id and e.clock_id = k.id
where c.workspace_id = k.workspace_id and c.id = k.id and coalesce(c.breached_at, e.at) is not null;
alter table clocks force row level security;
alter table escalations force row level security;
