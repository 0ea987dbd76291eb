package scorecard

import "time"

// Pace is how a goal stands.
type Pace struct {
	Elapsed  float64  // the share of its time that has passed, 0 to 1
	Expected float64  // what the number should be by now
	Share    *float64 // how much of the target is reached, 1 for all of it; nil without a value, and for a target of 0
	OnPace   *bool    // whether it is where it should be by now; nil without a value
}

// PaceOf compares a number with its target as of the last full hour. What is counted up grows evenly to the target over the goal's time; a share or a mean should be
// at its target at any time. Where less is better, on pace is who is not above.
func PaceOf(m Metric, value *float64, target float64, span Span, now time.Time) Pace {
	passed := now.Truncate(time.Hour).Sub(span.From)
	if !now.Before(span.To) {
		passed = span.To.Sub(span.From)
	}
	p := Pace{Elapsed: max(0, float64(passed)/float64(span.To.Sub(span.From))), Expected: target}
	if m.Unit() == Count {
		p.Expected = target * p.Elapsed
	}
	if value == nil {
		return p
	}
	p.OnPace = new(*value >= p.Expected)
	if m.Fewer() {
		p.OnPace = new(*value <= p.Expected)
	}
	if target != 0 {
		p.Share = new(*value / target)
	}
	return p
}
