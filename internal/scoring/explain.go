package scoring

import (
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
)

// maxNamed is how many touches a factor names.
const maxNamed = 10

// Explanation is a score with all that made it.
type Explanation struct {
	Score   Score    `json:"score"`
	Base    float64  `json:"base"`              // points of fit that every lead has
	Factors []Factor `json:"factors,omitempty"` // in the model's order: fit, then engagement; of rules that gave or took nothing there is none

	leaves  []condition.Leaf
	touches []TouchPoints
}

// Factor is what a rule did to a score. Base and the points of all factors of fit are Score.Fit, the points of all factors of
// engagement are Score.Engagement, both to 1e-9.
type Factor struct {
	Rule   string  `json:"rule"` // its key
	Name   string  `json:"name"`
	Side   Side    `json:"side"`
	Raw    float64 `json:"raw"`    // before any cap
	Capped float64 `json:"capped"` // within the rule's own cap
	Points float64 `json:"points"` // its share of the score: what is over a group's cap is taken from all its rules in proportion
	// Of engagement: how many touches count, and the newest of them, at most ten, with their points before any cap.
	Count   int              `json:"count,omitempty"`
	Touches []TouchPoints    `json:"touches,omitempty"`
	Reasons []condition.Leaf `json:"reasons,omitempty"` // of fit: the tests that hold

	group int
}

// TouchPoints is what one touch is worth under a rule.
type TouchPoints struct {
	ID     id.UUID   `json:"id"`
	At     time.Time `json:"at"`
	Points float64   `json:"points"`
}

// TouchID is the touch as callers name it.
func (t TouchPoints) TouchID() id.Global { return id.Global{Kind: id.Touch, UUID: t.ID} }

// Explain scores as Score does, to the bit, and says why. It reads into an explanation whose room it uses again.
func (p *Program) Explain(f *condition.Facts, into *Explanation) {
	into.Base, into.Factors, into.leaves, into.touches = p.base, into.Factors[:0], into.leaves[:0], into.touches[:0]
	fit, engagement := sum{p: p, total: p.base, raw: p.base}, sum{p: p}
	for i := range p.fit {
		if r := &p.fit[i]; r.when.Match(f) {
			fit.add(r.points, r.points, r.group)
			from := len(into.leaves)
			into.leaves = r.when.Reasons(f, into.leaves)
			into.Factors = append(into.Factors, Factor{Rule: r.key, Name: r.name, Side: Fit, Raw: r.points, Capped: r.points, group: r.group, Reasons: slices.Clip(into.leaves[from:])})
		}
	}
	first := len(into.Factors)
	for i := range p.engagement {
		p.engagement[i].explain(f, &engagement, into)
	}
	into.Score = p.score(fit.raw, fit.capped(), engagement.raw, engagement.capped())
	fit.share(into.Factors[:first])
	engagement.share(into.Factors[first:])
}

// explain adds the points of a rule of engagement and, where there are any, its factor.
func (r *engagementRule) explain(f *condition.Facts, s *sum, into *Explanation) {
	at, raw, count := f.At().UnixMicro(), 0.0, 0
	for touched := range r.matcher.Ever(f) {
		raw += r.worth(touched, at)
	}
	s.add(raw, r.capped(raw), r.group)
	from := len(into.touches)
	for t := range r.matcher.Touches(f) {
		if count++; count <= maxNamed {
			into.touches = append(into.touches, TouchPoints{ID: t.ID, At: t.At, Points: r.worth(t.At.UnixMicro(), at)})
		}
	}
	if count > 0 {
		into.Factors = append(into.Factors, Factor{
			Rule: r.key, Name: r.name, Side: Engagement, Raw: raw, Capped: r.capped(raw), group: r.group, Count: count, Touches: slices.Clip(into.touches[from:]),
		})
	}
}

// share sets the points of factors: what they have within their own caps, in a group over its cap in proportion.
func (s *sum) share(factors []Factor) {
	for i := range factors {
		x := &factors[i]
		x.Points = x.Capped
		if x.group < 0 {
			continue
		}
		if whole, most := s.groups[x.group], s.p.groups[x.group].cap; within(whole, most) != whole {
			x.Points = float64(x.Capped * (within(whole, most) / whole))
		}
	}
}
