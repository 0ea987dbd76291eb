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
// something. A greedy path comes first; then smaller sets are tried, as long as the work is bounded. Where it would be too much the greedy path stands.
func (p *Program) PathTo(f *condition.Facts, band lifecycle.Band) Path {
	before := p.Score(f)
	path := Path{Band: band, Before: before, After: before, Reached: warm(before.Band, band), Fewest: true}
	if path.Reached {
		return path
	}
	things := p.things(f)
	path.Steps = p.greedy(f, things, band, &before)
	size := len(path.Steps)
	if size == 0 {
		size = maxSteps + 1
	}
	fewer, sure := p.fewest(f, things, band, size)
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
func (p *Program) greedy(f *condition.Facts, things [][]Step, band lifecycle.Band, before *Score) (shortest []Step) {
	limit := maxSteps
	for fit := p.fitGrade(before.Fit); fit >= 0; fit-- {
		first, ok := p.lift(f, things, Fit, fit, limit)
		if !ok {
			break
		}
		for engagement := p.engagementGrade(before.Engagement); engagement >= 0; engagement-- {
			if !warm(p.bands[fit][engagement], band) {
				continue
			}
			rest, ok := p.lift(taken(f, first), things, Engagement, engagement, limit-len(first))
			if !ok {
				break
			}
			if steps := p.needed(f, slices.Concat(first, rest), band, before); p.reaches(f, steps, band, before) {
				shortest, limit = steps, len(steps)-1
			}
			break // a better grade of engagement takes no fewer steps
		}
	}
	return shortest
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
	for i := range steps {
		steps[i].Take(g)
	}
	return g
}

// lift finds steps to a grade of one side, given by its place, and tells whether they are within the limit.
func (p *Program) lift(f *condition.Facts, things [][]Step, side Side, place, limit int) ([]Step, bool) {
	var steps []Step
	for now := p.Score(f); p.place(now, side) > place; now = p.Score(f) {
		best, most := -1, 0.0
		for i, thing := range things {
			then := p.Score(taken(f, thing))
			if then.Fit < now.Fit || then.Engagement < now.Engagement || len(steps)+len(thing) > limit {
				continue
			}
			gain := (then.of(side) - now.of(side)) / float64(len(thing))
			if p.place(then, side) <= place { // it is the last one needed: the fewer things, the better
				gain += 1e9 / float64(len(thing))
			}
			if gain > most+1e-9 {
				best, most = i, gain
			}
		}
		if best < 0 {
			return nil, false
		}
		steps = append(steps, things[best]...)
		f = taken(f, things[best])
	}
	return steps, len(steps) <= limit
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
func (p *Program) needed(f *condition.Facts, steps []Step, band lifecycle.Band, before *Score) []Step {
	for i := 0; i < len(steps); {
		others := slices.Concat(steps[:i], steps[i+1:])
		if p.reaches(f, others, band, before) {
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
	for i, last := range steps {
		before := p.Score(taken(f, steps[:i]))
		last.Points = math.Round((p.Score(taken(f, steps[:i+1])).Raw-before.Raw)*1e8) / 1e8
		steps[i] = last
	}
}
