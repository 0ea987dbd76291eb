package demo

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// checkDeals looks at what became of the opportunities.
func checkDeals(t *testing.T, f fixture) {
	t.Helper()
	n := func(query string) int { return ask[int](t, f, query) }
	t.Run("deals are won, lost and open, and worth something", func(t *testing.T) {
		t.Parallel()
		won, lost, open := n("select count(*)::int from deals where outcome = 'WON'"), n("select count(*)::int from deals where outcome = 'LOST'"), n("select count(*)::int from deals where outcome = 'OPEN'")
		t.Logf("%d won, %d lost, %d open", won, lost, open)
		require.Greater(t, won, 50)
		require.Greater(t, lost, 50)
		require.Greater(t, open, 5)
		require.Zero(t, n("select count(*)::int from deals where amount_minor = 0 or currency <> 'EUR' or attributes ->> 'product' is null"))
	})
	t.Run("the latest deals came from hand-offs that sales had taken before", func(t *testing.T) {
		t.Parallel()
		latest := n("select count(handoff_id)::int from (select handoff_id from deals order by opened_at desc, id desc limit 100) d")
		t.Logf("%d of the latest 100, %d of all %d", latest, n("select count(handoff_id)::int from deals"), n("select count(*)::int from deals"))
		require.Greater(t, latest, 50)
		require.Zero(t, n(`select count(*)::int from deals d join handoffs h on h.id = d.handoff_id where h.lead_id <> d.lead_id or h.state <> 'ACCEPTED' or h.direction <> 'MARKETING_TO_SALES' or h.decided_at > d.opened_at`))
	})
	t.Run("what was lost says why, and the lead went where the reason leads", func(t *testing.T) {
		t.Parallel()
		require.Zero(t, n("select count(*)::int from deals where (outcome = 'LOST') <> (reason_id is not null)"))
		require.Zero(t, n("select count(*)::int from deals d join reasons r on r.id = d.reason_id join leads l on l.id = d.lead_id where r.use = 'LOSE' and r.leads_to <> l.stage and l.stage in ('RETARGETING', 'DISQUALIFIED')"))
		require.Greater(t, n("select count(distinct reason_id)::int from deals"), 3)
	})
}
