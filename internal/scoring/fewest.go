package scoring

import (
	"cmp"
	"slices"
)

// The sets that a search for fewer steps may begin, and those that it may score, as long as there is work left.
const (
	maxBegun  = 100_000
	maxScored = 400
)

// slack keeps bounds above sums that were added in another order.
const slack = 1e-6

// sets looks for the smallest sets of steps that reach a band: all of one size, then all of the next.
type sets struct {
	*hunt
	options []option

	begun, scored int
	chosen        []Step
	cell          goal
}

// goal is what both sides lack for a cell of the grade matrix that would do, and the most that options can add from each place on with so many steps.
type goal struct {
	fit, engagement float64
	most            [][]bound // by how many steps are left, by the first option that may still be taken
}

// bound is the most that steps add: to each side, and to both, each in parts of what it lacks.
type bound struct{ fit, engagement, both float64 }

// fewest looks for a smaller set of steps than size that reaches the band. Without one, sure tells whether there is none, or the work became too much.
func (h *hunt) fewest(things []thing, size int) (steps []Step, sure bool) {
	options, ok := h.options(things)
	if !ok {
		return nil, false
	}
	s := &sets{hunt: h, options: options}
	for i := range h.goals {
		h.goals[i].bound(options, size-1)
	}
	for n := 1; n < size; n++ {
		for _, s.cell = range h.goals {
			if s.from(0, n, 0, 0) {
				return s.chosen, !h.cut
			}
			if s.tired() {
				return nil, false
			}
		}
	}
	return nil, !h.cut
}

// within are the easiest of the cells that would do, as far as the caps of rules and groups let any steps lift the lead.
func (h *hunt) within() (all []goal) {
	lacks := func(place int, grades [3]float64, has float64) float64 {
		if place == len(grades) {
			return 0
		}
		return max(grades[place]-has, 0)
	}
	for fit := range h.p.bands {
		for engagement, b := range h.p.bands[fit] {
			if warm(b, h.band) {
				all = append(all, goal{fit: lacks(fit, h.p.fitGrades, h.now.Fit), engagement: lacks(engagement, h.p.engagementGrades, h.now.Engagement)})
			}
		}
	}
	ceiling := h.now.ceiling()
	all = slices.DeleteFunc(all, func(g goal) bool { return g.fit > ceiling[Fit]+slack || g.engagement > ceiling[Engagement]+slack })
	return undemanding(all)
}

// undemanding leaves out goals that ask for no less than another one on both sides: what reaches them reaches that one.
func undemanding(all []goal) (kept []goal) {
	slices.SortFunc(all, func(a, b goal) int { return cmp.Or(cmp.Compare(a.fit, b.fit), cmp.Compare(a.engagement, b.engagement)) })
	for _, g := range all {
		if len(kept) == 0 || g.engagement < kept[len(kept)-1].engagement { // the last one asks for no more fit, and for the least engagement so far
			kept = append(kept, g)
		}
	}
	return kept
}

// bound counts how much so many steps can add at most: of each option once, of a touch as often as there are steps.
func (g *goal) bound(options []option, most int) {
	part := func(x, of float64) float64 {
		if of == 0 {
			return 0
		}
		return x / of
	}
	g.most = make([][]bound, most+1)
	for n := range g.most {
		g.most[n] = make([]bound, len(options)+1)
		for i := len(options) - 1; i >= 0 && n > 0; i-- {
			o, with, without := &options[i], g.most[n-1][i+1], g.most[n][i+1]
			if o.step.Kind != nil {
				with = g.most[n-1][i]
			}
			g.most[n][i] = bound{max(without.fit, with.fit+o.fit), max(without.engagement, with.engagement+o.engagement),
				max(without.both, with.both+part(o.fit, g.fit)+part(o.engagement, g.engagement))}
		}
	}
}

// from tries all sets that add n steps, of the options from a place on, to those that are chosen, which add at most fit and engagement.
func (s *sets) from(place, n int, fit, engagement float64) bool {
	if n == 0 {
		s.scored++
		return s.reaches(s.chosen)
	}
	for i := place; i < len(s.options) && !s.tired(); i++ {
		if !s.cell.within(n, i, fit, engagement) {
			return false // nor from any later place
		}
		s.begun++
		o := &s.options[i]
		next := i
		if o.step.Kind == nil {
			if slices.ContainsFunc(s.chosen, func(c Step) bool { return c.Kind == nil && c.slot == o.step.slot }) {
				continue // a fact has one value
			}
			next++
		}
		s.chosen = append(s.chosen, o.step)
		if s.cell.within(n-1, next, fit+o.fit, engagement+o.engagement) && s.from(next, n-1, fit+o.fit, engagement+o.engagement) {
			return true
		}
		s.chosen = s.chosen[:len(s.chosen)-1]
	}
	return false
}

// within tells whether n steps from a place on may be enough.
func (g *goal) within(n, place int, fit, engagement float64) bool {
	most, has, parts := g.most[n][place], 0.0, 0.0
	for _, side := range [][3]float64{{g.fit, fit, most.fit}, {g.engagement, engagement, most.engagement}} {
		lacks, gained, could := side[0], side[1], side[2]
		if gained+could+slack < lacks {
			return false
		}
		if lacks > 0 {
			has, parts = has+gained/lacks, parts+1
		}
	}
	return has+most.both+slack >= parts
}

// tired tells whether it was too much work.
func (s *sets) tired() bool { return s.begun > maxBegun || s.scored > maxScored || s.left <= 0 }

// reaches tells whether steps lift the lead to the band, and lower neither side.
func (h *hunt) reaches(steps []Step) bool {
	g := taken(h.f, steps)
	after := h.p.Score(g)
	h.take(h.scored(g))
	return warm(after.Band, h.band) && after.Fit >= h.now.Fit && after.Engagement >= h.now.Engagement
}
