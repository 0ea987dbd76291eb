package jobs

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// bench is a database with a queue that this test beats by hand.
type bench struct {
	t    *testing.T
	conn *pgx.Conn // the owner's
	q    *Queue
}

func newBench(t *testing.T) *bench {
	t.Helper()
	url := pgtest.Database(t, db.Migrate, db.Fingerprint())
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	d, err := db.Open(t.Context(), db.Config{URL: pg.AppURL(url), Conns: 2})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	q, err := New(d, slog.New(slog.DiscardHandler), true)
	require.NoError(t, err)
	return &bench{t, conn, q}
}

// running adds a job that a server has fetched so long ago.
func (b *bench) running(server string, ago time.Duration, attempt int) (job int64) {
	b.t.Helper()
	require.NoError(b.t, b.conn.QueryRow(b.t.Context(), `insert into jobs.river_job (kind, args, state, attempt, max_attempts, attempted_at, attempted_by)
		values ('import_leads', '{}', 'running', $1, 8, now() - $2::interval, array['an earlier one', $3]) returning id`, attempt, ago, server).Scan(&job))
	return job
}

// seen notes a sign of life of another server.
func (b *bench) seen(server string, ago time.Duration) {
	b.t.Helper()
	_, err := b.conn.Exec(b.t.Context(), "insert into jobs.servers values ($1, now() - $2::interval)", server, ago)
	require.NoError(b.t, err)
}

func (b *bench) state(job int64) (state string) {
	b.t.Helper()
	require.NoError(b.t, b.conn.QueryRow(b.t.Context(), "select state from jobs.river_job where id = $1", job).Scan(&state))
	return state
}

func TestJobsOfDeadServersAreTakenOver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.seen("busy", time.Second)
	b.seen("silent", 2*silence)
	alive, dead, unknown, hopeless := b.running("busy", time.Hour, 1), b.running("silent", time.Second, 1), b.running("never seen", time.Second, 7), b.running("silent", time.Second, 8)
	require.NoError(t, b.q.beat(t.Context()))
	require.Equal(t, "running", b.state(alive), "however long it runs")
	require.Equal(t, "available", b.state(dead))
	require.Equal(t, "available", b.state(unknown))
	require.Equal(t, "discarded", b.state(hopeless), "a job that ended every server it ran on does not get the next one")

	t.Run("a server that stops leaves its jobs to the others", func(t *testing.T) {
		require.NoError(t, b.q.db.LeaveJobs(t.Context(), "busy"))
		require.NoError(t, b.q.beat(t.Context()))
		require.Equal(t, "available", b.state(alive))
	})
}

func TestAServerTakesUpWhatItLostTrackOf(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lost, fresh, held := b.running(b.q.ID(), 2*settle, 1), b.running(b.q.ID(), time.Second, 1), b.running(b.q.ID(), time.Hour, 1)
	ended := b.running(b.q.ID(), time.Hour, 1)
	b.q.hands.take(held)
	b.q.hands.take(ended)
	b.q.hands.put(ended)
	require.NoError(t, b.q.beat(t.Context()))
	require.Equal(t, "available", b.state(lost), "the database was away when its end should have been written down")
	require.Equal(t, "running", b.state(fresh), "it is about to be begun")
	require.Equal(t, "running", b.state(held))
	require.Equal(t, "running", b.state(ended), "its end is about to be written down")
}
