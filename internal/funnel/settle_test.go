package funnel

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

func TestWhoWaitedDoesNotSeemToHaveBeenFirst(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	start := time.Now().UTC().Truncate(time.Microsecond)
	var late atomic.Bool
	d.Now = func() time.Time {
		if late.Load() {
			return start.Add(time.Hour)
		}
		return start
	}
	ws, sources := d.fresh(t)
	d.capture(t, ws, sources, &CaptureLeadInput{Source: new("a"), ExternalID: new("1"), Contact: &CaptureContactInput{Title: new("Driver")}})
	other, err := d.DB.Pool().Begin(t.Context()) // another transaction holds the person
	require.NoError(t, err)
	_, err = other.Exec(t.Context(), "select set_config('app.ws', $1, true)", ws.String())
	require.NoError(t, err)
	var who id.UUID
	require.NoError(t, other.QueryRow(t.Context(), "select id from contacts for update").Scan(&who))
	done := make(chan error, 1)
	go func() {
		_, err := d.UpdateContact(auth.With(t.Context(), auth.System(ws)), UpdateContactInput{ContactID: id.Global{Kind: id.Contact, UUID: who}, Title: graphql.OmittableOf(new("Boss"))})
		done <- err
	}()
	require.Eventually(t, func() bool {
		var waiting bool
		err := d.owner.QueryRow(t.Context(), "select exists (select from pg_locks l join pg_database b on b.oid = l.database or l.database is null where not l.granted and b.datname = current_database())").Scan(&waiting)
		return err == nil && waiting
	}, time.Minute, 10*time.Millisecond)
	late.Store(true)
	require.NoError(t, other.Commit(t.Context()))
	require.NoError(t, <-done)
	var at time.Time
	require.NoError(t, d.owner.QueryRow(t.Context(), "select at from fact_changes where workspace_id = $1 and attribute = 'contact.title'", ws).Scan(&at))
	require.True(t, start.Add(time.Hour).Equal(at), "it changed after the other transaction, not before: %s", at)
}
