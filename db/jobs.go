package db

import (
	"context"
	"fmt"
	"time"
)

// The job queue's library gives a job back whose server died only to those that limit how long a job may run. An import may run for
// hours, so we watch the servers instead: each says in jobs.servers that it lives.

// makeServers is the table of the servers that run jobs.
const makeServers = "create table if not exists " + JobSchema + ".servers (id text primary key, seen_at timestamptz not null)"

const keepJobs = `with me as (
  insert into jobs.servers (id, seen_at) values ($1, now()) on conflict (id) do update set seen_at = now()
), dead as (
  delete from jobs.servers where id <> $1 and seen_at < now() - interval '1 hour'
), lost as (
  select j.id from jobs.river_job j, lateral (select j.attempted_by[array_upper(j.attempted_by, 1)] as server) by
  where j.state = 'running' and case when by.server = $1 then j.attempted_at < now() - $4::interval and j.id <> all($2::bigint[])
    else not exists (select from jobs.servers s where s.id = by.server and s.seen_at > now() - $3::interval) end
  for update of j skip locked
)
update jobs.river_job j set scheduled_at = now(), state = case when attempt < max_attempts then 'available' else 'discarded' end::jobs.river_job_state,
  finalized_at = case when attempt < max_attempts then null else now() end
from lost where j.id = lost.id`

// KeepJobs says that a server lives and what it has in hand, and puts back into the queue the jobs of servers that were silent for too
// long, and its own that it lost track of: those begun before settle that are not in hand. It answers how many.
func (d *DB) KeepJobs(ctx context.Context, server string, inHand []int64, silence, settle time.Duration) (int64, error) {
	tag, err := d.pool.Exec(ctx, keepJobs, server, inHand, silence, settle)
	if err != nil {
		return 0, fmt.Errorf("keep the jobs: %w", err)
	}
	return tag.RowsAffected(), nil
}

// LeaveJobs says that a server ends: what it still had in hand may be taken over at once.
func (d *DB) LeaveJobs(ctx context.Context, server string) error {
	if _, err := d.pool.Exec(ctx, "delete from jobs.servers where id = $1", server); err != nil {
		return fmt.Errorf("leave the jobs: %w", err)
	}
	return nil
}
