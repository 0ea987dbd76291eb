package scoring

import (
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// maxWays is how many ways to make a condition hold are looked at. What they leave out is found step by step, if at all: they are for greed.
const maxWays = 8

// ways are ways to make a condition hold that does not, each a few of the steps that could happen; a condition that holds needs none. They are
// not complete: what would have to be unlearned, undone or waited for has no way, and neither has what takes longer than a path.
func (h *hunt) ways(a *answer, single []Step) [][]*Step {
	switch {
	case a.holds:
		return [][]*Step{nil}
	case a.atLeast() > maxSteps || !h.take(1+len(single)):
		return nil
	case a.of.Attribute != nil:
		return h.learned(a.of, single)
	case a.of.Behaviour != nil:
		var all [][]*Step
		for i := 0; i < len(single) && len(all) < maxWays; i++ {
			another := func(way []*Step) bool { return *way[0].Kind == *single[i].Kind }
			if s := &single[i]; s.Kind != nil && counts(a.of.Behaviour, s) && !slices.ContainsFunc(all, another) { // one for each kind
				all = append(all, slices.Repeat([]*Step{s}, a.lacks))
			}
		}
		return all
	case a.of.Any != nil:
		var all [][]*Step
		for i := 0; i < len(a.kids) && len(all) < maxWays; i++ {
			all = append(all, h.ways(&a.kids[i], single)...)
		}
		return all[:min(len(all), maxWays)]
	case a.of.All != nil:
		all := [][]*Step{nil}
		for i := 0; i < len(a.kids) && len(all) > 0; i++ {
			if !a.kids[i].holds {
				all = h.joined(all, h.ways(&a.kids[i], single))
			}
		}
		return all
	}
	return nil // not: what holds would have to stop
}

// learned are the facts with which the test of an attribute holds.
func (h *hunt) learned(c *condition.Condition, single []Step) (all [][]*Step) {
	slot, ok := h.p.reg.Slot(c.Attribute.Name)
	if !ok || !h.take(50+10*len(c.Attribute.Values)) {
		return nil
	}
	when, err := condition.Compile(c, h.p.reg)
	if err != nil {
		return nil // it was compiled as a part of its rule
	}
	alone := h.p.reg.NewFacts(h.f.At())
	for i := 0; i < len(single) && len(all) < maxWays; i++ {
		if s := &single[i]; s.Kind == nil && s.slot == slot {
			if s.Take(alone); when.Match(alone) {
				all = append(all, []*Step{s})
			}
		}
	}
	return all
}

// joined are both ways together, in all combinations up to a number.
func (h *hunt) joined(first, second [][]*Step) (all [][]*Step) {
	for _, a := range first {
		for _, b := range second {
			if len(all) == maxWays || !h.take(1+len(a)+len(b)) {
				return all
			}
			if both, ok := together(a, b); ok {
				all = append(all, both)
			}
		}
	}
	return all
}

// together are the steps of two ways, those of both once; not where a fact had two values, nor where they are more than a path has.
func together(a, b []*Step) ([]*Step, bool) {
	all := slices.Clone(a)
	for i, s := range b {
		if s.Kind == nil && slices.ContainsFunc(a, func(other *Step) bool { return other.Kind == nil && other.slot == s.slot && other != s }) {
			return nil, false
		}
		if times(b[:i+1], s) > times(a, s) {
			all = append(all, s)
		}
	}
	return all, len(all) <= maxSteps
}

// times is how often steps have a step.
func times(steps []*Step, s *Step) (n int) {
	for _, other := range steps {
		if other == s {
			n++
		}
	}
	return n
}
