package scoring

import (
	"math"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// tally is a score with what each rule adds to it, so that what a few steps change is found without asking all rules again.
type tally struct {
	Score
	p     *Program
	f     *condition.Facts
	holds []bool    // of each rule of fit
	raw   []float64 // of each rule of engagement, before its cap
	then  []float64 // the same with steps
	work  int       // that it was to find what steps change
}

// tally scores a lead.
func (p *Program) tally(f *condition.Facts) tally {
	t := tally{p: p, f: f, holds: make([]bool, len(p.fit)), raw: make([]float64, len(p.engagement))}
	for i := range p.fit {
		t.holds[i] = p.fit[i].when.Match(f)
	}
	at := f.At().UnixMicro()
	for i := range p.engagement {
		r := &p.engagement[i]
		for touched := range r.matcher.Times(f) {
			t.raw[i] += r.worth(touched, at)
		}
	}
	t.Score = t.with(&thing{})
	return t
}

// with is the score with the steps of a thing as well, but for how a sum of many numbers is rounded.
func (t *tally) with(some *thing) Score {
	p, g, next := t.p, (*condition.Facts)(nil), 0
	fit, engagement := sum{p: p, total: p.base, raw: p.base}, sum{p: p}
	for i := range p.fit {
		r, holds := &p.fit[i], t.holds[i]
		if next < len(some.fit) && some.fit[next] == i {
			if next++; g == nil {
				g = taken(t.f, some.steps)
			}
			holds = r.when.Match(g)
		}
		if holds {
			fit.add(r.points, r.points, r.group)
		}
	}
	t.then = append(t.then[:0], t.raw...)
	for _, i := range some.gives {
		t.then[i] += p.engagement[i].points
	}
	for i, raw := range t.then {
		r := &p.engagement[i]
		engagement.add(raw, r.capped(raw), r.group)
	}
	if t.work += len(p.fit) + len(p.engagement); g != nil {
		t.work += supposing + len(t.f.Touches()) + g.Work()
	}
	return p.score(fit.raw, fit.capped(), engagement.raw, engagement.capped())
}

// room is how many points more a group can give than it does; any number where there is no group.
func (t *tally) room() func(group int) float64 {
	var has [maxGroups]float64
	for i := range t.p.fit {
		if r := &t.p.fit[i]; r.group >= 0 && t.holds[i] {
			has[r.group] += r.points
		}
	}
	for i := range t.p.engagement {
		if r := &t.p.engagement[i]; r.group >= 0 {
			has[r.group] += r.capped(t.raw[i])
		}
	}
	return func(group int) float64 {
		if group < 0 {
			return math.Inf(1)
		}
		return t.p.groups[group].cap - within(has[group], t.p.groups[group].cap)
	}
}

// ceiling is the most that any steps add to either side, within the caps of rules and groups.
func (t *tally) ceiling() map[Side]float64 {
	room, all := t.room(), map[Side]float64{}
	grouped := make([]float64, len(t.p.groups))
	add := func(side Side, group int, points float64) {
		if group >= 0 {
			points = min(points, room(group)-grouped[group])
			grouped[group] += points
		}
		all[side] += points
	}
	for i := range t.p.fit {
		if r := &t.p.fit[i]; t.holds[i] != (r.points > 0) {
			add(Fit, r.group, math.Abs(r.points))
		}
	}
	for i := range t.p.engagement {
		if r := &t.p.engagement[i]; r.points > 0 {
			add(Engagement, r.group, r.cap-r.capped(t.raw[i]))
		}
	}
	return all
}
