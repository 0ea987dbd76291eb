package auth

import (
	"encoding/json"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func newLimiter(t require.TestingT, maximum, restore, keys int) *Limiter {
	l, err := NewLimiter(maximum, restore, keys)
	require.NoError(t, err)
	return l
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	now := newClock().now()
	t.Run("a request takes its cost, time gives it back", func(t *testing.T) {
		t.Parallel()
		l := newLimiter(t, 1000, 50, 10)
		state, _, ok := l.Take("k", 900, now)
		require.True(t, ok)
		require.Equal(t, Throttle{MaximumAvailable: 1000, CurrentlyAvailable: 100, RestoreRate: 50}, state)
		b, err := json.Marshal(state)
		require.NoError(t, err)
		require.JSONEq(t, `{"maximumAvailable":1000,"currentlyAvailable":100,"restoreRate":50}`, string(b))

		state, wait, ok := l.Take("k", 200, now)
		require.False(t, ok)
		require.Equal(t, 2*time.Second, wait)
		require.Equal(t, 100, state.CurrentlyAvailable, "what is refused takes nothing")
		_, wait, ok = l.Take("k", 200, now.Add(wait-time.Millisecond))
		require.False(t, ok)
		require.Equal(t, time.Millisecond, wait)
		state, _, ok = l.Take("k", 200, now.Add(2*time.Second))
		require.True(t, ok)
		require.Equal(t, 0, state.CurrentlyAvailable)
		state, _, _ = l.Take("k", 0, now.Add(time.Hour))
		require.Equal(t, 1000, state.CurrentlyAvailable)
	})
	t.Run("what a request was charged too much comes back, and no more than fits", func(t *testing.T) {
		t.Parallel()
		l := newLimiter(t, 100, 1, 10)
		l.Take("k", 80, now)
		require.Equal(t, 90, l.Refund("k", 70, now).CurrentlyAvailable)
		require.Equal(t, 100, l.Refund("k", 70, now).CurrentlyAvailable)
		require.Equal(t, 100, l.Refund("k", -70, now).CurrentlyAvailable)
	})
	t.Run("one key's hunger is not another's", func(t *testing.T) {
		t.Parallel()
		l := newLimiter(t, 100, 1, 10)
		l.Take("greedy", 100, now)
		_, _, ok := l.Take("greedy", 1, now)
		require.False(t, ok)
		_, _, ok = l.Take("quiet", 100, now)
		require.True(t, ok)
	})
}

func TestLimiterBounds(t *testing.T) {
	t.Parallel()
	now := newClock().now()
	t.Run("a cost above the maximum never fits and no wait is named", func(t *testing.T) {
		t.Parallel()
		l := newLimiter(t, maxPoints, 1, 10)
		_, wait, ok := l.Take("k", maxPoints+1, now)
		require.False(t, ok)
		require.Zero(t, wait)
		state, _, ok := l.Take("k", maxPoints, now)
		require.True(t, ok)
		require.Zero(t, state.CurrentlyAvailable)
		state, _, ok = l.Take("k", -5, now.AddDate(200, 0, 0))
		require.True(t, ok)
		require.Equal(t, maxPoints, state.CurrentlyAvailable)
	})
	t.Run("a clock that goes back restores nothing", func(t *testing.T) {
		t.Parallel()
		l := newLimiter(t, 10, 1, 10)
		l.Take("k", 10, now)
		for range 10 {
			_, _, ok := l.Take("k", 1, now.Add(-time.Hour))
			require.False(t, ok)
			_, _, ok = l.Take("k", 1, now)
			require.False(t, ok)
		}
	})
	t.Run("the memory it takes has a bound", func(t *testing.T) {
		t.Parallel()
		l := newLimiter(t, 10, 1, 100)
		for n := range 1000 {
			l.Take(fmt.Sprint(n), 1, now)
		}
		require.Equal(t, 100, l.buckets.Len())
	})
	t.Run("an operator's slip is told at the start", func(t *testing.T) {
		t.Parallel()
		for _, bad := range [][3]int{{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {-1, 1, 1}, {1, -1, 1}, {maxPoints + 1, 1, 1}, {1, maxPoints + 1, 1}} {
			_, err := NewLimiter(bad[0], bad[1], bad[2])
			require.Error(t, err, bad)
		}
	})
}

// TestLimiterExact compares with a bucket of exact fractions.
func TestLimiterExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		maximum, restore := rapid.IntRange(1, maxPoints).Draw(t, "maximum"), rapid.IntRange(1, maxPoints).Draw(t, "restore")
		l := newLimiter(t, maximum, restore, 10)
		now, full := newClock().now(), big.NewRat(int64(maximum), 1)
		level := new(big.Rat).Set(full)
		whole := func() int { return int(new(big.Int).Quo(level.Num(), level.Denom()).Int64()) }
		for range rapid.IntRange(1, 30).Draw(t, "requests") {
			pause := rapid.Int64Range(0, int64(time.Hour)).Draw(t, "pause") >> rapid.IntRange(0, 60).Draw(t, "shorter")
			now = now.Add(time.Duration(pause))
			level.Add(level, new(big.Rat).Mul(big.NewRat(pause, billion), big.NewRat(int64(restore), 1)))
			if level.Cmp(full) > 0 {
				level.Set(full)
			}
			cost := rapid.IntRange(0, maximum).Draw(t, "cost")
			fits := level.Cmp(big.NewRat(int64(cost), 1)) >= 0
			if fits {
				level.Sub(level, big.NewRat(int64(cost), 1))
			}
			state, wait, ok := l.Take("k", cost, now)
			require.Equal(t, fits, ok)
			require.Equal(t, fits, wait == 0)
			require.Equal(t, whole(), state.CurrentlyAvailable)
			if !ok {
				later := l.filled("k", now.Add(wait))
				require.GreaterOrEqual(t, later.level, int64(cost)*billion, "after the wait it fits")
			}
		}
	})
}
