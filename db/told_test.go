package db

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// desks fills a workspace with hand-offs and clocks: of 200 reps and their five heads, one of ten of them waits in a queue, one of twenty was told to the heads, of the queue's clocks one of two to all.
const desks = `
set session_replication_role = replica;
create function pg_temp.u(kind text, i int) returns uuid language sql immutable as $f$ select (kind || '0000000-0000-0000-0000-' || lpad(to_hex(i), 12, '0'))::uuid $f$;
insert into workspaces (id, slug, name) values ($ws$, 'desks', 'Desks');
insert into members (workspace_id, id, email, email_key, name, department, role) select $ws$, pg_temp.u('4', i), 'm' || i, 'm' || i, 'm' || i, 'SALES', case when i > 200 then 'MANAGER' else 'MEMBER' end from generate_series(1, 205) i;
create temp table n as select i, pg_temp.u('5', i) as lead, case when i % 10 > 0 then pg_temp.u('4', 1 + i % 200) end as member, timestamptz '2026-01-01' + (i::bigint * 104729 % 31536000) * interval '1 second' as at
  from generate_series(1, $rows$) i;
insert into handoffs (workspace_id, id, lead_id, contact_id, direction, state, number, member_id, queue, evidence, offered_at)
  select $ws$, lead, lead, lead, 'MARKETING_TO_SALES', 'ACCEPTED', 1, member, 'sales', '{}', at from n;
insert into alerts (workspace_id, handoff_id, member_id, at) select $ws$, lead, pg_temp.u('4', 200 + h), at from n cross join generate_series(1, 5) h where i % 20 = 0;
insert into clocks (workspace_id, id, lead_id, stage, state, department, member_id, policy_id, rule, starts_at, target_us, since, due_at, escalated_to_queue)
  select $ws$, lead, lead, 'ACCEPT', 'BREACHED', 'SALES', member, lead, 'all', at, 1000000, at, at, i % 20 = 0 from n;
insert into escalations (workspace_id, clock_id, member_id, at) select $ws$, lead, pg_temp.u('4', 200 + h), at from n cross join generate_series(1, 5) h where i % 20 = 1;`

// explained is how Postgres answers a list, planned as the list says, and how long that took.
func explained[T any](t *testing.T, c *pgx.Conn, ws id.UUID, l listing[T]) (plan string, took time.Duration) {
	t.Helper()
	o := l.shape.orders[l.order]
	q := &query{}
	sql, err := l.sql(q, wanted[T](t.Context(), "id", o.column), ws, o, &page.Request{Limit: 50})
	require.NoError(t, err)
	var args []string
	for _, a := range q.args {
		args = append(args, fmt.Sprintf("'%v'", a))
	}
	for _, s := range []string{"deallocate all", "set plan_cache_mode = " + map[bool]string{true: "force_custom_plan", false: "force_generic_plan"}[q.custom], "prepare page as " + sql} {
		_, err = c.Exec(t.Context(), s)
		require.NoError(t, err)
	}
	answer := func(ask string) string {
		rows, err := c.Query(t.Context(), ask+"execute page("+strings.Join(args, ", ")+")", pgx.QueryExecModeSimpleProtocol)
		require.NoError(t, err)
		lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s string, err error) {
			if ask != "" {
				err = row.Scan(&s)
			}
			return s, err
		})
		require.NoError(t, err)
		return strings.Join(lines, "\n")
	}
	answer("")
	begun := time.Now()
	answer("")
	took = time.Since(begun)
	return answer("explain (analyze, costs off, timing off, summary off) "), took
}

// touched finds how many rows a step of a plan went through.
var touched = regexp.MustCompile(`(?:actual rows=|Rows Removed by Filter: )(\d+)`)

func TestWhatIsMineIsReadInTheListsOrderByIndexes(t *testing.T) {
	t.Parallel()
	rows := 20_000
	if os.Getenv("LEADGRAPH_BENCH") != "" {
		rows = 300_000
	}
	url, ws := pgtest.Database(t, Migrate, Fingerprint()), id.New()
	owner := dial(t, url)
	_, err := owner.Exec(t.Context(), strings.NewReplacer("$ws$", "'"+ws.String()+"'", "$rows$", strconv.Itoa(rows)).Replace(desks))
	require.NoError(t, err)
	for _, table := range []string{"members", "handoffs", "alerts", "clocks", "escalations"} {
		_, err := owner.Exec(t.Context(), "vacuum analyze "+table)
		require.NoError(t, err)
	}
	c := dial(t, pg.AppURL(url))
	_, err = c.Exec(t.Context(), "select set_config('app.ws', $1, false)", ws.String())
	require.NoError(t, err)
	for _, who := range []string{"m7", "m203"} { // a rep and a head
		me := member(t, owner, who)
		for _, mine := range []bool{true, false} {
			check := func(what, plan string, took time.Duration) {
				t.Logf("%s of %s, mine: %t, of %d in %s\n%s", what, who, mine, rows, took, plan)
				require.NotContains(t, plan, "Seq Scan on clocks")
				require.NotContains(t, plan, "Seq Scan on handoffs")
				for _, n := range touched.FindAllStringSubmatch(plan, -1) {
					many, err := strconv.Atoi(n[1])
					require.NoError(t, err)
					require.Less(t, many, 2000, "no step goes through most of the table\n%s", plan)
				}
			}
			plan, took := explained(t, c, ws, listing[Handoff]{shape: handoffs, order: "OFFERED_DESC", filter: func(q *query) error { return (&HandoffFilter{Mine: &mine}).add(q, me) }})
			check("hand-offs", plan, took)
			plan, took = explained(t, c, ws, listing[Clock]{shape: clocks, order: "STARTED_DESC", filter: func(q *query) error { return (&ClockFilter{Mine: &mine}).add(q, me) }})
			check("clocks", plan, took)
			plan, took = explained(t, c, ws, listing[Clock]{shape: clocks, order: "DUE_ASC", filter: func(q *query) error {
				q.and("l.due_at is not null")
				return (&ClockFilter{Mine: &mine}).add(q, me)
			}})
			check("clocks by due", plan, took)
		}
	}
}

// member is the id of somebody with a name.
func member(t *testing.T, c *pgx.Conn, name string) (who id.UUID) {
	t.Helper()
	require.NoError(t, c.QueryRow(t.Context(), "select id from members where name = $1", name).Scan(&who))
	return who
}
