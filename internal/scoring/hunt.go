package scoring

import (
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// The work that looking for a path may take. A step is a test of a rule, or a touch that one looks at, and takes some nanoseconds.
const (
	maxAsking  = 40_000_000 // to ask what the rules of fit lack
	maxLifting = 40_000_000 // to find the things that could happen, and few of them that reach the band
	maxSets    = 10_000_000 // to find fewer
	supposing  = 500        // to copy facts of which more are supposed
)

// hunt looks for the steps that lift a lead to a band, as long as there is work left.
type hunt struct {
	p     *Program
	f     *condition.Facts
	band  lifecycle.Band
	now   tally // before any step
	goals []goal
	rules []asks    // what each rule of fit asks for
	open  []*answer // of each rule of fit that may come to give points, what the lead answers to it
	left  int       // work
	cut   bool      // things, or rules, were left out
}

// asks is what a rule of fit asks for.
type asks struct {
	slots   []condition.Slot // each once
	known   []known
	touched []touched
}

// known is the test of an attribute: good where its condition may hold because it does, not because it does not.
type known struct {
	slot condition.Slot
	of   *condition.Attribute
	good bool
}

// touched is the test of touches.
type touched struct {
	of      *condition.Behaviour
	matcher condition.Matcher
	good    bool
}

// thing is a few steps that belong together, with what they change.
type thing struct {
	steps []Step
	fit   []int // the rules of fit that look at it, in their order
	gives []int // of each touch the rules of engagement that count it
}

// hunt makes ready to look for a path.
func (p *Program) hunt(f *condition.Facts, band lifecycle.Band) *hunt {
	h := &hunt{p: p, f: f, band: band, left: maxAsking, now: p.tally(f), rules: make([]asks, len(p.fit)), open: make([]*answer, len(p.fit))}
	for i := range p.fit {
		r := &p.fit[i]
		h.rules[i].gather(p.reg, &r.source, true)
		switch {
		case r.points <= 0 || h.now.holds[i]:
		case !h.take(1 + len(h.rules[i].touched)*len(f.Touches())):
			h.cut = true
		default:
			found := r.when.Explain(f).Leaves
			if a := answered(&r.source, &found); a.atLeast() <= maxSteps {
				h.open[i] = &a
			}
		}
	}
	return h
}

// take takes steps of the work that is left, once they are known, and tells whether there is more. So one piece of work may be too much.
func (h *hunt) take(steps int) bool {
	h.left -= steps
	return h.left > 0
}

// scored is the work that it was to suppose facts and to score them.
func (h *hunt) scored(g *condition.Facts) int {
	return supposing + len(h.p.fit) + (1+len(h.p.engagement))*(len(h.f.Touches())+maxSteps) + g.Work()
}

// gather adds what a condition asks for, which is good where it helps that it holds.
func (a *asks) gather(reg *condition.Registry, c *condition.Condition, good bool) {
	switch {
	case c.Attribute != nil:
		if slot, ok := reg.Slot(c.Attribute.Name); ok {
			a.known = append(a.known, known{slot, c.Attribute, good})
			if !slices.Contains(a.slots, slot) {
				a.slots = append(a.slots, slot)
			}
		}
	case c.Behaviour != nil:
		if m, err := c.Behaviour.Matcher(); err == nil { // the condition was compiled
			a.touched = append(a.touched, touched{c.Behaviour, m, good})
		}
	case c.Not != nil:
		a.gather(reg, c.Not, !good)
	}
	for _, group := range [][]condition.Condition{c.All, c.Any} {
		for i := range group {
			a.gather(reg, &group[i], good)
		}
	}
}

// about tells whether a rule looks at what a step changes. Alone are facts of which there is only that step.
func (a *asks) about(step *Step, alone *condition.Facts) bool {
	if step.Kind == nil {
		return slices.Contains(a.slots, step.slot)
	}
	for i := range a.touched {
		for range a.touched[i].matcher.Touches(alone) {
			return true
		}
	}
	return false
}

// thing finds what steps change; false where that is too much work.
func (h *hunt) thing(steps []Step) (t thing, ok bool) {
	t.steps = steps
	for i := range steps {
		alone := h.p.reg.NewFacts(h.f.At())
		steps[i].Take(alone)
		for j := range h.rules {
			if !h.take(1 + len(h.rules[j].touched)) {
				return t, false
			}
			if h.rules[j].about(&steps[i], alone) {
				t.fit = append(t.fit, j)
			}
		}
		for j := range h.p.engagement {
			for range h.p.engagement[j].matcher.Times(alone) {
				t.gives = append(t.gives, j)
			}
		}
	}
	slices.Sort(t.fit)
	t.fit = slices.Compact(t.fit)
	return t, h.take(supposing*len(steps) + len(h.p.engagement))
}

// things are what could happen to a lead that rules give points for: single steps, each once, and steps that belong together.
func (h *hunt) things() (all []thing) {
	single := append(h.touches(), h.facts()...)
	for i := range single {
		t, ok := h.thing(single[i : i+1])
		if !ok {
			h.cut = true
			return all
		}
		all = append(all, t)
	}
	for i := range h.p.fit {
		if h.open[i] == nil {
			continue
		}
		for _, way := range h.ways(h.open[i], single) {
			if len(way) < 2 {
				continue
			}
			steps := make([]Step, len(way))
			for j := range way {
				steps[j] = *way[j]
				steps[j].Rule, steps[j].Name = h.p.fit[i].key, h.p.fit[i].name
			}
			t, ok := h.thing(steps)
			if !ok {
				return all // without them a path is found step by step, or none that is sure to be the shortest
			}
			all = append(all, t)
		}
	}
	return all
}
