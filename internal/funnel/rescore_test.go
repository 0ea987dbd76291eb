package funnel

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// death ends the work of a server where it would have noted a stretch of a re-score as done for the nth time.
type death struct{ in atomic.Int32 }

// TraceQueryStart takes the statement's time away.
func (d *death) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if strings.HasPrefix(q.SQL, "-- name: AdvanceRescore ") && d.in.Add(-1) == 0 {
		dead, kill := context.WithCancel(ctx)
		kill()
		return dead
	}
	return ctx
}

// TraceQueryEnd has nothing to do.
func (d *death) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// progress is how far the re-score after a publication is.
func (d *desk) progress(t *testing.T, ws, model id.UUID) *db.Rescore {
	t.Helper()
	rows, err := d.DB.Read(ws).RescoresOf(t.Context(), db.RescoresOfParams{WorkspaceID: ws, AgreementIds: []id.UUID{model}})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	return rows[0]
}

// number answers a question past row-level security.
func (d *desk) number(t *testing.T, question string, args ...any) (n int64) {
	t.Helper()
	require.NoError(t, d.owner.QueryRow(context.Background(), question, args...).Scan(&n))
	return n
}

func TestAReScoreThatDiedGoesOnWhereItStoodAndNobodyWaitsForIt(t *testing.T) {
	t.Parallel()
	dies := &death{}
	d := newDesk(t, dies)
	d.asks(t)
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d.at(noon)
	ws, sources, ada := d.founded(t)
	const leads = 2*stretch + stretch/2
	var all []*CaptureLeadInput
	for n := range leads {
		all = append(all, &CaptureLeadInput{Source: new("a"), Contact: &CaptureContactInput{Email: new(fmt.Sprintf("lead-%d@acme-%d.example", n, n)), Title: new("Clerk")}})
	}
	d.capture(t, ws, sources, all...)
	d.at(noon.Add(time.Hour))
	which := d.signedModel(t, ws, 3)
	d.tried(t, ws, ada, which, noon.AddDate(-30, 0, 0))
	_, err := d.PublishAgreement(auth.With(t.Context(), ada), AgreementActInput{AgreementID: which})
	require.NoError(t, err)
	model := which.UUID
	args := RescoreArgs{Workspace: ws, Rescore: d.progress(t, ws, model).ID}

	dies.in.Store(2) // all of the second stretch is judged, but nothing of it lands
	require.ErrorIs(t, d.RunRescore(t.Context(), args), context.Canceled)
	row := d.progress(t, ws, model)
	require.Equal(t, []any{db.JobRunning, int64(leads), int64(stretch)}, []any{row.State, row.Total, row.Done})
	under := "select count(*) from leads l join scores s on s.lead_id = l.id and s.model_id = l.model_id where l.workspace_id = $1 and l.model_id = $2"
	require.EqualValues(t, stretch, d.number(t, under, ws, model), "what is noted is what is done")

	var waiting, person id.UUID // a lead that the run has not come to
	require.NoError(t, d.owner.QueryRow(t.Context(), "select id, contact_id from leads where workspace_id = $1 and model_id <> $2 order by id desc limit 1", ws, model).Scan(&waiting, &person))
	ctx := auth.With(t.Context(), ada)
	captured, err := d.CaptureLead(ctx, *wants("a", "new@other.example"))
	require.NoError(t, err)
	require.Equal(t, model, *captured.Lead.ModelID, "who comes in meanwhile is judged by what is in force")
	_, err = d.RecordTouches(ctx, RecordTouchesInput{Source: new("a"), Touches: []*TouchInput{{Contact: &ContactKey{ID: &id.Global{Kind: id.Contact, UUID: person}}, Kind: contact.KindFormSubmitted,
		Channel: contact.ChannelWeb, OccurredAt: d.Now()}}})
	require.NoError(t, err)
	require.EqualValues(t, 1, d.number(t, under+" and l.id = $3", ws, model, waiting), "so is who does something")

	another := New(Config{DB: d.DB, Jobs: d.Jobs, Now: d.Now, Sealer: d.Sealer}) // another server
	require.NoError(t, another.RunRescore(t.Context(), args))
	row = d.progress(t, ws, model)
	require.Equal(t, []any{db.JobSucceeded, int64(leads + 1), int64(leads + 1)}, []any{row.State, row.Total, row.Done}, "each lead once, with the one that came in")
	require.EqualValues(t, leads+1, d.number(t, under, ws, model))
	causes := "select count(*) from score_history where workspace_id = $1 and model_id = $2 and cause = $3"
	require.EqualValues(t, leads-1, d.number(t, causes, ws, model, "MODEL"), "all but the two that were judged by it already")
	require.EqualValues(t, 1, d.number(t, causes, ws, model, "CAPTURE"))
	require.EqualValues(t, 1, d.number(t, causes, ws, model, "TOUCHES"))
	require.EqualValues(t, leads+1, d.number(t, "select count(distinct lead_id) from score_history where workspace_id = $1 and model_id = $2", ws, model), "and nobody twice")
}
