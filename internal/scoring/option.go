package scoring

import (
	"cmp"
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// option is one step, with the most that it can add to either side, whatever else happens.
type option struct {
	step            Step
	fit, engagement float64
	gives           []float64 // of a touch that no rule of fit asks for: its points under each rule of engagement
}

// hope is a rule of fit that may come to give more points than it does.
type hope struct {
	points     float64 // at most
	needs      int     // steps, at least
	attributes map[string]string
	behaviours []condition.Matcher
}

// options are the steps of things, each once, without touches that another one is at least as good as.
func (p *Program) options(f *condition.Facts, things [][]Step) (all []option) {
	room := p.room(f)
	hopes, known := p.hopes(f, room), map[string]bool{}
	for _, step := range slices.Concat(things...) {
		if known[step.Text] {
			continue
		}
		known[step.Text] = true
		o := p.option(f, step, room, hopes)
		if !slices.ContainsFunc(all, func(other option) bool { return other.covers(&o) }) {
			all = append(slices.DeleteFunc(all, func(other option) bool { return o.covers(&other) }), o)
		}
	}
	slices.SortStableFunc(all, func(a, b option) int { // facts first, for the touches behind them add nothing to fit, as a rule
		return cmp.Or(cmp.Compare(b.fit, a.fit), cmp.Compare(b.engagement, a.engagement))
	})
	return all
}

// covers tells whether a touch gives at least as much as another one under every rule.
func (o *option) covers(other *option) bool {
	if o.gives == nil || other.gives == nil {
		return false
	}
	for i, points := range other.gives {
		if o.gives[i] < points {
			return false
		}
	}
	return true
}

// option bounds what a step adds. A rule of fit that needs several steps is shared out among them.
func (p *Program) option(f *condition.Facts, step Step, room func(group int) float64, hopes []hope) option {
	o := option{step: step}
	alone := p.reg.NewFacts(f.At())
	step.Take(alone)
	for i := range hopes {
		if hopes[i].asks(&step, alone) {
			o.fit += hopes[i].points / float64(hopes[i].needs)
		}
	}
	if step.Kind == nil {
		return o
	}
	gives := make([]float64, len(p.engagement))
	for i := range p.engagement {
		r := &p.engagement[i]
		for range r.matcher.Ever(alone) {
			gives[i] = r.points
			o.engagement += max(0, min(r.points, r.cap-r.capped(r.raw(f)), room(r.group)))
		}
	}
	if !slices.ContainsFunc(p.fit, func(r fitRule) bool { return counts(matchers(&r.source), alone) }) {
		o.gives = gives
	}
	return o
}

// raw are the points of a rule before its cap.
func (r *engagementRule) raw(f *condition.Facts) (raw float64) {
	at := f.At().UnixMicro()
	for touched := range r.matcher.Ever(f) {
		raw += r.worth(touched, at)
	}
	return raw
}

// asks tells whether a rule looks at what a step changes. Alone are facts of which there is only that step.
func (h *hope) asks(step *Step, alone *condition.Facts) bool {
	if step.Attribute != nil {
		_, named := h.attributes[*step.Attribute]
		return named
	}
	return counts(h.behaviours, alone)
}

// counts tells whether any behaviour counts a touch.
func counts(all []condition.Matcher, alone *condition.Facts) bool {
	for i := range all {
		for range all[i].Touches(alone) {
			return true
		}
	}
	return false
}

// matchers find the touches that a condition asks for.
func matchers(c *condition.Condition) (all []condition.Matcher) {
	if c.Behaviour != nil {
		if m, err := c.Behaviour.Matcher(); err == nil { // the condition was checked
			all = append(all, m)
		}
	}
	if c.Not != nil {
		all = append(all, matchers(c.Not)...)
	}
	for _, group := range [][]condition.Condition{c.All, c.Any} {
		for i := range group {
			all = append(all, matchers(&group[i])...)
		}
	}
	return all
}

// hopes are the rules that may come to hold, and those that take points away and may cease to.
func (p *Program) hopes(f *condition.Facts, room func(group int) float64) (all []hope) {
	for i := range p.fit {
		r := &p.fit[i]
		h := hope{points: min(r.points, room(r.group)), needs: p.atLeast(f, &r.source), attributes: r.source.Names(), behaviours: matchers(&r.source)}
		if holds := r.when.Match(f); holds {
			h.points, h.needs = min(-r.points, room(r.group)), 1
		}
		if h.points > 0 {
			all = append(all, h)
		}
	}
	return all
}

// room tells how many points more a group can give than it does; any number where there is no group.
func (p *Program) room(f *condition.Facts) func(group int) float64 {
	var has [maxGroups]float64
	for i := range p.fit {
		if r := &p.fit[i]; r.group >= 0 && r.when.Match(f) {
			has[r.group] += r.points
		}
	}
	for i := range p.engagement {
		if r := &p.engagement[i]; r.group >= 0 {
			has[r.group] += r.capped(r.raw(f))
		}
	}
	return func(group int) float64 {
		if group < 0 {
			return math.Inf(1)
		}
		return p.groups[group].cap - within(has[group], p.groups[group].cap)
	}
}

// ceiling is the most that any steps add to either side, within the caps of rules and groups.
func (p *Program) ceiling(f *condition.Facts) map[Side]float64 {
	room, all := p.room(f), map[Side]float64{}
	grouped := make([]float64, len(p.groups))
	add := func(side Side, group int, points float64) {
		if group >= 0 {
			points = min(points, room(group)-grouped[group])
			grouped[group] += points
		}
		all[side] += points
	}
	for i := range p.fit {
		if r := &p.fit[i]; r.when.Match(f) != (r.points > 0) {
			add(Fit, r.group, math.Abs(r.points))
		}
	}
	for i := range p.engagement {
		if r := &p.engagement[i]; r.points > 0 {
			add(Engagement, r.group, r.cap-r.capped(r.raw(f)))
		}
	}
	return all
}

// atLeast is how many steps a condition needs at least before it holds.
func (p *Program) atLeast(f *condition.Facts, c *condition.Condition) int {
	if whole, err := condition.Compile(c, p.reg); err != nil || whole.Match(f) {
		return 0
	}
	switch {
	case c.Behaviour != nil:
		return lacking(f, c.Behaviour)
	case c.Any != nil:
		n := p.atLeast(f, &c.Any[0])
		for i := range c.Any {
			n = min(n, p.atLeast(f, &c.Any[i]))
		}
		return n
	case c.All != nil:
		return p.together(f, c.All)
	}
	return 1
}

// together is how many steps conditions need at least before all hold: facts of their own names, and touches, which may serve several of them.
func (p *Program) together(f *condition.Facts, all []condition.Condition) int {
	facts, touches, others := map[string]bool{}, 0, 0
	for i := range all {
		n := p.atLeast(f, &all[i])
		switch {
		case n == 0:
		case all[i].Attribute != nil:
			facts[all[i].Attribute.Name] = true
		case all[i].Behaviour != nil:
			touches = max(touches, n)
		default:
			others = max(others, n)
		}
	}
	return max(others, len(facts)+touches)
}
