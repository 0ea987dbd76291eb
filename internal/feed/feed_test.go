package feed

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// patience is how long "in the end" may take: events come when no older transaction of the whole Postgres runs, those of other tests among them.
const patience = 3 * time.Minute

// bench is a database with a log, and feeds that read it as servers do.
type bench struct {
	t      *testing.T
	url    string
	owner  *pgxpool.Pool
	sealer *page.Sealer
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, url: pgtest.Database(t, db.Migrate, db.Fingerprint()), sealer: page.NewSealer([]byte("a key of thirty-two bytes, or so"))}
	var err error
	b.owner, err = pgxpool.New(t.Context(), b.url)
	require.NoError(t, err)
	t.Cleanup(b.owner.Close)
	return b
}

// feed is one server's, running until the test ends or stop is called.
func (b *bench) feed(relay bool) (f *Feed, stop func()) {
	b.t.Helper()
	d, err := db.Open(b.t.Context(), db.Config{URL: pg.AppURL(b.url), Conns: 4})
	require.NoError(b.t, err)
	f = New(d, b.sealer, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	if relay {
		f.Relay(ctx, Bus{Send: d.Wake, Receive: d.ListenForWakes})
	}
	var running sync.WaitGroup
	running.Go(func() { f.Run(ctx) })
	stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		d.Close()
	})
	b.t.Cleanup(stop)
	return f, stop
}

// workspace makes one.
func (b *bench) workspace() id.UUID {
	b.t.Helper()
	ws := id.New()
	_, err := b.owner.Exec(b.t.Context(), "insert into workspaces (id, slug, name) values ($1::uuid, 'w' || substr(md5($1::uuid::text), 1, 20), 'Brightwater')", ws)
	require.NoError(b.t, err)
	return ws
}

const insert = "insert into events (workspace_id, id, at, kind, actor_kind, data) values ($1, $2, now(), $3, 'SYSTEM', '{}')"

// write adds an event in a transaction that begins, takes its number, waits for a while and commits.
func (b *bench) write(tx pgx.Tx, ws id.UUID, kind event.Kind) id.UUID {
	b.t.Helper()
	one := id.New()
	_, err := tx.Exec(context.Background(), insert, ws, one, kind)
	require.NoError(b.t, err)
	return one
}

// one adds an event and tells the feed.
func (b *bench) one(f *Feed, ws id.UUID, kind event.Kind) id.UUID {
	b.t.Helper()
	tx, err := b.owner.Begin(b.t.Context())
	require.NoError(b.t, err)
	e := b.write(tx, ws, kind)
	require.NoError(b.t, tx.Commit(b.t.Context()))
	if f != nil {
		f.Hint(ws)
	}
	return e
}

// open opens a stream of everything in a workspace and waits until it has read the past, which it answers.
func (b *bench) open(f *Feed, ws id.UUID, after string) (stream <-chan *Change, past []*Change) {
	b.t.Helper()
	stream, err := Open(b.t.Context(), f, Query{Workspace: ws, After: after, Field: "after", Wants: func(*db.Event) bool { return true }}, func(c *Change) *Change { return c })
	require.NoError(b.t, err)
	for {
		c := b.next(stream)
		if c.Mark() {
			return stream, past
		}
		past = append(past, c)
	}
}

// next waits for what a stream brings.
func (b *bench) next(stream <-chan *Change) *Change {
	b.t.Helper()
	select {
	case c, ok := <-stream:
		require.True(b.t, ok, "the stream ended")
		return c
	case <-time.After(patience):
		b.t.Fatal("nothing came")
		return nil
	}
}

// news is next without marks.
func (b *bench) news(stream <-chan *Change) *Change {
	for {
		if c := b.next(stream); !c.Mark() {
			return c
		}
	}
}

func TestAnEventThatCommitsLateIsNotSkipped(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f, _ := b.feed(false)
	ws := b.workspace()
	stream, _ := b.open(f, ws, "")
	slow, err := b.owner.Begin(t.Context())
	require.NoError(t, err)
	first := b.write(slow, ws, event.LeadCaptured)
	second := b.one(f, ws, event.LeadCaptured) // began later, commits earlier
	rows, err := f.db.Read(ws).EventsAfter(t.Context(), db.EventsAfterParams{WorkspaceID: ws, Rows: 10})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.False(t, rows[0].Settled)
	require.NoError(t, slow.Commit(t.Context()))
	require.Equal(t, first, b.news(stream).Event.ID)
	require.Equal(t, second, b.news(stream).Event.ID)
}

func TestManyWritersLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f, _ := b.feed(false)
	ws, other := b.workspace(), b.workspace()
	live, _ := b.open(f, ws, "")
	begin := b.mark(f, ws, live)
	const writers, each = 8, 40
	var work sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for i := range each {
				tx, err := b.owner.Begin(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				b.write(tx, ws, event.LeadCaptured)
				_, err = tx.Exec(context.Background(), "select pg_sleep(random() * 0.02)") // commits come in another order than numbers
				if err != nil || tx.Commit(context.Background()) != nil {
					t.Error("not written", err)
				}
				if i%3 == w%3 {
					f.Hint(ws) // some hints get lost
				}
				b.one(f, other, event.LeadCaptured)
			}
		})
	}
	seen, last := map[id.UUID]bool{}, Place{}
	for range writers * each {
		c := b.news(live)
		require.Equal(t, ws, c.Event.WorkspaceID)
		require.False(t, seen[c.Event.ID], "twice")
		require.True(t, last.Before(c.at), "in order")
		seen[c.Event.ID], last = true, c.at
		if len(seen)%100 == 50 { // somebody comes back at any time, and misses nothing either
			back, past := b.open(f, ws, begin)
			ids := map[id.UUID]bool{}
			for _, p := range past {
				ids[p.Event.ID] = true
			}
			for len(ids) < writers*each {
				n := b.news(back)
				require.False(t, ids[n.Event.ID])
				ids[n.Event.ID] = true
			}
		}
	}
	work.Wait()
}

// mark is the cursor behind one event of its own.
func (b *bench) mark(f *Feed, ws id.UUID, stream <-chan *Change) string {
	b.t.Helper()
	e := b.one(f, ws, event.LeadCaptured)
	c := b.news(stream)
	require.Equal(b.t, e, c.Event.ID)
	return c.Cursor()
}

func TestAStreamGoesOnBehindItsCursor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f, stop := b.feed(false)
	ws := b.workspace()
	stream, _ := b.open(f, ws, "")
	cursor := b.mark(f, ws, stream)
	missed := []id.UUID{b.one(f, ws, event.LeadCaptured), b.one(f, ws, event.LeadAssigned)}
	for _, e := range missed { // by now nobody's transaction keeps them back
		require.Equal(t, e, b.news(stream).Event.ID)
	}
	stop()
	require.Eventually(t, func() bool { _, open := <-stream; return !open }, patience, time.Millisecond, "the end of the process is the end of its streams")
	_, err := Open(t.Context(), f, Query{Workspace: ws, Wants: func(*db.Event) bool { return true }}, func(c *Change) *Change { return c })
	require.Error(t, err)

	again, _ := b.feed(false)
	stream, past := b.open(again, ws, cursor)
	require.Len(t, past, 2)
	require.Equal(t, []id.UUID{past[0].Event.ID, past[1].Event.ID}, missed)
	next := b.one(again, ws, event.LeadCaptured)
	require.Equal(t, next, b.news(stream).Event.ID)

	t.Run("but not behind that of another workspace, or of another log", func(t *testing.T) {
		for _, bad := range []string{b.sealer.EventCursor(id.New(), 1, 1), b.sealer.EventCursor(ws, 1<<50, 1)} {
			_, err := Open(t.Context(), again, Query{Workspace: ws, After: bad, Field: "after"}, func(c *Change) *Change { return c })
			require.True(t, fault.Is(err, fault.CursorMismatch))
		}
	})
}

func TestAListenerThatIsBehindReadsTheLog(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f, _ := b.feed(false)
	ws := b.workspace()
	slow, _ := b.open(f, ws, "")
	quick, _ := b.open(f, ws, "")
	const n = 3 * inbox
	tx, err := b.owner.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "insert into events (workspace_id, id, at, kind, actor_kind) select $1, gen_random_uuid(), now(), 'LEAD_CAPTURED', 'SYSTEM' from generate_series(1, $2)", ws, n)
	require.NoError(t, err)
	require.NoError(t, tx.Commit(t.Context()))
	f.Hint(ws)
	for range n {
		b.news(quick)
	}
	var last Place
	for range n {
		c := b.news(slow)
		require.True(t, last.Before(c.at))
		last = c.at
	}
}

func TestListenersThatComeTogetherDoNotWaitForAnEvent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f, _ := b.feed(false)
	ws := b.workspace()
	var all sync.WaitGroup
	for range 50 { // each reads where the log ends, and some of them the later place first
		all.Go(func() { b.open(f, ws, "") })
	}
	all.Wait()
	require.Equal(t, 50, f.Listeners())
}

func TestServersWakeEachOther(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	here, _ := b.feed(true)
	there, _ := b.feed(true)
	ws := b.workspace()
	stream, _ := b.open(there, ws, "")
	for range 20 {
		e := b.one(here, ws, event.LeadCaptured)
		require.Equal(t, e, b.news(stream).Event.ID)
	}
	t.Run("and where they cannot, each looks by itself", func(t *testing.T) {
		e := b.one(nil, ws, event.LeadCaptured)
		require.Equal(t, e, b.news(stream).Event.ID)
	})
}

func TestAChangeOfAccessIsHeardOf(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f, _ := b.feed(false)
	ws := b.workspace()
	heard := make(chan struct{}, 10)
	stop, err := f.Watch(t.Context(), ws, func() { heard <- struct{}{} })
	require.NoError(t, err)
	b.one(f, ws, event.APIKeyRevoked)
	<-heard
	stop()
	require.NotContains(t, f.topics, ws, "nobody listens any more")
	t.Run("while an older transaction holds the log, and once", func(t *testing.T) {
		ws, heard := b.workspace(), make(chan struct{}, 10)
		_, err := f.Watch(t.Context(), ws, func() { heard <- struct{}{} })
		require.NoError(t, err)
		older, err := b.owner.Begin(t.Context())
		require.NoError(t, err)
		b.write(older, ws, event.LeadCaptured)
		stream, _ := b.open(f, ws, "")
		b.one(nil, ws, event.SessionsEnded)
		<-heard
		require.NoError(t, older.Commit(t.Context()))
		for b.news(stream).Event.Kind != event.SessionsEnded {
		}
		b.one(f, ws, event.LeadCaptured)
		require.Equal(t, event.LeadCaptured, b.news(stream).Event.Kind)
		require.Empty(t, heard)
		f.mu.Lock()
		defer f.mu.Unlock()
		require.Empty(t, f.topics[ws].told)
	})
}

func TestSnapshotsAreRead(t *testing.T) {
	t.Parallel()
	h, err := readHorizon("100:105:100,102")
	require.NoError(t, err)
	for xid, ended := range map[int64]bool{1: true, 99: true, 100: false, 101: true, 102: false, 104: true, 105: false, 200: false} {
		require.Equal(t, ended, h.ended(xid), xid)
	}
	require.True(t, h.place().Before(Place{100, 0}))
	require.False(t, h.place().Before(Place{99, 1 << 62}))
	_, err = readHorizon("100:105")
	require.Error(t, err)
	_, err = readHorizon("100:x:")
	require.Error(t, err)
}
