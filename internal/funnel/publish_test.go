package funnel

import (
	"context"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// asks lets verbs ask for background work, which nobody does.
func (d *desk) asks(t *testing.T) {
	t.Helper()
	jobs, err := river.NewClient(riverpgxv5.New(d.DB.Pool()), &river.Config{Schema: db.JobSchema})
	require.NoError(t, err)
	d.Jobs = jobs
}

// signedModel is a scoring model that both departments have signed: the default one, but every lead has some points more.
func (d *desk) signedModel(t *testing.T, ws id.UUID, points float64) id.Global {
	t.Helper()
	model := scoring.Default()
	model.Base = points
	body := agreement.Body{ScoringModel: &model}
	which := id.Global{Kind: id.Agreement, UUID: id.New()}
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		_, err := x.InsertAgreement(t.Context(), db.InsertAgreementParams{WorkspaceID: ws, ID: which.UUID, Kind: agreement.ScoringModel, Title: "More", State: agreement.Approved,
			Body: body, Hash: body.Hash(), At: x.now})
		return err
	}))
	return which
}

// tried back-tests a model on the leads that were created from a day on until now.
func (d *desk) tried(t *testing.T, ws id.UUID, ada *auth.Viewer, model id.Global, from time.Time) *backtest.Report {
	t.Helper()
	cohort := &backtest.Cohort{From: from, To: from.Add(24 * time.Hour), Label: backtest.LabelWon, HorizonDays: 30, Decision: backtest.DecisionCreation}
	p, err := d.RunBackTest(auth.With(t.Context(), ada), RunBackTestInput{AgreementID: model, Cohort: cohort})
	require.NoError(t, err)
	require.NoError(t, d.DoBackTest(t.Context(), BackTestArgs{Workspace: ws, BackTest: p.BackTest.ID}))
	rows, err := d.DB.Read(ws).BackTestsByID(t.Context(), db.BackTestsByIDParams{WorkspaceID: ws, Ids: []id.UUID{p.BackTest.ID}})
	require.NoError(t, err)
	require.Equal(t, db.JobSucceeded, rows[0].State)
	return rows[0].Report
}

func TestAModelThatWasTriedOnNothingWaitsOnceThereAreOutcomes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.asks(t)
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, stage := range []string{"NURTURING", "WON", "RETARGETING", "DISQUALIFIED"} { // of the only leads
		d.at(noon)
		ws, sources, ada := d.founded(t)
		publish := func(model id.Global) error {
			_, err := d.PublishAgreement(auth.With(t.Context(), ada), AgreementActInput{AgreementID: model})
			return err
		}
		d.capture(t, ws, sources, wants("a", "ann@acme.example"))
		d.at(noon.AddDate(0, 1, 0))
		d.capture(t, ws, sources, wants("a", "bo@acme.example"))
		model := d.signedModel(t, ws, 3)
		require.Contains(t, fault.As(publish(model)).Message, "Nobody has tried this content", stage)
		require.Zero(t, d.tried(t, ws, ada, model, noon.AddDate(-30, 0, 0)).Leads)
		_, err := d.owner.Exec(context.Background(), "update leads set stage = $2, owner_id = null, queue = 'marketing' where workspace_id = $1", ws, stage)
		require.NoError(t, err)
		if stage == "NURTURING" {
			require.NoError(t, publish(model), "where no lead has an outcome yet, there is nothing to try a model on")
			continue
		}
		f := fault.As(publish(model))
		require.NotNil(t, f, stage)
		require.Equal(t, fault.Conflict, f.Code)
		require.Equal(t, "The back-test of this content looked at no leads. Leads whose outcome is known were created from 2026-03-02 to 2026-04-02: try it on those, with runBackTest, "+
			"and by the decision CREATION where they were never offered.", f.Message)
		d.at(noon.AddDate(0, 3, 0))
		require.Equal(t, 1, d.tried(t, ws, ada, model, noon.Add(-time.Hour)).Leads, "its time is over")
		require.NoError(t, publish(model), "too few leads are not enough evidence, but they were looked at")
	}
}
