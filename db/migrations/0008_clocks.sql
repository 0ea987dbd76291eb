-- +goose Up
-- Deadlines on both departments, and what sales owes a lead that it took.

create table clocks (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  lead_id uuid not null,
  handoff_id uuid, -- of ACCEPT, REPLY and TAKE_BACK
  step int, -- of STEP: its number in the plan
  stage text not null check (stage in ('PASS', 'ACCEPT', 'ENGAGE', 'STEP', 'RETURN', 'REPLY', 'TAKE_BACK')),
  state text not null check (state in ('PENDING', 'RUNNING', 'WARNING', 'BREACHED', 'MET', 'PAUSED', 'CANCELLED', 'WAIVED')),
  department text not null check (department in ('MARKETING', 'SALES')), -- who has to act
  member_id uuid, -- who of them; null: whoever works the queue
  policy_id uuid not null, -- the version whose rule set it
  rule text not null, -- its key there
  calendar_id uuid, -- by which its time is counted; null: all time counts
  starts_at timestamptz not null,
  target_us bigint not null check (target_us > 0), -- amounts are microseconds of the calendar's open time
  warn_us bigint,
  since timestamptz not null,
  spent_us bigint not null default 0,
  pauses jsonb not null default '[]',
  warn_at timestamptz,
  due_at timestamptz, -- null while it is paused
  warned_at timestamptz,
  breached_at timestamptz,
  fulfilled_at timestamptz,
  ended_at timestamptz,
  elapsed_us bigint not null default 0,
  overdue_us bigint not null default 0,
  wake_at timestamptz, -- when to look at it next; null: nothing happens by itself
  version int not null default 1,
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references leads (workspace_id, id),
  foreign key (workspace_id, handoff_id) references handoffs (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id),
  foreign key (workspace_id, policy_id) references agreements (workspace_id, id),
  foreign key (workspace_id, calendar_id) references calendars (workspace_id, id)
) with (fillfactor = 85);
create index clocks_wake on clocks (workspace_id, wake_at, id) where wake_at is not null;
create index clocks_lead on clocks (workspace_id, lead_id, starts_at desc, id desc);
create index clocks_due on clocks (workspace_id, due_at, id) where due_at is not null;
create index clocks_state on clocks (workspace_id, state, due_at, id);
create index clocks_started on clocks (workspace_id, starts_at desc, id desc);
create index clocks_member on clocks (workspace_id, member_id, starts_at desc, id desc);
create unique index clocks_running on clocks (workspace_id, lead_id, stage, coalesce(step, 0)) where state in ('PENDING', 'RUNNING', 'WARNING', 'PAUSED') and stage <> 'REPLY';

-- A deadline that is let go: asked for by the department that has it, signed by the other.
create table waivers (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  clock_id uuid not null,
  state text not null check (state in ('ASKED', 'SIGNED', 'DECLINED')),
  note text not null, -- why
  asked_by uuid not null,
  asked_at timestamptz not null,
  answered_by uuid,
  answered_at timestamptz,
  answer text,
  primary key (workspace_id, id),
  foreign key (workspace_id, clock_id) references clocks (workspace_id, id),
  foreign key (workspace_id, asked_by) references members (workspace_id, id),
  foreign key (workspace_id, answered_by) references members (workspace_id, id)
);
create unique index waivers_open on waivers (workspace_id, clock_id) where state = 'ASKED';
create index waivers_clock on waivers (workspace_id, clock_id, asked_at desc, id desc);

-- The plan of a lead from its acceptance on.
create table follow_ups (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  lead_id uuid not null,
  policy_id uuid not null,
  rule text not null, -- its key in the policy
  calendar_id uuid, -- by which its steps are counted
  accepted_at timestamptz not null,
  steps jsonb not null,
  excused_by uuid,
  excused_at timestamptz,
  excuse text,
  exhausted_at timestamptz, -- from when on it may be returned as NO_RESPONSE, if no answer comes; null: attempts are missing
  ended_at timestamptz,
  version int not null default 1,
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references leads (workspace_id, id),
  foreign key (workspace_id, policy_id) references agreements (workspace_id, id),
  foreign key (workspace_id, calendar_id) references calendars (workspace_id, id),
  foreign key (workspace_id, excused_by) references members (workspace_id, id)
);
create unique index follow_ups_open on follow_ups (workspace_id, lead_id) where ended_at is null;
create index follow_ups_lead on follow_ups (workspace_id, lead_id, accepted_at desc, id desc);
create index follow_ups_exhausted on follow_ups (workspace_id, exhausted_at, id) where ended_at is null and exhausted_at is not null;

-- Which outbound touches of sales are attempts, and what came of them.
create table attempts (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  lead_id uuid not null,
  touch_id uuid not null,
  member_id uuid,
  channel text not null,
  outcome text not null,
  note text,
  at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references leads (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id)
);
create unique index attempts_touch on attempts (workspace_id, touch_id);
create index attempts_lead on attempts (workspace_id, lead_id, at desc, id desc);

select lg_protect(t) from unnest(array['clocks', 'waivers', 'follow_ups', 'attempts']::regclass[]) t;

-- Which workspaces have clocks that start, warn or run out by now, or follow-up plans that have come to their end: no more than where to look.
create policy search on clocks for select to lg_search using (true);
create policy search on follow_ups for select to lg_search using (true);
grant select on clocks, follow_ups to lg_search;
create function lg_due_clocks(at timestamptz) returns table (workspace_id uuid)
language sql stable security definer set search_path = public, pg_temp as
'select w.id from workspaces w where exists (select from clocks c where c.workspace_id = w.id and c.wake_at <= $1)
  or exists (select from follow_ups f where f.workspace_id = w.id and f.ended_at is null and f.exhausted_at <= $1) limit 100';
grant create on schema public to lg_search;
alter function lg_due_clocks(timestamptz) owner to lg_search;
revoke create on schema public from lg_search;
revoke execute on function lg_due_clocks(timestamptz) from public;
grant execute on function lg_due_clocks(timestamptz) to lg_app;
