package scorecard

import (
	"math/bits"
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
	high, low := bits.Mul64(uint64(s.Minor), uint64(at.Sub(s.Starts).Microseconds()))
	q, _ := bits.Div64(high, low, uint64(s.Ends.Sub(s.Starts).Microseconds())) // no overflow: it has not ended
	return int64(q)
}
