package funnel

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/id"
)

// tally counts what is sent to Postgres.
type tally struct{ n atomic.Int64 }

// TraceQueryStart counts a statement.
func (c *tally) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}

// TraceQueryEnd has nothing to count.
func (c *tally) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestCohortsAreReadAStretchAtATime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sent := &tally{}
	counted, err := db.Open(t.Context(), db.Config{URL: d.DB.Pool().Config().ConnString(), Conns: 1, Sealer: d.Sealer, QueryTracer: sent})
	require.NoError(t, err)
	t.Cleanup(counted.Close)
	walk := func(leads int) (statements int64, stretches int) {
		ws, sources := d.fresh(t)
		var all []*CaptureLeadInput
		for n := range leads {
			all = append(all, &CaptureLeadInput{Source: new("a"), ExternalID: new(fmt.Sprint(n)), Contact: &CaptureContactInput{}, Account: &CaptureAccountInput{Name: new(fmt.Sprintf("Company %d", n))}})
		}
		d.capture(t, ws, sources, all...) // all are created at the same instant
		reg, err := counted.Read(ws).Registry(t.Context(), ws)
		require.NoError(t, err)
		now := time.Now()
		reader := cohortReader{r: counted.Read(ws), reg: reg, now: now.AddDate(0, 0, 9), identities: true,
			in: backtest.Cohort{From: now.Add(-time.Hour), To: now.Add(time.Hour), Label: backtest.LabelWon, HorizonDays: 1, Decision: backtest.DecisionCreation}}
		seen, before := map[id.UUID]bool{}, sent.n.Load()
		require.NoError(t, reader.each(t.Context(), func(o *observed) error {
			require.False(t, seen[o.lead.ID], "each lead comes once")
			seen[o.lead.ID] = true
			require.NotNil(t, o.contact)
			return nil
		}, func(int64) error { stretches++; return nil }))
		require.Len(t, seen, leads)
		return sent.n.Load() - before, stretches
	}
	few, one := walk(3)
	many, same := walk(300)
	require.Equal(t, []int{1, 1}, []int{one, same})
	require.Equal(t, few, many, "a stretch takes as many statements, however many leads it has")
	_, two := walk(cohortStretch + 5)
	require.Equal(t, 2, two)
}

func TestCohortsAreReadInTheOrderOfAnIndex(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.owner.Exec(t.Context(), "set enable_seqscan = off; set enable_bitmapscan = off")
	require.NoError(t, err)
	rows, err := d.owner.Query(t.Context(), `explain select * from leads where workspace_id = $1 and (created_at, id) > ($2::timestamptz, $3::uuid) and created_at < $4::timestamptz
		order by created_at, id limit 1000`, id.New(), time.Now(), id.UUID{}, time.Now())
	require.NoError(t, err)
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Contains(t, plan[1], "Index Scan Backward using leads_created", plan)
}
