package demo

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

func funnelIsItsMoves(t *testing.T, r *db.Reader, w *raw) {
	t.Helper()
	p := period{scorecard.Span{From: noon.AddDate(0, 0, -80), To: noon.AddDate(0, 0, -20)}, noon.AddDate(0, 0, -5)}
	for _, by := range scorecard.Groupings {
		f, err := r.Funnel(t.Context(), db.ScorecardAsk{From: &p.From, To: &p.To, Until: &p.until, By: by}, nil, noon)
		require.NoError(t, err)
		rows := append([]*db.FunnelRow{f.Total}, f.Rows...)
		var every []*db.FunnelStage
		for _, row := range rows {
			every = append(every, row.Stages...)
		}
		times, err := r.StageTimes(t.Context(), every)
		require.NoError(t, err)
		seen := int64(0)
		for n, row := range rows {
			var name *string
			if n > 0 {
				name = new(nameOf(&db.ScorecardRow{GroupKey: row.GroupKey}))
				seen += row.Leads
			}
			want := w.funnel(p, by, name)
			require.Equal(t, want.leads, row.Leads)
			for i, s := range row.Stages {
				at := fmt.Sprint(by, " ", s.Stage)
				require.Equal(t, int64(len(want.reached[s.Stage])), s.Reached, at)
				require.Equal(t, int64(len(want.standing[s.Stage])), s.Standing, at)
				both := []string{}
				if s.Next != nil {
					for l := range want.reached[s.Stage] {
						if want.reached[*s.Next][l] {
							both = append(both, l)
						}
					}
					require.Equal(t, int64(len(both)), *s.NextReached, at)
				}
				took := times[n*len(row.Stages)+i]
				sameTimes(t, want.took[s.Stage], took)
				if n < 2 && by == scorecard.ByPersona {
					require.ElementsMatch(t, slices.Collect(maps.Keys(want.reached[s.Stage])), all(t, r, s.Counts("REACHED")), at)
					require.ElementsMatch(t, slices.Collect(maps.Keys(want.standing[s.Stage])), all(t, r, s.Counts("STANDING")), at)
					require.ElementsMatch(t, both, all(t, r, s.Counts("NEXT_REACHED")), at)
					if took != nil {
						require.Equal(t, int64(len(want.left[s.Stage])), took.Leads, at)
						require.ElementsMatch(t, slices.Collect(maps.Keys(want.left[s.Stage])), all(t, r, took.Counts()), at)
					}
				}
			}
		}
		if by != scorecard.ByNothing {
			require.Equal(t, f.Total.Leads, seen, "every lead is in one group")
		}
	}
}

// sameTimes compares times in a stage with those that were found one by one.
func sameTimes(t *testing.T, took []float64, got *db.StageTime) {
	t.Helper()
	if len(took) == 0 {
		require.Nil(t, got)
		return
	}
	slices.Sort(took)
	sum := 0.0
	for _, s := range took {
		sum += s
	}
	at := func(p float64) float64 {
		rank := p * float64(len(took)-1)
		below := took[int(rank)]
		return below + (rank-float64(int(rank)))*(took[min(int(rank)+1, len(took)-1)]-below)
	}
	require.Equal(t, int64(len(took)), got.Visits)
	require.InDelta(t, sum/float64(len(took)), got.Mean, 1e-4)
	require.InDelta(t, at(0.5), got.P50, 1e-4)
	require.InDelta(t, at(0.9), got.P90, 1e-4)
}

func funnelOfSome(t *testing.T, r *db.Reader, w *raw) {
	t.Helper()
	whole, err := r.Funnel(t.Context(), db.ScorecardAsk{By: scorecard.BySource}, nil, noon)
	require.NoError(t, err)
	for _, row := range whole.Rows {
		some, err := r.Funnel(t.Context(), db.ScorecardAsk{By: scorecard.ByPersona}, &db.CohortFilter{SourceIds: []id.Global{{Kind: id.Source, UUID: *row.SourceID}}}, noon)
		require.NoError(t, err)
		require.Equal(t, row.Leads, some.Total.Leads)
		for i, s := range some.Total.Stages {
			require.Equal(t, row.Stages[i].Reached, s.Reached)
		}
	}
}

// cursorsOfOneNumber tells that a place in the list of one number is none in that of another number of the same stage.
func cursorsOfOneNumber(t *testing.T, r *db.Reader) {
	t.Helper()
	f, err := r.Funnel(t.Context(), db.ScorecardAsk{By: scorecard.ByNothing}, nil, noon)
	require.NoError(t, err)
	for _, s := range f.Total.Stages[:3] {
		first, err := r.Counted(t.Context(), []*db.Counting{s.Counts("REACHED")}, page.Args{First: new(int32(1))})
		require.NoError(t, err)
		for of, fails := range map[string]bool{"REACHED": false, "STANDING": true, "NEXT_REACHED": true} {
			_, err := r.Counted(t.Context(), []*db.Counting{s.Counts(of)}, page.Args{After: first[0].Info.EndCursor()})
			require.Equal(t, fails, err != nil, of)
		}
	}
}

func goalsCountTheSame(t *testing.T, r *db.Reader, w *raw) {
	t.Helper()
	var goals []*db.Goal
	var metrics []scorecard.Metric
	for _, m := range scorecard.Metrics {
		if m.NoGoal() == "" {
			metrics = append(metrics, m)
		}
	}
	members := slices.SortedFunc(maps.Keys(w.team), cmp.Compare[string])
	for i, m := range metrics {
		from := noon.AddDate(0, 0, -20-7*i)
		all, team, one := &db.Goal{ID: id.New(), Metric: m, Target: 0.5, StartsAt: from, EndsAt: noon.AddDate(0, 0, 30)}, &db.Goal{}, &db.Goal{}
		*team, *one = *all, *all
		var who id.UUID
		require.NoError(t, who.UnmarshalText([]byte(members[i%len(members)])))
		team.Team, one.MemberID, one.EndsAt = new("North"), &who, noon.AddDate(0, 0, -3)
		goals = append(goals, all, team, one)
	}
	found, err := r.Progress(t.Context(), goals, noon)
	require.NoError(t, err)
	for i, g := range goals {
		stop := noon
		if g.EndsAt.Before(stop) {
			stop = g.EndsAt
		}
		top, bottom := w.items(g.Metric, period{scorecard.Span{From: g.StartsAt, To: stop}, stop})
		mine := func(all []item) []item {
			if all == nil {
				return nil
			}
			return slices.DeleteFunc(slices.Clone(all), func(x item) bool {
				return g.Team != nil && x.team != *g.Team || g.MemberID != nil && x.member != g.MemberID.String()
			})
		}
		check(t, r, found[i].Measure, mine(top), mine(bottom), true)
		alone, err := r.Progress(context.WithoutCancel(t.Context()), []*db.Goal{g}, noon)
		require.NoError(t, err)
		require.Equal(t, found[i].Measure.Value, alone[0].Measure.Value, "alone as among others")
		require.Equal(t, found[i].Pace, alone[0].Pace)
	}
}
