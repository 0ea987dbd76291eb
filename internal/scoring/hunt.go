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
	slots      []condition.Slot
	behaviours []condition.Matcher
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
		h.rules[i].gather(p.reg, &r.source)
		switch {
		case r.points <= 0 || h.now.holds[i]:
		case !h.take(1 + len(h.rules[i].behaviours)*len(f.Touches())):
			h.cut = true
		default:
			found := r.when.Explain(f).Leaves
			h.open[i] = new(answered(&r.source, &found))
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

// gather adds what a condition asks for.
func (a *asks) gather(reg *condition.Registry, c *condition.Condition) {
	switch {
	case c.Attribute != nil:
		if slot, ok := reg.Slot(c.Attribute.Name); ok && !slices.Contains(a.slots, slot) {
			a.slots = append(a.slots, slot)
		}
	case c.Behaviour != nil:
		if m, err := c.Behaviour.Matcher(); err == nil { // the condition was compiled
			a.behaviours = append(a.behaviours, m)
		}
	case c.Not != nil:
		a.gather(reg, c.Not)
	}
	for _, group := range [][]condition.Condition{c.All, c.Any} {
		for i := range group {
			a.gather(reg, &group[i])
		}
	}
}

// about tells whether a rule looks at what a step changes. Alone are facts of which there is only that step.
func (a *asks) about(step *Step, alone *condition.Facts) bool {
	if step.Kind == nil {
		return slices.Contains(a.slots, step.slot)
	}
	for i := range a.behaviours {
		for range a.behaviours[i].Touches(alone) {
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
			if !h.take(1 + len(h.rules[j].behaviours)) {
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

// things are what could happen to a lead that rules give points for, each once.
func (h *hunt) things() (all []thing) {
	known := map[string]bool{}
	for _, steps := range h.proposals() {
		if len(steps) == 1 {
			if known[steps[0].Text] {
				continue
			}
			known[steps[0].Text] = true
		}
		t, ok := h.thing(steps)
		if !ok {
			h.cut = true
			break
		}
		all = append(all, t)
	}
	return all
}
