package demo

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

func TestScratch(t *testing.T) {
	t.Parallel()
	f := open(t)
	d, err := Load(t.Context(), f.DB, nil, auth.NewPasswords(1), noon)
	require.NoError(t, err)
	for _, m := range scorecard.Metrics {
		began := time.Now()
		_, err := f.Read(d.Workspace).Scorecard(t.Context(), db.ScorecardAsk{By: "NONE", Metrics: []scorecard.Metric{m}}, noon)
		fmt.Println(m, time.Since(began), err)
	}
	for _, by := range scorecard.Groupings {
		s, err := f.Read(d.Workspace).Scorecard(t.Context(), db.ScorecardAsk{By: by, Metrics: scorecard.Metrics}, noon)
		require.NoError(t, err)
		fmt.Println(by, len(s.Rows))
		for _, m := range s.Total.Measures {
			v := "-"
			if m.Value != nil {
				v = fmt.Sprint(*m.Value)
			}
			den := int64(-1)
			if m.Denominator != nil {
				den = *m.Denominator
			}
			if by == "NONE" {
				fmt.Println("  ", m.Metric, v, m.Numerator, den, m.Currency)
			}
			for _, part := range scorecard.Parts {
				c := m.Counts(part)
				p, err := f.Read(d.Workspace).Counted(t.Context(), []*db.Counting{c}, page.Args{})
				require.NoError(t, err)
				if by == "NONE" {
					fmt.Println("       ", part, len(p[0].Entries), p[0].TotalCount())
				}
			}
		}
	}
}
