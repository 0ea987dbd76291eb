package backtest

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDriftIsMoreThanChance(t *testing.T) {
	t.Parallel()
	// Known answer: R 4.3, prop.test(c(45, 30), c(150, 150), correct = FALSE): X-squared = 4, p-value = 0.0455; z is its root.
	d := DriftOf(Share{30, 150}, Share{45, 150})
	require.InDelta(t, 2, *d.Z, 1e-12)
	require.InDelta(t, 0.04550026, *d.PValue, 1e-8)
	require.True(t, *d.Drift)
	require.Nil(t, d.Missing)

	require.False(t, *DriftOf(Share{30, 150}, Share{44, 150}).Drift)
	for _, few := range []Share{{}, {10, 29}, {4, 200}, {196, 200}, {0, 1000}} {
		for _, d := range []*Drift{DriftOf(few, Share{50, 100}), DriftOf(Share{50, 100}, few)} {
			require.Nil(t, d.Drift)
			require.Nil(t, d.Z)
			require.Nil(t, d.PValue)
			require.Contains(t, *d.Missing, "Not enough evidence")
		}
	}
}

func TestDriftHasNoDirectionButItsSign(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		share := func(name string) Share {
			n := rapid.IntRange(MinDriftTotal, 5000).Draw(t, name)
			return Share{rapid.IntRange(MinDriftEach, n-MinDriftEach).Draw(t, name+" of them"), n}
		}
		a, b := share("before"), share("now")
		there, back := DriftOf(a, b), DriftOf(b, a)
		require.InDelta(t, *there.Z, -*back.Z, 1e-9)
		require.InDelta(t, *there.PValue, *back.PValue, 1e-12)
		require.Equal(t, *there.PValue < DriftLevel, *there.Drift)
		require.Equal(t, *b.Rate() > *a.Rate(), *there.Z > 0)
		require.GreaterOrEqual(t, *there.PValue, 0.0)
		require.LessOrEqual(t, *there.PValue, 1.0)
	})
}
