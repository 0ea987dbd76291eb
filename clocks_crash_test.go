package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestClocksRunOutOnceThoughServersDie lets deadlines pass within some seconds, while the server that looks at them is killed and started again.
func TestClocksRunOutOnceThoughServersDie(t *testing.T) {
	t.Parallel()
	const leads = 20
	each, kills := 100, 4
	if long() {
		each, kills = 500, 12
	}
	c := newCrash(t)
	token := c.signUp("brightwater")
	c.source(token, "website")
	for n := range leads {
		c.captured(token, n)
	}
	conn := owner(t, c.database)
	total := int64(leads * each)
	tag, err := conn.Exec(t.Context(), `insert into clocks (workspace_id, id, lead_id, step, stage, state, department, policy_id, rule, starts_at, since, target_us, warn_us, warn_at, due_at, wake_at)
		select l.workspace_id, gen_random_uuid(), l.id, n, 'STEP', 'PENDING', 'SALES', a.id, 'step', s.at, s.at, 3600000000, 2700000000, s.at + interval '45 min', s.at + interval '1 hour', s.at
		from leads l join agreements a on a.workspace_id = l.workspace_id and a.kind = 'SLA_POLICY' cross join generate_series(1, $1::int) n
		cross join lateral (select now() - interval '1 hour' + interval '1 s' + random() * (n - n + 1) * interval '8 s' as at) s`, each)
	require.NoError(t, err)
	require.Equal(t, total, tag.RowsAffected())
	_, err = conn.Exec(t.Context(), "create table told (subject_id uuid primary key, at timestamptz)")
	require.NoError(t, err)
	watch := func() int64 { // when each breach could be read, to a tenth of a second
		_, err := conn.Exec(t.Context(), "insert into told select subject_id, clock_timestamp() from events where kind = 'CLOCK_BREACHED' on conflict do nothing")
		require.NoError(t, err)
		return count(t, conn, "select count(*) from told")
	}
	down := time.Duration(0) // the longest time without a server
	for range kills {
		for until := time.Now().Add(time.Duration(200+rand.IntN(1200)) * time.Millisecond); time.Now().Before(until); {
			watch()
			<-time.After(50 * time.Millisecond)
		}
		began := time.Now()
		c.server.kill()
		c.start()
		down = max(down, time.Since(began))
	}
	eventually(t, "the last deadline", func() bool { return watch() == total })
	for _, kind := range []string{"CLOCK_STARTED", "CLOCK_WARNED", "CLOCK_BREACHED"} {
		of := fmt.Sprintf("from events e join clocks c on c.id = e.subject_id where c.stage = 'STEP' and e.kind = '%s'", kind)
		require.Equal(t, total, count(t, conn, "select count(*) "+of), kind)
		require.Equal(t, total, count(t, conn, "select count(distinct c.id) "+of), kind)
	}
	late := func(what string) time.Duration {
		return time.Duration(count(t, conn, "select ("+what+" * 1000)::bigint from (select extract(epoch from x.at - c.due_at) as s from told x join clocks c on c.id = x.subject_id) l")) * time.Millisecond
	}
	p99 := late("percentile_cont(0.99) within group (order by s)")
	t.Logf("%d clocks, %d kills; breaches could be read %s behind their deadlines in the middle, p99 %s, the latest %s; the longest start took %s", total, kills, late("percentile_cont(0.5) within group (order by s)"), p99, late("max(s)"), down.Round(time.Millisecond))
	require.Less(t, p99-down, 20*time.Second, "who starts as long as that cannot tell before")
	require.Zero(t, count(t, conn, "select count(*) from events e join clocks c on c.id = e.subject_id where c.stage = 'STEP' and e.kind = 'CLOCK_BREACHED' and e.at < c.due_at"), "none is early")
	require.Zero(t, count(t, conn, "select count(*) from clocks where breached_at is distinct from due_at and stage = 'STEP'"))
}
