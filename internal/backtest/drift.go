package backtest

import (
	"fmt"
	"math"
)

// What a comparison of two rates needs to say anything: the z-test takes the binomial for a normal distribution, which is fair from
// about five of either outcome on.
const (
	DriftLevel    = 0.05 // two-sided: of rates that are the same, so many are taken for different
	MinDriftTotal = 30   // in each period
	MinDriftEach  = 5    // of either outcome, in each period
)

// Share is so many of a total.
type Share struct{ Part, Total int }

// Rate is the part of the total, 0 to 1; nil of nothing.
func (s Share) Rate() *float64 { return shareOf(s.Part, s.Total) }

// enough tells whether a share can be compared.
func (s Share) enough() bool {
	return s.Total >= MinDriftTotal && s.Part >= MinDriftEach && s.Total-s.Part >= MinDriftEach
}

// Drift tells whether a rate differs between two periods by more than chance. The same struct is the type ConversionDrift of the SDL.
type Drift struct {
	Drift    *bool    // nil where there is not enough evidence, as are Z and PValue
	Z        *float64 // above 0 where the rate rose
	PValue   *float64 // two-sided
	Level    float64
	MinTotal int
	MinEach  int
	Missing  *string // why there is not enough evidence, as a sentence; nil where there is
}

// DriftOf compares a rate with the one before by the two-proportion z-test with a pooled rate:
// z = (p1 - p0) / sqrt(p (1 - p) (1/n1 + 1/n0)), p = (k1 + k0) / (n1 + n0); the p-value is 2 (1 - Phi(|z|)) = erfc(|z| / sqrt 2).
func DriftOf(before, now Share) *Drift {
	d := &Drift{Level: DriftLevel, MinTotal: MinDriftTotal, MinEach: MinDriftEach}
	if !before.enough() || !now.enough() {
		d.Missing = new(fmt.Sprintf("Not enough evidence: %d of %d before and %d of %d in the period; each needs %d in all, with %d of either outcome.",
			before.Part, before.Total, now.Part, now.Total, MinDriftTotal, MinDriftEach))
		return d
	}
	n0, n1 := float64(before.Total), float64(now.Total)
	pooled := float64(before.Part+now.Part) / (n0 + n1)
	z := (float64(now.Part)/n1 - float64(before.Part)/n0) / math.Sqrt(pooled*(1-pooled)*(1/n0+1/n1))
	p := math.Erfc(math.Abs(z) / math.Sqrt2)
	d.Z, d.PValue, d.Drift = &z, &p, new(p < DriftLevel)
	return d
}
