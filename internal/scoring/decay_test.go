package scoring

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPointsHalve(t *testing.T) {
	t.Parallel()
	t.Run("whole half-lives are exact", func(t *testing.T) {
		t.Parallel()
		for n := range 1022 {
			require.Equal(t, math.Ldexp(1, -n), halved(float64(n)))
		}
	})
	t.Run("in between it is the power of two to 15 digits", func(t *testing.T) {
		t.Parallel()
		worst := 0.0
		rapid.Check(t, func(r *rapid.T) {
			for range 1000 {
				x := rapid.Float64Range(0, 60).Draw(r, "half-lives")
				worst = max(worst, math.Abs(halved(x)/math.Exp2(-x)-1))
			}
		})
		require.Less(t, worst, 1e-15)
	})
	t.Run("the bits are the same on every machine", func(t *testing.T) {
		t.Parallel()
		for x, bits := range map[float64]uint64{
			0.1: 0x3feddb680117ab12, 1.0 / 3: 0x3fe965fea53d6e3d, 0.5: 0x3fe6a09e667f3bcd, 1.25: 0x3fdae89f995ad3ad, math.Pi: 0x3fbd0231bd5e9cfd, 9.999: 0x3f5002d711c79a94,
			100.7: 0x39a3b2c47bff831e, 1e-9: 0x3fefffffffa0bc0d,
		} {
			require.Equal(t, bits, math.Float64bits(halved(x)), "%v half-lives: %#x", x, math.Float64bits(halved(x)))
		}
	})
	t.Run("points never grow with age, also not by a bit", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			x := rapid.OneOf(rapid.Float64Range(0, 2), rapid.Float64Range(0, 1000), rapid.Map(rapid.IntRange(0, 320), func(n int) float64 { return float64(n) / 32 })).Draw(r, "half-lives")
			for range 50 {
				x = math.Nextafter(x, -1)
			}
			x = max(x, 0)
			last := halved(x)
			for range 100 {
				x = math.Nextafter(x, 2000)
				now := halved(x)
				require.LessOrEqual(r, now, last)
				last = now
			}
		})
	})
	t.Run("after a thousand half-lives nothing is left", func(t *testing.T) {
		t.Parallel()
		require.Zero(t, halved(1021.5))
	})
}
