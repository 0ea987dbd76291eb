package funnel

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/condition"
)

// TestLeadsComeInUnderRulesThatNobodyCouldWriteToday has versions in force that were legal once.
func TestLeadsComeInUnderRulesThatNobodyCouldWriteToday(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	deadlines, model := agreement.Default(agreement.SLAPolicy), agreement.Default(agreement.ScoringModel)
	for i := range deadlines.SlaPolicy.Rules {
		deadlines.SlaPolicy.Rules[i].Minutes = 576_000
	}
	model.ScoringModel.Fit[0].When = model.ScoringModel.Fit[1].When
	for _, body := range []agreement.Body{deadlines, model} {
		require.Error(t, body.Check(condition.NewRegistry(nil)))
		written, err := json.Marshal(&body)
		require.NoError(t, err)
		tag, err := d.owner.Exec(t.Context(), "update agreements set body = $3, hash = $4 where workspace_id = $1 and kind = $2 and state = 'PUBLISHED'", ws, body.Kind(), written, body.Hash())
		require.NoError(t, err)
		require.EqualValues(t, 1, tag.RowsAffected())
	}
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	require.Equal(t, []string{"PASS"}, d.texts(t, "select stage from clocks where workspace_id = $1", ws), "it is judged, and its clock runs")
}
