package attribution

import (
	"fmt"
	"math"

	"github.com/leadgraph/leadgraph/internal/id"
)

// Run is what one model makes of a deal. The amounts of its credits and what nobody earned are together the deal's amount.
type Run struct {
	Model             Model
	Outcome           Outcome
	Reason            string // a sentence; empty where the model answered
	Credits           []Credit
	UnattributedMinor int64 // all of the amount where no touch counts or the model did not answer, else 0
}

// Credit is what a touch earned.
type Credit struct {
	Touch       id.UUID
	Group       string  // its channel group
	Share       float64 // of the deal, 0 to 1
	AmountMinor int64
	Milestones  []Milestone // that it holds
}

// Comparison is what several models make of one deal.
type Comparison struct {
	Runs []Run // in the order asked for
	// Disagreement says from 0, all models give each channel group the same, to 1, no two give to the same group, how much depends on
	// the choice of the model: the mean, over all pairs of models that answered, of the total variation distance between their shares
	// by channel group, which is half the sum over all groups of |share under one - share under the other|. 0 with fewer than two.
	Disagreement float64
}

// Run credits a deal under a model. A deal that was not won is credited for nothing: shares without money. Errors: faults of the
// journey, and a model that there is not.
func (a *Attributor) Run(j *Journey, m Model) (Run, error) {
	if err := known(m); err != nil {
		return Run{}, err
	}
	if err := a.walk(j); err != nil {
		return Run{}, err
	}
	return a.run(j, m), nil
}

// Compare credits a deal under several models side by side; each is what Run answers. Errors: as Run.
func (a *Attributor) Compare(j *Journey, models []Model) (Comparison, error) {
	if err := known(models...); err != nil {
		return Comparison{}, err
	}
	if err := a.walk(j); err != nil {
		return Comparison{}, err
	}
	c := Comparison{Runs: make([]Run, 0, len(models))}
	for _, m := range models {
		c.Runs = append(c.Runs, a.run(j, m))
	}
	c.Disagreement = Disagreement(c.Runs)
	return c, nil
}

// run credits the journey that was walked last.
func (a *Attributor) run(j *Journey, m Model) Run {
	r := Run{Model: m, Credits: []Credit{}}
	r.Outcome, r.Reason = a.ready(m)
	amount := int64(0)
	if j.Won {
		amount = j.AmountMinor
	}
	if r.Outcome != Answered || len(a.steps) == 0 {
		r.UnattributedMinor = amount
		return r
	}
	r.Credits = make([]Credit, 0, len(a.steps))
	shares := a.shares(m, j)
	parts, holders := a.split(amount, shares), a.holders(j)
	for i, s := range a.steps {
		credit := Credit{Touch: s.touch.ID, Group: a.groups[s.group], Share: shares[i], AmountMinor: parts[i]}
		for n, at := range holders {
			if at == i {
				credit.Milestones = append(credit.Milestones, Milestones[n])
			}
		}
		r.Credits = append(r.Credits, credit)
	}
	return r
}

// ready tells whether a model can credit the journey that was walked last, and why not.
func (a *Attributor) ready(m Model) (Outcome, string) {
	l := a.learned[m]
	switch {
	case a.over:
		return TooManyTouches, fmt.Sprintf("Up to %d touches of one journey can be credited; there are more. Shorten the look-back of the policy.", MaxTouches)
	case !m.Learns() || l != nil && l.Outcome == Answered:
		return Answered, ""
	case l != nil:
		return l.Outcome, l.Reason
	}
	return InsufficientData, fmt.Sprintf("%s has not been fitted to journeys yet.", m)
}

// Step is a touch that counts, with its channel group.
type Step struct {
	Touch *Touch
	Group string
}

// Path is the touches of a journey that count, first touch first; none where there are more than MaxTouches. Errors: faults of the journey.
func (a *Attributor) Path(j *Journey) ([]Step, error) {
	if err := a.walk(j); err != nil {
		return nil, err
	}
	path := make([]Step, len(a.steps))
	for i, s := range a.steps {
		path[i] = Step{s.touch, a.groups[s.group]}
	}
	return path, nil
}

// Disagreement is that of the runs of a Comparison.
func Disagreement(runs []Run) float64 {
	group := map[string]int{}
	for _, r := range runs {
		for _, c := range r.Credits {
			if _, known := group[c.Group]; !known {
				group[c.Group] = len(group)
			}
		}
	}
	var spread [][]float64 // by run that answered, by group
	for _, r := range runs {
		if len(r.Credits) == 0 {
			continue
		}
		by := make([]float64, len(group))
		for _, c := range r.Credits {
			by[group[c.Group]] += c.Share
		}
		spread = append(spread, by)
	}
	pairs, sum := 0, 0.0
	for i, one := range spread {
		for _, other := range spread[:i] {
			apart := 0.0
			for g := range one {
				apart += math.Abs(one[g] - other[g])
			}
			pairs++
			sum += apart / 2
		}
	}
	if pairs == 0 {
		return 0
	}
	return min(sum/float64(pairs), 1)
}
