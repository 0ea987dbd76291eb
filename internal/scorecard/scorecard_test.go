package scorecard

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func day(n int) time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

func TestEveryMetricSaysWhatItIs(t *testing.T) {
	t.Parallel()
	seen := map[Metric]bool{}
	for _, m := range Metrics {
		require.False(t, seen[m], m)
		seen[m] = true
		require.NotEmpty(t, m.Definition(), m)
		require.Contains(t, Units, m.Unit(), m)
		require.NotEmpty(t, m.Under(), m)
		require.Equal(t, m.Unit() == Count || m == AmountWon || m == Revenue || m == Cost, m.Missing() == "", "%s: what is divided says why it cannot be", m)
	}
	require.Len(t, meanings, len(Metrics))
}

func TestStretchesOfTimeMakeUpThePeriod(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := day(0).Add(time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "from")) * time.Second)
		period := Span{from, from.Add(time.Duration(rapid.Int64Range(1, 2e8).Draw(t, "length")) * time.Second)}
		by := rapid.SampledFrom([]Grouping{ByMonth, ByWeek}).Draw(t, "by")
		at := period.From
		for _, s := range by.Spans(period) {
			require.Equal(t, at, s.From)
			require.True(t, s.To.After(s.From))
			require.Equal(t, by.Key(s.From), by.Key(s.To.Add(-time.Microsecond)), "all of it is of one month or week")
			require.False(t, by.Begins(s.From).After(s.From))
			at = s.To
		}
		require.Equal(t, period.To, at)
	})
}

func TestCostsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Spend{Minor: rapid.Int64Range(0, 1e15).Draw(t, "cost"), Starts: day(0)}
		if rapid.Bool().Draw(t, "ends") {
			s.Ends = new(day(rapid.IntRange(1, 900).Draw(t, "days")))
		}
		sum, at := int64(0), day(-10)
		for at.Before(day(1000)) {
			next := at.Add(time.Duration(rapid.Int64Range(1, 9e6).Draw(t, "step")) * time.Second)
			part := s.Within(Span{at, next})
			require.GreaterOrEqual(t, part, int64(0))
			sum, at = sum+part, next
		}
		require.Equal(t, s.Minor, sum, "whatever the stretches")
	})
}

func TestPace(t *testing.T) {
	t.Parallel()
	span := Span{day(0), day(10)}
	for name, c := range map[string]struct {
		metric          Metric
		value           *float64
		target          float64
		now             time.Time
		expected, share float64
		onPace          bool
	}{
		"half of the time is over, and half of the leads are there": {Passed, new(50.0), 100, day(5), 50, 0.5, true},
		"half of the time is over, and fewer leads are there":       {Passed, new(49.0), 100, day(5), 50, 0.49, false},
		"a rate is to be where it shall be at any time":             {AcceptanceRate, new(0.79), 0.8, day(1), 0.8, 0.9875, false},
		"fewer rejections than wanted are as well":                  {RejectRate, new(0.1), 0.2, day(1), 0.2, 0.5, true},
		"more rejections than wanted are not":                       {RejectRate, new(0.3), 0.2, day(9), 0.2, 1.5, false},
		"at the end all of it is expected":                          {Passed, new(100.0), 100, day(10), 100, 1, true},
		"before it begins nothing is, minutes count by the hour":    {Passed, new(0.0), 100, day(0).Add(59 * time.Minute), 0, 0, true},
	} {
		p := PaceOf(c.metric, c.value, c.target, span, c.now)
		require.InDelta(t, c.expected, p.Expected, 1e-12, name)
		require.InDelta(t, c.share, *p.Share, 1e-12, name)
		require.Equal(t, c.onPace, *p.OnPace, name)
	}
	p := PaceOf(CloseRatio, nil, 0.5, span, day(3))
	require.Nil(t, p.Share)
	require.Nil(t, p.OnPace, "nothing is known of a number without a value")
}
