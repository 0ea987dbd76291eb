package attribution

import (
	"cmp"
	"math/bits"
	"slices"
)

// rest is what rounding down took from a part.
type rest struct {
	at   int
	size uint64
}

// grain is how fine shares are taken: as whole numbers of 2^-50, so that the division is exact, and the same on any machine.
const grain = 1 << 50

// split divides an amount by shares that add up to 1, as divide does. The parts stay until the next call.
func (a *Attributor) split(amount int64, shares []float64) []int64 {
	weights := resized(&a.division.weights, len(shares))
	for i, s := range shares {
		weights[i] = uint64(s * grain)
	}
	return a.division.divide(amount, weights)
}

// Divide divides an amount, which is not negative, in proportion to counts, which are not either: each part is what it comes to, rounded down
// to a unit, and the units left over go to those that lost most by that, the earlier before the later where they lost as much (the method of
// largest remainders, or Hamilton's). The parts are the amount, none differs from what it comes to by a whole unit, and a count of 0 gets
// nothing. Where all are 0 nobody gets anything.
func Divide(amount int64, counts []int64) []int64 {
	weights := make([]uint64, len(counts))
	for i, n := range counts {
		weights[i] = uint64(n)
	}
	return new(division).divide(amount, weights)
}

// division is what Divide needs, kept for the next time.
type division struct {
	weights []uint64
	parts   []int64
	rests   []rest
}

// divide is Divide. Its parts stay until the next call.
func (d *division) divide(amount int64, weights []uint64) []int64 {
	parts := resized(&d.parts, len(weights))
	var whole uint64
	for _, w := range weights {
		whole += w
	}
	if amount <= 0 || whole == 0 {
		return parts
	}
	d.rests = d.rests[:0]
	left := amount
	for i, w := range weights {
		if w == 0 {
			continue
		}
		high, low := bits.Mul64(uint64(amount), w)
		part, lost := bits.Div64(high, low, whole) // no overflow: a weight is at most the whole
		parts[i] = int64(part)                     // at most the amount
		left -= parts[i]
		if lost > 0 {
			d.rests = append(d.rests, rest{i, lost})
		}
	}
	if left > 0 { // fewer than there are rests, whose sum it is
		slices.SortFunc(d.rests, func(x, y rest) int { return cmp.Or(cmp.Compare(y.size, x.size), cmp.Compare(x.at, y.at)) })
		for _, r := range d.rests[:left] {
			parts[r.at]++
		}
	}
	return parts
}
