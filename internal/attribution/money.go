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

// split divides an amount by shares that add up to 1: each part is its share rounded down to a minor unit, and the units left over
// go to those that lost most by that, the earlier before the later where they lost as much (the method of largest remainders, or
// Hamilton's). The parts are the amount, none is negative, none differs from its share by a whole unit, and a share of 0 gets nothing.
// They stay until the next call.
func (a *Attributor) split(amount int64, shares []float64) []int64 {
	parts := resized(&a.amounts, len(shares))
	var whole uint64
	for _, s := range shares {
		whole += uint64(s * grain)
	}
	if amount <= 0 || whole == 0 {
		return parts
	}
	a.rests = a.rests[:0]
	left := amount
	for i, s := range shares {
		share := uint64(s * grain)
		if share == 0 {
			continue
		}
		high, low := bits.Mul64(uint64(amount), share)
		part, lost := bits.Div64(high, low, whole) // no overflow: share is at most whole
		parts[i] = int64(part)                     // at most the amount
		left -= parts[i]
		if lost > 0 {
			a.rests = append(a.rests, rest{i, lost})
		}
	}
	if left > 0 { // fewer than there are rests, whose sum it is
		slices.SortFunc(a.rests, func(x, y rest) int { return cmp.Or(cmp.Compare(y.size, x.size), cmp.Compare(x.at, y.at)) })
		for _, r := range a.rests[:left] {
			parts[r.at]++
		}
	}
	return parts
}
