package auth

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestBrake(t *testing.T) {
	t.Parallel()
	t.Run("the sixth try waits a quarter of an hour, then half an hour, then an hour", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		b := NewBrake(c.now)
		for round, rest := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour} {
			for n := range accountTries {
				_, ok := b.Allow("ada@example.com", fmt.Sprintf("192.0.2.%d", n))
				require.True(t, ok, round)
				b.Failed("ada@example.com")
			}
			wait, ok := b.Allow(" ADA@example.com", "198.51.100.1")
			require.False(t, ok)
			require.Equal(t, rest, wait)
			_, ok = b.Allow("bob@example.com", fmt.Sprintf("203.0.113.%d", round))
			require.True(t, ok, "another account does not rest")
			c.pass(rest - time.Nanosecond)
			_, ok = b.Allow("ada@example.com", "198.51.100.1")
			require.False(t, ok)
			c.pass(time.Nanosecond)
		}
	})
	t.Run("an attacker who never stops gets 35 tries on the first day and 5 on each that follows", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		b := NewBrake(c.now)
		perDay := make([]int, 4)
		for begin := c.now(); ; {
			wait, ok := b.Allow("ada", fmt.Sprint(c.now().UnixNano()))
			if !ok {
				c.pass(wait)
			}
			day := int(c.now().Sub(begin) / (24 * time.Hour))
			if day >= len(perDay) {
				break
			}
			if ok {
				perDay[day]++
				b.Failed("ada")
			}
		}
		require.Equal(t, []int{35, 5, 5, 5}, perDay)
	})
}

func TestBrakeSpares(t *testing.T) {
	t.Parallel()
	t.Run("the right password starts afresh", func(t *testing.T) {
		t.Parallel()
		b := NewBrake(newClock().now)
		for range 100 {
			for range accountTries - 1 {
				_, ok := b.Allow("ada", "")
				require.True(t, ok)
				b.Failed("ada")
				b.Succeeded("", "") // keeps the address out of this test
			}
			_, ok := b.Allow("ada", "")
			require.True(t, ok)
			b.Succeeded("ada", "")
		}
	})
	t.Run("five wrong tries in a day are no attack", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		b := NewBrake(c.now)
		for range 100 {
			_, ok := b.Allow("ada", "192.0.2.1")
			require.True(t, ok)
			b.Failed("ada")
			c.pass(4 * time.Minute)
		}
	})
	t.Run("of a hundred tries at once five are made", func(t *testing.T) {
		t.Parallel()
		b := NewBrake(newClock().now)
		var made atomic.Int64
		var wg sync.WaitGroup
		for n := range 100 {
			wg.Go(func() {
				if _, ok := b.Allow("ada", fmt.Sprintf("192.0.2.%d", n)); ok {
					made.Add(1)
					b.Failed("ada")
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, accountTries, made.Load())
	})
}

func TestBrakeAddresses(t *testing.T) {
	t.Parallel()
	t.Run("one address tries fifty times, whatever the accounts and its spelling", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		b := NewBrake(c.now)
		spellings := []string{"2001:db8:1:2::1", "[2001:db8:1:2::2]:443", "2001:db8:1:2:ffff::3", "2001:DB8:1:2::4%eth0"}
		for n := range addressTries {
			_, ok := b.Allow(fmt.Sprint("account ", n), spellings[n%len(spellings)])
			require.True(t, ok)
			b.Failed(fmt.Sprint("account ", n))
			c.pass(time.Second)
		}
		wait, ok := b.Allow("account 51", "2001:db8:1:2::5")
		require.False(t, ok)
		require.Equal(t, brakeWindow-addressTries*time.Second, wait)
		_, ok = b.Allow("account 51", "2001:db8:1:3::5")
		require.True(t, ok, "the neighbours' network is another")
		require.Equal(t, addressKey("192.0.2.1:80"), addressKey("::ffff:192.0.2.1"))
	})
	t.Run("signing in to an account of one's own does not clear the address", func(t *testing.T) {
		t.Parallel()
		b := NewBrake(newClock().now)
		guesses := 0
		for n := range 1000 {
			if _, ok := b.Allow("mine", "192.0.2.1"); ok {
				b.Succeeded("mine", "192.0.2.1")
			}
			if _, ok := b.Allow(fmt.Sprint("victim ", n), "192.0.2.1"); ok {
				guesses++
			}
		}
		require.LessOrEqual(t, guesses, addressTries)
	})
	t.Run("the memory it takes has a bound", func(t *testing.T) {
		t.Parallel()
		b := NewBrake(newClock().now)
		for n := range brakeAccounts + 1000 {
			b.Allow(fmt.Sprint(n), fmt.Sprint(n))
		}
		require.Equal(t, brakeAccounts, b.accounts.Len())
		require.Equal(t, brakeAddresses, b.addresses.Len())
	})
}

// TestBrakeWindow lets tries come in any rhythm, and fail or be given up.
func TestBrakeWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		b := NewBrake(c.now)
		var made []time.Time
		for range rapid.IntRange(1, 60).Draw(t, "tries") {
			c.pass(time.Duration(rapid.IntRange(0, 600).Draw(t, "pause")) * time.Second)
			wait, ok := b.Allow("ada", "192.0.2.1")
			require.Equal(t, ok, wait == 0)
			if !ok {
				require.Positive(t, wait)
				continue
			}
			made = append(made, c.now())
			if n := len(made); n > accountTries {
				require.GreaterOrEqual(t, made[n-1].Sub(made[n-1-accountTries]), brakeWindow, "more than five in a window")
			}
			if rapid.Bool().Draw(t, "ends") {
				b.Failed("ada")
			}
		}
	})
}
