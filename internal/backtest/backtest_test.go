package backtest

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

var spring = Cohort{From: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Label: LabelWon, HorizonDays: 90, Decision: DecisionHandoff}

// uuid is a made-up id.
func uuid(n int) id.UUID {
	var u id.UUID
	binary.BigEndian.PutUint64(u[8:], uint64(n)+1)
	return u
}

// lead is a made-up sample: its outcome, persona, week and live score follow from the draws.
func lead(n int, total float64, positive bool, persona, weeks, live int) Sample {
	at := spring.From.Add(time.Duration(weeks) * 7 * 24 * time.Hour)
	s := Sample{Lead: uuid(n), Total: total, Score: int(math.Round(total)), Band: band(total), Positive: positive, CreatedAt: at, ScoredAt: at}
	if persona > 0 {
		s.Persona = Group{ID: uuid(persona), Name: "persona"}
	}
	if live >= 0 {
		s.Live = &Standing{Score: live, Band: band(float64(live))}
	}
	if persona == 1 {
		s.Late = []string{"account.employees"}
	}
	return s
}

func band(total float64) lifecycle.Band {
	switch {
	case total >= 70:
		return lifecycle.Hot
	case total >= 40:
		return lifecycle.Warm
	}
	return lifecycle.Cool
}

// cohort draws leads with many equal scores.
func cohort(t *rapid.T) []Sample {
	n := rapid.IntRange(0, 600).Draw(t, "leads")
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	all := make([]Sample, n)
	for i := range all {
		total := float64(r.IntN(201)) / 2
		all[i] = lead(i, total, r.Float64()*100 < total, r.IntN(4), r.IntN(12), r.IntN(102)-1)
	}
	return all
}

// report back-tests samples against a threshold of 50.
func report(t require.TestingT, samples []Sample) *Report {
	r, err := New(Setup{Cohort: spring, Threshold: 50, CapacityPerWeek: new(20), Rules: map[string][]string{"account.employees": {"large"}}})
	require.NoError(t, err)
	for _, s := range samples {
		require.NoError(t, r.Add(s))
	}
	return r.Report()
}

func TestTheOrderOfLeadsChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		samples := cohort(t)
		once, err := json.Marshal(report(t, samples))
		require.NoError(t, err)
		again, err := json.Marshal(report(t, rapid.Permutation(samples).Draw(t, "order")))
		require.NoError(t, err)
		require.Equal(t, string(once), string(again))
		var read Report
		require.NoError(t, json.Unmarshal(once, &read))
		written, err := json.Marshal(&read)
		require.NoError(t, err)
		require.Equal(t, string(once), string(written), "kept and read, a report is the same")
	})
}

func TestAUCIsTheShareOfPairsInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		samples := cohort(t)
		var totals []float64
		var positive []bool
		won, pairs := 0.0, 0.0
		for _, a := range samples {
			totals, positive = append(totals, a.Total), append(positive, a.Positive)
			for _, b := range samples {
				if !a.Positive || b.Positive {
					continue
				}
				pairs++
				switch {
				case a.Total > b.Total:
					won++
				case a.Total == b.Total:
					won += 0.5
				}
			}
		}
		got := AUC(totals, positive)
		if pairs == 0 {
			require.Nil(t, got)
			return
		}
		require.InDelta(t, won/pairs, *got, 1e-12)
	})
}

func TestPartsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		samples := cohort(t)
		r := report(t, samples)
		sum := func(parts []Segment) (leads, positives, over int) {
			for _, s := range parts {
				leads, positives, over = leads+s.Leads, positives+s.Positives, over+s.OverThreshold
			}
			return leads, positives, over
		}
		leads, positives, over := sum(r.Personas.Groups)
		require.Equal(t, []int{r.Leads, r.Positives, r.AtThreshold.Leads}, []int{leads, positives, over}, "personas")
		leads, over = 0, 0
		for _, w := range r.Load.Weeks {
			require.Equal(t, time.Monday, w.Start.Weekday())
			leads, over = leads+w.Leads, over+w.OverThreshold
		}
		require.Equal(t, []int{r.Leads, r.AtThreshold.Leads}, []int{leads, over}, "weeks")
		if r.Verdict != Evidence {
			require.Empty(t, r.Deciles)
			require.Nil(t, r.Auc)
			require.NotEmpty(t, r.Reasons)
			return
		}
		leads, positives = 0, 0
		for i, d := range r.Deciles {
			require.InDelta(t, float64(r.Leads)/10, d.Leads, 1)
			require.True(t, i == 0 || d.MeanScore <= r.Deciles[i-1].MeanScore, "the best come first")
			leads, positives = leads+d.Leads, positives+d.Positives
		}
		require.Equal(t, []int{r.Leads, r.Positives}, []int{leads, positives}, "deciles")
		leads, observed := 0, 0.0
		for _, b := range r.Reliability {
			leads += b.Leads
			observed += b.Observed * float64(b.Leads)
		}
		require.Equal(t, r.Leads, leads, "bins")
		require.InDelta(t, r.Positives, observed, 1e-6)
	})
}

func TestCutsAreCounted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		samples := cohort(t)
		r := report(t, samples)
		for _, c := range append(r.Cuts, r.AtThreshold) {
			passed, won, positives := 0, 0, 0
			for _, s := range samples {
				positives += int(outcomeByte(s.Positive))
				if float64(s.Score) >= c.Threshold {
					passed++
					won += int(outcomeByte(s.Positive))
				}
			}
			require.Equal(t, []int{passed, won}, []int{c.Leads, c.Positives})
			require.Equal(t, shareOf(won, passed), c.Precision)
			require.Equal(t, shareOf(won, positives), c.Recall)
		}
	})
}

func TestFlipsAreChangesOfBand(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		samples := cohort(t)
		up, down, compared := 0, 0, 0
		for _, s := range samples {
			if s.Live == nil {
				continue
			}
			compared++
			before, after := slices.Index(lifecycle.Bands, s.Live.Band), slices.Index(lifecycle.Bands, s.Band)
			if after < before {
				up++
			} else if after > before {
				down++
			}
		}
		f := report(t, samples).Flips
		require.Equal(t, []int{compared, up, down, up + down}, []int{f.Compared, f.Up, f.Down, len(f.Leads)})
		for i := 1; i < len(f.Leads); i++ {
			a, b := f.Leads[i-1], f.Leads[i]
			far := func(f Flip) int32 {
				return distance(int32(slices.Index(lifecycle.Bands, f.BandBefore)), int32(slices.Index(lifecycle.Bands, f.BandAfter)))*1000 + distance(int32(f.Before), int32(f.After))
			}
			require.GreaterOrEqual(t, far(a), far(b), "what changes most comes first")
		}
	})
}
