package scorecard

import (
	"cmp"
	"math/bits"
	"slices"
	"time"
)

// Spend is what a campaign costs, and when it ran.
type Spend struct {
	Minor  int64
	Starts time.Time
	Ends   *time.Time // nil: not known, so that it all falls on the start
}

// Within is the part of the cost that falls into a stretch of time, in minor units: the parts of stretches that follow one another add up to
// the whole. Up to an instant the campaign has cost its share of the time that has passed, rounded down.
func (s Spend) Within(span Span) int64 { return s.upTo(span.To) - s.upTo(span.From) }

func (s Spend) upTo(at time.Time) int64 {
	switch {
	case s.Ends == nil && s.Starts.Before(at), s.Ends != nil && !at.Before(*s.Ends):
		return s.Minor
	case !s.Starts.Before(at):
		return 0
	}
	return share(s.Minor, at.Sub(s.Starts).Microseconds(), s.Ends.Sub(s.Starts).Microseconds())
}

// share is amount * part / whole, rounded down; 0 <= part <= whole.
func share(amount, part, whole int64) int64 {
	high, low := bits.Mul64(uint64(amount), uint64(part))
	q, _ := bits.Div64(high, low, uint64(whole)) // no overflow: the part is at most the whole
	return int64(q)
}

// Divide gives each its part of an amount by how many it has: rounded down, and what is left over, unit by unit, to those that have most, the
// earlier before the later. The parts add up to the amount.
func Divide(amount int64, counts []int) []int64 {
	parts := make([]int64, len(counts))
	total := int64(0)
	for _, n := range counts {
		total += int64(n)
	}
	if total == 0 {
		return parts
	}
	left, order := amount, make([]int, len(counts))
	for i, n := range counts {
		parts[i], order[i] = share(amount, int64(n), total), i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
	for _, i := range order[:left] { // fewer are left than there are parts above 0
		parts[i]++
	}
	return parts
}
