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
	breached := func() int64 {
		return count(t, conn, "select count(*) from clocks where stage = 'STEP' and state = 'BREACHED'")
	}
	for range kills {
		<-time.After(time.Duration(200+rand.IntN(1200)) * time.Millisecond)
		c.server.kill()
		c.start()
	}
	eventually(t, time.Minute, "the last deadline", func() bool { return breached() == total })
	for _, kind := range []string{"CLOCK_STARTED", "CLOCK_WARNED", "CLOCK_BREACHED"} {
		of := fmt.Sprintf("from events e join clocks c on c.id = e.subject_id where c.stage = 'STEP' and e.kind = '%s'", kind)
		require.Equal(t, total, count(t, conn, "select count(*) "+of), kind)
		require.Equal(t, total, count(t, conn, "select count(distinct c.id) "+of), kind)
	}
	late := count(t, conn, "select coalesce(max(extract(epoch from e.at - c.due_at) * 1000), 0)::bigint from events e join clocks c on c.id = e.subject_id where c.stage = 'STEP' and e.kind = 'CLOCK_BREACHED'")
	t.Logf("%d clocks, %d kills; the latest breach was told %d ms behind its deadline", total, kills, late)
	require.Zero(t, count(t, conn, "select count(*) from events e join clocks c on c.id = e.subject_id where c.stage = 'STEP' and e.kind = 'CLOCK_BREACHED' and e.at < c.due_at"), "none is early")
	require.Zero(t, count(t, conn, "select count(*) from clocks where breached_at is distinct from due_at and stage = 'STEP'"))
}
