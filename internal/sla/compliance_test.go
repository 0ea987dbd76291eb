package sla

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestComplianceIsWhatWasMetOfWhatWasDecided(t *testing.T) {
	t.Parallel()
	var k Compliance
	require.Nil(t, k.Rate())
	require.Nil(t, k.Percentile(0.5))
	done := on(t, "10:00")
	for _, c := range []Clock{
		{State: Met, FulfilledAt: &done, Elapsed: 10 * time.Minute}, {State: Met, FulfilledAt: &done, Elapsed: 20 * time.Minute},
		{State: Met, FulfilledAt: &done, Elapsed: 40 * time.Minute}, {State: Breached, FulfilledAt: &done, Elapsed: 80 * time.Minute}, {State: Breached, Elapsed: time.Hour},
		{State: Waived, FulfilledAt: &done, Elapsed: time.Hour}, {State: Paused}, {State: Paused}, {State: Cancelled}, {State: Pending}, {State: Running}, {State: Warning},
	} {
		k.Add(&c)
	}
	require.Equal(t, []int{3, 2, 1, 2, 1, 3}, []int{k.Met, k.Breached, k.Waived, k.Paused, k.Cancelled, k.Open})
	require.Equal(t, 0.6, *k.Rate())
	for p, minutes := range map[float64]float64{0: 10, 1.0 / 3: 20, 0.5: 30, 0.9: 68, 1: 80} { // of 10, 20, 40, 80
		require.InDelta(t, minutes, k.Percentile(p).Minutes(), 1e-9, p)
	}
	require.Nil(t, k.Percentile(1.1))
	require.False(t, k.Approximate())
}

func TestPercentilesOfManyClocksNeedLittleMemory(t *testing.T) {
	t.Parallel()
	var k Compliance
	done := on(t, "10:00")
	const n = 100_000
	for i := range n {
		k.Add(&Clock{State: Met, FulfilledAt: &done, Elapsed: time.Duration(i*7919%n) * time.Second}) // each second once, mixed up
	}
	require.True(t, k.Approximate())
	for _, p := range []float64{0.01, 0.1, 0.5, 0.9, 0.99, 1} {
		require.InEpsilon(t, p*(n-1), k.Percentile(p).Seconds(), 0.006, p)
	}
	require.Less(t, len(k.classes), 1_200)
	require.Empty(t, k.elapsed)
}
