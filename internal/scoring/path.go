package scoring

import (
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// maxSteps is how long a path may get before there is none.
const maxSteps = 25

// Path is what would lift a lead to a band.
type Path struct {
	Band    lifecycle.Band // that was asked for
	Reached bool           // by taking all steps; without steps: already
	Steps   []Step         // one after the other; empty where no path was found
	Fewest  bool           // no fewer of the things that rules name would do; false where it was too much work to tell
	Before  Score
	After   Score // with all steps taken at once, now
}

// PathTo finds the fewest things that would lift a lead to a band or a warmer one, if they happened at the instant of the facts: one more
// touch, or one more fact about the person or the company. It never proposes what lowers fit or engagement, and never to unlearn or undo
// something. A greedy path comes first; then smaller sets are tried. The work of both is bounded: where it would be too much, the shortest path so far stands.
func (p *Program) PathTo(f *condition.Facts, band lifecycle.Band) Path {
	before := p.Score(f)
	path := Path{Band: band, Before: before, After: before, Reached: warm(before.Band, band), Fewest: true}
	if path.Reached {
		return path
	}
	h := p.hunt(f, band)
	if h.goals = h.within(); len(h.goals) == 0 {
		return path
	}
	h.left = maxLifting
	things := h.things()
	path.Steps = h.greedy(things)
	size := len(path.Steps)
	if size == 0 {
		size = maxSteps + 1
	}
	h.left = maxSets
	fewer, sure := h.fewest(things, size)
	if fewer != nil {
		path.Steps = fewer
	}
	path.Fewest = sure
	if len(path.Steps) > 0 {
		path.After, path.Reached = p.Score(taken(f, path.Steps)), true
	}
	p.worth(f, path.Steps)
	return path
}

// greedy finds few steps to a band; none where it finds no path. For each pair of grades that would do it takes what brings most for each
// thing until the grade is reached, and leaves out what is not needed in the end; of these paths it answers the shortest.
func (h *hunt) greedy(things []thing) (shortest []Step) {
	limit, p := maxSteps, h.p
	things = h.promising(things)
	for fit := p.fitGrade(h.now.Fit); fit >= 0; fit-- {
		first, ok := h.lift(h.f, things, Fit, fit, limit)
		if !ok {
			break
		}
		for engagement := p.engagementGrade(h.now.Engagement); engagement >= 0; engagement-- {
			if !warm(p.bands[fit][engagement], h.band) {
				continue
			}
			rest, ok := h.lift(taken(h.f, first), things, Engagement, engagement, limit-len(first))
			if !ok {
				break
			}
			if steps := h.needed(slices.Concat(first, rest)); h.reaches(steps) {
				shortest, limit = steps, len(steps)-1
			}
			break // a better grade of engagement takes no fewer steps
		}
	}
	return shortest
}

// promising leaves out facts that alone bring nothing: they come with what else a rule asks for.
func (h *hunt) promising(things []thing) (some []thing) {
	for i := range things {
		if t := &things[i]; len(t.steps) == 1 && t.steps[0].Kind == nil {
			h.now.work = 0
			brings := h.now.with(t).Fit > h.now.Fit
			if !h.take(h.now.work) || !brings {
				continue
			}
		}
		some = append(some, things[i])
	}
	return some
}

// warm tells whether a band is as warm as another.
func warm(band, other lifecycle.Band) bool {
	return slices.Index(lifecycle.Bands, band) <= slices.Index(lifecycle.Bands, other)
}

// taken are the facts after steps.
func taken(f *condition.Facts, steps []Step) *condition.Facts {
	if len(steps) == 0 {
		return f
	}
	g := f.Clone()
	var touches []condition.Touch // which are copied once for all steps
	for i := range steps {
		if s := &steps[i]; s.Kind == nil {
			s.Take(g)
		} else {
			touches = append(touches, s.touch(f.At()))
		}
	}
	if len(touches) > 0 {
		g.AddTouches(touches)
	}
	return g
}

// lift finds steps to a grade of one side, given by its place, and tells whether they are within the limit; not where the work became too much.
func (h *hunt) lift(f *condition.Facts, things []thing, side Side, place, limit int) (steps []Step, ok bool) {
	for h.left > 0 {
		now := h.p.tally(f)
		h.take(h.scored(f))
		if h.p.place(now.Score, side) <= place {
			return steps, len(steps) <= limit
		}
		best := h.best(&now, things, side, place, limit-len(steps))
		if best == nil {
			break
		}
		steps = append(steps, best.steps...)
		f = taken(f, best.steps)
		if h.left <= 0 && h.p.place(h.p.Score(f), side) <= place { // it was the last one needed, though nobody could look for another
			return steps, len(steps) <= limit
		}
	}
	return nil, false
}

// best is the thing that brings one side most for each step, within a number of steps; nil where none brings anything. Where the work became too much, it is the
// best one so far.
func (h *hunt) best(now *tally, things []thing, side Side, place, limit int) (best *thing) {
	most := 0.0
	for i := 0; i < len(things) && h.left > 0; i++ {
		t := &things[i]
		if len(t.steps) > limit {
			continue
		}
		now.work = 0
		then := now.with(t)
		h.take(now.work)
		if then.Fit < now.Fit || then.Engagement < now.Engagement {
			continue
		}
		gain := (then.of(side) - now.of(side)) / float64(len(t.steps))
		if h.p.place(then, side) <= place { // it is the last one needed: the fewer things, the better
			gain += 1e9 / float64(len(t.steps))
		}
		if gain > most+1e-9 {
			best, most = t, gain
		}
	}
	return best
}

// of is the side of a score.
func (s *Score) of(side Side) float64 {
	if side == Fit {
		return s.Fit
	}
	return s.Engagement
}

// place is the place of a side's grade, 0 best.
func (p *Program) place(s Score, side Side) int {
	if side == Fit {
		return p.fitGrade(s.Fit)
	}
	return s.EngagementGrade - 1
}

// needed leaves out steps without which the band is reached as well.
func (h *hunt) needed(steps []Step) []Step {
	for i := 0; i < len(steps) && h.left > 0; {
		others := slices.Concat(steps[:i], steps[i+1:])
		if h.reaches(others) {
			steps = others
		} else {
			i++
		}
	}
	return steps
}

// worth sets what each step adds to the total, one after the other. A difference of two sums carries the noise of both, as binary fractions do: eight decimals
// are enough.
func (p *Program) worth(f *condition.Facts, steps []Step) {
	before := p.Score(f).Raw
	for i := range steps {
		after := p.Score(taken(f, steps[:i+1])).Raw
		steps[i].Points, before = math.Round((after-before)*1e8)/1e8, after
	}
}
