package scoring

import (
	"math"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Score is what a lead is worth at an instant. Grades and band come from Fit and Engagement as they are, never from rounded points.
type Score struct {
	FitRaw          float64            `json:"fitRaw"`        // the base and the points of every rule that holds
	Fit             float64            `json:"fit"`           // the same after the caps of groups
	EngagementRaw   float64            `json:"engagementRaw"` // the points of every touch under every rule
	Engagement      float64            `json:"engagement"`    // the same after the caps of rules, then of groups
	Raw             float64            `json:"raw"`           // Fit + Engagement
	Clamped         float64            `json:"clamped"`       // Raw within the model's range
	Total           int                `json:"total"`         // Clamped, rounded, halves away from zero
	FitGrade        lifecycle.FitGrade `json:"fitGrade"`
	EngagementGrade int                `json:"engagementGrade"` // 1 best, 4 worst
	Band            lifecycle.Band     `json:"band"`
}

// Score scores a lead at the instant of its facts: touches up to it count. It allocates nothing.
func (p *Program) Score(f *condition.Facts) Score {
	fit, engagement := sum{p: p, total: p.base, raw: p.base}, sum{p: p}
	for i := range p.fit {
		if r := &p.fit[i]; r.when.Match(f) {
			fit.add(r.points, r.points, r.group)
		}
	}
	at := f.At().UnixMicro()
	for i := range p.engagement {
		r := &p.engagement[i]
		raw := 0.0
		for touched := range r.matcher.Times(f) {
			raw += r.worth(touched, at)
		}
		engagement.add(raw, r.capped(raw), r.group)
	}
	return p.score(fit.raw, fit.capped(), engagement.raw, engagement.capped())
}

// score makes a score of both sums.
func (p *Program) score(fitRaw, fit, engagementRaw, engagement float64) Score {
	s := Score{FitRaw: fitRaw, Fit: fit, EngagementRaw: engagementRaw, Engagement: engagement, Raw: fit + engagement}
	s.Clamped, s.Total = p.clamped(s.Raw), p.total(s.Raw)
	grade := p.fitGrade(fit)
	s.FitGrade, s.EngagementGrade = lifecycle.FitGrades[grade], p.engagementGrade(engagement)+1
	s.Band = p.bands[grade][s.EngagementGrade-1]
	return s
}

// clamped is a total within the model's range.
func (p *Program) clamped(raw float64) float64 { return min(max(raw, p.least), p.most) }

// total is a total within the model's range, rounded once: halves away from zero.
func (p *Program) total(raw float64) int { return int(math.Round(p.clamped(raw))) }

// worth is what a touch is worth at an instant, both in microseconds of Unix time: nothing before it, nor once it left the window.
func (r *engagementRule) worth(touched, at int64) float64 {
	age := at - touched
	switch {
	case age < 0 || r.window > 0 && age >= r.window:
		return 0
	case r.halfLife == 0:
		return r.points
	}
	return float64(r.points * halved(float64(age)/r.halfLife))
}

// capped are the points of a rule within its cap.
func (r *engagementRule) capped(raw float64) float64 { return within(raw, r.cap) }

// within bounds the magnitude of points.
func within(points, most float64) float64 { return min(max(points, -most), most) }

// sum gathers the points of rules, in the order of the rules. It never falls when a rule's points grow, also not by rounding.
type sum struct {
	p          *Program
	raw, total float64
	groups     [maxGroups]float64
}

// add takes the points of a rule: raw, and within its cap.
func (s *sum) add(raw, capped float64, group int) {
	s.raw += raw
	if group < 0 {
		s.total += capped
	} else {
		s.groups[group] += capped
	}
}

// capped is the whole sum: rules without a group first, then each group within its cap.
func (s *sum) capped() float64 {
	total := s.total
	for i := range s.p.groups {
		total += within(s.groups[i], s.p.groups[i].cap)
	}
	return total
}

// fitGrade is the place of the grade of fit, 0 for A.
func (p *Program) fitGrade(points float64) int { return grade(points, &p.fitGrades) }

// engagementGrade is the place of the grade of engagement, 0 for 1.
func (p *Program) engagementGrade(points float64) int { return grade(points, &p.engagementGrades) }

// grade counts the grades that points do not reach.
func grade(points float64, least *[3]float64) int {
	n := 0
	for n < len(least) && points < least[n] {
		n++
	}
	return n
}
