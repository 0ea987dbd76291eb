package scoring

import (
	"cmp"
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// option is one step, with the most that it can add to either side, whatever else happens.
type option struct {
	step            Step
	fit, engagement float64
}

// hope is a rule of fit that may come to give more points than it does; without points it may not.
type hope struct {
	points float64 // at most
	needs  int     // steps, at least
}

// options are the single steps of things, without those that another one is at least as good as; false where that is too much work.
func (h *hunt) options(things []thing) (all []option, ok bool) {
	room := h.now.room()
	hopes := h.hopes(room)
	for i := range things {
		one := &things[i]
		if len(one.steps) > 1 {
			continue
		}
		if !h.take(len(one.fit) + len(one.gives) + 2*len(all)) {
			return nil, false
		}
		o := h.option(one, room, hopes)
		if !slices.ContainsFunc(all, func(other option) bool { return other.covers(&o) }) {
			all = append(slices.DeleteFunc(all, func(other option) bool { return o.covers(&other) }), o)
		}
	}
	slices.SortStableFunc(all, func(a, b option) int { // facts first, for the touches behind them add nothing to fit, as a rule
		return cmp.Or(cmp.Compare(b.fit, a.fit), cmp.Compare(b.engagement, a.engagement))
	})
	return all, true
}

// covers tells whether a step does at least as much as another one of its kind under every rule. Touches have been compared when they were found.
func (o *option) covers(other *option) bool {
	a, b := &o.step, &other.step
	return a.Kind == nil && b.Kind == nil && a.slot == b.slot && a.serves.covers(b.serves)
}

// option bounds what a step adds. A rule of fit that needs several steps is shared out among them.
func (h *hunt) option(one *thing, room func(group int) float64, hopes []hope) option {
	o := option{step: one.steps[0]}
	for _, i := range one.fit {
		if hopes[i].points > 0 {
			o.fit += hopes[i].points / float64(hopes[i].needs)
		}
	}
	for _, i := range one.gives {
		r := &h.p.engagement[i]
		o.engagement += max(0, min(r.points, r.cap-r.capped(h.now.raw[i]), room(r.group)))
	}
	return o
}

// hopes tell of each rule of fit whether it may come to hold, or takes points away and may cease to.
func (h *hunt) hopes(room func(group int) float64) []hope {
	all := make([]hope, len(h.p.fit))
	for i := range h.p.fit {
		switch r := &h.p.fit[i]; {
		case h.now.holds[i]:
			all[i] = hope{points: min(-r.points, room(r.group)), needs: 1}
		case h.open[i] != nil:
			all[i] = hope{points: min(r.points, room(r.group)), needs: h.open[i].atLeast()}
		}
	}
	return all
}

// atLeast is how many steps a condition needs at least before it holds.
func (a *answer) atLeast() int {
	switch {
	case a.holds:
		return 0
	case a.of.Behaviour != nil:
		return a.lacks
	case a.of.Any != nil:
		n := a.kids[0].atLeast()
		for i := range a.kids {
			n = min(n, a.kids[i].atLeast())
		}
		return n
	case a.of.All != nil:
		return a.together()
	}
	return 1
}

// together is how many steps members need at least before all hold: facts of their own names, and touches, which may serve several of them.
func (a *answer) together() int {
	facts, touches, others := map[string]bool{}, 0, 0
	for i := range a.kids {
		k := &a.kids[i]
		n := k.atLeast()
		switch {
		case n == 0:
		case k.of.Attribute != nil:
			facts[k.of.Attribute.Name] = true
		case k.of.Behaviour != nil:
			touches = max(touches, n)
		default:
			others = max(others, n)
		}
	}
	return max(others, len(facts)+touches)
}

// answer is a condition with what a lead answers to each part of it.
type answer struct {
	of    *condition.Condition
	holds bool
	lacks int // of a behaviour: touches
	kids  []answer
}

// answered takes the answers of a condition's tests, in its order, from what was found.
func answered(c *condition.Condition, found *[]condition.Leaf) answer {
	a := answer{of: c}
	switch {
	case c.Not != nil:
		a.kids = []answer{answered(c.Not, found)}
		a.holds = !a.kids[0].holds
	case c.All != nil, c.Any != nil:
		a.holds = c.All != nil
		for _, group := range [][]condition.Condition{c.All, c.Any} {
			for i := range group {
				k := answered(&group[i], found)
				a.kids = append(a.kids, k)
				if k.holds == (c.Any != nil) {
					a.holds = k.holds
				}
			}
		}
	default:
		leaf := &(*found)[0]
		*found, a.holds = (*found)[1:], leaf.Passed
		if c.Behaviour != nil {
			a.lacks = max(c.Behaviour.MinCount-leaf.Count, 0)
		}
	}
	return a
}
