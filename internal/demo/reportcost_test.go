package demo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// reportCostsAddUp compares what a report by a dimension says that campaigns cost with the scorecard of its time, and adds up its rows: for all of a year, and for a part of it, in which campaigns cost a part.
func reportCostsAddUp(t *testing.T, r *db.Reader, by attribution.Dimension) {
	t.Helper()
	for _, days := range [][2]int{{365, 0}, {100, 23}} {
		from, to := noon.AddDate(0, 0, -days[0]), noon.AddDate(0, 0, -days[1])
		card, err := r.Scorecard(t.Context(), db.ScorecardAsk{From: &from, To: &to, Until: &to, Metrics: []scorecard.Metric{scorecard.Cost}, By: scorecard.ByCampaign}, noon)
		require.NoError(t, err)
		for _, basis := range db.AttributionBases {
			report, err := r.AttributionReport(t.Context(), &db.AttributionAsk{By: by, Basis: basis, ClosedFrom: &from, ClosedBefore: &to}, noon)
			require.NoError(t, err)
			want := int64(0)
			for _, m := range card.Total.Measures {
				if m.Currency != nil && *m.Currency == *report.Currency {
					want += m.Numerator
				}
			}
			require.Positive(t, want)
			require.Equal(t, want, report.CostMinor, "%s by %s is what the scorecard says", basis, by)
			rowsAddUp(t, r, report, card)
		}
	}
}

// rowsAddUp adds up what the rows of a report cost under each model, and compares campaigns with the scorecard's.
func rowsAddUp(t *testing.T, r *db.Reader, report *db.AttributionReport, card *db.Scorecard) {
	t.Helper()
	costs := map[string]int64{}
	for _, row := range card.Rows {
		for _, m := range row.Measures {
			if m.Currency != nil && *m.Currency == *report.Currency {
				costs[nameOf(row)] += m.Numerator
			}
		}
	}
	pages, err := r.ReportRows([]*db.AttributionReport{report}, page.Args{First: new(int32(250))})
	require.NoError(t, err)
	require.False(t, pages[0].PageInfo.HasNextPage)
	spent := make([]int64, len(report.Totals))
	for _, row := range pages[0].Nodes {
		for n, c := range row.Credits() {
			if c.CostMinor != nil {
				spent[n] += *c.CostMinor
			}
			if n == 0 {
				require.Equal(t, c.CostMinor, row.CostMinor())
			}
			if report.By == attribution.ByCampaign && c.CostMinor != nil {
				require.Equal(t, costs[row.Object(attribution.ByCampaign).String()], *c.CostMinor, "a campaign costs what the scorecard says")
			}
		}
	}
	for n, total := range report.Totals {
		require.Equal(t, report.CostMinor, spent[n]+total.UnattributedCostMinor, "%s by %s under %s", report.Basis, report.By, total.Model)
		if report.By != attribution.ByCampaign && n < 8 {
			require.Positive(t, spent[n], "%s by %s under %s", report.Basis, report.By, total.Model)
		}
	}
}
